// Commands above statements: to run them, or to see how they would run.
#include "lsp/features.h"

namespace zerodb::lsp {
namespace {

using zeroql::NodeKind;

// More than a person looks at; an editor that asks for all of a long script gets the first.
constexpr size_t kStatementsMax = 1000;

bool is_write(NodeKind kind) {
  switch (kind) {
    case NodeKind::Create:
    case NodeKind::Insert:
    case NodeKind::Upsert:
    case NodeKind::Update:
    case NodeKind::Delete:
    case NodeKind::Relate:
      return true;
    default:
      return false;
  }
}

// What only means something beside the statements around it is not run alone.
bool stands_alone(NodeKind kind) {
  switch (kind) {
    case NodeKind::Begin:
    case NodeKind::Commit:
    case NodeKind::Rollback:
    case NodeKind::Savepoint:
    case NodeKind::Release:
    case NodeKind::Let:
    case NodeKind::Use:
    case NodeKind::Set:
    case NodeKind::Reset:
    case NodeKind::Live:
    case NodeKind::Kill:
    case NodeKind::Copy:
      return false;
    default:
      return zeroql::is_statement(kind);
  }
}

}  // namespace

Json code_lenses(const Analysis& analysis) {
  Json out = Json::array();
  const auto add = [&](const char* title, Span span, std::string statement) {
    Json arguments = Json::array();
    arguments.push(std::move(statement));
    out.push(Json::object({{"range", analysis.document().range({span.begin, span.begin})},
                           {"command", Json::object({{"title", title},
                                                     {"command", kRunCommand},
                                                     {"arguments", std::move(arguments)}})}}));
  };
  size_t count = 0;
  for (const zeroql::ParsedStatement& each : analysis.statements()) {
    const NodeKind kind = each.statement.kind();
    if (each.error != nullptr || !stands_alone(kind)) continue;
    if (++count > kStatementsMax) break;
    const Span span = each.statement.span();
    const std::string text(analysis.tree().source().slice(span));
    add("Run", span, text);
    if (kind == NodeKind::QueryStatement || is_write(kind)) add("Explain", span, "EXPLAIN " + text);
  }
  return out;
}

}  // namespace zerodb::lsp
