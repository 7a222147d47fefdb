#include "sema/type_names.h"

#include <algorithm>

#include "base/ascii.h"
#include "sema/expression.h"
#include "value/number_text.h"
#include "zeroql/literal.h"

namespace zerodb::sema {
namespace {

constexpr std::pair<std::string_view, TypeKind> kPlainTypes[] = {
    {"any", TypeKind::Any},
    {"bool", TypeKind::Bool},
    {"int", TypeKind::I64},
    {"float", TypeKind::F64},
    {"i8", TypeKind::I8},
    {"i16", TypeKind::I16},
    {"i32", TypeKind::I32},
    {"i64", TypeKind::I64},
    {"i128", TypeKind::I128},
    {"u8", TypeKind::U8},
    {"u16", TypeKind::U16},
    {"u32", TypeKind::U32},
    {"u64", TypeKind::U64},
    {"u128", TypeKind::U128},
    {"f32", TypeKind::F32},
    {"f64", TypeKind::F64},
    {"decimal", TypeKind::Decimal},
    {"string", TypeKind::String},
    {"bytes", TypeKind::Bytes},
    {"datetime", TypeKind::Datetime},
    {"duration", TypeKind::Duration},
    {"uuid", TypeKind::Uuid},
    {"regex", TypeKind::Regex},
    {"object", TypeKind::Object},
    {"record", TypeKind::RecordId},
    {"none", TypeKind::None},
};

constexpr std::string_view kGenericTypes[] = {"array",  "vector", "hashset", "hashmap", "range",
                                              "option", "result", "stream",  "edge"};

class TypeChecker {
 public:
  explicit TypeChecker(Checking& c) : c_(c) {}

  Type check(ast::Type node) {
    switch (node.type_kind()) {
      case ast::TypeKind::AnyType:
        return Type::any();
      case ast::TypeKind::NamedType:
        return named(node.as<ast::NamedType>());
      case ast::TypeKind::OptionalType:
        return check(node.as<ast::OptionalType>().inner()).optional();
      case ast::TypeKind::UnionType: {
        std::vector<Type> members;
        for (const ast::Type member : node.as<ast::UnionType>().members())
          members.push_back(check(member));
        return Type::union_of(members);
      }
      case ast::TypeKind::TupleType: {
        std::vector<Type> parts;
        for (const ast::Type part : node.as<ast::TupleType>().elements())
          parts.push_back(check(part));
        return Type::tuple(std::move(parts));
      }
      case ast::TypeKind::ObjectType:
        return shape(node.as<ast::ObjectType>());
      case ast::TypeKind::StringType: {
        auto text = zeroql::decode_string(node.text());
        return text.has_value() ? Type::literal(std::move(text).value()) : Type::string();
      }
      default:
        return wrong(node, "`" + std::string(node.text()) + "` is not a type");
    }
  }

 private:
  Type wrong(const ast::View& node, std::string message) {
    c_.report(ErrorCode::E0315, std::move(message), node.span());
    return Type::any();
  }

  Type shape(ast::ObjectType node) {
    std::vector<Type::Field> fields;
    for (const ast::TypeField field : node.fields()) {
      const std::string name = field.ident().name();
      if (std::any_of(fields.begin(), fields.end(),
                      [&](const Type::Field& other) { return other.name == name; })) {
        c_.report(ErrorCode::E0412, "`" + name + "` stands twice in the type", field.span());
        continue;
      }
      fields.push_back({name, check(field.type()), field.is_optional()});
    }
    return Type::shape(std::move(fields));
  }

  std::optional<uint32_t> integer(ast::Type node) {
    if (node.type_kind() != ast::TypeKind::IntegerArgument) return std::nullopt;
    const auto number = zeroql::decode_integer(node.text());
    if (!number.has_value() || number->value > UINT32_MAX) return std::nullopt;
    return static_cast<uint32_t>(number->value);
  }

  Type decimal(ast::NamedType node) {
    const auto arguments = node.arguments();
    if (arguments.empty()) return Type::decimal();
    const auto precision = integer(arguments[0]);
    const auto scale = arguments.size() > 1 ? integer(arguments[1]) : std::optional<uint32_t>(0);
    if (!precision || !scale || arguments.size() > 2 || *precision < 1 || *precision > 38 ||
        *scale > *precision) {
      return wrong(node, "`decimal` takes a precision of 1 to 38 and a scale up to it");
    }
    return Type::decimal(static_cast<uint8_t>(*precision), static_cast<uint8_t>(*scale));
  }

  Type record(ast::NamedType node, bool edges_only) {
    std::vector<TableId> tables;
    for (const ast::Type argument : node.arguments()) collect_tables(argument, edges_only, tables);
    std::sort(tables.begin(), tables.end());
    tables.erase(std::unique(tables.begin(), tables.end()), tables.end());
    return Type::record(std::move(tables));
  }

