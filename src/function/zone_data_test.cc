// Zone files of our own making, and those of the system.
#include "function/zone_data.h"

#include <gtest/gtest.h>

#include "function/zone.h"

namespace zerodb::function {
namespace zone_data_test {

std::string number(uint64_t value, size_t width) {
  std::string out;
  for (size_t i = width; i > 0; --i) out += static_cast<char>(value >> (8 * (i - 1)) & 0xff);
  return out;
}

// A file of version 2 without transitions of 32 bits.
std::string file_of(const std::vector<ZoneData::Transition>& transitions, int32_t first_offset,
                    const std::string& rule) {
  const auto head = [](size_t times, size_t types) {
    std::string out = "TZif2" + std::string(15, '\0');
    for (const size_t count : {size_t{0}, size_t{0}, size_t{0}, times, types, size_t{4}})
      out += number(count, 4);
    return out;
  };
  const auto type = [](int32_t offset) {
    return number(static_cast<uint32_t>(offset), 4) + std::string(2, '\0');
  };
  std::string out = head(0, 1) + type(0) + std::string(4, 'x');
  out += head(transitions.size(), transitions.size() + 1);
  for (const auto& each : transitions) out += number(static_cast<uint64_t>(each.at), 8);
  for (size_t i = 0; i < transitions.size(); ++i) out += static_cast<char>(i + 1);
  out += type(first_offset);
  for (const auto& each : transitions) out += type(each.offset);
  return out + std::string(4, 'x') + "\n" + rule + "\n";
}

ZoneData zone_of(const std::string& bytes) {
  auto zone = ZoneData::parse(bytes);
  EXPECT_TRUE(zone.has_value());
  return std::move(zone).value();
}

TEST(ZoneData, Transitions) {
  const ZoneData zone = zone_of(file_of({{1'000'000, 3600}, {2'000'000, 7200}}, 600, ""));
  EXPECT_EQ(zone.offset_at(INT64_MIN / 2), 600);
  EXPECT_EQ(zone.offset_at(999'999), 600);
  EXPECT_EQ(zone.offset_at(1'000'000), 3600);
  EXPECT_EQ(zone.offset_at(3'000'000), 7200);
  // The clocks jump from 1'000'600 to 1'003'600.
  EXPECT_EQ(zone.offset_of_local(1'000'599), 600);
  EXPECT_EQ(zone.offset_of_local(1'000'600), 600);
  EXPECT_EQ(zone.offset_of_local(1'003'599), 600);
  EXPECT_EQ(zone.offset_of_local(1'003'600), 3600);
  const ZoneData back = zone_of(file_of({{1'000'000, 0}}, 3600, ""));
  EXPECT_EQ(back.offset_of_local(1'000'000), 3600);
  EXPECT_EQ(back.offset_of_local(1'003'599), 3600);
  EXPECT_EQ(back.offset_of_local(1'003'600), 0);
}

TEST(ZoneData, Rules) {
  const auto check = [](const std::string& rule, int64_t time, int32_t offset) {
    EXPECT_EQ(zone_of(file_of({}, 0, rule)).offset_at(time), offset) << rule << ' ' << time;
  };
  check("CET-1CEST,M3.5.0,M10.5.0/3", 2'216'250'000 - 1, 3600);  // 2040-03-25T01:00:00Z
  check("CET-1CEST,M3.5.0,M10.5.0/3", 2'216'250'000, 7200);
  check("<+0330>-3:30", 0, 12'600);
  check("AEST-10AEDT,M10.1.0,M4.1.0/3", 0, 39'600);           // January, in the south
  check("AEST-10AEDT,M10.1.0,M4.1.0/3", 15'552'000, 36'000);  // July
  check("EST5EDT,J60,J300", 59 * 86'400 + 7 * 3600, -14'400);
  check("EST5EDT,59,299", 59 * 86'400 + 7 * 3600, -14'400);
  check("EST5EDT,J60,J300", 59 * 86'400 + 7 * 3600 - 1, -18'000);
  check("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 0, -7200);
}

TEST(ZoneData, BrokenFiles) {
  const std::string whole = file_of({{1'000'000, 3600}}, 0, "CET-1CEST,M3.5.0,M10.5.0/3");
  for (size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(ZoneData::parse(whole.substr(0, size)).has_value()) << size;
  for (size_t at = 0; at < whole.size(); ++at) {
    std::string changed = whole;
    for (const int byte : {0, 0x7f, 0xff}) {
      changed[at] = static_cast<char>(byte);
      const auto zone = ZoneData::parse(changed);
      if (zone) EXPECT_EQ(zone->offset_at(0), zone->offset_at(0));
    }
  }
  EXPECT_FALSE(ZoneData::parse(file_of({{2, 0}, {1, 0}}, 0, "")).has_value());
  for (const char* rule : {"CET", "CET-1CEST,M13.1.0,M1.1.0", "CET-1CEST", "CET-200", "<CET-1"})
    EXPECT_FALSE(ZoneData::parse(file_of({}, 0, rule)).has_value()) << rule;
}

TEST(Zone, Names) {
  ZoneCache cache;
  const auto check = [&](std::string_view name, int64_t offset) {
    const auto zone = Zone::find(name, &cache);
    ASSERT_TRUE(zone.has_value()) << name;
    EXPECT_EQ(zone->offset_at({1'782'864'000, 0}), offset) << name;  // 2026-07-01
  };
  check("Europe/Oslo", 7200);
  check("Europe/Oslo", 7200);
  check("America/Argentina/Buenos_Aires", -10'800);
  check("Etc/GMT+5", -18'000);
  check("+05:30", 19'800);
  check("UTC", 0);
  for (const char* name : {"", "Europe", "europe/Oslo", "../zoneinfo/Europe/Oslo", "right/UTC",
                           "Europe/Oslo/", "/etc/passwd", "+5:30", "+24:00", "Mars/Base"})
    EXPECT_EQ(Zone::find(name, &cache).error().code(), ErrorCode::E0626) << name;
  // 2040 is beyond the transitions of any file.
  const auto oslo = Zone::find("Europe/Oslo", nullptr);
  EXPECT_EQ(oslo->offset_at({2'224'800'000, 0}), 7200);
}

}  // namespace zone_data_test
}  // namespace zerodb::function
