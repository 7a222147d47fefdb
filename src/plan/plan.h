// Plan: a checked statement made ready to run: a tree of operators with their programs, and what a
// write does with each row.
//
// Nodes live in a vector and name their children by NodeId. A node delivers batches of its columns;
// what it computes is a Program whose inputs are the columns of its child (or of its left and right
// child, in this order). Parameters of all programs share one numbering: the statement's own from
// 0, lifted literals from kFirstLiteral, the outer values of correlated subplans from kFirstOuter.
// So statements that differ in literals have equal programs and share generated code. Threading:
// immutable after planning; shared by all executions.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "plan/program.h"
#include "plan/scalar.h"
#include "plan/window.h"
#include "sema/statement.h"
#include "value/record_codec.h"

namespace zerodb::plan {

using NodeId = StrongId<struct NodeIdTag, uint32_t>;
inline constexpr NodeId kNoNode{UINT32_MAX};

inline constexpr uint32_t kFirstLiteral = 1 << 20;
inline constexpr uint32_t kFirstOuter = 1 << 24;

struct OutputColumn {
  std::string name;
  Type type;
};

struct Bound {
  Scalar value;
  bool inclusive = true;
};

// The key of a record, or the record id itself.
struct RecordRef {
  Scalar value;
  bool is_key = false;   // value is the key; otherwise a record id
  bool is_list = false;  // value is an array of record ids
};

struct PathPlan;

// A value that a column may have, or an array of such values.
struct ListedValue {
  Scalar value;
  bool is_list = false;
};

// How a pair of keys is ordered on both sides of a join that merges.
struct MergeKey {
  uint32_t key = 0;  // position in the keys of the join
  bool descending = false;
  bool nulls_first = false;
};

struct Node {
  enum class Kind : uint8_t {
    OneRow,     // one row without columns
    TableScan,  // reads `reads` of all records of `tables`, or of ranges of keys: from `low` to
                // `high`, or by the columns of the key as in IndexScan
    PointRead,  // reads `reads` of the records named by `records`; each once, in the order of keys
    IndexScan,  // records by `index`: `equals` on its leading columns, then `one_of` or `low` and
                // `high` on the next one
    Rows,       // `rows`
    Elements,   // the elements of the array `args[0]`; columns Element, Ordinal
    Function,   // table function `label` over args
    Stage,      // program: filter and projection
    Expand,     // the child's columns, then those of `left_keys`, once for each of `grouping_sets`
                // with none where a key is not in the set, then the number of the set
    Aggregate,  // program: filter, groups and states; columns: group keys, then aggregates
    Window,     // the child's columns, then the values of `windows`
    Distinct,   // over the first `width` columns
    Sort,       // by `order`; with a limit only the first rows are kept
    Limit,      // skips `offset` rows, then passes `limit`
    Cut,        // the first `width` columns
    SetOperation,  // of its two children
    Recursive,     // children: start, step; rounds until the step gives no (new) row
    LastRound,     // `reads` of the rows of the last round, inside the step of `recursion`
    Shared,        // the child's rows, which several readers share: it runs once
    Join,  // children: left, right; hash join on `left_keys` = `right_keys` (none: all pairs),
           // program: rest of ON; `marking` says which columns follow the left ones
    LateralJoin,  // children: left, right; the right one runs for each left row with `outer` set;
                  // program: rest of ON
    LookupJoin,   // child: left; records by `hops`' indexes for the key in column `left_keys[0]`,
                  // then `reads`
    FetchJoin,    // child: left; the record that column `left_keys[0]` names, if it is in `tables`,
                  // then `reads`
    PathJoin,     // child: left; the paths of `path` that start at the vertex in column
                  // `left_keys[0]`
  };
  // An index on `column` of an edge (or other) table that finds its records for a key.
  struct LookupPath {
    TableId table;
    IndexId index;
    uint32_t other_end = UINT32_MAX;  // position of the field with the vertex at the other end
    bool skip_loops = false;  // records whose two ends are equal are found by the other path
  };

  Kind kind = Kind::OneRow;
  std::vector<NodeId> children;
  std::vector<OutputColumn> columns;
  double estimated_rows = 1;
  uint32_t rows_max = UINT32_MAX;  // at most so many rows, if that is known
  std::string label;               // name of the source, or of the table function

