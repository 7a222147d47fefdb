// States of one value: counts, extremes, bools and bits.
#include "function/aggregate_parts.h"
#include "value/integer.h"
#include "value/operator_parts.h"
#include "value/operators.h"

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
  size_t bytes() const override { return sizeof(*this) + body_bytes(best_); }

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
  size_t bytes() const override { return sizeof(*this) + body_bytes(value_); }

 private:
  Value value_;
};

class BoolState final : public AggregateState {
 public:
  explicit BoolState(bool identity) : identity_(identity), value_(identity) {}
  Status add(std::span<const Value> arguments) override {
    const Value& x = arguments[0];
    if (x.is_none()) return ok_status();
    if (x.tag() != Tag::Bool) return wrong_class("bool_and and bool_or take bools", x);
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

// The bits of integers put together. Of nothing it is all ones or zero, in the type of the
// argument.
class BitsState final : public AggregateState {
 public:
  BitsState(BinaryOp op, const Type& type) : op_(op) {
    const Tag tag = tag_of(type.kind());
    bits_ = op != BinaryOp::BitAnd ? *integer_as(tag, Value::int64(0))
            : tag == Tag::U128     ? Value::uint128(~u128{0})
            : integer_width(tag).is_signed
                ? *integer_as(tag, Value::int64(-1))
                : Value::integer(tag, (i128{1} << integer_width(tag).bits) - 1);
  }
  Status add(std::span<const Value> arguments) override {
    const Value& x = arguments[0];
    if (x.is_none()) return ok_status();
    if (!is_integer(x.tag())) return wrong_class("bit_and, bit_or and bit_xor take integers", x);
    bits_ = is_empty_ ? x : TRY(binary(op_, bits_, x));
    is_empty_ = false;
    return ok_status();
  }
  Status merge(const AggregateState& other) override {
    const auto& same = static_cast<const BitsState&>(other);
    return same.is_empty_ ? ok_status() : add({&same.bits_, 1});
  }
  Result<Value> finish() const override { return bits_; }
  size_t bytes() const override { return sizeof(*this); }

 private:
  static Tag tag_of(TypeKind kind) {
    switch (kind) {
      case TypeKind::I8:
        return Tag::I8;
      case TypeKind::I16:
        return Tag::I16;
      case TypeKind::I32:
        return Tag::I32;
      case TypeKind::I128:
        return Tag::I128;
      case TypeKind::U8:
        return Tag::U8;
      case TypeKind::U16:
        return Tag::U16;
      case TypeKind::U32:
        return Tag::U32;
      case TypeKind::U64:
        return Tag::U64;
      case TypeKind::U128:
        return Tag::U128;
      default:
        return Tag::I64;
    }
  }

  BinaryOp op_;
  Value bits_;
  bool is_empty_ = true;
};

}  // namespace

State make_count(Types) {
  return std::make_unique<CountState>();
}
State make_min(Types) {
  return std::make_unique<ExtremeState>(-1);
}
State make_max(Types) {
  return std::make_unique<ExtremeState>(1);
}
State make_any_value(Types) {
  return std::make_unique<AnyValueState>();
}
State make_bool_and(Types) {
  return std::make_unique<BoolState>(true);
}
State make_bool_or(Types) {
  return std::make_unique<BoolState>(false);
}
State make_bit_and(Types types) {
  return std::make_unique<BitsState>(BinaryOp::BitAnd, types[0]);
}
State make_bit_or(Types types) {
  return std::make_unique<BitsState>(BinaryOp::BitOr, types[0]);
}
State make_bit_xor(Types types) {
  return std::make_unique<BitsState>(BinaryOp::BitXor, types[0]);
}

}  // namespace zerodb::function
