#include "function/aggregate.h"

#include <array>
#include <unordered_set>

#include "base/limits.h"
#include "function/sum_state.h"
#include "value/operator_parts.h"
#include "value/zval_builder.h"

namespace zerodb::function {
namespace {

class CountState final : public AggregateState {
 public:
  Status add(std::span<const Value> arguments) override {
    if (arguments.empty() || !arguments[0].is_none()) ++count_;
    return ok_status();
  }
  Status merge(const AggregateState& other) override {
    count_ += static_cast<const CountState&>(other).count_;
    return ok_status();
  }
  Result<Value> finish() const override { return Value::int64(count_); }
  size_t bytes() const override { return sizeof(*this); }

 private:
  int64_t count_ = 0;
};

// The least (-1) or greatest (1) value.
class ExtremeState final : public AggregateState {
 public:
  explicit ExtremeState(int wanted) : wanted_(wanted) {}
  Status add(std::span<const Value> arguments) override {
    const Value& x = arguments[0];
    if (!x.is_none() && (best_.is_none() || compare(x, best_) == wanted_)) best_ = x;
    return ok_status();
  }
  Status merge(const AggregateState& other) override {
    return add({&static_cast<const ExtremeState&>(other).best_, 1});
  }
  Result<Value> finish() const override { return best_; }
  size_t bytes() const override {
    return sizeof(*this) + (best_.tag() >= Tag::String ? best_.as_bytes().size() : 0);
  }

 private:
  int wanted_;
  Value best_;
};

class AnyValueState final : public AggregateState {
 public:
  Status add(std::span<const Value> arguments) override {
    if (value_.is_none()) value_ = arguments[0];
    return ok_status();
  }
  Status merge(const AggregateState& other) override {
    return add({&static_cast<const AnyValueState&>(other).value_, 1});
  }
  Result<Value> finish() const override { return value_; }
  size_t bytes() const override { return sizeof(*this); }

 private:
  Value value_;
};

class BoolState final : public AggregateState {
 public:
  explicit BoolState(bool identity) : identity_(identity), value_(identity) {}
  Status add(std::span<const Value> arguments) override {
    const Value& x = arguments[0];
    if (x.is_none()) return ok_status();
    if (x.tag() != Tag::Bool)
      return Error(ErrorCode::E0904,
                   std::string("bool_and and bool_or take bools, not ") + class_name(x.tag()));
    if (x.as_bool() != identity_) value_ = !identity_;
    return ok_status();
  }
  Status merge(const AggregateState& other) override {
    if (static_cast<const BoolState&>(other).value_ != identity_) value_ = !identity_;
    return ok_status();
  }
  Result<Value> finish() const override { return Value::boolean(value_); }
  size_t bytes() const override { return sizeof(*this); }

 private:
  bool identity_;  // of the empty input; the other value wins for ever
  bool value_;
};

class ArrayState final : public AggregateState {
 public:
  Status add(std::span<const Value> arguments) override {
    if (arguments[0].is_none()) return ok_status();
    elements_.add(arguments[0]);
    bytes_ += 16 + (arguments[0].tag() >= Tag::String ? arguments[0].as_bytes().size() : 0);
    if (bytes_ > 2 * limits::kValueBytesMax)
      return Error(ErrorCode::E0611, "result of array_agg is larger than 64 MiB");
    return ok_status();
  }
  Status merge(const AggregateState& other) override {
    const SequenceView view(TRY(other.finish()));
    for (uint32_t i = 0; i < view.size(); ++i) {
      const Value element = view.at(i);
      TRY(add({&element, 1}));
    }
    return ok_status();
  }
  Result<Value> finish() const override { return elements_.build(); }
  size_t bytes() const override { return sizeof(*this) + bytes_; }

