// The server as a client sees it: messages in, messages out.
#include "base/random.h"
#include "lsp/client_test.h"

namespace zerodb::lsp {
namespace server_test {

std::vector<std::string> completed(const std::string& text) {
  Client client;
  client.open(text);
  std::vector<std::string> out;
  const Json found = client.call("textDocument/completion", client.at_cursor());
  for (const Json& each : found["items"].as_array()) out.emplace_back(each["label"].as_string());
  return out;
}

// The labels that must be offered, and after `!` those that must not.
void check_completion(const std::string& text, const std::vector<std::string>& expected) {
  const std::vector<std::string> found = completed(text);
  for (const std::string& label : expected) {
    const bool is_wanted = !label.starts_with('!');
    const bool is_there = std::ranges::count(found, is_wanted ? label : label.substr(1)) > 0;
    EXPECT_EQ(is_there, is_wanted) << text << ": " << label;
  }
}

TEST(Completion, OffersFieldsOfTheSources) {
  check_completion("SELECT | FROM person",
                   {"name", "age", "id", "upper", "CASE", "!company.name", "!WHERE"});
  check_completion("SELECT p.| FROM person AS p",
                   {"name", "employer", "!upper", "!knows", "!FROM"});
  check_completion("SELECT p.employer?.| FROM person AS p", {"name", "city", "!age"});
  check_completion("SELECT p.home.| FROM person AS p", {"street", "zip", "!name"});
  check_completion("SELECT name FROM person WHERE |",
                   {"age", "NOT", "EXISTS", "person", "tax", "color"});
  check_completion("FROM person SELECT na|", {"name"});
  check_completion("UPDATE person SET |", {"name", "age", "!upper"});
  check_completion("INSERT INTO company (|) VALUES (1)", {"name", "city", "!age"});
  check_completion("WITH c (x) AS (SELECT 1) SELECT | FROM c", {"x"});
}

TEST(Completion, OffersTablesTypesAndVariants) {
  check_completion("SELECT * FROM |", {"person", "company", "knows", "!name"});
  check_completion("WITH top AS (SELECT 1) SELECT * FROM |", {"top", "person"});
  check_completion("SELECT 1 FROM MATCH person:a -> |", {"knows", "!person"});
  check_completion("SELECT color::|", {"red", "green", "!person"});
  check_completion("SELECT string::|", {"split"});
  check_completion("DEFINE TABLE x ( a |", {"int", "color", "record"});
  check_completion("DEFINE TABLE x ( a record<|", {"person"});
  check_completion("DESCRIBE TABLE |", {"person"});
}

TEST(Completion, OffersTheKeywordsThatTheParserTakes) {
  check_completion("|", {"SELECT", "DEFINE", "CREATE", "!WHERE", "!TABLE"});
  check_completion("SELECT 1; |", {"SELECT", "FROM", "!WHERE"});
  check_completion("DEFINE |", {"TABLE", "EDGE", "OR", "!SELECT"});
  check_completion("SELECT * FROM person |", {"WHERE", "ORDER", "JOIN", "LEFT", "AS", "!SET"});
  check_completion("SELECT * FROM person ORDER |", {"BY", "!WHERE"});
  check_completion("UPDATE person |", {"SET", "MERGE", "CONTENT", "!VALUES"});
  check_completion("SELECT 'a| b'", {"!SELECT", "!name"});
  check_completion("SELECT 1 -- a|", {"!SELECT"});
}

TEST(Hover, ShowsDefinitionsAndDocumentation) {
  const auto hover = [](const std::string& text) {
    Client client;
    client.open(text);
    return std::string(
        client.call("textDocument/hover", client.at_cursor())["contents"]["value"].as_string());
  };
  EXPECT_NE(hover("SELECT na|me FROM person").find("person.name string"), std::string::npos);
  EXPECT_NE(hover("SELECT na|me FROM person").find("as on the passport"), std::string::npos);
  EXPECT_NE(
      hover("SELECT name FROM per|son").find("DEFINE TABLE person SCHEMAFULL (\n  name string"),
      std::string::npos);
  EXPECT_NE(hover("SELECT p|.name FROM person AS p").find("DEFINE TABLE person"),
            std::string::npos);
  EXPECT_NE(hover("SELECT uppe|r('a')").find("upper("), std::string::npos);
  EXPECT_NE(hover("SELECT tax|(1dec)").find("DEFINE FUNCTION tax"), std::string::npos);
  EXPECT_NE(hover("SELECT col|or::red").find("DEFINE ENUM color"), std::string::npos);
  EXPECT_EQ(hover("SELECT 1| + 1"), "");
  EXPECT_NE(hover("SELECT count(*) AS nu|mber FROM person").find("number int"), std::string::npos);
  EXPECT_EQ(hover("SELECT nothing AS num|ber FROM person"), "A column of the query.");
  EXPECT_NE(hover("DEFINE TABLE x SCHEMAFULL ( a int UNIQUE ); SELECT a| FROM x").find("(unique)"),
            std::string::npos);
}

TEST(SignatureHelp, FollowsTheArguments) {
  Client client;
  client.open("SELECT tax(1dec, |");
  const Json help = client.call("textDocument/signatureHelp", client.at_cursor());
  EXPECT_EQ(help["signatures"].as_array().at(0)["label"].as_string(),
            "tax(amount: decimal, rate: decimal = 0.2dec) -> decimal");
  EXPECT_EQ(help["activeParameter"].as_integer(), 1);
  Client other;
  other.open("SELECT (1, |");
  EXPECT_TRUE(other.call("textDocument/signatureHelp", other.at_cursor()).is_null());
}

TEST(Navigation, GoesAcrossFiles) {
  Client client;
  client.open("SELECT p.na|me FROM person AS p WHERE p.name = 'x'");
  const Json found = client.call("textDocument/definition", client.at_cursor());
  ASSERT_EQ(found.as_array().size(), 1u);
  EXPECT_EQ(found.as_array()[0]["uri"].as_string(), kSchemaUri);
  EXPECT_EQ(found.as_array()[0]["range"]["start"]["line"].as_integer(), 3);
  Json parameters = client.at_cursor();
  parameters.set("context", Json::object({{"includeDeclaration", true}}));
  EXPECT_EQ(client.call("textDocument/references", parameters).as_array().size(), 3u);
  EXPECT_EQ(client.call("textDocument/documentHighlight", client.at_cursor()).as_array().size(),
            2u);
}

TEST(Navigation, GoesToTypes) {
  const auto lines = [](const char* script) {
    Client client;
    client.open(script);
    std::string out;
    const Json found = client.call("textDocument/typeDefinition", client.at_cursor());
    for (const Json& each : found.as_array()) {
      EXPECT_EQ(each["uri"].as_string(), kSchemaUri);
      out += std::to_string(each["range"]["start"]["line"].as_integer()) + " ";
    }
    return out;
  };
  EXPECT_EQ(lines("SELECT empl|oyer FROM person"), "1 ");
  EXPECT_EQ(lines("SELECT sh|ade FROM person"), "0 ");
  EXPECT_EQ(lines("SELECT q|.name FROM person AS q"), "2 ");
  EXPECT_EQ(lines("SELECT na|me FROM person"), "");
}

TEST(Protocol, AsksTheClientForOptions) {
  Client client(Json::object({{"workspace", Json::object({{"configuration", Json(true)}})}}));
  client.open("SELECT name FROM company LIMIT 3");
  EXPECT_EQ(client.diagnostics_of(kUri), "ZL202 ");
  const auto asked = std::ranges::find_if(client.sent(), [](const Json& each) {
    return each["method"].as_string() == "workspace/configuration";
  });
  ASSERT_NE(asked, client.sent().end());
  client.post(Json::object({{"jsonrpc", "2.0"},
                            {"id", (*asked)["id"]},
                            {"result", *Json::parse(R"([{"lint":{"rules":{"ZL202":"off"}}}])")}}));
  EXPECT_EQ(client.diagnostics_of(kUri), "");
}

TEST(Rename, ChangesAllPlacesAndQuotesWhatItMust) {
  Client client;
  client.open("SELECT p.name FROM per|son AS p; CREATE person:a SET name = 'x';");
  EXPECT_EQ(
      client.call("textDocument/prepareRename", client.at_cursor())["placeholder"].as_string(),
      "person");
  Json parameters = client.at_cursor();
  parameters.set("newName", "order");
  const Json changes = client.call("textDocument/rename", parameters)["changes"];
  EXPECT_EQ(client.apply(changes[kUri]),
            "SELECT p.name FROM `order` AS p; CREATE `order`:a SET name = 'x';");
  EXPECT_EQ(changes[kSchemaUri].as_array().size(), 3u);
}

TEST(Rename, StaysInItsStatement) {
  Client client;
  client.open("SELECT p|.name FROM person AS p WHERE p.age > 1; SELECT p.name FROM person AS p");
  Json parameters = client.at_cursor();
  parameters.set("newName", "q");
  EXPECT_EQ(client.apply(client.call("textDocument/rename", parameters)["changes"][kUri]),
            "SELECT q.name FROM person AS q WHERE q.age > 1; SELECT p.name FROM person AS p");
  Client other;
  other.open("SELECT up|per('a')");
  parameters = other.at_cursor();
  parameters.set("newName", "x");
  EXPECT_TRUE(other.ask("textDocument/rename", parameters).has("error"));
}

TEST(Diagnostics, ArePushedAndFollowTheSchema) {
  Client client;
  client.open("SELECT nope FROM person; SELECT a b FROM person");
  EXPECT_EQ(client.diagnostics_of(kUri), "E0202 E0103 ");
  client.open("DEFINE TABLE person SCHEMALESS", kSchemaUri);
  EXPECT_EQ(client.diagnostics_of(kUri), "E0103 ");
  client.tell("textDocument/didClose", client.of_document());
  EXPECT_EQ(client.diagnostics_of(kUri), "");
}

TEST(Diagnostics, ArePulled) {
  Client client(Json::object({{"textDocument", Json::object({{"diagnostic", Json::object({})}})}}));
  client.open("SELECT nope FROM person");
  const Json report = client.call("textDocument/diagnostic", client.of_document());
  EXPECT_EQ(report["kind"].as_string(), "full");
  EXPECT_EQ(report["items"].as_array().at(0)["code"].as_string(), "E0202");
  Json again = client.of_document();
  again.set("previousResultId", report["resultId"]);
  EXPECT_EQ(client.call("textDocument/diagnostic", again)["kind"].as_string(), "unchanged");
  EXPECT_EQ(client.call("workspace/diagnostic", Json::object({}))["items"].as_array().size(), 2u);
  EXPECT_EQ(client.diagnostics_of(kUri), "");
}

TEST(CodeActions, AreTheFixes) {
  Client client;
  client.open("SELECT a b FROM person; SELECT c d FROM person");
  Json parameters = client.of_document();
  parameters.set("range", client.text().range({9, 9}));
  const Json actions = client.call("textDocument/codeAction", parameters);
  ASSERT_EQ(actions.as_array().size(), 2u) << actions.dump();
  EXPECT_EQ(client.apply(actions.as_array()[0]["edit"]["changes"][kUri]),
            "SELECT a AS b FROM person; SELECT c d FROM person");
  EXPECT_EQ(client.apply(actions.as_array()[1]["edit"]["changes"][kUri]),
            "SELECT a AS b FROM person; SELECT c AS d FROM person");
}

// Gives ZL101.
const std::string kWrite = "RELATE p.id -> knows -> person:bob FROM person AS p";

// The first action of that title, applied.
std::string after_action(Client& client, std::string_view title) {
  Json parameters = client.of_document();
  parameters.set("range", client.text().range({0, client.text().size()}));
  const Json actions = client.call("textDocument/codeAction", parameters);
  for (const Json& each : actions.as_array()) {
    if (each["title"].as_string().find(title) != std::string_view::npos)
      return client.apply(each["edit"]["changes"][kUri]);
  }
  return "no action " + std::string(title) + " in " + actions.dump();
}

// An index that a filter lacks is written where its table is defined.
TEST(Findings, AreMendedByDefinitions) {
  const auto edits = [](std::string_view title, const char* schema, const std::string& script) {
    Client client(Json::object({}), schema);
    client.open(script);
    Json parameters = client.of_document();
    parameters.set("range", client.text().range({0, client.text().size()}));
    const Json actions = client.call("textDocument/codeAction", parameters);
    for (const Json& each : actions.as_array()) {
      if (each["title"].as_string() != title) continue;
      const auto& [uri, list] = each["edit"]["changes"].as_object().front();
      const TextDocument text(uri == kUri ? script : schema);
      TextDocument out = text;
      out.replace(text.span(list.as_array()[0]["range"]),
                  list.as_array()[0]["newText"].as_string());
      return out.text();
    }
    return std::string();
  };
  const std::string script = "SELECT b FROM a WHERE b = 1";
  constexpr std::string_view kTitle = "DEFINE INDEX a_b ON a (b)";
  EXPECT_EQ(edits(kTitle, "DEFINE TABLE a SCHEMAFULL ( b int );\nDEFINE TABLE c", script),
            "DEFINE TABLE a SCHEMAFULL ( b int );\nDEFINE INDEX a_b ON a (b);\nDEFINE TABLE c");
  EXPECT_EQ(edits(kTitle, "DEFINE TABLE a SCHEMAFULL ( b int )", script),
            "DEFINE TABLE a SCHEMAFULL ( b int );\nDEFINE INDEX a_b ON a (b);");
}

TEST(Findings, AreShownMendedAndAllowed) {
  Client client;
  client.open(kWrite + "; SELECT name FROM company LIMIT 3");
  EXPECT_EQ(client.diagnostics_of(kUri), "ZL101 ZL202 ");
  EXPECT_EQ(after_action(client, "ZL202"),
            kWrite + "; \n-- zerodb:allow ZL202 (say why)\nSELECT name FROM company LIMIT 3");
  EXPECT_EQ(after_action(client, "order by the id"),
            kWrite + "; SELECT name FROM company ORDER BY id LIMIT 3");
  client.open("  -- zerodb:allow ZL101 all go\n  " + kWrite);
  EXPECT_EQ(client.diagnostics_of(kUri), "");
  client.open("  " + kWrite);
  client.work();
  EXPECT_EQ(after_action(client, "ZL101"), "  -- zerodb:allow ZL101 (say why)\n  " + kWrite);
}

// Those of other statements stay where they are until the linter has looked again.
TEST(Findings, FollowTheTextWhileTheLinterWorks) {
  Client client;
  client.open("SELECT 1;\n" + kWrite + ";\nSELECT 2");
  EXPECT_EQ(client.diagnostics_of(kUri), "ZL101 ");
  client.sent().clear();
  Json changes = Json::array();
  changes.push(Json::object({{"range", client.text().range({7, 8})}, {"text", "1 +\n3"}}));
  client.tell("textDocument/didChange",
              Json::object({{"textDocument", Json::object({{"uri", kUri}, {"version", 2}})},
                            {"contentChanges", std::move(changes)}}));
  EXPECT_EQ(client.diagnostics_of(kUri), "ZL101 ");
  // What the linter found is what was shown already.
  ASSERT_EQ(client.sent().size(), 1u);
  const Json& shown = client.sent()[0]["params"]["diagnostics"].as_array().at(0);
  EXPECT_EQ(shown["range"]["start"]["line"].as_integer(), 2);
}

TEST(Findings, AreConfigured) {
  Client client;
  client.open(kWrite + "; SELECT name FROM company LIMIT 3");
  const auto configure = [&](std::string_view rules) {
    client.tell("workspace/didChangeConfiguration",
                Json::object({{"settings", *Json::parse(rules)}}));
    return client.diagnostics_of(kUri);
  };
  EXPECT_EQ(configure(R"({"lint":{"rules":{"ZL101":"off"}}})"), "ZL202 ");
  EXPECT_EQ(configure(R"({"lint":{"rules":{"limit-without-order":"off","ZL999":"off"}}})"),
            "ZL101 ");
  client.files().texts["file:///w/zerodb.toml"] = "[lint]\n[lint.rules]\nZL101 = \"off\"\n";
  Json changed = Json::array();
  changed.push(Json::object({{"uri", "file:///w/zerodb.toml"}, {"type", 1}}));
  client.tell("workspace/didChangeWatchedFiles", Json::object({{"changes", changed}}));
  EXPECT_EQ(configure("{}"), "ZL202 ");
  client.files().texts["file:///w/zerodb.toml"] = "[lint]\nexclude = [\"q*.zql\"]\n";
  client.tell("workspace/didChangeWatchedFiles", Json::object({{"changes", changed}}));
  EXPECT_EQ(configure("{}"), "");
}

TEST(Findings, LinkToTheReference) {
  Client client;
  client.tell("workspace/didChangeConfiguration",
              Json::object({{"settings", Json::object({{"docs", "https://host/docs"}})}}));
  client.open("SELECT nope FROM company; " + kWrite);
  EXPECT_EQ(client.diagnostics_of(kUri), "E0202 ZL101 ");
  const Json& shown = client.sent().back()["params"]["diagnostics"];
  EXPECT_EQ(shown.as_array().at(0)["codeDescription"]["href"].as_string(),
            "https://host/docs/errors.md#e0202");
  EXPECT_EQ(shown.as_array().at(1)["codeDescription"]["href"].as_string(),
            "https://host/docs/lint.md#zl101-write-without-where");
}

TEST(Formatting, OfDocumentsRangesAndTyping) {
  Client client;
  client.open("select 'é', 1;|\nselect   2;\nselect (;");
  EXPECT_EQ(client.apply(client.call("textDocument/formatting", client.of_document())),
            "SELECT 'é', 1;\nSELECT 2;\nselect (;\n");
  Json parameters = client.of_document();
  parameters.set("range", client.text().range({18, 20}));
  EXPECT_EQ(client.apply(client.call("textDocument/rangeFormatting", parameters)),
            "select 'é', 1;\nSELECT 2;\nselect (;");
  EXPECT_EQ(client.apply(client.call("textDocument/onTypeFormatting", client.at_cursor())),
            "SELECT 'é', 1;\nselect   2;\nselect (;");
}

TEST(Structure, SymbolsFoldsAndSelections) {
  Client client;
  client.open("-- a\n-- b\nDEFINE TABLE t (\n  a int,\n  b i|nt\n);\nSELECT\n  1;");
  const Json symbols = client.call("textDocument/documentSymbol", client.of_document());
  ASSERT_EQ(symbols.as_array().size(), 1u);
  EXPECT_EQ(symbols.as_array()[0]["children"].as_array().size(), 2u);
  EXPECT_EQ(client.call("textDocument/foldingRange", client.of_document()).as_array().size(), 3u);
  Json parameters = client.of_document();
  Json positions = Json::array();
  positions.push(client.at_cursor()["position"]);
  parameters.set("positions", std::move(positions));
  const Json chain = client.call("textDocument/selectionRange", parameters).as_array().at(0);
  EXPECT_EQ(client.text().text().substr(client.text().span(chain["range"]).begin, 3), "int");
  EXPECT_FALSE(chain["parent"]["parent"].is_null());
  EXPECT_EQ(client.call("workspace/symbol", Json::object({{"query", "PERS"}})).as_array().size(),
            1u);
}

TEST(SemanticTokens, CoverTheTextAndChangeByEdits) {
  Client client;
  client.open("SELECT name, 'a\nb' FROM person -- c");
  const Json full = client.call("textDocument/semanticTokens/full", client.of_document());
  // SELECT, name, the string on two lines, FROM, person, the comment.
  EXPECT_EQ(full["data"].as_array().size(), 7u * 5u);
  Json change = Json::object({{"textDocument", Json::object({{"uri", kUri}, {"version", 2}})}});
  Json changes = Json::array();
  changes.push(Json::object({{"range", client.text().range({7, 11})}, {"text", "age"}}));
  change.set("contentChanges", std::move(changes));
  client.tell("textDocument/didChange", change);
  Json parameters = client.of_document();
  parameters.set("previousResultId", full["resultId"]);
  const Json delta = client.call("textDocument/semanticTokens/full/delta", parameters);
  ASSERT_EQ(delta["edits"].as_array().size(), 1u);
  EXPECT_LE(delta["edits"].as_array()[0]["data"].as_array().size(), 5u);
}

TEST(InlayHints, NameParametersOfLiterals) {
  Client client;
  client.open("SELECT tax(1dec, 0.5dec), upper('a')");
  Json parameters = client.of_document();
  parameters.set("range", client.text().range({0, client.text().size()}));
  const Json hints = client.call("textDocument/inlayHint", parameters);
  std::string labels;
  for (const Json& each : hints.as_array()) labels += std::string(each["label"].as_string()) + "|";
  EXPECT_EQ(labels, "amount =>|rate =>|: decimal|: string|");
}

TEST(InlayHints, TypesAndNumbersOfRows) {
  const auto labels = [](const char* script) {
    Client client;
    client.open(script);
    Json parameters = client.of_document();
    parameters.set("range", client.text().range({0, client.text().size()}));
    std::string out;
    const Json hints = client.call("textDocument/inlayHint", parameters);
    for (const Json& each : hints.as_array()) {
      const uint32_t place = client.text().offset(each["position"]);
      out += client.text().text().substr(0, place).substr(place < 4 ? 0 : place - 4) +
             std::string(each["label"].as_string()) + "|";
    }
    return out;
  };
  EXPECT_EQ(labels("SELECT name, 1 FROM person"), "name: string|");
  EXPECT_EQ(labels("SELECT count(*) AS n FROM person"), "AS n: int|rsonone row|");
  EXPECT_EQ(labels("SELECT name FROM person:1"), "name: string|on:1at most one row|");
  EXPECT_EQ(labels("SELECT * FROM person"), "");
  EXPECT_EQ(labels("SELECT nope FROM person"), "");
  EXPECT_EQ(labels("DELETE person:1"), "");
}

TEST(Completion, LinksJoinedTables) {
  check_completion("SELECT 1 FROM person AS p JOIN company AS c ON |",
                   {"p.employer = c.id", "!c.id = p.employer", "name"});
  check_completion("SELECT 1 FROM company JOIN person ON |", {"person.employer = company.id"});
  check_completion("SELECT 1 FROM company AS c JOIN company AS d ON |", {"c", "!c.id = d.id"});
  check_completion("SELECT 1 FROM person AS p JOIN company AS c ON p.|",
                   {"employer", "!p.employer = c.id"});
  check_completion("SELECT 1 FROM person AS p JOIN company AS c ON true WHERE |",
                   {"!p.employer = c.id"});
}

// A client that asks about one item is told what it means then, and is spared it before.
TEST(Completion, TellsOfOneItemWhenAsked) {
  Client client(*Json::parse(
      R"({"textDocument":{"completion":{"completionItem":{"snippetSupport":true,
          "resolveSupport":{"properties":["documentation"]}}}}})"));
  client.open("SELECT uppe|");
  const auto find = [&](std::string_view label) {
    const Json found = client.call("textDocument/completion", client.at_cursor());
    for (const Json& each : found["items"].as_array())
      if (each["label"].as_string() == label) return each;
    return Json();
  };
  const Json upper = find("upper");
  EXPECT_FALSE(upper.has("documentation"));
  EXPECT_EQ(upper["textEdit"]["newText"].as_string(), "upper($0)");
  const Json all = client.call("completionItem/resolve", upper);
  EXPECT_NE(all["documentation"]["value"].as_string().find("upper("), std::string_view::npos);
  EXPECT_EQ(all["textEdit"], upper["textEdit"]);
  // What is no function stays as it is.
  EXPECT_EQ(client.call("completionItem/resolve", find("CASE")), find("CASE"));
  EXPECT_FALSE(find("define table").is_object());
  client.open("SELECT 1;\n|");
  EXPECT_TRUE(find("define table").is_object());
}

