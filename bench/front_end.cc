// The front end: bytes lexed and parsed, and small statements checked, in a second on one core;
// SQLite's prepare of statements of the same meaning beside it.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "catalog/schema.h"
#include "catalog/store_codec.h"
#include "contest.h"
#include "function/library.h"
#include "sema/check.h"
#include "sqlite_peer.h"
#include "zeroql/lexer.h"
#include "zeroql/parser.h"

namespace zerodb::bench {
namespace {

constexpr size_t kTextBytes = size_t{8} << 20;
constexpr int kStatements = 20'000;

// The scripts of the conformance tests, again and again.
std::string script_text() {
  std::string once;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(ZERODB_BENCH_SCRIPTS)) {
    if (entry.path().extension() != ".zql") continue;
    std::ifstream file(entry.path());
    std::stringstream content;
    content << file.rdbuf();
    // What the runner of the tests reads is a comment to the language.
    const std::string text = content.str();
    if (zeroql::parse(text).diagnostics.empty()) once += text + ";\n";
  }
  if (once.empty()) fail("no scripts in " ZERODB_BENCH_SCRIPTS);
  std::string text;
  while (text.size() < kTextBytes) text += once;
  return text;
}

// Statement number `i`, with constants of its own, as both languages write it.
std::string small_statement(int i) {
  const std::string n = std::to_string(i);
  switch (i % 4) {
    case 0:
      return "SELECT number, text FROM item WHERE number > " + n + " ORDER BY number LIMIT 10";
    case 1:
      return "SELECT number % 10 AS k, count(*) AS c FROM item WHERE number < " + n +
             " GROUP BY number % 10";
    case 2:
      return "INSERT INTO item (number, text) VALUES (" + n + ", 'a')";
    default:
      return "UPDATE item SET number = number + 1 WHERE number = " + n;
  }
}

std::shared_ptr<const catalog::Schema> schema_of(const std::string& definition,
                                                 const function::Library& library) {
  catalog::Rows rows = catalog::bootstrap_rows();
  auto schema = catalog::build(rows, catalog::kMainDatabase);
  if (!schema) fail("the schema does not build");
  const auto parsed = zeroql::parse(definition);
  sema::CheckContext context;
  context.library = &library;
  const auto checked = sema::check(*zeroql::ast::statements(parsed.tree).begin(), *schema, context);
  if (!checked.ok()) fail("the definition is refused");
  const auto& changes = std::get<sema::DefinitionStatement>(checked.statement.body).changes;
  for (const catalog::Change& change : changes) rows[change.key] = change.row;
  schema = catalog::build(rows, catalog::kMainDatabase);
  if (!schema) fail("the schema does not build");
  return *schema;
}

void texts() {
  const std::string text = script_text();
  const auto lex_all = [&] {
    const double start = now_ns();
    const zeroql::LexResult lexed = zeroql::lex(text);
    keep(lexed.tokens.size());
    return now_ns() - start;
  };
  const auto parse_all = [&] {
    const double start = now_ns();
    const zeroql::ParseResult parsed = zeroql::parse(text);
    keep(parsed.diagnostics.size());
    return now_ns() - start;
  };
  // 1000 divided by the figure is megabytes a second.
  hold({"front end: the scripts of the tests, " + std::to_string(text.size() >> 20) + " MiB",
        "byte",
        static_cast<double>(text.size()),
        5,
        {{"lexed", lex_all}, {"lexed and parsed", parse_all}}});
}

void statements() {
  const auto library = function::Library::create();
  const auto schema =
      schema_of("DEFINE TABLE item SCHEMAFULL ( number int, text string )", *library);
  sema::CheckContext context;
  context.library = library.get();

  const auto check_all = [&](bool with_parsing) {
    double spent = 0;
    for (int i = 0; i < kStatements; ++i) {
      const std::string text = small_statement(i);
      const double before = now_ns();
      const zeroql::ParseResult parsed = zeroql::parse(text);
      const double between = now_ns();
      const auto checked =
          sema::check(*zeroql::ast::statements(parsed.tree).begin(), schema, context);
      if (!checked.ok()) fail("a statement is refused: " + text);
      spent += now_ns() - (with_parsing ? before : between);
    }
    return spent;
  };

  SqlitePeer peer(":memory:");
  peer.execute("CREATE TABLE item (id INTEGER PRIMARY KEY, number INTEGER, text TEXT)");
  const auto prepare_all = [&] {
    double spent = 0;
    for (int i = 0; i < kStatements; ++i) {
      const std::string text = small_statement(i);
      const double start = now_ns();
      sqlite3_stmt* statement = peer.prepare(text);
      spent += now_ns() - start;
      sqlite3_finalize(statement);
    }
    return spent;
  };
  hold({"front end: small statements",
        "statement",
        kStatements,
        5,
        {{"parsed and checked", [&] { return check_all(true); }},
         {"checked alone", [&] { return check_all(false); }},
         {"SQLite " + SqlitePeer::version() + ", parsed, planned and coded", prepare_all}}});
}

}  // namespace

void front_end() {
  texts();
  statements();
}

}  // namespace zerodb::bench
