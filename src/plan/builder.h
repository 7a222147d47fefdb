// Builder: the parts of the planner that share the plan being made.
//
// Threading: used by one thread.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "base/result.h"
#include "plan/estimator.h"
#include "plan/join_order.h"
#include "plan/lower.h"
#include "plan/plan.h"
#include "plan/planner.h"
#include "plan/scope.h"

namespace zerodb::plan {

// Reading a record by an index costs as much as reading so many one after the other.
inline constexpr double kScannedMeanwhile = 8;

// A node and what its columns stand for.
struct Built {
  NodeId node = kNoNode;
  Scope scope;
};

// What a query gives besides, or instead of, its own outputs: for writes.
struct QueryExtras {
  std::vector<sema::ExprId> exprs;  // more outputs, over the sources
  struct Column {
    sema::SourceId source;
    uint32_t index = 0;  // behind the columns that the source has already
    sema::SourceColumn column;
  };
  std::vector<Column> columns;  // columns of sources, behind the exprs
  // Where the query's outputs are not asked for: the columns of tables that are, by source and
  // position. Null: all.
  const std::set<std::pair<uint32_t, uint32_t>>* used = nullptr;
};

class Builder final : public PlanParts {
 public:
  Builder(std::shared_ptr<const sema::Statement> statement, const Statistics* statistics,
          const PlannerOptions& options);

  Result<std::shared_ptr<const Plan>> build();

  uint32_t literal(const Value& value) override;
  uint32_t outer(uint32_t depth, sema::SourceId source, uint32_t index, const Type& type) override;
  Result<SubplanRef> subplan(const sema::Expr& expr) override;

 private:
  struct Context {
    Context* parent = nullptr;
    std::vector<OuterRef> refs;
    bool correlated = false;
  };
  // A condition, taken apart at its ANDs.
  struct Conjunct {
    sema::ExprId expr;
    std::set<uint32_t> sources;  // of this query
    bool can_fail = true;
    bool is_used = false;  // enforced below already
  };
  struct From {
    Built built;
    std::vector<Conjunct> rest;  // conditions for the program above
    bool is_sorted = false;      // in the order that the query asks for
  };

  // Queries. Columns of the result: outputs, then extras.
  Result<NodeId> query(sema::QueryId id, const QueryExtras& extras = {});
  Result<NodeId> select(const sema::Query& query, const QueryExtras& extras);
  Result<NodeId> values(const sema::Query& query);
  Result<NodeId> set_operation(const sema::Query& query);
  // ORDER BY and LIMIT over the rows of VALUES, a set operation or a recursion.
  Result<NodeId> ordered_outputs(const sema::Query& query, NodeId child);
  // Of the rows for which the conditions hold; `more_keys` come behind the query's own group keys.
  Result<Built> aggregate(const sema::Query& query, Built from,
                          std::span<const sema::ExprId> conditions,
                          std::span<const sema::ExprId> more_keys = {});
  // Each row for every grouping set; the keys and the number of the set are named in the scope.
  Result<Built> expand(const sema::Query& query, Built built);
  Result<NodeId> recursive(const sema::Query& query, sema::QueryId id);
  // A query in FROM: the uses of one that has several share its rows.
  Result<NodeId> source_query(sema::QueryId id);
  Result<Built> windows(const sema::Query& query, Built built);
  Result<WindowBound> window_bound(sema::WindowFrame::Bound kind, sema::ExprId offset);
  // The positions of values among the columns of `built`, by expression; what is no column yet is
  // added.
  Result<std::map<uint32_t, uint32_t>> columns_for(Built& built, std::span<const sema::ExprId> ids);
  Result<NodeId> finish_rows(const sema::Query& query, NodeId node,
                             const std::vector<SortKey>& keys, uint32_t width, bool is_sorted);
  // Tells what is below a limit that not all of its rows may be wanted.
  void limit_below(NodeId id);

