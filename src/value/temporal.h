// Datetimes and durations: text, arithmetic, and the calendar (proleptic Gregorian, UTC, days of
// 86,400 s).
//
// A datetime lies between 0000-01-01T00:00:00Z and 9999-12-31T23:59:59.999999999Z, the range that
// RFC 3339 can write, so every datetime has a text that reads back; a step outside is E0901. A
// duration is any number of nanoseconds that 64-bit seconds hold. Threading: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/int128.h"
#include "base/result.h"
#include "value/value.h"

namespace zerodb {

inline constexpr int64_t kNanosPerSecond = 1'000'000'000;
inline constexpr int64_t kSecondsPerDay = 86'400;
inline constexpr int64_t kDatetimeSecondsMin = -62'167'219'200;  // 0000-01-01T00:00:00Z
inline constexpr int64_t kDatetimeSecondsMax = 253'402'300'799;  // 9999-12-31T23:59:59Z

// A date and time of day on the calendar.
struct CivilTime {
  int64_t year = 1970;
  uint32_t month = 1;
  uint32_t day = 1;
  uint32_t hour = 0;
  uint32_t minute = 0;
  uint32_t second = 0;
  uint32_t nanos = 0;
};

// Days since 1970-01-01.
int64_t days_from_civil(int64_t year, uint32_t month, uint32_t day);
CivilTime civil_from_days(int64_t days);
bool is_leap_year(int64_t year);
uint32_t days_in_month(int64_t year, uint32_t month);
// Monday is 1, Sunday 7.
uint32_t iso_weekday(int64_t days);

CivilTime to_civil(Datetime value);
// Fields must be within their ranges (the day within its month); nothing for a year outside 0 to
// 9999.
std::optional<Datetime> from_civil(const CivilTime& civil);
// Of nanoseconds since 1970, as clocks give them.
Datetime from_unix_ns(int64_t ns);

// `2026-01-31`, `2026-01-31T12:00:00Z`, with a fraction of up to 9 digits, with an offset `+02:00`;
// T may be t or a blank, Z may be z. A leap second (60) is refused.
std::optional<Datetime> parse_datetime(std::string_view text);
// "2026-01-31T12:00:00.5Z": the fraction without trailing zeros.
std::string print_datetime(Datetime value);

// `1h30m`, `90s`, `-2w`: whole numbers with the units ns us ms s m h d w, in any order; `µs` too.
std::optional<Duration> parse_duration(std::string_view text);
// "1h30m", "14d", "1m30s", "0s", "-5ms": units d h m s ms us ns, zero ones left out.
std::string print_duration(Duration value);

i128 total_nanos(Datetime value);
i128 total_nanos(Duration value);
// Nothing outside the range of the type.
std::optional<Datetime> datetime_from_nanos(i128 nanos);
std::optional<Duration> duration_from_nanos(i128 nanos);

Result<Datetime> add(Datetime left, Duration right);
Result<Datetime> subtract(Datetime left, Duration right);
Result<Duration> subtract(Datetime left, Datetime right);
Result<Duration> add(Duration left, Duration right);
Result<Duration> subtract(Duration left, Duration right);
Result<Duration> negate(Duration value);

}  // namespace zerodb
