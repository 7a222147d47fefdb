#include "lsp/server.h"

#include <algorithm>
#include <utility>

#include "zeroql/literal.h"

namespace zerodb::lsp {
namespace {

constexpr int kParseError = -32700;
constexpr int kInvalidRequest = -32600;
constexpr int kMethodNotFound = -32601;
constexpr int kInvalidParams = -32602;
constexpr int kNotInitialized = -32002;
constexpr int kRequestCancelled = -32800;
// Ids of requests of our own.
constexpr const char* kOptionsId = "options";
constexpr const char* kRefreshId = "refresh";
constexpr const char* kWatchId = "watch";
constexpr const char* kRenameId = "rename";
constexpr const char* kReloadCommand = "zerodb.reloadSchema";

std::string string_of(const Json& json) {
  return std::string(json.as_string());
}

}  // namespace

Server::Server(FileSource& files, Send send, std::string version)
    : workspace_(files), send_(std::move(send)), version_(std::move(version)) {}

// ---- messages

void Server::receive(std::string_view text) {
  auto message = Json::parse(text);
  if (!message) return fail(nullptr, kParseError, message.error().message());
  if (!message->is_object()) return fail(nullptr, kInvalidRequest, "a message is an object");
  if ((*message)["method"].as_string() == "$/cancelRequest") {
    const std::string id = (*message)["params"]["id"].dump();
    const bool waits = std::ranges::any_of(
        waiting_, [&](const Json& each) { return each.has("id") && each["id"].dump() == id; });
    if (waits) cancelled_.insert(id);
    return;
  }
  waiting_.push_back(std::move(*message));
}

void Server::step() {
  if (waiting_.empty()) {
    if (!unpublished_.empty()) return publish();
    return unchecked_.empty() ? lint() : check();
  }
  const Json message = std::move(waiting_.front());
  waiting_.pop_front();
  work_on(message);
}

void Server::work_on(const Json& message) {
  const Json& id = message["id"];
  const std::string_view method = message["method"].as_string();
  const bool is_request = message.has("id");
  // An answer to a request of ours.
  if (method.empty()) {
    if (id == Json(kOptionsId))
      take_options(message["result"].as_array().empty() ? Json()
                                                        : message["result"].as_array().front());
    if (id == Json(kRenameId) && !offered_.empty() &&
        message["result"]["title"].as_string() == offered_)
      static_cast<void>(run(std::exchange(offered_, {})));
    if (!message.has("result") && !message.has("error"))
      fail(id, kInvalidRequest, "a message has a method");
    return;
  }
  if (is_request && cancelled_.erase(id.dump()) > 0)
    return fail(id, kRequestCancelled, "the request was cancelled");
  if (!is_initialized_ && method != "initialize" && method != "exit") {
    if (is_request) fail(id, kNotInitialized, "the server is not initialized");
    return;
  }
  if (is_shut_down_ && method != "exit") {
    if (is_request) fail(id, kInvalidRequest, "the server was shut down");
    return;
  }
  const auto handler = handlers().find(method);
  if (handler == handlers().end()) {
    if (is_request) fail(id, kMethodNotFound, "no method " + std::string(method));
    return;
  }
  auto result = (this->*handler->second)(message["params"]);
  if (!is_request) return;
  if (!result) return fail(id, kInvalidParams, result.error().message());
  respond(id, std::move(*result));
}

void Server::respond(const Json& id, Json result) {
  send_(Json::object({{"jsonrpc", "2.0"}, {"id", id}, {"result", std::move(result)}}).dump());
}

void Server::fail(const Json& id, int code, std::string_view message) {
  send_(Json::object({{"jsonrpc", "2.0"},
                      {"id", id},
                      {"error", Json::object({{"code", code}, {"message", message}})}})
            .dump());
}

void Server::notify(std::string_view method, Json parameters) {
  send_(Json::object({{"jsonrpc", "2.0"}, {"method", method}, {"params", std::move(parameters)}})
            .dump());
}

void Server::publish() {
  const std::string uri = *unpublished_.begin();
  unpublished_.erase(unpublished_.begin());
  send_diagnostics(uri);
  if (workspace_.is_open(uri)) return follow(uri);
  shown_.erase(uri);
}

// What is not known yet of a script will be shown when it is.
void Server::follow(const std::string& uri) {
  const Analysis* analysis = workspace_.analysis_so_far(uri);
  if (analysis != nullptr && !analysis->is_checked()) unchecked_.insert(uri);
  if (workspace_.is_linted(uri)) unlinted_.insert(uri);
}

void Server::check() {
  const std::string uri = *unchecked_.begin();
  if (workspace_.is_open(uri) && !workspace_.check_some(uri)) return;
  unchecked_.erase(uri);
  show_again(uri);
}

void Server::lint() {
  if (unlinted_.empty()) return;
  const std::string uri = *unlinted_.begin();
  const Analysis* analysis = workspace_.is_open(uri) ? workspace_.analysis(uri) : nullptr;
  if (analysis != nullptr && !analysis->lint_some(workspace_.linter())) return;
  unlinted_.erase(uri);
  show_again(uri);
}

// What was shown before stands if nothing new was found.
void Server::show_again(const std::string& uri) {
  const Analysis* analysis = workspace_.is_open(uri) ? workspace_.analysis(uri) : nullptr;
  if (analysis == nullptr || shown_[uri] == diagnostics(*analysis, uri, docs_)) return;
  if (!pulls_diagnostics_) return send_diagnostics(uri);
  shown_.erase(uri);
  send_(Json::object(
            {{"jsonrpc", "2.0"}, {"id", kRefreshId}, {"method", "workspace/diagnostic/refresh"}})
            .dump());
}

void Server::send_diagnostics(const std::string& uri) {
  Json found = Json::array();
  Json parameters = Json::object({{"uri", uri}});
  if (workspace_.is_open(uri)) {
    if (const Analysis* analysis = workspace_.analysis_so_far(uri))
      found = diagnostics(*analysis, uri, docs_);
    parameters.set("version", workspace_.version(uri));
  }
  shown_[uri] = found;
  parameters.set("diagnostics", std::move(found));
  notify("textDocument/publishDiagnostics", std::move(parameters));
}

// With all that the linter finds.
const Analysis& Server::linted(const std::string& uri, const Analysis& analysis) {
  if (workspace_.is_linted(uri))
    while (!analysis.lint_some(workspace_.linter())) continue;
  return analysis;
}

// What other scripts show may depend on this one.
void Server::mark_changed(const std::string& uri) {
  if (pulls_diagnostics_) return;
  unpublished_.insert(uri);
  for (const std::string& each : workspace_.open_uris()) {
    if (!workspace_.is_analysed(each)) unpublished_.insert(each);
  }
}

// ---- life

Result<Json> Server::initialize(const Json& parameters) {
  is_initialized_ = true;
  const Json& client = parameters["capabilities"];
  workspace_.encoding = PositionEncoding::Utf16;
  for (const Json& each : client["general"]["positionEncodings"].as_array()) {
    const std::string_view name = each.as_string();
    if (name == "utf-8") workspace_.encoding = PositionEncoding::Utf8;
    if (name == "utf-32") workspace_.encoding = PositionEncoding::Utf32;
    if (name == "utf-8" || name == "utf-16" || name == "utf-32") break;
  }
  pulls_diagnostics_ = client["textDocument"].has("diagnostic");
  asks_again_ = client["workspace"]["diagnostics"]["refreshSupport"].as_bool();
  gives_options_ = client["workspace"]["configuration"].as_bool();
  watches_files_ = client["workspace"]["didChangeWatchedFiles"]["dynamicRegistration"].as_bool();
  knows_snippets_ =
      client["textDocument"]["completion"]["completionItem"]["snippetSupport"].as_bool();
  const Json& deferred =
      client["textDocument"]["completion"]["completionItem"]["resolveSupport"]["properties"];
  asks_for_documentation_ = std::ranges::any_of(
      deferred.as_array(), [](const Json& each) { return each.as_string() == "documentation"; });
  for (const Json& folder : parameters["workspaceFolders"].as_array())
    folders_.push_back(string_of(folder["uri"]));
  if (folders_.empty() && parameters["rootUri"].is_string())
    folders_.push_back(string_of(parameters["rootUri"]));
  workspace_.set_folders(folders_);
  read_options(parameters["initializationOptions"]);
  return Json::object({{"capabilities", capabilities()},
                       {"serverInfo", Json::object({{"name", "zerodb"}, {"version", version_}})}});
}

void Server::read_options(const Json& options) {
  std::vector<std::string> paths;
  for (const Json& each : options["schema"].as_array()) paths.push_back(string_of(each));
  workspace_.set_schema_paths(std::move(paths));
  workspace_.set_severities(options["lint"]["rules"]);
  if (string_of(options["database"]) != database_path_) {
    database_path_ = string_of(options["database"]);
    read_database();
  }
  answers_results_ = options["results"].as_string() == "answer";
  docs_ = string_of(options["docs"]);
  if (!docs_.empty() && !docs_.ends_with('/')) docs_ += '/';
}

// Scripts are checked without it if it cannot be read, which the user is told.
void Server::read_database() {
  const Status status = workspace_.set_database(database_path_);
  if (!status) say(MessageKind::Warning, "the database is not read: " + status.error().to_string());
}

void Server::say(MessageKind kind, std::string_view text) {
  notify("window/showMessage", Json::object({{"type", static_cast<int>(kind)}, {"message", text}}));
}

// Scripts and configurations that are not open change as well.
void Server::watch_files() {
  if (!watches_files_) return;
  Json watchers = Json::array();
  for (const char* pattern : {"**/*.zql", "**/zerodb.toml"})
    watchers.push(Json::object({{"globPattern", pattern}}));
  Json registrations = Json::array();
  registrations.push(
      Json::object({{"id", kWatchId},
                    {"method", "workspace/didChangeWatchedFiles"},
                    {"registerOptions", Json::object({{"watchers", std::move(watchers)}})}}));
  send_(Json::object({{"jsonrpc", "2.0"},
                      {"id", kWatchId},
                      {"method", "client/registerCapability"},
                      {"params", Json::object({{"registrations", std::move(registrations)}})}})
            .dump());
}

Json Server::capabilities() const {
  const auto list = [](std::initializer_list<const char*> texts) {
    Json out = Json::array();
    for (const char* text : texts) out.push(text);
    return out;
  };
  const char* encoding = workspace_.encoding == PositionEncoding::Utf8    ? "utf-8"
                         : workspace_.encoding == PositionEncoding::Utf16 ? "utf-16"
                                                                          : "utf-32";
  constexpr int kIncremental = 2;
  return Json::object({
      {"positionEncoding", encoding},
      {"textDocumentSync",
       Json::object({{"openClose", true}, {"change", kIncremental}, {"save", true}})},
      {"diagnosticProvider", Json::object({{"identifier", "zeroql"},
                                           {"interFileDependencies", true},
                                           {"workspaceDiagnostics", true}})},
      {"completionProvider", Json::object({{"triggerCharacters", list({".", ":", "$", "<"})},
                                           {"resolveProvider", true}})},
      {"hoverProvider", true},
      {"signatureHelpProvider", Json::object({{"triggerCharacters", list({"(", ","})}})},
      {"definitionProvider", true},
      {"declarationProvider", true},
      {"typeDefinitionProvider", true},
      {"referencesProvider", true},
      {"documentHighlightProvider", true},
      {"renameProvider", Json::object({{"prepareProvider", true}})},
      {"semanticTokensProvider", Json::object({{"legend", semantic_token_legend()},
                                               {"full", Json::object({{"delta", true}})},
                                               {"range", true}})},
      {"documentFormattingProvider", true},
      {"documentRangeFormattingProvider", Json::object({{"rangesSupport", true}})},
      {"documentOnTypeFormattingProvider", Json::object({{"firstTriggerCharacter", ";"}})},
      {"codeActionProvider",
       Json::object({{"codeActionKinds", list({"quickfix", "refactor.extract", "refactor.inline",
                                               "refactor.rewrite", "source.fixAll"})}})},
      {"foldingRangeProvider", true},
      {"selectionRangeProvider", true},
      {"documentSymbolProvider", true},
      {"workspaceSymbolProvider", true},
      {"inlayHintProvider", true},
      {"callHierarchyProvider", true},
      {"codeLensProvider", Json::object({{"resolveProvider", false}})},
      {"documentLinkProvider", Json::object({{"resolveProvider", false}})},
      {"executeCommandProvider", Json::object({{"commands", list({kReloadCommand, kRunCommand})}})},
      {"workspace",
       Json::object({{"workspaceFolders",
                      Json::object({{"supported", true}, {"changeNotifications", true}})},
                     {"textDocumentContent", Json::object({{"schemes", list({"zerodb"})}})}})},
  });
}

Result<Json> Server::initialized(const Json& /*parameters*/) {
  ask_for_options();
  watch_files();
  return Json();
}

// From clients that keep the options and are asked for them.
void Server::ask_for_options() {
  if (!gives_options_) return;
  Json items = Json::array();
  items.push(Json::object({{"section", "zerodb"}}));
  send_(Json::object({{"jsonrpc", "2.0"},
                      {"id", kOptionsId},
                      {"method", "workspace/configuration"},
                      {"params", Json::object({{"items", std::move(items)}})}})
            .dump());
}

// What the client has no options for stays as it was at the start.
void Server::take_options(const Json& settings) {
  if (settings.as_object().empty()) return;
  read_options(settings);
  for (const std::string& uri : workspace_.open_uris()) mark_changed(uri);
}

Result<Json> Server::shutdown(const Json& /*parameters*/) {
  is_shut_down_ = true;
  return Json();
}

Result<Json> Server::leave(const Json& /*parameters*/) {
  exit_code_ = is_shut_down_ ? 0 : 1;
  return Json();
}

// ---- documents

Result<Json> Server::did_open(const Json& parameters) {
  const Json& document = parameters["textDocument"];
  const std::string uri = string_of(document["uri"]);
  workspace_.open(uri, string_of(document["text"]), document["version"].as_integer());
  mark_changed(uri);
  return Json();
}

Result<Json> Server::did_change(const Json& parameters) {
  const Json& document = parameters["textDocument"];
  const std::string uri = string_of(document["uri"]);
  workspace_.change(uri, parameters["contentChanges"], document["version"].as_integer());
  mark_changed(uri);
  return Json();
}

Result<Json> Server::did_close(const Json& parameters) {
  const std::string uri = string_of(parameters["textDocument"]["uri"]);
  workspace_.close(uri);
  tokens_.erase(uri);
  mark_changed(uri);
  return Json();
}

Result<Json> Server::did_save(const Json& /*parameters*/) {
  return Json();
}

Result<Json> Server::did_change_watched_files(const Json& parameters) {
  for (const Json& each : parameters["changes"].as_array()) {
    const std::string uri = string_of(each["uri"]);
    workspace_.file_changed(uri);
    mark_changed(uri);
  }
  return Json();
}

Result<Json> Server::did_change_folders(const Json& parameters) {
  for (const Json& each : parameters["event"]["removed"].as_array())
    std::erase(folders_, string_of(each["uri"]));
  for (const Json& each : parameters["event"]["added"].as_array())
    folders_.push_back(string_of(each["uri"]));
  workspace_.set_folders(folders_);
  for (const std::string& uri : workspace_.open_uris()) mark_changed(uri);
  return Json();
}

Result<Json> Server::did_change_configuration(const Json& parameters) {
  const Json& settings = parameters["settings"];
  if (settings.is_object()) read_options(settings.has("zerodb") ? settings["zerodb"] : settings);
  if (settings.is_null()) ask_for_options();
  for (const std::string& uri : workspace_.open_uris()) mark_changed(uri);
  return Json();
}

// What the database defines may have changed since it was read.
void Server::reload() {
  read_database();
  for (const std::string& uri : workspace_.open_uris()) mark_changed(uri);
}

Result<Json> Server::execute(const Json& parameters) {
  const std::string_view command = parameters["command"].as_string();
  const Json::Array& arguments = parameters["arguments"].as_array();
  if (command == kRunCommand && arguments.size() == 1) return run(string_of(arguments.front()));
  if (command != kReloadCommand)
    return Error(ErrorCode::E0620, "no command " + string_of(parameters["command"]));
  reload();
  return Json();
}

// A mistake of the statement is a result like another: the user asked for it.
Result<Json> Server::run(const std::string& statement) {
  if (database_path_.empty())
    return Error(ErrorCode::E0620, "the option `database` names no database to run it in");
  const auto result = workspace_.run(database_path_, statement);
  const std::string text = result ? *result : result.error().to_string();
  if (!answers_results_) say(result ? MessageKind::Info : MessageKind::Error, text);
  const zeroql::ParseResult parsed = zeroql::parse(statement);
  for (const zeroql::ParsedStatement& each : zeroql::split(parsed)) {
    const auto kind = each.statement.kind();
    if (kind == zeroql::NodeKind::QueryStatement || kind == zeroql::NodeKind::Explain) continue;
    reload();
    break;
  }
  return Json(text);
}

// The edits of a rename reach scripts; a database that has the old name is altered only if the user
// says so.
void Server::offer_rename(const Occurrence& name, const std::string& renamed) {
  const bool is_table = name.kind == SymbolKind::Table || name.kind == SymbolKind::Edge;
  if ((!is_table && name.kind != SymbolKind::Field) ||
      !schema_uri(workspace_.database_schema(), name.key))
    return;
  const std::string old = zeroql::quote_name(name.name);
  const catalog::Table* table =
      workspace_.database_schema().find_table(is_table ? name.name : name.table);
  if (table == nullptr) return;
  offered_ = std::string("ALTER ") + (table->is_edge() ? "EDGE " : "TABLE ") +
             zeroql::quote_name(table->name) +
             (is_table ? " RENAME TO " : " RENAME FIELD " + old + " TO ") + renamed;
  Json actions = Json::array();
  actions.push(Json::object({{"title", offered_}}));
  send_(Json::object(
            {{"jsonrpc", "2.0"},
             {"id", kRenameId},
             {"method", "window/showMessageRequest"},
             {"params", Json::object({{"type", static_cast<int>(MessageKind::Info)},
                                      {"message", "The database still calls it " + old + "."},
                                      {"actions", std::move(actions)}})}})
            .dump());
}

const std::map<std::string_view, Server::Handler>& Server::handlers() {
  static const std::map<std::string_view, Handler> kHandlers = {
      {"initialize", &Server::initialize},
      {"initialized", &Server::initialized},
      {"shutdown", &Server::shutdown},
      {"exit", &Server::leave},
      {"textDocument/didOpen", &Server::did_open},
      {"textDocument/didChange", &Server::did_change},
      {"textDocument/didClose", &Server::did_close},
      {"textDocument/didSave", &Server::did_save},
      {"workspace/didChangeWatchedFiles", &Server::did_change_watched_files},
      {"workspace/didChangeWorkspaceFolders", &Server::did_change_folders},
      {"workspace/didChangeConfiguration", &Server::did_change_configuration},
      {"textDocument/diagnostic", &Server::diagnostic},
      {"workspace/diagnostic", &Server::workspace_diagnostic},
      {"textDocument/completion", &Server::completion},
      {"textDocument/hover", &Server::hover},
      {"textDocument/signatureHelp", &Server::signature_help},
      {"textDocument/definition", &Server::definition},
      {"textDocument/declaration", &Server::definition},
      {"textDocument/typeDefinition", &Server::type_definition},
      {"textDocument/references", &Server::references},
      {"textDocument/documentHighlight", &Server::highlight},
      {"textDocument/prepareRename", &Server::prepare_rename},
      {"textDocument/rename", &Server::rename},
      {"textDocument/semanticTokens/full", &Server::semantic_full},
      {"textDocument/semanticTokens/full/delta", &Server::semantic_delta},
      {"textDocument/semanticTokens/range", &Server::semantic_range},
      {"textDocument/formatting", &Server::formatting},
      {"textDocument/rangeFormatting", &Server::range_formatting},
      {"textDocument/rangesFormatting", &Server::ranges_formatting},
      {"textDocument/onTypeFormatting", &Server::on_type_formatting},
      {"textDocument/codeAction", &Server::code_action},
      {"textDocument/foldingRange", &Server::folding},
      {"textDocument/selectionRange", &Server::selection},
      {"textDocument/documentSymbol", &Server::symbols},
      {"workspace/symbol", &Server::all_symbols},
      {"textDocument/inlayHint", &Server::hints},
      {"textDocument/prepareCallHierarchy", &Server::prepare_calls},
      {"callHierarchy/incomingCalls", &Server::incoming},
      {"callHierarchy/outgoingCalls", &Server::outgoing},
      {"workspace/textDocumentContent", &Server::text_content},
      {"textDocument/codeLens", &Server::lenses},
      {"textDocument/documentLink", &Server::links},
      {"completionItem/resolve", &Server::completion_item},
      {"workspace/executeCommand", &Server::execute},
  };
  return kHandlers;
}

}  // namespace zerodb::lsp
