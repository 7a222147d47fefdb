// ZL2xx, second part: queries whose rows are others than they seem to be.
#include <algorithm>
#include <array>
#include <numeric>
#include <set>

#include "lint/context.h"

namespace zerodb::lint {
namespace {

using sema::Expr;
using sema::ExprId;
using sema::ExprKind;
using sema::Query;
using sema::Source;
using zeroql::NodeId;
using zeroql::NodeKind;

// Up to where the token before the node ends: what a deletion of the node takes with it.
Span with_blanks_before(const StatementContext& context, Span span) {
  const zeroql::TokenId at = context.index.token_at(span.begin);
  if (at.value() == 0) return span;
  const std::string_view trivia = context.tree().trivia(at);
  const bool is_blank = trivia.find_first_not_of(" \t\r\n") == std::string_view::npos;
  if (!is_blank) return span;
  return {span.begin - static_cast<uint32_t>(trivia.size()), span.end};
}

// ---- ZL202

class LimitWithoutOrder {
 public:
  LimitWithoutOrder(const StatementContext& context, Reporter& reporter)
      : context_(context), reporter_(reporter) {}

  void run() {
    context_.each<ast::Query>([&](ast::Query query) {
      if (!query.limit() || query.order_by() || !may_have_many_rows(query)) return;
      if (context_.index.kind(context_.index.parent(query.id)) == NodeKind::Exists) return;
      Finding& finding = reporter_.add(query.limit()->span(),
                                       "without ORDER BY it is left open which rows these are");
      finding.help = "add ORDER BY";
      add_order(query, finding);
    });
  }

 private:
  bool is_aggregate(const ast::Expr& expr) const {
    if (expr.expr_kind() != ast::ExprKind::Call) return false;
    const ast::Call call = expr.as<ast::Call>();
    return !call.over() && context_.library.find_aggregate(call.name()) != nullptr;
  }

  bool may_have_many_rows(const ast::Query& query) const {
    if (const auto count = query.limit()->count(); count && count->text() == "0") return false;
    if (query.body().values()) return false;
    const auto select = query.body().select();
    if (!select) return true;
    if (!select->from()) return false;
    if (select->items() && !select->group_by()) {
      for (const ast::AnyItem each : select->items()->list()) {
        if (each.item() && is_aggregate(each.item()->expr())) return false;
      }
    }
    const ast::Source source = select->from()->source();
    if (!select->from()->joins().empty() || source.source_kind() != ast::SourceKind::Table)
      return true;
    return !source.as<ast::TableSource>().record_id();
  }

  // By the id, where one table gives the rows.
  void add_order(const ast::Query& query, Finding& finding) const {
    const auto select = query.body().select();
    if (!select || select->is_distinct() || select->group_by() || !select->from()->joins().empty())
      return;
    const ast::Source source = select->from()->source();
    if (source.source_kind() != ast::SourceKind::Table) return;
    const ast::TableSource table = source.as<ast::TableSource>();
    if (!table.name()) return;
    const catalog::Table* found = context_.before.find_table(table.name()->name());
    if (found == nullptr || found->kind == catalog::Table::Kind::View) return;
    const std::string id = table.alias() ? table.alias()->name() + ".id" : "id";
    const uint32_t place = query.limit()->span().begin;
    add_fix(finding, {place, place}, "ORDER BY " + id + " ", "order by the id");
  }

