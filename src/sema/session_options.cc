#include "sema/session_options.h"

#include <algorithm>

namespace zerodb::sema {
namespace {

constexpr std::string_view kTiers[] = {"auto", "interpreter", "wasm"};
constexpr std::string_view kIsolations[] = {"serializable", "snapshot"};
constexpr std::string_view kDurabilities[] = {"synced", "relaxed"};

constexpr SessionOption kOptions[] = {
    {"exec.tier", TypeKind::String, kTiers, "'auto'"},
    {"statement.memory", TypeKind::I64, {}, "none", true},
    {"statement.threads", TypeKind::I64, {}, "none", true},
    {"statement.timeout", TypeKind::Duration, {}, "none", true},
    {"transaction.durability", TypeKind::String, kDurabilities, "'synced'"},
    {"transaction.isolation", TypeKind::String, kIsolations, "'serializable'"},
};

}  // namespace

std::span<const SessionOption> session_options() {
  return kOptions;
}

const SessionOption* find_session_option(std::string_view name) {
  for (const SessionOption& option : kOptions) {
    if (option.name == name) return &option;
  }
  return nullptr;
}

bool accepts(const SessionOption& option, const Value& value) {
  if (value.is_none()) return option.admits_none;
  if (option.type == TypeKind::Duration) {
    return value.tag() == Tag::Duration && value.as_duration() > Duration{};
  }
  if (option.type == TypeKind::I64) return is_integer(value.tag()) && value.as_int128() > 0;
  if (value.tag() != Tag::String) return false;
  return option.choices.empty() || std::find(option.choices.begin(), option.choices.end(),
                                             value.as_string()) != option.choices.end();
}

}  // namespace zerodb::sema
