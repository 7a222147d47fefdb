// Settings: the options of a session, what they are called, what they admit and what they are.
//
// SET and RESET act at once and are not transactional. The list of options is one table, which the
// checker, SHOW and completion share. Threading: belongs to its session.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "value/type.h"
#include "value/value.h"

namespace zerodb::database {

enum class Tier : uint8_t { Auto, Interpreter, Wasm };

struct OptionInfo {
  std::string_view name;
  Type type;
  std::vector<std::string> choices;  // empty: any value of the type
  Value initial;
  std::string_view doc;
};

std::span<const OptionInfo> option_table();

class Settings {
 public:
  Settings();
  // E0210 for an unknown name (with the nearest one as help), E0317 for a value of the wrong type
  // or none of the choices.
  Status set(std::string_view name, const Value& value);
  Status reset(std::string_view name);
  void reset_all();
  Result<Value> get(std::string_view name) const;

  Tier tier() const;
  // Nanoseconds; 0 stands for no limit.
  int64_t statement_timeout_ns() const;
  // Bytes; UINT64_MAX stands for no limit of the session's own.
  uint64_t statement_memory() const;
  // UINT32_MAX stands for no limit of the session's own.
  uint32_t statement_threads() const;
  bool is_snapshot_isolation() const;
  bool is_relaxed_durability() const;

 private:
  const Value& at(size_t index) const { return values_[index]; }
  std::vector<Value> values_;  // in the order of option_table()
};

}  // namespace zerodb::database