  const StatementContext& context_;
  Reporter& reporter_;
};

void check_limit_without_order(const StatementContext& context, Reporter& reporter) {
  LimitWithoutOrder(context, reporter).run();
}

// ---- ZL203

void check_order_in_subquery(const StatementContext& context, Reporter& reporter) {
  context.each<ast::Query>([&](ast::Query query) {
    if (!query.order_by() || query.limit()) return;
    switch (context.index.kind(context.index.parent(query.id))) {
      case NodeKind::QuerySource:
      case NodeKind::CommonTable:
      case NodeKind::Subquery:
      case NodeKind::Exists:
      case NodeKind::SetOperation:
        break;
      default:
        return;
    }
    Finding& finding =
        reporter.add(query.order_by()->span(), "the order of a subquery without LIMIT is not kept");
    finding.help = "order the outer query instead";
    add_fix(finding, with_blanks_before(context, query.order_by()->span()), "",
            "leave ORDER BY out");
  });
}

// ---- ZL204

void check_union_shape_mismatch(const StatementContext& context, Reporter& reporter) {
  if (context.checked == nullptr) return;
  const CheckedView& checked = *context.checked;
  for (const sema::QueryId id : checked.queries()) {
    const Query& query = checked.query(id);
    if (query.kind != Query::Kind::SetOperation || !query.right_columns.empty()) continue;
    const auto& left = checked.query(query.left).outputs;
    const auto& right = checked.query(query.right).outputs;
    for (size_t i = 0; i < left.size() && i < right.size(); ++i) {
      const auto is_same = [&](const sema::Output& each) { return each.name == right[i].name; };
      const auto other = std::find_if(left.begin(), left.end(), is_same);
      if (left[i].name == right[i].name || other == left.end()) continue;
      const Span span = checked.query(query.right).span;
      reporter
          .add(span, "column " + std::to_string(i + 1) + " here is `" + right[i].name +
                         "`, and meets `" + left[i].name + "`")
          .help = "put the columns in the same order, or write BY NAME";
      break;
    }
  }
}

// ---- ZL205

// Of the sources of one query: for which row of the one there may be many of the other.
class FanOut {
 public:
  FanOut(const CheckedView& checked, const Query& query) : checked_(checked), query_(query) {
    for (size_t i = 0; i < query.sources.size(); ++i) {
      const Source& source = query.sources[i];
      if (source.kind == Source::Kind::Function) {
        for (const ExprId arg : source.args) multiplied_ |= checked.sources_of(arg);
      }
      if (i > 0) add_conditions(query.joins[i].on);
    }
    add_conditions(query.where);
  }

  bool is_multiplied(uint64_t sources) const {
    return sources != 0 && (sources & ~multiplied_) == 0;
  }

 private:
  void add_conditions(ExprId condition) {
    for (const ExprId id : checked_.conjuncts(condition)) {
      const Expr& expr = checked_.expr(id);
      if (expr.kind != ExprKind::Binary || expr.binary_op != BinaryOp::Equal) continue;
      const Expr& a = checked_.plain(expr.args[0]);
      const Expr& b = checked_.plain(expr.args[1]);
      if (!is_own_column(a) || !is_own_column(b) || a.source == b.source) continue;
      if (is_unique(a) && !is_unique(b))
        multiplied_ |= uint64_t{1} << std::min(a.source.value(), 63u);
      if (is_unique(b) && !is_unique(a))
        multiplied_ |= uint64_t{1} << std::min(b.source.value(), 63u);
    }
  }

  bool is_own_column(const Expr& expr) const {
    return expr.kind == ExprKind::Column && expr.depth == 0 &&
           expr.source.value() < query_.sources.size() &&
           query_.sources[expr.source.value()].kind == Source::Kind::Table &&
           query_.sources[expr.source.value()].tables.size() == 1;
  }

  bool is_unique(const Expr& column) const {
    const Source& source = query_.sources[column.source.value()];
    const sema::SourceColumn& what = source.columns[column.index];
    if (what.kind == sema::SourceColumn::Kind::Id) return true;
    const catalog::Table& table = checked_.schema().table(source.tables.front());
    if (what.kind == sema::SourceColumn::Kind::Key) return table.key.size() == 1;
    return std::any_of(
        table.indexes.begin(), table.indexes.end(), [&](const catalog::Index& index) {
          return index.unique && index.condition_text.empty() && index.columns.size() == 1 &&
                 what.kind == sema::SourceColumn::Kind::Field &&
                 index.columns.front().field == what.index;
        });
  }

