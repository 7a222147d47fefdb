#include "lint/configuration.h"

#include <gtest/gtest.h>

namespace zerodb::lint {
namespace configuration_test {

TEST(Configuration, Rules) {
  const auto read = read_configuration(R"(
[server]
anything = 1
[lint]
exclude = ["old/**", "*.tmp.zql"]
schema = ["schema.zql"]
[lint.rules]
ZL301 = "off"
limit-without-order = "error"
)",
                                       "zerodb.toml");
  ASSERT_TRUE(read.has_value()) << read.error().to_string();
  EXPECT_EQ(read->severity_of(*find_rule("ZL301")), Severity::Off);
  EXPECT_EQ(read->severity_of(*find_rule("ZL202")), Severity::Error);
  EXPECT_EQ(read->severity_of(*find_rule("ZL203")), find_rule("ZL203")->severity);
  EXPECT_EQ(read->schemas, std::vector<std::string>{"schema.zql"});
  EXPECT_TRUE(read->excludes("old/1.zql"));
  EXPECT_TRUE(read->excludes("x.tmp.zql"));
  EXPECT_FALSE(read->excludes("new/1.zql"));
}

// The message names the line of what is wrong.
void refuse(std::string_view text, std::string_view message) {
  const auto read = read_configuration(text, "zerodb.toml");
  ASSERT_FALSE(read.has_value()) << text;
  EXPECT_EQ(read.error().code(), ErrorCode::E0623);
  EXPECT_EQ(std::string(read.error().message()).substr(0, message.size()), message);
}

TEST(Configuration, WhatIsWrong) {
  refuse("[lint]\nexlude = []",
         "zerodb.toml:2: `lint` has exclude, schema and rules, but no `exlude`");
  refuse("lint = 3", "zerodb.toml:1: `lint` is a table");
  refuse("[lint]\nexclude = 'x'", "zerodb.toml:2: a list of strings is expected");
  refuse("[lint]\nschema = [1]", "zerodb.toml:2: a string is expected");
  refuse("[lint.rules]\nZL999 = 'off'", "zerodb.toml:2: there is no rule `ZL999`");
  refuse("[lint.rules]\n\nZL301 = 'loud'", "zerodb.toml:3: a rule is \"off\"");
  refuse("[lint.rules]\nZL301 = true", "zerodb.toml:2: a rule is \"off\"");
  refuse("[lint", "zerodb.toml:1: ");
  refuse("\xff", "zerodb.toml:");
  EXPECT_TRUE(read_configuration("", "zerodb.toml").has_value());
}

TEST(PathPattern, Parts) {
  struct {
    std::string_view pattern;
    std::string_view path;
    bool matches;
  } const cases[] = {
      {"a.zql", "a.zql", true},
      {"a.zql", "b/a.zql", false},
      {"**/a.zql", "b/c/a.zql", true},
      {"**/a.zql", "a.zql", true},
      {"a/*.zql", "a/b.zql", true},
      {"a/*.zql", "a/b/c.zql", false},
      {"a/**", "a/b/c.zql", true},
      {"a", "a/b/c.zql", true},
      {"a/", "ab/c.zql", false},
      {"?.zql", "a.zql", true},
      {"?.zql", "ab.zql", false},
      {"*b*d*", "abcd", true},
      {"*b*e*", "abcd", false},
      {"./a", "a/b.zql", true},
      {"", "a", false},
      {"a/**/d.zql", "a/d.zql", true},
      {"a/**/d.zql", "a/b/c/d.zql", true},
      {"**", "", true},
  };
  for (const auto& each : cases)
    EXPECT_EQ(matches_path(each.pattern, each.path), each.matches)
        << each.pattern << " " << each.path;
}

}  // namespace configuration_test
}  // namespace zerodb::lint
