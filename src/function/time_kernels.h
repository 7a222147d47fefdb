// Calendar arithmetic in units, for time:: functions.
//
// Threading: pure functions.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "function/zone.h"
#include "value/temporal.h"

namespace zerodb::function {

enum class TimeUnit : uint8_t {
  Year,
  Quarter,
  Month,
  Week,
  Day,
  Hour,
  Minute,
  Second,
  Millisecond,
  Microsecond,
  Nanosecond
};

// 'year' .. 'nanosecond'; E0623 for another word.
Result<TimeUnit> time_unit(std::string_view name);
// Nanoseconds of a unit of fixed length; nothing for months and longer.
std::optional<i128> unit_nanos(TimeUnit unit);

// The start of the unit that the instant lies in.
Result<Datetime> floor_to(Datetime instant, TimeUnit unit, const Zone& zone);
// Months keep the day of the month, or take its last day.
Result<Datetime> add_units(Datetime instant, i128 count, TimeUnit unit, const Zone& zone);
// The most units that can be added to `from` without passing `to`; negative when `to` is earlier.
Result<int64_t> units_between(Datetime from, Datetime to, TimeUnit unit, const Zone& zone);

struct IsoWeek {
  int64_t year;
  int64_t week;
};
IsoWeek iso_week(const CivilTime& local);
int64_t day_of_year(const CivilTime& local);

// Conversion by % letters: Y m d j H M S f z Z a A b B u V G p I T F. E0626 for another letter.
Result<std::string> format_time(Datetime instant, std::string_view pattern, const Zone& zone,
                                std::string_view zone_name);
// The same letters; %Z reads the name of the zone that is given, %j takes the place of a month and
// day, %G and %V (and %u) that of year, month and day. E0624 when the text is not of the pattern.
Result<Datetime> parse_time(std::string_view text, std::string_view pattern, const Zone& zone,
                            std::string_view zone_name);

}  // namespace zerodb::function
