// A client of the server for its tests, with a workspace that is not on disk. In the scripts that
// it opens `|` is the cursor.
//
// Threading: one thread.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "lsp/server.h"

namespace zerodb::lsp {

inline constexpr const char* kUri = "file:///w/query.zql";
inline constexpr const char* kSchemaUri = "file:///w/schema.zql";
inline constexpr const char* kSchema =
    "DEFINE ENUM color AS (red, green);\n"
    "DEFINE TABLE company SCHEMAFULL ( name string, city string? );\n"
    "DEFINE TABLE person SCHEMAFULL (\n"
    "  name string COMMENT 'as on the passport', age u8?, shade color?,\n"
    "  employer record<company>?, home { street: string, zip?: string }?,\n"
    ");\n"
    "DEFINE EDGE knows FROM person TO person ( since datetime? );\n"
    "DEFINE FUNCTION tax(amount: decimal, rate: decimal = 0.2dec) RETURNS decimal AS amount * "
    "rate;\n";

class Files final : public FileSource {
 public:
  std::vector<std::string> scripts(const std::string& folder) override {
    std::vector<std::string> out;
    for (const auto& [uri, text] : texts) {
      if (uri.starts_with(folder)) out.push_back(uri);
    }
    return out;
  }
  std::optional<std::string> read(const std::string& uri) override {
    const auto found = texts.find(uri);
    return found == texts.end() ? std::nullopt : std::optional(found->second);
  }
  Result<Definitions> definitions(const std::string& /*folder*/, const std::string& path) override {
    if (path != stored) return Error(ErrorCode::E1208, "there is no database in " + path);
    return Definitions{rows, catalog::kMainDatabase};
  }
  // The database of that path.
  void store(const std::string& path, std::string_view script) {
    stored = path;
    rows = catalog::bootstrap_rows();
    sema::ScriptChecker checker;
    checker.check(zeroql::parse(script),
                  [&](const zeroql::ParsedStatement&, const sema::CheckedStep& step) {
                    const auto& body = std::get<sema::DefinitionStatement>(step.statement->body);
                    for (const catalog::Change& each : body.changes) rows[each.key] = each.row;
                  });
  }
  // What a statement gives there is its own text.
  Result<std::string> run(const std::string& /*folder*/, const std::string& path,
                          const std::string& statements) override {
    if (statements.find("nothing") != std::string::npos)
      return Error(ErrorCode::E0201, "there is no table nothing");
    return path + ": " + statements;
  }
  std::map<std::string, std::string> texts;
  std::string stored;
  catalog::Rows rows;
};

class Client {
 public:
  explicit Client(Json capabilities = Json::object({}), const char* schema = kSchema)
      : server_(files_, [this](std::string text) { sent_.push_back(*Json::parse(text)); }, "0") {
    files_.texts[kSchemaUri] = schema;
    initialized =
        call("initialize",
             Json::object({{"capabilities", std::move(capabilities)}, {"rootUri", "file:///w"}}));
    tell("initialized", Json::object({}));
  }

  void post(Json message) { server_.receive(message.dump()); }
  void work() {
    while (server_.has_work()) server_.step();
  }
  void tell(std::string_view method, Json parameters) {
    post(Json::object({{"jsonrpc", "2.0"}, {"method", method}, {"params", std::move(parameters)}}));
  }
  // The whole answer.
  Json ask(std::string_view method, Json parameters) {
    const int64_t id = next_id_++;
    post(Json::object(
        {{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", std::move(parameters)}}));
    work();
    for (const Json& each : sent_) {
      if (each["id"] == Json(id)) return each;
    }
    return nullptr;
  }
  Json call(std::string_view method, Json parameters) {
    const Json answer = ask(method, std::move(parameters));
    EXPECT_TRUE(answer.has("result")) << method << " " << answer.dump();
    return answer["result"];
  }

  // Opens the script without its cursor.
  void open(std::string text, const std::string& uri = kUri) {
    const size_t at = text.find('|');
    cursor_ = static_cast<uint32_t>(std::min(at, text.size()));
    if (at != std::string::npos) text.erase(at, 1);
    text_ = TextDocument(text);
    tell("textDocument/didOpen",
         Json::object(
             {{"textDocument",
               Json::object(
                   {{"uri", uri}, {"languageId", "zeroql"}, {"version", 1}, {"text", text}})}}));
  }
  Json at_cursor() const {
    return Json::object({{"textDocument", Json::object({{"uri", kUri}})},
                         {"position", text_.range({cursor_, cursor_})["start"]}});
  }
  Json of_document() const {
    return Json::object({{"textDocument", Json::object({{"uri", kUri}})}});
  }
  std::string diagnostics_of(const std::string& uri) {
    work();
    std::string out;
    for (const Json& each : sent_) {
      if (each["method"].as_string() != "textDocument/publishDiagnostics" ||
          each["params"]["uri"].as_string() != uri)
        continue;
      out.clear();
      for (const Json& found : each["params"]["diagnostics"].as_array())
        out += std::string(found["code"].as_string()) + " ";
    }
    return out;
  }
  std::string apply(const Json& edits) const {
    TextDocument out = text_;
    for (size_t i = edits.as_array().size(); i-- > 0;) {
      const Json& edit = edits.as_array()[i];
      out.replace(text_.span(edit["range"]), edit["newText"].as_string());
    }
    return out.text();
  }

  const TextDocument& text() const { return text_; }
  Json initialized;
  Files& files() { return files_; }
  Server& server() { return server_; }
  std::vector<Json>& sent() { return sent_; }

 private:
  Files files_;
  std::vector<Json> sent_;
  Server server_;
  int64_t next_id_ = 1;
  TextDocument text_;
  uint32_t cursor_ = 0;
};

}  // namespace zerodb::lsp
