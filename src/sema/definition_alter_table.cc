// ALTER TABLE and ALTER EDGE, on live data.

#include <algorithm>

#include "sema/availability.h"
#include "sema/definition.h"
#include "sema/definition_grant.h"
#include "sema/definition_view.h"
#include "sema/dependents.h"
#include "sema/expression.h"
#include "sema/partition.h"
#include "sema/stored_text.h"
#include "sema/type_names.h"

namespace zerodb::sema {
namespace {

using catalog::Field;
using catalog::Index;
using catalog::Table;

// Whether what the index holds may depend on the field: as a column, or within an expression.
bool reads_field(const Table& table, const Index& index, const std::string& name) {
  std::string text = index.condition_text;
  for (const catalog::IndexColumn& column : index.columns) {
    if (!column.path.empty() && column.path.front().name == name) return true;
    if (column.is_expression) text += " " + column.text;
  }
  return has_word(text, name) || has_word(text, table.name);
}

bool covers_field(const Index& index, const std::string& name) {
  return std::any_of(index.columns.begin(), index.columns.end(),
                     [&](const catalog::IndexColumn& column) {
                       return !column.path.empty() && column.path.front().name == name;
                     });
}

class TableAlterer {
 public:
  // `span` names the table.
  TableAlterer(Definition& d, const Table& table, Span span)
      : d_(d), c_(d.checking()), table_(table), span_(span) {}

  void alter(ast::Alter node) {
    for (const ast::AlterAction action : node.actions()) {
      apply(action);
      if (c_.failed()) return;
    }
    store();
  }

  // DEFINE FIELD of one that is not there.
  void add(ast::DefineField node, Field field) {
    add_field(std::move(field), node.is_unique());
    if (!c_.failed()) store();
  }

  // DEFINE OR REPLACE FIELD of a field that is there.
  void replace(ast::DefineField node, Field field) {
    const std::string name = field.name;
    const auto position = table_.field_position(name);
    if (!position) {
      c_.report(ErrorCode::E0211, "`" + name + "` is the key of the table", node.path().span());
      return;
    }
    if (refuse_end(name, node.path().span())) return;
    field.id = table_.fields[*position].id;
    const bool is_reference = field.reference.has_value();
    refills_ = !field.default_text.empty() || !field.computed_text.empty();
    verifies_ = true;
    has_new_layout_ = true;
    table_.fields[*position] = std::move(field);
    touch(name, node.path().span(), false);
    // Those that the field itself had go with it.
    const std::vector<Index> indexes = table_.indexes;
    for (const Index& index : indexes) {
      const bool is_own =
          index.origin == Index::Origin::Unique || index.origin == Index::Origin::Reference;
      if (is_own && index.columns.size() == 1 && covers_field(index, name)) drop_index(index);
    }
    build_indexes_anew(name);
    if (node.is_unique()) add_unique({}, {field_column(name)});
    if (is_reference)
      store_index(
          make_index(d_, table_, "ref_" + name, {field_column(name)}, Index::Origin::Reference));
    store();
  }

  // REMOVE FIELD of a field that is there.
  void remove(const std::string& field, Span span) {
    if (table_.field_position(field)) {
      drop_field(field, span);
    } else {
      std::erase_if(table_.nested, [&](const auto& other) { return other.rule.name == field; });
    }
    if (!c_.failed()) store();
  }

 private:
  void store() {
    if (has_new_layout_) add_layout(table_);
    *d_.draft_table(table_.id) = table_;
    for (const Touched& touched : touched_) {
      if (refuse_broken(touched)) return;
    }
    check_table_rules(d_, table_.id, span_);
    if (c_.failed()) return;
    put_table(d_, *d_.draft_table(table_.id));
    // All of it or nothing: then the index is not left for later.
    verifies_ |= changes_more_ && !d_.statement().build.empty();
    if (refills_) {
      d_.statement().refill.push_back(table_.id);
    } else if (verifies_) {
      d_.statement().verify.push_back(table_.id);
    }
  }

  // A part of the table on which others may depend.
  struct Touched {
    std::string name;
    Span span;
    bool is_gone = false;  // under this name
  };

