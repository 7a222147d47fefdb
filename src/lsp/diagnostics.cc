#include <algorithm>

#include "lsp/features.h"

namespace zerodb::lsp {
namespace {

Json related(const Analysis& analysis, const std::string& uri, const zeroql::Diagnostic& each) {
  Json out = Json::array();
  for (const zeroql::Label& label : each.labels) {
    out.push(Json::object(
        {{"location",
          Json::object({{"uri", uri}, {"range", analysis.document().range(label.span)}})},
         {"message", label.text}}));
  }
  return out;
}

std::string message_of(const zeroql::Diagnostic& each) {
  std::string text = each.message;
  if (!each.note.empty()) text += " (" + each.note + ")";
  if (!each.help.empty()) text += "\nhelp: " + each.help;
  return text;
}

Json to_json(const Analysis& analysis, const std::string& uri, const zeroql::Diagnostic& each) {
  constexpr int kError = 1;
  constexpr int kWarning = 2;
  Json out = Json::object({{"range", analysis.document().range(each.span)},
                           {"severity", each.is_error() ? kError : kWarning},
                           {"code", code_name(each.code)},
                           {"source", "zeroql"},
                           {"message", message_of(each)}});
  if (!each.labels.empty()) out.set("relatedInformation", related(analysis, uri, each));
  return out;
}

Json edit_of(const Analysis& analysis, const zeroql::Fix& fix) {
  return Json::object(
      {{"range", analysis.document().range(fix.span)}, {"newText", fix.replacement}});
}

Json action(std::string title, std::string_view kind, const std::string& uri, Json edits) {
  return Json::object(
      {{"title", std::move(title)},
       {"kind", kind},
       {"edit", Json::object({{"changes", Json::object({{uri, std::move(edits)}})}})}});
}

}  // namespace

Json diagnostics(const Analysis& analysis, const std::string& uri) {
  Json out = Json::array();
  for (const zeroql::Diagnostic& each : analysis.diagnostics())
    out.push(to_json(analysis, uri, each));
  return out;
}

Json code_actions(const Analysis& analysis, const std::string& uri, Span span) {
  Json out = Json::array();
  // Fixes that do not touch each other, in the order of their places.
  std::vector<const zeroql::Fix*> all;
  for (const zeroql::Diagnostic& each : analysis.diagnostics()) {
    const bool touches = each.span.begin <= span.end && each.span.end >= span.begin;
    for (const zeroql::Fix& fix : each.fixes) {
      const bool is_apart = all.empty() || fix.span.begin >= all.back()->span.end;
      if (is_apart) all.push_back(&fix);
      if (!touches) continue;
      Json edits = Json::array();
      edits.push(edit_of(analysis, fix));
      Json made = action(fix.title, "quickfix", uri, std::move(edits));
      Json found = Json::array();
      found.push(to_json(analysis, uri, each));
      made.set("diagnostics", std::move(found));
      made.set("isPreferred", each.fixes.size() == 1);
      out.push(std::move(made));
    }
  }
  if (all.size() < 2) return out;
  Json edits = Json::array();
  for (const zeroql::Fix* fix : all) edits.push(edit_of(analysis, *fix));
  out.push(action("Apply all fixes", "source.fixAll", uri, std::move(edits)));
  return out;
}

}  // namespace zerodb::lsp
