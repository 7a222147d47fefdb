// The rules of a table, bound from the text in the catalog.

#include <algorithm>

#include "sema/access.h"
#include "sema/conversion.h"
#include "sema/expression.h"
#include "sema/narrowing.h"
#include "sema/stored_text.h"
#include "sema/type_names.h"
#include "sema/write_check.h"

namespace zerodb::sema {
namespace {

class RuleBinder {
 public:
  RuleBinder(Checking& c, const catalog::Table& table, Span span)
      : c_(c), table_(table), foreign_(c, span), span_(span) {
    rules_.query = c.add_query(Query::Kind::Select, span);
    scope_.query = rules_.query;
    add_table_source(c, scope_, {&table}, table.name, false, span);
  }

  TableRules bind() {
    for (uint32_t i = 0; i < table_.fields.size(); ++i) bind_field(i, table_.fields[i]);
    for (const catalog::Rule& rule : table_.rules) {
      rules_.rules.push_back({rule.name, check_condition(c_, scope_, stored(rule.condition_text)),
                              std::nullopt, false});
    }
    for (const catalog::NestedField& nested : table_.nested) bind_nested(nested);
    for (const catalog::Field& field : table_.fields) bind_types_within(field);
    return std::move(rules_);
  }

 private:
  ast::Expr stored(const std::string& text) { return parse_stored_expression(c_, text); }

  ExprId value_of(uint32_t position, const catalog::Field& field, const std::string& text) {
    const ExprId value = check_expression(c_, scope_, stored(text), &table_.fields[position].type);
    return store_into(c_, value, {"`" + field.name + "`", field.type, span_});
  }

  void bind_field(uint32_t position, const catalog::Field& field) {
    if (!field.default_text.empty())
      rules_.defaults.push_back({position, value_of(position, field, field.default_text)});
    if (!field.computed_text.empty())
      rules_.computed.push_back({position, value_of(position, field, field.computed_text)});
    for (const catalog::NamedType& named : c_.schema().types()) {
      if (uses_type(field.type_text, named.name))
        bind_asserts(position, field, named.assert_texts, named.name, true);
    }
    bind_asserts(position, field, field.assert_texts, field.name, false);
  }

  void bind_nested(const catalog::NestedField& nested) {
    const catalog::Field& rule = nested.rule;
    TableRules::Nested out;
    out.place = nested;
    if (!rule.default_text.empty()) {
      const ExprId value = check_expression(c_, scope_, stored(rule.default_text), &rule.type);
      out.default_value = store_into(c_, value, {"`" + rule.name + "`", rule.type, span_});
    }
    const auto bind = [&](const std::vector<std::string>& texts) {
      for (const std::string& text : texts) {
        if (out.asserts.empty()) out.value = add_place(rule.type.required());
        scope_.value = place_value(out.value, rule.type.required());
        out.asserts.push_back(check_condition(c_, scope_, stored(text)));
        scope_.value.reset();
      }
    };
    bind(rule.assert_texts);
    rules_.nested.push_back(std::move(out));
    if (!rule.type_text.empty())
      bind_types_within(parse_stored_type(c_, rule.type_text), nested.path, true);
  }

  void bind_types_within(const catalog::Field& field) {
    const bool has_asserts = std::ranges::any_of(
        c_.schema().types(),
        [](const catalog::NamedType& type) { return !type.assert_texts.empty(); });
    if (!has_asserts || field.type_text.empty()) return;
    const catalog::PathStep top{catalog::PathStep::Kind::Member, field.name, 0};
    bind_types_within(parse_stored_type(c_, field.type_text), {top}, false);
  }

