#include "exec/window_aggregate.h"

namespace zerodb::exec {
namespace {

// Frames up to so many rows are added up anew; a leaf of the tree covers as many.
constexpr size_t kLeafRows = 32;

}  // namespace

WindowAggregate::WindowAggregate(const WindowPartition& partition,
                                 const plan::WindowGroup::Call& call,
                                 const function::AggregateFunction& function,
                                 std::vector<Type> types)
    : partition_(partition), call_(call), function_(function), types_(std::move(types)) {}

WindowAggregate::State WindowAggregate::make() const {
  return function::make_state(function_, types_, function::Distinct::No);
}

Status WindowAggregate::add(function::AggregateState& state, size_t position) {
  if (call_.filter) {
    const Value& kept = partition_.at(position, *call_.filter);
    if (kept.is_none()) return ok_status();
    if (kept.tag() != Tag::Bool)
      return Error(ErrorCode::E0904, "a condition is no bool").at(call_.span);
    if (!kept.as_bool()) return ok_status();
  }
  cells_.clear();
  for (uint32_t column : call_.args) cells_.push_back(partition_.at(position, column));
  return state.add(cells_);
}

Status WindowAggregate::grow_to(size_t end) {
  if (running_ == nullptr) running_ = make();
  for (; running_end_ < end; ++running_end_) {
    TRY(add(*running_, running_end_));
    has_running_value_ = false;
  }
  return ok_status();
}

Status WindowAggregate::build_tree() {
  leaves_ = 1;
  while (leaves_ * kLeafRows < partition_.size()) leaves_ *= 2;
  tree_.resize(2 * leaves_);
  for (size_t leaf = 0; leaf < leaves_; ++leaf) {
    State state = make();
    const size_t end = std::min((leaf + 1) * kLeafRows, partition_.size());
    for (size_t at = leaf * kLeafRows; at < end; ++at) TRY(add(*state, at));
    tree_[leaves_ + leaf] = std::move(state);
  }
  for (size_t node = leaves_ - 1; node > 0; --node) {
    tree_[node] = make();
    TRY(tree_[node]->merge(*tree_[2 * node]));
    TRY(tree_[node]->merge(*tree_[2 * node + 1]));
  }
  return ok_status();
}

Result<Value> WindowAggregate::from_tree(const FrameRange& frame) {
  if (tree_.empty()) TRY(build_tree());
  // Whole leaves inside the frame; single rows before and behind them.
  const size_t first = (frame.begin + kLeafRows - 1) / kLeafRows;
  const size_t last = frame.end / kLeafRows;
  State state = make();
  for (size_t at = frame.begin; at < std::min(first * kLeafRows, frame.end); ++at)
    TRY(add(*state, at));
  // From left to right, since some states mind the order.
  size_t at = first;
  while (at < last) {
    size_t width = 1;
    size_t node = leaves_ + at;
    while (node % 2 == 0 && at + 2 * width <= last) {
      node /= 2;
      width *= 2;
    }
    TRY(state->merge(*tree_[node]));
    at += width;
  }
  for (size_t row = std::max(last * kLeafRows, frame.begin); first <= last && row < frame.end;
       ++row)
    TRY(add(*state, row));
  return state->finish();
}

Result<Value> WindowAggregate::over(const FrameRange& frame) {
  if (frame.begin == 0 && frame.end >= running_end_) {
    TRY(grow_to(frame.end));
    if (!has_running_value_) {
      running_value_ = TRY(running_->finish());
      has_running_value_ = true;
    }
    return running_value_;
  }
  if (frame.end - frame.begin > 2 * kLeafRows) return from_tree(frame);
  const State state = make();
  for (size_t at = frame.begin; at < frame.end; ++at) TRY(add(*state, at));
  return state->finish();
}

}  // namespace zerodb::exec