  // What only changes is bound with all of the new table, so that one of it stands for the others.
  void touch(std::string name, Span span, bool is_gone) {
    if (!is_gone) std::erase_if(touched_, [](const Touched& each) { return !each.is_gone; });
    touched_.push_back({std::move(name), span, is_gone});
  }

  bool refuse_broken(const Touched& touched) {
    SchemaChange change{.next = d_.draft()};
    if (touched.is_gone) {
      change.lost = {table_.id, touched.name};
    } else {
      // The table's own rules say better what is wrong with a new type.
      change.except = table_.id;
    }
    const auto user = user_broken_by(c_, change);
    if (!user) return false;
    const std::string by = user->name == table_.name ? "a rule of `" : "`";
    c_.report(ErrorCode::E0211, "`" + touched.name + "` is used by " + by + user->name + "`",
              touched.span)
        .help = "change that first; it would fail with: " + user->mistake;
    return true;
  }

  // What the index of a unique rule is all that comes of: it may be built after the commit.
  static bool is_index_alone(ast::AlterAction action) {
    return action.unique_rule().has_value() ||
           (action.action_kind() == ast::ActionKind::AlterFieldSet &&
            action.modifier()->kind() == zeroql::NodeKind::FieldUnique);
  }

  void apply(ast::AlterAction action) {
    changes_more_ |= !is_index_alone(action);
    switch (action.action_kind()) {
      case ast::ActionKind::AddRule:
        add_rule(action);
        return;
      case ast::ActionKind::AddField:
        add_field(*action.field());
        return;
      case ast::ActionKind::DropField:
        drop_field(action);
        return;
      case ast::ActionKind::RenameField:
        rename(action);
        return;
      case ast::ActionKind::DropConstraint:
        drop_constraint(*action.ident());
        return;
      case ast::ActionKind::AlterFieldType:
        alter_type(action);
        return;
      case ast::ActionKind::AlterFieldSet:
        alter_set(action);
        return;
      case ast::ActionKind::AlterFieldDrop:
        alter_drop(action);
        return;
      case ast::ActionKind::SetComment:
        table_.comment = comment_text(action.comment());
        return;
      case ast::ActionKind::Schemaless:
        if (table_.is_edge())
          c_.report(ErrorCode::E0101, "an edge table always has a schema", action.span());
        table_.schemafull = false;
        return;
      case ast::ActionKind::Schemafull:
        table_.schemafull = true;
        verifies_ = true;
        touch(table_.name, action.span(), false);
        return;
      case ast::ActionKind::SetOptions:
        set_options(action);
        return;
      case ast::ActionKind::AddPartition:
      case ast::ActionKind::DropPartition:
      case ast::ActionKind::MoveToPlacement:
      case ast::ActionKind::MoveToReplicaSet:
      case ast::ActionKind::SplitPartition:
      case ast::ActionKind::MergePartitions:
        alter_partitions(c_, table_, action);
        require_feature(c_, Feature::Partitions, action.span());
        return;
      case ast::ActionKind::Rename:
        rename_table(*action.ident());
        return;
      default:
        c_.report(ErrorCode::E0101, "a table has no such change", action.span());
        return;
    }
  }

  void set_options(ast::AlterAction action) {
    const bool was_unique = table_.unique_edges;
    read_table_options(c_, action.options(), table_);
    if (table_.unique_edges == was_unique || c_.failed()) return;
    if (table_.unique_edges) {
      add_unique({}, columns_of_ends());
      return;
    }
    const std::vector<Index> indexes = table_.indexes;
    for (const Index& index : indexes) {
      if (is_of_unique_option(index)) drop_index(index);
    }
  }

  void rename_table(ast::Ident ident) {
    const std::string to = ident.name();
    if (to == table_.name) return;
    if (c_.schema().find_table(to) != nullptr)
      c_.report(ErrorCode::E0208, "table `" + to + "` exists already", ident.span());
    if (const auto user = user_of_table(c_.schema(), table_)) {
      c_.report(ErrorCode::E0211, "`" + table_.name + "` is used by `" + *user + "`", ident.span())
          .help = "remove that first";
      return;
    }
    if (refuse_own_name(ident.span())) return;
    const auto follow = [&](std::string& type_text) {
      type_text = rename_record_type(type_text, table_.name, to);
    };
    for (Field& field : table_.fields) follow(field.type_text);
    for (catalog::NestedField& nested : table_.nested) follow(nested.rule.type_text);
    table_.name = to;
  }

