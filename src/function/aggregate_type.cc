// The types that aggregates give.
#include "function/aggregate_parts.h"
#include "value/operator_parts.h"
#include "value/operators.h"

namespace zerodb::function {
namespace {

Error refused(const Type& type) {
  return Error(ErrorCode::E0602, "does not take values of type `" + to_string(type) + "`");
}

bool is_open(const Type& type) {
  return type.is_any() || type.kind() == TypeKind::None;
}

bool is_temporal(const Type& type) {
  return type.kind() == TypeKind::Datetime || type.kind() == TypeKind::Duration;
}

// What lies between two values of this type; nothing if nothing does.
std::optional<Type> between_type(const Type& type) {
  if (is_open(type)) return Type::any();
  if (type.is_integer() || type.is_float()) return Type::float64();
  if (type.kind() == TypeKind::Decimal) return Type::decimal();
  if (is_temporal(type)) return type;
  return std::nullopt;
}

Result<Type> linear_type(const Type& argument) {
  std::vector<Type> results;
  for (const Type& type : argument.members()) {
    const auto between = between_type(type);
    if (!between) return refused(type);
    if (between->is_any()) return Type::any();
    results.push_back(*between);
  }
  const Type all = Type::union_of(results);
  return all.kind() == TypeKind::Union ? Type::any() : all.optional();
}

Status check_numbers(const Type& argument) {
  for (const Type& type : argument.members()) {
    if (!is_open(type) && !type.is_number()) return refused(type);
  }
  return ok_status();
}

}  // namespace

Error wrong_class(std::string_view wanted, const Value& value) {
  return Error(ErrorCode::E0904, std::string(wanted) + ", not " + class_name(value.tag()));
}

size_t HashValue::operator()(const Value& value) const {
  return hash(value);
}
bool EqualValues::operator()(const Value& left, const Value& right) const {
  return equals(left, right);
}

Result<Type> count_type(Types) {
  return Type::int64();
}

Result<Type> sum_type(Types types) {
  std::vector<Type> results;
  for (const Type& type : types[0].members()) {
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
    } else if (type.kind() == TypeKind::Vector) {
      // Of nothing there is no length, hence no zero.
      results.push_back(Type::vector(Type::float64(), type.length()).optional());
    } else {
      return refused(type);
    }
  }
  return results.size() == 1 ? results[0] : Type::any();
}

Result<Type> avg_type(Types types) {
  std::vector<Type> results;
  for (const Type& type : types[0].members()) {
    if (is_open(type)) return Type::any();
    if (type.is_integer() || type.is_float()) {
      results.push_back(Type::float64());
    } else if (type.kind() == TypeKind::Decimal || type.kind() == TypeKind::Duration) {
      results.push_back(type.kind() == TypeKind::Decimal ? Type::decimal() : type);
    } else if (type.kind() == TypeKind::Vector) {
      results.push_back(Type::vector(Type::float64(), type.length()));
    } else {
      return refused(type);
    }
  }
  const Type all = Type::union_of(results);
  return all.kind() == TypeKind::Union ? Type::any() : all.optional();
}

Result<Type> same_type(Types types) {
  return types[0].is_any() ? types[0] : types[0].optional();
}

Result<Type> nth_type(Types types) {
  if (!is_open(types[1]) && !types[1].is_integer()) return refused(types[1]);
  return same_type(types);
}

Result<Type> by_key_type(Types types) {
  if (types.size() < 3 || types[2].kind() == TypeKind::None) return same_type(types);
  if (!is_open(types[2]) && !types[2].is_integer()) return refused(types[2]);
  return types[2].is_any() ? Type::any() : array_type(types);
}

Result<Type> bool_type(Types types) {
  if (!is_open(types[0]) && types[0].kind() != TypeKind::Bool) return refused(types[0]);
  return Type::boolean();
}

Result<Type> bits_type(Types types) {
  for (const Type& type : types[0].members()) {
    if (!is_open(type) && !type.is_integer()) return refused(type);
  }
  const bool is_known = types[0].required().is_integer();
  return is_known ? types[0].required() : Type::any();
}

Result<Type> array_type(Types types) {
  return Type::array(types[0].is_optional() ? types[0].required() : types[0]);
}

Result<Type> set_type(Types types) {
  return Type::hash_set(types[0].is_optional() ? types[0].required() : types[0]);
}

Result<Type> object_type(Types types) {
  for (const Type& type : types[0].members()) {
    if (!is_open(type) && !type.is_text()) return refused(type);
  }
  return Type::object();
}

Result<Type> map_type(Types types) {
  return Type::hash_map(types[0].is_optional() ? types[0].required() : types[0], types[1]);
}

Result<Type> text_type(Types types) {
  for (const Type& type : types) {
    if (!is_open(type) && !type.is_text()) return refused(type);
  }
  return Type::string();
}

Result<Type> median_type(Types types) {
  return linear_type(types[0]);
}

// The method is known when it runs, so values between which nothing lies are refused there.
Result<Type> percentile_type(Types types) {
  const Type share = types[1].required();
  const bool is_list = share.is_sequence();
  if (!is_open(share) && !is_list && !share.is_number()) return refused(share);
  if (is_open(share)) return Type::any();
  const bool is_linear = types.size() < 3;
  const Type one = is_linear ? TRY(linear_type(types[0])) : Type::any();
  if (!is_list || one.is_any()) return is_list ? Type::any() : one;
  return Type::array(one.required()).optional();
}

Result<Type> moment_type(Types types) {
  for (const Type& type : types) TRY(check_numbers(type));
  return Type::float64().optional();
}

Result<Type> approx_percentile_type(Types types) {
  for (const Type& type : types) TRY(check_numbers(type));
  return Type::float64().optional();
}

Result<Type> histogram_type(Types types) {
  if (!is_open(types[1]) && !types[1].is_sequence()) return refused(types[1]);
  const Type edge = types[1].is_sequence() ? types[1].element() : Type::any();
  return Type::array(
      Type::shape({{"low", edge, false}, {"high", edge, false}, {"count", Type::int64(), false}}));
}

}  // namespace zerodb::function
