// REMOVE.

#include <algorithm>

#include "sema/definition_facility.h"
#include "sema/definition_function.h"
#include "sema/definition_grant.h"
#include "sema/dependents.h"
#include "sema/expression.h"
#include "sema/stored_text.h"

namespace zerodb::sema {
namespace {

using catalog::Table;

class Remover {
 public:
  Remover(Definition& d, ast::Remove node)
      : d_(d),
        c_(d.checking()),
        node_(node),
        name_(node.object().to_string()),
        span_(node.object().span()) {}

  void remove() {
    switch (node_.object_kind()) {
      case ast::ObjectKind::Table:
      case ast::ObjectKind::Edge:
      case ast::ObjectKind::View:
        remove_table();
        return;
      case ast::ObjectKind::Index:
        remove_index();
        return;
      case ast::ObjectKind::Namespace:
        remove_namespace();
        return;
      case ast::ObjectKind::Database:
        remove_database();
        return;
      case ast::ObjectKind::Enum:
        remove_enum();
        return;
      case ast::ObjectKind::Type:
        remove_type();
        return;
      case ast::ObjectKind::Param:
        remove_param();
        return;
      case ast::ObjectKind::Sequence:
      case ast::ObjectKind::Analyzer:
      case ast::ObjectKind::Placement:
      case ast::ObjectKind::Role:
      case ast::ObjectKind::User:
      case ast::ObjectKind::Module:
        remove_facility();
        return;
      case ast::ObjectKind::Function:
        remove_function();
        return;
      default:
        remove_field();
        return;
    }
  }

 private:
  // True if the object is there.
  bool require(bool exists, ErrorCode code, std::string_view kind,
               const std::vector<std::string>& candidates) {
    if (exists) return true;
    if (node_.if_exists()) {
      d_.statement().no_op = true;
      return false;
    }
    auto& diagnostic = c_.report(code, "unknown " + std::string(kind) + " `" + name_ + "`", span_);
    c_.suggest(diagnostic, name_, candidates);
    return false;
  }

  void in_use(const std::string& by) {
    c_.report(ErrorCode::E0211, "`" + name_ + "` is used by `" + by + "`", span_).help =
        "remove that first";
  }

  // Whether something means nothing any more without what was taken out of the draft.
  bool breaks_others() {
    const auto user = user_broken_by(c_, {.next = d_.draft()});
    if (user) in_use(user->name);
    return user.has_value();
  }

  void remove_table() {
    std::vector<std::string> candidates;
    const bool wants_edge = node_.object_kind() == ast::ObjectKind::Edge;
    const bool wants_view = node_.object_kind() == ast::ObjectKind::View;
    for (const Table& table : c_.schema().tables()) {
      if ((table.kind == Table::Kind::View) == wants_view) candidates.push_back(table.name);
    }
    const Table* table = c_.schema().find_table(name_);
    if (table != nullptr && (table->kind == Table::Kind::View) != wants_view) table = nullptr;
    if (!require(table != nullptr, ErrorCode::E0201, wants_view ? "view" : "table", candidates))
      return;
    if (wants_edge && !table->is_edge()) {
      c_.report(ErrorCode::E0503, "`" + name_ + "` is not an edge table", span_);
      return;
    }
    if (const auto user = user_of_table(c_.schema(), *table)) {
      in_use(*user);
      return;
    }
    if (const auto role = grant_that_mentions(c_.schema(), name_, table->id)) {
      in_use(*role);
      return;
    }
    erase_grants_on(d_, catalog::Grant::Target::Table, table->id.value());
    d_.add(catalog::erase_table(d_.database(), table->id));
    for (const catalog::Index& index : table->indexes)
      d_.add(catalog::erase_index(d_.database(), index.id));
    d_.statement().drop.push_back(table->id);
    for (const catalog::Index& index : table->indexes)
      d_.statement().drop_indexes.push_back(index.id);
  }

  void remove_index() {
    if (!node_.on()) {
      c_.report(ErrorCode::E0101, "write REMOVE INDEX .. ON the table", node_.span());
      return;
    }
    const Table* table = find_table(c_, node_.on()->name());
    if (table == nullptr) return;
    std::vector<std::string> candidates;
    for (const catalog::Index& index : table->indexes) candidates.push_back(index.name);
    const catalog::Index* index = table->index(name_);
    if (!require(index != nullptr, ErrorCode::E0207, "index", candidates)) return;
    if (index->origin != catalog::Index::Origin::Definition) {
      c_.report(ErrorCode::E0211, "`" + name_ + "` belongs to a rule of `" + table->name + "`",
                span_)
          .help = "write ALTER TABLE .. DROP CONSTRAINT";
      return;
    }
    d_.add(catalog::erase_index(d_.database(), index->id));
    d_.statement().drop_indexes.push_back(index->id);
  }

  void remove_namespace() {
    const catalog::Namespace* space = c_.schema().find_namespace(name_);
    if (!require(space != nullptr, ErrorCode::E0206, "namespace", {})) return;
    for (const catalog::Database& database : c_.schema().databases()) {
      if (database.namespace_id == space->id) {
        in_use(database.name);
        return;
      }
    }
    d_.touch_root();
    erase_grants_on(d_, catalog::Grant::Target::Namespace, space->id.value());
    d_.add(catalog::erase_namespace(space->id));
  }

