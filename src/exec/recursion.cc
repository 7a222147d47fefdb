// Common tables: recursion in rounds, and rows that several readers share.
#include <optional>
#include <unordered_set>

#include "base/query_fault.h"
#include "exec/operator.h"
#include "exec/shared_rows.h"
#include "value/cast.h"
#include "value/key_codec.h"

namespace zerodb::exec {

using plan::Node;

namespace {

// Rows that lie in a buffer. Reads the buffer's columns that `picked` names, or all.
class BufferReader {
 public:
  BufferReader(ExecState& state, const Node& node) : state_(state), node_(node) {}

  Result<uint32_t> emit(const RowBuffer& rows, size_t& at, const Target& target) const {
    uint32_t written = 0;
    for (; written < target.capacity && at < rows.rows(); ++written, ++at) {
      for (uint32_t i = 0; i < node_.columns.size(); ++i) {
        const uint32_t from = node_.reads.empty() ? i : node_.reads[i].index;
        const Column column(state_.arena(), target.columns[i], node_.columns[i].type);
        TRY(store_value(state_.arena(), column, written, rows.at(at, from)));
      }
    }
    return written;
  }

 private:
  ExecState& state_;
  const Node& node_;
};

// The rows of the last round, in the step of a recursion.
class LastRoundOperator final : public Operator {
 public:
  LastRoundOperator(ExecState& state, const Node& node)
      : reader_(state, node), rows_(state.last_round(node.recursion)) {
    ASSERT(rows_ != nullptr);
  }
  Result<uint32_t> next(const Target& target) override { return reader_.emit(*rows_, at_, target); }

 private:
  BufferReader reader_;
  const RowBuffer* rows_;  // borrowed from the recursion, which waits for this step
  size_t at_ = 0;
};

class RecursiveOperator final : public Operator {
 public:
  RecursiveOperator(ExecState& state, const Node& node)
      : state_(state),
        node_(node),
        reader_(state, node),
        rows_(node.width),
        hold_(state.hold(node)) {}

  Result<uint32_t> next(const Target& target) override {
    if (round_ == 0) TRY(run(node_.children[0], {}));
    while (at_ >= rows_.rows()) {
      if (rows_.rows() == 0) return 0u;
      if (round_ > limits::kRecursionRoundsMax)
        return Error(ErrorCode::E1112, "a recursive table took too many rounds");
      const RowBuffer last = std::move(rows_);
      last_bytes_ = last.bytes();
      state_.set_last_round(node_.recursion, &last);
      Status status = run(node_.children[1], node_.right_columns);
      state_.set_last_round(node_.recursion, nullptr);
      last_bytes_ = 0;
      TRY(std::move(status));
    }
    return reader_.emit(rows_, at_, target);
  }

 private:
  // One round: all rows of the child, without those seen before unless ALL is said.
  Status run(plan::NodeId child, const std::vector<uint32_t>& mapping) {
    ++round_;
    at_ = 0;
    rows_ = RowBuffer(node_.width);
    const ArenaMark mark(state_.arena());
    OwnColumns columns =
        TRY(OwnColumns::make(state_, state_.plan().node(child).columns, limits::kBatchRowsMax));
    const std::unique_ptr<Operator> made = TRY(make_operator(state_, child, limits::kBatchRowsMax));
    std::vector<Value> cells(node_.width);
    while (true) {
      TRY(state_.check_interrupt());
      const ArenaMark batch(state_.arena());
      const uint32_t rows = TRY(made->next({columns.slots, limits::kBatchRowsMax}));
      if (rows == 0) return ok_status();
      for (uint32_t row = 0; row < rows; ++row) {
        for (uint32_t i = 0; i < node_.width; ++i)
          cells[i] = TRY(cell(columns, mapping.empty() ? i : mapping[i], row, i));
        if (row == 0 && round_ > 1 && planted(QueryFault::RecursionLosesARow)) continue;
        if (node_.all || TRY(is_new(cells))) rows_.append_row(cells);
      }
      TRY(hold_.set(rows_.bytes() + last_bytes_ + seen_bytes_));
    }
  }

  Result<Value> cell(const OwnColumns& columns, uint32_t from, uint32_t row, uint32_t to) const {
    Value value = read_value(state_.arena(), columns.slots[from], row, columns.types[from]);
    const Type& type = node_.columns[to].type;
    if (value.is_none() || physical_of(type) == Physical::Any) return value;
    return coerce(value, type.optional(), state_.names());
  }

  Result<bool> is_new(const std::vector<Value>& cells) {
    std::string key;
    for (const Value& value : cells) TRY(append_key(key, value));
    const auto [place, is_new] = seen_.insert(std::move(key));
    if (is_new) seen_bytes_ += hash_entry_bytes(*place);
    return is_new;
  }

  ExecState& state_;
  const Node& node_;
  BufferReader reader_;
  RowBuffer rows_;  // of the current round
  size_t at_ = 0;
  uint64_t round_ = 0;
  std::unordered_set<std::string> seen_;
  uint64_t seen_bytes_ = 0;
  uint64_t last_bytes_ = 0;  // of the last round, while its step runs
  MemoryHold hold_;
};

// Several readers, one run: the first reader runs the child and keeps its rows.
class SharedOperator final : public Operator {
 public:
  SharedOperator(ExecState& state, const Node& node) : state_(state), node_(node) {
    for (const sema::SourceColumn& read : node.reads) picked_.push_back(read.index);
  }

  Result<uint32_t> next(const Target& target) override {
    if (!reader_) {
      const SharedRows* shared = TRY(rows());
      reader_.emplace(*shared);
    }
    return reader_->next(target, picked_);
  }

 private:
  Result<const SharedRows*> rows() {
    const plan::NodeId child = node_.children[0];
    if (const SharedRows* known = state_.shared_rows(child)) return known;
    const std::vector<plan::OutputColumn>& columns = state_.plan().node(child).columns;
    auto made = std::make_unique<SharedRows>(state_, node_, columns);
    const ArenaMark mark(state_.arena());
    const OwnColumns own = TRY(OwnColumns::make(state_, columns, limits::kBatchRowsMax));
    const std::unique_ptr<Operator> source =
        TRY(make_operator(state_, child, limits::kBatchRowsMax));
    while (true) {
      TRY(state_.check_interrupt());
      const ArenaMark batch(state_.arena());
      const uint32_t rows = TRY(source->next({own.slots, limits::kBatchRowsMax}));
      if (rows == 0) break;
      TRY(made->add(own, rows));
    }
    TRY(made->finish());
    return state_.share_rows(child, std::move(made));
  }

  ExecState& state_;
  const Node& node_;
  std::vector<uint32_t> picked_;
  std::optional<SharedRows::Reader> reader_;
};

}  // namespace

std::unique_ptr<Operator> make_table_reader(ExecState& state, const Node& node) {
  if (node.kind == Node::Kind::LastRound) return std::make_unique<LastRoundOperator>(state, node);
  if (node.kind == Node::Kind::Recursive) return std::make_unique<RecursiveOperator>(state, node);
  return std::make_unique<SharedOperator>(state, node);
}

}  // namespace zerodb::exec
