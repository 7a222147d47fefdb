// Definitions that mend what the linter found, written where the table is defined.
#include <algorithm>

#include "lsp/features.h"
#include "zeroql/ast_define.h"

namespace zerodb::lsp {
namespace {

struct Insertion {
  std::string uri;
  Json range;
  std::string text;
};

// The table that `DEFINE INDEX .. ON table ..` is for.
std::string table_of(const std::string& definition) {
  const zeroql::ParseResult parsed = zeroql::parse(definition);
  const auto statements = zeroql::split(parsed);
  if (statements.size() != 1 || statements.front().error != nullptr ||
      statements.front().statement.kind() != zeroql::NodeKind::DefineIndex)
    return "";
  return statements.front().statement.as<zeroql::ast::DefineIndex>().table().last().name();
}

// Behind the statement that holds the place, with the semicolon that it may lack.
Insertion behind(const Analysis& analysis, const std::string& uri, uint32_t place,
                 const std::string& definition) {
  Span whole{place, place};
  for (const zeroql::ParsedStatement& each : analysis.statements()) {
    if (each.statement.span().begin > place) break;
    whole = each.statement.span();
  }
  const std::string& text = analysis.document().text();
  const size_t next = text.find_first_not_of(" \t\r\n", whole.end);
  const bool is_ended = next != std::string::npos && text[next] == ';';
  const auto at = static_cast<uint32_t>(is_ended ? next + 1 : whole.end);
  return {uri, analysis.document().range({at, at}),
          std::string(is_ended ? "" : ";") + "\n" + definition + ";"};
}

Insertion before(const Analysis& analysis, const std::string& uri, uint32_t place,
                 const std::string& definition) {
  uint32_t at = 0;
  for (const zeroql::ParsedStatement& each : analysis.statements()) {
    if (each.statement.span().begin > place) break;
    at = each.statement.span().begin;
  }
  return {uri, analysis.document().range({at, at}), definition + ";\n"};
}

Insertion place_for(Workspace& workspace, const std::string& uri, const lint::Finding& finding) {
  const std::string key = symbol_key(SymbolKind::Table, table_of(finding.definition));
  for (const Workspace::Found& each : workspace.find(uri, key)) {
    if (each.occurrence->is_definition)
      return behind(*workspace.analysis(each.uri), each.uri, each.occurrence->span.begin,
                    finding.definition);
  }
  return before(*workspace.analysis(uri), uri, finding.span.begin, finding.definition);
}

}  // namespace

void add_definition_actions(Workspace& workspace, const std::string& uri, Span span,
                            Json& actions) {
  // Copied: asking for other scripts may make analyses anew.
  lint::Findings wanted;
  for (const lint::Finding& each : workspace.analysis(uri)->findings().known()) {
    const bool touches = each.span.begin <= span.end && each.span.end >= span.begin;
    if (touches && !each.definition.empty()) wanted.push_back(each);
  }
  for (const lint::Finding& each : wanted) {
    Insertion found = place_for(workspace, uri, each);
    Json edits = Json::array();
    edits.push(Json::object({{"range", std::move(found.range)}, {"newText", found.text}}));
    actions.push(Json::object(
        {{"title", each.definition},
         {"kind", "quickfix"},
         {"edit", Json::object({{"changes", Json::object({{found.uri, std::move(edits)}})}})}}));
  }
}

}  // namespace zerodb::lsp
