// The static side of conversions: which CAST exists, and what storing needs.
#include <algorithm>

#include "value/cast.h"
#include "value/conversion.h"
#include "value/decimal.h"

namespace zerodb {
namespace {

bool is_list_like(TypeKind kind) {
  return kind == TypeKind::Array || kind == TypeKind::Vector || kind == TypeKind::Tuple ||
         kind == TypeKind::HashSet;
}

std::vector<Type> elements_of(const Type& type) {
  return type.kind() == TypeKind::Tuple ? type.parts() : std::vector<Type>{type.element()};
}

bool all_pairs_cast(const std::vector<Type>& from, const std::vector<Type>& to) {
  return std::all_of(from.begin(), from.end(), [&](const Type& a) {
    return std::any_of(to.begin(), to.end(), [&](const Type& b) { return cast_exists(a, b); });
  });
}

bool reads_text(TypeKind to) {
  switch (to) {
    case TypeKind::Bool:
    case TypeKind::String:
    case TypeKind::Literal:
    case TypeKind::Bytes:
    case TypeKind::Datetime:
    case TypeKind::Duration:
    case TypeKind::Uuid:
    case TypeKind::Regex:
    case TypeKind::Enum:
      return true;
    default:
      return to >= TypeKind::I8 && to <= TypeKind::Decimal;
  }
}

// Neither is a union, any or none.
bool plain_cast_exists(const Type& from, const Type& to) {
  const TypeKind a = from.kind();
  const TypeKind b = to.kind();
  if (b == TypeKind::Stream || a == TypeKind::Stream) return false;
  if (b == TypeKind::String) return true;
  if (from.is_number() && to.is_number()) return true;
  if (from.is_text()) return reads_text(b);
  if (is_list_like(a) && is_list_like(b)) return all_pairs_cast(elements_of(from), elements_of(to));
  if (from.is_object() && (to.is_object() || b == TypeKind::HashMap)) return true;
  switch (a) {
    case TypeKind::Bool:
      return b == TypeKind::Bool || to.is_integer();
    case TypeKind::Bytes:
      return b == TypeKind::Bytes || b == TypeKind::Uuid;
    case TypeKind::Uuid:
      return b == TypeKind::Uuid || b == TypeKind::Bytes;
    case TypeKind::HashMap:
      if (to.is_object()) return cast_exists(from.parts()[0], Type::string());
      return b == a && cast_exists(from.parts()[0], to.parts()[0]) &&
             cast_exists(from.parts()[1], to.parts()[1]);
    case TypeKind::Range:
      return b == a && cast_exists(from.element(), to.element());
    case TypeKind::Result:
      return b == a && cast_exists(from.parts()[0], to.parts()[0]) &&
             cast_exists(from.parts()[1], to.parts()[1]);
    case TypeKind::Enum:
      return b == a && from.enum_type().id == to.enum_type().id;
    default:
      return a == b || (from.is_integer() && b == TypeKind::Bool);
  }
}

// The worse of two needs.
Storing worst(Storing a, Storing b) {
  return std::max(a, b);
}

Storing store_integer(TypeKind from, TypeKind to) {
  const auto rank = [](TypeKind kind) {
    return static_cast<int>(kind) -
           static_cast<int>(kind >= TypeKind::U8 ? TypeKind::U8 : TypeKind::I8);
  };
  const bool from_unsigned = from >= TypeKind::U8;
  const bool to_unsigned = to >= TypeKind::U8;
  if (from_unsigned == to_unsigned)
    return rank(from) <= rank(to) ? Storing::Convert : Storing::Narrowing;
  return from_unsigned && rank(from) < rank(to) ? Storing::Convert : Storing::Narrowing;
}

Storing store_number(const Type& from, const Type& to) {
  const bool is_wide = from.kind() == TypeKind::I128 || from.kind() == TypeKind::U128;
  if (to.is_integer())
    return from.is_integer() ? store_integer(from.kind(), to.kind()) : Storing::Narrowing;
  if (to.is_float()) {
    if (from.kind() == TypeKind::Decimal || is_wide) return Storing::Narrowing;
    if (to.kind() == TypeKind::F64) return Storing::Convert;
    return from.kind() == TypeKind::I8 || from.kind() == TypeKind::I16 ||
                   from.kind() == TypeKind::U8 || from.kind() == TypeKind::U16
               ? Storing::Convert
               : Storing::Narrowing;
  }
  if (from.is_float() || is_wide) return Storing::Narrowing;
  if (from.kind() == TypeKind::Decimal) {
    if (!to.has_digits()) return Storing::Convert;
    const bool fits = from.has_digits() && from.scale() <= to.scale() &&
                      from.precision() - from.scale() <= to.precision() - to.scale();
    return fits ? Storing::Convert : Storing::Check;
  }
  return to.has_digits() ? Storing::Check : Storing::Convert;
}

Storing store_elements(const Type& from, const Type& to) {
  Storing need = from.kind() == to.kind() ? Storing::Same : Storing::Convert;
  for (const Type& a : elements_of(from)) {
    for (const Type& b : elements_of(to)) need = worst(need, storing(a, b));
  }
  // A container of another element type may be empty, and its elements are asked one by one.
  if (need > Storing::Check) need = from.kind() == TypeKind::Tuple ? need : Storing::Check;
  const bool checks_length = to.length() && from.length() != to.length();
  const bool has_tuple = from.kind() == TypeKind::Tuple || to.kind() == TypeKind::Tuple;
  return checks_length || has_tuple ? worst(need, Storing::Check) : need;
}

Storing store_shape(const Type& from, const Type& to) {
  if (to.kind() == TypeKind::Object) return Storing::Same;
  if (from.kind() == TypeKind::Object) return Storing::Check;
  Storing need = Storing::Same;
  for (const Type::Field& field : to.fields()) {
    const auto given = std::find_if(from.fields().begin(), from.fields().end(),
                                    [&](const auto& other) { return other.name == field.name; });
    if (given == from.fields().end()) {
      if (!field.may_be_absent && !field.type.admits_none()) return Storing::Never;
      continue;
    }
    if (given->may_be_absent && !field.may_be_absent && !field.type.admits_none())
      need = worst(need, Storing::Check);
    need = worst(need, storing(given->type, field.type));
  }
  for (const Type::Field& field : from.fields()) {
    const auto known = std::find_if(to.fields().begin(), to.fields().end(),
                                    [&](const auto& other) { return other.name == field.name; });
    if (known == to.fields().end()) return field.may_be_absent ? Storing::Check : Storing::Never;
  }
  return need;
}

Storing store_record(const Type& from, const Type& to) {
  if (to.tables().empty()) return Storing::Same;
  if (from.tables().empty()) return Storing::Check;
  const auto& wanted = to.tables();
  const auto is_wanted = [&](TableId table) {
    return std::find(wanted.begin(), wanted.end(), table) != wanted.end();
  };
  if (std::all_of(from.tables().begin(), from.tables().end(), is_wanted)) return Storing::Same;
  return std::any_of(from.tables().begin(), from.tables().end(), is_wanted) ? Storing::Check
                                                                            : Storing::Never;
}

// Neither is optional, a union, any or none.
Storing plain_storing(const Type& from, const Type& to) {
  if (from == to) return Storing::Same;
  if (from.is_number() && to.is_number()) return store_number(from, to);
  if (from.is_text() && to.is_text()) {
    if (to.kind() == TypeKind::String) return Storing::Same;
    return from.kind() == TypeKind::String ? Storing::Check : Storing::Never;
  }
  const TypeKind a = from.kind();
  const TypeKind b = to.kind();
  if (from.is_sequence() && is_list_like(b)) return store_elements(from, to);
  if (is_list_like(a) && (b == a || b == TypeKind::HashSet)) {
    if (a == TypeKind::Tuple && b == a && from.parts().size() != to.parts().size())
      return Storing::Never;
    return a == TypeKind::Tuple && b == a ? Storing::Check : store_elements(from, to);
  }
  if (from.is_object() && to.is_object()) return store_shape(from, to);
  if (from.is_object() && b == TypeKind::HashMap) return Storing::Check;
  if (a != b) return Storing::Never;
  switch (a) {
    case TypeKind::RecordId:
      return store_record(from, to);
    case TypeKind::Enum:
      return from.enum_type().id == to.enum_type().id ? Storing::Same : Storing::Never;
    case TypeKind::Range:
    case TypeKind::HashMap:
    case TypeKind::Result:
      return Storing::Check;
    default:
      return Storing::Same;
  }
}

}  // namespace

bool cast_exists(const Type& from, const Type& to) {
  const auto is_open = [](const Type& type) {
    return type.is_any() || type.kind() == TypeKind::None;
  };
  if (is_open(from) || to.is_any()) return true;
  if (to.kind() == TypeKind::None) return false;
  for (const Type& a : from.members()) {
    for (const Type& b : to.members()) {
      if (is_open(a) || is_open(b) || plain_cast_exists(a, b)) return true;
    }
  }
  return false;
}

Storing storing(const Type& from, const Type& to) {
  if (to.is_any() || from == to) return Storing::Same;
  if (from.is_any()) return Storing::Check;
  if (from.kind() == TypeKind::None) return to.admits_none() ? Storing::Same : Storing::Never;
  if (to.kind() == TypeKind::None) return from.is_optional() ? Storing::Check : Storing::Never;
  const std::vector<Type> froms = from.members();
  const std::vector<Type> tos = to.members();
  Storing least = Storing::Never;
  Storing most = Storing::Same;
  for (const Type& a : froms) {
    Storing best = Storing::Never;
    for (const Type& b : tos) best = std::min(best, plain_storing(a, b));
    least = std::min(least, best);
    most = std::max(most, best);
  }
  // Members that never fit make the whole a check, unless none fits.
  Storing need = most;
  if (most > Storing::Check && least <= Storing::Check) need = Storing::Check;
  if (most == Storing::Never && least == Storing::Narrowing) need = Storing::Narrowing;
  if (need <= Storing::Check && from.is_optional() && !to.admits_none()) need = Storing::Check;
  return need;
}

}  // namespace zerodb
