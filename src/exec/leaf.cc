// Sources that read no store: one row, given rows, elements of an array, table functions.
#include "exec/operator.h"
#include "value/cast.h"
#include "value/zval_builder.h"

namespace zerodb::exec {

using plan::Node;
using sema::SourceColumn;

namespace {

class OneRowOperator final : public Operator {
 public:
  Result<uint32_t> next(const Target&) override {
    const uint32_t rows = is_done_ ? 0 : 1;
    is_done_ = true;
    return rows;
  }

 private:
  bool is_done_ = false;
};

class RowsOperator final : public Operator {
 public:
  RowsOperator(ExecState& state, const Node& node) : state_(state), node_(node) {}

  Result<uint32_t> next(const Target& target) override {
    uint32_t rows = 0;
    for (; rows < target.capacity && at_ < node_.rows.size(); ++rows, ++at_) {
      for (uint32_t i = 0; i < node_.columns.size(); ++i) {
        Value value = TRY(state_.evaluate(node_.rows[at_][i]));
        const Type& type = node_.columns[i].type;
        const Column column(state_.arena(), target.columns[i], type);
        if (!value.is_none() && column.slot.physical != Physical::Any)
          value = TRY(coerce(value, type.optional(), state_.names()));
        TRY(store_value(state_.arena(), column, rows, value));
      }
    }
    return rows;
  }

 private:
  ExecState& state_;
  const Node& node_;
  size_t at_ = 0;
};

// unnest and FROM $array: a column with the element, another with its position.
class ElementsOperator final : public Operator {
 public:
  ElementsOperator(ExecState& state, const Node& node) : state_(state), node_(node) {}

  Result<uint32_t> next(const Target& target) override {
    if (!is_open_) {
      TRY(open());
      is_open_ = true;
    }
    uint32_t rows = 0;
    for (; rows < target.capacity && at_ < elements_.size(); ++rows, ++at_) {
      for (uint32_t i = 0; i < node_.reads.size(); ++i) {
        const bool is_ordinal = node_.reads[i].kind == SourceColumn::Kind::Ordinal;
        const Value value = is_ordinal ? Value::int64(static_cast<int64_t>(at_)) : elements_[at_];
        const Column column(state_.arena(), target.columns[i], node_.columns[i].type);
        TRY(store_value(state_.arena(), column, rows, value));
      }
    }
    return rows;
  }

 private:
  Status open() {
    const Value value = TRY(state_.evaluate(node_.args[0]));
    if (value.is_none()) return ok_status();
    switch (value.tag()) {
      case Tag::Array:
      case Tag::Vector:
      case Tag::Tuple:
      case Tag::HashSet: {
        const SequenceView view(value);
        for (uint32_t i = 0; i < view.size(); ++i) elements_.push_back(view.at(i));
        return ok_status();
      }
      case Tag::HashMap: {
        const HashMapView view(value);
        for (uint32_t i = 0; i < view.size(); ++i) TRY(add_entry(view.key(i), view.value(i)));
        return ok_status();
      }
      case Tag::Object: {
        const ObjectView view(value);
        for (uint32_t i = 0; i < view.size(); ++i)
          TRY(add_entry(Value::string(view.key(i)), view.value(i)));
        return ok_status();
      }
      case Tag::Range:
        return add_range(RangeView(value));
      default:
        return Error(ErrorCode::E0904, "a value of this class has no elements")
            .at(node_.args[0].span);
    }
  }

  Status add_entry(const Value& key, const Value& value) {
    ObjectBuilder builder;
    builder.set("key", key);
    builder.set("value", value);
    elements_.push_back(TRY(builder.build()));
    return ok_status();
  }

  Status add_range(const RangeView& range) {
    constexpr size_t kElementsMax = 10'000'000;
    if (!is_integer(range.low().tag()) || !is_integer(range.high().tag())) {
      return Error(ErrorCode::E0904, "only a range of integers with both ends has elements")
          .at(node_.args[0].span);
    }
    const i128 end = range.high().as_int128() + (range.is_inclusive() ? 1 : 0);
    for (i128 i = range.low().as_int128(); i < end; ++i) {
      if (elements_.size() >= kElementsMax)
        return Error(ErrorCode::E1112, "a range of so many elements").at(node_.args[0].span);
      elements_.push_back(Value::integer(range.low().tag(), i));
    }
    return ok_status();
  }

  ExecState& state_;
  const Node& node_;
  std::vector<Value> elements_;
  size_t at_ = 0;
  bool is_open_ = false;
};

// A table of `system::` whose rows the running database tells.
class SystemOperator final : public Operator {
 public:
  SystemOperator(ExecState& state, const Node& node) : state_(state), node_(node) {}

  Result<uint32_t> next(const Target& target) override {
    if (!is_open_) {
      function::SystemSource* system = state_.call().system;
      if (system == nullptr)
        return Error(ErrorCode::E0610,
                     "`" + node_.label + "` is not for statements of the database");
      table_ = TRY(system->rows(node_.label));
      is_open_ = true;
    }
    uint32_t rows = 0;
    for (; rows < target.capacity && at_ < table_.size(); ++rows, ++at_) {
      for (uint32_t i = 0; i < node_.reads.size(); ++i) {
        const bool is_ordinal = node_.reads[i].kind == SourceColumn::Kind::Ordinal;
        const Value& value = is_ordinal ? Value::int64(static_cast<int64_t>(at_))
                                        : table_[at_][node_.reads[i].index];
        const Column column(state_.arena(), target.columns[i], node_.columns[i].type);
        TRY(store_value(state_.arena(), column, rows, value));
      }
    }
    return rows;
  }

 private:
  ExecState& state_;
  const Node& node_;
  std::vector<std::vector<Value>> table_;
  size_t at_ = 0;
  bool is_open_ = false;
};

}  // namespace

Result<std::unique_ptr<Operator>> make_leaf(ExecState& state, const Node& node) {
  std::unique_ptr<Operator> made;
  if (node.kind == Node::Kind::OneRow) {
    made = std::make_unique<OneRowOperator>();
  } else if (node.kind == Node::Kind::Rows) {
    made = std::make_unique<RowsOperator>(state, node);
  } else if (node.kind == Node::Kind::Function && node.label.starts_with("system::")) {
    made = std::make_unique<SystemOperator>(state, node);
  } else if (node.kind == Node::Kind::Function && node.label != "unnest") {
    made = make_table_function(state, node);
  } else {
    made = std::make_unique<ElementsOperator>(state, node);
  }
  return made;
}

}  // namespace zerodb::exec