TEST(Completion, FollowsArrows) {
  const auto offered = [](const std::string& script) {
    Client client(Json::object({}),
                  "DEFINE TABLE man; DEFINE TABLE car; DEFINE TABLE house;\n"
                  "DEFINE EDGE drives FROM man TO car; DEFINE EDGE lives FROM man TO house;");
    client.open(script);
    std::string out;
    const Json found = client.call("textDocument/completion", client.at_cursor());
    for (const Json& each : found["items"].as_array()) {
      const int64_t kind = each["kind"].as_integer();
      if (kind == 7 || kind == 8) out += std::string(each["label"].as_string()) + " ";
    }
    return out;
  };
  EXPECT_EQ(offered("SELECT 1 FROM MATCH man -> | -> car"), "drives lives ");
  EXPECT_EQ(offered("SELECT 1 FROM MATCH car <- | <- man"), "drives ");
  EXPECT_EQ(offered("SELECT 1 FROM MATCH house -> | -> car"), "");
  EXPECT_EQ(offered("SELECT 1 FROM MATCH man -> drives -> |"), "car ");
  EXPECT_EQ(offered("SELECT 1 FROM MATCH car <- drives <- |"), "man ");
}

TEST(Calls, OfFunctionsAndViews) {
  Client client(Json::object({}),
                "DEFINE FUNCTION half(n: int) RETURNS int AS n DIV 2;\n"
                "DEFINE FUNCTION quarter(n: int) RETURNS int AS half(half(n));\n");
  client.open("SELECT |quarter(8), half(2)");
  const Json items = client.call("textDocument/prepareCallHierarchy", client.at_cursor());
  ASSERT_EQ(items.as_array().size(), 1u);
  const Json quarter = items.as_array()[0];
  EXPECT_EQ(quarter["name"].as_string(), "quarter");
  const auto calls = [&](const char* method, const Json& item, const char* end) {
    std::string out;
    const Json found = client.call(method, Json::object({{"item", item}}));
    for (const Json& each : found.as_array()) {
      out += std::string(each[end]["name"].as_string()) + " " +
             std::to_string(each["fromRanges"].as_array().size()) + "; ";
    }
    return out;
  };
  EXPECT_EQ(calls("callHierarchy/incomingCalls", quarter, "from"), "query.zql 1; ");
  EXPECT_EQ(calls("callHierarchy/outgoingCalls", quarter, "to"), "half 2; ");
  const Json half = client.call("callHierarchy/outgoingCalls", Json::object({{"item", quarter}}))
                        .as_array()[0]["to"];
  EXPECT_EQ(calls("callHierarchy/incomingCalls", half, "from"), "query.zql 1; quarter 2; ");
  EXPECT_EQ(calls("callHierarchy/outgoingCalls", half, "to"), "");
  client.open("SELECT 1 AS |one");
  EXPECT_TRUE(client.call("textDocument/prepareCallHierarchy", client.at_cursor()).is_null());
}