  std::vector<TableId> tables;
  std::vector<sema::SourceColumn> reads;
  std::vector<RecordRef> records;
  IndexId index;
  bool by_key_columns = false;  // TableScan: `equals` and what follows are of the key's columns
  std::vector<Scalar> equals;
  std::vector<ListedValue> one_of;
  bool finds_links = false;  // IndexScan: also entries of a link where the last value may be
  std::optional<Bound> low;  // keys of records, or of the column after `equals`
  std::optional<Bound> high;
  bool descending = false;  // walk backwards
  std::vector<std::vector<Scalar>> rows;
  std::vector<Scalar> args;

  ProgramPtr program;
  uint32_t width = 0;
  std::vector<SortKey> order;
  std::optional<Scalar> limit;
  std::optional<Scalar> offset;

  std::vector<std::vector<uint32_t>> grouping_sets;  // Expand: positions in left_keys
  std::vector<uint32_t> empty_sets;  // Aggregate over an Expand: sets that have a row without input
  sema::QueryId recursion;           // Recursive, LastRound
  std::shared_ptr<const WindowPlan> windows;  // shared by copies of the node

  sema::Query::SetOp set_op = sema::Query::SetOp::Union;
  bool all = false;
  std::vector<uint32_t> right_columns;
  sema::JoinKind join = sema::JoinKind::Inner;
  // Join: whether a left row has a match, as one more column: instead of the right ones, each left
  // row being there once, or behind them.
  enum class Marking : uint8_t { None, Instead, Behind };
  Marking marking = Marking::None;
  bool first_key_rejects_none = false;  // Join: none in the first key matches nothing
  // Join: by column, whether nobody reads it; it is then none. Empty: all are read.
  std::vector<bool> dead;
  std::vector<uint32_t> left_keys;   // columns of the left child
  std::vector<uint32_t> right_keys;  // columns of the right child
  // Join: how both inputs come sorted by the keys (plan/row_order.h). Empty: they do not.
  std::vector<MergeKey> merge_keys;
  bool merges = false;  // Join: by `merge_keys`, not by hash
  // Aggregate, Distinct: rows of a group follow each other.
  bool is_clustered = false;
  bool is_limited = false;  // Aggregate, Join: perhaps not all of its rows are asked for
  std::vector<LookupPath> paths;
  std::shared_ptr<const PathPlan> path;  // shared by copies of the node
  bool adds_other_end =
      false;  // LookupJoin: one more column after `reads`, the vertex at the other end
  bool records_exist =
      false;  // FetchJoin: what the key names is there, so reading its id needs no store
  std::vector<uint32_t> outer;          // LateralJoin: parameter i is set from ...
  std::vector<uint32_t> outer_columns;  // ... this column of the left child
};

// What the search of a path asks of records on its way: over `reads` of the record and columns of
// the left row.
struct PathCondition {
  ProgramPtr program;  // null: nothing is asked
  std::vector<sema::SourceColumn> reads;
  std::vector<uint32_t> left;
};

// One step of a pattern, made once or between `low` and `high` times.
struct PathHop {
  static constexpr uint64_t kNoEnd = UINT64_MAX;
  std::vector<Node::LookupPath> paths;
  std::vector<TableId> targets;  // tables of the vertex at its end
  uint64_t low = 1;
  uint64_t high = 1;
  // Output columns: the edges if `shows_edges`, the edge's id or, with `is_list`, an array of the
  // records; then the id of the vertex.
  bool is_list = false;
  bool shows_edges = false;
  PathCondition each;  // of every edge
  PathCondition ends;  // of the vertex at its end
};

struct PathPlan {
  sema::GraphPath::Mode mode = sema::GraphPath::Mode::Trail;
  std::vector<PathHop> hops;
  bool shows_path = false;    // the last column: {nodes, edges}, arrays of records
  std::optional<Scalar> end;  // the id of the only vertex at which the path may end
};

// A query inside an expression.
struct Subplan {
  enum class Kind : uint8_t { Scalar, Array, Exists, In };
  Kind kind = Kind::Scalar;
  NodeId root = kNoNode;
  bool as_value = false;  // Array: bare values
  bool negated = false;
  std::vector<uint32_t> outer;  // parameters that the instruction's args set, in their order
  bool correlated =
      false;  // depends on values of a query around it, near or far; otherwise it runs once
  std::vector<std::string> names;  // Array of objects
  Span span;
};

// A program over one record (columns `reads`), with OLD and NEW as objects behind them where it
// uses them.
struct RecordProgram {
  std::vector<sema::SourceColumn> reads;
  std::vector<OutputColumn> carried;  // columns of other sources, between the record's and OLD
  bool takes_old = false;
  bool takes_new = false;
  ProgramPtr program;  // null: nothing to compute
};

struct RuleSet {
  struct Computation {
    uint32_t field = 0;
    RecordProgram value;
  };
  std::vector<Computation> defaults;
  std::vector<Computation> computed;
  // A place inside a field: a declared one, or one where a type has ASSERT.
  struct Nested {
    catalog::PlaceRule at;
    RecordProgram default_value;  // no program without DEFAULT
    RecordProgram asserts;        // one output an ASSERT, over the record and the value as carried
    uint32_t assert_count = 0;
  };
  RecordProgram conditions;  // one output a rule
  std::vector<sema::TableRules::Rule> rules;
  std::vector<Nested> nested;
  // How the user may write; empty: any record, any field.
  struct Grant {
    std::optional<uint32_t> condition;  // output of `grant_conditions`; nothing: always
    std::vector<std::string> fields;    // empty: all
  };
  std::vector<Grant> grants;
  RecordProgram grant_conditions;
};

// What the user sees of a record that a link leads to.
struct GateProgram {
  bool is_closed = false;  // nothing; else:
  RecordProgram program;   // outputs: what shows of the record, then whether it does, if that is
                           // not sure
};

// What an index holds of a record besides plain paths.
struct IndexProgram {
  IndexId index;
  RecordProgram values;  // outputs: those of the columns that are expressions, then the conditions
  uint32_t columns = 0;  // of the outputs
};

// Where the values of a change are found among the outputs of the program or query that computes
// them.
struct ChangePlan {
  struct Step {
    std::string name;
    uint32_t element = UINT32_MAX;  // output with the position or key; otherwise a member
  };
  struct Target {
    std::string field;
    std::optional<uint32_t> declared;
    std::vector<Step> steps;
    sema::AssignOp op = sema::AssignOp::Set;
    uint32_t value = 0;
    Span span;
  };
  sema::RecordChange::Kind kind = sema::RecordChange::Kind::None;
  std::vector<Target> assignments;
  std::vector<Target> unset;
  uint32_t object = 0;  // Content, Merge
  Span span;
};

struct WritePlan {
  enum class Kind : uint8_t { InsertRows, InsertContent, Put, Update, Delete, Relate, CopyRows };
  Kind kind = Kind::Put;
  TableId table;
  NodeId query = kNoNode;                  // InsertRows, Update, Delete, Relate
  std::vector<ChangePlan::Target> places;  // InsertRows: target of output i
  bool as_records = false;
  Scalar content;                // InsertContent
  bool must_be_new = false;      // Put
  std::optional<Scalar> record;  // Put
  RecordProgram change_values;   // Put: computed over the record as it was
  ChangePlan change;             // Update, Relate: over the query's outputs
  RuleSet rules;
  std::map<TableId, RuleSet> unset_rules;  // Delete: of other tables where links are unset
  bool takes_all = false;  // Delete: every record of the table, and nobody asks for them

