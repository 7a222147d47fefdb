#include "value/operator_types.h"

#include <algorithm>

#include "base/assert.h"

namespace zerodb {
namespace {

Error undefined(BinaryOp op, const Type& left, const Type& right) {
  return Error(ErrorCode::E0305, "`" + std::string(operator_text(op)) + "` is not defined for " +
                                     to_string(left) + " and " + to_string(right));
}

Type number_type(TypeKind kind) {
  return Type(kind);
}

bool is_wide(TypeKind kind) {
  return kind == TypeKind::I128 || kind == TypeKind::U128;
}
bool is_integer(TypeKind kind) {
  return kind >= TypeKind::I8 && kind <= TypeKind::U128;
}
bool is_float(TypeKind kind) {
  return kind == TypeKind::F32 || kind == TypeKind::F64;
}

TypeKind common_integer(TypeKind left, TypeKind right) {
  if (left == right) return left;
  if (left == TypeKind::U128 || right == TypeKind::U128) return TypeKind::U128;
  const auto step = [](TypeKind kind) {
    return static_cast<int>(kind) -
           static_cast<int>(kind >= TypeKind::U8 ? TypeKind::U8 : TypeKind::I8);
  };
  const bool left_unsigned = left >= TypeKind::U8;
  const bool right_unsigned = right >= TypeKind::U8;
  if (left_unsigned == right_unsigned) return step(left) >= step(right) ? left : right;
  const int signed_step = left_unsigned ? step(right) : step(left);
  const int unsigned_step = left_unsigned ? step(left) : step(right);
  return static_cast<TypeKind>(static_cast<int>(TypeKind::I8) +
                               std::max(signed_step, unsigned_step + 1));
}

// Operands are numbers.
Result<Type> number_result(BinaryOp op, const Type& left, const Type& right) {
  const TypeKind a = left.kind();
  const TypeKind b = right.kind();
  if (is_integer(a) && is_integer(b))
    return number_type(op == BinaryOp::Divide ? TypeKind::F64 : common_integer(a, b));
  if (a == TypeKind::Decimal || b == TypeKind::Decimal) {
    if (is_float(a) || is_float(b)) {
      return Error(ErrorCode::E0308, to_string(left) + " and " + to_string(right) + " do not mix")
          .with_help("CAST one of them; a decimal literal ends in `dec`");
    }
    if (is_wide(a) || is_wide(b))
      return Error(ErrorCode::E0307, "a 128-bit integer meets a decimal only by CAST");
    return Type::decimal();
  }
  if (is_wide(a) || is_wide(b))
    return Error(ErrorCode::E0307, "a 128-bit integer meets a float only by CAST");
  return number_type(a == b ? a : TypeKind::F64);
}

Result<Type> arithmetic(BinaryOp op, const Type& left, const Type& right) {
  const TypeKind a = left.kind();
  const TypeKind b = right.kind();
  if (left.is_number() && right.is_number()) return number_result(op, left, right);
  const bool adds = op == BinaryOp::Add;
  const bool subtracts = op == BinaryOp::Subtract;
  if (a == TypeKind::Datetime && b == TypeKind::Duration && (adds || subtracts)) return left;
  if (a == TypeKind::Duration && b == TypeKind::Datetime && adds) return right;
  if (a == TypeKind::Duration && b == TypeKind::Duration && (adds || subtracts)) return left;
  if (a == TypeKind::Datetime && b == TypeKind::Datetime && subtracts)
    return Type(TypeKind::Duration);
  if (a == TypeKind::Duration && right.is_number() &&
      (op == BinaryOp::Multiply || op == BinaryOp::Divide))
    return left;
  if (left.is_number() && b == TypeKind::Duration && op == BinaryOp::Multiply) return right;
  if (a == TypeKind::HashSet && b == TypeKind::HashSet && subtracts) return left;
  Error error = undefined(op, left, right);
  if (adds && left.is_text() && right.is_text())
    return std::move(error).with_help("`||` joins strings");
  return error;
}

Result<Type> concat(const Type& left, const Type& right) {
  if (left.is_text() && right.is_text()) return Type::string();
  if (left.kind() == TypeKind::Bytes && right.kind() == TypeKind::Bytes) return left;
  if (left.is_sequence() && right.is_sequence()) {
    if (left.kind() == TypeKind::Vector && right.kind() == TypeKind::Vector &&
        left.element() == right.element()) {
      return Type::vector(left.element());
    }
    return Type::array(Type::union_of({left.element(), right.element()}));
  }
  Error error = undefined(BinaryOp::Concat, left, right);
  if (left.kind() == TypeKind::Bool && right.kind() == TypeKind::Bool)
    return std::move(error).with_help("write OR");
  if (left.is_text() || right.is_text())
    return std::move(error).with_help("CAST(.. AS string) makes a string of the other side");
  return error;
}

Result<Type> bitwise(BinaryOp op, const Type& left, const Type& right) {
  if (left.is_integer() && right.is_integer()) {
    if (op == BinaryOp::ShiftLeft || op == BinaryOp::ShiftRight) return left;
    return number_type(common_integer(left.kind(), right.kind()));
  }
  const bool is_set_op = op == BinaryOp::BitAnd || op == BinaryOp::BitOr || op == BinaryOp::BitXor;
  if (is_set_op && left.kind() == TypeKind::HashSet && right.kind() == TypeKind::HashSet) {
    if (op == BinaryOp::BitAnd) return left;
    return Type::hash_set(Type::union_of({left.element(), right.element()}));
  }
  return undefined(op, left, right);
}

Result<Type> range(BinaryOp op, const Type& left, const Type& right) {
  if (left.kind() == TypeKind::None) return Type::range(right);
  if (right.kind() == TypeKind::None) return Type::range(left);
  if (are_disjoint(left, right)) return undefined(op, left, right);
  // The ends stay what they are: 1..2.5 has an int and a float.
  return Type::range(Type::union_of({left, right}));
}

// The types that a container is asked about; nothing if the type is no container.
std::optional<Type> asked_element(const Type& container) {
  switch (container.kind()) {
    case TypeKind::Array:
    case TypeKind::Vector:
    case TypeKind::HashSet:
    case TypeKind::Range:
      return container.element();
    case TypeKind::HashMap:
      return container.parts()[0];
    case TypeKind::Tuple:
      return container.parts().empty() ? Type::any() : Type::union_of(container.parts());
    case TypeKind::Object:
    case TypeKind::Shape:
      return Type::string();
    case TypeKind::Any:
      return Type::any();
    default:
      return std::nullopt;
  }
}

Result<Type> membership(BinaryOp op, const Type& left, const Type& right, const Type& container,
                        const Type& element) {
  const auto asked = asked_element(container);
  if (!asked) return undefined(op, left, right);
  if (are_disjoint(*asked, element)) {
    return Error(ErrorCode::E0301,
                 to_string(container) + " never holds a value of type " + to_string(element));
  }
  return Type::boolean();
}

Result<Type> predicate(BinaryOp op, const Type& left, const Type& right) {
  switch (op) {
    case BinaryOp::In:
    case BinaryOp::NotIn:
      return membership(op, left, right, right, left);
    case BinaryOp::Contains:
    case BinaryOp::NotContains:
      return membership(op, left, right, left, right);
    case BinaryOp::ContainsAny:
    case BinaryOp::ContainsAll:
    case BinaryOp::NotContainsAny:
    case BinaryOp::NotContainsAll: {
      const auto elements = asked_element(right);
      if (!elements || right.kind() == TypeKind::Range) return undefined(op, left, right);
      return membership(op, left, right, left, *elements);
    }
    case BinaryOp::RegexMatch:
    case BinaryOp::RegexNotMatch:
      if (left.is_text() && (right.is_text() || right.kind() == TypeKind::Regex))
        return Type::boolean();
      break;
    default:
      if (left.is_text() && right.is_text()) return Type::boolean();
  }
  if (left.is_any() || right.is_any()) return Type::boolean();
  return undefined(op, left, right);
}

Result<Type> compare(BinaryOp op, const Type& left, const Type& right) {
  if (are_disjoint(left, right)) {
    return Error(ErrorCode::E0301, "`" + std::string(operator_text(op)) + "` between " +
                                       to_string(left) + " and " + to_string(right) +
                                       " is never true");
  }
  return Type::boolean();
}

// Operands are neither optional nor unions.
Result<Type> plain_binary(BinaryOp op, const Type& left, const Type& right) {
  const bool has_result = left.kind() == TypeKind::Result || right.kind() == TypeKind::Result;
  if (has_result && left.kind() != right.kind() && !left.is_any() && !right.is_any()) {
    return Error(ErrorCode::E0313, "a result must be unwrapped first")
        .with_help("unwrap(x) or ok_or_none(x)");
  }
  if (is_comparison(op)) return compare(op, left, right);
  const bool has_none = left.kind() == TypeKind::None || right.kind() == TypeKind::None;
  if (is_predicate(op)) return has_none ? Type::boolean() : predicate(op, left, right);
  if (op == BinaryOp::Range || op == BinaryOp::RangeInclusive) return range(op, left, right);
  if (has_none) return Type::none();
  if (left.is_any() || right.is_any()) return Type::any();
  if (op == BinaryOp::Concat) return concat(left, right);
  return op <= BinaryOp::Power ? arithmetic(op, left, right) : bitwise(op, left, right);
}

enum class ClassGroup : uint8_t {
  Bool,
  Number,
  String,
  Bytes,
  Datetime,
  Duration,
  Uuid,
  RecordId,
  Enum,
  Regex,
  Range,
  Tuple,
  List,
  HashSet,
  HashMap,
  Result,
  Object,
  Stream
};

ClassGroup group_of(const Type& type) {
  switch (type.kind()) {
    case TypeKind::Bool:
      return ClassGroup::Bool;
    case TypeKind::String:
    case TypeKind::Literal:
      return ClassGroup::String;
    case TypeKind::Bytes:
      return ClassGroup::Bytes;
    case TypeKind::Datetime:
      return ClassGroup::Datetime;
    case TypeKind::Duration:
      return ClassGroup::Duration;
    case TypeKind::Uuid:
      return ClassGroup::Uuid;
    case TypeKind::RecordId:
      return ClassGroup::RecordId;
    case TypeKind::Enum:
      return ClassGroup::Enum;
    case TypeKind::Regex:
      return ClassGroup::Regex;
    case TypeKind::Range:
      return ClassGroup::Range;
    case TypeKind::Tuple:
      return ClassGroup::Tuple;
    case TypeKind::Array:
    case TypeKind::Vector:
      return ClassGroup::List;
    case TypeKind::HashSet:
      return ClassGroup::HashSet;
    case TypeKind::HashMap:
      return ClassGroup::HashMap;
    case TypeKind::Result:
      return ClassGroup::Result;
    case TypeKind::Stream:
      return ClassGroup::Stream;
    case TypeKind::Object:
    case TypeKind::Shape:
      return ClassGroup::Object;
    default:
      return ClassGroup::Number;
  }
}

bool plain_disjoint(const Type& left, const Type& right) {
  const auto is_open = [](const Type& type) {
    return type.is_any() || type.kind() == TypeKind::None;
  };
  if (is_open(left) || is_open(right)) return false;
  const ClassGroup group = group_of(left);
  if (group != group_of(right)) return true;
  if (group == ClassGroup::Enum) return left.enum_type().id != right.enum_type().id;
  if (group == ClassGroup::RecordId && !left.tables().empty() && !right.tables().empty()) {
    return std::find_first_of(left.tables().begin(), left.tables().end(), right.tables().begin(),
                              right.tables().end()) == left.tables().end();
  }
  return false;
}

}  // namespace

Result<Type> binary_type(BinaryOp op, const Type& left, const Type& right) {
  const std::vector<Type> lefts = left.members();
  const std::vector<Type> rights = right.members();
  const bool is_union = lefts.size() > 1 || rights.size() > 1;
  if (is_comparison(op) && is_union) return compare(op, left, right);
  std::vector<Type> results;
  for (const Type& a : lefts) {
    for (const Type& b : rights) {
      auto result = plain_binary(op, a, b);
      if (result) {
        results.push_back(std::move(*result));
        continue;
      }
      if (!is_union) return result;
      if (is_predicate(op))
        continue;  // one fitting member is enough for a predicate that may be false
      return Error(ErrorCode::E0311, "a value of type " +
                                         to_string(lefts.size() > 1 ? left : right) +
                                         " may be one that `" + std::string(operator_text(op)) +
                                         "` is not defined for")
          .with_help("narrow it with IS first");
    }
  }
  if (results.empty()) return undefined(op, left, right);
  const Type type = Type::union_of(results);
  const bool propagates_none =
      !is_predicate(op) && op != BinaryOp::Range && op != BinaryOp::RangeInclusive;
  return propagates_none && (left.is_optional() || right.is_optional()) ? type.optional() : type;
}

Result<Type> unary_type(UnaryOp op, const Type& operand) {
  if (operand.is_any()) return op == UnaryOp::Not ? Type::boolean() : Type::any();
  if (op == UnaryOp::Not) {
    if (operand.is(TypeKind::Bool)) return operand;
    if (operand.kind() == TypeKind::Bool) {
      return Error(ErrorCode::E0303, "condition is `bool?`").with_help("add `?? false`");
    }
    return Error(ErrorCode::E0302, "NOT needs a bool, not " + to_string(operand));
  }
  if (operand.kind() == TypeKind::None) return operand;
  for (const Type& member : operand.members()) {
    if (member.kind() == TypeKind::Result)
      return Error(ErrorCode::E0313, "a result must be unwrapped first");
    if (!member.is_number() && member.kind() != TypeKind::Duration) {
      return Error(ErrorCode::E0305, "`" + std::string(operator_text(op)) +
                                         "` is not defined for " + to_string(operand));
    }
  }
  return operand;
}

bool are_disjoint(const Type& left, const Type& right) {
  for (const Type& a : left.members()) {
    for (const Type& b : right.members()) {
      if (!plain_disjoint(a, b)) return false;
    }
  }
  return true;
}

bool is_ordered(const Type& type) {
  return type.kind() != TypeKind::Stream;
}

std::optional<TypeKind> common_number(TypeKind left, TypeKind right) {
  if (is_integer(left) && is_integer(right)) return common_integer(left, right);
  if (left == right) return left;
  if (is_wide(left) || is_wide(right)) return std::nullopt;
  if (left == TypeKind::Decimal || right == TypeKind::Decimal) {
    if (is_float(left) || is_float(right)) return std::nullopt;
    return TypeKind::Decimal;
  }
  return TypeKind::F64;
}

bool is_lossy_mix(const Type& left, const Type& right) {
  const auto is_long = [](TypeKind kind) {
    return kind == TypeKind::I64 || kind == TypeKind::U64 || kind == TypeKind::I128 ||
           kind == TypeKind::U128;
  };
  return (is_long(left.kind()) && right.is_float()) || (left.is_float() && is_long(right.kind()));
}

std::string_view operator_text(BinaryOp op) {
  constexpr std::string_view kTexts[] = {"+",
                                         "-",
                                         "*",
                                         "/",
                                         "DIV",
                                         "%",
                                         "**",
                                         "||",
                                         "&",
                                         "|",
                                         "^",
                                         "<<",
                                         ">>",
                                         "=",
                                         "!=",
                                         "<",
                                         "<=",
                                         ">",
                                         ">=",
                                         "..",
                                         "..=",
                                         "~",
                                         "!~",
                                         "LIKE",
                                         "NOT LIKE",
                                         "ILIKE",
                                         "NOT ILIKE",
                                         "IN",
                                         "NOT IN",
                                         "CONTAINS",
                                         "CONTAINS ANY",
                                         "CONTAINS ALL",
                                         "NOT CONTAINS",
                                         "NOT CONTAINS ANY",
                                         "NOT CONTAINS ALL"};
  return kTexts[static_cast<size_t>(op)];
}

std::string_view operator_text(UnaryOp op) {
  return op == UnaryOp::Not ? "NOT" : op == UnaryOp::Negate ? "-" : "+";
}

bool is_comparison(BinaryOp op) {
  return op >= BinaryOp::Equal && op <= BinaryOp::GreaterEqual;
}
bool is_predicate(BinaryOp op) {
  return is_comparison(op) || op >= BinaryOp::RegexMatch;
}

}  // namespace zerodb
