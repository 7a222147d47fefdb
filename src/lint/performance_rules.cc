// ZL3xx: statements that read or compute more than they need.
#include <algorithm>
#include <array>
#include <set>

#include "lint/context.h"
#include "zeroql/literal.h"

namespace zerodb::lint {
namespace {

using sema::Expr;
using sema::ExprId;
using sema::ExprKind;
using sema::Query;
using sema::Source;
using sema::SourceColumn;
using zeroql::NodeKind;

// ---- What a query asks of one of its sources

// A column that a condition compares with something that is known before the source is read.
struct Restriction {
  const SourceColumn* column = nullptr;
  bool is_equality = false;  // one value, or a list of them
  bool is_constant = false;  // the value is the same for all rows of the query
  Span span;
};

class Restrictions {
 public:
  Restrictions(const CheckedView& checked, const Query& query, uint32_t source)
      : checked_(checked), query_(query), source_(source) {
    for (const ExprId id : checked.conjuncts(query.where)) add(id);
    for (size_t i = 1; i < query.joins.size(); ++i) {
      for (const ExprId id : checked.conjuncts(query.joins[i].on)) add(id);
    }
  }

  const std::vector<Restriction>& list() const { return list_; }
  bool has_matches() const { return has_matches_; }

 private:
  void add(ExprId id) {
    const Expr& expr = checked_.expr(id);
    if (expr.kind == ExprKind::Matches) has_matches_ = true;
    const bool is_list = (expr.kind == ExprKind::InList || expr.kind == ExprKind::InQuery) &&
                         !expr.has(Expr::Negated);
    const bool is_absence = expr.kind == ExprKind::IsNone && !expr.has(Expr::Negated);
    if (is_list || is_absence)
      return add_column(expr.args[0],
                        {.is_equality = true, .is_constant = true, .span = expr.span});
    if (expr.kind != ExprKind::Binary) return;
    switch (expr.binary_op) {
      case BinaryOp::Equal:
        add_comparison(expr, true);
        return;
      case BinaryOp::Less:
      case BinaryOp::LessEqual:
      case BinaryOp::Greater:
      case BinaryOp::GreaterEqual:
        add_comparison(expr, false);
        return;
      case BinaryOp::In:
        add_column(expr.args[0], {.is_equality = true, .is_constant = true, .span = expr.span});
        return;
      default:
        return;
    }
  }

  void add_comparison(const Expr& expr, bool is_equality) {
    const uint64_t own = uint64_t{1} << std::min(source_, 63u);
    for (size_t side = 0; side < 2; ++side) {
      const uint64_t others = checked_.sources_of(expr.args[1 - side]);
      if ((others & own) != 0) continue;
      add_column(expr.args[side],
                 {.is_equality = is_equality, .is_constant = others == 0, .span = expr.span});
    }
  }

  void add_column(ExprId id, Restriction restriction) {
    const Expr& expr = checked_.plain(id);
    if (expr.kind != ExprKind::Column || expr.depth != 0 || expr.source.value() != source_) return;
    restriction.column = &checked_.column(query_, expr);
    list_.push_back(restriction);
  }

