#include "value/temporal.h"

namespace zerodb {
namespace {

int64_t floor_div(int64_t a, int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

Error out_of_range(const char* what) {
  return Error(ErrorCode::E0901, std::string(what) + " is out of range");
}

}  // namespace

// Howard Hinnant's algorithms over 400-year eras that begin on 1 March.
int64_t days_from_civil(int64_t year, uint32_t month, uint32_t day) {
  year -= month <= 2 ? 1 : 0;
  const int64_t era = floor_div(year, 400);
  const int64_t year_of_era = year - era * 400;
  const int64_t day_of_year =
      (153 * (static_cast<int64_t>(month) + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

CivilTime civil_from_days(int64_t days) {
  days += 719'468;
  const int64_t era = floor_div(days, 146'097);
  const int64_t day_of_era = days - era * 146'097;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t shifted_month = (5 * day_of_year + 2) / 153;
  CivilTime civil;
  civil.day = static_cast<uint32_t>(day_of_year - (153 * shifted_month + 2) / 5 + 1);
  civil.month = static_cast<uint32_t>(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
  civil.year = year_of_era + era * 400 + (civil.month <= 2 ? 1 : 0);
  return civil;
}

bool is_leap_year(int64_t year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

uint32_t days_in_month(int64_t year, uint32_t month) {
  constexpr uint32_t kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap_year(year) ? 29 : kDays[month - 1];
}

uint32_t iso_weekday(int64_t days) {
  // 1970-01-01 was a Thursday.
  const int64_t since_monday = (days + 3) % 7;
  return static_cast<uint32_t>(since_monday < 0 ? since_monday + 7 : since_monday) + 1;
}

CivilTime to_civil(Datetime value) {
  const int64_t days = floor_div(value.seconds, kSecondsPerDay);
  // By remainder: at the ends of int64, which only damaged bytes hold, days times seconds a day
  // overflows.
  const int64_t remainder = value.seconds % kSecondsPerDay;
  const auto rest = static_cast<uint32_t>(remainder < 0 ? remainder + kSecondsPerDay : remainder);
  CivilTime civil = civil_from_days(days);
  civil.hour = rest / 3600;
  civil.minute = rest / 60 % 60;
  civil.second = rest % 60;
  civil.nanos = value.nanos;
  return civil;
}

Datetime from_unix_ns(int64_t ns) {
  constexpr int64_t kSecond = 1'000'000'000;
  int64_t seconds = ns / kSecond;
  if (ns % kSecond < 0) --seconds;
  return {seconds, static_cast<uint32_t>(ns - seconds * kSecond)};
}

std::optional<Datetime> from_civil(const CivilTime& civil) {
  if (civil.year < 0 || civil.year > 9999) return std::nullopt;
  const int64_t days = days_from_civil(civil.year, civil.month, civil.day);
  return Datetime{days * kSecondsPerDay + civil.hour * 3600 + civil.minute * 60 + civil.second,
                  civil.nanos};
}

i128 total_nanos(Datetime value) {
  return static_cast<i128>(value.seconds) * kNanosPerSecond + value.nanos;
}
i128 total_nanos(Duration value) {
  return static_cast<i128>(value.seconds) * kNanosPerSecond + value.nanos;
}

namespace {

struct NanosSplit {
  i128 seconds;
  uint32_t nanos;
};
NanosSplit split(i128 nanos) {
  i128 seconds = nanos / kNanosPerSecond;
  i128 rest = nanos % kNanosPerSecond;
  if (rest < 0) {
    rest += kNanosPerSecond;
    --seconds;
  }
  return {seconds, static_cast<uint32_t>(rest)};
}

}  // namespace

std::optional<Datetime> datetime_from_nanos(i128 nanos) {
  const NanosSplit parts = split(nanos);
  if (parts.seconds < kDatetimeSecondsMin || parts.seconds > kDatetimeSecondsMax)
    return std::nullopt;
  return Datetime{static_cast<int64_t>(parts.seconds), parts.nanos};
}

std::optional<Duration> duration_from_nanos(i128 nanos) {
  const NanosSplit parts = split(nanos);
  if (parts.seconds < INT64_MIN || parts.seconds > INT64_MAX) return std::nullopt;
  return Duration{static_cast<int64_t>(parts.seconds), parts.nanos};
}

namespace {

Result<Datetime> datetime_or_error(i128 nanos) {
  const auto result = datetime_from_nanos(nanos);
  if (!result) return out_of_range("datetime");
  return *result;
}

Result<Duration> duration_or_error(i128 nanos) {
  const auto result = duration_from_nanos(nanos);
  if (!result) return out_of_range("duration");
  return *result;
}

}  // namespace

Result<Datetime> add(Datetime left, Duration right) {
  return datetime_or_error(total_nanos(left) + total_nanos(right));
}
Result<Datetime> subtract(Datetime left, Duration right) {
  return datetime_or_error(total_nanos(left) - total_nanos(right));
}
Result<Duration> subtract(Datetime left, Datetime right) {
  return duration_or_error(total_nanos(left) - total_nanos(right));
}
Result<Duration> add(Duration left, Duration right) {
  return duration_or_error(total_nanos(left) + total_nanos(right));
}
Result<Duration> subtract(Duration left, Duration right) {
  return duration_or_error(total_nanos(left) - total_nanos(right));
}
Result<Duration> negate(Duration value) {
  return duration_or_error(-total_nanos(value));
}

}  // namespace zerodb