  const CheckedView& checked_;
  const Query& query_;
  uint64_t multiplied_ = 0;
};

void check_fan_out_aggregate(const StatementContext& context, Reporter& reporter) {
  if (context.checked == nullptr) return;
  const CheckedView& checked = *context.checked;
  for (const sema::QueryId id : checked.queries()) {
    const Query& query = checked.query(id);
    if (query.kind != Query::Kind::Select || query.sources.size() < 2 || query.aggregates.empty())
      continue;
    const FanOut fan_out(checked, query);
    for (const sema::Aggregate& aggregate : query.aggregates) {
      const std::string& name = aggregate.function;
      const bool counts_twice = name == "sum" || name == "avg" || name == "count" ||
                                name == "stddev" || name == "variance";
      if (!counts_twice || aggregate.distinct || aggregate.star) continue;
      uint64_t sources = 0;
      for (const ExprId arg : aggregate.args) sources |= checked.sources_of(arg);
      if (!fan_out.is_multiplied(sources)) continue;
      reporter
          .add(aggregate.span,
               "the join repeats each of these values, and `" + name + "` takes it as often")
          .help = "aggregate in a subquery before the join";
    }
  }
}

// ---- ZL206

class Components {
 public:
  explicit Components(size_t size) : parents_(size) {
    std::iota(parents_.begin(), parents_.end(), 0u);
  }
  uint32_t find(uint32_t at) const {
    while (parents_[at] != at) at = parents_[at];
    return at;
  }
  void join(uint32_t a, uint32_t b) { parents_[find(a)] = find(b); }
  void join_all(uint64_t sources) {
    std::optional<uint32_t> first;
    for (uint32_t i = 0; i < parents_.size() && i < 64; ++i) {
      if ((sources >> i & 1) == 0) continue;
      if (first) join(*first, i);
      first = first.value_or(i);
    }
  }