  const CheckedView& checked_;
  const Query& query_;
  uint32_t source_;
  std::vector<Restriction> list_;
  bool has_matches_ = false;
};

// The table that a source reads as a whole, or null.
const catalog::Table* scanned_table(const CheckedView& checked, const Source& source) {
  const bool is_whole = source.kind == Source::Kind::Table && source.tables.size() == 1 &&
                        !source.record && !source.low && !source.high;
  return is_whole ? checked.schema().find_table(source.tables.front()) : nullptr;
}

template <typename Visit>
void each_scan(const StatementContext& context, Visit&& visit) {
  if (context.checked == nullptr) return;
  const CheckedView& checked = *context.checked;
  for (const sema::QueryId id : checked.queries()) {
    const Query& query = checked.query(id);
    if (query.kind != Query::Kind::Select) continue;
    for (uint32_t i = 0; i < query.sources.size(); ++i) {
      const catalog::Table* table = scanned_table(checked, query.sources[i]);
      if (table != nullptr) visit(query, i, *table);
    }
  }
}

// ---- ZL301

bool leads(const catalog::Index& index, const catalog::Table& table, const SourceColumn& column) {
  const catalog::IndexColumn& first = index.columns.front();
  switch (column.kind) {
    case SourceColumn::Kind::Field:
      return first.field == column.index;
    case SourceColumn::Kind::Key:
      return first.key == column.index;
    case SourceColumn::Kind::Extra:
      return !first.path.empty() && first.path.size() == 1 &&
             first.path.front().name == column.name;
    default:
      return table.id == index.table && first.is_id;
  }
}

bool is_answered(const catalog::Table& table, const Restriction& restriction) {
  const SourceColumn& column = *restriction.column;
  if (column.kind == SourceColumn::Kind::Id) return true;
  if (column.kind == SourceColumn::Kind::Key && column.index == 0) return true;
  return std::any_of(table.indexes.begin(), table.indexes.end(), [&](const catalog::Index& index) {
    // What an expression or a method answers cannot be told from the names of columns.
    return index.columns.front().is_expression || !index.method.empty() ||
           leads(index, table, column);
  });
}

void check_unindexed_filter(const StatementContext& context, Reporter& reporter) {
  each_scan(context, [&](const Query& query, uint32_t source, const catalog::Table& table) {
    const Restrictions asked(*context.checked, query, source);
    if (asked.list().empty() || asked.has_matches() || query.sources[source].no_index) return;
    const auto answers = [&](const Restriction& each) { return is_answered(table, each); };
    if (std::any_of(asked.list().begin(), asked.list().end(), answers)) return;
    // A join may be worked through from its other side.
    const auto first = std::find_if(asked.list().begin(), asked.list().end(),
                                    [](const Restriction& each) { return each.is_constant; });
    if (first == asked.list().end()) return;
    const std::string& name = first->column->name;
    Finding& finding = reporter.add(first->span, "no index of `" + table.name + "` begins with `" +
                                                     name + "`: this reads the whole table");
    finding.help = "DEFINE INDEX .. ON " + table.name + " (" + name + ")";
    finding.definition = "DEFINE INDEX " + zeroql::quote_name(table.name + "_" + name) + " ON " +
                         zeroql::quote_name(table.name) + " (" + zeroql::quote_name(name) + ")";
  });
}

// ---- ZL302, ZL303: patterns in texts

std::optional<std::string> string_of(const ast::Expr& expr) {
  if (expr.expr_kind() != ast::ExprKind::Literal) return std::nullopt;
  const auto text = zeroql::decode_string(expr.text());
  if (!text) return std::nullopt;
  return *text;
}

void check_leading_wildcard_like(const StatementContext& context, Reporter& reporter) {
  context.each<ast::Like>([&](ast::Like node) {
    const auto pattern = string_of(node.pattern());
    if (!pattern || pattern->size() < 2) return;
    if (pattern->front() != '%' && pattern->front() != '_') return;
    reporter
        .add(node.pattern().span(),
             "a pattern that begins with a wildcard cannot use an order of the values")
        .help =
        "use a fulltext index and MATCHES for words, or an index on the reversed text for endings";
  });
}

// Words and blanks, perhaps with (?i) in front.
bool is_plain_words(std::string_view regex) {
  if (regex.starts_with("(?i)")) regex.remove_prefix(4);
  const auto is_plain = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == ' ' ||
           static_cast<unsigned char>(c) >= 0x80;
  };
  return !regex.empty() && std::all_of(regex.begin(), regex.end(), is_plain);
}

bool has_fulltext(const catalog::Table& table, const SourceColumn& column) {
  return std::any_of(table.indexes.begin(), table.indexes.end(), [&](const catalog::Index& index) {
    return index.method == "fulltext" &&
           std::any_of(index.columns.begin(), index.columns.end(),
                       [&](const catalog::IndexColumn& each) { return each.text == column.name; });
  });
}

void check_regex_where_matches_fits(const StatementContext& context, Reporter& reporter) {
  if (context.checked == nullptr) return;
  const CheckedView& checked = *context.checked;
  for (const Use& use : checked.uses()) {
    const Expr& expr = checked.expr(use.expr);
    if (expr.kind != ExprKind::Binary || expr.binary_op != BinaryOp::RegexMatch) continue;
    const Expr& column = checked.plain(expr.args[0]);
    if (column.kind != ExprKind::Column || column.depth != 0) continue;
    const Query& query = checked.query(use.query);
    const Source& source = query.sources[column.source.value()];
    if (source.kind != Source::Kind::Table || source.tables.size() != 1) continue;
    const std::string_view pattern = context.text(checked.plain(expr.args[1]).span);
    if (!pattern.starts_with("re'") || !is_plain_words(zeroql::decode_quoted(pattern))) continue;
    if (!has_fulltext(checked.schema().table(source.tables.front()), checked.column(query, column)))
      continue;
    reporter.add(expr.span, "a regex reads every text; these words are in a fulltext index").help =
        "write MATCHES, which also finds other forms of the words";
  }
}

// ---- ZL304, ZL305: vectors

std::string function_name(const StatementContext& context, const Expr& call) {
  if (call.function == Expr::kDynamicFunction) return call.text;
  return std::string(context.library.functions()[call.function].signature.name);
}

bool is_vector_distance(std::string_view name) {
  return name.starts_with("vector::") && name.ends_with("_distance");
}

void check_vector_order_without_limit(const StatementContext& context, Reporter& reporter) {
  context.each<ast::Query>([&](ast::Query query) {
    if (!query.order_by() || query.limit()) return;
    for (const ast::OrderKey key : query.order_by()->keys()) {
      const ast::Expr expr = key.expr();
      if (expr.expr_kind() != ast::ExprKind::Call) continue;
      const std::string name = expr.as<ast::Call>().name();
      if (!is_vector_distance(name)) continue;
      reporter.add(expr.span(), "this computes and sorts the distance of every record").help =
          "add LIMIT; only then can an index over vectors help";
    }
  });
}

const catalog::Index* vector_index(const CheckedView& checked, const Query& query,
                                   const Expr& call) {
  for (const ExprId arg : call.args) {
    const Expr& column = checked.plain(arg);
    if (column.kind != ExprKind::Column || column.depth != 0) continue;
    const Source& source = query.sources[column.source.value()];
    if (source.kind != Source::Kind::Table || source.tables.size() != 1) continue;
    for (const catalog::Index& index : checked.schema().table(source.tables.front()).indexes) {
      if (index.method == "hnsw" &&
          index.columns.front().text == checked.column(query, column).name)
        return &index;
    }
  }
  return nullptr;
}

void check_metric_index_mismatch(const StatementContext& context, Reporter& reporter) {
  if (context.checked == nullptr) return;
  const CheckedView& checked = *context.checked;
  for (const Use& use : checked.uses()) {
    const Expr& expr = checked.expr(use.expr);
    if (expr.kind != ExprKind::Call || use.role != Role::Order) continue;
    const std::string name = function_name(context, expr);
    if (!is_vector_distance(name)) continue;
    const catalog::Index* index = vector_index(checked, checked.query(use.query), expr);
    if (index == nullptr || !index->options.contains("metric")) continue;
    const std::string metric = index->options.at("metric");
    const std::string wanted =
        name.substr(8, name.size() - 8 - std::string_view("_distance").size());
    if (metric == "'" + wanted + "'") continue;
    reporter
        .add(expr.span,
             "index `" + index->name + "` is for the metric " + metric + ", not for this distance")
        .help = "order by the distance of the index, or define an index with this metric";
  }
}

// ---- ZL306

void check_star(const ast::Query& query, Reporter& reporter, std::string_view what) {
  const auto select = query.body().select();
  if (!select) return;
  if (!select->items()) {
    reporter.add(query.span(), std::string(what) + " without SELECT has all fields").help =
        "name the fields that are wanted";
    return;
  }
  for (const ast::AnyItem item : select->items()->list()) {
    if (!item.star()) continue;
    reporter.add(item.span(), std::string(what) + " with `*` changes with the table").help =
        "name the fields that are wanted";
  }
}

void check_select_star(const StatementContext& context, Reporter& reporter) {
  context.each<ast::DefineViewStatement>(
      [&](ast::DefineViewStatement node) { check_star(node.query(), reporter, "a view"); });
  context.each<ast::Live>(
      [&](ast::Live node) { check_star(node.query(), reporter, "a live query"); });
}

// ---- ZL307

void check_offset_paging(const StatementContext& context, Reporter& reporter) {
  constexpr u128 kFar = 100;
  context.each<ast::Limit>([&](ast::Limit node) {
    const auto offset = node.offset();
    if (!offset) return;
    if (offset->expr_kind() == ast::ExprKind::Literal) {
      const auto number = zeroql::decode_integer(offset->text());
      if (!number || number->value < kFar) return;
    }
    reporter.add(offset->span(), "OFFSET reads and drops all rows before the page").help =
        "remember the last id of a page and go on behind it: FROM person:$last.., WHERE id > $last";
  });
}

// ---- ZL308

void check_correlated_scalar(const StatementContext& context, Reporter& reporter) {
  if (context.checked == nullptr) return;
  const CheckedView& checked = *context.checked;
  for (const Use& use : checked.uses()) {
    const Expr& expr = checked.expr(use.expr);
    if (expr.kind != ExprKind::ScalarQuery) continue;
    const Query& query = checked.query(expr.query);
    const bool is_lookup = query.kind == Query::Kind::Select && query.sources.size() == 1 &&
                           query.sources.front().kind == Source::Kind::Table && !query.grouped &&
                           query.limit == sema::kNoExpr;
    if (!is_lookup || !checked.is_correlated(expr.query)) continue;
    reporter.add(expr.span, "this looks one record up for each row of the outer query").help =
        "write LEFT JOIN, or follow the link: `p.employer.name`";
  }
}

// ---- ZL309

bool is_volatile(const StatementContext& context, const Expr& expr) {
  if (expr.kind != ExprKind::Call) return false;
  if (expr.function == Expr::kDynamicFunction) return false;
  return context.library.functions()[expr.function].volatility == function::Volatility::Volatile;
}

void check_volatile_in_where(const StatementContext& context, Reporter& reporter) {
  if (context.checked == nullptr) return;
  for (const Use& use : context.checked->uses()) {
    const Expr& expr = context.checked->expr(use.expr);
    const bool is_row_condition = use.role == Role::Where || use.role == Role::On;
    if (!is_row_condition || !is_volatile(context, expr)) continue;
    reporter.add(expr.span, "this is worked out anew for every row, and no index can help").help =
        "bind it once with LET, if one value is meant";
  }
}

// ---- ZL310

bool mentions(const std::string& text, const std::string& name) {
  size_t at = text.find(name);
  const auto is_word = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
  };
  for (; at != std::string::npos; at = text.find(name, at + 1)) {
    const size_t end = at + name.size();
    if ((at == 0 || !is_word(text[at - 1])) && (end == text.size() || !is_word(text[end])))
      return true;
  }
  return false;
}

