// Checked queries.
//
// A Query is a select, a list of rows, or a set operation over two queries, with ORDER BY and LIMIT
// on top. Queries of one statement live in one vector (Statement::queries) and name each other by
// QueryId; expressions live in the statement's ExprPool. RETURNING and the conflict queries of
// INSERT have copies of their statement's sources, so that each lists its own columns. Invariants:
// (1) every Column of depth 0 names a source of its own query; (2) with grouping, expressions above
// the grouping (having, outputs, order) mention only group keys (as GroupKey columns, see
// grouped_source) and aggregates. Threading: immutable after checking.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sema/expr.h"

namespace zerodb::sema {

// One thing that a source can deliver for each row. Only what the statement uses is listed.
struct SourceColumn {
  enum class Kind : uint8_t {
    Id,      // the record's id
    Key,     // component `index` of the key of a table with KEY (..)
    Field,   // the declared field at position `index` of the table
    Extra,   // the key `name`, none where it is missing: undeclared in a schemaless table, or of a
             // source of several tables
    Record,  // the whole record as an object with id
    Position,  // column `index` of VALUES, a subquery, or the group keys
    Element,   // the element of unnest or of a parameter's array
    Ordinal,   // its position from 0 (AT)
  };
  Kind kind = Kind::Record;
  uint32_t index = 0;
  std::string name;
  Type type;  // as the source gives it; after an outer join the expression's type is optional
};

// A bound of a range of record ids; the expression gives the key.
struct KeyBound {
  ExprId key = kNoExpr;  // kNoExpr: open
  bool inclusive = true;
};

// One hop of a graph pattern: from the vertex of an earlier source over an edge to the vertex of
// this one.
struct Hop {
  enum class Direction : uint8_t { Out, In, Both };
  // How often the hop is made, unless it is made once.
  struct Repetition {
    uint64_t low = 1;
    std::optional<uint64_t> high;  // nothing: without end
  };
  Direction direction = Direction::Out;
  SourceId from;                 // the vertex source the hop starts at
  SourceId edge;                 // the source of the edge record
  std::vector<TableId> edges;    // edge tables that may be used
  std::vector<TableId> targets;  // vertex tables that may be reached
  // With it the edge source delivers the edges of all repetitions as an array
  // (SourceColumn::Element), and `targets` are the tables of the last vertex.
  std::optional<Repetition> repetition;
  // What every edge fulfils, over the edge's columns: of a hop that is repeated, or of a shortest
  // path, for which others count than the ones that fulfil it.
  ExprId each = kNoExpr;
  ExprId ends = kNoExpr;  // of a shortest path that goes on: what the vertex fulfils, likewise
};

// One path of a pattern, for what concerns it as a whole. The hops themselves are in its vertices.
struct GraphPath {
  enum class Mode : uint8_t { Walk, Trail, Acyclic, Shortest, AllShortest };
  Mode mode = Mode::Trail;
  std::vector<SourceId> vertices;    // in the order of the path, the given start first
  std::optional<SourceId> variable;  // a source of kind Path
};

struct Source {
  enum class Kind : uint8_t {
    Table,      // all records of `tables`, or of one record id or a range of them
    Values,     // rows
    Subquery,   // query; lateral if it mentions earlier sources. Uses of one common table name one
                // query
    Recursion,  // the rows of the last round of the recursive `query`, in whose step it stands
    Function,   // table function `function` (unnest, series, ..) over args; may mention earlier
                // sources
    Elements,   // the array `args[0]`: FROM $rows AS r
    Edge,       // bound by a hop: the edge record
    Vertex,     // bound by a hop: the vertex record
    Path,       // bound by a path of a pattern: {nodes, edges}
    System,     // the table `function` of what the database knows of itself
    GroupKeys,  // not read, and the last source: the group keys of its own query (grouped_source),
                // or its outputs (output_source)
  };
  Kind kind = Kind::Table;
  std::string name;  // alias or the table's name; for messages and EXPLAIN
  Span span;
  std::vector<TableId> tables;
  std::optional<ExprId> record;  // Table: exactly this record id (an expression giving a record id)
  std::optional<KeyBound> low;   // Table: a range of record ids
  std::optional<KeyBound> high;
  // Table, Edge, Vertex: of the records that the user of the statement may have, over this source
  // alone. It holds before joins and before anything else is asked. kNoExpr: all.
  ExprId filter = kNoExpr;
  std::vector<std::string> index_hint;  // WITH INDEX (..)
  bool no_index = false;                // WITH NO INDEX
  std::vector<std::vector<ExprId>> rows;
  QueryId query;
  bool lateral = false;
  std::string function;
  std::vector<ExprId> args;
  std::optional<Hop>
      hop;  // Vertex: how it is reached. Edge sources are reached by the hop of their vertex.
  std::vector<SourceColumn> columns;
};

enum class JoinKind : uint8_t { Inner, Left, Right, Full, Cross };

// How source i (i >= 1) joins what stands before it. Hops are inner joins with on == kNoExpr.
struct Join {
  JoinKind kind = JoinKind::Cross;
  ExprId on = kNoExpr;
  uint32_t sources = 1;  // joined together, this one the first: those of a pattern in an outer join
};

struct Aggregate {
  std::string function;  // name in the function library
  std::vector<ExprId> args;
  bool star = false;  // count(*)
  bool distinct = false;
  ExprId filter = kNoExpr;
  struct Key {
    ExprId expr;
    bool descending = false;
    bool nulls_first = false;
  };
  std::vector<Key> order;  // ORDER BY inside the call
  Type type;
  Span span;
};

// The rows around a row that an aggregate with OVER is over. Without a frame of its own a window
// with an order takes all rows up to the last peer, one without takes its whole partition.
struct WindowFrame {
  enum class Unit : uint8_t { Rows, Range, Groups };
  enum class Bound : uint8_t {
    UnboundedPreceding,
    Preceding,
    CurrentRow,
    Following,
    UnboundedFollowing
  };
  Unit unit = Unit::Range;
  Bound start = Bound::UnboundedPreceding;
  Bound end = Bound::CurrentRow;
  ExprId start_offset = kNoExpr;  // Preceding, Following: rows, groups, or a distance of keys
  ExprId end_offset = kNoExpr;
  bool is_written = false;
};

struct OrderKey {
  ExprId expr;  // over sources (or group keys and aggregates); for set operations over output
                // columns, see Query::output_source
  bool descending = false;
  bool nulls_first = false;
};

// PARTITION BY, ORDER BY and a frame, over the sources or above the grouping.
struct WindowDefinition {
  std::vector<ExprId> partition;
  std::vector<OrderKey> order;
  WindowFrame frame;
};

// A call with OVER.
struct WindowCall {
  std::string function;  // name in the function library
  bool is_aggregate = false;
  bool star = false;         // count(*)
  std::vector<ExprId> args;  // of window functions: one a parameter, defaults filled in
  ExprId filter = kNoExpr;   // aggregates only
  uint32_t definition = 0;   // position in Query::window_definitions
  Type type;
  Span span;
};

struct Output {
  std::string name;
  ExprId expr;
  Type type;
};

enum class Cardinality : uint8_t { Empty, One, AtMostOne, AtLeastOne, Many };

struct Query {
  enum class Kind : uint8_t { Select, Values, SetOperation, Recursive };
  enum class SetOp : uint8_t { Union, Except, Intersect };

