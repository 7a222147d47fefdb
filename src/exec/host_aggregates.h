// HostAggregates: the aggregates of one running aggregation whose states the function library
// makes, for all of its groups.
//
// Most rows go straight into the state of their group. An aggregate with an order of its own keeps
// its rows, and sorts them. One with DISTINCT knows which values each of its groups has seen. When
// memory runs out (shed()), rows that would need more of it are put aside, on disk if there are
// many: those of which it is open whether they are new, and those of states that grow with each
// row. They are fed to their groups when these are finished, which happens in the order of groups.
// Threading: belongs to one statement.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "exec/spilled_set.h"
#include "function/library.h"
#include "plan/program.h"

namespace zerodb::exec {

class HostAggregates {
 public:
  // Borrowed: all outlive the aggregates.
  HostAggregates(const plan::Program& program, const function::Library& library);
  // The running statement and the node whose aggregates these are: needed by an order and DISTINCT.
  void set_owner(ExecState& state, const plan::Node& node);

  // E0601 if one of them is unknown.
  Status check_known() const;
  void add_group();
  Status add(uint32_t aggregate, uint32_t group, std::span<const Value> arguments);
  Status add_decimals(uint32_t aggregate, uint32_t group, Decimal sum, uint64_t count) {
    return state_of(aggregate, group).add_decimals(sum, count);
  }
  // Whether add_decimals() does what add() does. There is a group.
  bool takes_decimals(uint32_t aggregate) const;
  // Takes in what a group of others of the same program has seen. Not with DISTINCT or an order.
  Status merge(uint32_t aggregate, uint32_t group, HostAggregates& from, uint32_t other) {
    return state_of(aggregate, group).merge(from.state_of(aggregate, other));
  }
  // No rows come any more.
  Status close();
  // After close() and finish() of all groups before: forgets them. Group `last`, the last one, goes
  // on as group 0.
  Status keep_last(uint32_t last);
  // For each aggregate, groups come in ascending order.
  Result<Value> finish(uint32_t aggregate, uint32_t group);
  // Puts what would need more memory aside from now on.
  Status shed();
  // Moves the rows that wait to disk, so that there is memory for the states.
  Status release();
  // Of states and of values seen; sorters hold what they keep themselves.
  uint64_t bytes() const;

 private:
  // A value that a group has seen.
  struct Seen {
    uint32_t group;
    Value value;
  };
  // An open hash table, which is freed at once.
  struct SeenTable {
    bool insert(uint32_t group, const Value& value);
    uint64_t bytes() const;
    void rehash();

    std::vector<Seen> entries;
    std::vector<uint32_t> buckets;  // position + 1, 0 empty; size a power of two
    uint64_t far = 0;
  };
  struct Aggregate {
    const plan::AggregateSlot* slot = nullptr;
    const function::AggregateFunction* function = nullptr;
    std::vector<Type> arguments;
    uint32_t index = 0;  // among the aggregates of the library
    SeenTable seen;
    uint64_t grown_bytes = 0;  // of all states together
    // Rows that wait, each behind the number of its group: with their order keys; or whatever their
    // order; or if it is open whether they are new.
    std::unique_ptr<RowSorter> waiting;
    std::unique_ptr<SpilledSet> undecided;
    std::optional<RowSorter::Row> next;  // of those, once they are sorted

    bool is_ordered() const { return !slot->order.empty(); }
    bool grows() const { return function->op == function::AggregateOp::Other; }
  };

  function::AggregateState& state_of(uint32_t aggregate, uint32_t group) {
    return *states_[size_t{group} * count_ + aggregates_[aggregate].index];
  }
  std::unique_ptr<function::AggregateState> make(const Aggregate& aggregate,
                                                 function::Distinct distinct) const;
  Status add_distinct(uint32_t number, uint32_t group, std::span<const Value> arguments);
  Status feed(uint32_t number, uint32_t group, std::span<const Value> arguments);
  std::unique_ptr<RowSorter> sorter(const Aggregate& aggregate) const;
  RowSorter::Row waiting_row(uint32_t group, std::span<const Value> arguments);
  static Status advance(Aggregate& aggregate);
  Status take_waiting(uint32_t number);

  ExecState* state_ = nullptr;
  const plan::Node* node_ = nullptr;
  std::vector<Aggregate> aggregates_;  // by number in the program; those inline have no function
  uint32_t count_ = 0;
  std::vector<std::unique_ptr<function::AggregateState>> states_;  // group major
  uint64_t bytes_ = 0;
  std::vector<Value> cells_;
  std::optional<MemoryHold> feeding_;  // of the state at hand
};

}  // namespace zerodb::exec
