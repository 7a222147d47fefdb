#include "sema/common_table.h"

#include <algorithm>

#include "sema/query_select.h"
#include "sema/query_visit.h"

namespace zerodb::sema {
namespace {

constexpr int kRoundsOfTypesMax = 4;

// Whether a table of this name is read anywhere below the node.
bool mentions(const ast::View& node, const std::string& name) {
  if (ast::TableSource::accepts(node.kind())) {
    const ast::TableSource source{{node.tree, node.id}};
    if (source.name() && source.name()->name() == name) return true;
  }
  for (const zeroql::NodeId child : node.tree->children(node.id)) {
    if (mentions(ast::View{node.tree, child}, name)) return true;
  }
  return false;
}

QueryId refuse(Checking& c, const std::string& what, Span span) {
  c.report(ErrorCode::E0408, what, span).help =
      "a recursive table is `start UNION [ALL] step`, where the step names it once";
  return c.add_query(Query::Kind::Select, span);
}

uint32_t direct_uses(const Query& query) {
  return static_cast<uint32_t>(
      std::count_if(query.sources.begin(), query.sources.end(),
                    [](const Source& source) { return source.kind == Source::Kind::Recursion; }));
}

class RecursiveTable {
 public:
  RecursiveTable(Checking& c, Scope* user, const CommonTable& table)
      : c_(c), user_(user), table_(table) {}

  QueryId check() {
    const ast::Query query = table_.node.query();
    const auto operation = query.body().set_operation();
    const Span span = table_.node.ident().span();
    if (!operation || operation->op() != ast::SetOp::Union)
      return refuse(c_, "`" + table_.name + "` mentions itself and is no UNION", span);
    if (mentions(operation->left(), table_.name))
      return refuse(c_, "the start of `" + table_.name + "` mentions it", span);
    const QueryId start = check_body(c_, user_, table_.earlier, operation->left(), std::nullopt);
    if (c_.failed()) return start;
    columns_ = c_.query(start).outputs;
    QueryId made = start;
    for (int round = 0; round < kRoundsOfTypesMax; ++round) {
      made = check_step(start, *operation);
      if (c_.failed() || is_settled(made)) break;
    }
    if (c_.failed()) return made;
    rename_columns(c_, c_.query(made).outputs, table_.node.columns());
    check_output_order(c_, user_, made, query.order_by());
    if (query.limit()) check_limit(c_, user_, table_.earlier, made, *query.limit());
    return made;
  }

 private:
  // The step for the columns as known so far.
  QueryId check_step(QueryId start, ast::SetOperation operation) {
    Recursion recursion{columns_, 0};
    CommonTable inner = table_;
    inner.recursion = &recursion;
    const auto tables = std::make_shared<const CommonTable>(std::move(inner));
    const QueryId made = c_.add_query(Query::Kind::Recursive, operation.span());
    const QueryId step = check_body(c_, user_, tables, operation.right(), std::nullopt);
    c_.query(made).left = start;
    c_.query(made).right = step;
    c_.query(made).all = operation.is_all();
    if (c_.failed()) return made;
    const Query& checked = c_.query(step);
    if (checked.kind != Query::Kind::Select || recursion.uses != 1 || direct_uses(checked) != 1) {
      return refuse(c_, "the step names `" + table_.name + "` once, in its own FROM",
                    operation.right().span());
    }
    if (checked.grouped || checked.distinct || !checked.windows.empty()) {
      return refuse(c_, "the step has no aggregates, windows or DISTINCT",
                    operation.right().span());
    }
    for (Source& source : c_.query(step).sources) {
      if (source.kind == Source::Kind::Recursion) source.query = made;
    }
    match_columns(c_, made, operation.is_by_name(), operation.span());
    return made;
  }

  // Whether the step gives no wider types than it was checked with.
  bool is_settled(QueryId made) {
    const std::vector<Output> outputs = c_.query(made).outputs;
    bool same = true;
    for (size_t i = 0; i < outputs.size(); ++i) {
      same = same && outputs[i].type == columns_[i].type;
      columns_[i].type = outputs[i].type;
    }
    return same;
  }

  Checking& c_;
  Scope* user_;
  const CommonTable& table_;
  std::vector<Output> columns_;
};

// What is known of parameters at one use says nothing at another.
class NoNarrowings {
 public:
  explicit NoNarrowings(Checking& c) : c_(c), outer_(std::move(c.narrowings)) {
    c.narrowings.clear();
  }
  ~NoNarrowings() { c_.narrowings = std::move(outer_); }
  NoNarrowings(const NoNarrowings&) = delete;
  NoNarrowings& operator=(const NoNarrowings&) = delete;

 private:
  Checking& c_;
  std::vector<Narrowing> outer_;
};

// A common table sees what its WITH sees, and nothing of the scopes between that and its user.
class SkippedScopes {
 public:
  SkippedScopes(Scope* user, const Scope* around) {
    for (Scope* at = user; at != around; at = at->parent) {
      outer_.emplace_back(at, at->is_skipped);
      at->is_skipped = true;
    }
  }
  ~SkippedScopes() {
    for (const auto& [scope, was_skipped] : outer_) scope->is_skipped = was_skipped;
  }
  SkippedScopes(const SkippedScopes&) = delete;
  SkippedScopes& operator=(const SkippedScopes&) = delete;
  uint32_t count() const { return static_cast<uint32_t>(outer_.size()); }

 private:
  std::vector<std::pair<Scope*, bool>> outer_;
};

}  // namespace

CommonTables add_common_tables(Checking& c, Scope* around, CommonTables tables, ast::With with) {
  std::vector<std::string> names;
  for (const ast::CommonTable node : with.tables()) {
    CommonTable table;
    table.name = node.ident().name();
    if (std::find(names.begin(), names.end(), table.name) != names.end()) {
      c.report(ErrorCode::E0209, "`" + table.name + "` is defined twice in WITH",
               node.ident().span());
    }
    names.push_back(table.name);
    table.node = node;
    table.earlier = std::move(tables);
    table.may_recurse = with.is_recursive();
    table.around = around;
    tables = std::make_shared<const CommonTable>(std::move(table));
  }
  return tables;
}

const CommonTable* find_common_table(const CommonTables& tables, const std::string& name) {
  for (const CommonTable* at = tables.get(); at != nullptr; at = at->earlier.get()) {
    if (at->name == name) return at;
  }
  return nullptr;
}

QueryId common_table_query(Checking& c, Scope* user, const CommonTable& table) {
  CheckedTable& checked = *table.checked;
  if (checked.everywhere) return *checked.everywhere;
  const SkippedScopes skipped(user, table.around);
  if (const auto known = checked.by_depth.find(skipped.count()); known != checked.by_depth.end())
    return known->second;
  const NoNarrowings narrowings(c);
  QueryId made;
  if (table.may_recurse && mentions(table.node.query(), table.name)) {
    made = RecursiveTable(c, user, table).check();
  } else {
    made = check_query_with(c, user, table.earlier, table.node.query());
  }
  if (!c.failed()) rename_columns(c, c.query(made).outputs, table.node.columns());
  if (c.failed() || !is_correlated(c, made)) {
    checked.everywhere = made;
  } else {
    checked.by_depth.emplace(skipped.count(), made);
  }
  return made;
}

void check_unused_tables(Checking& c, const CommonTables& tables, const CommonTables& around) {
  for (const CommonTable* at = tables.get(); at != around.get(); at = at->earlier.get()) {
    if (!c.failed()) common_table_query(c, at->around, *at);
  }
}

}  // namespace zerodb::sema
