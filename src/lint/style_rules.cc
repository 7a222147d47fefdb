// ZL5xx: how a statement is written.
#include <algorithm>
#include <array>
#include <set>

#include "lint/context.h"
#include "zeroql/literal.h"

namespace zerodb::lint {
namespace {

using sema::Expr;
using sema::ExprKind;
using sema::Query;
using zeroql::Keyword;
using zeroql::NodeId;
using zeroql::NodeKind;
using zeroql::TokenId;
using zeroql::TokenKind;

// ---- ZL501

// Words that are values or types are written in small letters.
bool holds_small_words(NodeKind kind) {
  return kind == NodeKind::Ident || kind == NodeKind::Literal || kind == NodeKind::ObjectKey ||
         zeroql::is_type(kind);
}

bool is_value_word(Keyword keyword) {
  switch (keyword) {
    case Keyword::None:
    case Keyword::Null:
    case Keyword::True:
    case Keyword::False:
    case Keyword::Any:
    case Keyword::Hashset:
    case Keyword::Hashmap:
      return true;
    default:
      return false;
  }
}

void check_keyword_case(const StatementContext& context, Reporter& reporter) {
  const zeroql::Node& node = context.tree().node(context.statement.id);
  std::vector<bool> is_name(node.token_end - node.first_token);
  context.index.walk(context.statement.id, [&](NodeId id) {
    const zeroql::Node& each = context.tree().node(id);
    if (!holds_small_words(each.kind)) return;
    for (uint32_t i = each.first_token; i < each.token_end; ++i)
      is_name[i - node.first_token] = true;
  });
  for (uint32_t i = node.first_token; i < node.token_end; ++i) {
    const zeroql::Token& token = context.tree().token(TokenId(i));
    if (token.keyword == Keyword::NotKeyword || is_value_word(token.keyword)) continue;
    if (is_name[i - node.first_token] || !token.is(TokenKind::Word)) continue;
    const std::string_view upper = zeroql::keyword_text(token.keyword);
    if (context.tree().text(TokenId(i)) == upper) continue;
    Finding& finding = reporter.add(token.span(), "keywords are written in capitals");
    add_fix(finding, token.span(), std::string(upper), "write " + std::string(upper));
  }
}

// ---- ZL502

// Fields that are named without their source, in queries of several.
class UnqualifiedFields {
 public:
  UnqualifiedFields(const StatementContext& context, Reporter& reporter)
      : context_(context), checked_(*context.checked), reporter_(reporter) {
    context.each<ast::NameRef>([&](ast::NameRef ref) { names_.insert(ref.span().begin); });
    context.each<ast::ObjectEntry>([&](ast::ObjectEntry entry) {
      if (!entry.value()) keys_.insert(entry.span().begin);
    });
  }

  void run() {
    for (const Use& use : checked_.uses()) {
      const Expr& expr = checked_.expr(use.expr);
      if (expr.kind == ExprKind::Column && expr.depth == 0) check(expr, checked_.query(use.query));
    }
  }

 private:
  void check(const Expr& expr, const Query& query) {
    const auto is_read = [](const sema::Source& each) {
      return each.kind != sema::Source::Kind::GroupKeys;
    };
    if (std::count_if(query.sources.begin(), query.sources.end(), is_read) < 2) return;
    if (expr.source.value() >= query.sources.size()) return;
    const sema::Source& source = query.sources[expr.source.value()];
    const std::string& name = checked_.column(query, expr).name;
    if (!holds_records(source) || source.name.empty() || name == source.name) return;
    // Only a bare name has the span of the column alone.
    if (name.empty() || context_.text(expr.span) != name) return;
    const bool is_key = keys_.contains(expr.span.begin);
    if (is_key || names_.contains(expr.span.begin)) report(expr.span, source.name, name, is_key);
  }

  static bool holds_records(const sema::Source& source) {
    return source.kind == sema::Source::Kind::Table || source.kind == sema::Source::Kind::Vertex ||
           source.kind == sema::Source::Kind::Edge;
  }

