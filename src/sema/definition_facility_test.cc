#include "sema/definition_facility.h"

#include <gtest/gtest.h>

#include "sema/definition_text.h"
#include "sema/test_session.h"

namespace zerodb::sema {
namespace definition_facility_test {

const std::string kSchema = R"(
DEFINE SEQUENCE ticket WITH (start = 100, step = -10, cache = 32) COMMENT 'numbers';
DEFINE ANALYZER plain WITH (tokenizer = 'unicode', language = none);
DEFINE PLACEMENT eu WITH (replicas = 3, require = { region: 'eu' }, survive = 'zone');
DEFINE ROLE analyst COMMENT 'reads')";

void check(std::initializer_list<Case> cases) {
  EXPECT_EQ(failing_cases(kSchema, std::span<const Case>(cases.begin(), cases.size())), "");
}

TEST(DefinitionFacility, Defining) {
  check({
      {"DEFINE ROLE analyst", "E0208"},
      {"DEFINE ROLE IF NOT EXISTS analyst", "ok"},
      {"DEFINE OR REPLACE ROLE analyst", "ok"},
      {"DEFINE ANALYZER analyst", "ok"},
      {"DEFINE SEQUENCE s", "ok"},
      {"DEFINE SEQUENCE s WITH (begin = 1)", "E0210"},
      {"DEFINE SEQUENCE s WITH (start = 1, start = 2)", "E0412"},
      {"DEFINE SEQUENCE s WITH (start = '1')", "E0317"},
      {"DEFINE SEQUENCE s WITH (step = 0)", "E0317"},
      {"DEFINE SEQUENCE s WITH (step = 1)", "ok"},
      {"DEFINE SEQUENCE s WITH (cache = 0)", "E0317"},
      {"DEFINE SEQUENCE s WITH (cache = 1)", "ok"},
      {"DEFINE SEQUENCE s WITH (cache = now())", "E0317"},
      {"DEFINE ANALYZER a WITH (tokenizer = 'words')", "E0317"},
      {"DEFINE ANALYZER a WITH (tokenizer = 'ngram')", "ok"},
      {"DEFINE ANALYZER a WITH (tokenizer = none)", "E0317"},
      {"DEFINE PLACEMENT p WITH (require = 'eu')", "E0317"},
      {"DEFINE PLACEMENT p WITH (require = { zone: 'a' }, leader = { zone: 'a' })", "ok"},
      {"DEFINE PLACEMENT p WITH (replicas = 0)", "E0317"},
      {"DEFINE ROLE r WITH (login = true)", "E0210"},
  });
}

TEST(DefinitionFacility, ChangingAndRemoving) {
  check({
      {"ALTER SEQUENCE ticket SET (cache = 64), COMMENT 'fewer'", "ok"},
      {"ALTER SEQUENCE ticket SET (cache = 'x')", "E0317"},
      {"ALTER SEQUENCE tickets SET (cache = 64)", "E0207"},
      {"ALTER SEQUENCE ticket REBUILD", "E0101"},
      {"ALTER ROLE analyst RENAME TO reader; REMOVE ROLE reader", "ok"},
      {"ALTER ROLE analyst RENAME TO reader; REMOVE ROLE analyst", "E0207"},
      {"DEFINE ROLE boss; ALTER ROLE boss RENAME TO analyst", "E0208"},
      {"REMOVE ROLE nosuch", "E0207"},
      {"REMOVE ROLE IF EXISTS nosuch", "ok"},
      {"REMOVE PLACEMENT eu; DESCRIBE PLACEMENT eu", "E0207"},
      {"DESCRIBE SEQUENCE ticket", "(definition any)"},
      {"DESCRIBE ANALYZERS", "(name any, definition any)"},
  });
}

TEST(DefinitionFacility, WhatIsDescribedCanBeDefinedAgain) {
  TestSession session;
  session.run(kSchema);
  ASSERT_EQ(session.schema().facilities().size(), 4u);
  for (const catalog::Facility& each : session.schema().facilities()) {
    const std::string text = definition_text(session.schema(), each);
    TestSession again;
    EXPECT_EQ(again.verdict(text), "ok") << text << again.explanation(text);
    const catalog::Facility* made = again.schema().find_facility(each.kind, each.name);
    ASSERT_NE(made, nullptr) << text;
    EXPECT_EQ(definition_text(again.schema(), *made), text);
    EXPECT_EQ(made->options, each.options);
  }
}

TEST(DefinitionFacility, PasswordsComeFromParametersAndAreNotKept) {
  TestSession session;
  session.parameters.push_back({"secret", Type::string()});
  EXPECT_EQ(session.verdict("DEFINE USER ann WITH (password = $secret, roles = [])"), "ok");
  EXPECT_EQ(session.verdict("DEFINE USER bob WITH (password = 'tiger')"), "ok");
  EXPECT_EQ(session.verdict("DEFINE USER eve WITH (password = 7)"), "E0317");
  for (const char* name : {"ann", "bob"}) {
    const auto* user = session.schema().find_facility(catalog::Facility::Kind::User, name);
    ASSERT_NE(user, nullptr);
    EXPECT_FALSE(user->options.contains("password"));
  }
}

}  // namespace definition_facility_test
}  // namespace zerodb::sema