TEST(Schema, ComesFromAStoredDatabase) {
  Client client;
  client.files().store("data/shop", "DEFINE TABLE item SCHEMAFULL ( price decimal );");
  client.open("SELECT |price FROM item");
  EXPECT_EQ(client.diagnostics_of(kUri), "E0201 ");
  const auto configure = [&](const char* path) {
    client.tell("workspace/didChangeConfiguration",
                Json::object({{"settings", Json::object({{"database", path}})}}));
    client.work();
  };
  configure("data/shop");
  EXPECT_EQ(client.diagnostics_of(kUri), "");
  // No script holds the definition, but a document that can be asked for.
  const Json places = client.call("textDocument/definition", client.at_cursor());
  ASSERT_EQ(places.as_array().size(), 1u);
  const Json uri = places.as_array()[0]["uri"];
  EXPECT_EQ(uri.as_string(), "zerodb://schema/table/item.zql");
  const Json content = client.call("workspace/textDocumentContent", Json::object({{"uri", uri}}));
  EXPECT_EQ(content["text"].as_string(), "DEFINE TABLE item SCHEMAFULL (\n  price decimal,\n);\n");
  EXPECT_TRUE(client
                  .ask("workspace/textDocumentContent",
                       Json::object({{"uri", "zerodb://schema/table/other.zql"}}))
                  .has("error"));
  // What it defines changes, and is read again when the client says so.
  client.files().store("data/shop", "DEFINE TABLE item SCHEMAFULL ( cost decimal );");
  EXPECT_EQ(client.diagnostics_of(kUri), "");
  client.call("workspace/executeCommand",
              Json::object({{"command", "zerodb.reloadSchema"}, {"arguments", Json::array()}}));
  EXPECT_EQ(client.diagnostics_of(kUri), "E0202 ");
  // One that cannot be read is none, and the user is told.
  configure("nowhere");
  EXPECT_EQ(client.diagnostics_of(kUri), "E0201 ");
  EXPECT_TRUE(std::ranges::any_of(client.sent(), [](const Json& each) {
    return each["method"].as_string() == "window/showMessage";
  }));
}

