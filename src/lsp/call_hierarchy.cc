// Who calls a function or reads a view, and what these call and read.
#include <map>

#include "lsp/features.h"

namespace zerodb::lsp {
namespace {

constexpr int kFile = 1;  // a kind of symbol

bool has_calls(const Occurrence& name) {
  return name.kind == SymbolKind::Function || name.kind == SymbolKind::View;
}

// What a name in a text belongs to: the definition around it, or else the whole script.
const Occurrence* definition_around(const Analysis& analysis, Span span) {
  const Occurrence* found = nullptr;
  for (const Occurrence& each : analysis.occurrences()) {
    const bool is_around = each.is_definition && each.whole.begin <= span.begin &&
                           span.end <= each.whole.end && has_calls(each);
    if (is_around) found = &each;
  }
  return found;
}

Json item_of(const Analysis& analysis, const std::string& uri, const Occurrence& definition) {
  return Json::object({{"name", definition.name},
                       {"kind", protocol_symbol_kind(definition.kind)},
                       {"uri", uri},
                       {"range", analysis.document().range(definition.whole)},
                       {"selectionRange", analysis.document().range(definition.span)},
                       {"data", definition.key}});
}

Json item_of_script(const Analysis& analysis, const std::string& uri) {
  const Json range = analysis.document().range({0, analysis.document().size()});
  return Json::object({{"name", uri.substr(uri.rfind('/') + 1)},
                       {"kind", kFile},
                       {"uri", uri},
                       {"range", range},
                       {"selectionRange", analysis.document().range({0, 0})},
                       {"data", ""}});
}

// Calls by the other end of them, in the order in which they are met.
class Calls {
 public:
  explicit Calls(std::string_view end) : end_(end) {}

  void add(const std::string& key, Json item, Json range) {
    const auto [known, is_new] = positions_.try_emplace(key, items_.size());
    if (is_new) items_.push_back({std::move(item), Json::array()});
    items_[known->second].ranges.push(std::move(range));
  }
  Json take() && {
    Json out = Json::array();
    for (Call& each : items_)
      out.push(
          Json::object({{end_, std::move(each.item)}, {"fromRanges", std::move(each.ranges)}}));
    return out;
  }

 private:
  struct Call {
    Json item;
    Json ranges;
  };
  std::string end_;  // "from" or "to"
  std::map<std::string, size_t> positions_;
  std::vector<Call> items_;
};

}  // namespace

Json call_items(Workspace& workspace, const std::string& uri, uint32_t offset) {
  const Occurrence* name = workspace.analysis(uri)->occurrence_at(offset);
  if (name == nullptr || !has_calls(*name)) return nullptr;
  Json out = Json::array();
  for (const Workspace::Found& each : workspace.find(uri, name->key)) {
    if (each.occurrence->is_definition)
      out.push(item_of(*workspace.analysis(each.uri), each.uri, *each.occurrence));
  }
  return out;
}

Json incoming_calls(Workspace& workspace, const Json& item) {
  Calls calls("from");
  const std::string key(item["data"].as_string());
  for (const Workspace::Found& each : workspace.find(std::string(item["uri"].as_string()), key)) {
    if (each.occurrence->is_definition) continue;
    const Analysis& analysis = *workspace.analysis(each.uri);
    const Occurrence* caller = definition_around(analysis, each.occurrence->span);
    Json from = caller == nullptr ? item_of_script(analysis, each.uri)
                                  : item_of(analysis, each.uri, *caller);
    calls.add(each.uri + "#" + (caller == nullptr ? "" : caller->key), std::move(from),
              analysis.document().range(each.occurrence->span));
  }
  return std::move(calls).take();
}

Json outgoing_calls(Workspace& workspace, const Json& item) {
  Calls calls("to");
  const std::string uri(item["uri"].as_string());
  const Analysis* analysis = workspace.analysis(uri);
  if (analysis == nullptr) return Json::array();
  const Span whole = analysis->document().span(item["range"]);
  for (const Occurrence& each : analysis->occurrences()) {
    const bool is_inside = whole.begin <= each.span.begin && each.span.end <= whole.end;
    if (!is_inside || each.is_definition || !has_calls(each)) continue;
    for (const Workspace::Found& found : workspace.find(uri, each.key)) {
      if (!found.occurrence->is_definition) continue;
      calls.add(found.uri + "#" + each.key,
                item_of(*workspace.analysis(found.uri), found.uri, *found.occurrence),
                analysis->document().range(each.span));
    }
  }
  return std::move(calls).take();
}

}  // namespace zerodb::lsp