 private:
  ArrayBuilder elements_;
  size_t bytes_ = 0;
};

class StringState final : public AggregateState {
 public:
  Status add(std::span<const Value> arguments) override {
    const Value& x = arguments[0];
    if (x.is_none()) return ok_status();
    if (x.tag() != Tag::String)
      return Error(ErrorCode::E0904,
                   std::string("string_agg takes strings, not ") + class_name(x.tag()));
    separator_ = arguments.size() > 1 && arguments[1].tag() == Tag::String
                     ? std::string(arguments[1].as_string())
                     : ",";
    if (!is_empty_) text_ += separator_;
    text_ += x.as_string();
    is_empty_ = false;
    if (text_.size() > limits::kValueBytesMax)
      return Error(ErrorCode::E0611, "result of string_agg is larger than 64 MiB");
    return ok_status();
  }
  Status merge(const AggregateState& other) override {
    const auto& same = static_cast<const StringState&>(other);
    if (same.is_empty_) return ok_status();
    const std::array<Value, 2> part{Value::string(same.text_), Value::string(same.separator_)};
    return add(part);
  }
  Result<Value> finish() const override { return Value::string(text_); }
  size_t bytes() const override { return sizeof(*this) + text_.size(); }

 private:
  std::string text_;
  std::string separator_;
  bool is_empty_ = true;
};

struct HashValue {
  size_t operator()(const Value& value) const { return hash(value); }
};
struct EqualValues {
  bool operator()(const Value& a, const Value& b) const { return equals(a, b); }
};

// Passes each value of the first argument on once.
class DistinctState final : public AggregateState {
 public:
  explicit DistinctState(std::unique_ptr<AggregateState> inner) : inner_(std::move(inner)) {}
  Status add(std::span<const Value> arguments) override {
    if (arguments.empty() || arguments[0].is_none() || !seen_.insert(arguments[0]).second)
      return ok_status();
    bytes_ += sizeof(Value) + 32 +
              (arguments[0].tag() >= Tag::String ? arguments[0].as_bytes().size() : 0);
    return inner_->add(arguments);
  }
  Status merge(const AggregateState& other) override {
    for (const Value& value : static_cast<const DistinctState&>(other).seen_) TRY(add({&value, 1}));
    return ok_status();
  }
  Result<Value> finish() const override { return inner_->finish(); }
  size_t bytes() const override { return sizeof(*this) + bytes_ + inner_->bytes(); }