  // Subqueries (build_subquery.cc).
  // Joins the values of the subqueries in `ids` to the rows, where that is no worse than running
  // them for each row, and names them in the scope.
  Result<Built> join_subqueries(Built built, std::span<const sema::ExprId> ids);
  // Where there are conditions with subqueries, the others go before them. `rest` are those that
  // are left.
  Result<Built> filtered_by_cheap(From from, std::vector<sema::ExprId>& rest);
  // What ties a subquery to the query around it: equalities, and other conditions on both.
  struct Correlation {
    std::vector<Conjunct> own;  // conditions on the subquery's own sources
    std::vector<std::pair<sema::ExprId, sema::ExprId>> keys;  // own value, outer value
    std::vector<sema::ExprId> rest;
  };
  std::optional<Correlation> correlation_of(const sema::Query& inner) const;
  bool mentions_outer(sema::ExprId id) const;
  // Whether all columns of the query around that the correlation mentions are in the scope.
  bool has_outer_columns(const Scope& scope, const Correlation& correlation) const;
  void collect_subqueries(sema::ExprId id, std::vector<sema::ExprId>& out) const;
  bool is_plain_select(const sema::Query& inner) const;
  Result<bool> join_subquery(Built& built, sema::ExprId id);
  Result<bool> join_list(Built& built, sema::ExprId id);
  Result<bool> join_mark(Built& built, sema::ExprId id, Correlation correlation);
  Result<bool> join_aggregate(Built& built, sema::ExprId id, Correlation correlation);
  Result<Built> correlated_source(const sema::Query& inner, Correlation& correlation,
                                  const QueryExtras& extras);
  // EXISTS asks for rows, not for what they show.
  Result<NodeId> first_row(const sema::Query& query);
  using UsedColumns = std::set<std::pair<uint32_t, uint32_t>>;
  // Each query is looked into once, as in Collected.
  struct CollectedColumns {
    UsedColumns& columns;
    std::set<uint32_t> queries = {};
  };
  // Columns of a query's own sources that anything but its outputs and order mentions.
  UsedColumns used_columns(const sema::Query& query) const;
  void collect_columns(sema::ExprId id, uint32_t depth, CollectedColumns& out) const;
  void collect_columns_of(const sema::Query& query, uint32_t depth, CollectedColumns& out) const;
  void collect_columns_in(sema::QueryId id, uint32_t depth, CollectedColumns& out) const;
  // Positions of the outer values of the keys among the columns of `built`, which may grow.
  Result<std::vector<uint32_t>> outer_keys(Built& built, const Correlation& correlation);

  // Sources and joins.
  // `where`: the conditions that the sources may use, or all of the query's.
  Result<From> from(const sema::Query& query, const QueryExtras& extras,
                    std::optional<std::vector<Conjunct>> where = std::nullopt);
  Result<Built> source(const sema::Query& query, uint32_t position,
                       std::vector<Conjunct>& conjuncts, const QueryExtras& extras,
                       bool may_filter);
  Result<Built> table(const sema::Query& query, uint32_t position,
                      const std::vector<Conjunct>& conjuncts,
                      const std::vector<sema::SourceColumn>& reads, const QueryExtras& extras);
  // Joins a source to `left`, which has the sources in `here`; where they come in another order
  // than they are written, the conditions of ON stand in `where`.
  Result<Built> join(const sema::Query& query, uint32_t position, Built left,
                     std::vector<Conjunct>& where, const QueryExtras& extras,
                     const std::set<uint32_t>& here, bool is_reordered);