  // `{ age }` stands for `{ age: age }`.
  void report(Span span, const std::string& source, const std::string& name, bool is_key) {
    Finding& finding =
        reporter_.add(span, "`" + name + "` is a field of `" + source + "`, which one must know");
    finding.help = "write `" + source + "." + name + "`";
    const std::string qualifier = zeroql::quote_name(source) + ".";
    add_fix(finding, {span.begin, span.begin}, is_key ? name + ": " + qualifier : qualifier,
            "name the source");
  }

  const StatementContext& context_;
  const CheckedView& checked_;
  Reporter& reporter_;
  std::set<uint32_t> names_;  // where names stand as values
  std::set<uint32_t> keys_;   // and where as keys of an object that are their values too
};

void check_ambiguous_unqualified(const StatementContext& context, Reporter& reporter) {
  if (context.checked != nullptr) UnqualifiedFields(context, reporter).run();
}

// ---- ZL503

class RedundantDistinct {
 public:
  RedundantDistinct(const StatementContext& context, Reporter& reporter)
      : context_(context), reporter_(reporter) {}

  void run() {
    context_.each<ast::Select>([&](ast::Select select) {
      if (!select.is_distinct() || !select.items()) return;
      const auto why = reason(select);
      if (!why.empty()) report(select.items()->span().begin, why);
    });
  }

 private:
  std::string reason(const ast::Select& select) const {
    const NodeId query = context_.index.parent(select.id);
    if (context_.index.kind(query) == NodeKind::Query && is_test(query))
      return "only whether there is such a row counts here";
    if (has_id(select)) return "no two rows have the same id";
    if (has_all_keys(select)) return "GROUP BY gives each combination once";
    return {};
  }

  // The query of EXISTS or IN, all rows of it.
  bool is_test(NodeId query) const {
    if (ast::Query{{{&context_.tree(), query}}}.limit()) return false;
    const NodeId parent = context_.index.parent(query);
    if (context_.index.kind(parent) == NodeKind::Exists) return true;
    if (context_.index.kind(parent) != NodeKind::Subquery) return false;
    const NodeId user = context_.index.meaningful_parent(parent);
    if (context_.index.kind(user) != NodeKind::In) return false;
    return ast::In{{{&context_.tree(), user}}}.right().id == parent;
  }

  bool has_id(const ast::Select& select) const {
    if (!select.from() || !select.from()->joins().empty() || select.group_by()) return false;
    const ast::Source source = select.from()->source();
    if (source.source_kind() != ast::SourceKind::Table) return false;
    const ast::TableSource table = source.as<ast::TableSource>();
    if (!table.name()) return false;
    const catalog::Table* found = context_.before.find_table(table.name()->name());
    if (found == nullptr || found->kind == catalog::Table::Kind::View) return false;
    const std::string name = table.alias() ? table.alias()->name() : table.name()->last().name();
    return std::any_of(select.items()->list().begin(), select.items()->list().end(),
                       [&](ast::AnyItem item) {
                         const std::string_view text =
                             item.item() ? item.item()->expr().text() : std::string_view();
                         return text == "id" || text == name + ".id";
                       });
  }

  bool has_all_keys(const ast::Select& select) const {
    if (!select.group_by() || select.group_by()->is_all() || select.is_value()) return false;
    for (const ast::GroupItem key : select.group_by()->items()) {
      // Grouping sets may give a row twice.
      if (!key.expr() || key.expr()->expr_kind() == ast::ExprKind::Call) return false;
      const bool is_there = std::any_of(
          select.items()->list().begin(), select.items()->list().end(), [&](ast::AnyItem item) {
            return item.item() && item.item()->expr().text() == key.expr()->text();
          });
      if (!is_there) return false;
    }
    return true;
  }

  // DISTINCT stands a token or three before what it is about.
  void report(uint32_t behind, const std::string& why) {
    uint32_t at = context_.index.token_at(behind).value();
    for (uint32_t steps = 0; steps < 3 && at > 0; ++steps) {
      const zeroql::Token& token = context_.tree().token(TokenId(--at));
      if (!token.is(Keyword::Distinct)) continue;
      Finding& finding = reporter_.add(token.span(), "DISTINCT does nothing: " + why);
      const uint32_t next = context_.tree().token(TokenId(at + 1)).begin;
      const bool is_blank = context_.tree().trivia(TokenId(at + 1)).find_first_not_of(" \t\r\n") ==
                            std::string_view::npos;
      add_fix(finding, {token.begin, is_blank ? next : token.end}, "", "leave DISTINCT out");
      return;
    }
  }

