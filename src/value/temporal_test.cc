#include "value/temporal.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace zerodb {
namespace temporal_test {

void check_datetime(const char* text, const char* expected) {
  const auto parsed = parse_datetime(text);
  if (expected == nullptr) {
    EXPECT_FALSE(parsed.has_value()) << text;
    return;
  }
  ASSERT_TRUE(parsed.has_value()) << text;
  EXPECT_EQ(print_datetime(*parsed), expected);
}

void check_duration(const char* text, const char* expected) {
  const auto parsed = parse_duration(text);
  if (expected == nullptr) {
    EXPECT_FALSE(parsed.has_value()) << text;
    return;
  }
  ASSERT_TRUE(parsed.has_value()) << text;
  EXPECT_EQ(print_duration(*parsed), expected);
}

TEST(Temporal, DatetimeText) {
  check_datetime("2026-01-31", "2026-01-31T00:00:00Z");
  check_datetime("2026-01-31T14:00:00.5+02:00", "2026-01-31T12:00:00.5Z");
  check_datetime("2026-01-31t23:59:59.123456789z", "2026-01-31T23:59:59.123456789Z");
  check_datetime("0000-01-01", "0000-01-01T00:00:00Z");
  check_datetime("9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999999999Z");
  check_datetime("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.5Z");
  check_datetime("2000-02-29", "2000-02-29T00:00:00Z");
  for (const char* bad :
       {"", "2026", "2026-13-01", "2026-02-29", "1900-02-29", "2026-01-00", "2026-01-31T",
        "2026-01-31T24:00:00Z", "2026-01-31T12:00:00", "2026-01-31T12:00:60Z",
        "2026-01-31T12:00:00.Z", "2026-01-31T12:00:00.1234567890Z", "2026-01-31T12:00:00+24:00",
        "9999-12-31T23:59:59-01:00", "0000-01-01T00:00:00+01:00", "2026-01-31Z"}) {
    check_datetime(bad, nullptr);
  }
}

TEST(Temporal, DurationText) {
  check_duration("1h30m", "1h30m");
  check_duration("90s", "1m30s");
  check_duration("2w", "14d");
  check_duration("0s", "0s");
  check_duration("-1h30m", "-1h30m");
  check_duration("1500ms", "1s500ms");
  check_duration("1\u00b5s1us", "2us");
  check_duration("1d1ns", "1d1ns");
  for (const char* bad : {"", "-", "1", "h", "1x", "1h ", "99999999999999999999w", "1.5h"})
    check_duration(bad, nullptr);
}

TEST(Temporal, Arithmetic) {
  const Datetime last{kDatetimeSecondsMax, 999'999'999};
  EXPECT_EQ(add(last, Duration{0, 1}).error().code(), ErrorCode::E0901);
  EXPECT_EQ(subtract(Datetime{kDatetimeSecondsMin, 0}, Duration{0, 1}).error().code(),
            ErrorCode::E0901);
  EXPECT_EQ(add(Duration{INT64_MAX, 999'999'999}, Duration{0, 1}).error().code(), ErrorCode::E0901);
  EXPECT_EQ(*subtract(Datetime{0, 0}, Duration{0, 1}), (Datetime{-1, 999'999'999}));
  EXPECT_EQ(*subtract(*parse_datetime("2026-03-01"), *parse_datetime("2026-02-01")),
            *parse_duration("28d"));
  EXPECT_EQ(negate(Duration{INT64_MIN, 0}).error().code(), ErrorCode::E0901);
}

TEST(Temporal, EveryDayOfFourHundredYears) {
  int64_t days = days_from_civil(1999, 12, 31);
  uint32_t weekday = iso_weekday(days);
  for (int64_t year = 2000; year < 2400; ++year) {
    for (uint32_t month = 1; month <= 12; ++month) {
      for (uint32_t day = 1; day <= days_in_month(year, month); ++day) {
        ASSERT_EQ(days_from_civil(year, month, day), ++days);
        const CivilTime civil = civil_from_days(days);
        ASSERT_TRUE(civil.year == year && civil.month == month && civil.day == day) << days;
        weekday = weekday % 7 + 1;
        ASSERT_EQ(iso_weekday(days), weekday);
      }
    }
  }
  EXPECT_EQ(iso_weekday(days_from_civil(2026, 11, 23)), 1u);
}

RC_GTEST_PROP(Temporal, TextReadsBack, ()) {
  const Datetime datetime{*rc::gen::inRange(kDatetimeSecondsMin, kDatetimeSecondsMax),
                          *rc::gen::inRange(0u, 1'000'000'000u)};
  RC_ASSERT(parse_datetime(print_datetime(datetime)) == std::optional(datetime));
  const Duration duration{*rc::gen::arbitrary<int64_t>(), *rc::gen::inRange(0u, 1'000'000'000u)};
  RC_ASSERT(parse_duration(print_duration(duration)) == std::optional(duration));
}

RC_GTEST_PROP(Temporal, SubtractUndoesAdd, ()) {
  const Datetime datetime{*rc::gen::inRange(kDatetimeSecondsMin, kDatetimeSecondsMax),
                          *rc::gen::inRange(0u, 1'000'000'000u)};
  const Duration duration{*rc::gen::inRange(int64_t{-1'000'000}, int64_t{1'000'000}),
                          *rc::gen::inRange(0u, 1'000'000'000u)};
  const auto sum = add(datetime, duration);
  if (!sum) return;
  RC_ASSERT(*subtract(*sum, duration) == datetime);
  RC_ASSERT(*subtract(*sum, datetime) == duration);
}

}  // namespace temporal_test
}  // namespace zerodb