  // An expression of the table that names the table itself, such as a record id, cannot follow.
  bool refuse_own_name(Span span) {
    std::string text;
    const auto add = [&](const Field& field) {
      text += field.default_text + " " + field.computed_text + " ";
      for (const std::string& rule : field.assert_texts) text += rule + " ";
    };
    for (const Field& field : table_.fields) add(field);
    for (const catalog::NestedField& nested : table_.nested) add(nested.rule);
    for (const catalog::Rule& rule : table_.rules) text += rule.condition_text + " ";
    for (const Index& index : table_.indexes) {
      text += index.condition_text + " ";
      for (const catalog::IndexColumn& column : index.columns) {
        if (column.is_expression) text += column.text + " ";
      }
    }
    if (!has_word(text, table_.name)) return false;
    c_.report(ErrorCode::E0211, "a rule of `" + table_.name + "` names the table", span).help =
        "change that rule first";
    return true;
  }

  // The ends of an edge are as DEFINE EDGE made them.
  bool refuse_end(const std::string& field, Span span) {
    const bool is_end = field == catalog::kSourceField || field == catalog::kTargetField;
    if (!table_.is_edge() || !is_end) return false;
    c_.report(ErrorCode::E0504, "an edge always has `" + field + "`", span);
    return true;
  }

  Field* require_field(const ast::FieldPath& path) {
    const std::string name = path.first().name();
    if (!path.steps().empty()) return require_nested(path);
    const auto position = table_.field_position(name);
    if (position) return &table_.fields[*position];
    auto& diagnostic = c_.report(ErrorCode::E0202,
                                 "`" + table_.name + "` has no field `" + name + "`", path.span());
    std::vector<std::string> candidates;
    for (const Field& field : table_.fields) candidates.push_back(field.name);
    c_.suggest(diagnostic, name, candidates);
    return nullptr;
  }

  Field* require_nested(const ast::FieldPath& path) {
    const auto column = path_column(c_, table_, path, PathUse::Field);
    if (!column) return nullptr;
    for (catalog::NestedField& each : table_.nested) {
      if (each.path == column->path) return &each.rule;
    }
    c_.report(ErrorCode::E0202, "`" + table_.name + "` has no field `" + column->text + "`",
              path.span());
    return nullptr;
  }

  void store_index(Index index) {
    d_.add(catalog::put_index(d_.database(), index));
    d_.statement().build.push_back({table_.id, index.id});
    table_.indexes.push_back(std::move(index));
  }

  void drop_index(const Index& index) {
    d_.add(catalog::erase_index(d_.database(), index.id));
    d_.statement().drop_indexes.push_back(index.id);
    const IndexId id = index.id;
    std::erase_if(d_.statement().build, [&](const auto& build) { return build.index == id; });
    std::erase_if(table_.indexes, [&](const Index& other) { return other.id == id; });
  }

  void add_unique(std::string name, std::vector<catalog::IndexColumn> columns) {
    if (name.empty()) {
      name = "unique";
      for (const catalog::IndexColumn& column : columns) name += "_" + column.text;
    }
    for (const catalog::IndexColumn& column : columns) check_indexable(c_, table_, column, span_);
    Index index =
        make_index(d_, table_, std::move(name), std::move(columns), Index::Origin::Unique);
    index.unique = true;
    store_index(std::move(index));
  }

  bool is_rule_name_free(const std::optional<ast::Ident>& ident) {
    if (!ident || free_rule_name(table_, ident->name()) == ident->name()) return true;
    c_.report(ErrorCode::E0208, "a rule is called `" + ident->name() + "` already", ident->span());
    return false;
  }

