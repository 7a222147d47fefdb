#include "exec/host_aggregates.h"

#include <algorithm>

namespace zerodb::exec {

using function::AggregateState;
using function::Distinct;
using plan::AggregateSlot;

namespace {

constexpr uint32_t kRowsBetweenChecks = 4096;
constexpr size_t kFirstBuckets = 16;

uint64_t hash_of(uint32_t group, const Value& value) {
  const uint64_t h = hash(value) ^ (uint64_t{group} * 0x9e3779b97f4a7c15);
  return h ^ (h >> 32);
}

// Rows by group, then by the order of the call, whose keys follow `arguments` arguments.
RowSorter::Compare by_group_and_order(const AggregateSlot& slot, size_t arguments) {
  return [&slot, arguments](RowSorter::Row left, RowSorter::Row right) {
    if (const int result = compare(left[0], right[0]); result != 0) return result;
    for (size_t i = 0; i < slot.order.size(); ++i) {
      const Value& l = left[1 + arguments + i];
      const Value& r = right[1 + arguments + i];
      if (l.is_none() != r.is_none()) return l.is_none() == slot.order[i].nulls_first ? -1 : 1;
      const int result = compare(l, r);
      if (result != 0) return slot.order[i].descending ? -result : result;
    }
    return 0;
  };
}

}  // namespace

// Whether it is new.
bool HostAggregates::SeenTable::insert(uint32_t group, const Value& value) {
  if (entries.size() * 2 >= buckets.size()) rehash();
  const size_t mask = buckets.size() - 1;
  size_t at = hash_of(group, value) & mask;
  for (; buckets[at] != 0; at = (at + 1) & mask) {
    const Seen& seen = entries[buckets[at] - 1];
    if (seen.group == group && equals(seen.value, value)) return false;
  }
  entries.push_back({group, value});
  far += far_bytes(value);
  buckets[at] = static_cast<uint32_t>(entries.size());
  return true;
}

void HostAggregates::SeenTable::rehash() {
  buckets.assign(std::max(kFirstBuckets, buckets.size() * 2), 0);
  const size_t mask = buckets.size() - 1;
  for (size_t i = 0; i < entries.size(); ++i) {
    size_t at = hash_of(entries[i].group, entries[i].value) & mask;
    while (buckets[at] != 0) at = (at + 1) & mask;
    buckets[at] = static_cast<uint32_t>(i + 1);
  }
}

uint64_t HostAggregates::SeenTable::bytes() const {
  return entries.capacity() * sizeof(Seen) + buckets.capacity() * sizeof(uint32_t) + far;
}

HostAggregates::HostAggregates(const plan::Program& program, const function::Library& library) {
  aggregates_.resize(program.aggregates.size());
  for (uint32_t i = 0; i < aggregates_.size(); ++i) {
    aggregates_[i].slot = &program.aggregates[i];
    if (program.aggregates[i].kind != AggregateSlot::Kind::Host) continue;
    aggregates_[i].index = count_++;
    aggregates_[i].function = library.find_aggregate(program.aggregates[i].function);
  }
  for (const plan::Instr& instr : program.instrs) {
    if (instr.op != plan::Op::AggregateHost) continue;
    Aggregate& aggregate = aggregates_[instr.imm];
    const size_t arguments = instr.args.size() - aggregate.slot->order.size();
    for (size_t i = 0; i < arguments; ++i)
      aggregate.arguments.push_back(program.registers[instr.args[i].value()].type);
  }
}

void HostAggregates::set_owner(ExecState& state, const plan::Node& node) {
  state_ = &state;
  node_ = &node;
  feeding_.emplace(state.hold(node));
  for (Aggregate& aggregate : aggregates_) {
    if (aggregate.function != nullptr && aggregate.is_ordered())
      aggregate.waiting = sorter(aggregate);
  }
}

std::unique_ptr<RowSorter> HostAggregates::sorter(const Aggregate& aggregate) const {
  ASSERT(state_ != nullptr);
  const size_t width = 1 + aggregate.arguments.size() + aggregate.slot->order.size();
  return std::make_unique<RowSorter>(
      *state_, *node_, static_cast<uint32_t>(width),
      by_group_and_order(*aggregate.slot, aggregate.arguments.size()));
}

Status HostAggregates::check_known() const {
  for (const Aggregate& aggregate : aggregates_) {
    if (aggregate.slot->kind != AggregateSlot::Kind::Host || aggregate.function != nullptr)
      continue;
    return Error(ErrorCode::E0601, "unknown aggregate `" + aggregate.slot->function + "`")
        .at(aggregate.slot->span);
  }
  return ok_status();
}

std::unique_ptr<AggregateState> HostAggregates::make(const Aggregate& aggregate,
                                                     Distinct distinct) const {
  return function::make_state(*aggregate.function, aggregate.arguments, distinct);
}

void HostAggregates::add_group() {
  for (const Aggregate& aggregate : aggregates_) {
    if (aggregate.function == nullptr) continue;
    states_.push_back(make(aggregate, Distinct::No));
    bytes_ += states_.back()->bytes();
  }
}

// What waits belongs to the last group.
Status HostAggregates::take_waiting(uint32_t number) {
  Aggregate& aggregate = aggregates_[number];
  std::vector<std::vector<Value>> rows;
  while (aggregate.next) {
    rows.emplace_back(aggregate.next->begin() + 1, aggregate.next->end());
    TRY(advance(aggregate));
  }
  aggregate.undecided.reset();
  aggregate.waiting = aggregate.is_ordered() ? sorter(aggregate) : nullptr;
  for (const std::vector<Value>& row : rows) TRY(add(number, 0, row));
  return ok_status();
}

Status HostAggregates::keep_last(uint32_t last) {
  states_.erase(states_.begin(), states_.begin() + size_t{last} * count_);
  bytes_ = 0;
  for (const auto& state : states_) bytes_ += state->bytes();
  for (uint32_t i = 0; i < aggregates_.size(); ++i) {
    Aggregate& aggregate = aggregates_[i];
    if (aggregate.function == nullptr) continue;
    aggregate.grown_bytes = 0;
    SeenTable seen;
    for (const Seen& each : aggregate.seen.entries) {
      if (each.group == last) seen.insert(0, each.value);
    }
    aggregate.seen = std::move(seen);
    if (aggregate.undecided != nullptr || aggregate.waiting != nullptr) TRY(take_waiting(i));
  }
  return ok_status();
}

bool HostAggregates::takes_decimals(uint32_t aggregate) const {
  const Aggregate& asked = aggregates_[aggregate];
  return !asked.is_ordered() && !asked.slot->distinct && states_[asked.index]->adds_decimals();
}

RowSorter::Row HostAggregates::waiting_row(uint32_t group, std::span<const Value> arguments) {
  cells_.clear();
  cells_.push_back(Value::int64(group));
  cells_.insert(cells_.end(), arguments.begin(), arguments.end());
  return cells_;
}

Status HostAggregates::add(uint32_t number, uint32_t group, std::span<const Value> arguments) {
  Aggregate& aggregate = aggregates_[number];
  if (aggregate.slot->distinct && !aggregate.is_ordered())
    return add_distinct(number, group, arguments);
  if (aggregate.waiting != nullptr) return aggregate.waiting->add(waiting_row(group, arguments));
  return feed(number, group, arguments);
}

Status HostAggregates::add_distinct(uint32_t number, uint32_t group,
                                    std::span<const Value> arguments) {
  Aggregate& aggregate = aggregates_[number];
  if (arguments.empty() || arguments[0].is_none()) return ok_status();
  if (aggregate.undecided != nullptr)
    return aggregate.undecided->add_row(arguments[0], waiting_row(group, arguments), group);
  if (!aggregate.seen.insert(group, arguments[0])) return ok_status();
  return feed(number, group, arguments);
}

Status HostAggregates::feed(uint32_t number, uint32_t group, std::span<const Value> arguments) {
  Aggregate& aggregate = aggregates_[number];
  AggregateState& state = state_of(number, group);
  if (!aggregate.grows()) return state.add(arguments);
  const size_t before = state.bytes();
  TRY(state.add(arguments));
  const size_t after = state.bytes();
  if (after > before) aggregate.grown_bytes += after - before;
  return ok_status();
}

uint64_t HostAggregates::bytes() const {
  uint64_t out = bytes_ + states_.capacity() * sizeof(states_[0]);
  for (const Aggregate& aggregate : aggregates_)
    out += aggregate.seen.bytes() + aggregate.grown_bytes;
  return out;
}

Status HostAggregates::shed() {
  for (Aggregate& aggregate : aggregates_) {
    if (aggregate.function == nullptr || aggregate.is_ordered()) continue;
    if (!aggregate.slot->distinct) {
      if (aggregate.grown_bytes > 0) aggregate.waiting = sorter(aggregate);
      continue;
    }
    const auto width = static_cast<uint32_t>(1 + aggregate.arguments.size());
    aggregate.undecided = std::make_unique<SpilledSet>(*state_, *node_, width, SetRule{});
    for (const Seen& seen : aggregate.seen.entries)
      TRY(aggregate.undecided->add_shown(seen.value, seen.group));
    aggregate.seen = SeenTable();
  }
  return ok_status();
}

Status HostAggregates::release() {
  for (Aggregate& aggregate : aggregates_) {
    if (aggregate.waiting != nullptr) TRY(aggregate.waiting->release());
    if (aggregate.undecided != nullptr) TRY(aggregate.undecided->release());
  }
  return ok_status();
}

Status HostAggregates::advance(Aggregate& aggregate) {
  aggregate.next =
      TRY(aggregate.undecided != nullptr ? aggregate.undecided->next() : aggregate.waiting->next());
  return ok_status();
}

Status HostAggregates::close() {
  for (Aggregate& aggregate : aggregates_) {
    if (aggregate.undecided != nullptr) {
      TRY(aggregate.undecided->finish());
    } else if (aggregate.waiting != nullptr) {
      TRY(aggregate.waiting->finish());
    } else {
      continue;
    }
    TRY(advance(aggregate));
  }
  return ok_status();
}

Result<Value> HostAggregates::finish(uint32_t number, uint32_t group) {
  Aggregate& aggregate = aggregates_[number];
  if (aggregate.undecided == nullptr && aggregate.waiting == nullptr)
    return state_of(number, group).finish();
  const bool is_distinct = aggregate.is_ordered() && aggregate.slot->distinct;
  std::unique_ptr<AggregateState> own;
  if (aggregate.is_ordered()) own = make(aggregate, is_distinct ? Distinct::Yes : Distinct::No);
  AggregateState& state = own != nullptr ? *own : state_of(number, group);
  const Value wanted = Value::int64(group);
  for (uint32_t rows = 1; aggregate.next && equals((*aggregate.next)[0], wanted); ++rows) {
    TRY(state.add(aggregate.next->subspan(1, aggregate.arguments.size())));
    TRY(advance(aggregate));
    if (rows % kRowsBetweenChecks != 0) continue;
    TRY(state_->check_interrupt());
    TRY(feeding_->set(state.bytes()));
  }
  TRY(feeding_->set(0));
  return state.finish();
}

}  // namespace zerodb::exec