 private:
  std::vector<uint32_t> parents_;
};

void check_paths(const CheckedView& checked, const Query& query, Reporter& reporter) {
  Components parts(query.sources.size());
  for (const sema::GraphPath& path : query.paths) {
    for (const sema::SourceId vertex : path.vertices)
      parts.join(path.vertices.front().value(), vertex.value());
  }
  for (uint32_t i = 0; i < query.sources.size(); ++i) {
    const auto& hop = query.sources[i].hop;
    if (!hop) continue;
    parts.join(i, hop->from.value());
    parts.join(i, hop->edge.value());
  }
  for (const ExprId id : checked.conjuncts(query.where)) parts.join_all(checked.sources_of(id));
  for (size_t i = 1; i < query.joins.size(); ++i) {
    for (const ExprId id : checked.conjuncts(query.joins[i].on))
      parts.join_all(checked.sources_of(id));
  }
  const uint32_t first = parts.find(query.paths.front().vertices.front().value());
  for (const sema::GraphPath& path : query.paths) {
    const sema::SourceId start = path.vertices.front();
    if (parts.find(start.value()) == first) continue;
    reporter
        .add(query.sources[start.value()].span,
             "this path shares nothing with the first one: every match of the one meets every "
             "match of the other")
        .help = "let the paths share a variable, or match them in two queries";
    return;
  }
}

void check_disconnected_pattern(const StatementContext& context, Reporter& reporter) {
  if (context.checked == nullptr) return;
  for (const sema::QueryId id : context.checked->queries()) {
    const Query& query = context.checked->query(id);
    if (query.paths.size() > 1) check_paths(*context.checked, query, reporter);
  }
}

// ---- ZL207

void check_unbounded_quantifier(const StatementContext& context, Reporter& reporter) {
  context.each<ast::Match>([&](ast::Match match) {
    if (match.mode() == ast::PathMode::Shortest || match.mode() == ast::PathMode::AllShortest)
      return;
    context.index.each<ast::Quantifier>(match.id, [&](ast::Quantifier quantifier) {
      switch (quantifier.quantifier_kind()) {
        case ast::QuantifierKind::Star:
        case ast::QuantifierKind::Plus:
        case ast::QuantifierKind::AtLeast:
          reporter
              .add(quantifier.span(),
                   "this follows paths of any length, and their number may explode")
              .help = "give an upper bound, `{1,5}`, or match SHORTEST";
          break;
        default:
          break;
      }
    });
  });
}

// ---- ZL209, ZL210: names

// What a source is called in its query.
std::string source_name(const StatementContext& context, NodeId source) {
  const zeroql::Tree& tree = context.tree();
  for (const NodeId child : tree.children(source)) {
    if (tree.kind(child) == NodeKind::Alias) return ast::Alias{{{&tree, child}}}.name();
  }
  if (tree.kind(source) != NodeKind::TableSource) return {};
  const ast::TableSource table{{{&tree, source}}};
  return table.name() ? table.name()->last().name() : std::string();
}

// The names of the sources of a FROM or USING.
std::vector<std::string> names_in(const StatementContext& context, NodeId from) {
  std::vector<std::string> names;
  for (const NodeId child : context.tree().children(from)) {
    if (ast::Source::accepts(context.tree().kind(child)))
      names.push_back(source_name(context, child));
    if (context.tree().kind(child) != NodeKind::Join) continue;
    for (const NodeId part : context.tree().children(child)) {
      if (ast::Source::accepts(context.tree().kind(part)))
        names.push_back(source_name(context, part));
    }
  }
  return names;
}

// The names that a node sees from the queries around its own.
std::vector<std::string> outer_names(const StatementContext& context, NodeId source) {
  std::vector<std::string> names;
  const TreeIndex& index = context.index;
  uint32_t hidden = 1;  // its own query, and those that a subquery in FROM does not see
  for (NodeId at = index.parent(source); at != zeroql::kNothing; at = index.parent(at)) {
    const NodeKind kind = index.kind(at);
    if (kind == NodeKind::CommonTable) ++hidden;
    if (kind == NodeKind::QuerySource && !ast::QuerySource{{{&context.tree(), at}}}.is_lateral())
      ++hidden;
    if (kind == NodeKind::Target || kind == NodeKind::Alias) continue;
    const bool is_scope = kind == NodeKind::Select || kind == NodeKind::Update ||
                          kind == NodeKind::Delete || kind == NodeKind::Relate;
    if (!is_scope) continue;
    if (hidden > 0) {
      --hidden;
      continue;
    }
    for (const NodeId child : context.tree().children(at)) {
      if (index.kind(child) == NodeKind::From || index.kind(child) == NodeKind::Using) {
        for (std::string& name : names_in(context, child)) names.push_back(std::move(name));
      }
      if (index.kind(child) == NodeKind::Target) {
        const ast::Target target{{{&context.tree(), child}}};
        if (target.alias()) names.push_back(target.alias()->name());
      }
    }
  }
  return names;
}

void check_shadowed_alias(const StatementContext& context, Reporter& reporter) {
  context.each<ast::Alias>([&](ast::Alias alias) {
    const NodeId source = context.index.parent(alias.id);
    if (!ast::Source::accepts(context.index.kind(source))) return;
    const std::vector<std::string> outer = outer_names(context, source);
    if (std::find(outer.begin(), outer.end(), alias.name()) == outer.end()) return;
    reporter
        .add(alias.span(),
             "`" + alias.name() + "` hides the source of that name of the query around it")
        .help = "give one of the two another name";
  });
  context.each<ast::CommonTable>([&](ast::CommonTable table) {
    const std::string name = table.ident().name();
    if (context.before.find_table(name) == nullptr) return;
    reporter.add(table.ident().span(), "`" + name + "` hides the table of that name").help =
        "give the common table another name";
  });
}

class UnusedNames {
 public:
  UnusedNames(const StatementContext& context, Reporter& reporter)
      : context_(context), reporter_(reporter) {}

  void run() {
    context_.each<ast::With>([&](ast::With with) { check_common_tables(with); });
    collect_names();
    context_.each<ast::Alias>([&](ast::Alias alias) { check_alias(alias); });
    context_.each<ast::PathVariable>([&](ast::PathVariable variable) {
      const std::string name = variable.ident().name();
      if (!is_used(name)) reporter_.add(variable.span(), "the path `" + name + "` is not used");
    });
  }

