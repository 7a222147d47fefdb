#include "value/integer.h"

#include <algorithm>

#include "base/assert.h"

namespace zerodb {
namespace {

Error overflow(Tag tag) {
  return Error(ErrorCode::E0901, std::string("integer result does not fit ") + integer_name(tag));
}
Error division_by_zero() {
  return Error(ErrorCode::E0902, "division by zero");
}

i128 minimum(IntegerWidth width) {
  return width.is_signed ? -(i128{1} << (width.bits - 2)) * 2 : i128{0};
}
i128 maximum(IntegerWidth width) {
  if (width.bits == 128) return static_cast<i128>(~u128{0} >> 1);
  return (i128{1} << (width.is_signed ? width.bits - 1 : width.bits)) - 1;
}

Result<Value> checked(Tag tag, i128 value, bool has_overflowed) {
  const IntegerWidth width = integer_width(tag);
  if (has_overflowed || value < minimum(width) || value > maximum(width)) return overflow(tag);
  return Value::integer(tag, value);
}

Result<Value> power(Tag tag, i128 base, i128 exponent) {
  if (exponent < 0) return Error(ErrorCode::E0620, "int ** int needs an exponent of at least 0");
  i128 result = 1;
  bool overflowed = false;
  while (exponent > 0 && !overflowed) {
    if ((exponent & 1) != 0) overflowed = __builtin_mul_overflow(result, base, &result);
    exponent >>= 1;
    if (exponent > 0 && !overflowed) {
      const bool square_overflowed = __builtin_mul_overflow(base, base, &base);
      overflowed = square_overflowed;
    }
  }
  return checked(tag, result, overflowed);
}

Result<Value> signed_binary(BinaryOp op, Tag tag, i128 a, i128 b) {
  i128 result = 0;
  switch (op) {
    case BinaryOp::Add: {
      const bool overflowed = __builtin_add_overflow(a, b, &result);
      return checked(tag, result, overflowed);
    }
    case BinaryOp::Subtract: {
      const bool overflowed = __builtin_sub_overflow(a, b, &result);
      return checked(tag, result, overflowed);
    }
    case BinaryOp::Multiply: {
      const bool overflowed = __builtin_mul_overflow(a, b, &result);
      return checked(tag, result, overflowed);
    }
    case BinaryOp::IntDivide:
      if (b == 0) return division_by_zero();
      if (b == -1) {
        const bool overflowed = __builtin_sub_overflow(i128{0}, a, &result);
        return checked(tag, result, overflowed);
      }
      return checked(tag, a / b, false);
    case BinaryOp::Modulo:
      if (b == 0) return division_by_zero();
      return checked(tag, b == -1 ? 0 : a % b, false);
    case BinaryOp::Power:
      return power(tag, a, b);
    case BinaryOp::BitAnd:
      return Value::integer(tag, a & b);
    case BinaryOp::BitOr:
      return Value::integer(tag, a | b);
    case BinaryOp::BitXor:
      return Value::integer(tag, a ^ b);
    default:
      UNREACHABLE();
  }
}

Result<Value> unsigned_power(u128 base, u128 exponent) {
  u128 result = 1;
  bool overflowed = false;
  while (exponent > 0 && !overflowed) {
    if ((exponent & 1) != 0) overflowed = __builtin_mul_overflow(result, base, &result);
    exponent >>= 1;
    if (exponent > 0 && !overflowed) overflowed = __builtin_mul_overflow(base, base, &base);
  }
  if (overflowed) return overflow(Tag::U128);
  return Value::uint128(result);
}

// Sign and size of an operand that meets a u128.
struct Signed129 {
  bool is_negative;
  u128 size;
};
Signed129 parts_of(const Value& value) {
  if (value.tag() == Tag::U128) return {false, value.as_uint128()};
  const i128 number = value.as_int128();
  return {number < 0, number < 0 ? u128{0} - static_cast<u128>(number) : static_cast<u128>(number)};
}

Result<Value> from_parts(Signed129 parts) {
  if (parts.is_negative && parts.size != 0) return overflow(Tag::U128);
  return Value::uint128(parts.size);
}

Result<Value> add_parts(Signed129 a, Signed129 b) {
  if (a.is_negative == b.is_negative) {
    u128 sum = 0;
    if (__builtin_add_overflow(a.size, b.size, &sum)) return overflow(Tag::U128);
    return from_parts({a.is_negative, sum});
  }
  if (a.size >= b.size) return from_parts({a.is_negative, a.size - b.size});
  return from_parts({b.is_negative, b.size - a.size});
}

Result<Value> wide_binary(BinaryOp op, const Value& left, const Value& right) {
  const Signed129 a = parts_of(left);
  Signed129 b = parts_of(right);
  switch (op) {
    case BinaryOp::Add:
      return add_parts(a, b);
    case BinaryOp::Subtract:
      b.is_negative = !b.is_negative;
      return add_parts(a, b);
    case BinaryOp::Multiply: {
      u128 product = 0;
      if (__builtin_mul_overflow(a.size, b.size, &product)) return overflow(Tag::U128);
      return from_parts({a.is_negative != b.is_negative, product});
    }
    case BinaryOp::IntDivide:
      if (b.size == 0) return division_by_zero();
      return from_parts({a.is_negative != b.is_negative, a.size / b.size});
    case BinaryOp::Modulo:
      if (b.size == 0) return division_by_zero();
      return from_parts({a.is_negative, a.size % b.size});
    case BinaryOp::Power:
      if (b.is_negative)
        return Error(ErrorCode::E0620, "int ** int needs an exponent of at least 0");
      if (a.is_negative) return overflow(Tag::U128);
      return unsigned_power(a.size, b.size);
    default:
      break;
  }
  if (a.is_negative || b.is_negative) return overflow(Tag::U128);
  switch (op) {
    case BinaryOp::BitAnd:
      return Value::uint128(a.size & b.size);
    case BinaryOp::BitOr:
      return Value::uint128(a.size | b.size);
    case BinaryOp::BitXor:
      return Value::uint128(a.size ^ b.size);
    default:
      UNREACHABLE();
  }
}

// Keeps the low bits of a pattern and reads them as an integer of the tag.
Value wrapped(Tag tag, u128 pattern) {
  const IntegerWidth width = integer_width(tag);
  if (tag == Tag::U128) return Value::uint128(pattern);
  const int unused = 128 - width.bits;
  const u128 top = pattern << unused;
  return Value::integer(
      tag, width.is_signed ? static_cast<i128>(top) >> unused : static_cast<i128>(top >> unused));
}

// The result has the type of the left operand; bits that leave it are lost, and `>>` keeps the
// sign.
Result<Value> shift(BinaryOp op, const Value& left, const Value& right) {
  const Tag tag = left.tag();
  const Signed129 count = parts_of(right);
  if (count.is_negative || count.size >= static_cast<u128>(integer_width(tag).bits)) {
    return Error(ErrorCode::E0620,
                 "shift count must be from 0 to " + std::to_string(integer_width(tag).bits - 1));
  }
  const int by = static_cast<int>(count.size);
  if (op == BinaryOp::ShiftLeft) return wrapped(tag, left.as_uint128() << by);
  if (tag == Tag::U128) return Value::uint128(left.as_uint128() >> by);
  return Value::integer(tag, left.as_int128() >> by);
}

}  // namespace

IntegerWidth integer_width(Tag tag) {
  switch (tag) {
    case Tag::I8:
      return {8, true};
    case Tag::I16:
      return {16, true};
    case Tag::I32:
      return {32, true};
    case Tag::I64:
      return {64, true};
    case Tag::I128:
      return {128, true};
    case Tag::U8:
      return {8, false};
    case Tag::U16:
      return {16, false};
    case Tag::U32:
      return {32, false};
    case Tag::U64:
      return {64, false};
    case Tag::U128:
      return {128, false};
    default:
      UNREACHABLE();
  }
}

Tag integer_tag(int bits, bool is_signed) {
  const int step = bits <= 8 ? 0 : bits <= 16 ? 1 : bits <= 32 ? 2 : bits <= 64 ? 3 : 4;
  return static_cast<Tag>(static_cast<int>(is_signed ? Tag::I8 : Tag::U8) + step);
}

Tag common_integer(Tag left, Tag right) {
  if (left == right) return left;
  if (left == Tag::U128 || right == Tag::U128) return Tag::U128;
  const IntegerWidth a = integer_width(left);
  const IntegerWidth b = integer_width(right);
  if (a.is_signed == b.is_signed) return a.bits >= b.bits ? left : right;
  const int signed_bits = a.is_signed ? a.bits : b.bits;
  const int unsigned_bits = a.is_signed ? b.bits : a.bits;
  return integer_tag(std::max(signed_bits, 2 * unsigned_bits), true);
}

std::optional<Value> integer_as(Tag tag, const Value& integer) {
  if (integer.tag() == tag) return integer;
  const Signed129 parts = parts_of(integer);
  if (tag == Tag::U128) {
    if (parts.is_negative) return std::nullopt;
    return Value::uint128(parts.size);
  }
  const auto number = to_int128(integer);
  const IntegerWidth width = integer_width(tag);
  if (!number || *number < minimum(width) || *number > maximum(width)) return std::nullopt;
  return Value::integer(tag, *number);
}

std::optional<i128> to_int128(const Value& integer) {
  if (integer.tag() == Tag::U128 && (integer.as_uint128() >> 127) != 0) return std::nullopt;
  return integer.as_int128();
}

double integer_to_float64(const Value& integer) {
  return integer.tag() == Tag::U128 ? static_cast<double>(integer.as_uint128())
                                    : static_cast<double>(integer.as_int128());
}

const char* integer_name(Tag tag) {
  switch (tag) {
    case Tag::I8:
      return "i8";
    case Tag::I16:
      return "i16";
    case Tag::I32:
      return "i32";
    case Tag::I64:
      return "int";
    case Tag::I128:
      return "i128";
    case Tag::U8:
      return "u8";
    case Tag::U16:
      return "u16";
    case Tag::U32:
      return "u32";
    case Tag::U64:
      return "u64";
    case Tag::U128:
      return "u128";
    default:
      UNREACHABLE();
  }
}

Result<Value> integer_binary(BinaryOp op, const Value& left, const Value& right) {
  if (op == BinaryOp::ShiftLeft || op == BinaryOp::ShiftRight) return shift(op, left, right);
  const Tag tag = common_integer(left.tag(), right.tag());
  if (tag == Tag::U128) return wide_binary(op, left, right);
  return signed_binary(op, tag, left.as_int128(), right.as_int128());
}

Result<Value> integer_negate(const Value& value) {
  if (value.tag() == Tag::U128) return from_parts({true, value.as_uint128()});
  i128 result = 0;
  const bool overflowed = __builtin_sub_overflow(i128{0}, value.as_int128(), &result);
  return checked(value.tag(), result, overflowed);
}

}  // namespace zerodb
