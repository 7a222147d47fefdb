// random_edits [--edits N] [--seed S]
//
// A client that types at random: edits of scripts of the corpus and of the schema before them,
// requests of every kind at random places, cancellations at random moments. After each edit what
// the server knows of the script must be what a fresh look at the text gives: the same tokens,
// tree, diagnostics and names. Each request is answered exactly once: by the error for
// cancelled ones if it was taken back while it waited, else by anything but that.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "base/random.h"
#include "lsp/server.h"

namespace {

namespace fs = std::filesystem;
using namespace zerodb;
using namespace zerodb::lsp;

constexpr const char* kUri = "file:///w/query.zql";
constexpr const char* kSchemaUri = "file:///w/schema.zql";
constexpr const char* kSchema =
    "DEFINE ENUM color AS (red, green);\n"
    "DEFINE TABLE company SCHEMAFULL ( name string, city string? );\n"
    "DEFINE TABLE person SCHEMAFULL ( name string, age u8?, shade color?, employer "
    "record<company>? );\n"
    "DEFINE EDGE knows FROM person TO person ( since datetime? );\n";
constexpr int kRequestCancelled = -32800;
constexpr uint32_t kTextBytesMax = 1500;
// Then the client goes on in another script.
constexpr uint64_t kEditsAScript = 200;

constexpr std::string_view kPieces[] = {
    "SELECT ",
    "name",
    " FROM person",
    "(",
    ")",
    "'",
    "p.",
    "😀",
    "\n",
    "\r\n",
    ";",
    "-- ",
    "{ a: ",
    "}",
    "DEFINE TABLE t ( a int );",
    ", ",
    "WHERE ",
    "upper(",
    "::",
    "`",
    "$x",
    " AS p ",
    "/*",
    "*/",
    "BEGIN;",
    "COMMIT;",
    "ROLLBACK;",
    "LET $x = 1;",
    "'\\u{",
    "->knows->",
    "REMOVE TABLE person;",

    "\"",
    "1",
    "[",
    "INSERT INTO company { name: 'a' };",
    "USE DATABASE d;",
    "é",
    "-- zerodb:allow ZL101 so\n",
    "WITH c AS (",
    "ALTER TABLE person ",
};
constexpr const char* kMethods[] = {
    "textDocument/completion",
    "textDocument/hover",
    "textDocument/signatureHelp",
    "textDocument/definition",
    "textDocument/references",
    "textDocument/documentHighlight",
    "textDocument/prepareRename",
    "textDocument/rename",
    "textDocument/semanticTokens/full",
    "textDocument/semanticTokens/full/delta",
    "textDocument/semanticTokens/range",
    "textDocument/formatting",
    "textDocument/rangeFormatting",
    "textDocument/onTypeFormatting",
    "textDocument/codeAction",
    "textDocument/foldingRange",
    "textDocument/selectionRange",
    "textDocument/documentSymbol",
    "textDocument/inlayHint",
    "textDocument/diagnostic",
    "textDocument/prepareCallHierarchy",
    "textDocument/codeLens",
    "textDocument/documentLink",
    "workspace/symbol",
};

class NoFiles final : public FileSource {
 public:
  std::vector<std::string> scripts(const std::string& /*folder*/) override { return {}; }
  std::optional<std::string> read(const std::string& /*uri*/) override { return std::nullopt; }
};

// What differs between the two, or nothing.
std::string tree_difference(const zeroql::Tree& known, const zeroql::Tree& fresh) {
  if (known.source().text() != fresh.source().text()) return "text";
  if (known.token_count() != fresh.token_count()) return "number of tokens";
  for (uint32_t i = 0; i < known.token_count(); ++i) {
    const zeroql::Token& a = known.token(zeroql::TokenId(i));
    const zeroql::Token& b = fresh.token(zeroql::TokenId(i));
    if (a.kind != b.kind || a.span() != b.span()) return "token " + std::to_string(i);
  }
  std::vector<std::pair<zeroql::NodeId, zeroql::NodeId>> open = {{known.root(), fresh.root()}};
  while (!open.empty()) {
    const auto [a, b] = open.back();
    open.pop_back();
    const auto a_children = known.children(a);
    const auto b_children = fresh.children(b);
    if (known.kind(a) != fresh.kind(b) || known.span(a) != fresh.span(b) ||
        a_children.size() != b_children.size())
      return "node over " + std::string(fresh.text(b));
    for (size_t i = 0; i < a_children.size(); ++i) open.emplace_back(a_children[i], b_children[i]);
  }
  return "";
}

std::string difference(const Analysis& known, const Analysis& fresh) {
  std::string tree = tree_difference(known.tree(), fresh.tree());
  if (!tree.empty()) return tree;
  if (known.diagnostics() != fresh.diagnostics()) return "diagnostics";
  const auto is_same = [](const Occurrence& a, const Occurrence& b) {
    return a.span == b.span && a.key == b.key && a.is_definition == b.is_definition;
  };
  if (!std::ranges::equal(known.occurrences(), fresh.occurrences(), is_same)) return "names";
  return "";
}

std::vector<std::string> scripts_of(const std::string& folder) {
  std::vector<std::string> paths;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".zql") paths.push_back(entry.path().string());
  }
  std::ranges::sort(paths);
  std::vector<std::string> out;
  for (const std::string& path : paths) {
    std::ifstream in(path, std::ios::binary);
    out.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return out;
}

