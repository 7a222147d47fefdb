// Every rule by its own examples, and the reference that is made of them.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "lint/fixer.h"
#include "lint/reference.h"
#include "zeroql/render.h"

namespace zerodb::lint {
namespace rules_test {

const std::string kPage = ZERODB_SOURCE_DIR "/docs/reference/lint.md";

Linter fresh_linter() {
  Linter linter;
  linter.learn(zeroql::parse(example_schema()));
  return linter;
}

LintResult lint(std::string_view text) {
  return fresh_linter().lint(zeroql::parse(text));
}

// The codes of findings, each once, in order; errors by their codes too, but for the one that says
// the same as ZL108.
std::string codes_of(std::string_view text) {
  const LintResult result = lint(text);
  std::set<std::string> codes;
  for (const zeroql::Diagnostic& each : result.errors) {
    if (each.code != ErrorCode::E0804) codes.insert(std::string(code_name(each.code)));
  }
  for (const Finding& each : result.findings) codes.insert(std::string(each.rule->code));
  std::string all;
  for (const std::string& code : codes) all += (all.empty() ? "" : " ") + code;
  return all;
}

TEST(Rules, SchemaOfTheExamplesIsRight) {
  sema::ScriptChecker checker;
  const zeroql::ParseResult parsed = zeroql::parse(example_schema());
  for (const zeroql::Diagnostic& each : checker.check(parsed))
    ADD_FAILURE() << zeroql::render(each, parsed.tree.source());
}

TEST(Rules, EachTriggersOnItsExampleAlone) {
  for (const Rule* rule : rules())
    EXPECT_EQ(codes_of(rule->triggers), rule->code) << rule->triggers;
}

TEST(Rules, NoneTriggersOnTheNearExample) {
  for (const Rule* rule : rules())
    EXPECT_EQ(codes_of(rule->nearly), "") << rule->code << ": " << rule->nearly;
}

TEST(Rules, FortyNineAndTwoForTheComments) {
  std::set<std::string_view> codes;
  std::set<std::string_view> names;
  for (const Rule* rule : rules()) {
    codes.insert(rule->code);
    names.insert(rule->name);
    EXPECT_FALSE(rule->summary.empty() || rule->summary.ends_with('.')) << rule->code;
    EXPECT_TRUE(rule->detail.ends_with('.')) << rule->code;
    const bool is_of_comments = rule->code < "ZL100";
    EXPECT_EQ(rule->check == nullptr && rule->finish == nullptr, is_of_comments) << rule->code;
  }
  EXPECT_EQ(codes.size(), 51u);
  EXPECT_EQ(names.size(), 51u);
  for (const Limit& limit : limits()) EXPECT_TRUE(codes.contains(limit.code)) << limit.code;
}

// With its fix the example has no finding of the rule, and no error. Rules that say they have fixes
// have one here, others have none.
TEST(Rules, FixesMendTheExamples) {
  for (const Rule* rule : rules()) {
    bool has_fix = false;
    for (const Finding& finding : lint(rule->triggers).findings)
      has_fix = has_fix || !finding.fixes.empty();
    EXPECT_EQ(has_fix, rule->fix != FixKind::None) << rule->code;
    if (!has_fix) continue;
    const FixedScript fixed = apply_fixes(fresh_linter(), std::string(rule->triggers));
    EXPECT_GT(fixed.applied, 0u) << rule->code;
    EXPECT_EQ(codes_of(fixed.text), "") << fixed.text;
  }
}

TEST(RuleReference, PageIsCurrent) {
  const std::string page = rule_reference_page();
  if (std::getenv("ZERODB_UPDATE") != nullptr) std::ofstream(kPage, std::ios::binary) << page;
  std::ifstream in(kPage, std::ios::binary);
  std::ostringstream written;
  written << in.rdbuf();
  EXPECT_EQ(written.str(), page) << "run this test with ZERODB_UPDATE=1";
}

TEST(RuleReference, Explanation) {
  const Rule* rule = find_rule("zl301");
  ASSERT_NE(rule, nullptr);
  EXPECT_EQ(find_rule("Unindexed-Filter"), rule);
  EXPECT_EQ(find_rule("ZL999"), nullptr);
  const std::string text = explain_rule(*rule);
  EXPECT_TRUE(text.starts_with("ZL301 unindexed-filter: no index begins with")) << text;
  EXPECT_NE(text.find("found:\n  SELECT name FROM person WHERE score > 5.0\n"), std::string::npos)
      << text;
}

}  // namespace rules_test
}  // namespace zerodb::lint
