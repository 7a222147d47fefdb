// The rules of a table, bound from the text in the catalog.

#include <algorithm>

#include "sema/access.h"
#include "sema/computation_order.h"
#include "sema/conversion.h"
#include "sema/expression.h"
#include "sema/narrowing.h"
#include "sema/stored_text.h"
#include "sema/type_places.h"
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
    for (const catalog::KeyColumn& column : table_.key) bind_key(column);
    for (uint32_t i = 0; i < table_.fields.size(); ++i) bind_field(i, table_.fields[i]);
    order_values();
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

  // A key has the rules of the named types that it is of; it is never none.
  void bind_key(const catalog::KeyColumn& column) {
    if (!has_rules_on_types()) return;
    for (const TypePlace& found :
         type_places(c_, parse_stored_type(c_, column.type_text), {}, true).places) {
      for (const TypePlace::Alternative& each : found.alternatives)
        bind_asserts({column.name, each.type, column.name, std::nullopt, true}, each.asserts);
    }
  }

  bool has_rules_on_types() const {
    return std::ranges::any_of(c_.schema().types(), [](const catalog::NamedType& type) {
      return !type.assert_texts.empty();
    });
  }

  // Two fields may be each other's DEFAULT, as one of them is given.
  void order_values() {
    rules_.defaults = order_computations(c_, rules_.query, rules_.defaults).sorted;
    ComputationOrder computed = order_computations(c_, rules_.query, rules_.computed);
    rules_.computed = std::move(computed.sorted);
    if (!computed.circular) return;
    c_.report(ErrorCode::E0315,
              "`" + table_.fields[*computed.circular].name + "` is computed from itself", span_)
        .help = "COMPUTED may read other fields; a whole record has all of them";
  }

  void bind_field(uint32_t position, const catalog::Field& field) {
    if (!field.default_text.empty())
      rules_.defaults.push_back({position, value_of(position, field, field.default_text)});
    if (!field.computed_text.empty())
      rules_.computed.push_back({position, value_of(position, field, field.computed_text)});
    for (const catalog::NamedType& named : c_.schema().types()) {
      if (uses_type(field.type_text, named.name))
        bind_asserts({field.name, field.type, named.name, position, true}, named.assert_texts);
    }
    bind_asserts({field.name, field.type, field.name, position, false}, field.assert_texts);
  }

  void bind_nested(const catalog::NestedField& nested) {
    const catalog::Field& rule = nested.rule;
    TableRules::Nested out;
    out.at = {catalog::place_of(nested.path), rule};
    if (!rule.default_text.empty()) {
      const ExprId value = check_expression(c_, scope_, stored(rule.default_text), &rule.type);
      out.default_value = store_into(c_, value, {"`" + rule.name + "`", rule.type, span_});
    }
    if (!rule.assert_texts.empty()) {
      out.value = add_place(rule.type.required());
      out.asserts = asserts_of(out.value, rule.type.required(), rule.assert_texts);
    }
    const catalog::Place place = out.at.place;
    rules_.nested.push_back(std::move(out));
    if (!rule.type_text.empty())
      bind_types_within(parse_stored_type(c_, rule.type_text), place, true);
  }

  // The conditions over what is at a place, taken as a value of the type.
  std::vector<ExprId> asserts_of(SourceId place, const Type& type,
                                 const std::vector<std::string>& texts) {
    std::vector<ExprId> out;
    scope_.value = place_value(place, type);
    for (const std::string& text : texts) out.push_back(check_condition(c_, scope_, stored(text)));
    scope_.value.reset();
    return out;
  }

  void bind_types_within(const catalog::Field& field) {
    if (!has_rules_on_types() || field.type_text.empty()) return;
    bind_types_within(parse_stored_type(c_, field.type_text),
                      {{catalog::PlaceStep::Kind::Member, field.name}}, false);
  }

  // The rules of named types that stand anywhere in a type. `asks`: those of the whole type as
  // well, which are not bound elsewhere.
  void bind_types_within(ast::Type node, const catalog::Place& top, bool asks) {
    for (const TypePlace& found : type_places(c_, node, top, asks).places) bind_place(found);
  }

  void bind_place(const TypePlace& found) {
    std::vector<Type> types;
    for (const TypePlace::Alternative& each : found.alternatives) types.push_back(each.type);
    const Type type = Type::union_of(types);
    TableRules::Nested out;
    out.at.place = found.place;
    out.at.rule.name = catalog::to_string(found.place);
    // The type of the whole field has said already what may stand there.
    out.at.rule.type = Type::any();
    out.value = add_place(type);
    if (found.alternatives.size() == 1) {
      out.asserts = asserts_of(out.value, type, found.alternatives[0].asserts);
    } else {
      out.asserts = {one_of(out.value, type, found.alternatives)};
    }
    rules_.nested.push_back(std::move(out));
  }

  // Whether the value is of one of the types and meets its rules.
  ExprId one_of(SourceId place, const Type& type,
                const std::vector<TypePlace::Alternative>& alternatives) {
    Expr any_of = condition(ExprKind::Or);
    for (const TypePlace::Alternative& each : alternatives) {
      Expr is_type = condition(ExprKind::IsType);
      is_type.args = {place_value(place, type)};
      is_type.target = each.type;
      const ExprId is = c_.add(std::move(is_type));
      if (each.asserts.empty()) {
        any_of.args.push_back(is);
        continue;
      }
      Expr all = condition(ExprKind::And);
      all.args = {is};
      for (const ExprId holds : asserts_of(place, each.type, each.asserts))
        all.args.push_back(holds);
      any_of.args.push_back(c_.add(std::move(all)));
    }
    return c_.add(std::move(any_of));
  }

  Expr condition(ExprKind kind) const {
    Expr made;
    made.kind = kind;
    made.type = Type::boolean();
    made.span = span_;
    return made;
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

  // What an ASSERT is about: a column of the record.
  struct Asserted {
    std::string column;
    Type type;
    std::string rule;  // its name
    std::optional<uint32_t> field;
    bool on_type = false;
  };

  void bind_asserts(const Asserted& about, const std::vector<std::string>& texts) {
    for (const std::string& text : texts) {
      const ExprId column = column_of(c_, local_source(scope_, 0), about.column, span_);
      Expr present = c_.expr(column);
      // The rule is not asked about none.
      present.type = present.type.required();
      scope_.value = c_.add(std::move(present));
      const NarrowingScope narrowing(c_);
      c_.narrowings.push_back({column, about.type.required()});
      rules_.rules.push_back(
          {about.rule, check_condition(c_, scope_, stored(text)), about.field, about.on_type});
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
