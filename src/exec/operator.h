// Operator: a node of a plan at work. It writes batches of rows into the columns that its consumer
// provides.
//
// Threading: belongs to one statement.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "exec/column.h"
#include "exec/memory_budget.h"
#include "exec/state.h"
#include "plan/plan.h"

namespace zerodb::exec {

// The rows that an operator asks another for at a time.
inline constexpr uint32_t kBatch = limits::kBatchRowsMax;

// Where a batch goes: a column each, in the physical form of the node's column types, and how many
// rows fit.
struct Target {
  std::span<const ColumnSlot> columns;
  uint32_t capacity = 0;
};

class MorselScan;

// The state of a thread that runs a copy of a pipeline, and the scan at the foot of the copy.
struct PipelinePart {
  ExecState& state;
  MorselScan* scan = nullptr;
};

class Operator {
 public:
  virtual ~Operator() = default;
  // Up to target.capacity rows; 0 at the end, and at every call after it.
  virtual Result<uint32_t> next(const Target& target) = 0;

  // For pipelines (exec/pipeline.h), before the first call of next(). Makes ready what copies of
  // this operator share. False: there can be none, and next() goes on from here.
  virtual Result<bool> share() { return false; }
  // After share() gave true: an operator that does what this one would with the rows of some
  // morsels. The rows of each of its batches are of one morsel. It uses this one, which outlives
  // it.
  virtual Result<std::unique_ptr<Operator>> copy(PipelinePart&) { UNREACHABLE(); }
};

// Makes the operators of a node and all below it. Nobody asks it for more than `capacity` rows at
// once.
Result<std::unique_ptr<Operator>> make_operator(ExecState& state, plan::NodeId node,
                                                uint32_t capacity);

// The parts of make_operator, one file each.
Result<std::unique_ptr<Operator>> make_leaf(ExecState& state, const plan::Node& node);  // leaf.cc
Result<std::unique_ptr<Operator>> make_scan(ExecState& state, const plan::Node& node);  // scan.cc
Result<std::unique_ptr<Operator>> make_stage(ExecState& state, const plan::Node& node,
                                             uint32_t capacity);  // stage.cc
Result<std::unique_ptr<Operator>> make_aggregate(ExecState& state,
                                                 const plan::Node& node);  // aggregate.cc
// The rows of a frame over a child: few where few rows are known to come.
uint32_t frame_rows(const plan::Node& child, uint32_t capacity);  // stage.cc
Result<std::unique_ptr<Operator>> make_expand(ExecState& state,
                                              const plan::Node& node);  // expand.cc
std::unique_ptr<Operator> make_table_function(ExecState& state,
                                              const plan::Node& node);  // table_function.cc
std::unique_ptr<Operator> make_table_reader(ExecState& state,
                                            const plan::Node& node);  // recursion.cc
Result<std::unique_ptr<Operator>> make_window(ExecState& state,
                                              const plan::Node& node);  // window.cc
Result<std::unique_ptr<Operator>> make_row_operator(ExecState& state, const plan::Node& node,
                                                    uint32_t capacity);  // rows.cc
Result<std::unique_ptr<Operator>> make_distinct(ExecState& state, const plan::Node& node,
                                                uint32_t capacity);  // set_operation.cc
Result<std::unique_ptr<Operator>> make_set_operation(ExecState& state, const plan::Node& node,
                                                     uint32_t capacity);  // set_operation.cc
Result<std::unique_ptr<Operator>> make_sort(ExecState& state, const plan::Node& node);  // sort.cc
Result<std::unique_ptr<Operator>> make_hash_join(ExecState& state,
                                                 const plan::Node& node);  // hash_join.cc
Result<std::unique_ptr<Operator>> make_lateral_join(ExecState& state,
                                                    const plan::Node& node);  // lateral_join.cc
Result<std::unique_ptr<Operator>> make_path_join(ExecState& state,
                                                 const plan::Node& node);  // path_join.cc
Result<std::unique_ptr<Operator>> make_lookup(ExecState& state, const plan::Node& node,
                                              uint32_t capacity);  // lookup.cc

// The number of rows that LIMIT or OFFSET say; E0905.
Result<uint64_t> row_count(ExecState& state, const plan::Scalar& scalar, const char* what);

// Columns of one's own to pull batches of a child into.
struct OwnColumns {
  std::vector<ColumnSlot> slots;
  std::vector<Type> types;

  static Result<OwnColumns> make(ExecState& state, const std::vector<plan::OutputColumn>& columns,
                                 uint32_t capacity);
  Column column(const Arena& arena, uint32_t i) const { return Column(arena, slots[i], types[i]); }
};

// Rows kept as values.
class RowBuffer {
 public:
  explicit RowBuffer(uint32_t columns) : width_(columns) {}
  uint32_t width() const { return width_; }
  size_t rows() const { return width_ == 0 ? empty_rows_ : cells_.size() / width_; }
  const Value& at(size_t row, uint32_t column) const { return cells_[row * width_ + column]; }
  Value* row(size_t row) { return cells_.data() + row * width_; }
  void clear() {
    cells_.clear();
    empty_rows_ = 0;
    far_bytes_ = 0;
  }
  // What the rows take.
  uint64_t bytes() const { return cells_.capacity() * sizeof(Value) + far_bytes_; }
  void append(const Arena& arena, const OwnColumns& columns, uint32_t rows);
  // The first `shared` cells also belong to someone who counts their bytes.
  void append_row(std::span<const Value> cells, uint32_t shared = 0) {
    cells_.insert(cells_.end(), cells.begin(), cells.end());
    empty_rows_ += 1;
    far_bytes_ += far_bytes(cells.subspan(shared));
  }
  // Writes row `from` into the first columns of the target, from column `first` on.
  Status emit(Arena& arena, size_t from, const Target& target, uint32_t to, uint32_t first,
              const std::vector<plan::OutputColumn>& types) const;

 private:
  uint32_t width_;
  size_t empty_rows_ = 0;
  uint64_t far_bytes_ = 0;
  std::vector<Value> cells_;
};

// All rows of a child, as values. `hold` holds what they take.
Status drain(ExecState& state, Operator& child, const OwnColumns& columns, uint32_t capacity,
             RowBuffer& out, MemoryHold& hold);

}  // namespace zerodb::exec
