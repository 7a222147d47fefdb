#include <algorithm>
#include <set>

#include "base/ascii.h"
#include "lsp/features.h"
#include "lsp/tree_walk.h"
#include "zeroql/trivia.h"

namespace zerodb::lsp {
namespace {

using zeroql::NodeId;
using zeroql::NodeKind;
using zeroql::TokenId;

bool folds(NodeKind kind) {
  switch (kind) {
    case NodeKind::TableItems:
    case NodeKind::Object:
    case NodeKind::Array:
    case NodeKind::Case:
    case NodeKind::Subquery:
    case NodeKind::ArraySubquery:
    case NodeKind::CommonTable:
    case NodeKind::SelectItems:
    case NodeKind::Values:
      return true;
    default:
      return zeroql::is_statement(kind);
  }
}

Json symbol_of(const Analysis& analysis, const Occurrence& each) {
  return Json::object({{"name", each.name},
                       {"kind", protocol_symbol_kind(each.kind)},
                       {"range", analysis.document().range(each.whole)},
                       {"selectionRange", analysis.document().range(each.span)}});
}

bool is_global(const Occurrence& each) {
  return each.is_definition && !each.key.starts_with("local ");
}

}  // namespace

uint32_t protocol_symbol_kind(SymbolKind kind) {
  switch (kind) {
    case SymbolKind::Table:
    case SymbolKind::View:
      return 5;  // class
    case SymbolKind::Edge:
      return 11;  // interface
    case SymbolKind::Field:
    case SymbolKind::Column:
      return 8;
    case SymbolKind::Type:
      return 23;  // struct
    case SymbolKind::Enum:
      return 10;
    case SymbolKind::Variant:
      return 22;
    case SymbolKind::Function:
    case SymbolKind::BuiltIn:
      return 12;
    case SymbolKind::Parameter:
      return 14;  // constant
    case SymbolKind::Index:
      return 20;  // key
    case SymbolKind::Namespace:
    case SymbolKind::Database:
      return 3;
    case SymbolKind::Module:
      return 2;
    default:
      return 13;  // variable
  }
}

Json folding_ranges(const Analysis& analysis) {
  Json out = Json::array();
  const zeroql::Tree& tree = analysis.tree();
  std::set<std::pair<uint32_t, uint32_t>> seen;
  const auto add = [&](Span span, const char* kind) {
    const uint32_t first = analysis.document().position(span.begin).line;
    const uint32_t last = analysis.document().position(span.end).line;
    if (last <= first || !seen.emplace(first, last).second) return;
    Json range = Json::object({{"startLine", first}, {"endLine", last}});
    if (kind != nullptr) range.set("kind", kind);
    out.push(std::move(range));
  };
  walk(tree, [&](NodeId id) {
    if (folds(tree.kind(id))) add(tree.span(id), nullptr);
  });
  for (uint32_t i = 0; i < tree.token_count(); ++i) {
    // Comments that follow each other line by line are one.
    const auto comments = zeroql::gap_before(tree, TokenId(i)).comments;
    for (size_t first = 0, last = 0; first < comments.size(); first = last + 1) {
      last = first;
      while (last + 1 < comments.size() && comments[last + 1].begins_line &&
             !comments[last + 1].after_blank_line)
        ++last;
      add({comments[first].span.begin, comments[last].span.end}, "comment");
    }
  }
  return out;
}

Json selection_range(const Analysis& analysis, uint32_t offset) {
  const zeroql::Tree& tree = analysis.tree();
  const TokenId token = analysis.token_at(offset);
  std::vector<Span> spans = {{0, analysis.document().size()}};
  const auto add = [&](Span span) {
    const bool is_inside = span.begin >= spans.back().begin && span.end <= spans.back().end;
    if (is_inside && span != spans.back() && span.begin <= offset && offset <= span.end)
      spans.push_back(span);
  };
  walk(tree, [&](NodeId id) {
    const zeroql::Node& node = tree.node(id);
    if (node.first_token <= token.value() && token.value() < node.token_end) add(tree.span(id));
  });
  add(tree.token(token).span());
  Json out;
  for (const Span span : spans) {
    Json inner = Json::object({{"range", analysis.document().range(span)}});
    if (!out.is_null()) inner.set("parent", std::move(out));
    out = std::move(inner);
  }
  return out;
}

// Fields lie in their tables, variants in their enums.
Json document_symbols(const Analysis& analysis) {
  Json out = Json::array();
  const Occurrence* parent = nullptr;
  Json symbol;
  Json inner = Json::array();
  const auto finish = [&] {
    if (parent == nullptr) return;
    symbol.set("children", std::move(inner));
    out.push(std::move(symbol));
    inner = Json::array();
    parent = nullptr;
  };
  for (const Occurrence& each : analysis.occurrences()) {
    if (!is_global(each)) continue;
    const bool is_inner = parent != nullptr && parent->whole.begin <= each.whole.begin &&
                          each.whole.end <= parent->whole.end;
    if (is_inner) {
      inner.push(symbol_of(analysis, each));
      continue;
    }
    finish();
    parent = &each;
    symbol = symbol_of(analysis, each);
  }
  finish();
  return out;
}

Json workspace_symbols(const Analysis& analysis, const std::string& uri, std::string_view query) {
  Json out = Json::array();
  const std::string wanted = lower_ascii(query);
  for (const Occurrence& each : analysis.occurrences()) {
    if (!is_global(each) || lower_ascii(each.name).find(wanted) == std::string::npos) continue;
    Json symbol = Json::object(
        {{"name", each.name},
         {"kind", protocol_symbol_kind(each.kind)},
         {"location",
          Json::object({{"uri", uri}, {"range", analysis.document().range(each.span)}})}});
    if (!each.table.empty()) symbol.set("containerName", each.table);
    out.push(std::move(symbol));
  }
  return out;
}

}  // namespace zerodb::lsp