  void add_rule(ast::AlterAction action) {
    if (const auto rule = action.assert_rule()) {
      if (!is_rule_name_free(rule->ident())) return;
      table_.rules.push_back(
          {rule->ident() ? rule->ident()->name() : std::string(), stored_text(rule->condition())});
      verifies_ = true;
      return;
    }
    const auto rule = action.unique_rule();
    if (!is_rule_name_free(rule->ident())) return;
    std::vector<catalog::IndexColumn> columns;
    for (const ast::FieldPath path : rule->paths()) {
      if (auto column = path_column(c_, table_, path)) columns.push_back(std::move(*column));
    }
    if (!c_.failed())
      add_unique(rule->ident() ? rule->ident()->name() : std::string(), std::move(columns));
  }

  void add_field(ast::Field node) {
    const std::string name = node.ident().name();
    if (name == "id" || table_.field_position(name) || table_.key_position(name)) {
      c_.report(ErrorCode::E0208, "`" + table_.name + "` has a field `" + name + "` already",
                node.ident().span());
      return;
    }
    Field field = make_field(c_, name, node.type(), node.modifiers());
    if (!c_.failed()) add_field(std::move(field), node.is_unique());
  }

  void add_field(Field field, bool is_unique) {
    const std::string name = field.name;
    field.id = FieldId(table_.next_field_id++);
    refills_ |= !field.default_text.empty() || !field.computed_text.empty();
    verifies_ = true;
    has_new_layout_ = true;
    const bool is_reference = field.reference.has_value();
    table_.fields.push_back(std::move(field));
    // Those over what was an undeclared key.
    build_indexes_anew(name);
    if (is_unique) add_unique({}, {field_column(name)});
    if (is_reference)
      store_index(
          make_index(d_, table_, "ref_" + name, {field_column(name)}, Index::Origin::Reference));
  }

  bool refuse_used(const std::string& field, Span span) {
    if (const auto view = view_that_names(c_.schema(), table_.name, field)) {
      c_.report(ErrorCode::E0211, "`" + field + "` is used by view `" + *view + "`", span).help =
          "remove that first";
      return true;
    }
    const auto role = grant_that_names(c_.schema(), table_, field);
    if (!role) return false;
    c_.report(ErrorCode::E0211, "`" + field + "` is used by a grant to `" + *role + "`", span)
        .help = "revoke that first";
    return true;
  }

  void drop_field(ast::AlterAction action) {
    const Field* field = require_field(*action.path());
    if (field == nullptr) return;
    const std::string name = field->name;
    if (is_nested(action)) {
      // What records hold there stays.
      std::erase_if(table_.nested, [&](const auto& other) { return other.rule.name == name; });
      return;
    }
    drop_field(name, action.path()->span());
  }

  void drop_field(const std::string& name, Span span) {
    if (refuse_end(name, span)) return;
    for (const Index& index : table_.indexes) {
      if (!covers_field(index, name) || index.origin == Index::Origin::Reference) continue;
      c_.report(ErrorCode::E0211, "`" + name + "` is used by `" + index.name + "`", span);
      return;
    }
    if (refuse_used(name, span)) return;
    const std::vector<Index> indexes = table_.indexes;
    for (const Index& index : indexes) {
      if (covers_field(index, name)) drop_index(index);
    }
    std::erase_if(table_.fields, [&](const Field& other) { return other.name == name; });
    std::erase_if(table_.nested,
                  [&](const auto& other) { return other.path.front().name == name; });
    // Without a schema the expressions of indexes may go on with an undeclared key.
    build_indexes_anew(name);
    has_new_layout_ = true;
    touch(name, span, true);
  }

  void rename(ast::AlterAction action) {
    Field* field = require_field(*action.path());
    if (field == nullptr || refuse_nested(action, "RENAME") ||
        refuse_used(field->name, action.path()->span()))
      return;
    const std::string from = field->name;
    const std::string to = action.ident()->name();
    if (refuse_end(from, action.path()->span())) return;
    if (to == "id" || table_.field_position(to) || table_.key_position(to)) {
      c_.report(ErrorCode::E0208, "`" + table_.name + "` has a field `" + to + "` already",
                action.ident()->span());
      return;
    }
    touch(from, action.path()->span(), true);
    // Records without a schema may have a key of the new name.
    verifies_ |= !table_.schemafull;
    build_indexes_anew(to);
    field->name = to;
    for (Field& each : table_.fields) rename_within(each, from, to);
    for (catalog::NestedField& each : table_.nested) {
      rename_within(each.rule, from, to);
      if (each.path.front().name != from) continue;
      each.path.front().name = to;
      each.rule.name = catalog::to_string(each.path);
    }
    for (catalog::Rule& rule : table_.rules) {
      rule.condition_text = renamed(rule.condition_text, from, to);
    }
    // Stored records find their values by the id of the field, so every layout takes the new name.
    for (catalog::RecordLayout& layout : table_.layouts) {
      for (catalog::RecordLayout::Slot& slot : layout.slots) {
        if (slot.field == field->id) slot.name = to;
      }
    }
    for (Index& index : table_.indexes) rename_within(index, from, to);
  }