  const StatementContext& context_;
  Reporter& reporter_;
};

void check_redundant_distinct(const StatementContext& context, Reporter& reporter) {
  RedundantDistinct(context, reporter).run();
}

// ---- ZL504

void check_nested_case(const StatementContext& context, Reporter& reporter) {
  context.each<ast::Case>([&](ast::Case outer) {
    const auto otherwise = outer.otherwise();
    // A CASE over an operand has no conditions of its own; only two of the other form make one.
    if (!otherwise || otherwise->expr_kind() != ast::ExprKind::Case || outer.operand()) return;
    const ast::Case inner = otherwise->as<ast::Case>();
    if (inner.operand() || inner.arms().empty()) return;
    Finding& finding =
        reporter.add(inner.token(0).span(), "this CASE can be a part of the outer one");
    finding.help = "put its WHEN behind those of the outer CASE";
    const Span whole = context.tree().span(context.index.above(otherwise->id, NodeKind::ElseArm));
    const uint32_t begin = inner.arms()[0].span().begin;
    const uint32_t end = inner.token(inner.token_count() - 1).begin;
    std::string arms(context.text({begin, end}));
    // A comment to the end of the line keeps its line.
    if (arms.find("--") == std::string::npos) {
      while (!arms.empty() && (arms.back() == ' ' || arms.back() == '\n')) arms.pop_back();
    }
    add_fix(finding, whole, std::move(arms), "make one CASE of the two");
  });
}

// ---- ZL505

void check_positional_insert(const StatementContext& context, Reporter& reporter) {
  context.each<ast::Insert>([&](ast::Insert node) {
    if (node.columns() || !node.query() || !node.query()->body().values()) return;
    Finding& finding =
        reporter.add(node.table().span(), "the values go by the order of the declared fields");
    finding.help = "name the fields, so that one that is added later shifts nothing";
    if (context.checked == nullptr) return;
    const auto* insert = std::get_if<sema::InsertStatement>(&context.checked->statement().body);
    if (insert == nullptr || insert->places.empty() || insert->as_records) return;
    std::string names;
    for (const sema::Place& place : insert->places)
      names += (names.empty() ? "" : ", ") + zeroql::quote_name(place.field);
    const uint32_t end = node.table().span().end;
    add_fix(finding, {end, end}, " (" + names + ")", "name the fields");
  });
}

// ---- ZL506

// Whether the comma means something: that of a tuple of one, and of `{3,}` in a pattern.
bool is_needed(const StatementContext& context, uint32_t comma) {
  bool found = false;
  context.index.walk(context.statement.id, [&](NodeId id) {
    const zeroql::Node& node = context.tree().node(id);
    const bool is_tuple = node.kind == NodeKind::Tuple || node.kind == NodeKind::TupleType;
    const bool is_last = comma + 2 == node.token_end;
    found = found ||
            (is_last && ((is_tuple && node.child_count == 1) || node.kind == NodeKind::Quantifier));
  });
  return found;
}

// Whether FROM is the clause: in `{ at, from: x }` it is the name of an entry.
bool begins_clause(const StatementContext& context, uint32_t from) {
  bool found = false;
  context.index.walk(context.statement.id, [&](NodeId id) {
    const zeroql::Node& node = context.tree().node(id);
    found = found || (node.kind == NodeKind::From && node.first_token == from);
  });
  return found;
}

void check_trailing_comma(const StatementContext& context, Reporter& reporter) {
  const zeroql::Node& node = context.tree().node(context.statement.id);
  for (uint32_t i = node.first_token; i + 1 <= node.token_end; ++i) {
    const zeroql::Token& token = context.tree().token(TokenId(i));
    if (i >= node.token_end || !token.is(TokenKind::Comma)) continue;
    const zeroql::Token& next = context.tree().token(TokenId(i + 1));
    const bool closes = next.is(TokenKind::RightParen) || next.is(TokenKind::RightBracket) ||
                        next.is(TokenKind::RightBrace) ||
                        (next.is(Keyword::From) && begins_clause(context, i + 1));
    const bool is_last = closes || i + 1 == node.token_end;
    // In a list of one entry a line the comma keeps later changes to one line.
    const bool has_line =
        context.tree().trivia(TokenId(i + 1)).find('\n') != std::string_view::npos;
    if (!is_last || has_line || is_needed(context, i)) continue;
    Finding& finding = reporter.add(token.span(), "a comma behind the last entry of a line");
    // The comma may be all that keeps two words apart.
    const bool keeps_apart = next.glued && next.is(TokenKind::Word);
    add_fix(finding, token.span(), keeps_apart ? " " : "", "leave the comma out");
  }
}

constexpr std::array kStyleRules = {
    Rule{.code = "ZL501",
         .name = "keyword-case",
         .severity = Severity::Info,
         .fix = FixKind::Equivalent,
         .summary = "a keyword is not in capitals",
         .detail = "Keywords in capitals stand out from names. Values and types (none, true, any, "
                   "int) are "
                   "written in small letters and are left alone.",
         .triggers = "SELECT name from person",
         .nearly = "SELECT name FROM person WHERE true",
         .check = check_keyword_case},
    Rule{.code = "ZL502",
         .name = "ambiguous-unqualified",
         .severity = Severity::Info,
         .fix = FixKind::Equivalent,
         .summary = "in a query of several sources a field stands without the name of its source",
         .detail =
             "It is right today. A field of the same name in the other table would make it E0203.",
         .triggers = "SELECT email FROM person AS p JOIN company AS c ON c.id = p.employer",
         .nearly = "SELECT p.email FROM person AS p JOIN company AS c ON c.id = p.employer",
         .check = check_ambiguous_unqualified},
    Rule{
        .code = "ZL503",
        .name = "redundant-distinct",
        .severity = Severity::Warning,
        .fix = FixKind::Equivalent,
        .summary = "DISTINCT where rows cannot repeat, or where repetitions do not matter",
        .detail =
            "It costs a table of all rows that were seen, and suggests a danger that is not there.",
        .triggers = "SELECT DISTINCT id, name FROM person",
        .nearly = "SELECT DISTINCT name FROM person",
        .check = check_redundant_distinct},
    Rule{.code = "ZL504",
         .name = "nested-case",
         .severity = Severity::Info,
         .fix = FixKind::Equivalent,
         .summary = "an ELSE holds nothing but another CASE",
         .detail = "The conditions of one CASE are tried in turn; nesting adds nothing.",
         .triggers = "SELECT CASE WHEN score > 9.0 THEN 'a' ELSE CASE WHEN score > 5.0 THEN 'b' "
                     "ELSE 'c' END END AS mark FROM person",
         .nearly = "SELECT CASE WHEN score > 9.0 THEN 'a' WHEN score > 5.0 THEN 'b' ELSE 'c' END "
                   "AS mark FROM person",
         .check = check_nested_case},
    Rule{.code = "ZL505",
         .name = "positional-insert",
         .severity = Severity::Warning,
         .fix = FixKind::Equivalent,
         .summary = "INSERT .. VALUES without the names of the fields",
         .detail = "A field that is added to the table makes the statement wrong, or worse, right "
                   "with the "
                   "values in other fields.",
         .triggers = "INSERT INTO pair VALUES (1, 'one')",
         .nearly = "INSERT INTO pair (no, word) VALUES (1, 'one')",
         .check = check_positional_insert},
    Rule{.code = "ZL506",
         .name = "trailing-comma",
         .severity = Severity::Info,
         .fix = FixKind::Equivalent,
         .summary = "a comma behind the last entry, on the same line as what closes the list",
         .detail =
             "With an entry a line it is welcome; on one line it looks like a forgotten entry. A "
             "tuple of one needs it.",
         .triggers = "SELECT [1, 2,] AS list",
         .nearly = "SELECT (1,) AS single",
         .check = check_trailing_comma},
};

}  // namespace

std::span<const Rule> style_rules() {
  return kStyleRules;
}

}  // namespace zerodb::lint
