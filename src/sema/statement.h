// Checked statements: what the checker hands to the planner.
//
// Threading: immutable after checking; shared by every execution of a prepared statement.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "catalog/place.h"
#include "catalog/schema.h"
#include "sema/feature.h"
#include "sema/query.h"

namespace zerodb::sema {

struct Statement;

// A parameter of the statement ($name or $1), a session variable (LET) or a database parameter.
// Values are supplied when it runs.
struct Parameter {
  std::string name;  // without the dollar sign
  Type type;
};

// The place that an assignment writes: a field, then steps into it.
struct Place {
  struct Step {
    std::string name;          // a member, if element is kNoExpr
    ExprId element = kNoExpr;  // a position or key
  };
  std::string field;                 // top-level key
  std::optional<uint32_t> declared;  // position of the declared field
  std::vector<Step> steps;
  Type type;  // of what the place holds; any where it cannot be told
  Span span;
};

enum class AssignOp : uint8_t { Set, Add, Subtract, Multiply, Divide };

struct Assignment {
  Place place;
  AssignOp op = AssignOp::Set;
  ExprId value = kNoExpr;
};

// What a write does to one record. Expressions see the record as it was.
struct RecordChange {
  enum class Kind : uint8_t { None, Set, Content, Merge };
  Kind kind = Kind::None;
  std::vector<Assignment> assignments;  // Set
  ExprId object = kNoExpr;              // Content, Merge
  std::vector<Place> unset;
};

// The rules of a table that run on each write, bound to expressions over the record: columns of
// source `record`.
struct TableRules {
  struct Rule {
    std::string name;
    ExprId condition;               // bool, or bool? for an ASSERT that is not asked about none
    std::optional<uint32_t> field;  // ASSERT of a field: not asked where the field is none
    bool on_type = false;
  };
  struct Computation {
    uint32_t field;  // position of the declared field
    ExprId value;
  };
  // A place inside a field: a declared one, or one where a type has ASSERT.
  struct Nested {
    catalog::PlaceRule at;
    ExprId default_value = kNoExpr;
    SourceId value;  // with ASSERT: the source whose column 0 is the value that is asked about
    std::vector<ExprId> asserts;
  };
  // How the user of the statement may write: a grant must hold for the record before and one for
  // it after, and what changes be among the fields of those that hold.
  struct Grant {
    ExprId condition = kNoExpr;       // kNoExpr: always
    std::vector<std::string> fields;  // empty: all
  };
  std::vector<Grant> grants;  // empty: any record, any field
  QueryId query;  // a Select with the one source, the record being written, then those of `nested`
  std::vector<Computation> defaults;  // DEFAULT, in order; applies where the key is absent
  std::vector<Computation> computed;  // COMPUTED
  std::vector<Rule> rules;
  std::vector<Nested> nested;
};

// RETURNING, in every write below: a Select over the sources of the statement's own query, in which
// source 0 stands for the record after the write (before it, in DELETE); OldRecord and NewRecord
// give both. INSERT, CREATE, UPSERT and RELATE have this one source.

struct InsertStatement {
  TableId table;
  enum class Input : uint8_t { Query, Content } input = Input::Query;
  QueryId query;              // Input::Query; its output i goes to places[i]
  std::vector<Place> places;  // empty with as_records
  bool as_records = false;    // the single output is the record as an object
  ExprId content = kNoExpr;   // Input::Content: an object or an array of objects
  enum class Conflict : uint8_t { Fail, Nothing, Update } conflict = Conflict::Fail;
  std::vector<std::string> conflict_fields;  // empty: any unique index or the id
  RecordChange on_conflict;  // DO UPDATE SET; the stored record is source 0 of conflict_query
  QueryId conflict_query;
  ExprId conflict_where = kNoExpr;
  std::optional<QueryId> returning;
  TableRules rules;
};

// CREATE and UPSERT of one record, by id or with a generated one.
struct PutStatement {
  TableId table;
  bool must_be_new = true;  // CREATE; UPSERT otherwise
  ExprId record = kNoExpr;  // a record id; kNoExpr: generate
  QueryId query;  // a Select whose source 0 is the record as it was (all none if there was none)
  RecordChange change;
  std::optional<QueryId> returning;
  TableRules rules;
};

// UPDATE and DELETE: `query` finds the rows; source 0 is the target, its id is output 0.
struct ModifyStatement {
  TableId table;
  bool is_delete = false;
  QueryId query;
  RecordChange change;
  std::optional<QueryId> returning;
  TableRules rules;
  // DELETE: of the other tables whose links to deleted records are unset, which writes records.
  std::map<TableId, TableRules> unset_rules;
};

// RELATE a -> edge -> b, for each row of `query` (one row without FROM): outputs 0 and 1 are the
// two ends.
struct RelateStatement {
  TableId edge;
  QueryId query;
  RecordChange change;
  std::optional<QueryId> returning;
  TableRules rules;
};

// COPY: rows of a file into a table, or of a query into a file.
struct CopyStatement {
  enum class Format : uint8_t { Csv, Ndjson, Json };
  bool is_from = false;
  TableId table;                     // from
  std::vector<std::string> columns;  // from: those that are named; empty: what the file has
  QueryId query;                     // to
  bool rows_are_objects = false;     // to: each row is one object, which is the document
  std::optional<std::string> file;   // without it the parameter
  std::optional<uint32_t> parameter;
  bool is_standard_stream = false;  // STDIN, STDOUT
  std::optional<Format> format;     // without it the ending of the file's name says
  bool has_header = true;
  char delimiter = ',';
  std::string none_text;
  std::optional<std::string> rejects;  // from: the file that takes the rows which do not fit
  TableRules rules;                    // from
  Span span;                           // of the name of the file
};

struct QueryStatement {
  QueryId query;
};
struct LetStatement {
  std::string name;
  Type type;
  QueryId query; /* one row, one column */
};
struct UseStatement {
  std::string namespace_name;
  std::string database_name;
};
struct SetStatement {
  std::string option;
  QueryId query; /* one row, one column */
};
struct ResetStatement {
  std::string option; /* empty: all */
};
struct ShowStatement {
  std::string option; /* empty: all */
};
struct BeginStatement {
  bool read_only = false;
  bool snapshot = false;
  bool serializable = false; /* neither: the setting decides */
};
struct CommitStatement {};
struct RollbackStatement {
  std::string savepoint; /* empty: the whole transaction */
};
struct SavepointStatement {
  std::string name;
};
struct ReleaseStatement {
  std::string name;
};

// DEFINE, ALTER and REMOVE as changes of catalog rows, with what must be done to records that are
// there already.
struct DefinitionStatement {
  std::vector<catalog::Change> changes;
  struct BuildIndex {
    TableId table;
    IndexId index;
  };
  std::vector<BuildIndex> build;  // backfill, and E1002 or E1011 where existing records break it
  std::vector<TableId> verify;    // tables whose records must meet the changed rules: E1011
  std::vector<TableId> refill;  // tables whose records are written anew, so that added DEFAULT and
                                // COMPUTED fields are there
  std::vector<TableId> drop;    // tables whose records and index entries go
  std::vector<IndexId> drop_indexes;        // indexes whose entries go
  std::optional<DatabaseId> drop_database;  // with everything in it
  bool no_op = false;                       // IF [NOT] EXISTS found nothing to do
  bool rebuilds = false;                    // REBUILD, which stands outside of BEGIN
  // A user with a new password, whose row is put once the password is hashed.
  struct NewPassword {
    catalog::Facility user;
    Value literal;                         // a string, or none:
    std::optional<ParameterId> parameter;  // the password comes with the statement
  };
  std::optional<NewPassword> new_password;

