#include "function/zone.h"

#include <algorithm>

#include "base/file_access.h"

namespace zerodb::function {
namespace {

constexpr std::string_view kFolder = "/usr/share/zoneinfo/";
constexpr size_t kFileBytesMax = size_t{1} << 20;

Error no_such_zone(std::string_view name) {
  return Error(ErrorCode::E0626, "no such zone: " + std::string(name));
}

// Whether the name can be that of a zone: nothing that leads out of the folder, none of the copies
// that count leap seconds or stand for the zone of the machine.
bool may_be_zone(std::string_view name) {
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' ||
           c == '_' || c == '-' || c == '+';
  };
  return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, is_allowed) &&
         name.front() >= 'A' && name.front() <= 'Z' && name.back() != '/';
}

Result<ZoneData> read_zone(std::string_view name) {
  if (!may_be_zone(name)) return no_such_zone(name);
  auto file = FileReader::open(std::string(kFolder) + std::string(name));
  if (!file) return no_such_zone(name);
  std::string bytes;
  while (file->peek() != FileReader::kEnd && bytes.size() < kFileBytesMax)
    bytes += static_cast<char>(file->next());
  auto zone = ZoneData::parse(bytes);
  // A folder, or a file of something else.
  if (!zone) return no_such_zone(name);
  return zone;
}

}  // namespace

Result<std::shared_ptr<const ZoneData>> ZoneCache::find(std::string_view name) {
  const auto known = zones_.find(name);
  if (known != zones_.end()) return known->second;
  auto zone = std::make_shared<const ZoneData>(TRY(read_zone(name)));
  zones_.emplace(std::string(name), zone);
  return zone;
}

Result<Zone> Zone::find(std::string_view name, ZoneCache* cache) {
  if (name == "UTC" || name == "Z") return Zone(0, nullptr);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (name.size() == 6 && (name[0] == '+' || name[0] == '-') && name[3] == ':' &&
      is_digit(name[1]) && is_digit(name[2]) && is_digit(name[4]) && is_digit(name[5])) {
    const int hours = (name[1] - '0') * 10 + (name[2] - '0');
    const int minutes = (name[4] - '0') * 10 + (name[5] - '0');
    if (hours > 23 || minutes > 59) return no_such_zone(name);
    const int64_t offset = hours * 3600 + minutes * 60;
    return Zone(name[0] == '-' ? -offset : offset, nullptr);
  }
  ZoneCache alone;
  return Zone(0, TRY((cache != nullptr ? *cache : alone).find(name)));
}

int64_t Zone::offset_at(Datetime instant) const {
  return named_ == nullptr ? offset_ : named_->offset_at(instant.seconds);
}

CivilTime Zone::to_local(Datetime instant) const {
  instant.seconds += offset_at(instant);
  return to_civil(instant);
}

Result<Datetime> Zone::from_local(const CivilTime& local) const {
  const auto plain = from_civil(local);
  if (!plain) return Error(ErrorCode::E0901, "datetime is out of range");
  const int64_t offset = named_ == nullptr ? offset_ : named_->offset_of_local(plain->seconds);
  const auto instant =
      datetime_from_nanos(total_nanos(*plain) - static_cast<i128>(offset) * kNanosPerSecond);
  if (!instant) return Error(ErrorCode::E0901, "datetime is out of range");
  return *instant;
}

}  // namespace zerodb::function
