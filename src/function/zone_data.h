// ZoneData: how far one zone of the IANA database is ahead of UTC, at any instant.
//
// Read from a TZif file (RFC 9636) of the system: a list of transitions, and the rule of the footer
// for all that comes after the last of them. Leap seconds are not counted. Threading: immutable.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace zerodb::function {

class ZoneData {
 public:
  struct Transition {
    int64_t at = 0;      // seconds since 1970
    int32_t offset = 0;  // ahead of UTC from then on, in seconds
  };

  // E0626 for bytes that are no such file.
  static Result<ZoneData> parse(std::string_view bytes);

  int32_t offset_at(int64_t seconds) const;
  // The offset that makes a local time, in seconds since 1970 as if it were UTC, an instant: of a
  // time that occurs twice the first one, of a skipped time the one before it was skipped.
  int32_t offset_of_local(int64_t local) const;

 private:
  friend class ZoneReader;

  // When a rule changes the clocks, in each year.
  struct Date {
    enum class Kind : uint8_t { Weekday, Julian, ZeroBased };
    Kind kind = Kind::Weekday;
    uint32_t month = 0;
    uint32_t week = 0;    // 5: the last one
    uint32_t day = 0;     // of the week from Sunday 0, or of the year
    int32_t seconds = 0;  // from midnight, by the clocks before the change
    int64_t in_year(int64_t year) const;
  };
  struct Rule {
    int32_t standard = 0;
    std::optional<int32_t> summer;  // nothing: standard time all the year
    Date start;                     // of summer time
    Date end;
    std::array<Transition, 2> of_year(int64_t year) const;
  };

  // All transitions within a day and a half of the time, in order, and the offset before them.
  struct Nearby {
    int32_t before = 0;
    std::vector<Transition> transitions;
  };
  Nearby near(int64_t seconds) const;
  int32_t offset_by_rule(int64_t seconds) const;

  int32_t first_offset_ = 0;             // before any transition
  std::vector<Transition> transitions_;  // in order
  std::optional<Rule> rule_;             // after the last transition
};

}  // namespace zerodb::function