TEST(Lenses, RunStatementsInTheDatabase) {
  Client client;
  client.open("SELECT 1; BEGIN;\nDELETE person;\nSELECT;");
  EXPECT_EQ(client.call("textDocument/codeLens", client.of_document()), Json::array());
  client.files().store("shop", "DEFINE TABLE item");
  client.tell("workspace/didChangeConfiguration",
              *Json::parse(R"({"settings":{"database":"shop","results":"answer"}})"));
  const Json lenses = client.call("textDocument/codeLens", client.of_document());
  std::string shown;
  for (const Json& each : lenses.as_array()) {
    shown += std::to_string(each["range"]["start"]["line"].as_integer()) + " ";
    shown += std::string(each["command"]["title"].as_string()) + ", ";
  }
  EXPECT_EQ(shown, "0 Run, 0 Explain, 1 Run, 1 Explain, ");
  EXPECT_EQ(client.call("workspace/executeCommand", lenses.as_array()[1]["command"]).as_string(),
            "shop: EXPLAIN SELECT 1");
  // A mistake is what the statement gives; the request is answered.
  client.tell("workspace/didChangeConfiguration",
              *Json::parse(R"({"settings":{"database":"shop"}})"));
  const Json wrong = *Json::parse(R"({"command":"zerodb.run","arguments":["FROM nothing"]})");
  EXPECT_TRUE(client.call("workspace/executeCommand", wrong).is_string());
  EXPECT_TRUE(std::ranges::any_of(client.sent(), [](const Json& each) {
    return each["params"]["message"].as_string().find("nothing") != std::string_view::npos;
  }));
}

