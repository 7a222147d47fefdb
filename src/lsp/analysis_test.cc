// An analysis made from the one before is the one made afresh.
#include "lsp/analysis.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace zerodb::lsp {
namespace analysis_test {

std::string shown(const Analysis& analysis) {
  std::string out;
  for (const zeroql::Diagnostic& each : analysis.diagnostics()) {
    out += std::string(code_name(each.code)) + " " + std::to_string(each.span.begin) + ".." +
           std::to_string(each.span.end) + " " + each.message;
    for (const zeroql::Label& label : each.labels) out += " @" + std::to_string(label.span.begin);
    for (const zeroql::Fix& fix : each.fixes) out += " !" + std::to_string(fix.span.begin);
    out += "\n";
  }
  for (const Occurrence& each : analysis.occurrences())
    out += each.key + " " + std::to_string(each.span.begin) + "\n";
  return out;
}

std::string many_statements(size_t count) {
  std::string text = "DEFINE TABLE t SCHEMAFULL ( a int, b string );\n";
  for (size_t i = 0; i < count; ++i)
    text += "SELECT a, b FROM t WHERE a > " + std::to_string(i) + ";\n";
  return text;
}

TEST(Analysis, ChecksOnlyWhatAnEditTouches) {
  const sema::ScriptChecker before;
  const std::string text = many_statements(1'000);
  const Analysis first(TextDocument(text), "a", before);
  EXPECT_EQ(first.checked_count(), 1'001u);
  std::string edited = text;
  edited.replace(edited.find("a > 500"), 7, "nope > 5");
  const Analysis second(TextDocument(edited), "a", before, &first);
  EXPECT_LE(second.checked_count(), 5u);
  EXPECT_EQ(shown(second), shown(Analysis(TextDocument(edited), "a", before)));
  // What the table is, all behind it depends on.
  edited.replace(edited.find("b string"), 8, "c string");
  Analysis third(TextDocument(edited), "a", before, &second);
  EXPECT_LE(third.checked_count(), 5u);
  EXPECT_FALSE(third.is_checked());
  while (!third.check_some()) continue;
  EXPECT_GE(third.checked_count(), 1'000u);
  EXPECT_EQ(shown(third), shown(Analysis(TextDocument(edited), "a", before)));
}

// Mistakes far behind an edit are shown where they are now until they are looked at again.
TEST(Analysis, WhatIsNotCheckedYetStandsAsItWas) {
  const sema::ScriptChecker before;
  std::string text = many_statements(300);
  text.replace(text.find("a > 250"), 1, "z");
  const Analysis first(TextDocument(text), "a", before);
  ASSERT_EQ(first.diagnostics().size(), 1u);
  text.replace(text.find("a int"), 5, "a int, z int");
  Analysis second(TextDocument(text), "a", before, &first);
  ASSERT_EQ(second.diagnostics().size(), 1u);
  EXPECT_EQ(second.diagnostics()[0].span.begin, text.find("z > 250"));
  EXPECT_EQ(second.schema().find_table("t")->fields.size(), 2u);
  // The next edit comes before all is checked.
  EXPECT_FALSE(second.check_some(100));
  text.insert(0, "SELECT 1;\n");
  Analysis third(TextDocument(text), "a", before, &second);
  EXPECT_FALSE(third.is_checked());
  ASSERT_EQ(third.diagnostics().size(), 1u);
  EXPECT_EQ(third.diagnostics()[0].span.begin, text.find("z > 250"));
  while (!third.check_some()) continue;
  EXPECT_EQ(shown(third), shown(Analysis(TextDocument(text), "a", before)));
  EXPECT_TRUE(third.diagnostics().empty());
}

TEST(Analysis, OfAScriptBehindAnotherSchema) {
  sema::ScriptChecker before;
  before.check(zeroql::parse("DEFINE TABLE t SCHEMAFULL ( a int )"));
  const std::string text = "SELECT a FROM t; SELECT b FROM t;";
  const Analysis first(TextDocument(text), "a", before);
  before.check(zeroql::parse("ALTER TABLE t ADD FIELD b int DEFAULT 1"));
  Analysis second(TextDocument(text), "a", before, &first, Analysis::Before::Changed);
  EXPECT_EQ(second.checked_count(), 0u);
  EXPECT_EQ(second.diagnostics().size(), 1u);
  EXPECT_TRUE(second.check_some());
  EXPECT_TRUE(second.diagnostics().empty());
}

TEST(Analysis, FollowsManyDefinitions) {
  const sema::ScriptChecker before;
  std::string text;
  for (int i = 0; i < 200; ++i)
    text += "DEFINE TABLE t" + std::to_string(i) + " SCHEMAFULL ( a int );\n";
  for (int i = 0; i < 200; ++i) text += "SELECT a FROM t" + std::to_string(i) + ";\n";
  const Analysis first(TextDocument(text), "a", before);
  std::string edited = text;
  edited.insert(edited.rfind("SELECT a"), "SELECT a FROM t199;\n");
  const Analysis second(TextDocument(edited), "a", before, &first);
  EXPECT_LE(second.checked_count(), 5u);
  EXPECT_EQ(shown(second), shown(Analysis(TextDocument(edited), "a", before)));
}

TEST(Analysis, IsTheSameAfterRandomEdits) {
  constexpr uint64_t kSeed = 11;
  SeededRandom random(kSeed);
  const std::string_view pieces[] = {
      "SELECT a FROM t;\n",
      "SELECT x FROM t;\n",
      "DEFINE TABLE u ( a int );\n",
      "BEGIN;\n",
      "ROLLBACK;\n",
      "COMMIT;\n",
      "LET $p = 1;\n",
      "SELECT $p, a b;\n",
      "REMOVE TABLE u;\n",
      "SELECT * FROM u;\n",
      "SELECT 1\n",
      "(",
      "'",
      "/*",
      "*/",
      ";",
      "\xff",
      "ALTER TABLE t ADD FIELD x int DEFAULT 1;\n",
      "-- c\n",
      "SAVEPOINT s;\n",
      "ROLLBACK TO s;\n",
  };
  const sema::ScriptChecker before;
  std::string text = many_statements(12);
  auto last = std::make_unique<Analysis>(TextDocument(text), "a", before);
  for (int i = 0; i < 400; ++i) {
    const size_t begin = random.below(text.size() + 1);
    const size_t line = text.rfind('\n', begin);
    const size_t at = random.below(3) > 0 && line != std::string::npos ? line + 1 : begin;
    const size_t erased = random.below(4) == 0 ? random.below(30) : 0;
    text.replace(at, std::min(erased, text.size() - at), pieces[random.below(std::size(pieces))]);
    if (text.size() > 1'500) text.erase(0, 700);
    auto next = std::make_unique<Analysis>(TextDocument(text), "a", before, last.get());
    // Some are still unfinished when the next edit comes.
    if (random.below(3) == 0) next->check_some(random.below(20));
    last = std::move(next);
    if (random.below(3) == 0) continue;
    while (!last->check_some()) continue;
    ASSERT_EQ(shown(*last), shown(Analysis(TextDocument(text), "a", before)))
        << "seed " << kSeed << ", edit " << i << "\n"
        << text;
  }
}

TEST(Analysis, FindsTokensAndNames) {
  const Analysis analysis(TextDocument("SELECT a FROM t"), "a", sema::ScriptChecker());
  EXPECT_EQ(analysis.token_at(0), zeroql::TokenId(0));
  EXPECT_EQ(analysis.token_at(6), zeroql::TokenId(0));
  EXPECT_EQ(analysis.token_at(7), zeroql::TokenId(1));
  EXPECT_EQ(analysis.token_at(15), zeroql::TokenId(3));
  ASSERT_NE(analysis.occurrence_at(15), nullptr);
  EXPECT_EQ(analysis.occurrence_at(15)->key, "table t");
  EXPECT_EQ(analysis.occurrence_at(3), nullptr);
}

}  // namespace analysis_test
}  // namespace zerodb::lsp
