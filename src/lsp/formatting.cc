#include "lsp/features.h"
#include "zeroql/format.h"

namespace zerodb::lsp {
namespace {

// Replaces only what is not the same at both ends.
Json edit(const Analysis& analysis, Span span, std::string_view text) {
  const std::string_view old = analysis.tree().source().slice(span);
  size_t same = 0;
  while (same < old.size() && same < text.size() && old[same] == text[same]) ++same;
  // Not in the middle of a character.
  while (same > 0 && same < old.size() && (static_cast<unsigned char>(old[same]) & 0xC0) == 0x80)
    --same;
  return Json::object(
      {{"range", analysis.document().range({span.begin + static_cast<uint32_t>(same), span.end})},
       {"newText", text.substr(same)}});
}

}  // namespace

Json format_edits(const Analysis& analysis, Span span) {
  Json out = Json::array();
  for (const zeroql::FormattedStatement& each : zeroql::format_statements(analysis.parsed())) {
    const bool touches = each.span.begin <= span.end && each.span.end >= span.begin;
    const bool changes = each.text != analysis.tree().source().slice(each.span);
    if (touches && changes && each.is_sound) out.push(edit(analysis, each.span, each.text));
  }
  return out;
}

// A script that the formatter refuses is left alone.
Json format_document(const Analysis& analysis) {
  Json out = Json::array();
  const auto formatted = zeroql::format(analysis.document().text());
  if (formatted && *formatted != analysis.document().text())
    out.push(edit(analysis, {0, analysis.document().size()}, *formatted));
  return out;
}

Json format_on_type(const Analysis& analysis, uint32_t offset) {
  Json out = Json::array();
  for (const zeroql::FormattedStatement& each : zeroql::format_statements(analysis.parsed())) {
    const bool ends_here = each.span.end == offset;
    if (ends_here && each.is_sound && each.text != analysis.tree().source().slice(each.span))
      out.push(edit(analysis, each.span, each.text));
  }
  return out;
}

}  // namespace zerodb::lsp
