#include "sema/definition.h"

#include "sema/availability.h"
#include "sema/conversion.h"
#include "sema/definition_check.h"
#include "sema/definition_facility.h"
#include "sema/definition_function.h"
#include "sema/definition_grant.h"
#include "sema/definition_view.h"
#include "sema/dependents.h"
#include "sema/expression.h"
#include "sema/options.h"
#include "sema/stored_text.h"
#include "sema/type_names.h"
#include "sema/type_places.h"
#include "zeroql/literal.h"

namespace zerodb::sema {
namespace {

void refuse_options(Checking& c, std::optional<ast::Options> options, std::string_view kind) {
  if (!options) return;
  for (const ast::OptionEntry option : options->list()) {
    c.report(ErrorCode::E0210,
             "unknown option `" + option.ident().name() + "` of " + std::string(kind),
             option.ident().span());
  }
}

bool is_library_type(const std::string& name) {
  constexpr std::string_view kNames[] = {
      "any",    "bool",   "int",    "float",   "string", "bytes",  "datetime", "duration", "uuid",
      "regex",  "object", "record", "edge",    "array",  "vector", "hashset",  "hashmap",  "range",
      "option", "result", "stream", "decimal", "none",   "i8",     "i16",      "i32",      "i64",
      "i128",   "u8",     "u16",    "u32",     "u64",    "u128",   "f32",      "f64"};
  for (const std::string_view known : kNames) {
    if (known == name) return true;
  }
  return false;
}

bool is_type_name_free(Definition& d, const std::string& name, Span span) {
  Checking& c = d.checking();
  if (!is_library_type(name)) return true;
  c.report(ErrorCode::E0608, "`" + name + "` is a built-in type", span);
  return false;
}

// What a namespace and a database may hold at most.
std::vector<OptionRule> limit_rules() {
  return {
      {"storage_max", Tag::I64, 0}, {"memory_max", Tag::I64, 0}, {"statements_max", Tag::I64, 0}};
}

}  // namespace

catalog::Table* Definition::draft_table(TableId id) {
  for (catalog::Table& table : parts_.tables) {
    if (table.id == id) return &table;
  }
  return nullptr;
}

DefinitionStatement Definition::finish() {
  if (statement_.changes.empty()) return std::move(statement_);
  if (touches_root_) {
    add(catalog::put_root_version(SchemaVersion(parts_.root_version.value() + 1)));
    return std::move(statement_);
  }
  if (next_id_ != parts_.next_object_id) add(catalog::put_database_counter(database_, next_id_));
  add(catalog::put_database_version(database_, SchemaVersion(parts_.version.value() + 1)));
  return std::move(statement_);
}

std::string comment_text(std::optional<ast::Comment> comment) {
  if (!comment) return {};
  auto text = zeroql::decode_string(comment->literal().text());
  return text.has_value() ? std::move(text).value() : std::string();
}

void read_limits(Checking& c, std::string_view kind, std::optional<ast::Options> options,
                 std::map<std::string, std::string>& limits) {
  static const std::vector<OptionRule> kRules = limit_rules();
  read_options(c, kind, kRules, options, limits);
}

void read_namespace_options(Checking& c, catalog::Namespace& space,
                            std::optional<ast::Options> options) {
  static const std::vector<OptionRule> kRules = [] {
    std::vector<OptionRule> rules = limit_rules();
    rules.push_back({.name = "consistency", .choices = {"strong", "eventual"}});
    return rules;
  }();
  read_options(c, "a namespace", kRules, options, space.limits);
  if (c.failed()) return;
  if (space.limits.erase("consistency") > 0) {
    const auto consistency = option_value(c, *find_option(options, "consistency"));
    space.consistency = consistency->as_string() == "eventual" ? catalog::Consistency::Eventual
                                                               : catalog::Consistency::Strong;
  }
}

void define_namespace(Definition& d, ast::DefineNamespace node) {
  Checking& c = d.checking();
  const std::string name = node.name().name();
  const catalog::Namespace* found = c.schema().find_namespace(name);
  const Existing existing =
      d.existing(node, found != nullptr, "namespace", name, node.name().span());
  if (existing == Existing::Nothing) return;
  catalog::Namespace space;
  space.name = name;
  space.id = found != nullptr ? found->id : NamespaceId(d.parts().next_namespace_id);
  space.comment = comment_text(node.comment());
  read_namespace_options(c, space, node.options());
  if (found != nullptr && found->consistency != space.consistency) {
    c.report(ErrorCode::E0810, "the consistency of `" + name + "` is fixed", node.span());
  }
  d.touch_root();
  d.add(catalog::put_namespace(space));
  if (found == nullptr)
    d.add(catalog::put_root_counters(d.parts().next_namespace_id + 1, d.parts().next_database_id));
}

void define_database(Definition& d, ast::DefineDatabase node) {
  Checking& c = d.checking();
  const auto parts = node.name().parts();
  const std::string space_name =
      parts.size() == 2 ? parts[0].name() : c.schema().current_namespace().name;
  const catalog::Namespace* space =
      parts.size() <= 2 ? c.schema().find_namespace(space_name) : nullptr;
  if (space == nullptr) {
    c.report(ErrorCode::E0206, "unknown namespace `" + space_name + "`", node.name().span());
    return;
  }
  const std::string name = node.name().last().name();
  const catalog::Database* found = c.schema().find_database(space->id, name);
  if (d.existing(node, found != nullptr, "database", name, node.name().span()) == Existing::Nothing)
    return;
  catalog::Database database;
  database.name = name;
  database.namespace_id = space->id;
  database.id = found != nullptr ? found->id : DatabaseId(d.parts().next_database_id);
  database.comment = comment_text(node.comment());
  read_limits(c, "a database", node.options(), database.limits);
  d.touch_root();
  d.add(catalog::put_database(database));
  if (found != nullptr) return;
  d.add(catalog::put_root_counters(d.parts().next_namespace_id, d.parts().next_database_id + 1));
  d.add(catalog::put_database_version(database.id, SchemaVersion(1)));
  d.add(catalog::put_database_counter(database.id, 1));
}

namespace {

// OR REPLACE: the enum or type of that name goes.
void take_type_away(Definition& d, const std::string& name, Span span) {
  Checking& c = d.checking();
  if (const auto user = user_of_type(c.schema(), name)) {
    c.report(ErrorCode::E0211, "`" + name + "` is used by `" + *user + "`", span).help =
        "remove that first";
    return;
  }
  if (const catalog::Enum* found = c.schema().find_enum(name))
    d.add(catalog::erase_enum(d.database(), found->type->id));
  if (const catalog::NamedType* found = c.schema().find_type(name))
    d.add(catalog::erase_type(d.database(), found->id));
}

}  // namespace

void define_enum(Definition& d, ast::DefineEnum node) {
  Checking& c = d.checking();
  catalog::Enum made;
  EnumType type;
  type.name = node.name().name();
  if (!is_type_name_free(d, type.name, node.name().span())) return;
  const bool exists =
      c.schema().find_enum(type.name) != nullptr || c.schema().find_type(type.name) != nullptr;
  const Existing existing = d.existing(node, exists, "type", type.name, node.name().span());
  if (existing == Existing::Nothing) return;
  if (existing == Existing::Replace) take_type_away(d, type.name, node.span());
  refuse_options(c, node.options(), "an enum");
  type.id = EnumId(d.new_id());
  for (const ast::Ident ident : node.variants().idents()) {
    const std::string variant = ident.name();
    for (const EnumType::Variant& other : type.variants) {
      if (other.name == variant)
        c.report(ErrorCode::E0209, "variant `" + variant + "` stands twice", ident.span());
    }
    type.variants.push_back({made.next_variant_id, variant});
    made.next_variant_id += catalog::kVariantStep;
  }
  made.type = std::make_shared<const EnumType>(std::move(type));
  made.comment = comment_text(node.comment());
  d.add(catalog::put_enum(d.database(), made));
}

void check_type_rule(Checking& c, const Type& type, ast::Expr rule) {
  Scope scope;
  scope.query = c.add_query(Query::Kind::Select, rule.span());
  Expr value;
  value.kind = ExprKind::Parameter;
  value.type = type.required();
  value.index = Expr::kValueParameter;
  scope.value = c.add(std::move(value));
  check_condition(c, scope, rule);
}

void check_type_rule(Checking& c, const Type& type, const std::string& stored_rule) {
  check_type_rule(c, type, parse_stored_expression(c, stored_rule));
}

void define_type(Definition& d, ast::DefineType node) {
  Checking& c = d.checking();
  const std::string name = node.name().name();
  if (!is_type_name_free(d, name, node.name().span())) return;
  const bool exists =
      c.schema().find_enum(name) != nullptr || c.schema().find_type(name) != nullptr;
  const Existing existing = d.existing(node, exists, "type", name, node.name().span());
  if (existing == Existing::Nothing) return;
  if (existing == Existing::Replace) take_type_away(d, name, node.span());
  refuse_options(c, node.options(), "a type");
  catalog::NamedType made;
  made.name = name;
  c.defined_type = name;
  made.type = check_type(c, node.type());
  c.defined_type.clear();
  made.type_text = stored_text(node.type());
  if (type_places(c, node.type(), {}, false).is_ambiguous)
    require_feature(c, Feature::AmbiguousAsserts, node.type().span());
  for (const ast::FieldAssert rule : node.asserts()) {
    check_type_rule(c, made.type, rule.condition());
    made.assert_texts.push_back(stored_text(rule.condition()));
  }
  made.comment = comment_text(node.comment());
  made.id = d.new_id();
  d.add(catalog::put_type(d.database(), made));
}

void define_param(Definition& d, ast::DefineParam node) {
  Checking& c = d.checking();
  catalog::Param made;
  made.name = node.parameter().name();
  const catalog::Param* found = c.schema().find_param(made.name);
  if (d.existing(node, found != nullptr, "parameter", "$" + made.name, node.parameter().span()) ==
      Existing::Nothing)
    return;
  Scope scope;
  scope.query = c.add_query(Query::Kind::Select, node.span());
  std::optional<Type> declared;
  if (node.type()) declared = check_type(c, *node.type());
  ExprId value = check_expression(c, scope, node.value(), declared ? &*declared : nullptr);
  if (declared)
    value = store_into(c, value, {"`$" + made.name + "`", *declared, node.value().span()});
  if (node.type()) made.type_text = stored_text(*node.type());
  made.type = declared.value_or(c.type(value));
  made.value_text = stored_text(node.value());
  made.comment = comment_text(node.comment());
  made.id = found != nullptr ? found->id : d.new_id();
  d.add(catalog::put_param(d.database(), made));
}

DefinitionStatement check_definition(Checking& c, ast::Statement node) {
  Definition d(c);
  using Kind = ast::StatementKind;
  switch (node.statement_kind()) {
    case Kind::DefineNamespace:
      define_namespace(d, node.as<ast::DefineNamespace>());
      break;
    case Kind::DefineDatabase:
      define_database(d, node.as<ast::DefineDatabase>());
      break;
    case Kind::DefineTable:
      define_table(d, node.as<ast::DefineTable>());
      break;
    case Kind::DefineEdge:
      define_edge(d, node.as<ast::DefineEdge>());
      break;
    case Kind::DefineIndex:
      define_index(d, node.as<ast::DefineIndex>());
      break;
    case Kind::DefineField:
      define_field(d, node.as<ast::DefineField>());
      break;
    case Kind::DefineEnum:
      define_enum(d, node.as<ast::DefineEnum>());
      break;
    case Kind::DefineType:
      define_type(d, node.as<ast::DefineType>());
      break;
    case Kind::DefineParam:
      define_param(d, node.as<ast::DefineParam>());
      break;
    case Kind::Remove:
      remove_object(d, node.as<ast::Remove>());
      break;
    case Kind::Alter:
      alter_object(d, node.as<ast::Alter>());
      break;
    case Kind::DefineSequence:
    case Kind::DefineAnalyzer:
    case Kind::DefinePlacement:
    case Kind::DefineRole:
    case Kind::DefineUser:
    case Kind::DefineModule:
      define_facility(d, node);
      break;
    case Kind::DefineFunction:
      define_function(d, node.as<ast::DefineFunction>());
      break;
    case Kind::Grant:
      define_grant(d, node.as<ast::Grant>());
      break;
    case Kind::Revoke:
      define_revoke(d, node.as<ast::Revoke>());
      break;
    case Kind::DefineView:
      define_view(d, node.as<ast::DefineViewStatement>());
      break;
    default:
      UNREACHABLE();
  }
  return d.finish();
}

}  // namespace zerodb::sema
