#include "lint/type_width.h"

#include <algorithm>

namespace zerodb::lint {
namespace {

struct IntegerShape {
  bool is_signed = false;
  int bits = 0;
};

IntegerShape shape_of(TypeKind kind) {
  constexpr int kSigned[] = {8, 16, 32, 64, 128};
  if (kind <= TypeKind::I128)
    return {true, kSigned[static_cast<int>(kind) - static_cast<int>(TypeKind::I8)]};
  return {false, kSigned[static_cast<int>(kind) - static_cast<int>(TypeKind::U8)]};
}

bool integer_fits(TypeKind to, TypeKind from) {
  const IntegerShape wide = shape_of(to);
  const IntegerShape narrow = shape_of(from);
  if (wide.is_signed == narrow.is_signed) return wide.bits >= narrow.bits;
  return wide.is_signed && wide.bits > narrow.bits;
}

bool number_fits(const Type& to, const Type& from) {
  if (from.is_integer() && to.is_integer()) return integer_fits(to.kind(), from.kind());
  if (from.is_integer()) {
    const int bits = shape_of(from.kind()).bits;
    if (to.kind() == TypeKind::Decimal) return !to.has_digits() && bits <= 64;
    return bits <= (to.kind() == TypeKind::F64 ? 32 : 16);
  }
  if (from.is_float()) return to.is_float() && to.kind() >= from.kind();
  if (to.kind() != TypeKind::Decimal) return false;
  if (!to.has_digits() || !from.has_digits()) return !to.has_digits();
  return to.scale() >= from.scale() &&
         to.precision() - to.scale() >= from.precision() - from.scale();
}

bool parts_fit(const Type& to, const Type& from) {
  const auto& wide = to.parts();
  const auto& narrow = from.parts();
  return wide.size() == narrow.size() &&
         std::equal(wide.begin(), wide.end(), narrow.begin(), admits_all);
}

bool sequence_fits(const Type& to, const Type& from) {
  return to.kind() == from.kind() && (!to.length() || to.length() == from.length()) &&
         admits_all(to.element(), from.element());
}

bool record_fits(const Type& to, const Type& from) {
  const auto& wide = to.tables();
  if (wide.empty()) return true;
  const auto& narrow = from.tables();
  return !narrow.empty() && std::all_of(narrow.begin(), narrow.end(), [&](TableId id) {
    return std::find(wide.begin(), wide.end(), id) != wide.end();
  });
}

}  // namespace

bool admits_all(const Type& to, const Type& from) {
  if (to.is_any()) return true;
  if (from.is_any() || (from.admits_none() && !to.admits_none())) return false;
  if (from.required() == to.required()) return true;
  if (from.kind() == TypeKind::Union) {
    return std::all_of(from.parts().begin(), from.parts().end(),
                       [&](const Type& part) { return admits_all(to.required(), part); });
  }
  if (to.kind() == TypeKind::Union) {
    return std::any_of(to.parts().begin(), to.parts().end(),
                       [&](const Type& part) { return admits_all(part, from.required()); });
  }
  if (from.is_number() && to.is_number()) return number_fits(to, from);
  if (from.kind() == TypeKind::Literal) return to.kind() == TypeKind::String;
  if (from.kind() == TypeKind::Shape) return to.kind() == TypeKind::Object;
  if (from.kind() != to.kind()) return false;
  switch (from.kind()) {
    case TypeKind::RecordId:
      return record_fits(to, from);
    case TypeKind::Array:
    case TypeKind::Vector:
      return sequence_fits(to, from);
    case TypeKind::HashSet:
    case TypeKind::Range:
      return admits_all(to.element(), from.element());
    case TypeKind::Tuple:
    case TypeKind::HashMap:
    case TypeKind::Result:
      return parts_fit(to, from);
    default:
      return false;
  }
}

}  // namespace zerodb::lint
