// A world for calls of functions where nothing changes: time stands still, chance has a seed, and
// there is one table. Only for tests.
//
// Threading: belongs to one thread.
#pragma once

#include "base/clock.h"
#include "base/random.h"
#include "function/context.h"
#include "function/regex.h"
#include "function/zone.h"

namespace zerodb::function::test {

class FixedClock final : public Clock {
 public:
  int64_t wall_ns() override { return 1'767'225'600'000'000'000; }
  int64_t monotonic_ns() override { return 0; }
};

class OneTable final : public TableNames, public TableIds {
 public:
  std::optional<std::string_view> table_name(TableId) const override { return "person"; }
  std::optional<TableId> table_id(std::string_view name) const override {
    return name == "person" ? std::optional(TableId(7)) : std::nullopt;
  }
};

class NoSequences final : public SequenceSource {
 public:
  Result<int64_t> next(std::string_view) override { return unknown(); }
  Result<std::optional<int64_t>> current(std::string_view) override { return unknown(); }

 private:
  static Error unknown() { return Error(ErrorCode::E0207, "unknown sequence"); }
};

// All that a call may see.
struct World {
  FixedClock clock;
  SeededRandom random{42};
  OneTable tables;
  NoSequences sequences;
  RegexCache regexes;
  ZoneCache zones;
  CallContext context;

  World() {
    context.transaction_time = {1'767'225'600, 0};
    context.clock = &clock;
    context.random = &random;
    context.regexes = &regexes;
    context.zones = &zones;
    context.table_ids = &tables;
    context.sequences = &sequences;
    context.names.tables = &tables;
  }
};

}  // namespace zerodb::function::test