  // The rules of named types that stand anywhere in a type. `asks`: those of the whole type as
  // well, which are not bound elsewhere.
  void bind_types_within(ast::Type node, const catalog::Path& path, bool asks) {
    switch (node.type_kind()) {
      case ast::TypeKind::OptionalType:
        bind_types_within(node.as<ast::OptionalType>().inner(), path, asks);
        return;
      case ast::TypeKind::TupleType: {
        int64_t position = 0;
        for (const ast::Type part : node.as<ast::TupleType>().elements())
          bind_types_within(part, below(path, {catalog::PathStep::Kind::Element, {}, position++}),
                            true);
        return;
      }
      case ast::TypeKind::ObjectType:
        for (const ast::TypeField field : node.as<ast::ObjectType>().fields()) {
          bind_types_within(field.type(),
                            below(path, {catalog::PathStep::Kind::Member, field.ident().name(), 0}),
                            true);
        }
        return;
      case ast::TypeKind::NamedType:
        bind_named_type(node.as<ast::NamedType>(), path, asks);
        return;
      default:
        return;
    }
  }

  void bind_named_type(ast::NamedType node, const catalog::Path& path, bool asks) {
    if (const catalog::NamedType* named = c_.schema().find_type(node.name().name())) {
      if (asks && !named->assert_texts.empty()) {
        catalog::NestedField place;
        place.path = path;
        place.rule.name = catalog::to_string(path);
        place.rule.type = named->type.optional();
        place.rule.type_text = "any";
        place.rule.assert_texts = named->assert_texts;
        bind_nested(place);
      }
      // What its own text is made of, such as another named type.
      bind_types_within(parse_stored_type(c_, named->type_text), path, true);
      return;
    }
    if (!is_list_type(node)) return;
    for (const ast::Type element : node.arguments())
      bind_types_within(element, below(path, {catalog::PathStep::Kind::AllElements, {}, 0}), true);
  }

  static catalog::Path below(catalog::Path path, catalog::PathStep step) {
    path.push_back(std::move(step));
    return path;
  }

  // The source of the values at a place inside a field.
  SourceId add_place(const Type& type) {
    Query& query = c_.query(rules_.query);
    Source source;
    source.kind = Source::Kind::Elements;
    source.name = "$value";
    source.span = span_;
    source.columns.push_back({SourceColumn::Kind::Element, 0, "value", type});
    query.sources.push_back(std::move(source));
    query.joins.resize(query.sources.size());
    return SourceId(static_cast<uint32_t>(query.sources.size() - 1));
  }

  // What $value stands for in an ASSERT of such a place.
  ExprId place_value(SourceId source, const Type& type) {
    Expr made;
    made.kind = ExprKind::Column;
    made.source = source;
    made.index = 0;
    made.type = type;
    made.span = span_;
    return c_.add(std::move(made));
  }

  static bool uses_type(const std::string& type_text, const std::string& name) {
    return type_text == name || type_text == name + "?" || type_text == name_text(name) ||
           type_text == name_text(name) + "?";
  }

  void bind_asserts(uint32_t position, const catalog::Field& field,
                    const std::vector<std::string>& texts, const std::string& name, bool on_type) {
    for (const std::string& text : texts) {
      const ExprId column = column_of(c_, local_source(scope_, 0), field.name, span_);
      Expr present = c_.expr(column);
      // The rule is not asked about none.
      present.type = present.type.required();
      scope_.value = c_.add(std::move(present));
      const NarrowingScope narrowing(c_);
      c_.narrowings.push_back({column, field.type.required()});
      rules_.rules.push_back({name, check_condition(c_, scope_, stored(text)), position, on_type});
      scope_.value.reset();
    }
  }

  Checking& c_;
  const catalog::Table& table_;
  Checking::ForeignText foreign_;
  Span span_;
  Scope scope_;
  TableRules rules_;
};

}  // namespace

TableRules bind_rules(Checking& c, const catalog::Table& table, Span span) {
  const InnerNarrowings narrowings(c);
  TableRules rules = RuleBinder(c, table, span).bind();
  if (c.access() == nullptr || c.failed()) return rules;
  Scope record;
  record.query = rules.query;
  ScopeSource source;
  source.shape = ScopeSource::Shape::Record;
  source.id = SourceId(0);
  source.tables = {&table};
  record.sources.push_back(std::move(source));
  rules.grants = bind_grants(c, record, table, span);
  return rules;
}

}  // namespace zerodb::sema