  void remove_database() {
    const size_t dot = name_.find('.');
    const catalog::Namespace* space = dot == std::string::npos
                                          ? &c_.schema().current_namespace()
                                          : c_.schema().find_namespace(name_.substr(0, dot));
    const std::string name = dot == std::string::npos ? name_ : name_.substr(dot + 1);
    const catalog::Database* found =
        space == nullptr ? nullptr : c_.schema().find_database(space->id, name);
    if (!require(found != nullptr, ErrorCode::E0206, "database", {})) return;
    if (found->id == c_.schema().database().id) {
      c_.report(ErrorCode::E0211, "`" + name_ + "` is in use by this session", span_);
      return;
    }
    if (found->id == catalog::kMainDatabase) {
      c_.report(ErrorCode::E0211, "sessions start in `" + name_ + "`, so it stays", span_);
      return;
    }
    d_.touch_root();
    erase_grants_on(d_, catalog::Grant::Target::Database, found->id.value());
    d_.add(catalog::erase_database(found->id));
    d_.statement().drop_database = found->id;
  }

  // Fields go with ALTER TABLE; this is the other way to say it.
  void remove_field() {
    if (!node_.on()) {
      c_.report(ErrorCode::E0101, "write REMOVE FIELD .. ON the table", node_.span());
      return;
    }
    const Table* table = find_stored_table(c_, node_.on()->name());
    if (table == nullptr) return;
    std::vector<std::string> candidates;
    for (const catalog::Field& field : table->fields) candidates.push_back(field.name);
    const bool is_there = table->field_position(name_).has_value() ||
                          std::any_of(table->nested.begin(), table->nested.end(),
                                      [&](const auto& each) { return each.rule.name == name_; });
    if (!require(is_there, ErrorCode::E0202, "field", candidates)) return;
    sema::remove_field(d_, *table, name_, span_);
  }

  void remove_enum() {
    const catalog::Enum* found = c_.schema().find_enum(name_);
    if (!require(found != nullptr, ErrorCode::E0205, "enum", {})) return;
    if (const auto user = user_of_type(c_.schema(), name_)) {
      in_use(*user);
      return;
    }
    std::erase_if(d_.parts().enums,
                  [&](const catalog::Enum& each) { return each.type->id == found->type->id; });
    if (breaks_others()) return;
    d_.add(catalog::erase_enum(d_.database(), found->type->id));
  }

  void remove_type() {
    const catalog::NamedType* found = c_.schema().find_type(name_);
    if (!require(found != nullptr, ErrorCode::E0205, "type", {})) return;
    if (const auto user = user_of_type(c_.schema(), name_)) {
      in_use(*user);
      return;
    }
    std::erase_if(d_.parts().types,
                  [&](const catalog::NamedType& each) { return each.id == found->id; });
    if (breaks_others()) return;
    d_.add(catalog::erase_type(d_.database(), found->id));
  }

  void remove_param() {
    if (name_.starts_with('$')) name_.erase(0, 1);
    const catalog::Param* found = c_.schema().find_param(name_);
    if (!require(found != nullptr, ErrorCode::E0204, "parameter", {})) return;
    std::erase_if(d_.parts().params,
                  [&](const catalog::Param& each) { return each.id == found->id; });
    if (breaks_others()) return;
    d_.add(catalog::erase_param(d_.database(), found->id));
  }

  void remove_facility() {
    const auto kind = *facility_kind(node_.object_kind());
    const catalog::Facility* found = c_.schema().find_facility(kind, name_);
    if (!require(found != nullptr, ErrorCode::E0207, facility_text(kind), facility_names(c_, kind)))
      return;
    if (const auto user = user_of_sequence(c_, *found)) {
      in_use(*user);
      return;
    }
    if (kind == catalog::Facility::Kind::Role) {
      for (const catalog::Facility& user : c_.schema().facilities()) {
        if (std::ranges::find(user.roles, found->id) == user.roles.end()) continue;
        in_use(user.name);
        return;
      }
      erase_grants_of(d_, found->id);
    }
    erase_grants_on(d_, catalog::Grant::Target::Facility, found->id);
    d_.add(catalog::erase_facility(d_.database(), found->id));
    if (kind == catalog::Facility::Kind::Sequence)
      d_.add(catalog::erase_sequence_state(d_.database(), found->id));
  }

  void remove_function() {
    std::vector<std::string> candidates;
    for (const catalog::Function& each : c_.schema().functions()) candidates.push_back(each.name);
    const catalog::Function* found = c_.schema().find_function(name_);
    if (!require(found != nullptr, ErrorCode::E0601, "function", candidates)) return;
    if (const auto caller = caller_of(c_.schema(), name_)) {
      in_use(*caller);
      return;
    }
    if (const auto role = grant_that_mentions(c_.schema(), name_, std::nullopt)) {
      in_use(*role);
      return;
    }
    erase_grants_on(d_, catalog::Grant::Target::Function, found->id);
    d_.add(catalog::erase_function(d_.database(), found->id));
  }

  Definition& d_;
  Checking& c_;
  ast::Remove node_;
  std::string name_;
  Span span_;
};

}  // namespace

void remove_object(Definition& d, ast::Remove node) {
  Remover(d, node).remove();
}

}  // namespace zerodb::sema
