// ALTER of everything but tables.

#include <algorithm>

#include "sema/definition_facility.h"
#include "sema/definition_function.h"
#include "sema/definition_view.h"
#include "sema/expression.h"

namespace zerodb::sema {
namespace {

using catalog::Index;
using catalog::Table;

// Behind the last variant, or behind another. The ids of variants are in the order of the variants:
// one between two others takes an id between theirs.
void add_variant(Checking& c, catalog::Enum& changed, EnumType& type, ast::AlterAction action,
                 const std::string& variant) {
  auto place = type.variants.end();
  if (action.after()) {
    place = std::find_if(type.variants.begin(), type.variants.end(),
                         [&](const auto& each) { return each.name == action.after()->name(); });
    ++place;
  }
  if (place == type.variants.end()) {
    type.variants.push_back({changed.next_variant_id, variant});
    changed.next_variant_id += catalog::kVariantStep;
    return;
  }
  const uint32_t before = (place - 1)->id;
  const uint32_t between = before + (place->id - before) / 2;
  if (between == before) {
    c.report(ErrorCode::E1010,
             "there is no room between `" + (place - 1)->name + "` and `" + place->name + "`",
             action.span())
        .help = "define a new enum with the variants in their order";
    return;
  }
  type.variants.insert(place, {between, variant});
}

void alter_enum(Definition& d, ast::Alter node) {
  Checking& c = d.checking();
  const std::string name = node.name().name();
  const catalog::Enum* found = c.schema().find_enum(name);
  if (found == nullptr) {
    c.report(ErrorCode::E0205, "unknown enum `" + name + "`", node.name().span());
    return;
  }
  catalog::Enum changed = *found;
  EnumType type = *found->type;
  for (const ast::AlterAction action : node.actions()) {
    if (action.action_kind() == ast::ActionKind::SetComment) {
      changed.comment = comment_text(action.comment());
      continue;
    }
    if (action.action_kind() != ast::ActionKind::AddVariant) {
      c.report(ErrorCode::E0101, "an enum has no such change", action.span()).help =
          "there are ADD VARIANT and COMMENT";
      return;
    }
    const auto is_after = [&](const EnumType::Variant& each) {
      return each.name == action.after()->name();
    };
    if (action.after() && std::none_of(type.variants.begin(), type.variants.end(), is_after)) {
      c.report(ErrorCode::E0205,
               "enum `" + name + "` has no variant `" + action.after()->name() + "`",
               action.after()->span());
      return;
    }
    const std::string variant = action.ident()->name();
    for (const EnumType::Variant& other : type.variants) {
      if (other.name == variant)
        c.report(ErrorCode::E0208, "`" + name + "` has a variant `" + variant + "` already",
                 action.span());
    }
    add_variant(c, changed, type, action, variant);
  }
  changed.type = std::make_shared<const EnumType>(std::move(type));
  d.add(catalog::put_enum(d.database(), changed));
}

void alter_index(Definition& d, ast::Alter node) {
  Checking& c = d.checking();
  if (!node.on()) {
    c.report(ErrorCode::E0101, "write ALTER INDEX .. ON the table", node.span());
    return;
  }
  const Table* table = find_stored_table(c, node.on()->name());
  if (table == nullptr) return;
  const std::string name = node.name().name();
  const Index* found = table->index(name);
  if (found == nullptr) {
    c.report(ErrorCode::E0207, "`" + table->name + "` has no index `" + name + "`",
             node.name().span());
    return;
  }
  Index changed = *found;
  for (const ast::AlterAction action : node.actions()) {
    if (action.action_kind() == ast::ActionKind::Rename) {
      changed.name = action.ident()->name();
      if (changed.name != name && free_rule_name(*table, changed.name) != changed.name) {
        c.report(ErrorCode::E0208,
                 "`" + table->name + "` has an index `" + changed.name + "` already",
                 action.span());
      }
    } else if (action.action_kind() == ast::ActionKind::SetComment) {
      changed.comment = comment_text(action.comment());
    } else if (action.action_kind() == ast::ActionKind::Rebuild) {
      d.statement().rebuilds = true;
      d.add(catalog::erase_index(d.database(), changed.id));
      d.statement().drop_indexes.push_back(changed.id);
      changed.id = catalog::make_index_id(d.database(), d.new_id());
      d.statement().build.push_back({table->id, changed.id});
    } else {
      c.report(ErrorCode::E0101, "an index has no such change", action.span()).help =
          "there are RENAME TO, REBUILD and COMMENT";
      return;
    }
  }
  d.add(catalog::put_index(d.database(), changed));
}

// Namespaces and databases: options, comment and name.
void alter_root(Definition& d, ast::Alter node) {
  Checking& c = d.checking();
  const bool is_namespace = node.object_kind() == ast::ObjectKind::Namespace;
  const auto parts = node.name().parts();
  const std::string space_name =
      is_namespace || parts.size() > 1 ? parts[0].name() : c.schema().current_namespace().name;
  const catalog::Namespace* space = c.schema().find_namespace(space_name);
  const std::string name = node.name().last().name();
  const catalog::Database* database =
      is_namespace || space == nullptr ? nullptr : c.schema().find_database(space->id, name);
  if (parts.size() > (is_namespace ? 1u : 2u) || space == nullptr ||
      (!is_namespace && database == nullptr)) {
    c.report(ErrorCode::E0206,
             std::string("unknown ") + (is_namespace ? "namespace" : "database") + " `" +
                 node.name().name() + "`",
             node.name().span());
    return;
  }
  catalog::Namespace changed_space = *space;
  catalog::Database changed = database != nullptr ? *database : catalog::Database{};
  for (const ast::AlterAction action : node.actions()) {
    if (action.action_kind() == ast::ActionKind::SetComment) {
      (is_namespace ? changed_space.comment : changed.comment) = comment_text(action.comment());
    } else if (action.action_kind() == ast::ActionKind::SetOptions) {
      if (is_namespace) {
        read_namespace_options(c, changed_space, action.options());
      } else {
        read_limits(c, "a database", action.options(), changed.limits);
      }
    } else if (action.action_kind() == ast::ActionKind::Rename) {
      const std::string to = action.ident()->name();
      const bool is_taken = is_namespace ? c.schema().find_namespace(to) != nullptr
                                         : c.schema().find_database(space->id, to) != nullptr;
      if (to != name && is_taken)
        c.report(ErrorCode::E0208, "`" + to + "` exists already", action.ident()->span());
      (is_namespace ? changed_space.name : changed.name) = to;
    } else {
      c.report(ErrorCode::E0101, "it has no such change", action.span()).help =
          "there are SET (..), COMMENT and RENAME TO";
      return;
    }
  }
  if (is_namespace && space->consistency != changed_space.consistency)
    c.report(ErrorCode::E0810, "the consistency of `" + name + "` is fixed", node.span());
  d.touch_root();
  d.add(is_namespace ? catalog::put_namespace(changed_space) : catalog::put_database(changed));
}

// The comment of a type or parameter; whatever else it is, is defined anew.
void alter_type_or_param(Definition& d, ast::Alter node) {
  Checking& c = d.checking();
  const bool is_type = node.object_kind() == ast::ObjectKind::Type;
  std::string name = node.name().name();
  const catalog::NamedType* type = is_type ? c.schema().find_type(name) : nullptr;
  const catalog::Param* param = is_type ? nullptr : c.schema().find_param(name);
  if (type == nullptr && param == nullptr) {
    c.report(is_type ? ErrorCode::E0205 : ErrorCode::E0204,
             std::string("unknown ") + (is_type ? "type" : "parameter") + " `" + name + "`",
             node.name().span());
    return;
  }
  std::string comment = is_type ? type->comment : param->comment;
  for (const ast::AlterAction action : node.actions()) {
    if (action.action_kind() == ast::ActionKind::SetComment) {
      comment = comment_text(action.comment());
      continue;
    }
    c.report(ErrorCode::E0101, "only its COMMENT can be changed", action.span()).help =
        "write DEFINE OR REPLACE for the rest";
    return;
  }
  if (is_type) {
    catalog::NamedType changed = *type;
    changed.comment = comment;
    d.add(catalog::put_type(d.database(), changed));
  } else {
    catalog::Param changed = *param;
    changed.comment = comment;
    d.add(catalog::put_param(d.database(), changed));
  }
}

}  // namespace

void alter_object(Definition& d, ast::Alter node) {
  Checking& c = d.checking();
  switch (node.object_kind()) {
    case ast::ObjectKind::Table:
    case ast::ObjectKind::Edge:
      alter_table(d, node);
      return;
    case ast::ObjectKind::View:
      alter_view(d, node);
      return;
    case ast::ObjectKind::Enum:
      alter_enum(d, node);
      return;
    case ast::ObjectKind::Index:
      alter_index(d, node);
      return;
    case ast::ObjectKind::Sequence:
    case ast::ObjectKind::Analyzer:
    case ast::ObjectKind::Placement:
    case ast::ObjectKind::Role:
    case ast::ObjectKind::User:
    case ast::ObjectKind::Module:
      alter_facility(d, node);
      return;
    case ast::ObjectKind::Function:
      alter_function(d, node);
      return;
    case ast::ObjectKind::Namespace:
    case ast::ObjectKind::Database:
      alter_root(d, node);
      return;
    case ast::ObjectKind::Type:
    case ast::ObjectKind::Param:
      alter_type_or_param(d, node);
      return;
    default:
      c.report(ErrorCode::E0101, "write ALTER TABLE .. ALTER FIELD", node.span());
      return;
  }
}

}  // namespace zerodb::sema
