// INSERT.

#include <algorithm>

#include "sema/conversion.h"
#include "sema/expression.h"
#include "sema/query_select.h"
#include "sema/write_check.h"
#include "value/cast.h"

namespace zerodb::sema {
namespace {

using Table = catalog::Table;

class InsertChecker {
 public:
  InsertChecker(Checking& c, ast::Insert node, const Table& table)
      : c_(c), node_(node), table_(table) {
    insert_.table = table.id;
    c.written = catalog::Privileges::kCreate;
  }

  InsertStatement check() {
    if (node_.content()) {
      check_objects(node_.content()->value());
    } else {
      check_rows();
    }
    if (node_.on_conflict()) check_conflict(*node_.on_conflict());
    Scope written;
    written.query = c_.add_query(Query::Kind::Select, node_.span());
    add_table_source(c_, written, {&table_}, node_.table().last().name(), false,
                     node_.table().span(), Reach::Create);
    insert_.returning = check_returning(c_, written, table_, node_.returning());
    insert_.rules = bind_rules(c_, table_, node_.table().span());
    return std::move(insert_);
  }

 private:
  void check_objects(ast::Expr value) {
    insert_.input = InsertStatement::Input::Content;
    Scope scope;
    scope.query = c_.add_query(Query::Kind::Select, node_.span());
    insert_.query = scope.query;
    const Type record = record_shape(table_);
    const bool are_several = value.expr_kind() == ast::ExprKind::Array;
    const Type wanted = are_several ? Type::array(record) : record;
    insert_.content = check_expression(c_, scope, value, &wanted);
    if (c_.is_poison(insert_.content)) return;
    Type type = c_.type(insert_.content);
    if (type.is_sequence()) type = type.element();
    if (type.is_any()) return;
    std::vector<Type> members = {type};
    if (type.kind() == TypeKind::Union) members = type.parts();
    for (const Type& member : members) {
      if (member.is_any()) continue;
      if (!member.is_object() || member.is_optional()) {
        c_.report(ErrorCode::E0306,
                  "INSERT takes an object or an array of objects, not `" + c_.text(member) + "`",
                  value.span());
        return;
      }
      check_content_type(c_, table_, member, WriteMode::Create, ContentForm::Record, value.span());
      if (c_.failed()) return;
    }
  }

  void check_rows() {
    const ast::Query query = *node_.query();
    const bool is_values = query.body().values().has_value();
    if (node_.columns()) {
      check_columns(*node_.columns());
    } else if (is_values) {
      take_positions();
    }
    if (c_.failed()) return;
    insert_.query = check_input(query);
    if (c_.failed()) return;
    if (!node_.columns() && !is_values) take_names();
    if (node_.columns() || is_values)
      require_count(node_.columns() ? node_.columns()->span() : query.span());
    if (c_.failed() || insert_.as_records) return;
    convert_outputs();
  }

  // Literals take the types of the columns that they go to.
  QueryId check_input(ast::Query query) {
    const auto values = query.body().values();
    if (!values || query.with() || query.order_by() || query.limit())
      return check_query(c_, nullptr, query);
    std::vector<Type> wanted;
    for (const Place& place : insert_.places) wanted.push_back(place.type);
    return check_values_for(c_, *values, wanted);
  }

  void check_columns(ast::IdentList columns) {
    std::vector<std::string> seen;
    for (const ast::Ident ident : columns.idents()) {
      const std::string name = ident.name();
      if (std::find(seen.begin(), seen.end(), name) != seen.end()) {
        c_.report(ErrorCode::E0412, "`" + name + "` is given twice", ident.span());
        return;
      }
      seen.push_back(name);
      auto place = check_column_place(c_, table_, name, WriteMode::Create, ident.span());
      if (place) insert_.places.push_back(std::move(*place));
    }
  }

  void require_count(Span span) {
    const size_t values = c_.query(insert_.query).outputs.size();
    if (c_.failed() || values == insert_.places.size()) return;
    c_.report(ErrorCode::E0414,
              "there are " + std::to_string(values) + " values for " +
                  std::to_string(insert_.places.size()) + " columns",
              span);
  }

  void take_positions() {
    if (!table_.schemafull) {
      c_.report(ErrorCode::E0413, "`" + table_.name + "` is schemaless: name the columns",
                node_.table().span())
          .help = "write `INSERT INTO " + table_.name + " (a, b) VALUES ..`";
      return;
    }
    const auto add = [&](const std::string& name) {
      if (auto place =
              check_column_place(c_, table_, name, WriteMode::Create, node_.table().span())) {
        insert_.places.push_back(std::move(*place));
      }
    };
    for (const catalog::KeyColumn& column : table_.key) add(column.name);
    for (const catalog::Field& field : table_.fields) {
      if (field.computed_text.empty()) add(field.name);
    }
  }

  bool is_whole_record(const Output& output) const {
    const bool is_field = output.name == "id" || table_.field_position(output.name) ||
                          table_.key_position(output.name);
    return output.type.is_object() || (output.type.is_any() && !is_field);
  }