TEST(Links, LeadToTheFilesOfStatements) {
  Client client;
  client.open(
      "COPY person FROM 'data/a b.csv'; COPY person TO '/tmp/x.csv'; COPY person FROM $file");
  std::string targets;
  const Json links = client.call("textDocument/documentLink", client.of_document());
  for (const Json& each : links.as_array())
    targets += std::string(each["target"].as_string()) + " ";
  EXPECT_EQ(targets, "file:///w/data/a%20b.csv file:///tmp/x.csv ");
}

// The edits reach scripts; what the database calls it changes when the user says so.
TEST(Rename, OffersToAlterTheDatabase) {
  Client client;
  client.files().store("shop", "DEFINE TABLE item SCHEMAFULL ( price decimal )");
  client.tell("workspace/didChangeConfiguration",
              *Json::parse(R"({"settings":{"database":"shop"}})"));
  const auto rename = [&](const char* script) {
    client.open(script);
    Json parameters = client.at_cursor();
    parameters.set("newName", "new");
    client.call("textDocument/rename", parameters);
    Json asked;
    for (const Json& each : client.sent())
      if (each["method"].as_string() == "window/showMessageRequest") asked = each;
    client.sent().clear();
    return asked;
  };
  EXPECT_TRUE(rename("SELECT na|me FROM person").is_null());
  const Json field = rename("SELECT pr|ice FROM item")["params"]["actions"];
  ASSERT_EQ(field.as_array().size(), 1u);
  EXPECT_EQ(field.as_array()[0]["title"].as_string(), "ALTER TABLE item RENAME FIELD price TO new");
  const Json asked = rename("SELECT price FROM it|em");
  const Json action = asked["params"]["actions"].as_array()[0];
  EXPECT_EQ(action["title"].as_string(), "ALTER TABLE item RENAME TO new");
  const auto answer = [&](const Json& result) {
    client.post(Json::object({{"jsonrpc", "2.0"}, {"id", asked["id"]}, {"result", result}}));
    client.work();
    return std::ranges::count_if(client.sent(), [](const Json& each) {
      return each["method"].as_string() == "window/showMessage" &&
             each["params"]["message"].as_string().starts_with("shop: ALTER TABLE item RENAME TO");
    });
  };
  EXPECT_EQ(answer(nullptr), 0);
  EXPECT_EQ(answer(action), 1);
  EXPECT_EQ(answer(action), 1);  // once
}

