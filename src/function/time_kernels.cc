#include "function/time_kernels.h"

#include <algorithm>
#include <array>

#include "function/kernel.h"

namespace zerodb::function {
namespace {

constexpr std::array<std::string_view, 11> kUnitNames{
    "year",   "quarter", "month",       "week",        "day",       "hour",
    "minute", "second",  "millisecond", "microsecond", "nanosecond"};

i128 floor_multiple(i128 value, i128 step) {
  const i128 rest = value % step;
  return value - (rest < 0 ? rest + step : rest);
}

CivilTime at_midnight(const CivilTime& civil) {
  return {civil.year, civil.month, civil.day, 0, 0, 0, 0};
}

// A calendar day moved by whole days.
CivilTime shifted_days(const CivilTime& civil, int64_t days) {
  CivilTime moved = civil_from_days(days_from_civil(civil.year, civil.month, civil.day) + days);
  moved.hour = civil.hour;
  moved.minute = civil.minute;
  moved.second = civil.second;
  moved.nanos = civil.nanos;
  return moved;
}

Error count_out_of_range() {
  return Error(ErrorCode::E0901, "datetime is out of range");
}

int64_t months_of(TimeUnit unit) {
  return unit == TimeUnit::Year      ? 12
         : unit == TimeUnit::Quarter ? 3
         : unit == TimeUnit::Month   ? 1
                                     : 0;
}
int64_t days_of(TimeUnit unit) {
  return unit == TimeUnit::Week ? 7 : unit == TimeUnit::Day ? 1 : 0;
}

}  // namespace

Result<TimeUnit> time_unit(std::string_view name) {
  const auto found = std::find(kUnitNames.begin(), kUnitNames.end(), name);
  if (found == kUnitNames.end()) {
    return bad_argument("no such unit: " + std::string(name));
  }
  return static_cast<TimeUnit>(found - kUnitNames.begin());
}

std::optional<i128> unit_nanos(TimeUnit unit) {
  switch (unit) {
    case TimeUnit::Week:
      return i128{7} * kSecondsPerDay * kNanosPerSecond;
    case TimeUnit::Day:
      return i128{kSecondsPerDay} * kNanosPerSecond;
    case TimeUnit::Hour:
      return i128{3600} * kNanosPerSecond;
    case TimeUnit::Minute:
      return i128{60} * kNanosPerSecond;
    case TimeUnit::Second:
      return i128{kNanosPerSecond};
    case TimeUnit::Millisecond:
      return i128{1'000'000};
    case TimeUnit::Microsecond:
      return i128{1'000};
    case TimeUnit::Nanosecond:
      return i128{1};
    default:
      return std::nullopt;
  }
}

Result<Datetime> floor_to(Datetime instant, TimeUnit unit, const Zone& zone) {
  if (unit >= TimeUnit::Hour) {
    // Zones differ from UTC by odd minutes, so the shift matters for hours and does no harm below.
    const i128 shift = static_cast<i128>(zone.offset_at(instant)) * kNanosPerSecond;
    const auto result = datetime_from_nanos(
        floor_multiple(total_nanos(instant) + shift, *unit_nanos(unit)) - shift);
    if (!result) return count_out_of_range();
    return *result;
  }
  CivilTime local = at_midnight(zone.to_local(instant));
  if (unit == TimeUnit::Week) {
    local = shifted_days(
        local,
        1 - static_cast<int64_t>(iso_weekday(days_from_civil(local.year, local.month, local.day))));
  } else if (unit != TimeUnit::Day) {
    local.day = 1;
    if (unit == TimeUnit::Year) local.month = 1;
    if (unit == TimeUnit::Quarter) local.month = (local.month - 1) / 3 * 3 + 1;
  }
  return zone.from_local(local);
}

Result<Datetime> add_units(Datetime instant, i128 count, TimeUnit unit, const Zone& zone) {
  constexpr i128 kCountMax = i128{1} << 80;
  if (count > kCountMax || count < -kCountMax) return count_out_of_range();
  if (unit >= TimeUnit::Hour) {
    i128 step = 0;
    if (__builtin_mul_overflow(count, *unit_nanos(unit), &step)) return count_out_of_range();
    const auto result = datetime_from_nanos(total_nanos(instant) + step);
    if (!result) return count_out_of_range();
    return *result;
  }
  // Ten thousand years in days: more leaves the range from anywhere.
  if (count > 4'000'000 || count < -4'000'000) return count_out_of_range();
  CivilTime local = zone.to_local(instant);
  if (const int64_t days = days_of(unit); days > 0)
    return zone.from_local(shifted_days(local, static_cast<int64_t>(count) * days));
  const int64_t months =
      local.year * 12 + local.month - 1 + static_cast<int64_t>(count) * months_of(unit);
  if (months < 0) return count_out_of_range();
  local.year = months / 12;
  local.month = static_cast<uint32_t>(months % 12) + 1;
  local.day = std::min(local.day, days_in_month(local.year, local.month));
  return zone.from_local(local);
}

Result<int64_t> units_between(Datetime from, Datetime to, TimeUnit unit, const Zone& zone) {
  const i128 distance = total_nanos(to) - total_nanos(from);
  if (unit >= TimeUnit::Hour) {
    const i128 count = distance / *unit_nanos(unit);
    if (count > INT64_MAX || count < INT64_MIN)
      return Error(ErrorCode::E0901, "more units than an int holds");
    return static_cast<int64_t>(count);
  }
  const CivilTime a = zone.to_local(from);
  const CivilTime b = zone.to_local(to);
  int64_t count =
      days_of(unit) > 0
          ? (days_from_civil(b.year, b.month, b.day) - days_from_civil(a.year, a.month, a.day)) /
                days_of(unit)
          : ((b.year - a.year) * 12 + b.month - a.month) / months_of(unit);
  // The estimate is off by at most one unit; step back while it passes the end.
  for (int i = 0; i < 2 && count != 0; ++i) {
    const auto reached = add_units(from, count, unit, zone);
    const bool passes = reached ? (distance >= 0 ? *reached > to : *reached < to) : true;
    if (!passes) break;
    count += distance >= 0 ? -1 : 1;
  }
  return count;
}

int64_t day_of_year(const CivilTime& local) {
  return days_from_civil(local.year, local.month, local.day) - days_from_civil(local.year, 1, 1) +
         1;
}

IsoWeek iso_week(const CivilTime& local) {
  const int64_t days = days_from_civil(local.year, local.month, local.day);
  // A week belongs to the year that its Thursday lies in.
  const CivilTime thursday = civil_from_days(days - static_cast<int64_t>(iso_weekday(days)) + 4);
  return {thursday.year, (day_of_year(thursday) - 1) / 7 + 1};
}

}  // namespace zerodb::function
