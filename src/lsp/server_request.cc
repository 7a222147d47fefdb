// What the server answers about scripts.
#include <algorithm>

#include "lsp/server.h"
#include "zeroql/lexer.h"
#include "zeroql/literal.h"

namespace zerodb::lsp {

Result<Server::At> Server::document_of(const Json& parameters) {
  At at{std::string(parameters["textDocument"]["uri"].as_string())};
  at.analysis = workspace_.analysis(at.uri);
  if (at.analysis == nullptr) return Error(ErrorCode::E0620, "no document " + at.uri);
  return at;
}

Result<Server::At> Server::document_so_far(const Json& parameters) {
  At at{std::string(parameters["textDocument"]["uri"].as_string())};
  at.analysis = workspace_.analysis_so_far(at.uri);
  if (at.analysis == nullptr) return Error(ErrorCode::E0620, "no document " + at.uri);
  return at;
}

Result<Server::At> Server::place_of(const Json& parameters) {
  At at = TRY(document_of(parameters));
  at.offset = at.analysis->document().offset(parameters["position"]);
  return at;
}

// ---- diagnostics

Json Server::report(const std::string& uri, const Analysis* analysis, std::string_view previous) {
  Json items = analysis == nullptr ? Json::array() : diagnostics(*analysis, uri, docs_);
  if (asks_again_ && workspace_.is_open(uri)) shown_[uri] = items;
  const std::string id = std::to_string(std::hash<std::string>()(items.dump()));
  if (id == previous) return Json::object({{"kind", "unchanged"}, {"resultId", id}});
  return Json::object({{"kind", "full"}, {"resultId", id}, {"items", std::move(items)}});
}

// A client that can be told to ask again need not wait for all of it.
Result<Json> Server::diagnostic(const Json& parameters) {
  const std::string_view previous = parameters["previousResultId"].as_string();
  const std::string uri(parameters["textDocument"]["uri"].as_string());
  if (asks_again_ && workspace_.is_open(uri)) {
    const At at = TRY(document_so_far(parameters));
    follow(uri);
    return report(uri, at.analysis, previous);
  }
  const At at = TRY(document_of(parameters));
  return report(uri, &linted(uri, *at.analysis), previous);
}

Result<Json> Server::workspace_diagnostic(const Json& parameters) {
  Json items = Json::array();
  for (const std::string& uri : workspace_.uris()) {
    std::string_view previous;
    for (const Json& each : parameters["previousResultIds"].as_array()) {
      if (each["uri"].as_string() == uri) previous = each["value"].as_string();
    }
    const Analysis* analysis = workspace_.analysis(uri);
    Json item = report(uri, analysis == nullptr ? nullptr : &linted(uri, *analysis), previous);
    item.set("uri", uri);
    item.set("version", workspace_.is_open(uri) ? Json(workspace_.version(uri)) : Json());
    items.push(std::move(item));
  }
  return Json::object({{"items", std::move(items)}});
}

// ---- at a place

Result<Json> Server::completion(const Json& parameters) {
  const At at = TRY(document_so_far(parameters));
  const uint32_t offset = at.analysis->document().offset(parameters["position"]);
  return lsp::completion(
      *at.analysis, workspace_.library(), offset,
      {.snippets = knows_snippets_, .defers_documentation = asks_for_documentation_});
}

Result<Json> Server::completion_item(const Json& parameters) {
  return resolve_completion(workspace_.library(), parameters);
}

Result<Json> Server::hover(const Json& parameters) {
  const At at = TRY(place_of(parameters));
  return lsp::hover(*at.analysis, workspace_.library(), at.offset);
}

Result<Json> Server::signature_help(const Json& parameters) {
  const At at = TRY(place_of(parameters));
  return lsp::signature_help(*at.analysis, workspace_.library(), at.offset);
}

Json Server::location(const Workspace::Found& found) {
  const Analysis* analysis = workspace_.analysis(found.uri);
  return Json::object(
      {{"uri", found.uri}, {"range", analysis->document().range(found.occurrence->span)}});
}

Result<Json> Server::definition(const Json& parameters) {
  const At at = TRY(place_of(parameters));
  const Occurrence* name = at.analysis->occurrence_at(at.offset);
  if (name == nullptr) return Json();
  return definitions_of(at.uri, name->key);
}

Json Server::definitions_of(const std::string& uri, const std::string& key) {
  Json out = Json::array();
  for (const Workspace::Found& each : workspace_.find(uri, key)) {
    if (each.occurrence->is_definition) out.push(location(each));
  }
  if (!out.as_array().empty()) return out;
  // Of the database: in no script, but in a document that the client may ask for.
  if (const auto found = schema_uri(workspace_.database_schema(), key)) {
    const Json start = Json::object({{"line", 0}, {"character", 0}});
    out.push(Json::object(
        {{"uri", *found}, {"range", Json::object({{"start", start}, {"end", start}})}}));
  }
  return out;
}

Result<Json> Server::type_definition(const Json& parameters) {
  const At at = TRY(place_of(parameters));
  const Occurrence* name = at.analysis->occurrence_at(at.offset);
  if (name == nullptr) return Json();
  Json out = Json::array();
  for (const std::string& key : type_keys(*at.analysis, *name)) {
    const Json found = definitions_of(at.uri, key);
    for (const Json& each : found.as_array()) out.push(each);
  }
  return out;
}

Result<Json> Server::references(const Json& parameters) {
  const At at = TRY(place_of(parameters));
  const Occurrence* name = at.analysis->occurrence_at(at.offset);
  if (name == nullptr) return Json();
  const bool with_definitions = parameters["context"]["includeDeclaration"].as_bool();
  Json out = Json::array();
  for (const Workspace::Found& each : workspace_.find(at.uri, name->key)) {
    if (with_definitions || !each.occurrence->is_definition) out.push(location(each));
  }
  return out;
}

Result<Json> Server::highlight(const Json& parameters) {
  const At at = TRY(place_of(parameters));
  const Occurrence* name = at.analysis->occurrence_at(at.offset);
  if (name == nullptr) return Json();
  constexpr int kRead = 2;
  constexpr int kWrite = 3;
  Json out = Json::array();
  for (const Occurrence& each : at.analysis->occurrences()) {
    if (each.key != name->key) continue;
    out.push(Json::object({{"range", at.analysis->document().range(each.span)},
                           {"kind", each.is_definition ? kWrite : kRead}}));
  }
  return out;
}

// ---- rename

Result<Json> Server::prepare_rename(const Json& parameters) {
  const At at = TRY(place_of(parameters));
  const Occurrence* name = at.analysis->occurrence_at(at.offset);
  if (name == nullptr || name->kind == SymbolKind::BuiltIn) return Json();
  return Json::object(
      {{"range", at.analysis->document().range(name->span)}, {"placeholder", name->name}});
}

// Functions with a path and parameters keep their marks.
Result<Json> Server::rename(const Json& parameters) {
  const At at = TRY(place_of(parameters));
  const Occurrence* name = at.analysis->occurrence_at(at.offset);
  if (name == nullptr) return Error(ErrorCode::E0620, "there is no name here");
  if (name->kind == SymbolKind::BuiltIn)
    return Error(ErrorCode::E0620, "`" + name->name + "` is part of the language");
  std::string text(parameters["newName"].as_string());
  const bool is_parameter = name->kind == SymbolKind::Parameter;
  const std::string_view bare =
      is_parameter && text.starts_with('$') ? std::string_view(text).substr(1) : text;
  if (bare.empty()) return Error(ErrorCode::E0620, "a name is not empty");
  const bool is_word = zeroql::is_bare_word(bare);
  if (is_parameter) {
    if (!is_word) return Error(ErrorCode::E0620, "a parameter is called by a word");
    text = "$" + std::string(bare);
  } else if (!is_word || zeroql::is_reserved(zeroql::keyword_of(bare))) {
    text = zeroql::quote_name(bare);
  }
  const Occurrence renamed = *name;  // the search makes analyses anew
  std::map<std::string, Json> edits;
  for (const Workspace::Found& each : workspace_.find(at.uri, renamed.key)) {
    Json edit = location(each);
    edits.try_emplace(each.uri, Json::array())
        .first->second.push(Json::object({{"range", edit["range"]}, {"newText", text}}));
  }
  Json changes = Json::object({});
  for (auto& [uri, list] : edits) changes.set(uri, std::move(list));
  offer_rename(renamed, text);
  return Json::object({{"changes", std::move(changes)}});
}

// ---- semantic tokens

namespace {

Json numbers(std::span<const uint32_t> data) {
  Json out = Json::array();
  for (const uint32_t number : data) out.push(number);
  return out;
}

}  // namespace

Result<Json> Server::semantic_full(const Json& parameters) {
  const At at = TRY(document_of(parameters));
  Tokens& last = tokens_[at.uri];
  last.id = std::to_string(next_tokens_id_++);
  last.data = semantic_tokens(*at.analysis, {0, at.analysis->document().size()});
  return Json::object({{"resultId", last.id}, {"data", numbers(last.data)}});
}

// One edit: what differs between the ends that are the same.
Result<Json> Server::semantic_delta(const Json& parameters) {
  const At at = TRY(document_of(parameters));
  Tokens& last = tokens_[at.uri];
  if (last.id.empty() || last.id != parameters["previousResultId"].as_string())
    return semantic_full(parameters);
  std::vector<uint32_t> data = semantic_tokens(*at.analysis, {0, at.analysis->document().size()});
  const auto [old_begin, new_begin] = std::ranges::mismatch(last.data, data);
  const auto begin = static_cast<size_t>(old_begin - last.data.begin());
  size_t same = 0;
  while (same < std::min(last.data.size(), data.size()) - begin &&
         last.data[last.data.size() - 1 - same] == data[data.size() - 1 - same])
    ++same;
  Json edits = Json::array();
  if (last.data != data) {
    const auto changed = std::span(data).subspan(begin, data.size() - begin - same);
    edits.push(Json::object({{"start", begin},
                             {"deleteCount", last.data.size() - begin - same},
                             {"data", numbers(changed)}}));
  }
  last.id = std::to_string(next_tokens_id_++);
  last.data = std::move(data);
  return Json::object({{"resultId", last.id}, {"edits", std::move(edits)}});
}

Result<Json> Server::semantic_range(const Json& parameters) {
  const At at = TRY(document_of(parameters));
  const Span span = at.analysis->document().span(parameters["range"]);
  return Json::object({{"data", numbers(semantic_tokens(*at.analysis, span))}});
}

// ---- formatting

Result<Json> Server::formatting(const Json& parameters) {
  const At at = TRY(document_of(parameters));
  return format_document(*at.analysis);
}

Result<Json> Server::range_formatting(const Json& parameters) {
  const At at = TRY(document_of(parameters));
  return format_edits(*at.analysis, at.analysis->document().span(parameters["range"]));
}

// A statement that two ranges touch is formatted once.
Result<Json> Server::ranges_formatting(const Json& parameters) {
  const At at = TRY(document_of(parameters));
  Json out = Json::array();
  for (const Json& range : parameters["ranges"].as_array()) {
    const Json edits = format_edits(*at.analysis, at.analysis->document().span(range));
    for (const Json& edit : edits.as_array()) {
      if (std::ranges::find(out.as_array(), edit) == out.as_array().end()) out.push(edit);
    }
  }
  return out;
}

Result<Json> Server::on_type_formatting(const Json& parameters) {
  const At at = TRY(place_of(parameters));
  return format_on_type(*at.analysis, at.offset);
}

// ---- the rest

Result<Json> Server::code_action(const Json& parameters) {
  const At at = TRY(document_of(parameters));
  const Span span = at.analysis->document().span(parameters["range"]);
  Json out = code_actions(linted(at.uri, *at.analysis), at.uri, span);
  add_definition_actions(workspace_, at.uri, span, out);
  return out;
}

Result<Json> Server::folding(const Json& parameters) {
  const At at = TRY(document_of(parameters));
  return folding_ranges(*at.analysis);
}

Result<Json> Server::selection(const Json& parameters) {
  const At at = TRY(document_of(parameters));
  Json out = Json::array();
  for (const Json& position : parameters["positions"].as_array())
    out.push(selection_range(*at.analysis, at.analysis->document().offset(position)));
  return out;
}

Result<Json> Server::symbols(const Json& parameters) {
  const At at = TRY(document_of(parameters));
  return document_symbols(*at.analysis);
}

Result<Json> Server::all_symbols(const Json& parameters) {
  Json out = Json::array();
  for (const std::string& uri : workspace_.uris()) {
    const Analysis* analysis = workspace_.analysis(uri);
    if (analysis == nullptr) continue;
    const Json found = workspace_symbols(*analysis, uri, parameters["query"].as_string());
    for (const Json& each : found.as_array()) out.push(each);
  }
  return out;
}

Result<Json> Server::hints(const Json& parameters) {
  const At at = TRY(document_of(parameters));
  return inlay_hints(*at.analysis, workspace_.library(),
                     at.analysis->document().span(parameters["range"]));
}

// ---- calls

Result<Json> Server::prepare_calls(const Json& parameters) {
  const At at = TRY(place_of(parameters));
  return call_items(workspace_, at.uri, at.offset);
}

Result<Json> Server::incoming(const Json& parameters) {
  return incoming_calls(workspace_, parameters["item"]);
}

Result<Json> Server::outgoing(const Json& parameters) {
  return outgoing_calls(workspace_, parameters["item"]);
}

// ---- databases and files

// Without a database there is nothing that would run a statement.
Result<Json> Server::lenses(const Json& parameters) {
  const At at = TRY(document_so_far(parameters));
  return database_path_.empty() ? Json::array() : code_lenses(*at.analysis);
}

Result<Json> Server::links(const Json& parameters) {
  const At at = TRY(document_so_far(parameters));
  return document_links(*at.analysis, folders_.empty() ? "" : folders_.front());
}

Result<Json> Server::text_content(const Json& parameters) {
  const std::string_view uri = parameters["uri"].as_string();
  auto text = schema_document(workspace_.database_schema(), uri);
  if (!text) return Error(ErrorCode::E0620, "no document " + std::string(uri));
  return Json::object({{"text", std::move(*text)}});
}

}  // namespace zerodb::lsp