 private:
  std::unique_ptr<AggregateState> inner_;
  std::unordered_set<Value, HashValue, EqualValues> seen_;
  size_t bytes_ = 0;
};

Error refused(const char* function, const Type& type) {
  return Error(ErrorCode::E0602,
               std::string("`") + function + "` does not take values of type " + to_string(type));
}

// Each member of a union, without the question mark.
std::vector<Type> members_of(const Type& type) {
  return type.kind() == TypeKind::Union ? type.required().parts()
                                        : std::vector<Type>{type.required()};
}

bool is_open(const Type& type) {
  return type.is_any() || type.kind() == TypeKind::None;
}

Result<Type> count_type(std::span<const Type>) {
  return Type::int64();
}

Result<Type> sum_type(std::span<const Type> arguments) {
  std::vector<Type> results;
  for (const Type& type : members_of(arguments[0])) {
    if (is_open(type)) return Type::any();
    if (type.is_integer()) {
      const bool is_unsigned = type.kind() >= TypeKind::U8;
      const bool is_wide = type.kind() == TypeKind::I128 || type.kind() == TypeKind::U128;
      results.push_back(is_wide ? type : Type(is_unsigned ? TypeKind::U64 : TypeKind::I64));
    } else if (type.is_float()) {
      results.push_back(Type::float64());
    } else if (type.kind() == TypeKind::Decimal) {
      results.push_back(type.has_digits() ? Type::decimal(38, type.scale()) : type);
    } else if (type.kind() == TypeKind::Duration) {
      results.push_back(type);
    } else {
      return refused("sum", type);
    }
  }
  return results.size() == 1 ? results[0] : Type::any();
}

Result<Type> avg_type(std::span<const Type> arguments) {
  std::vector<Type> results;
  for (const Type& type : members_of(arguments[0])) {
    if (is_open(type)) return Type::any();
    if (type.is_integer() || type.is_float()) {
      results.push_back(Type::float64());
    } else if (type.kind() == TypeKind::Decimal || type.kind() == TypeKind::Duration) {
      results.push_back(type.kind() == TypeKind::Decimal ? Type::decimal() : type);
    } else {
      return refused("avg", type);
    }
  }
  const Type all = Type::union_of(results);
  return all.kind() == TypeKind::Union ? Type::any() : all.optional();
}

Result<Type> same_type(std::span<const Type> arguments) {
  return arguments[0].is_any() ? arguments[0] : arguments[0].optional();
}

Result<Type> bool_type(std::span<const Type> arguments) {
  if (!is_open(arguments[0]) && arguments[0].kind() != TypeKind::Bool)
    return refused("bool_and and bool_or", arguments[0]);
  return Type::boolean();
}

Result<Type> array_type(std::span<const Type> arguments) {
  return Type::array(arguments[0].is_optional() ? arguments[0].required() : arguments[0]);
}

Result<Type> text_type(std::span<const Type> arguments) {
  for (const Type& type : arguments) {
    if (!is_open(type) && !type.is_text()) return refused("string_agg", type);
  }
  return Type::string();
}

using State = std::unique_ptr<AggregateState>;
State make_count(std::span<const Type>) {
  return std::make_unique<CountState>();
}
State make_sum(std::span<const Type> types) {
  return std::make_unique<SumState>(SumKind::Sum, types[0]);
}
State make_avg(std::span<const Type> types) {
  return std::make_unique<SumState>(SumKind::Average, types[0]);
}
State make_min(std::span<const Type>) {
  return std::make_unique<ExtremeState>(-1);
}
State make_max(std::span<const Type>) {
  return std::make_unique<ExtremeState>(1);
}
State make_any_value(std::span<const Type>) {
  return std::make_unique<AnyValueState>();
}
State make_bool_and(std::span<const Type>) {
  return std::make_unique<BoolState>(true);
}
State make_bool_or(std::span<const Type>) {
  return std::make_unique<BoolState>(false);
}
State make_array(std::span<const Type>) {
  return std::make_unique<ArrayState>();
}
State make_string(std::span<const Type>) {
  return std::make_unique<StringState>();
}

constexpr AggregateFunction kFunctions[] = {
    {"count", "count(*) -> int, count(x: any) -> int",
     "How many rows there are, or how many values that are not none.", "[1, none, 3].count() = 2",
     AggregateOp::Count, 0, 1, true, count_type, make_count},
    {"sum", "sum(x: N) -> N", "The sum, exact inside: E0901 only if the total does not fit.",
     "[1, 2, 4].sum() = 7", AggregateOp::Sum, 1, 1, true, sum_type, make_sum},
    {"avg", "avg(x: N) -> float?", "The mean; decimals keep six more places.", "[1, 2].avg() = 1.5",
     AggregateOp::Avg, 1, 1, true, avg_type, make_avg},
    {"min", "min(x: T) -> T?", "The least value.", "[3, 1].min() = 1", AggregateOp::Min, 1, 1, true,
     same_type, make_min},
    {"max", "max(x: T) -> T?", "The greatest value.", "[3, 1].max() = 3", AggregateOp::Max, 1, 1,
     true, same_type, make_max},
    {"any_value", "any_value(x: T) -> T?", "Some value of the group.", "", AggregateOp::Other, 1, 1,
     false, same_type, make_any_value},
    {"bool_and", "bool_and(x: bool) -> bool", "Whether all values are true; of nothing true.", "",
     AggregateOp::Other, 1, 1, true, bool_type, make_bool_and},
    {"bool_or", "bool_or(x: bool) -> bool", "Whether some value is true; of nothing false.", "",
     AggregateOp::Other, 1, 1, true, bool_type, make_bool_or},
    {"array_agg", "array_agg(x: T) -> array<T>", "All values as an array.", "", AggregateOp::Other,
     1, 1, true, array_type, make_array},
    {"string_agg", "string_agg(x: string, separator: string = ',') -> string",
     "The strings joined, with a separator between.", "", AggregateOp::Other, 1, 2, true, text_type,
     make_string},
};

}  // namespace

std::span<const AggregateFunction> aggregate_functions() {
  return kFunctions;
}

std::unique_ptr<AggregateState> make_state(const AggregateFunction& function,
                                           std::span<const Type> arguments, Distinct distinct) {
  auto state = function.make(arguments);
  if (distinct == Distinct::No) return state;
  return std::make_unique<DistinctState>(std::move(state));
}

}  // namespace zerodb::function