  void take_names() {
    const std::vector<Output> outputs = c_.query(insert_.query).outputs;
    if (outputs.size() == 1 && is_whole_record(outputs[0])) {
      insert_.as_records = true;
      check_content_type(c_, table_, outputs[0].type, WriteMode::Create, ContentForm::Record,
                         node_.query()->span());
      return;
    }
    for (const Output& output : outputs) {
      for (const Place& other : insert_.places) {
        if (other.field == output.name) {
          c_.report(ErrorCode::E0411,
                    "two columns are called `" + output.name + "`, and rows become records here",
                    node_.query()->span());
          return;
        }
      }
      auto place =
          check_column_place(c_, table_, output.name, WriteMode::Create, node_.query()->span());
      if (place) insert_.places.push_back(std::move(*place));
    }
  }

  Destination destination(size_t column) const {
    const Place& place = insert_.places[column];
    return {"column `" + place.field + "`", place.type, place.span};
  }

  void convert_outputs() {
    const Query::Kind kind = c_.query(insert_.query).kind;
    if (kind == Query::Kind::Values) {
      convert_values();
    } else if (kind == Query::Kind::Select && !c_.query(insert_.query).distinct) {
      convert_select();
    } else {
      convert_through_select();
    }
  }

  void convert_values() {
    auto rows = c_.query(insert_.query).rows;
    for (auto& row : rows) {
      for (size_t column = 0; column < row.size(); ++column)
        row[column] = store_into(c_, row[column], destination(column));
    }
    for (size_t column = 0; column < insert_.places.size(); ++column) {
      std::vector<Type> types;
      for (const auto& row : rows) types.push_back(c_.type(row[column]));
      c_.query(insert_.query).outputs[column].type = Type::union_of(types);
    }
    c_.query(insert_.query).rows = std::move(rows);
  }

  void convert_select() {
    for (size_t column = 0; column < insert_.places.size(); ++column) {
      const ExprId stored =
          store_into(c_, c_.query(insert_.query).outputs[column].expr, destination(column));
      const Type type = c_.type(stored);
      c_.query(insert_.query).outputs[column].expr = stored;
      c_.query(insert_.query).outputs[column].type = type;
    }
  }

  // The rows of a set operation are converted by a select around it.
  void convert_through_select() {
    Scope scope;
    scope.query = c_.add_query(Query::Kind::Select, node_.span());
    add_query_source(c_, scope, insert_.query, "rows", node_.query()->span());
    add_star(c_, scope, node_.query()->span());
    insert_.query = scope.query;
    c_.query(scope.query).cardinality = Cardinality::Many;
    convert_select();
  }

  void check_conflict(ast::OnConflict node) {
    insert_.conflict = node.is_do_nothing() ? InsertStatement::Conflict::Nothing
                                            : InsertStatement::Conflict::Update;
    if (node.target()) check_conflict_target(*node.target());
    Scope scope;
    scope.query = c_.add_query(Query::Kind::Select, node.span());
    insert_.conflict_query = scope.query;
    scope.versions_of = &table_;
    scope.new_is_proposed = true;
    add_table_source(c_, scope, {&table_}, node_.table().last().name(), false, node_.table().span(),
                     Reach::Create);
    if (node.is_do_nothing()) return;
    insert_.on_conflict =
        check_change(c_, scope, table_, {node.set(), std::nullopt, std::nullopt, std::nullopt},
                     WriteMode::Change);
    if (node.where())
      insert_.conflict_where = check_condition(c_, scope, node.where()->condition());
    const ExprId id = column_of(c_, local_source(scope, 0), "id", node.span());
    const Type type = c_.type(id);
    c_.query(scope.query).outputs.push_back({"id", id, type});
  }

  void check_conflict_target(ast::IdentList target) {
    for (const ast::Ident ident : target.idents()) {
      const std::string name = ident.name();
      const bool known = name == "id" || table_.key_position(name) || table_.field_position(name);
      if (!known && table_.schemafull) {
        c_.report(ErrorCode::E0202, "`" + table_.name + "` has no field `" + name + "`",
                  ident.span());
        return;
      }
      insert_.conflict_fields.push_back(name);
    }
    const std::vector<std::string>& fields = insert_.conflict_fields;
    if (fields.size() == 1 && fields[0] == "id") return;
    const auto covers = [&](const catalog::Index& index) {
      if (!index.unique || index.columns.size() != fields.size()) return false;
      return std::all_of(
          index.columns.begin(), index.columns.end(), [&](const catalog::IndexColumn& column) {
            return std::ranges::any_of(
                fields, [&](const std::string& field) { return column.is_field(field); });
          });
    };
    if (std::any_of(table_.indexes.begin(), table_.indexes.end(), covers)) return;
    const bool is_key = !table_.key.empty() && fields.size() == table_.key.size() &&
                        std::all_of(fields.begin(), fields.end(), [&](const auto& name) {
                          return table_.key_position(name).has_value();
                        });
    if (!is_key)
      c_.report(ErrorCode::E0207, "no UNIQUE rule or index is on exactly these fields",
                target.span());
  }

  Checking& c_;
  ast::Insert node_;
  const Table& table_;
  InsertStatement insert_;
};

}  // namespace

InsertStatement check_insert(Checking& c, ast::Insert node) {
  const Table* table = find_target(c, node.table());
  if (table == nullptr) return {};
  if (table->is_edge() && !node.content() && !node.columns()) {
    c.report(ErrorCode::E0504, "an edge is made with RELATE, which gives it `src` and `dst`",
             node.table().span());
    return {};
  }
  return InsertChecker(c, node, *table).check();
}

}  // namespace zerodb::sema