  Kind kind = Kind::Select;
  Span span;
  // Select
  std::vector<Source> sources;   // empty: one row
  std::vector<Join> joins;       // joins[i] belongs to sources[i]; joins[0] is unused
  std::vector<GraphPath> paths;  // of the patterns among the sources
  ExprId where = kNoExpr;
  bool grouped = false;            // GROUP BY or any aggregate
  std::vector<ExprId> group_keys;  // over the sources
  std::vector<std::vector<uint32_t>>
      grouping_sets;  // positions in group_keys; empty: one set of all keys
  std::vector<Aggregate> aggregates;
  SourceId grouped_source;  // above the grouping, column i of this source is group key i
  ExprId having = kNoExpr;
  std::vector<WindowDefinition> window_definitions;
  std::vector<WindowCall> windows;  // of outputs, qualify and order
  ExprId qualify = kNoExpr;
  std::vector<Output> outputs;
  bool as_value = false;
  bool distinct = false;
  // Values
  std::vector<std::vector<ExprId>> rows;
  // Recursive: left is the start, right the step, which has one source of kind Recursion; `all`
  // and right_columns as in a set operation.
  // SetOperation: its sides stand on its own level, so that depth 1 there is what surrounds the
  // operation
  SetOp set_op = SetOp::Union;
  bool all = false;
  QueryId left;
  QueryId right;
  std::vector<uint32_t>
      right_columns;  // BY NAME: output i takes this column of the right side; empty: by position
  // All
  SourceId output_source;  // Values, SetOperation: order keys mention output column i as column i
                           // of this source
  std::vector<OrderKey> order;
  ExprId limit = kNoExpr;
  ExprId offset = kNoExpr;
  Cardinality cardinality = Cardinality::Many;
};

}  // namespace zerodb::sema