  void collect_tables(ast::Type node, bool edges_only, std::vector<TableId>& tables) {
    if (node.type_kind() == ast::TypeKind::UnionType) {
      for (const ast::Type member : node.as<ast::UnionType>().members())
        collect_tables(member, edges_only, tables);
      return;
    }
    if (node.type_kind() != ast::TypeKind::NamedType) {
      wrong(node, "`record` takes tables");
      return;
    }
    const catalog::Table* table = find_stored_table(c_, node.as<ast::NamedType>().name());
    if (table == nullptr) return;
    if (edges_only && !table->is_edge()) {
      c_.report(ErrorCode::E0503, "`" + table->name + "` is not an edge table", node.span());
      return;
    }
    tables.push_back(table->id);
  }

  Type sequence(ast::NamedType node, bool is_vector) {
    const auto arguments = node.arguments();
    if (arguments.empty() && !is_vector) return Type::array(Type::any());
    if (arguments.empty() || arguments.size() > 2)
      return wrong(node, "an element type and perhaps a length are needed");
    std::optional<uint32_t> length;
    if (arguments.size() == 2) {
      length = integer(arguments[1]);
      if (!length) return wrong(arguments[1], "the length must be a whole number");
    }
    const Type element = check(arguments[0]);
    if (!is_vector) return Type::array(element, length);
    if (!element.is_integer() && !element.is_float())
      return wrong(node, "elements of a vector are numbers of fixed size");
    return Type::vector(element, length);
  }

  Type generic(const std::string& name, ast::NamedType node) {
    if (name == "array" || name == "vector") return sequence(node, name == "vector");
    if (name == "edge") return record(node, true);
    std::vector<Type> parts;
    for (const ast::Type argument : node.arguments()) parts.push_back(check(argument));
    const size_t wanted = name == "hashmap" || name == "result" ? 2 : 1;
    if (parts.size() != wanted)
      return wrong(node, "`" + name + "` takes " + std::to_string(wanted) + " type" +
                             (wanted > 1 ? "s" : ""));
    if (name == "hashset") return Type::hash_set(parts[0]);
    if (name == "hashmap") return Type::hash_map(parts[0], parts[1]);
    if (name == "range") return Type::range(parts[0]);
    if (name == "option") return parts[0].optional();
    if (name == "result") return Type::result(parts[0], parts[1]);
    return Type::stream(parts[0]);
  }

  Type named(ast::NamedType node) {
    const std::string written = node.name().name();
    if (node.name().parts().size() == 1 && !node.name().last().is_quoted()) {
      const std::string name = lower_ascii(written);
      if (name == "decimal") return decimal(node);
      if (name == "record") return record(node, false);
      for (const std::string_view generic_name : kGenericTypes) {
        if (generic_name == name) return generic(name, node);
      }
      for (const auto& [plain, kind] : kPlainTypes) {
        if (plain != name) continue;
        if (!node.arguments().empty()) return wrong(node, "`" + name + "` takes no arguments");
        return Type(kind);
      }
    }
    if (const catalog::Enum* found = c_.schema().find_enum(written))
      return Type::enumeration(found->type);
    if (const catalog::NamedType* found = c_.schema().find_type(written)) return found->type;
    unknown(node, written);
    return Type::any();
  }

  void unknown(ast::NamedType node, const std::string& written) {
    if (written == c_.defined_type) {
      c_.report(ErrorCode::E0315, "type `" + written + "` refers to itself", node.name().span());
      return;
    }
    auto& diagnostic =
        c_.report(ErrorCode::E0205, "unknown type `" + written + "`", node.name().span());
    std::vector<std::string> candidates;
    for (const auto& [plain, kind] : kPlainTypes) candidates.emplace_back(plain);
    for (const std::string_view name : kGenericTypes) candidates.emplace_back(name);
    for (const catalog::Enum& each : c_.schema().enums()) candidates.push_back(each.type->name);
    for (const catalog::NamedType& each : c_.schema().types()) candidates.push_back(each.name);
    c_.suggest(diagnostic, written, candidates);
  }

  Checking& c_;
};

}  // namespace

Type check_type(Checking& c, ast::Type node) {
  return TypeChecker(c).check(node);
}

const catalog::NamedType* named_type(Checking& c, ast::Type node) {
  if (node.type_kind() == ast::TypeKind::OptionalType)
    return named_type(c, node.as<ast::OptionalType>().inner());
  if (node.type_kind() != ast::TypeKind::NamedType) return nullptr;
  return c.schema().find_type(node.as<ast::NamedType>().name().name());
}

std::string folded_name(ast::NamedType node) {
  return lower_ascii(node.name().name());
}

bool is_list_type(ast::NamedType node) {
  const std::string name = folded_name(node);
  return name == "array" || name == "vector" || name == "hashset";
}

}  // namespace zerodb::sema
