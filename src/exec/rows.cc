// Operators over whole rows: distinct, limits, set operations.
#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "exec/operator.h"
#include "value/cast.h"
#include "value/key_codec.h"

namespace zerodb::exec {

using plan::Node;

namespace {

class DistinctOperator final : public Operator {
 public:
  DistinctOperator(ExecState& state, const Node& node, std::unique_ptr<Operator> child)
      : state_(state), node_(node), child_(std::move(child)), hold_(state.hold(node)) {}

  Result<uint32_t> next(const Target& target) override {
    while (true) {
      TRY(state_.check_interrupt());
      const uint32_t mark = state_.arena().top();
      const uint32_t rows = TRY(child_->next(target));
      if (rows == 0) return 0u;
      uint32_t kept = 0;
      std::vector<Column> columns;
      for (uint32_t i = 0; i < node_.columns.size(); ++i)
        columns.emplace_back(state_.arena(), target.columns[i], node_.columns[i].type);
      for (uint32_t row = 0; row < rows; ++row) {
        key_.clear();
        for (uint32_t i = 0; i < node_.width; ++i)
          TRY(append_group_key(state_.arena(), columns[i], row, key_));
        if (!seen_.insert(key_).second) continue;
        seen_bytes_ += hash_entry_bytes(key_);
        if (kept != row) {
          for (const Column& column : columns) copy_cell(column, row, column, kept);
        }
        ++kept;
      }
      TRY(hold_.set(seen_bytes_));
      if (kept > 0) return kept;
      state_.arena().rewind(mark);
    }
  }

 private:
  ExecState& state_;
  const Node& node_;
  std::unique_ptr<Operator> child_;
  std::unordered_set<std::string> seen_;
  uint64_t seen_bytes_ = 0;
  MemoryHold hold_;
  std::string key_;
};

class LimitOperator final : public Operator {
 public:
  LimitOperator(ExecState& state, const Node& node, std::unique_ptr<Operator> child)
      : state_(state), node_(node), child_(std::move(child)) {}

  Result<uint32_t> next(const Target& target) override {
    if (!is_open_) {
      if (node_.limit) left_ = TRY(row_count(state_, *node_.limit, "LIMIT"));
      if (node_.offset) skip_ = TRY(row_count(state_, *node_.offset, "OFFSET"));
      is_open_ = true;
    }
    while (left_ > 0) {
      // Asks for little at first, so that a short limit reads little; a filter below may need more.
      const uint64_t wanted =
          std::max<uint64_t>(std::min<uint64_t>(left_ + skip_, limits::kBatchRowsMax), batch_);
      batch_ = std::min<uint32_t>(batch_ * 2, limits::kBatchRowsMax);
      const uint32_t mark = state_.arena().top();
      const uint32_t rows = TRY(
          child_->next({target.columns, std::min(target.capacity, static_cast<uint32_t>(wanted))}));
      if (rows == 0) {
        left_ = 0;
        return 0u;
      }
      if (skip_ >= rows) {
        skip_ -= rows;
        state_.arena().rewind(mark);
        continue;
      }
      const auto first = static_cast<uint32_t>(skip_);
      skip_ = 0;
      const auto kept = static_cast<uint32_t>(std::min<uint64_t>(rows - first, left_));
      left_ -= kept;
      for (uint32_t i = 0; first > 0 && i < node_.columns.size(); ++i) {
        const Column column(state_.arena(), target.columns[i], node_.columns[i].type);
        for (uint32_t row = 0; row < kept; ++row) copy_cell(column, first + row, column, row);
      }
      return kept;
    }
    return 0u;
  }

 private:
  ExecState& state_;
  const Node& node_;
  std::unique_ptr<Operator> child_;
  bool is_open_ = false;
  uint64_t left_ = UINT64_MAX / 2;
  uint64_t skip_ = 0;
  uint32_t batch_ = 16;
};

class CutOperator final : public Operator {
 public:
  CutOperator(std::unique_ptr<Operator> child, std::vector<ColumnSlot> rest, uint32_t capacity)
      : child_(std::move(child)), rest_(std::move(rest)), capacity_(capacity) {}

  Result<uint32_t> next(const Target& target) override {
    std::vector<ColumnSlot> columns(target.columns.begin(), target.columns.end());
    columns.insert(columns.end(), rest_.begin(), rest_.end());
    return child_->next({columns, std::min(capacity_, target.capacity)});
  }

 private:
  std::unique_ptr<Operator> child_;
  std::vector<ColumnSlot> rest_;
  uint32_t capacity_;
};

class SetOperator final : public Operator {
 public:
  SetOperator(ExecState& state, const Node& node, std::unique_ptr<Operator> left,
              std::unique_ptr<Operator> right, OwnColumns left_columns, OwnColumns right_columns,
              uint32_t capacity)
      : state_(state),
        node_(node),
        left_(std::move(left)),
        right_(std::move(right)),
        left_columns_(std::move(left_columns)),
        right_columns_(std::move(right_columns)),
        capacity_(capacity),
        rows_(node.width),
        hold_(state.hold(node)) {}

  Result<uint32_t> next(const Target& target) override {
    if (!is_open_) {
      TRY(open());
      is_open_ = true;
    }
    while (true) {
      uint32_t written = 0;
      for (; at_ < rows_.rows() && written < target.capacity; ++at_) {
        if (!TRY(passes(at_))) continue;
        TRY(rows_.emit(state_.arena(), at_, target, written, 0, node_.columns));
        ++written;
      }
      if (written > 0) return written;
      if (!TRY(refill())) return 0u;
    }
  }

