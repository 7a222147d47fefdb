#include "sema/system_rows.h"

#include <algorithm>
#include <cmath>

#include "function/library.h"
#include "sema/access.h"
#include "sema/definition_text.h"
#include "value/zval_builder.h"

namespace zerodb::sema {
namespace {

using catalog::Facility;
using catalog::Grant;
using catalog::Table;
using Row = std::vector<Value>;

Value text(std::string_view value) {
  return Value::string(value);
}

Value text_or_none(const std::string& value) {
  return value.empty() ? Value::none() : Value::string(value);
}

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
  std::string out;
  for (const std::string& part : parts) {
    if (!out.empty()) out += between;
    out += part;
  }
  return out;
}

std::string_view kind_of(const Table& table) {
  if (table.kind == Table::Kind::View) return "view";
  return table.is_edge() ? "edge" : "table";
}

std::string_view volatility_of(function::Volatility volatility) {
  switch (volatility) {
    case function::Volatility::Immutable:
      return "immutable";
    case function::Volatility::Stable:
      return "stable";
    case function::Volatility::Volatile:
      break;
  }
  return "volatile";
}

class RowList {
 public:
  explicit RowList(const Checking& c) : c_(c), schema_(c.schema()) {}

  void namespaces() {
    for (const catalog::Namespace& each : schema_.namespaces()) {
      const bool strong = each.consistency == catalog::Consistency::Strong;
      add({text(each.name), text(strong ? "strong" : "eventual"), text(each.comment)});
    }
  }

  void databases() {
    for (const catalog::Database& each : schema_.databases()) {
      std::string space;
      for (const catalog::Namespace& other : schema_.namespaces()) {
        if (other.id == each.namespace_id) space = other.name;
      }
      add({text(space), text(each.name), text(each.comment)});
    }
  }

  void tables() {
    for (const Table& table : schema_.tables()) {
      if (!sees(table)) continue;
      add({text(schema_.database().name), text(table.name), text(kind_of(table)),
           Value::boolean(table.schemafull), size(&TableSizes::rows, table),
           size(&TableSizes::store_bytes, table), text(table.comment)});
    }
  }

  void fields() {
    for (const Table& table : schema_.tables()) {
      if (!sees(table)) continue;
      for (const catalog::KeyColumn& column : table.key) {
        add({text(table.name), text(column.name), text(column.type_text), Value::none(),
             Value::none(), Value::none(), Value::boolean(true), text("")});
      }
      for (const catalog::Field& field : table.fields) {
        add({text(table.name), text(field.name), text(field.type_text),
             text_or_none(field.default_text), text_or_none(field.computed_text),
             text_or_none(joined(field.assert_texts, " AND ")),
             Value::boolean(field.read_only || !field.computed_text.empty()), text(field.comment)});
      }
      for (const catalog::NestedField& each : table.nested) {
        add({text(table.name), text(each.rule.name), text(each.rule.type_text),
             text_or_none(each.rule.default_text), Value::none(),
             text_or_none(joined(each.rule.assert_texts, " AND ")),
             Value::boolean(each.rule.read_only), text(each.rule.comment)});
      }
    }
  }

  void indexes() {
    for (const Table& table : schema_.tables()) {
      if (!sees(table)) continue;
      for (const catalog::Index& index : table.indexes) {
        ArrayBuilder columns;
        for (const catalog::IndexColumn& column : index.columns)
          columns.add(Value::string(column.text + (column.descending ? " DESC" : "")));
        const bool is_ready = index.state == catalog::Index::State::Ready;
        add({text(table.name), text(index.name), columns.build().value_or(Value::none()),
             text(index.method.empty() ? "btree" : index.method), Value::boolean(index.unique),
             text_or_none(index.condition_text), text(is_ready ? "ready" : "building"),
             Value::float64(is_ready ? 1 : 0), Value::none()});
      }
    }
  }