// Whether the restriction tells which partitions of the level can hold the records.
bool narrows(const catalog::Table& table, const catalog::PartitionLevel& level,
             const Restriction& each) {
  const SourceColumn& column = *each.column;
  using Method = catalog::PartitionLevel::Method;
  const bool has_order = level.method == Method::Range || level.method == Method::Time;
  if (!each.is_equality && !has_order) return false;
  if (column.kind == SourceColumn::Kind::Id) return each.is_equality;
  if (column.kind != SourceColumn::Kind::Key || level.arguments.empty()) return false;
  return mentions(level.arguments.front(), table.key[column.index].name);
}

void check_cross_partition_scan(const StatementContext& context, Reporter& reporter) {
  each_scan(context, [&](const Query& query, uint32_t source, const catalog::Table& table) {
    if (table.partitions.empty()) return;
    const catalog::PartitionLevel& level = table.partitions.front();
    const Restrictions asked(*context.checked, query, source);
    const auto fits = [&](const Restriction& each) { return narrows(table, level, each); };
    if (std::any_of(asked.list().begin(), asked.list().end(), fits)) return;
    const std::string by = level.arguments.empty() ? "id" : level.arguments.front();
    reporter.add(query.sources[source].span, "this reads every partition of `" + table.name + "`")
        .help = "add a condition on `" + by + "`, by which the table is partitioned";
  });
}

