// Time zones: UTC, fixed offsets such as `+02:00`, and the names of the IANA database as ICU
// carries it.
//
// Threading: a zone belongs to one call.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/result.h"
#include "value/temporal.h"

namespace zerodb::function {

class Zone {
 public:
  // E0626 for a name that is no zone.
  static Result<Zone> find(std::string_view name);
  Zone(Zone&&) noexcept;
  Zone& operator=(Zone&&) noexcept;
  ~Zone();

  // Seconds to add to UTC at that instant.
  int64_t offset_at(Datetime instant) const;
  // The calendar and clock of the zone at that instant.
  CivilTime to_local(Datetime instant) const;
  // The instant of a local time: a skipped one moves forward, one that occurs twice is the first.
  // E0901 outside years 0 to 9999.
  Result<Datetime> from_local(const CivilTime& local) const;

 private:
  struct Named;
  Zone(int64_t offset, std::unique_ptr<Named> named);

  int64_t offset_ = 0;
  std::unique_ptr<Named> named_;  // null: a fixed offset
};

}  // namespace zerodb::function
