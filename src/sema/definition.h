// Definition: the changes of one DEFINE, ALTER or REMOVE while they are put together.
//
// Changes are tried on a draft of the schema first, so that defaults and rules are checked against
// what will be there. Threading: one thread.
#pragma once

#include "catalog/store_codec.h"
#include "sema/checking.h"
#include "zeroql/ast_session.h"

namespace zerodb::sema {

// Whether the statement goes on when an object of the name is there already.
enum class Existing : uint8_t { Define, Nothing, Replace };

class Definition {
 public:
  explicit Definition(Checking& c)
      : c_(c),
        parts_(c.schema().parts()),
        next_id_(parts_.next_object_id),
        database_(c.schema().database().id) {}

  Checking& checking() { return c_; }
  DatabaseId database() const { return database_; }
  uint32_t new_id() { return next_id_++; }
  // The schema as it will be; change it along with the rows.
  catalog::SchemaParts& parts() { return parts_; }
  catalog::Table* draft_table(TableId id);

  void add(catalog::Change change) { statement_.changes.push_back(std::move(change)); }
  // The root lists of namespaces and databases change, not this database.
  void touch_root() { touches_root_ = true; }
  DefinitionStatement& statement() { return statement_; }

  // The snapshot that the draft describes.
  std::shared_ptr<const catalog::Schema> draft() const {
    return std::make_shared<const catalog::Schema>(parts_);
  }

  // E0208 unless IF NOT EXISTS or OR REPLACE say otherwise.
  template <typename Node>
  Existing existing(const Node& node, bool exists, std::string_view kind, const std::string& name,
                    Span span) {
    if (!exists) return Existing::Define;
    if (node.or_replace()) return Existing::Replace;
    if (!node.if_not_exists()) {
      c_.report(ErrorCode::E0208, std::string(kind) + " `" + name + "` exists already", span).help =
          "write IF NOT EXISTS to keep it";
    }
    statement_.no_op = true;
    return Existing::Nothing;
  }

  // Adds counter and version rows.
  DefinitionStatement finish();

 private:
  Checking& c_;
  catalog::SchemaParts parts_;
  uint32_t next_id_;
  DatabaseId database_;
  bool touches_root_ = false;
  DefinitionStatement statement_;
};

void define_namespace(Definition& d, ast::DefineNamespace node);
void define_database(Definition& d, ast::DefineDatabase node);
void define_table(Definition& d, ast::DefineTable node);
void define_edge(Definition& d, ast::DefineEdge node);
void define_index(Definition& d, ast::DefineIndex node);
void define_field(Definition& d, ast::DefineField node);
void define_enum(Definition& d, ast::DefineEnum node);
void define_type(Definition& d, ast::DefineType node);
void define_param(Definition& d, ast::DefineParam node);
void remove_object(Definition& d, ast::Remove node);
void alter_object(Definition& d, ast::Alter node);
void alter_table(Definition& d, ast::Alter node);
// DEFINE FIELD of one that is not there; records may have had such a key undeclared.
void add_new_field(Definition& d, ast::DefineField node, const catalog::Table& table,
                   catalog::Field field);
// DEFINE OR REPLACE FIELD of a field that is there: its values stay, its type and rules are new.
void replace_field(Definition& d, ast::DefineField node, const catalog::Table& table,
                   catalog::Field field);
// Takes a declared field, or the rules of a place inside one, out of the table.
void remove_field(Definition& d, const catalog::Table& table, const std::string& field, Span span);

// Pieces of tables that DEFINE and ALTER share.
std::string comment_text(std::optional<ast::Comment> comment);
// A field from its type and modifiers; the id is still to be given. UNIQUE is left to the caller.
catalog::Field make_field(Checking& c, const std::string& name, ast::Type type,
                          const ast::Children<ast::FieldModifier>& modifiers);
// Sets the declared type. E0314 for one whose values cannot be stored.
void give_type(Checking& c, catalog::Field& field, ast::Type type);
// Applies one modifier.
void apply_modifier(Checking& c, catalog::Field& field, ast::FieldModifier modifier);
// A rule of a named type, over $value.
void check_type_rule(Checking& c, const Type& type, ast::Expr rule);
void check_type_rule(Checking& c, const Type& type, const std::string& stored_rule);
// E0314, E1004: whether the field may have its REFERENCE.
void check_reference(Checking& c, const catalog::Field& field, Span span);
// An index of the table's own making, under a name that is free; gives it an id.
catalog::Index make_index(Definition& d, const catalog::Table& table, std::string name,
                          std::vector<catalog::IndexColumn> columns, catalog::Index::Origin origin);
catalog::IndexColumn field_column(const std::string& name);
// The two ends of an edge, and the index that WITH (unique = true) has over them.
std::vector<catalog::IndexColumn> columns_of_ends();
bool is_of_unique_option(const catalog::Index& index);
// A UNIQUE rule that the name alone does not tell apart from one that a field or the list would
// get.
bool has_implied_name(const catalog::Index& index);
// What a path is for: fields inside records may be of any type and need no declaration around them.
enum class PathUse : uint8_t { Index, Field };
// E0314 for a path whose values have no order.
void check_indexable(Checking& c, const catalog::Table& table, const catalog::IndexColumn& column,
                     Span span);
// E0202, E0314.
std::optional<catalog::IndexColumn> path_column(Checking& c, const catalog::Table& table,
                                                ast::FieldPath path, PathUse use = PathUse::Index);
// WITH (..) of namespaces, and the limits that databases have as well.
void read_namespace_options(Checking& c, catalog::Namespace& space,
                            std::optional<ast::Options> options);
void read_limits(Checking& c, std::string_view kind, std::optional<ast::Options> options,
                 std::map<std::string, std::string>& limits);
// WITH (..) of tables and edges.
void read_table_options(Checking& c, std::optional<ast::Options> options, catalog::Table& table);
// What a call of a built-in function promises: a zone with a name changes with the zone files, so
// such a call is only stable.
function::Volatility volatility_of_call(const Checking& c, const Expr& call);
// E0609 for functions more volatile than the place, which is named so, allows.
void check_volatility(Checking& c, ExprId root, function::Volatility allowed,
                      std::string_view place);
// Checks defaults, computations and rules of the draft of the table; gives rules without a name
// one.
void check_table_rules(Definition& d, TableId table, Span span);
// Writes the layout of the fields as they are now, as a new version.
void add_layout(catalog::Table& table);
void put_table(Definition& d, catalog::Table table);
std::string free_rule_name(const catalog::Table& table, const std::string& wanted);

}  // namespace zerodb::sema
