#include <algorithm>
#include <array>
#include <span>

#include "base/ascii.h"
#include "lint/rule.h"
#include "lsp/features.h"

namespace zerodb::lsp {
namespace {

// Of the protocol.
enum class ShownSeverity : uint8_t { Error = 1, Warning = 2, Information = 3 };
// Nobody reads more of one script, and they are sent with every keystroke.
constexpr size_t kFindingsShownMax = 1000;
constexpr int kUnnecessary = 1;  // a tag: shown faded

ShownSeverity shown(lint::Severity severity) {
  switch (severity) {
    case lint::Severity::Error:
      return ShownSeverity::Error;
    case lint::Severity::Warning:
      return ShownSeverity::Warning;
    default:
      return ShownSeverity::Information;
  }
}

// Rules about what could as well not be there.
bool is_about_unnecessary(const lint::Rule& rule) {
  constexpr std::array<std::string_view, 4> kCodes = {"ZL001", "ZL210", "ZL410", "ZL503"};
  return std::ranges::find(kCodes, rule.code) != kCodes.end();
}

Json related(const Analysis& analysis, const std::string& uri,
             const std::vector<zeroql::Label>& labels) {
  Json out = Json::array();
  for (const zeroql::Label& label : labels) {
    out.push(Json::object(
        {{"location",
          Json::object({{"uri", uri}, {"range", analysis.document().range(label.span)}})},
         {"message", label.text}}));
  }
  return out;
}

// T is a diagnostic or a finding.
template <typename T>
std::string message_of(const T& each) {
  std::string text = each.message;
  if (!each.note.empty()) text += " (" + each.note + ")";
  if (!each.help.empty()) text += "\nhelp: " + each.help;
  return text;
}

template <typename T>
Json described(const Analysis& analysis, const std::string& uri, const T& each,
               std::string_view code, ShownSeverity severity) {
  Json out = Json::object({{"range", analysis.document().range(each.span)},
                           {"severity", static_cast<int>(severity)},
                           {"code", code},
                           {"source", "zeroql"},
                           {"message", message_of(each)}});
  if (!each.labels.empty()) out.set("relatedInformation", related(analysis, uri, each.labels));
  return out;
}

Json to_json(const Analysis& analysis, const std::string& uri, const zeroql::Diagnostic& each) {
  return described(analysis, uri, each, code_name(each.code),
                   each.is_error() ? ShownSeverity::Error : ShownSeverity::Warning);
}

Json to_json(const Analysis& analysis, const std::string& uri, const lint::Finding& each) {
  Json out = described(analysis, uri, each, each.rule->code, shown(each.severity));
  if (is_about_unnecessary(*each.rule)) {
    Json tags = Json::array();
    tags.push(kUnnecessary);
    out.set("tags", std::move(tags));
  }
  return out;
}

// The headings of the reference are the codes, those of rules with the name behind.
void add_link(Json& diagnostic, const std::string& address) {
  diagnostic.set("codeDescription", Json::object({{"href", address}}));
}

// ---- code actions

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

class Actions {
 public:
  Actions(const Analysis& analysis, const std::string& uri, Span span)
      : analysis_(analysis), uri_(uri), span_(span) {}

  Json run() && {
    for (const zeroql::Diagnostic& each : analysis_.diagnostics()) add_fixes(each);
    for (const lint::Finding& each : analysis_.findings().known()) {
      add_fixes(each);
      if (touches(each.span) && each.rule->code >= "ZL100") add_allowance(each);
    }
    add_all();
    return std::move(out_);
  }

 private:
  bool touches(Span place) const { return place.begin <= span_.end && place.end >= span_.begin; }

  void add(std::string title, const zeroql::Fix& fix, Json of, bool is_preferred) {
    Json edits = Json::array();
    edits.push(edit_of(analysis_, fix));
    Json made = action(std::move(title), "quickfix", uri_, std::move(edits));
    Json found = Json::array();
    found.push(std::move(of));
    made.set("diagnostics", std::move(found));
    made.set("isPreferred", is_preferred);
    out_.push(std::move(made));
  }

  template <typename T>
  void add_fixes(const T& each) {
    // Of the fixes of one finding only one is to be applied.
    if (!each.fixes.empty()) all_.push_back(&each.fixes.front());
    if (!touches(each.span)) return;
    for (const zeroql::Fix& fix : each.fixes)
      add(fix.title, fix, to_json(analysis_, uri_, each), each.fixes.size() == 1);
  }

  // A comment on a line of its own before the statement. The reason is for the author to write.
  void add_allowance(const lint::Finding& each) {
    uint32_t begin = 0;
    for (const zeroql::ParsedStatement& statement : analysis_.statements()) {
      const Span place = statement.statement.span();
      if (place.begin > each.span.begin) break;
      begin = place.begin;
    }
    const std::string_view text = analysis_.document().text();
    uint32_t line = begin;
    while (line > 0 && text[line - 1] != '\n') --line;
    const std::string_view indent = text.substr(line, begin - line);
    const bool is_first = indent.find_first_not_of(" \t") == std::string_view::npos;
    const std::string code(each.rule->code);
    std::string comment = "-- zerodb:allow " + code + " (say why)\n";
    comment = is_first ? comment + std::string(indent) : "\n" + comment;
    add("Allow " + code + " " + std::string(each.rule->name) + " here, with a reason",
        {{begin, begin}, std::move(comment), ""}, to_json(analysis_, uri_, each), false);
  }

  // Fixes that do not touch each other.
  void add_all() {
    std::ranges::stable_sort(all_, {}, [](const zeroql::Fix* fix) { return fix->span.begin; });
    std::vector<const zeroql::Fix*> apart;
    for (const zeroql::Fix* fix : all_) {
      if (apart.empty() || fix->span.begin > apart.back()->span.end) apart.push_back(fix);
    }
    if (apart.size() < 2) return;
    Json edits = Json::array();
    for (const zeroql::Fix* fix : apart) edits.push(edit_of(analysis_, *fix));
    out_.push(action("Apply all fixes", "source.fixAll", uri_, std::move(edits)));
  }

  const Analysis& analysis_;
  const std::string& uri_;
  Span span_;
  std::vector<const zeroql::Fix*> all_;
  Json out_ = Json::array();
};

}  // namespace

Json diagnostics(const Analysis& analysis, const std::string& uri, const std::string& docs) {
  Json out = Json::array();
  for (const zeroql::Diagnostic& each : analysis.diagnostics()) {
    Json shown = to_json(analysis, uri, each);
    if (!docs.empty()) add_link(shown, docs + "errors.md#" + lower_ascii(code_name(each.code)));
    out.push(std::move(shown));
  }
  const lint::Findings& findings = analysis.findings().known();
  for (const lint::Finding& each :
       std::span(findings).first(std::min(findings.size(), kFindingsShownMax))) {
    Json shown = to_json(analysis, uri, each);
    if (!docs.empty()) {
      add_link(shown, docs + "lint.md#" + lower_ascii(each.rule->code) + "-" +
                          std::string(each.rule->name));
    }
    out.push(std::move(shown));
  }
  return out;
}

Json code_actions(const Analysis& analysis, const std::string& uri, Span span) {
  Json out = Actions(analysis, uri, span).run();
  add_refactorings(analysis, uri, span, out);
  return out;
}

}  // namespace zerodb::lsp