  // The order of sources (build_order.cc): nothing where the one written stays. Otherwise the
  // conditions of ON have been added to `where`.
  std::vector<uint32_t> join_order(const sema::Query& query, std::vector<Conjunct>& where) const;
  JoinSource join_source(const sema::Query& query, uint32_t position,
                         const std::vector<Conjunct>& where) const;
  JoinCondition join_condition(const sema::Query& query, const Conjunct& conjunct) const;
  bool leads_to_records(const sema::Query& query, uint32_t position, sema::ExprId id) const;
  // One hop of a pattern as it is made, which may be against the direction in which it is written.
  struct Pattern {
    uint32_t from = 0;  // sources
    uint32_t edge = 0;
    uint32_t to = 0;
    sema::Hop::Direction direction = sema::Hop::Direction::Out;
    std::vector<TableId> edges;
    std::vector<TableId> targets;
  };
  Result<Built> hop(const sema::Query& query, const Pattern& hop, const std::set<uint32_t>& bound,
                    Built left, std::vector<Conjunct>& where, const QueryExtras& extras);
  // A path that is searched as a whole: one with a repeated hop, a name, or the shortest.
  static bool is_searched(const sema::Query& query, const sema::GraphPath& path);
  // The path to be searched in which the vertex stands behind a hop.
  static const sema::GraphPath* searched_path(const sema::Query& query, uint32_t vertex);
  Result<Built> path_join(const sema::Query& query, const sema::GraphPath& path, Built left,
                          std::vector<Conjunct>& where, const QueryExtras& extras);
  // The hop that ends at the vertex.
  Result<PathHop> path_hop(const sema::Query& query, sema::SourceId vertex, const Scope& left,
                           const QueryExtras& extras);
  // A condition on the records of one source of the path. E0202 if it sees others of the path.
  Result<PathCondition> path_condition(const sema::Query& query, sema::ExprId condition,
                                       sema::SourceId source, const Scope& left,
                                       const QueryExtras& extras);
  std::vector<Node::LookupPath> lookup_paths(const std::vector<TableId>& edges,
                                             sema::Hop::Direction direction) const;
  std::optional<uint32_t> id_column(const sema::Query& query, uint32_t position, const Scope& scope,
                                    const QueryExtras& extras) const;
  // The records whose ids stand in a column, as the source at `position`.
  Result<Built> fetched(const sema::Query& query, uint32_t position, Built built, uint32_t column,
                        const std::vector<TableId>& tables, const QueryExtras& extras);
  // Filters by what holds at the end of a hop: its ON and the conditions on what is bound by now.
  Result<Built> thinned_out(const sema::Query& query, uint32_t position,
                            const std::set<uint32_t>& bound, Built built,
                            std::vector<Conjunct>& where);
  Result<std::optional<Built>> reversed_pattern(const sema::Query& query,
                                                std::vector<Conjunct>& where,
                                                const QueryExtras& extras);
  Result<Built> lateral(const sema::Query& query, uint32_t position, Built left,
                        const QueryExtras& extras);
  Result<std::optional<Built>> fetch_join(const sema::Query& query, uint32_t position, Built& left,
                                          std::vector<Conjunct>& on, const QueryExtras& extras);
  // For a few left rows: the right ones are found one by one.
  Result<std::optional<Built>> probe_join(const sema::Query& query, uint32_t position, Built& left,
                                          const std::vector<Conjunct>& on,
                                          const std::vector<Conjunct>& where,
                                          const QueryExtras& extras);
  Result<Built> hash_join(const sema::Query& query, uint32_t position, Built left,
                          std::vector<Conjunct> on, std::vector<Conjunct>& where,
                          const QueryExtras& extras);
  // The position of the value of `id` among the columns of `built`, adding it if it is no column
  // yet.
  Result<uint32_t> column_for(Built& built, sema::ExprId id);
  // Of the rows of a source, those that the user may have. Nothing else is asked of rows before.
  Result<Built> admitted(const sema::Query& query, uint32_t position, Built built);
  // Access paths of a table scan (access_path.cc).
  Status choose_access(const sema::Query& query, uint32_t position,
                       const std::vector<Conjunct>& conjuncts, Node& node);
  // Whether the query reads one table, by its key or an index.
  bool has_access(const sema::Query& query) const;
  // Whether the conditions lead to few records of a source that is a table.
  bool has_access(const sema::Query& query, uint32_t position,
                  const std::vector<Conjunct>& conjuncts) const;
  // Lets the scan deliver the order that is asked for, if it can (access_order.cc).
  struct WantedKey {
    sema::ExprId expr;
    bool descending = false;
    bool nulls_first = false;
    bool is_free = false;  // in any direction, and those that follow in any order
  };
  bool use_order(const sema::Query& query, std::vector<WantedKey> keys,
                 const std::vector<Conjunct>& conjuncts, Node& leaf) const;
  std::vector<WantedKey> order_of_groups(const sema::Query& query) const;
  bool are_few_groups(const sema::Query& query, double rows) const;