  void rename_within(Field& field, const std::string& from, const std::string& to) const {
    field.default_text = renamed(field.default_text, from, to);
    field.computed_text = renamed(field.computed_text, from, to);
    for (std::string& rule : field.assert_texts) rule = renamed(rule, from, to);
  }

  static bool is_nested(ast::AlterAction action) { return !action.path()->steps().empty(); }

  bool refuse_nested(ast::AlterAction action, const std::string& what) {
    if (!is_nested(action)) return false;
    c_.report(ErrorCode::E0101, what + " is not for a place inside a field", action.span());
    return true;
  }

  std::string renamed(const std::string& text, const std::string& from,
                      const std::string& to) const {
    return text.empty() ? text : rename_field(text, table_.name, from, to);
  }

  void rename_within(Index& index, const std::string& from, const std::string& to) {
    if (!reads_field(table_, index, from)) return;
    index.condition_text = renamed(index.condition_text, from, to);
    for (catalog::IndexColumn& column : index.columns) {
      if (column.is_expression) {
        column.text = renamed(column.text, from, to);
      } else if (column.path.front().name == from) {
        column.path.front().name = to;
        column.text = catalog::to_string(column.path);
      }
    }
    d_.add(catalog::put_index(d_.database(), index));
  }

  void drop_constraint(ast::Ident ident) {
    const std::string name = ident.name();
    const size_t before = table_.rules.size();
    std::erase_if(table_.rules, [&](const catalog::Rule& rule) { return rule.name == name; });
    if (table_.rules.size() < before) return;
    const Index* index = table_.index(name);
    if (index != nullptr && index->origin == Index::Origin::Unique) {
      const Index copy = *index;
      drop_index(copy);
      return;
    }
    auto& diagnostic = c_.report(ErrorCode::E0207,
                                 "`" + table_.name + "` has no rule `" + name + "`", ident.span());
    std::vector<std::string> candidates;
    for (const catalog::Rule& rule : table_.rules) candidates.push_back(rule.name);
    for (const Index& each : table_.indexes) candidates.push_back(each.name);
    c_.suggest(diagnostic, name, candidates);
  }

  void alter_type(ast::AlterAction action) {
    Field* field = require_field(*action.path());
    if (field == nullptr || refuse_end(field->name, action.span())) return;
    give_type(c_, *field, *action.type());
    if (c_.failed()) return;
    if (field->reference) check_reference(c_, *field, action.span());
    verifies_ = true;
    touch(field->name, action.span(), false);
    if (is_nested(action)) return;
    has_new_layout_ = true;
    build_indexes_anew(field->name);
  }

  // Keys of an index are of the field's type, so its indexes are built anew under new ids.
  void build_indexes_anew(const std::string& field) {
    const std::vector<Index> indexes = table_.indexes;
    for (const Index& index : indexes) {
      if (!reads_field(table_, index, field)) continue;
      for (const catalog::IndexColumn& column : index.columns) {
        if (!column.is_expression) check_indexable(c_, table_, column, span_);
      }
      Index anew = index;
      anew.id = catalog::make_index_id(d_.database(), d_.new_id());
      anew.state = Index::State::Ready;
      drop_index(index);
      store_index(std::move(anew));
    }
  }

