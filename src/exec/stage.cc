// Stages: a program over the batches of a child.
#include <algorithm>

#include "exec/frame.h"
#include "exec/operator.h"

namespace zerodb::exec {

using plan::Node;

namespace {

// Whether the program passes on the columns of its child as they are: then the child alone will do.
bool is_identity(const plan::Program& program) {
  return program.instrs.empty() && program.selection == plan::kNoReg &&
         program.outputs == program.inputs;
}

class StageOperator final : public Operator {
 public:
  StageOperator(ExecState& state, std::unique_ptr<Operator> child, std::unique_ptr<Frame> frame)
      : state_(state), child_(std::move(child)), frame_(std::move(frame)) {}

  Result<uint32_t> next(const Target& target) override {
    const uint32_t capacity = std::min(target.capacity, frame_->capacity());
    while (true) {
      const uint32_t mark = state_.arena().top();
      const uint32_t rows = TRY(child_->next({frame_->inputs(), capacity}));
      if (rows == 0) return 0u;
      TRY(frame_->run(rows));
      const uint32_t kept = pass_on(rows, target);
      if (kept > 0) return kept;
      state_.arena().rewind(mark);
      TRY(state_.check_interrupt());
    }
  }

  Result<bool> share() override { return child_->share(); }
  Result<std::unique_ptr<Operator>> copy(PipelinePart& part) override {
    std::unique_ptr<Frame> frame =
        TRY(Frame::make(part.state, frame_->program_ptr(), frame_->capacity()));
    std::unique_ptr<Operator> child = TRY(child_->copy(part));
    return std::unique_ptr<Operator>(
        std::make_unique<StageOperator>(part.state, std::move(child), std::move(frame)));
  }

 private:
  uint32_t pass_on(uint32_t rows, const Target& target) {
    const uint8_t* selection = frame_->selection();
    const size_t columns = frame_->program().outputs.size();
    uint32_t kept = rows;
    if (selection != nullptr) {
      chosen_.clear();
      for (uint32_t row = 0; row < rows; ++row) {
        if (selection[row] != 0) chosen_.push_back(row);
      }
      kept = static_cast<uint32_t>(chosen_.size());
    }
    for (uint32_t i = 0; i < columns && kept > 0; ++i) {
      const Column from = frame_->output(i);
      const Column to(state_.arena(), target.columns[i], *from.type);
      if (kept == rows) {
        copy_column(from, to, rows);
      } else {
        for (uint32_t row = 0; row < kept; ++row) copy_cell(from, chosen_[row], to, row);
      }
    }
    return kept;
  }

  static void copy_column(const Column& from, const Column& to, uint32_t rows) {
    std::memcpy(to.values, from.values, size_t{rows} * width(from.slot.physical));
    std::memcpy(to.valid, from.valid, rows);
    if (to.tags != nullptr) std::memcpy(to.tags, from.tags, rows);
    if (to.scales != nullptr) std::memcpy(to.scales, from.scales, rows);
  }

  ExecState& state_;
  std::unique_ptr<Operator> child_;
  std::unique_ptr<Frame> frame_;
  std::vector<uint32_t> chosen_;
};

}  // namespace

uint32_t frame_rows(const Node& child, uint32_t capacity) {
  constexpr uint32_t kSmallFrame = 16;
  return child.rows_max <= kSmallFrame ? std::min(kSmallFrame, capacity) : capacity;
}

Result<std::unique_ptr<Operator>> make_stage(ExecState& state, const Node& node,
                                             uint32_t capacity) {
  if (is_identity(*node.program)) return make_operator(state, node.children[0], capacity);
  const uint32_t rows = frame_rows(state.plan().node(node.children[0]), capacity);
  std::unique_ptr<Frame> frame = TRY(Frame::make(state, node.program, rows));
  std::unique_ptr<Operator> child = TRY(make_operator(state, node.children[0], rows));
  return std::unique_ptr<Operator>(
      std::make_unique<StageOperator>(state, std::move(child), std::move(frame)));
}

}  // namespace zerodb::exec