class Typist {
 public:
  Typist(uint64_t seed, std::vector<std::string> scripts)
      : random_(seed),
        scripts_(std::move(scripts)),
        server_(files_, [this](const std::string& text) { take(text); }, "0") {
    server_.receive(
        R"({"id":0,"method":"initialize","params":{"rootUri":"file:///w","capabilities":{}}})");
    open(kSchemaUri, kSchema, schema_);
    open(kUri, "", script_);
    work();
  }

  // False, and what is wrong is said, if the server is wrong.
  bool run(uint64_t edits) {
    for (uint64_t edit = 0; edit < edits; ++edit) {
      if (edit % kEditsAScript == 0) start_script();
      type();
      ask_around();
      if (!is_right()) {
        std::printf("after edit %llu of the text:\n%s\n", static_cast<unsigned long long>(edit),
                    script_.text().c_str());
        return false;
      }
    }
    std::printf("%llu edits, %llu requests, %llu of them cancelled while they waited\n",
                static_cast<unsigned long long>(edits), static_cast<unsigned long long>(asked_),
                static_cast<unsigned long long>(cancelled_));
    return true;
  }

 private:
  struct Waiting {
    bool is_cancelled = false;
    uint32_t answers = 0;
    bool is_refused = false;  // as a cancelled one is
  };

  uint32_t below(size_t n) { return static_cast<uint32_t>(random_.below(n)); }
  bool one_in(size_t n) { return below(n) == 0; }

  void take(const std::string& text) {
    const Json message = *Json::parse(text);
    if (!message.has("id") || message.has("method")) return;
    Waiting& found = waiting_[message["id"].as_integer()];
    ++found.answers;
    found.is_refused = message["error"]["code"].as_integer() == kRequestCancelled;
  }
  void work() {
    while (server_.has_work()) server_.step();
  }
  void tell(std::string_view method, Json parameters) {
    server_.receive(
        Json::object({{"jsonrpc", "2.0"}, {"method", method}, {"params", std::move(parameters)}})
            .dump());
  }
  void open(const char* uri, std::string text, TextDocument& document) {
    document = TextDocument(text);
    tell("textDocument/didOpen",
         Json::object(
             {{"textDocument",
               Json::object({{"uri", uri}, {"version", ++version_}, {"text", std::move(text)}})}}));
  }
  void change(const char* uri, TextDocument& document, Span span, std::string_view text,
              bool is_whole = false) {
    Json edit = Json::object({{"text", text}});
    if (!is_whole) edit.set("range", document.range(span));
    Json changes = Json::array();
    changes.push(std::move(edit));
    document.replace(is_whole ? Span{0, document.size()} : span, text);
    tell("textDocument/didChange",
         Json::object({{"textDocument", Json::object({{"uri", uri}, {"version", ++version_}})},
                       {"contentChanges", std::move(changes)}}));
  }

  // A part of a script of the corpus, from the beginning of a line on.
  void start_script() {
    const std::string& whole = scripts_[below(scripts_.size())];
    size_t begin = below(whole.size() + 1);
    begin = begin == 0 ? 0 : std::min(whole.find('\n', begin), whole.size());
    size_t end = std::min(begin + kTextBytesMax, whole.size());
    // Not in the middle of a character.
    while (end < whole.size() && (static_cast<unsigned char>(whole[end]) & 0xC0) == 0x80) ++end;
    change(kUri, script_, {}, whole.substr(begin, end - begin), true);
    change(kSchemaUri, schema_, {}, kSchema, true);
  }

  Span place(const TextDocument& document, uint32_t bytes_max) {
    const uint32_t begin = document.offset(document.position(below(document.size() + 1)));
    const uint32_t end = std::min(begin + below(bytes_max + 1), document.size());
    return {begin, std::max(begin, document.offset(document.position(end)))};
  }

  void type() {
    const bool is_of_schema = one_in(20);
    TextDocument& document = is_of_schema ? schema_ : script_;
    const char* uri = is_of_schema ? kSchemaUri : kUri;
    const bool is_long = document.size() > 2 * kTextBytesMax;
    const Span span = place(document, is_long || one_in(10) ? kTextBytesMax : 6);
    const uint32_t kind = below(8);
    if (is_long || kind == 0) return change(uri, document, span, "");
    if (kind == 1) {
      const Span copied = place(document, 80);
      const std::string text = document.text().substr(copied.begin, copied.end - copied.begin);
      return change(uri, document, {span.begin, span.begin}, text);
    }
    change(uri, document, kind < 5 ? Span{span.begin, span.begin} : span,
           kPieces[below(std::size(kPieces))]);
  }

  void ask_around() {
    waiting_.clear();
    const uint32_t count = below(4);
    for (uint32_t i = 0; i < count; ++i) {
      ask();
      // Another edit while requests wait.
      if (one_in(8)) type();
      if (one_in(3)) cancel();
      for (uint32_t steps = below(3); steps > 0 && server_.has_work(); --steps) server_.step();
      if (one_in(6)) cancel();
    }
    work();
  }

  void ask() {
    const int64_t id = next_id_++;
    Json parameters = Json::object({{"textDocument", Json::object({{"uri", kUri}})}});
    const Json range = script_.range(place(script_, 100));
    Json positions = Json::array();
    positions.push(range["start"]);
    parameters.set("position", range["start"]);
    parameters.set("range", range);
    parameters.set("positions", std::move(positions));
    parameters.set("newName", "other");
    parameters.set("query", "p");
    parameters.set("context", Json::object({{"includeDeclaration", true}}));
    waiting_[id] = {};
    ++asked_;
    server_.receive(Json::object({{"jsonrpc", "2.0"},
                                  {"id", id},
                                  {"method", kMethods[below(std::size(kMethods))]},
                                  {"params", std::move(parameters)}})
                        .dump());
  }

  // Takes back one of the requests, which may be answered already.
  void cancel() {
    if (waiting_.empty()) return;
    auto& [id, request] = *std::next(waiting_.begin(), below(waiting_.size()));
    request.is_cancelled |= request.answers == 0;
    tell("$/cancelRequest", Json::object({{"id", id}}));
  }

  bool is_right() {
    for (const auto& [id, request] : waiting_) {
      cancelled_ += request.is_cancelled ? 1 : 0;
      if (request.answers == 1 && request.is_refused == request.is_cancelled) continue;
      std::printf("request %lld: %u answers, %s\n", static_cast<long long>(id), request.answers,
                  request.is_cancelled ? "was cancelled" : "was not cancelled");
      return false;
    }
    const Analysis schema(schema_, kSchemaUri, sema::ScriptChecker(library_));
    const Analysis fresh(script_, kUri, schema.checker());
    const Analysis* known = server_.analysis(kUri);
    const std::string found = known == nullptr ? "no analysis" : difference(*known, fresh);
    if (!found.empty()) std::printf("differs from a fresh look: %s\n", found.c_str());
    return found.empty();
  }

  SeededRandom random_;
  std::vector<std::string> scripts_;
  std::shared_ptr<const function::Library> library_ = function::Library::create();
  NoFiles files_;
  std::map<int64_t, Waiting> waiting_;  // of the last edit
  Server server_;
  TextDocument script_;
  TextDocument schema_;
  int64_t version_ = 0;
  int64_t next_id_ = 1;
  uint64_t asked_ = 0;
  uint64_t cancelled_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  uint64_t edits = 2000;
  uint64_t seed = 1;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    if (name == "--edits") edits = std::strtoull(argv[i + 1], nullptr, 10);
    if (name == "--seed") seed = std::strtoull(argv[i + 1], nullptr, 10);
  }
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  Typist typist(seed, scripts_of(ZERODB_SOURCE_DIR "/tests/zql"));
  return typist.run(edits) ? 0 : 1;
}
