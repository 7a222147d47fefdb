#include "database/settings.h"

#include <algorithm>
#include <array>

#include "base/assert.h"
#include "zeroql/suggest.h"

namespace zerodb::database {
namespace {

enum Position : size_t { kTier, kTimeout, kMemory, kThreads, kIsolation, kDurability };

const std::array<OptionInfo, 6>& table() {
  static const std::array<OptionInfo, 6> options = {
      OptionInfo{"exec.tier",
                 Type::string(),
                 {"auto", "interpreter", "wasm"},
                 Value::string("auto"),
                 "Which tier runs statements; auto compiles what is large or repeated."},
      OptionInfo{"statement.timeout",
                 Type(TypeKind::Duration).optional(),
                 {},
                 Value::none(),
                 "A statement that runs longer is cancelled; none: no limit."},
      OptionInfo{"statement.memory",
                 Type(TypeKind::I64).optional(),
                 {},
                 Value::none(),
                 "Bytes that a statement may hold, at most those of the database; none: those."},
      OptionInfo{"statement.threads",
                 Type(TypeKind::I64).optional(),
                 {},
                 Value::none(),
                 "Threads that a statement may use, at most those of the database; none: those."},
      OptionInfo{"transaction.isolation",
                 Type::string(),
                 {"serializable", "snapshot"},
                 Value::string("serializable"),
                 "What BEGIN without ISOLATION gives."},
      OptionInfo{"transaction.durability",
                 Type::string(),
                 {"synced", "relaxed"},
                 Value::string("synced"),
                 "Whether a commit waits for the disk."},
  };
  return options;
}

Result<size_t> find(std::string_view name) {
  const auto& options = table();
  for (size_t i = 0; i < options.size(); ++i) {
    if (options[i].name == name) return i;
  }
  Error error(ErrorCode::E0210, "unknown option `" + std::string(name) + "`");
  std::vector<std::string_view> names;
  for (const OptionInfo& option : options) names.push_back(option.name);
  if (const auto nearest = zeroql::suggest(name, names)) {
    return std::move(error).with_help("did you mean `" + std::string(*nearest) + "`?");
  }
  return error;
}

}  // namespace

std::span<const OptionInfo> option_table() {
  return table();
}

Settings::Settings() {
  reset_all();
}

void Settings::reset_all() {
  values_.clear();
  for (const OptionInfo& option : table()) values_.push_back(option.initial);
}

Status Settings::set(std::string_view name, const Value& value) {
  const size_t index = TRY(find(name));
  const OptionInfo& option = table()[index];
  const auto wrong = [&](std::string expected) {
    return Error(ErrorCode::E0317,
                 "option `" + std::string(name) + "` takes " + std::move(expected));
  };
  if (!option.choices.empty()) {
    std::string list;
    for (const std::string& choice : option.choices)
      list += (list.empty() ? "'" : ", '") + choice + "'";
    const bool known = value.tag() == Tag::String &&
                       std::ranges::find(option.choices, value.as_string()) != option.choices.end();
    if (!known) return wrong("one of " + list);
  } else if (option.type.kind() == TypeKind::I64) {
    if (!value.is_none() && (!is_integer(value.tag()) || value.as_int128() < 1))
      return wrong("a positive number of bytes");
  } else if (!(value.is_none() && option.type.admits_none()) && value.tag() != Tag::Duration) {
    return wrong("a duration such as 30s");
  } else if (value.tag() == Tag::Duration && value.as_duration().seconds < 0) {
    return wrong("a duration that is not negative");
  }
  values_[index] = value;
  return ok_status();
}

Status Settings::reset(std::string_view name) {
  const size_t index = TRY(find(name));
  values_[index] = table()[index].initial;
  return ok_status();
}

Result<Value> Settings::get(std::string_view name) const {
  return values_[TRY(find(name))];
}

Tier Settings::tier() const {
  const std::string_view text = at(kTier).as_string();
  if (text == "interpreter") return Tier::Interpreter;
  return text == "wasm" ? Tier::Wasm : Tier::Auto;
}

int64_t Settings::statement_timeout_ns() const {
  const Value& value = at(kTimeout);
  if (value.is_none()) return 0;
  const Duration duration = value.as_duration();
  constexpr int64_t kSecondsMax = INT64_MAX / 1'000'000'000 - 1;
  return std::min(duration.seconds, kSecondsMax) * 1'000'000'000 + duration.nanos;
}

uint64_t Settings::statement_memory() const {
  const Value& value = at(kMemory);
  if (value.is_none() || value.as_int128() > INT64_MAX) return UINT64_MAX;
  return static_cast<uint64_t>(value.as_int128());
}

uint32_t Settings::statement_threads() const {
  const Value& value = at(kThreads);
  if (value.is_none() || value.as_int128() > UINT32_MAX) return UINT32_MAX;
  return static_cast<uint32_t>(value.as_int128());
}

bool Settings::is_snapshot_isolation() const {
  return at(kIsolation).as_string() == "snapshot";
}
bool Settings::is_relaxed_durability() const {
  return at(kDurability).as_string() == "relaxed";
}

}  // namespace zerodb::database