constexpr std::array kPerformanceRules = {
    Rule{
        .code = "ZL301",
        .name = "unindexed-filter",
        .severity = Severity::Info,
        .summary = "no index begins with any field that the conditions compare",
        .detail =
            "The whole table is read. For small tables that is right; say so with `WITH NO INDEX`, "
            "which silences the rule.",
        .triggers = "SELECT name FROM person WHERE score > 5.0",
        .nearly = "SELECT name FROM person WHERE score > 5.0 AND city = 'Oslo'",
        .check = check_unindexed_filter},
    Rule{.code = "ZL302",
         .name = "leading-wildcard-like",
         .severity = Severity::Info,
         .summary = "a LIKE pattern begins with a wildcard",
         .detail = "Texts are ordered by their beginnings. Without one every text is looked at.",
         .triggers = "SELECT name FROM person WHERE name LIKE '%son'",
         .nearly = "SELECT name FROM person WHERE name LIKE 'And%'",
         .check = check_leading_wildcard_like},
    Rule{.code = "ZL303",
         .name = "regex-where-matches-fits",
         .severity = Severity::Info,
         .summary = "a regex of plain words on a field with a fulltext index",
         .detail = "MATCHES asks the index and ranks what it finds.",
         .triggers = "SELECT title FROM doc WHERE body ~ re'(?i)quick fox'",
         .nearly = "SELECT title FROM doc WHERE title ~ re'(?i)quick fox'",
         .check = check_regex_where_matches_fits},
    Rule{
        .code = "ZL304",
        .name = "vector-order-without-limit",
        .severity = Severity::Warning,
        .summary = "an order by the distance of vectors without LIMIT",
        .detail = "Nearest neighbours are asked for with LIMIT; all records in the order of their "
                  "distance is seldom what is wanted.",
        .triggers = "SELECT title FROM doc ORDER BY vector::cosine_distance(embedding, [1, 0, 0])",
        .nearly =
            "SELECT title FROM doc ORDER BY vector::cosine_distance(embedding, [1, 0, 0]) LIMIT 10",
        .check = check_vector_order_without_limit},
    Rule{
        .code = "ZL305",
        .name = "metric-index-mismatch",
        .severity = Severity::Warning,
        .summary = "the distance of an order is not that of the field's index",
        .detail =
            "An hnsw index answers for one metric. Another distance is computed for every record.",
        .triggers =
            "SELECT title FROM doc ORDER BY vector::l2_distance(embedding, [1, 0, 0]) LIMIT 10",
        .nearly =
            "SELECT title FROM doc ORDER BY vector::cosine_distance(embedding, [1, 0, 0]) LIMIT 10",
        .check = check_metric_index_mismatch},
    Rule{.code = "ZL306",
         .name = "select-star-in-view-or-live",
         .severity = Severity::Warning,
         .summary = "a view or a live query takes all fields",
         .detail =
             "A field that is added later goes to all readers, wanted or not; one that is renamed "
             "breaks them.",
         .triggers = "DEFINE VIEW everyone AS SELECT * FROM person",
         .nearly = "DEFINE VIEW everyone AS SELECT name, city FROM person",
         .check = check_select_star},
    Rule{.code = "ZL307",
         .name = "offset-paging",
         .severity = Severity::Info,
         .summary = "OFFSET goes far, or as far as a parameter says",
         .detail =
             "Page n costs n times as much as the first, and rows that come or go in between shift "
             "the pages. A range of ids costs the same for each page.",
         .triggers = "SELECT name FROM person ORDER BY id LIMIT 20 OFFSET $skip",
         .nearly = "SELECT name FROM person ORDER BY id LIMIT 20 OFFSET 20",
         .check = check_offset_paging},
    Rule{
        .code = "ZL308",
        .name = "correlated-where-join-fits",
        .severity = Severity::Info,
        .summary = "a subquery looks a value up for each row, where a join or a link gives it",
        .detail =
            "The subquery runs once for each row. A join reads both sides once; a link is followed "
            "in the same pass.",
        .triggers = "SELECT p.name, (SELECT c.name FROM company AS c WHERE c.id = p.employer) AS "
                    "company FROM person AS p",
        .nearly = "SELECT p.name, (SELECT count(*) FROM company AS c WHERE c.id = p.employer) AS "
                  "company FROM person AS p",
        .check = check_correlated_scalar},
    Rule{.code = "ZL309",
         .name = "volatile-in-where",
         .severity = Severity::Warning,
         .summary = "a condition on rows calls a function that is different each time",
         .detail = "Each row meets another value. `now()` is the same within a statement and does "
                   "no harm.",
         .triggers = "SELECT name FROM person WHERE city = 'Oslo' AND rand::float() < 0.5",
         .nearly = "SELECT id FROM person WHERE city = 'Oslo' AND now() > d'2026-01-01'",
         .check = check_volatile_in_where},
    Rule{.code = "ZL310",
         .name = "cross-partition-scan",
         .severity = Severity::Info,
         .summary = "a query of a partitioned table does not say which partitions it needs",
         .detail = "It is sent to all of them. With a condition on the key by which the table is "
                   "partitioned one or a few answer.",
         .triggers = "SELECT value FROM reading",
         .nearly = "SELECT value FROM reading WHERE sensor = 's1'",
         .check = check_cross_partition_scan},
};

}  // namespace

std::span<const Rule> performance_rules() {
  return kPerformanceRules;
}

}  // namespace zerodb::lint
