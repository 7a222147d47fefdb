// PathFilter: which records fulfil a condition that stands within a searched path.
//
// Threading: belongs to one statement.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "exec/frame.h"

namespace zerodb::exec {

class PathFilter {
 public:
  enum class Verdict : uint8_t { Missing, Fails, Holds };  // Missing: there is no such record

  // `condition` has a program and must outlive this.
  static Result<PathFilter> make(ExecState& state, const plan::PathCondition& condition);

  // For what follows: the values of the left row that the condition mentions.
  void set_row(std::vector<Value> values) { row_ = std::move(values); }
  // Of records of one table, by their keys in the store.
  Result<std::vector<Verdict>> judge(TableId table, std::span<const std::string_view> keys);

 private:
  PathFilter(ExecState& state, const plan::PathCondition& condition, std::unique_ptr<Frame> frame)
      : state_(state), condition_(condition), frame_(std::move(frame)) {}

  // Of a batch, whose verdicts follow those in `out`.
  Status judge_batch(TableId table, std::span<const std::string_view> keys,
                     std::vector<Verdict>& out);

  ExecState& state_;
  const plan::PathCondition& condition_;
  std::unique_ptr<Frame> frame_;
  std::vector<Value> row_;
};

}  // namespace zerodb::exec