 private:
  void check_common_tables(const ast::With& with) {
    const NodeId query = context_.index.parent(with.id);
    for (const ast::CommonTable table : with.tables()) {
      const std::string name = table.ident().name();
      bool used = false;
      context_.index.each<ast::TableSource>(query, [&](ast::TableSource source) {
        const bool is_own = context_.index.above(source.id, NodeKind::CommonTable) == table.id;
        used = used || (!is_own && source.name() && source.name()->name() == name);
      });
      if (!used) reporter_.add(table.ident().span(), "no query reads `" + name + "`");
    }
  }

  // Names of values, of starts of paths, and of tables that are read; whether a star reads all.
  void collect_names() {
    context_.each<ast::NameRef>([&](ast::NameRef ref) { used_.insert(ref.name()); });
    context_.each<ast::Name>([&](ast::Name name) {
      const NodeKind parent = context_.index.kind(context_.index.parent(name.id));
      if (parent == NodeKind::TableSource) {
        tables_.insert(name.name());
      } else if (parent != NodeKind::Target && !name.parts().empty()) {
        used_.insert(name.parts()[0].name());
      }
    });
    // `{ a }` and `.{ a }` name values by their keys.
    context_.each<ast::ObjectKey>([&](ast::ObjectKey key) { used_.insert(key.name()); });
    context_.each<ast::ShapeEntry>([&](ast::ShapeEntry entry) {
      for (const ast::Ident ident : entry.path()) used_.insert(ident.name());
    });
    context_.each<ast::StarItem>([&](ast::StarItem) { has_star_ = true; });
    context_.each<ast::Select>(
        [&](ast::Select select) { has_star_ = has_star_ || !select.items(); });
    context_.each<ast::Match>([&](ast::Match match) { count_nodes(match); });
  }

  // A variable that stands at several nodes ties them together.
  void count_nodes(const ast::Match& match) {
    context_.index.each<ast::Name>(match.id, [&](ast::Name name) { used_.insert(name.name()); });
  }

  bool is_used(const std::string& name) const { return has_star_ || used_.contains(name); }

  void check_alias(const ast::Alias& alias) {
    const NodeId owner = context_.index.parent(alias.id);
    const NodeKind kind = context_.index.kind(owner);
    const std::string name = alias.name();
    if (is_used(name)) return;
    if (kind == NodeKind::TableSource) {
      if (!is_needed(owner)) report(alias, "the alias `" + name + "` is not used");
    } else if (kind == NodeKind::MatchNode || kind == NodeKind::MatchEdge) {
      report(alias, "the variable `" + name + "` is not used");
    }
  }

  // Without its alias the source would be called as another one of the statement.
  bool is_needed(NodeId source) const {
    const ast::TableSource table{{{&context_.tree(), source}}};
    return !table.name() || tables_.count(table.name()->name()) > 1;
  }

  void report(const ast::Alias& alias, std::string message) {
    Finding& finding = reporter_.add(alias.span(), std::move(message));
    finding.help = "leave it out";
    add_fix(finding, with_blanks_before(context_, alias.span()), "", "leave the name out");
  }