// A client that pulls is answered with what is known, and told to ask again.
TEST(Pull, IsToldToAskAgain) {
  Json capabilities = *Json::parse(
      R"({"textDocument":{"diagnostic":{}},"workspace":{"diagnostics":{"refreshSupport":true}}})");
  Client client(std::move(capabilities));
  client.open("SELECT name FROM company LIMIT 3");
  const auto codes = [&] {
    std::string out;
    const Json found = client.call("textDocument/diagnostic", client.of_document());
    for (const Json& each : found["items"].as_array())
      out += std::string(each["code"].as_string()) + " ";
    return out;
  };
  EXPECT_EQ(codes(), "");
  const auto refreshes = std::ranges::count_if(client.sent(), [](const Json& each) {
    return each["method"].as_string() == "workspace/diagnostic/refresh";
  });
  EXPECT_EQ(refreshes, 1);
  EXPECT_EQ(codes(), "ZL202 ");
  client.work();
  EXPECT_EQ(std::ranges::count_if(client.sent(),
                                  [](const Json& each) {
                                    return each["method"].as_string() ==
                                           "workspace/diagnostic/refresh";
                                  }),
            refreshes);
}

TEST(Workspace, AsksForTheFilesToBeWatched) {
  Client client(
      *Json::parse(R"({"workspace":{"didChangeWatchedFiles":{"dynamicRegistration":true}}})"));
  client.work();
  EXPECT_TRUE(std::ranges::any_of(client.sent(), [](const Json& each) {
    return each["method"].as_string() == "client/registerCapability";
  }));
}