  // Whether nothing but one index has to be made: that can be done after the commit, beside
  // writers.
  bool is_index_alone() const {
    return build.size() == 1 && verify.empty() && refill.empty() && drop.empty();
  }
};

// ANALYZE: the tables to look through.
struct AnalyzeStatement {
  std::vector<TableId> tables;
};

// LIVE: the rows of a table for which a condition holds, now and after every change.
struct LiveStatement {
  TableId table;
  bool is_diff = false;
  // Both QueryStatements with the columns that are asked for and behind them the record's id;
  // shared with their plans. `record` gives the row, if it is one, of the record that the last
  // parameter names; the parameters before it are those of `rows`.
  std::shared_ptr<const Statement> rows;
  std::shared_ptr<const Statement> record;
};
struct KillStatement {
  QueryId query; /* one row, one column: the id of a live query */
};

// DESCRIBE: rows made by the checker from the catalog.
struct DescribeStatement {
  std::vector<std::string> columns;
  std::vector<std::vector<Value>> rows;
};

// What the indexes of a table hold besides plain paths, bound to expressions over the record:
// columns of the first source of `query`. The planner compares them with a query's own expressions,
// writes compute them.
struct IndexTerms {
  struct Term {
    IndexId index;
    std::vector<ExprId> columns;     // kNoExpr for a path
    std::vector<ExprId> conditions;  // all must be true of a record that is in the index
  };
  QueryId query;
  std::vector<Term> terms;  // of the indexes that have any
};

// What the user of the statement sees of a record that a link leads to, over the columns of the
// first source of `query`.
struct RecordGate {
  bool is_closed = false;  // nothing at all; else:
  QueryId query;
  ExprId condition = kNoExpr;  // of the records that show; kNoExpr: all
  ExprId record = kNoExpr;     // what shows of them
};

struct ExplainStatement {
  enum class Format : uint8_t { Text, Json, Wasm };  // Wasm: the generated code
  bool analyze = false;
  Format format = Format::Text;
  std::shared_ptr<const Statement> inner;  // shared with the planner, immutable
};

struct Statement {
  std::variant<QueryStatement, InsertStatement, PutStatement, ModifyStatement, RelateStatement,
               LetStatement, UseStatement, SetStatement, ResetStatement, ShowStatement,
               BeginStatement, CommitStatement, RollbackStatement, SavepointStatement,
               ReleaseStatement, DefinitionStatement, DescribeStatement, ExplainStatement,
               CopyStatement, AnalyzeStatement, LiveStatement, KillStatement>
      body;
  ExprPool exprs;
  std::vector<Query> queries;
  std::vector<Parameter> parameters;
  std::vector<Output> columns;  // the row type of the result; empty: the statement gives no rows
  std::map<TableId, IndexTerms> index_terms;  // of the tables that are read or written
  std::map<TableId, RecordGate> gates;        // of tables that links may lead to; none: it is open
  std::vector<FeatureUse> unavailable;        // what this version cannot run: availability_error()
  bool writes = false;
  bool tells_sizes = false;  // sizes of tables as they were when it was checked
  std::shared_ptr<const catalog::Schema>
      schema;  // the snapshot it was checked against, shared by all statements of that version

  const Query& query(QueryId id) const { return queries[id.value()]; }
};

}  // namespace zerodb::sema