  const StatementContext& context_;
  Reporter& reporter_;
  std::set<std::string> used_;
  std::multiset<std::string> tables_;
  bool has_star_ = false;
};

void check_unused_name(const StatementContext& context, Reporter& reporter) {
  // In a statement with mistakes the name may be used where it is misspelled.
  if (context.checked != nullptr) UnusedNames(context, reporter).run();
}

void finish_unused_binding(const ScriptContext& context, Reporter& reporter) {
  for (const ScriptFacts::Binding& binding : context.facts.bindings) {
    if (!context.facts.parameters_read.contains(binding.name))
      reporter.add(binding.span, "no statement of the script reads `$" + binding.name + "`");
  }
}

constexpr std::array kQueryRules = {
    Rule{
        .code = "ZL202",
        .name = "limit-without-order",
        .severity = Severity::Warning,
        .fix = FixKind::Mends,
        .summary = "LIMIT or OFFSET without ORDER BY takes rows that nobody chose",
        .detail =
            "Without ORDER BY the order of rows is not specified and may change with the plan, the "
            "engine and the version.",
        .triggers = "SELECT name FROM person LIMIT 10",
        .nearly = "SELECT name FROM person ORDER BY name LIMIT 10",
        .check = check_limit_without_order},
    Rule{.code = "ZL203",
         .name = "order-in-subquery",
         .severity = Severity::Warning,
         .fix = FixKind::Equivalent,
         .summary = "ORDER BY in a subquery without LIMIT has no effect that can be relied on",
         .detail =
             "The outer query may read the rows in any order. ARRAY(..) keeps the order, and LIMIT "
             "needs it.",
         .triggers = "SELECT q.name FROM (SELECT name FROM person ORDER BY name) AS q",
         .nearly = "SELECT ARRAY(SELECT AS VALUE name FROM person ORDER BY name) AS names",
         .check = check_order_in_subquery},
    Rule{.code = "ZL204",
         .name = "union-shape-mismatch",
         .severity = Severity::Warning,
         .summary = "the sides of a set operation have the same columns in another order",
         .detail = "Columns meet by position; the names of the right side are forgotten.",
         .triggers = "SELECT name, city FROM person UNION SELECT city, name FROM company",
         .nearly = "SELECT name, city FROM person UNION BY NAME SELECT city, name FROM company",
         .check = check_union_shape_mismatch},
    Rule{.code = "ZL205",
         .name = "fan-out-aggregate",
         .severity = Severity::Warning,
         .summary = "an aggregate takes a value once for each row that a join found for it",
         .detail =
             "A company that employs three people stands in three rows of the join, so that a sum "
             "over companies counts it three times. min and max do not mind, DISTINCT helps at "
             "times, a subquery always.",
         .triggers =
             "SELECT count(c.city) AS n FROM company AS c JOIN person AS p ON p.employer = c.id",
         .nearly =
             "SELECT count(p.city) AS n FROM company AS c JOIN person AS p ON p.employer = c.id",
         .check = check_fan_out_aggregate},
    Rule{
        .code = "ZL206",
        .name = "disconnected-pattern",
        .severity = Severity::Warning,
        .summary = "the paths of a pattern have nothing in common",
        .detail = "The result is their product.",
        .triggers = "SELECT a.name, c.name FROM MATCH person AS a -> knows -> person:bob, person "
                    "AS c -> knows -> person:eve",
        .nearly =
            "SELECT a.name FROM MATCH person AS a -> knows -> person:bob, a -> knows -> person:eve",
        .check = check_disconnected_pattern},
    Rule{
        .code = "ZL207",
        .name = "unbounded-quantifier",
        .severity = Severity::Warning,
        .summary = "a quantifier without upper bound outside SHORTEST",
        .detail =
            "TRAIL and ACYCLIC end, but in a dense graph the number of paths grows with every hop. "
            "SHORTEST keeps one path for each pair of ends.",
        .triggers = "SELECT x.name FROM MATCH person:bob -> knows+ -> person AS x",
        .nearly = "SELECT x.name FROM MATCH person:bob -> knows{1,4} -> person AS x",
        .check = check_unbounded_quantifier},
    Rule{
        .code = "ZL209",
        .name = "shadowed-alias",
        .severity = Severity::Warning,
        .summary = "an inner name hides an outer one",
        .detail =
            "Names mean the innermost thing of that name, so the outer one cannot be reached and a "
            "reader may think of the wrong one.",
        .triggers = "SELECT p.name FROM person AS p WHERE EXISTS(SELECT p.name FROM company AS p "
                    "WHERE p.name = 'Ace')",
        .nearly = "SELECT p.name FROM person AS p WHERE EXISTS(SELECT c.name FROM company AS c "
                  "WHERE c.name = p.name)",
        .check = check_shadowed_alias},
    Rule{.code = "ZL210",
         .name = "unused-name",
         .severity = Severity::Warning,
         .fix = FixKind::Equivalent,
         .summary = "a common table, a parameter, an alias or a pattern variable is never used",
         .detail = "It may be left over, or the place that should use it names something else.",
         .triggers = "SELECT name FROM person AS p",
         .nearly = "SELECT p.name FROM person AS p",
         .check = check_unused_name,
         .finish = finish_unused_binding},
};

}  // namespace

std::span<const Rule> query_rules() {
  return kQueryRules;
}

}  // namespace zerodb::lint