TEST(Protocol, RefusesWhatDoesNotFit) {
  Client client;
  EXPECT_EQ(client.ask("no/such/method", Json::object({}))["error"]["code"].as_integer(), -32601);
  EXPECT_EQ(client.ask("textDocument/hover", Json::object({}))["error"]["code"].as_integer(),
            -32602);
  client.server().receive("{ no json");
  EXPECT_EQ(client.sent().back()["error"]["code"].as_integer(), -32700);
  client.server().receive("[]");
  EXPECT_EQ(client.sent().back()["error"]["code"].as_integer(), -32600);
  client.call("shutdown", nullptr);
  EXPECT_EQ(client.ask("textDocument/hover", Json::object({}))["error"]["code"].as_integer(),
            -32600);
  client.tell("exit", nullptr);
  client.work();
  EXPECT_EQ(client.server().exit_code(), 0);
}

TEST(Protocol, AgreesOnTheEncoding) {
  Json encodings = Json::array();
  encodings.push("utf-32");
  encodings.push("utf-8");
  Client client(Json::object({{"general", Json::object({{"positionEncodings", encodings}})}}));
  EXPECT_EQ(client.initialized["capabilities"]["positionEncoding"].as_string(), "utf-32");
  EXPECT_EQ(Client().initialized["capabilities"]["positionEncoding"].as_string(), "utf-16");
}