  // Writes.
  Status write();
  Status insert(const sema::InsertStatement& statement, WritePlan& plan);
  Status put(const sema::PutStatement& statement, WritePlan& plan);
  Status modify(const sema::ModifyStatement& statement, WritePlan& plan);
  bool is_whole_table(const sema::Query& query) const;
  Status relate(const sema::RelateStatement& statement, WritePlan& plan);
  Result<RuleSet> rules(const sema::TableRules& rules);
  Result<RuleSet::Nested> nested_rules(const sema::Source& record, const sema::Query& query,
                                       const sema::TableRules::Nested& checked);
  Status index_programs();
  Status gates();
  Result<RecordProgram> record_program(const sema::Source& source, sema::SourceId id,
                                       std::span<const sema::ExprId> exprs,
                                       std::span<const Type> types, const QueryExtras* carried);
  // Adds the expressions of the change to `exprs` and says where they are.
  ChangePlan change(const sema::RecordChange& change, std::vector<sema::ExprId>& exprs) const;
  ChangePlan::Target target(const sema::Place& place, std::vector<sema::ExprId>& exprs) const;
  Status returning(const std::optional<sema::QueryId>& id, WritePlan& plan,
                   const QueryExtras* carried);
  QueryExtras carried_columns(const std::optional<sema::QueryId>& returning) const;

  // Expressions.
  const sema::Expr& expr(sema::ExprId id) const { return statement_->exprs[id]; }
  const sema::Query& query_of(sema::QueryId id) const { return statement_->query(id); }
  std::vector<Conjunct> conjuncts_of(sema::ExprId id) const;
  void add_conjuncts(sema::ExprId id, std::vector<Conjunct>& out) const;
  void collect_sources(sema::ExprId id, std::set<uint32_t>& out) const;
  // Sources of this query that subqueries mention. Each query is looked into once: chains of shared
  // queries would take exponential time otherwise.
  struct Collected {
    std::set<uint32_t>& sources;
    std::set<uint32_t> queries = {};
  };
  void collect_query_sources(sema::QueryId id, uint32_t depth, Collected& out) const;
  // With `may_overflow` sums and products of numbers do not count.
  bool can_fail(sema::ExprId id, bool may_overflow = false) const;
  // Arithmetic of numbers of which nothing but the range of the type can be in the way.
  bool fails_by_range_alone(const sema::Expr& expr) const;
  // Without columns of this query's sources and without subqueries.
  bool is_row_free(sema::ExprId id) const;
  Result<Scalar> scalar(sema::ExprId id);
  Result<ProgramPtr> program_of(const Scope& scope, std::span<const sema::ExprId> conditions,
                                std::span<const sema::ExprId> outputs, std::span<const Type> types);

  Node& add(Node::Kind kind);
  NodeId last() const { return NodeId(static_cast<uint32_t>(plan_->nodes.size() - 1)); }
  Node& node(NodeId id) { return plan_->nodes[id.value()]; }
  // A stage over `child` that passes its columns and adds the values of `exprs`; gives the position
  // of the first.
  Result<Built> extend(Built child, std::span<const sema::ExprId> exprs);
  Result<Built> filtered(Built child, std::span<const sema::ExprId> conditions);
  // About how many of `below` rows of the query's sources the conditions leave.
  double rows_left(const sema::Query& query, double below,
                   std::span<const sema::ExprId> conditions) const;
  // About how many groups there are of so many rows.
  double group_count(std::span<const sema::ExprId> keys, const sema::Query& query,
                     double rows) const;

  std::shared_ptr<const sema::Statement> statement_;
  const Statistics* statistics_;  // null: nothing is known
  const PlannerOptions options_;
  Estimator estimator_;
  std::shared_ptr<Plan> plan_;
  std::map<uint32_t, uint32_t> uses_;  // of queries in FROM, by QueryId
  std::map<uint32_t, NodeId> shared_;  // Shared nodes, by QueryId
  std::map<uint32_t, Scalar> probes_;  // values of left rows in a join that probes, by ExprId
  Context* context_ = nullptr;
};

}  // namespace zerodb::plan
