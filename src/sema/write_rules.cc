// The rules of a table, bound from the text in the catalog.

#include "sema/conversion.h"
#include "sema/expression.h"
#include "sema/narrowing.h"
#include "sema/stored_text.h"
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
  return RuleBinder(c, table, span).bind();
}

}  // namespace zerodb::sema
