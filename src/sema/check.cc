#include "sema/check.h"

#include "base/ascii.h"
#include "sema/access.h"
#include "sema/availability.h"
#include "sema/copy_check.h"
#include "sema/data_check.h"
#include "sema/definition_check.h"
#include "sema/index_terms.h"
#include "sema/live_check.h"
#include "sema/query_check.h"
#include "sema/query_visit.h"
#include "sema/session_check.h"
#include "sema/write_check.h"

namespace zerodb::sema {
namespace {

void check_into(Checking& c, ast::Statement node);

// E0605 for search::score and the like in a query that looks for no words.
void require_matches(Checking& c, QueryId query) {
  bool has_matches = false;
  ExprId search = kNoExpr;
  visit_query(c, query, [&](ExprId id, uint32_t) {
    const Expr& expr = c.expr(id);
    has_matches = has_matches || expr.kind == ExprKind::Matches;
    if (expr.kind != ExprKind::Call || expr.function == Expr::kDynamicFunction) return;
    const std::string& name = c.library().functions()[expr.function].signature.name;
    if (name == "search::score" || name == "search::highlight" || name == "search::positions")
      search = id;
  });
  if (search == kNoExpr || has_matches) return;
  c.report(ErrorCode::E0605,
           "this tells of the words that MATCHES looks for, and there is no MATCHES",
           c.expr(search).span);
}

QueryStatement check_query_statement(Checking& c, ast::QueryStatement node) {
  const QueryId query = check_query(c, nullptr, node.query());
  if (!c.failed()) require_matches(c, query);
  c.statement.columns = c.query(query).outputs;
  return {query};
}

BeginStatement check_begin(ast::Begin node) {
  return {node.is_read_only(), node.is_snapshot()};
}

RollbackStatement check_rollback(ast::Rollback node) {
  return {node.savepoint() ? node.savepoint()->name() : std::string()};
}

ExplainStatement::Format explain_format(Checking& c, ast::Ident node) {
  using Format = ExplainStatement::Format;
  const std::string name = lower_ascii(node.name());
  if (name == "text") return Format::Text;
  if (name == "json") return Format::Json;
  if (name == "wasm") return Format::Wasm;
  c.report(ErrorCode::E0210, "unknown format `" + name + "` of a plan", node.span()).help =
      "there are text, json and wasm";
  return Format::Text;
}

ExplainStatement check_explain(Checking& c, ast::Explain node) {
  ExplainStatement explain;
  explain.analyze = node.is_analyze();
  if (node.format()) {
    explain.format = explain_format(c, *node.format());
    if (explain.analyze && explain.format == ExplainStatement::Format::Wasm)
      c.report(ErrorCode::E0210, "code is shown without a run of it", node.format()->span()).help =
          "leave ANALYZE out";
  }
  Checking inner(c.context, c.statement.schema, &node.tree->source());
  check_into(inner, node.statement());
  bind_gates(inner);
  bind_index_terms(inner);
  c.diagnostics.insert(c.diagnostics.end(), inner.diagnostics.begin(), inner.diagnostics.end());
  c.warnings = std::move(inner.warnings);
  c.statement.writes = explain.analyze && inner.statement.writes;
  c.statement.parameters = inner.statement.parameters;
  explain.inner = std::make_shared<const Statement>(std::move(inner.statement));
  c.statement.columns = {
      {"plan", kNoExpr,
       explain.format == ExplainStatement::Format::Json ? Type::object() : Type::string()}};
  return explain;
}

template <typename Body>
void write(Checking& c, Body body) {
  c.statement.body = std::move(body);
  c.statement.writes = true;
}

void check_into(Checking& c, ast::Statement node) {
  using Kind = ast::StatementKind;
  auto& body = c.statement.body;
  switch (node.statement_kind()) {
    case Kind::QueryStatement:
      body = check_query_statement(c, node.as<ast::QueryStatement>());
      return;
    case Kind::Create:
      write(c, check_create(c, node.as<ast::Create>()));
      return;
    case Kind::Insert:
      write(c, check_insert(c, node.as<ast::Insert>()));
      return;
    case Kind::Upsert:
      write(c, check_upsert(c, node.as<ast::Upsert>()));
      return;
    case Kind::Update:
      write(c, check_update(c, node.as<ast::Update>()));
      return;
    case Kind::Delete:
      write(c, check_delete(c, node.as<ast::Delete>()));
      return;
    case Kind::Relate:
      write(c, check_relate(c, node.as<ast::Relate>()));
      return;
    case Kind::Let:
      body = check_let(c, node.as<ast::Let>());
      return;
    case Kind::Use:
      body = check_use(c, node.as<ast::Use>());
      return;
    case Kind::Set:
      body = check_set(c, node.as<ast::Set>());
      return;
    case Kind::Reset:
      body = check_reset(c, node.as<ast::Reset>());
      return;
    case Kind::Show:
      body = check_show(c, node.as<ast::Show>());
      return;
    case Kind::Begin:
      body = check_begin(node.as<ast::Begin>());
      return;
    case Kind::Commit:
      body = CommitStatement{};
      return;
    case Kind::Rollback:
      body = check_rollback(node.as<ast::Rollback>());
      return;
    case Kind::Savepoint:
      body = SavepointStatement{node.as<ast::Savepoint>().ident().name()};
      return;
    case Kind::Release:
      body = ReleaseStatement{node.as<ast::Release>().ident().name()};
      return;
    case Kind::Describe:
      body = check_describe(c, node.as<ast::Describe>());
      return;
    case Kind::Explain:
      body = check_explain(c, node.as<ast::Explain>());
      return;
    case Kind::Analyze:
      if (!require_definitions(c, node.span())) return;
      body = check_analyze(c, node.as<ast::Analyze>());
      return;
    case Kind::Copy:
      body = check_copy(c, node.as<ast::Copy>());
      return;
    case Kind::Live:
      body = check_live(c, node.as<ast::Live>());
      return;
    case Kind::Kill:
      body = check_kill(c, node.as<ast::Kill>());
      return;
    case Kind::ErrorStatement:
      c.report(ErrorCode::E0101, "a statement was expected", node.span());
      return;
    default:
      if (!require_definitions(c, node.span())) return;
      write(c, check_definition(c, node));
      return;
  }
}

}  // namespace

CheckResult check(zeroql::ast::Statement node, std::shared_ptr<const catalog::Schema> schema,
                  const CheckContext& context) {
  Checking c(context, std::move(schema), &node.tree->source());
  check_into(c, node);
  bind_gates(c);
  bind_index_terms(c);
  if (!c.diagnostics.empty()) c.warnings.clear();
  return {std::move(c.statement), std::move(c.diagnostics), std::move(c.warnings)};
}

}  // namespace zerodb::sema
