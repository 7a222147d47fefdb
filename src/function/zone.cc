#include "function/zone.h"

#include <unicode/basictz.h>
#include <unicode/timezone.h>

#include <string>

namespace zerodb::function {

struct Zone::Named {
  std::unique_ptr<icu::BasicTimeZone> zone;
};

Zone::Zone(int64_t offset, std::unique_ptr<Named> named)
    : offset_(offset), named_(std::move(named)) {}
Zone::Zone(Zone&&) noexcept = default;
Zone& Zone::operator=(Zone&&) noexcept = default;
Zone::~Zone() = default;

Result<Zone> Zone::find(std::string_view name) {
  if (name == "UTC" || name == "Z") return Zone(0, nullptr);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (name.size() == 6 && (name[0] == '+' || name[0] == '-') && name[3] == ':' &&
      is_digit(name[1]) && is_digit(name[2]) && is_digit(name[4]) && is_digit(name[5])) {
    const int hours = (name[1] - '0') * 10 + (name[2] - '0');
    const int minutes = (name[4] - '0') * 10 + (name[5] - '0');
    if (hours > 23 || minutes > 59)
      return Error(ErrorCode::E0626, "no such zone: " + std::string(name));
    const int64_t offset = hours * 3600 + minutes * 60;
    return Zone(name[0] == '-' ? -offset : offset, nullptr);
  }
  std::unique_ptr<icu::TimeZone> zone(icu::TimeZone::createTimeZone(icu::UnicodeString::fromUTF8(
      icu::StringPiece(name.data(), static_cast<int32_t>(name.size())))));
  const bool known =
      zone && *zone != icu::TimeZone::getUnknown() && name.find('/') != std::string_view::npos;
  // Every zone of the IANA database is a BasicTimeZone, so the cast is sound.
  if (!known) return Error(ErrorCode::E0626, "no such zone: " + std::string(name));
  auto named = std::make_unique<Named>();
  named->zone.reset(static_cast<icu::BasicTimeZone*>(zone.release()));
  return Zone(0, std::move(named));
}

int64_t Zone::offset_at(Datetime instant) const {
  if (!named_) return offset_;
  int32_t raw = 0;
  int32_t saving = 0;
  UErrorCode status = U_ZERO_ERROR;
  named_->zone->getOffset(static_cast<double>(instant.seconds) * 1000, false, raw, saving, status);
  return U_SUCCESS(status) ? (raw + saving) / 1000 : 0;
}

CivilTime Zone::to_local(Datetime instant) const {
  instant.seconds += offset_at(instant);
  return to_civil(instant);
}

Result<Datetime> Zone::from_local(const CivilTime& local) const {
  const auto plain = from_civil(local);
  if (!plain) return Error(ErrorCode::E0901, "datetime is out of range");
  int64_t offset = offset_;
  if (named_) {
    int32_t raw = 0;
    int32_t saving = 0;
    UErrorCode status = U_ZERO_ERROR;
    named_->zone->getOffsetFromLocal(static_cast<double>(plain->seconds) * 1000,
                                     UCAL_TZ_LOCAL_FORMER, UCAL_TZ_LOCAL_FORMER, raw, saving,
                                     status);
    if (U_SUCCESS(status)) offset = (raw + saving) / 1000;
  }
  const auto instant =
      datetime_from_nanos(total_nanos(*plain) - static_cast<i128>(offset) * kNanosPerSecond);
  if (!instant) return Error(ErrorCode::E0901, "datetime is out of range");
  return *instant;
}

}  // namespace zerodb::function