 private:
  bool is_union() const { return node_.set_op == sema::Query::SetOp::Union; }

  // EXCEPT and INTERSECT know the right side first.
  Status open() {
    if (is_union()) return ok_status();
    while (true) {
      RowBuffer right(node_.width);
      if (!TRY(load(*right_, right_columns_, node_.right_columns, right))) return ok_status();
      for (size_t row = 0; row < right.rows(); ++row) {
        const auto [place, is_new] = counts_.try_emplace(TRY(key_of(right, row)), 0);
        if (is_new) key_bytes_ += hash_entry_bytes(place->first) + sizeof(uint64_t);
        ++place->second;
      }
      TRY(hold_.set(key_bytes_));
    }
  }

  Result<bool> refill() {
    rows_.clear();
    at_ = 0;
    TRY(hold_.set(key_bytes_));
    if (!left_done_) {
      if (TRY(load(*left_, left_columns_, {}, rows_))) return true;
      left_done_ = true;
    }
    if (!is_union()) return false;
    return load(*right_, right_columns_, node_.right_columns, rows_);
  }

  Result<bool> load(Operator& child, const OwnColumns& columns,
                    const std::vector<uint32_t>& mapping, RowBuffer& out) {
    TRY(state_.check_interrupt());
    const ArenaMark mark(state_.arena());
    const uint32_t rows = TRY(child.next({columns.slots, capacity_}));
    std::vector<Value> cells(node_.width);
    for (uint32_t row = 0; row < rows; ++row) {
      for (uint32_t i = 0; i < node_.width; ++i) {
        const uint32_t from = mapping.empty() ? i : mapping[i];
        Value value = read_value(state_.arena(), columns.slots[from], row, columns.types[from]);
        const Type& type = node_.columns[i].type;
        if (!value.is_none() && physical_of(type) != Physical::Any)
          value = TRY(coerce(value, type.optional(), state_.names()));
        cells[i] = std::move(value);
      }
      out.append_row(cells);
    }
    return rows > 0;
  }

  Result<std::string> key_of(const RowBuffer& rows, size_t row) const {
    std::string key;
    for (uint32_t i = 0; i < node_.width; ++i) TRY(append_key(key, rows.at(row, i)));
    return key;
  }

  Result<bool> passes(size_t row) {
    if (is_union() && node_.all) return true;
    const std::string key = TRY(key_of(rows_, row));
    if (is_union()) return is_first(key);
    const auto found = counts_.find(key);
    const bool is_right = found != counts_.end() && found->second > 0;
    if (node_.all) {
      if (is_right) --found->second;
      return is_right == (node_.set_op == sema::Query::SetOp::Intersect);
    }
    if (is_right != (node_.set_op == sema::Query::SetOp::Intersect)) return false;
    return is_first(key);
  }

  bool is_first(const std::string& key) {
    const bool is_new = seen_.insert(key).second;
    if (is_new) key_bytes_ += hash_entry_bytes(key);
    return is_new;
  }

  ExecState& state_;
  const Node& node_;
  std::unique_ptr<Operator> left_;
  std::unique_ptr<Operator> right_;
  OwnColumns left_columns_;
  OwnColumns right_columns_;
  uint32_t capacity_;
  RowBuffer rows_;
  size_t at_ = 0;
  bool is_open_ = false;
  bool left_done_ = false;
  std::unordered_map<std::string, uint64_t> counts_;
  std::unordered_set<std::string> seen_;
  uint64_t key_bytes_ = 0;  // of both
  MemoryHold hold_;
};

}  // namespace

Result<std::unique_ptr<Operator>> make_row_operator(ExecState& state, const Node& node,
                                                    uint32_t capacity) {
  std::unique_ptr<Operator> made;
  if (node.kind == Node::Kind::SetOperation) {
    OwnColumns left_columns =
        TRY(OwnColumns::make(state, state.plan().node(node.children[0]).columns, capacity));
    OwnColumns right_columns =
        TRY(OwnColumns::make(state, state.plan().node(node.children[1]).columns, capacity));
    std::unique_ptr<Operator> left = TRY(make_operator(state, node.children[0], capacity));
    std::unique_ptr<Operator> right = TRY(make_operator(state, node.children[1], capacity));
    made =
        std::make_unique<SetOperator>(state, node, std::move(left), std::move(right),
                                      std::move(left_columns), std::move(right_columns), capacity);
    return made;
  }
  const std::vector<plan::OutputColumn>& below = state.plan().node(node.children[0]).columns;
  std::unique_ptr<Operator> child = TRY(make_operator(state, node.children[0], capacity));
  if (node.kind == Node::Kind::Distinct) {
    made = std::make_unique<DistinctOperator>(state, node, std::move(child));
  } else if (node.kind == Node::Kind::Limit) {
    made = std::make_unique<LimitOperator>(state, node, std::move(child));
  } else {
    const std::vector<plan::OutputColumn> hidden(below.begin() + node.width, below.end());
    OwnColumns rest = TRY(OwnColumns::make(state, hidden, capacity));
    made = std::make_unique<CutOperator>(std::move(child), std::move(rest.slots), capacity);
  }
  return made;
}

}  // namespace zerodb::exec