  sema::InsertStatement::Conflict conflict = sema::InsertStatement::Conflict::Fail;
  std::vector<std::string> conflict_fields;
  RecordProgram conflict_values;  // outputs of on_conflict, then the condition if there is one
  ChangePlan conflict_change;
  std::optional<uint32_t> conflict_condition;  // output

  std::optional<RecordProgram> returning;
  uint32_t carried_from = 0;  // first output of the query that RETURNING's other sources use
};

// The layouts of a table in the form that reads and writes records.
RecordLayouts layouts_of(const catalog::Table& table);

struct Plan {
  std::shared_ptr<const sema::Statement> statement;  // shared with the statement cache
  std::vector<Node> nodes;
  NodeId root = kNoNode;  // queries; also LET and SET
  std::vector<Subplan> subplans;
  uint32_t own_parameters = 0;
  std::vector<Value> literals;
  uint32_t outer_parameters = 0;
  std::vector<OutputColumn> columns;         // of the rows that the statement gives
  std::map<TableId, RecordLayouts> layouts;  // of the tables that the plan names
  std::unique_ptr<const WritePlan> write;
  std::map<TableId, std::vector<IndexProgram>> index_programs;  // of the tables that it may write
  std::map<TableId, GateProgram> gates;                         // of tables that are not open
  double estimated_rows = 0;                                    // records read in all
  std::shared_ptr<const Plan> explained;  // EXPLAIN: the plan it is about, shared with nobody else

  const Node& node(NodeId id) const { return nodes[id.value()]; }
  const catalog::Schema& schema() const { return *statement->schema; }
};

}  // namespace zerodb::plan
