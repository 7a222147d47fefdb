// Scope: which names mean what inside one query.
//
// A scope belongs to one query and knows its sources from left to right, the scope around it, and
// what is special in the clause that is being checked: whether aggregates may stand here, output
// aliases, OLD and NEW, $value. Depth in Column counts scopes outwards. Threading: one thread; a
// scope lives as long as its query is checked.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sema/checking.h"
#include "zeroql/ast_session.h"

namespace zerodb::sema {

// What a statement does with the records of a source: reads them, or writes them by a privilege.
enum class Reach : uint8_t { Select, Create, Update, Delete };

// How the user of the statement sees the records of a source (access.h).
struct RecordAccess {
  Reach reach = Reach::Select;
  std::vector<const catalog::Grant*> grants;  // of SELECT, on the one table
  bool is_gated = false;  // of several tables: the record is what its gate shows
};

// A source as names see it.
struct ScopeSource {
  enum class Shape : uint8_t {
    Record,   // records of `tables`
    Columns,  // `columns` by position
    Element,  // one value of type `element`
    Unknown,  // a mistake was reported: any name is fine
  };
  Shape shape = Shape::Unknown;
  std::string name;
  bool has_alias = false;
  SourceId id;
  std::vector<const catalog::Table*> tables;
  std::vector<Output> columns;  // names and types
  Type element;
  std::string element_name;     // of the one column, from AS t (name); empty: `name` is it
  std::string ordinal;          // AT name
  bool may_be_missing = false;  // the far side of an outer join
  bool is_list = false;         // an edge of a repeated hop, outside it: an array of records
  std::shared_ptr<const RecordAccess> access;  // shared by copies; null: all columns show

  bool has_open_keys() const;
};

struct CommonTable;

// `x.{ .. }` around an expression: names are members of x first.
struct ShapeBase {
  ExprId value;
  std::optional<ScopeSource> source;  // x is a source: its columns
};

struct Alias {
  std::string name;
  ExprId expr;
};

enum class AliasRule : uint8_t {
  Hidden,        // WHERE, ON
  AfterFields,   // GROUP BY, HAVING
  BeforeFields,  // ORDER BY, QUALIFY
};

enum class AggregateRule : uint8_t { Refused, Allowed };
enum class WindowRule : uint8_t { Refused, Allowed };

// WINDOW name AS (..); checked before anything that may use it.
struct NamedWindow {
  std::string name;
  uint32_t definition;  // position in Query::window_definitions
};

struct Scope {
  Scope* parent = nullptr;
  QueryId query;
  std::vector<ScopeSource> sources;
  // While a subquery in FROM that is not LATERAL is checked, the sources beside it are known but
  // not to be used.
  bool sources_hidden = false;
  // While a common table is checked, nothing is seen of the scopes between its use and its WITH.
  bool is_skipped = false;
  // The last one that is visible here, those of queries around included.
  std::shared_ptr<const CommonTable> common_tables;
  std::vector<Alias> merged;  // columns of JOIN .. USING
  std::vector<Alias> aliases;
  AliasRule alias_rule = AliasRule::Hidden;
  AggregateRule aggregates = AggregateRule::Refused;
  WindowRule windows = WindowRule::Refused;
  std::vector<NamedWindow> named_windows;
  std::vector<ShapeBase> shapes;
  // OLD and NEW: the records of this table.
  const catalog::Table* versions_of = nullptr;
  bool new_is_proposed = false;  // DO UPDATE: NEW is what the statement itself brings
  // $value in an ASSERT.
  std::optional<ExprId> value;
};

// What a name turned out to be.
ExprId resolve_name(Checking& c, Scope& scope, const std::string& name, Span span);

// The source that `name.` means, looking outwards; depth is that of its scope.
struct FoundSource {
  Scope* scope = nullptr;
  size_t position = 0;
  uint32_t depth = 0;
  const ScopeSource& source() const { return scope->sources[position]; }
};
std::optional<FoundSource> find_source(Scope& scope, const std::string& name);

// The column `name` of a source; E0202 if there is none, E0203 if there are two.
ExprId column_of(Checking& c, const FoundSource& found, const std::string& name, Span span);
// The same, or nothing if there is none.
std::optional<ExprId> find_column_of(Checking& c, const FoundSource& found, const std::string& name,
                                     Span span);
// The column at a position of a source whose shape is Columns, whatever its name.
ExprId column_at(Checking& c, const FoundSource& found, uint32_t position, Span span);
// The source itself as a value: its record as an object, its element, or an object of its columns.
ExprId whole_source(Checking& c, const FoundSource& found, Span span);
// Adds the column to the source's list if it is not there, and makes the expression. make_column()
// gives what the user may see of it.
ExprId plain_column(Checking& c, const FoundSource& found, SourceColumn column, Span span);
ExprId make_column(Checking& c, const FoundSource& found, SourceColumn column, Span span);
FoundSource local_source(Scope& scope, size_t position);

// Names that `name` may have meant.
std::vector<std::string> column_names(const Scope& scope);
std::vector<std::string> column_names(const ScopeSource& source);

// The type of the declared field or key column `name`, or of id, over all tables; nothing if none
// has it.
std::optional<Type> field_type(const std::vector<const catalog::Table*>& tables,
                               const std::string& name);

}  // namespace zerodb::sema
