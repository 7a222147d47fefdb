// GroupTable: the groups of one running aggregation: their keys, their states in the arena, and
// states of the function library.
//
// State rows of inline aggregates lie in the arena, where generated code updates them; the table
// moves them to a larger block when groups are added. Memory below floor() is in use and must not
// be given back while the table lives. Threading: belongs to one statement.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "exec/column.h"
#include "exec/tier.h"
#include "function/library.h"

namespace zerodb::exec {

class GroupTable {
 public:
  // Borrowed: all outlive the table. Without keys there is one group from the start.
  GroupTable(const plan::Program& program, const function::Library& library, Arena& arena,
             bool has_keys);

  Status prepare(plan::FrameHeader& header);
  // Writes the index of the group of each row under the mask to `out`.
  Status find_groups(const std::vector<Column>& keys, const uint8_t* mask, uint32_t rows,
                     int64_t* out, plan::FrameHeader& header);
  // A group that no row belongs to, for a table that has keys.
  Status add_empty_group(const std::vector<Value>& keys, plan::FrameHeader& header);
  // Feeds a host aggregate.
  Status add(uint32_t aggregate, uint32_t group, std::span<const Value> arguments);
  // Likewise, where the one argument is a decimal and the order of rows is of no matter.
  Status add_decimal(uint32_t aggregate, uint32_t group, Decimal argument) {
    return host_states_[size_t{group} * host_count_ + host_index_[aggregate]].state->add_decimal(
        argument);
  }
  bool takes_decimals(uint32_t aggregate) const {
    return group_count_ > 0 && program_.aggregates[aggregate].order.empty() &&
           host_states_[host_index_[aggregate]].state->adds_decimals();
  }

  uint32_t group_count() const { return group_count_; }
  uint32_t floor() const { return floor_; }
  const Value& key(uint32_t group, uint32_t column) const {
    return key_values_[size_t{group} * key_count_ + column];
  }
  Result<Value> finish(uint32_t aggregate, uint32_t group) const;
  // What is kept outside the arena. States of the library count by what was fed to them.
  uint64_t bytes() const;

 private:
  struct HostState {
    std::unique_ptr<function::AggregateState> state;
    std::vector<std::vector<Value>> rows;  // of an aggregate with an order of its own
  };
  Status add_group(plan::FrameHeader& header);
  Status grow_states(plan::FrameHeader& header);
  void rehash();
  Result<Value> finish_inline(const plan::AggregateSlot& slot, const char* state) const;
  Result<Value> finish_ordered(const plan::AggregateSlot& slot, uint32_t aggregate,
                               const HostState& state) const;
  std::unique_ptr<function::AggregateState> new_state(uint32_t aggregate) const;

  const plan::Program& program_;
  const function::Library& library_;
  Arena& arena_;
  const bool has_keys_;
  uint32_t key_count_ = 0;
  uint32_t group_count_ = 0;
  uint32_t capacity_ = 0;
  uint32_t states_ = 0;
  uint32_t floor_ = 0;

  struct Entry {
    uint64_t hash;
    size_t offset;
    uint32_t size;
  };
  std::vector<Entry> entries_;
  std::vector<uint32_t> buckets_;  // group + 1, 0 empty; size a power of two
  std::string key_bytes_;
  std::string scratch_;
  std::vector<Value> key_values_;
  std::vector<uint32_t> host_index_;  // aggregate to position among host aggregates
  std::vector<std::vector<Type>> host_arguments_;
  std::vector<const function::AggregateFunction*> host_functions_;
  uint32_t host_count_ = 0;
  std::vector<HostState> host_states_;  // group major
  uint64_t far_bytes_ = 0;              // of keys and of what host states keep
};

}  // namespace zerodb::exec
