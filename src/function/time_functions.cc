// time:: functions.
#include <cmath>

#include "function/domains.h"
#include "function/kernel.h"
#include "function/number_kernels.h"
#include "function/time_kernels.h"
#include "value/integer.h"
#include "value/operators.h"

namespace zerodb::function {
namespace {

Result<CivilTime> local_of(Args args, CallContext& context) {
  const Zone zone = TRY(Zone::find(args[1].as_string(), context.zones));
  return zone.to_local(args[0].as_datetime());
}

Result<Value> year(Args args, CallContext& context) {
  return Value::int64(TRY(local_of(args, context)).year);
}
Result<Value> quarter(Args args, CallContext& context) {
  return Value::int64((TRY(local_of(args, context)).month + 2) / 3);
}
Result<Value> month(Args args, CallContext& context) {
  return Value::int64(TRY(local_of(args, context)).month);
}
Result<Value> week(Args args, CallContext& context) {
  return Value::int64(iso_week(TRY(local_of(args, context))).week);
}
Result<Value> iso_year(Args args, CallContext& context) {
  return Value::int64(iso_week(TRY(local_of(args, context))).year);
}
Result<Value> day(Args args, CallContext& context) {
  return Value::int64(TRY(local_of(args, context)).day);
}
Result<Value> hour(Args args, CallContext& context) {
  return Value::int64(TRY(local_of(args, context)).hour);
}
Result<Value> minute(Args args, CallContext& context) {
  return Value::int64(TRY(local_of(args, context)).minute);
}
Result<Value> second(Args args, CallContext& context) {
  return Value::int64(TRY(local_of(args, context)).second);
}
Result<Value> weekday(Args args, CallContext& context) {
  const CivilTime local = TRY(local_of(args, context));
  return Value::int64(iso_weekday(days_from_civil(local.year, local.month, local.day)));
}
Result<Value> yearday(Args args, CallContext& context) {
  return Value::int64(day_of_year(TRY(local_of(args, context))));
}

enum class Towards : uint8_t { Floor, Ceil, Round };

// The multiple of a length of time, counted from 1970.
Result<Value> to_multiple(Datetime instant, Duration length, Towards towards) {
  const i128 step = total_nanos(length);
  if (step <= 0) return bad_argument("the length must be positive");
  const i128 nanos = total_nanos(instant);
  const i128 rest = nanos % step < 0 ? nanos % step + step : nanos % step;
  const bool up =
      rest != 0 && (towards == Towards::Ceil || (towards == Towards::Round && rest >= step - rest));
  const auto result = datetime_from_nanos(nanos - rest + (up ? step : 0));
  if (!result) return Error(ErrorCode::E0901, "datetime is out of range");
  return Value::datetime(*result);
}

template <Towards towards>
Result<Value> to_unit(Args args, CallContext& context) {
  const Datetime instant = args[0].as_datetime();
  const TimeUnit unit = TRY(time_unit(args[1].as_string()));
  const Zone zone = TRY(Zone::find(args[2].as_string(), context.zones));
  const Datetime low = TRY(floor_to(instant, unit, zone));
  if (towards == Towards::Floor || low == instant) return Value::datetime(low);
  const Datetime high = TRY(add_units(low, 1, unit, zone));
  const bool up = towards == Towards::Ceil || total_nanos(instant) - total_nanos(low) >=
                                                  total_nanos(high) - total_nanos(instant);
  return Value::datetime(up ? high : low);
}

template <Towards towards>
Result<Value> to_length(Args args, CallContext&) {
  return to_multiple(args[0].as_datetime(), args[1].as_duration(), towards);
}

Result<Value> add_time(Args args, CallContext& context) {
  const TimeUnit unit = TRY(time_unit(args[2].as_string()));
  const Zone zone = TRY(Zone::find(args[3].as_string(), context.zones));
  return Value::datetime(TRY(add_units(args[0].as_datetime(), args[1].as_int64(), unit, zone)));
}

Result<Value> difference(Args args, CallContext& context) {
  const TimeUnit unit = TRY(time_unit(args[2].as_string()));
  const Zone zone = TRY(Zone::find(args[3].as_string(), context.zones));
  return Value::int64(TRY(units_between(args[0].as_datetime(), args[1].as_datetime(), unit, zone)));
}

Result<Value> last_day(Args args, CallContext& context) {
  const Zone zone = TRY(Zone::find(args[1].as_string(), context.zones));
  CivilTime local = zone.to_local(args[0].as_datetime());
  local.day = days_in_month(local.year, local.month);
  local.hour = local.minute = local.second = local.nanos = 0;
  return Value::datetime(TRY(zone.from_local(local)));
}

Result<Value> make_time(Args args, CallContext& context) {
  const Zone zone = TRY(Zone::find(args[6].as_string(), context.zones));
  const auto in_range = [&](size_t index, int64_t low, int64_t high) {
    return to_int_within(args[index], low, high);
  };
  const auto year = in_range(0, 0, 9999);
  const auto month = in_range(1, 1, 12);
  if (!year || !month) return bad_argument("year or month is out of range");
  const auto day = in_range(2, 1, days_in_month(*year, static_cast<uint32_t>(*month)));
  const auto hour = in_range(3, 0, 23);
  const auto minute = in_range(4, 0, 59);
  const double seconds = to_double(args[5]);
  if (!day || !hour || !minute || !(seconds >= 0 && seconds < 60))
    return bad_argument("day, hour, minute or second is out of range");
  CivilTime local;
  local.year = *year;
  local.month = static_cast<uint32_t>(*month);
  local.day = static_cast<uint32_t>(*day);
  local.hour = static_cast<uint32_t>(*hour);
  local.minute = static_cast<uint32_t>(*minute);
  local.second = static_cast<uint32_t>(seconds);
  local.nanos = static_cast<uint32_t>(
      std::min(std::round((seconds - std::floor(seconds)) * 1e9), 999'999'999.0));
  return Value::datetime(TRY(zone.from_local(local)));
}

Result<Value> format_time(Args args, CallContext& context) {
  const Zone zone = TRY(Zone::find(args[2].as_string(), context.zones));
  return text_result(
      TRY(format_time(args[0].as_datetime(), args[1].as_string(), zone, args[2].as_string())));
}

Result<Value> parse_time(Args args, CallContext& context) {
  const Zone zone = TRY(Zone::find(args[2].as_string(), context.zones));
  return Value::datetime(
      TRY(parse_time(args[0].as_string(), args[1].as_string(), zone, args[2].as_string())));
}

Result<i128> fixed_unit(const Value& name) {
  const TimeUnit unit = TRY(time_unit(name.as_string()));
  const auto nanos = unit_nanos(unit);
  if (!nanos) return bad_argument("months have no fixed length: use time::diff and time::add");
  return *nanos;
}

Result<Value> unix_time(Args args, CallContext&) {
  const i128 unit = TRY(fixed_unit(args[1]));
  const i128 nanos = total_nanos(args[0].as_datetime());
  const i128 count = nanos / unit - (nanos % unit < 0 ? 1 : 0);
  if (count > INT64_MAX || count < INT64_MIN)
    return Error(ErrorCode::E0901, "more units than an int holds");
  return Value::int64(static_cast<int64_t>(count));
}

Result<Value> from_unix(Args args, CallContext&) {
  const i128 unit = TRY(fixed_unit(args[1]));
  const auto result = datetime_from_nanos(static_cast<i128>(args[0].as_int64()) * unit);
  if (!result) return Error(ErrorCode::E0901, "datetime is out of range");
  return Value::datetime(*result);
}

Result<Value> utc_offset(Args args, CallContext& context) {
  const Zone zone = TRY(Zone::find(args[1].as_string(), context.zones));
  return Value::duration({zone.offset_at(args[0].as_datetime()), 0});
}

Result<Value> total(Args args, CallContext&) {
  const i128 unit = TRY(fixed_unit(args[1]));
  return Value::float64(static_cast<double>(total_nanos(args[0].as_duration())) /
                        static_cast<double>(unit));
}

Result<Value> duration(Args args, CallContext&) {
  const i128 unit = TRY(fixed_unit(args[1]));
  const auto length = duration_from_nanos(unit);
  return binary(BinaryOp::Multiply, Value::duration(*length), args[0]);
}

Result<Value> today(Args args, CallContext& context) {
  const Zone zone = TRY(Zone::find(args[0].as_string(), context.zones));
  return Value::datetime(TRY(floor_to(context.transaction_time, TimeUnit::Day, zone)));
}

Result<Value> clock(Args, CallContext& context) {
  if (context.clock == nullptr) return Error(ErrorCode::E0610, "there is no clock here");
  const auto instant = datetime_from_nanos(context.clock->wall_ns());
  if (!instant) return Error(ErrorCode::E0901, "datetime is out of range");
  return Value::datetime(*instant);
}

constexpr Declaration kTimeFunctions[] = {
    {"time::year(t: datetime, zone: string = 'UTC') -> int", kExact, kNone, 8, "The year.",
     "time::year(d'2026-02-28') = 2026", year},
    {"time::quarter(t: datetime, zone: string = 'UTC') -> int", kExact, kNone, 8,
     "The quarter, from 1.", "time::quarter(d'2026-04-01') = 2", quarter},
    {"time::month(t: datetime, zone: string = 'UTC') -> int", kExact, kNone, 8,
     "The month, from 1.", "time::month(d'2026-02-28') = 2", month},
    {"time::week(t: datetime, zone: string = 'UTC') -> int", kExact, kNone, 10, "The ISO week.",
     "time::week(d'2026-01-01') = 1", week},
    {"time::iso_year(t: datetime, zone: string = 'UTC') -> int", kExact, kNone, 10,
     "The year that the ISO week belongs to.", "time::iso_year(d'2027-01-01') = 2026", iso_year},
    {"time::day(t: datetime, zone: string = 'UTC') -> int", kExact, kNone, 8,
     "The day of the month.", "time::day(d'2026-02-28') = 28", day},
    {"time::hour(t: datetime, zone: string = 'UTC') -> int", kExact, kNone, 8, "The hour.",
     "time::hour(d'2026-02-28T13:05:09Z') = 13\ntime::hour(d'2026-07-01T12:00:00Z', 'Europe/Oslo') "
     "= 14",
     hour},
    {"time::minute(t: datetime, zone: string = 'UTC') -> int", kExact, kNone, 8, "The minute.",
     "time::minute(d'2026-02-28T13:05:09Z') = 5", minute},
    {"time::second(t: datetime, zone: string = 'UTC') -> int", kExact, kNone, 8, "The second.",
     "time::second(d'2026-02-28T13:05:09Z') = 9", second},
    {"time::weekday(t: datetime, zone: string = 'UTC') -> int", kExact, kNone, 8,
     "The day of the week: Monday is 1.", "time::weekday(d'2026-11-23') = 1", weekday},
    {"time::yearday(t: datetime, zone: string = 'UTC') -> int", kExact, kNone, 8,
     "The day of the year, from 1.", "time::yearday(d'2026-02-01') = 32", yearday},
    {"time::floor(t: datetime, unit: string, zone: string = 'UTC') -> datetime", kExact, kNone, 12,
     "The start of the unit that the instant lies in.",
     "time::floor(d'2026-02-28', 'month') = d'2026-02-01'\ntime::floor(d'2026-11-25T10:00:00Z', "
     "'week') = d'2026-11-23'",
     to_unit<Towards::Floor>},
    {"time::floor(t: datetime, length: duration) -> datetime", kExact, kNone, 8,
     "The latest multiple of a length since 1970.",
     "time::floor(d'2026-02-28T10:20:00Z', 15m) = d'2026-02-28T10:15:00Z'",
     to_length<Towards::Floor>},
    {"time::ceil(t: datetime, unit: string, zone: string = 'UTC') -> datetime", kExact, kNone, 14,
     "The instant, or the start of the next unit.",
     "time::ceil(d'2026-02-03', 'month') = d'2026-03-01'", to_unit<Towards::Ceil>},
    {"time::ceil(t: datetime, length: duration) -> datetime", kExact, kNone, 8,
     "The next multiple of a length since 1970.",
     "time::ceil(d'2026-02-28T10:20:00Z', 15m) = d'2026-02-28T10:30:00Z'",
     to_length<Towards::Ceil>},
    {"time::round(t: datetime, unit: string, zone: string = 'UTC') -> datetime", kExact, kNone, 14,
     "The nearer end of the unit.",
     "time::round(d'2026-02-28T10:40:00Z', 'hour') = d'2026-02-28T11:00:00Z'",
     to_unit<Towards::Round>},
    {"time::round(t: datetime, length: duration) -> datetime", kExact, kNone, 8,
     "The nearest multiple of a length since 1970.",
     "time::round(d'2026-02-28T10:20:00Z', 15m) = d'2026-02-28T10:15:00Z'",
     to_length<Towards::Round>},
    {"time::add(t: datetime, count: int, unit: string, zone: string = 'UTC') -> datetime", kExact,
     kNone, 14, "Moves by calendar units; a day that a month lacks becomes its last.",
     "time::add(d'2026-01-31', 1, 'month') = d'2026-02-28'\ntime::add(d'2024-02-29', 1, 'year') = "
     "d'2025-02-28'",
     add_time},
    {"time::diff(a: datetime, b: datetime, unit: string, zone: string = 'UTC') -> int", kExact,
     kNone, 20, "The most units that can be added to a without passing b.",
     "time::diff(d'2026-01-31', d'2026-02-28', 'month') = 1\ntime::diff(d'2026-03-01', "
     "d'2026-02-01', 'day') = -28",
     difference},
    {"time::last_day(t: datetime, zone: string = 'UTC') -> datetime", kExact, kNone, 12,
     "The last day of the month.", "time::last_day(d'2026-02-03') = d'2026-02-28'", last_day},
    {"time::make(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: number = "
     "0, zone: string = 'UTC') -> datetime",
     kExact, kNone, 12, "The instant of a date and time of day.",
     "time::make(2026, 2, 28, hour => 0, minute => 0, second => 0) = d'2026-02-28'", make_time},
    {"time::format(t: datetime, const pattern: string, zone: string = 'UTC') -> string", kExact,
     kNone, 30, "The instant as text by a pattern of % letters.",
     "time::format(d'2026-02-28', '%d.%m.%Y') = "
     "'28.02.2026'\ntime::format(d'2026-11-23T14:05:06.5Z', '%A %I:%M %p %f %V %z') = 'Monday "
     "02:05 PM 500000 48 +00:00'",
     format_time},
    {"time::parse(text: string, const pattern: string, zone: string = 'UTC') -> datetime", kExact,
     kNone, 30, "The instant that a text gives by a pattern of % letters.",
     "time::parse('28.02.2026', '%d.%m.%Y') = d'2026-02-28'\ntime::parse('2026-W09-6', "
     "'%G-W%V-%u') = "
     "d'2026-02-28'",
     parse_time},
    {"time::unix(t: datetime, unit: string = 'second') -> int", kExact, kNone, 4,
     "Units since 1970-01-01, rounded down.", "time::unix(d'1970-01-02', unit => 'second') = 86400",
     unix_time},
    {"time::from_unix(count: int, unit: string = 'second') -> datetime", kExact, kNone, 4,
     "The instant that many units since 1970-01-01.",
     "time::from_unix(86400, unit => 'second') = d'1970-01-02'", from_unix},
    {"time::utc_offset(t: datetime, zone: string) -> duration", Volatility::Stable, kNone, 20,
     "How far a zone is ahead of UTC at an instant.",
     "time::utc_offset(d'2026-07-01', 'Europe/Oslo') = 2h", utc_offset},
    {"time::total(length: duration, unit: string) -> float", kExact, kNone, 4,
     "A duration as a number of units.", "time::total(90m, 'hour') = 1.5", total},
    {"time::duration(count: number, unit: string) -> duration", kExact, kNone, 6,
     "That many units as a duration.", "time::duration(1.5, 'hour') = 1h30m", duration},
    {"time::today(zone: string = 'UTC') -> datetime", Volatility::Stable, kNone, 10,
     "The start of the day in which the transaction started.", "time::today() <= now()", today},
    {"time::clock() -> datetime", Volatility::Volatile, kNone, 5,
     "The time of the machine at this moment.", "time::clock() IS NOT none", clock},
};

}  // namespace

std::span<const Declaration> time_functions() {
  return kTimeFunctions;
}

}  // namespace zerodb::function