  void functions() {
    for (const function::Function& each : c_.context.library->functions()) {
      const auto example = each.examples.substr(0, each.examples.find('\n'));
      add({text(each.signature.name), text(each.signature.text), text("scalar"),
           text(volatility_of(each.volatility)), text("built in"), text(each.doc), text(example)});
    }
    for (const function::AggregateFunction& each : c_.context.library->aggregates()) {
      const auto example = each.examples.substr(0, each.examples.find('\n'));
      add({text(each.name), text(each.signature), text("aggregate"), text("immutable"),
           text("built in"), text(each.doc), text(example)});
    }
    for (const function::WindowFunction& each : c_.context.library->windows()) {
      const function::Function& function = each.function;
      const auto example = function.examples.substr(0, function.examples.find('\n'));
      add({text(function.signature.name), text(function.signature.text), text("window"),
           text(volatility_of(function.volatility)), text("built in"), text(function.doc),
           text(example)});
    }
    for (const catalog::Function& each : schema_.functions()) {
      if (!may_see(c_, Grant::Target::Function, each.id)) continue;
      add({text(each.name), text(signature_text(each)), text("scalar"),
           text(volatility_of(function::Volatility(each.volatility))), text("defined"),
           text(each.comment), text("")});
    }
  }

  // Of users without ALL on the database: themselves.
  void users() {
    for (const Facility& each : schema_.facilities()) {
      if (each.kind != Facility::Kind::User || !(sees_all() || each.name == c_.access()->user))
        continue;
      ArrayBuilder roles;
      for (uint32_t id : each.roles) {
        if (const Facility* role = schema_.find_facility(id)) roles.add(text(role->name));
      }
      add({text(each.name), roles.build().value_or(Value::none())});
    }
  }

  // A row for each privilege. Of users without ALL on the database: those of their roles.
  void grants() {
    for (const Grant& grant : schema_.grants()) {
      const Facility* role = schema_.find_facility(grant.role);
      if (role == nullptr || !(sees_all() || has_role(role->name))) continue;
      ArrayBuilder fields;
      for (const std::string& field : grant.fields) fields.add(text(field));
      const Value listed = grant.fields.empty() ? Value::none() : fields.build().value_or(Value());
      const std::string object = granted_object_text(schema_, grant);
      for (const std::string_view word : words_of(grant.privileges)) {
        add({text(role->name), text(word), text(object), listed,
             text_or_none(grant.condition_text)});
      }
    }
  }

  std::vector<Row> take() { return std::move(rows_); }

 private:
  // None of a view, which holds no records.
  Value size(double (TableSizes::*what)(const Table&) const, const Table& table) const {
    if (c_.context.sizes == nullptr || table.kind == Table::Kind::View) return Value::none();
    return Value::int64(std::llround((c_.context.sizes->*what)(table)));
  }
  void add(Row row) { rows_.push_back(std::move(row)); }
  bool sees_all() const { return c_.access() == nullptr || c_.access()->may_define(); }
  bool has_role(const std::string& role) const {
    return std::ranges::find(c_.access()->roles, role) != c_.access()->roles.end();
  }
  bool sees(const Table& table) const {
    return may_see(c_, Grant::Target::Table, table.id.value());
  }

  static std::vector<std::string_view> words_of(uint8_t privileges) {
    static constexpr std::string_view kWords[] = {"SELECT", "CREATE",  "UPDATE",
                                                  "DELETE", "EXECUTE", "DEFINE"};
    std::vector<std::string_view> words;
    for (size_t i = 0; i < std::size(kWords); ++i) {
      if ((privileges & (1U << i)) != 0) words.push_back(kWords[i]);
    }
    return words;
  }

  const Checking& c_;
  const catalog::Schema& schema_;
  std::vector<Row> rows_;
};

}  // namespace

std::optional<std::vector<Row>> system_rows(const Checking& c, const std::string& table) {
  struct Known {
    std::string_view name;
    void (RowList::*fill)();
  };
  static constexpr Known kKnown[] = {
      {"system::namespaces", &RowList::namespaces}, {"system::databases", &RowList::databases},
      {"system::tables", &RowList::tables},         {"system::fields", &RowList::fields},
      {"system::indexes", &RowList::indexes},       {"system::functions", &RowList::functions},
      {"system::users", &RowList::users},           {"system::grants", &RowList::grants}};
  for (const Known& each : kKnown) {
    if (each.name != table) continue;
    RowList rows(c);
    (rows.*each.fill)();
    return rows.take();
  }
  return std::nullopt;
}

bool is_told_by_database(const std::string& table) {
  static constexpr std::string_view kTold[] = {"system::jobs",       "system::live",
                                               "system::sessions",   "system::settings",
                                               "system::statements", "system::transactions"};
  return std::ranges::find(kTold, table) != std::end(kTold);
}

}  // namespace zerodb::sema
