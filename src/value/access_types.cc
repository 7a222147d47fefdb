// Static types of member, element and slice access.
#include "value/operator_types.h"

namespace zerodb {
namespace {

Error no_access(const char* what, const Type& base) {
  return Error(ErrorCode::E0305, "a value of type " + to_string(base) + " has no " + what);
}

// What every access says about a base that may be none.
std::optional<Error> refused_base(const Type& base) {
  if (base.is_optional()) {
    return Error(ErrorCode::E0304, "a value of type " + to_string(base) + " may be none")
        .with_help("write `?.`, or `??` before it");
  }
  if (base.kind() == TypeKind::Result) {
    return Error(ErrorCode::E0313, "a result must be unwrapped first")
        .with_help("unwrap(x) or ok_or_none(x)");
  }
  return std::nullopt;
}

// Applies an access to each member of a union.
template <typename Access>
Result<Type> over_members(const Type& base, const Access& access) {
  std::vector<Type> results;
  for (const Type& part : base.parts()) {
    auto result = access(part);
    if (!result) {
      return Error(ErrorCode::E0311,
                   "not every member of " + to_string(base) + " can be accessed so")
          .with_help("narrow it with IS first");
    }
    results.push_back(std::move(*result));
  }
  return Type::union_of(results);
}

}  // namespace

Result<Type> member_type(const Type& base, std::string_view name) {
  if (auto refused = refused_base(base)) return std::move(*refused);
  switch (base.kind()) {
    case TypeKind::Any:
    case TypeKind::Object:
      return Type::any();
    case TypeKind::None:
      return base;
    case TypeKind::Shape:
      for (const Type::Field& field : base.fields()) {
        if (field.name == name) return field.may_be_absent ? field.type.optional() : field.type;
      }
      return Error(ErrorCode::E0202, to_string(base) + " has no field `" + std::string(name) + "`");
    case TypeKind::Union:
      return over_members(base, [&](const Type& part) { return member_type(part, name); });
    default:
      return no_access(("member `" + std::string(name) + "`").c_str(), base);
  }
}

Result<Type> element_type(const Type& base, const Type& index) {
  if (auto refused = refused_base(base)) return std::move(*refused);
  const auto checked = [&](bool fits, const Type& result) -> Result<Type> {
    if (!fits && !index.is_any() && index.kind() != TypeKind::None) {
      return Error(ErrorCode::E0305, to_string(base) + " has no elements by " + to_string(index));
    }
    return result.optional();
  };
  switch (base.kind()) {
    case TypeKind::Any:
    case TypeKind::None:
      return base;
    case TypeKind::Array:
    case TypeKind::Vector:
      return checked(index.is_integer(), base.element());
    case TypeKind::Tuple:
      return checked(index.is_integer(),
                     base.parts().empty() ? Type::none() : Type::union_of(base.parts()));
    case TypeKind::String:
    case TypeKind::Literal:
      return checked(index.is_integer(), Type::string());
    case TypeKind::Bytes:
      return checked(index.is_integer(), Type(TypeKind::U8));
    case TypeKind::HashMap:
      return checked(!are_disjoint(base.parts()[0], index), base.parts()[1]);
    case TypeKind::Object:
    case TypeKind::Shape:
      return checked(index.is_text(), Type::any());
    case TypeKind::Union:
      return over_members(base, [&](const Type& part) { return element_type(part, index); });
    default:
      return no_access("elements", base);
  }
}

Result<Type> slice_type(const Type& base) {
  if (auto refused = refused_base(base)) return std::move(*refused);
  switch (base.kind()) {
    case TypeKind::Any:
    case TypeKind::None:
    case TypeKind::Bytes:
      return base;
    case TypeKind::String:
    case TypeKind::Literal:
      return Type::string();
    case TypeKind::Array:
      return Type::array(base.element());
    case TypeKind::Vector:
      return Type::vector(base.element());
    case TypeKind::Union:
      return over_members(base, [](const Type& part) { return slice_type(part); });
    default:
      return no_access("slices", base);
  }
}

Result<Type> members_type(const Type& base, std::string_view name) {
  if (auto refused = refused_base(base)) return std::move(*refused);
  switch (base.kind()) {
    case TypeKind::Any:
    case TypeKind::None:
      return base;
    case TypeKind::Array:
    case TypeKind::HashSet: {
      const Type& element = base.element();
      const Type member = TRY(member_type(element.required(), name));
      return Type::array(element.is_optional() ? member.optional() : member);
    }
    case TypeKind::Tuple: {
      std::vector<Type> members;
      for (const Type& part : base.parts())
        members.push_back(TRY(member_type(part.required(), name)));
      return Type::array(members.empty() ? Type::any() : Type::union_of(members));
    }
    default:
      return no_access("elements", base);
  }
}

}  // namespace zerodb
