#include "sema/script_checker.h"

#include <gtest/gtest.h>

namespace zerodb::sema {
namespace script_checker_test {

// The codes that checking the scripts one after the other gives.
std::string codes_of(const std::vector<std::string>& scripts) {
  ScriptChecker checker;
  std::string codes;
  for (const std::string& text : scripts) {
    for (const zeroql::Diagnostic& each : checker.check(zeroql::parse(text)))
      codes += (codes.empty() ? "" : " ") + std::string(code_name(each.code));
  }
  return codes;
}

void check(const std::string& text, const std::string& codes) {
  EXPECT_EQ(codes_of({text}), codes) << text;
}

TEST(ScriptChecker, LaterStatementsSeeEarlierOnes) {
  check("", "");
  check("DEFINE TABLE t SCHEMAFULL ( a int ); SELECT a FROM t; SELECT b FROM t", "E0202");
  check("SELECT a FROM t; DEFINE TABLE t SCHEMAFULL ( a int )", "E0201");
  check("DEFINE TABLE t SCHEMAFULL ( a int ); ALTER TABLE t RENAME FIELD a TO b; SELECT b FROM t",
        "");
  check("DEFINE TABLE t SCHEMALESS; REMOVE TABLE t; SELECT a FROM t", "E0201");
  check("LET $x = 1; SELECT $x || 'a'", "E0305");
  check("LET $x = 1; LET $x = 2", "E0209");
  EXPECT_EQ(codes_of({"DEFINE TABLE t SCHEMAFULL ( a int )", "SELECT a, c FROM t"}), "E0202");
}

TEST(ScriptChecker, ParametersOfClientsAreInferred) {
  check("DEFINE TABLE t SCHEMAFULL ( a int ); SELECT a FROM t WHERE a > $least", "");
}

TEST(ScriptChecker, OneMistakeOneDiagnostic) {
  check("DEFINE TABLE t SCHEMAFULL ( a nothing ); SELECT a FROM t; INSERT INTO t (a) VALUES (1)",
        "E0205");
  check("DEFINE TABLE t ( a int; SELECT a FROM t", "E0117");
  check("DEFINE TABLE t SCHEMAFULL ( a nothing ); SELECT x FROM other", "E0205 E0201");
  check("SELECT 1 +; SELECT a FROM nowhere", "E0101 E0201");
}

TEST(ScriptChecker, NamespacesAreApart) {
  check(
      "DEFINE NAMESPACE n; DEFINE DATABASE n.d; USE n.d; DEFINE TABLE t SCHEMALESS; SELECT t FROM "
      "t; "
      "USE main.main; SELECT t FROM t",
      "E0201");
  check("USE nowhere.at_all", "E0206");
}

TEST(ScriptChecker, RolledBackDefinitionsAreGone) {
  check("BEGIN; DEFINE TABLE t SCHEMALESS; ROLLBACK; SELECT t FROM t", "E0201");
  check("BEGIN; DEFINE TABLE t SCHEMALESS; COMMIT; SELECT t FROM t", "");
  check(
      "BEGIN; SAVEPOINT a; DEFINE TABLE t SCHEMALESS; ROLLBACK TO a; DEFINE TABLE t SCHEMALESS; "
      "COMMIT; SELECT t FROM t",
      "");
  check("BEGIN; SAVEPOINT a; RELEASE a; ROLLBACK TO a", "E0212");
  check("BEGIN; ROLLBACK TO b; COMMIT", "E0212");
  check("COMMIT", "E0803");
  check("SAVEPOINT a", "E0803");
  check("BEGIN; BEGIN", "E0804");
}

}  // namespace script_checker_test
}  // namespace zerodb::sema