TEST(Protocol, CancelsRequestsThatWait) {
  Client client;
  client.open("SELECT 1");
  for (const int id : {100, 101}) {
    client.post(Json::object({{"jsonrpc", "2.0"},
                              {"id", id},
                              {"method", "textDocument/formatting"},
                              {"params", client.of_document()}}));
  }
  client.tell("$/cancelRequest", Json::object({{"id", 100}}));
  client.work();
  std::map<int64_t, bool> failed;
  for (const Json& each : client.sent()) {
    if (each["id"].as_integer() >= 100)
      failed[each["id"].as_integer()] = each["error"]["code"].as_integer() == -32800;
  }
  EXPECT_EQ(failed, (std::map<int64_t, bool>{{100, true}, {101, false}}));
}

// Random edits, asked about at random places: no crash, and the text is what the edits make of it.
TEST(Server, LivesThroughRandomEdits) {
  constexpr uint64_t kSeed = 7;
  SeededRandom random(kSeed);
  const auto below = [&](size_t n) { return static_cast<uint32_t>(random.below(n)); };
  const std::string_view pieces[] = {
      "SELECT ", "FROM person ", "(",      ")",
      "'",       "p.",           "😀",     "\n",
      ";",       "-- ",          "{ a: ",  "DEFINE TABLE t ( a int )",
      ", ",      "WHERE ",       "upper(", "::",
      "`",       "$x",           "AS p ",  "/*"};
  const char* methods[] = {"textDocument/completion",          "textDocument/hover",
                           "textDocument/signatureHelp",       "textDocument/definition",
                           "textDocument/documentHighlight",   "textDocument/prepareRename",
                           "textDocument/semanticTokens/full", "textDocument/formatting",
                           "textDocument/foldingRange",        "textDocument/documentSymbol",
                           "textDocument/onTypeFormatting"};
  Client client;
  client.open("SELECT name FROM person AS p;\n");
  TextDocument text("SELECT name FROM person AS p;\n");
  for (int version = 2; version < 400; ++version) {
    const bool is_long = text.size() > 600;
    const Position from = text.position(is_long ? 0 : below(text.size() + 1));
    const uint32_t begin = text.offset(from);
    const uint32_t end = text.offset(text.position(begin + (is_long ? 300 : below(6))));
    const std::string_view piece = pieces[below(std::size(pieces))];
    Json changes = Json::array();
    changes.push(Json::object({{"range", text.range({begin, end})}, {"text", piece}}));
    text.replace({begin, end}, piece);
    client.tell("textDocument/didChange",
                Json::object({{"textDocument", Json::object({{"uri", kUri}, {"version", version}})},
                              {"contentChanges", std::move(changes)}}));
    Json parameters = client.of_document();
    parameters.set("position", text.range({begin, begin})["start"]);
    client.ask(methods[below(std::size(methods))], parameters);
    client.sent().clear();
  }
  Json parameters = client.of_document();
  Json positions = Json::array();
  positions.push(text.range({text.size(), text.size()})["start"]);
  parameters.set("positions", positions);
  Json whole = client.call("textDocument/selectionRange", parameters).as_array().at(0);
  while (!whole["parent"].is_null()) whole = Json(whole["parent"]);
  EXPECT_EQ(whole["range"], text.range({0, text.size()})) << "seed " << kSeed;
}

}  // namespace server_test
}  // namespace zerodb::lsp
