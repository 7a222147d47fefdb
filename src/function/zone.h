// Time zones: UTC, fixed offsets such as `+02:00`, and the names of the IANA database as the system
// has it below /usr/share/zoneinfo.
//
// Threading: a zone is immutable; a cache belongs to one thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "function/zone_data.h"
#include "value/temporal.h"

namespace zerodb::function {

// The zones that a session has used.
class ZoneCache {
 public:
  // E0626 for a name that the database does not have.
  Result<std::shared_ptr<const ZoneData>> find(std::string_view name);

 private:
  // Shared with the zones that are in use.
  std::map<std::string, std::shared_ptr<const ZoneData>, std::less<>> zones_;
};

class Zone {
 public:
  // `cache` may be null: then a named zone is read anew. E0626 for an unknown zone.
  static Result<Zone> find(std::string_view name, ZoneCache* cache);

  // Seconds that local time is ahead of UTC.
  int64_t offset_at(Datetime instant) const;
  CivilTime to_local(Datetime instant) const;
  // Of a time that occurs twice the first instant; a skipped time moves forward. E0901 outside the
  // range.
  Result<Datetime> from_local(const CivilTime& local) const;

 private:
  Zone(int64_t offset, std::shared_ptr<const ZoneData> named)
      : offset_(offset), named_(std::move(named)) {}

  int64_t offset_ = 0;
  std::shared_ptr<const ZoneData> named_;  // null: a fixed offset; shared with the cache
};

}  // namespace zerodb::function