  void alter_set(ast::AlterAction action) {
    Field* field = require_field(*action.path());
    if (field == nullptr || refuse_end(field->name, action.span())) return;
    const ast::FieldModifier modifier = *action.modifier();
    const bool is_of_whole = modifier.kind() == zeroql::NodeKind::FieldUnique ||
                             modifier.kind() == zeroql::NodeKind::FieldReference ||
                             modifier.kind() == zeroql::NodeKind::FieldComputed;
    if (is_of_whole && refuse_nested(action, "this rule")) return;
    if (modifier.kind() == zeroql::NodeKind::FieldUnique) {
      if (!has_unique_rule(field->name)) add_unique({}, {field_column(field->name)});
      return;
    }
    apply_modifier(c_, *field, modifier);
    if (c_.failed()) return;
    if (modifier.kind() == zeroql::NodeKind::FieldReference) {
      const std::string name = field->name;
      const bool known =
          std::any_of(table_.indexes.begin(), table_.indexes.end(), [&](const Index& index) {
            return index.origin == Index::Origin::Reference && covers_field(index, name);
          });
      if (!known)
        store_index(
            make_index(d_, table_, "ref_" + name, {field_column(name)}, Index::Origin::Reference));
    }
    verifies_ |= modifier.kind() == zeroql::NodeKind::FieldAssert ||
                 modifier.kind() == zeroql::NodeKind::FieldReference;
    refills_ |= modifier.kind() == zeroql::NodeKind::FieldComputed;
  }

  bool has_unique_rule(const std::string& field) const {
    return std::ranges::any_of(table_.indexes, [&](const Index& index) {
      return index.origin == Index::Origin::Unique && index.columns.size() == 1 &&
             index.columns[0].path == field_column(field).path;
    });
  }

  void alter_drop(ast::AlterAction action) {
    Field* field = require_field(*action.path());
    if (field == nullptr || refuse_end(field->name, action.span())) return;
    switch (action.dropped()) {
      case zeroql::NodeKind::FieldDefault:
        field->default_text.clear();
        return;
      case zeroql::NodeKind::FieldComputed:
        field->computed_text.clear();
        return;
      case zeroql::NodeKind::FieldAssert:
        field->assert_texts.clear();
        return;
      case zeroql::NodeKind::FieldReadonly:
        field->read_only = false;
        return;
      case zeroql::NodeKind::Comment:
        field->comment.clear();
        return;
      case zeroql::NodeKind::FieldUnique:
        if (refuse_nested(action, "UNIQUE")) return;
        drop_indexes_on(field->name, Index::Origin::Unique, action.span());
        return;
      case zeroql::NodeKind::FieldReference:
        if (refuse_nested(action, "REFERENCE")) return;
        field->reference.reset();
        drop_indexes_on(field->name, Index::Origin::Reference, action.span());
        return;
      default:
        c_.report(ErrorCode::E0101, "a field has no such part", action.span());
        return;
    }
  }

  void drop_indexes_on(const std::string& name, Index::Origin origin, Span span) {
    const std::vector<Index> indexes = table_.indexes;
    bool found = false;
    for (const Index& index : indexes) {
      if (index.origin != origin || index.columns.size() != 1 || !covers_field(index, name))
        continue;
      drop_index(index);
      found = true;
    }
    if (!found) c_.report(ErrorCode::E0207, "`" + name + "` has no such rule", span);
  }

  Definition& d_;
  Checking& c_;
  Table table_;
  Span span_;
  std::vector<Touched> touched_;
  bool changes_more_ = false;
  bool has_new_layout_ = false;
  bool verifies_ = false;
  bool refills_ = false;
};

}  // namespace

void alter_table(Definition& d, ast::Alter node) {
  const Table* table = find_stored_table(d.checking(), node.name());
  if (table != nullptr) TableAlterer(d, *table, node.name().span()).alter(node);
}

void add_new_field(Definition& d, ast::DefineField node, const Table& table, Field field) {
  TableAlterer(d, table, node.path().span()).add(node, std::move(field));
}

void replace_field(Definition& d, ast::DefineField node, const Table& table, Field field) {
  TableAlterer(d, table, node.path().span()).replace(node, std::move(field));
}

void remove_field(Definition& d, const Table& table, const std::string& field, Span span) {
  TableAlterer(d, table, span).remove(field, span);
}

}  // namespace zerodb::sema
