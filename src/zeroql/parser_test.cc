// What the parser makes of single forms: shapes of trees, names, the amount of work.
#include "zeroql/parser.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "zeroql/ast_session.h"

namespace zerodb::zeroql {
namespace parser_test {

// The expression in a compact form: (+ 1 (* 2 3)).
std::string shape(const Tree& tree, NodeId id) {
  const auto children = tree.children(id);
  if (tree.kind(id) == NodeKind::Paren) return shape(tree, children[0]);
  if (children.empty() || tree.kind(id) == NodeKind::NameRef) return std::string(tree.text(id));
  std::string out = "(";
  if (tree.kind(id) == NodeKind::Binary) {
    out += ast::binary_op_text(ast::Binary{{&tree, id}}.op());
  } else {
    out += node_kind_name(tree.kind(id));
  }
  for (const NodeId child : children) out += " " + shape(tree, child);
  return out + ")";
}

void check(std::string_view text, std::string_view expected) {
  const ParseResult result = parse("SELECT " + std::string(text));
  ASSERT_EQ(result.diagnostics.size(), 0u) << text << ": " << result.diagnostics[0].message;
  const auto statement = ast::statements(result.tree)[0].as<ast::QueryStatement>();
  const ast::Expr expr = statement.query().body().select()->items()->list()[0].item()->expr();
  EXPECT_EQ(shape(result.tree, expr.id), expected) << text;
}

TEST(Parser, Precedence) {
  check("1 + 2 * 3", "(+ 1 (* 2 3))");
  check("1 - 2 - 3", "(- (- 1 2) 3)");
  check("-2 ** 2", "(Unary (** 2 2))");
  check("2 ** -3 ** 2", "(** 2 (Unary (** 3 2)))");
  check("a OR b AND NOT c = d", "(OR a (AND b (Unary (= c d))))");
  check("a ?? b .. c | d", "(?? a (Range b (| c d)))");
  check("a & b ^ c | d", "(| (^ (& a b) c) d)");
  check("1 << 2 + 3", "(<< 1 (+ 2 3))");
  check("a || b DIV c", "(|| a (DIV b c))");
  check("a < -b", "(< a (Unary b))");
  check("NOT a IN (1)", "(Unary (In a (InList 1)))");
  check("a BETWEEN 1 AND 2 AND b", "(AND (Between a 1 2) b)");
  check("a.b.c[0]", "(IndexAccess (FieldAccess (FieldAccess a b) c) 0)");
  check("a[1..2]", "(Slice a 1 2)");
  check("a[(1)..2]", "(Slice a 1 2)");
  check("a[1..]", "(Slice a 1)");
  check("a[b | c..]", "(Slice a (| b c))");
  check("a[(b ?? c)..]", "(Slice a (?? b c))");
  check("(1 + 2) * 3", "(* (+ 1 2) 3)");
  check("a OR b OR c", "(OR (OR a b) c)");
  check("x IS int AND y", "(AND (IsType x (NamedType (Name int))) y)");
}

TEST(Parser, ChainsOfAlternativesAreBalanced) {
  std::string text = "SELECT a";
  for (size_t i = 0; i < 4095; ++i) text += " OR a";
  const ParseResult result = parse(text);
  EXPECT_EQ(result.diagnostics.size(), 0u);
  EXPECT_LT(result.tree.node(result.tree.root()).height, 20);
}

// Every contextual keyword is a name wherever a name may stand.
TEST(Parser, ContextualKeywordsAreNames) {
  constexpr std::string_view kWords[] = {
#define ZEROQL_RESERVED(name, text)
#define ZEROQL_CONTEXTUAL(name, text) text,
#include "base/keywords.def"
#undef ZEROQL_RESERVED
#undef ZEROQL_CONTEXTUAL
  };
  constexpr std::string_view kForms[] = {
      "SELECT @, @ + 1, x.@, @.x, @(1), @::@, @:@, @:1 AS @ FROM @ AS @ WHERE @ = @ GROUP BY @ "
      "ORDER BY @",
      "SELECT f(@ => 1), {@: 1, @}, x.{@, a: @}, x IS @, CAST(x AS @) FROM @ JOIN x USING (@)",
      "SELECT 1 FROM MATCH @ AS @ -> [@ AS @] -> (@ | @ AS @), @ -> @ -> @",
      "CREATE @ SET @ = @, x.@ = 1",
      "CREATE @ CONTENT @",
      "CREATE @:@",
      "INSERT INTO @ (@, @) VALUES (@) ON CONFLICT (@) DO UPDATE SET @ = @",
      "UPDATE @ AS @ SET @ += @ FROM @ AS @ WHERE @ RETURNING @",
      "UPSERT @ MERGE @",
      "UPDATE @ UNSET @, @",
      "DELETE @ USING @ AS @ WHERE @",
      "RELATE @:a -> @ -> @ SET @ = 1",
      "USE @.@",
      "SET @.@ = 1",
      "RESET @",
      "SHOW @",
      "DEFINE TABLE @ (@ @, `@` @?, x @<@> DEFAULT @) KEY (@ @) PARTITION BY @(@) (@ DEFAULT) WITH "
      "(@ = @)",
      "DEFINE TABLE t (@ ASSERT (@), @ UNIQUE (@))",
      "DEFINE EDGE @ FROM @ | @ TO @",
      "DEFINE VIEW @ AS SELECT @ FROM @",
      "DEFINE FIELD @.@ ON @ TYPE @ ASSERT @",
      "DEFINE INDEX @ ON @ (@, @ DESC) USING @ (@ = @)",
      "DEFINE ENUM @ AS (@, @)",
      "DEFINE TYPE @ AS @",
      "DEFINE FUNCTION @(@: @) RETURNS @ AS @",
      "DEFINE FUNCTION @::@() RETURNS @ FROM MODULE @ EXPORT 'x'",
      "REMOVE TABLE @",
      "DESCRIBE TABLE @",
      "DESCRIBE FIELDS ON @",
      "ALTER TABLE @ ADD FIELD @ @, RENAME FIELD @ TO @, DROP FIELD @, DROP CONSTRAINT @, ADD @ "
      "UNIQUE (@)",
      "GRANT SELECT ON TABLE @ (@) TO @, @ WHERE @",
      "REVOKE ALL ON TABLE @ FROM @",
      "SAVEPOINT @",
      "RELEASE @",
      "ROLLBACK TO @",
      "WITH @ (@) AS (SELECT @) SELECT @ FROM @",
      "WITH RECURSIVE @ AS (SELECT 1) SELECT 1",
      "ANALYZE @",
      "COPY @ (@) FROM 'x'",
      "SELECT sum(@) OVER @ FROM t WINDOW @ AS (PARTITION BY @ ORDER BY @)",
      "EXPLAIN FORMAT @ SELECT @",
      "KILL @",
  };
  for (const std::string_view word : kWords) {
    for (const std::string_view form : kForms) {
      std::string text;
      for (const char c : form) {
        if (c == '@') {
          for (const char w : word) text += w == '_' ? w : static_cast<char>(w | 32);
        } else {
          text += c;
        }
      }
      const ParseResult result = parse(text);
      EXPECT_EQ(result.diagnostics.size(), 0u)
          << text << ": " << (result.diagnostics.empty() ? "" : result.diagnostics[0].message);
    }
  }
}

uint64_t calls(const std::string& text) {
  ParseStatistics statistics;
  parse(SourceText(text), Memoization::On, statistics);
  return statistics.rule_calls;
}

std::string nested(std::string_view open, std::string_view core, std::string_view close,
                   size_t depth) {
  std::string text = "SELECT ";
  for (size_t i = 0; i < depth; ++i) text += open;
  text += core;
  for (size_t i = 0; i < depth; ++i) text += close;
  return text;
}

TEST(Parser, HostileNestingTakesLinearWork) {
  struct Probe {
    std::string_view open, core, close;
  };
  const Probe probes[] = {
      {"(", "1", ")"},
      {"(", "1", ""},
      {"(", "1", ",)"},
      {"(1, ", "2", ")"},
      {"((", "1", ")"},
      {"[(", "1", ")]"},
      {"f((", "1", "), 2)"},
      {"(SELECT ", "1", ")"},
      {"(SELECT ", "1", ""},
      {"((", "SELECT 1", ") UNION (SELECT 2))"},
      {"(", "SELECT 1", ") UNION (SELECT 2)"},
      {"(", "(SELECT 1)", ") + 1"},
      {"x IN (", "(SELECT 1)", ")"},
      {"((SELECT 1) + ", "1", ")"},
      {"{a: (", "1", ")}"},
      {"CASE WHEN (", "1", ") THEN 2 END"},
  };
  for (const Probe& probe : probes) {
    const uint64_t ten = calls(nested(probe.open, probe.core, probe.close, 10));
    const uint64_t hundred = calls(nested(probe.open, probe.core, probe.close, 100));
    EXPECT_LE(hundred, ten * 12) << probe.open << " " << ten << " " << hundred;
    const uint64_t two_hundred = calls(nested(probe.open, probe.core, probe.close, 200));
    EXPECT_LE(two_hundred, ten * 24) << probe.open << " " << ten << " " << two_hundred;
  }
}

TEST(Parser, WithoutMemoryTheSameNestingExplodes) {
  const std::string text = nested("((", "SELECT 1", ") UNION (SELECT 2))", 10);
  ParseStatistics with;
  ParseStatistics without;
  const ParseResult memoized = parse(SourceText(text), Memoization::On, with);
  const ParseResult plain = parse(SourceText(text), Memoization::Off, without);
  EXPECT_EQ(dump(memoized.tree), dump(plain.tree));
  EXPECT_GT(without.rule_calls, with.rule_calls * 5);
}

RC_GTEST_PROP(Parser, AnyTextPrintsBack, (const std::string& text)) {
  RC_ASSERT(print(parse(text).tree) == text);
}

RC_GTEST_PROP(Parser, AnySoupOfTokensPrintsBackAndBothParsersAgree, ()) {
  constexpr const char* kTokens[] = {
      "SELECT", "FROM",   "WHERE",       "(",      ")",        "[",    "]",      "{",
      "}",      ",",      ";",           "a",      "1",        "'s'",  "->",     "<-",
      "=",      "AS",     "UNION",       "*",      ".",        ":",    "..",     "DEFINE TABLE",
      "CREATE", "SET",    "MATCH",       "CASE",   "WHEN",     "THEN", "END",    "NOT",
      "IN",     "AND",    "$p",          "t:1",    "ORDER BY", "WITH", "ASSERT", "<",
      ">",      "UPDATE", "INSERT INTO", "VALUES", "IS",       "int",  "?",      "::"};
  const auto picks =
      *rc::gen::container<std::vector<size_t>>(rc::gen::inRange<size_t>(0, std::size(kTokens)));
  std::string text;
  for (const size_t pick : picks) text += std::string(kTokens[pick]) + " ";
  ParseStatistics statistics;
  const ParseResult memoized = parse(text);
  const ParseResult plain = parse(SourceText(text), Memoization::Off, statistics);
  RC_ASSERT(print(memoized.tree) == text);
  RC_ASSERT(dump(memoized.tree) == dump(plain.tree));
  RC_ASSERT(memoized.diagnostics == plain.diagnostics);
}

TEST(Parser, EmptyScripts) {
  for (const std::string_view text : {"", ";", ";;", " -- nothing\n", "\xef\xbb\xbf"}) {
    const ParseResult result = parse(text);
    EXPECT_TRUE(result.diagnostics.empty());
    EXPECT_TRUE(ast::statements(result.tree).empty());
    EXPECT_EQ(print(result.tree), text);
  }
}

}  // namespace parser_test
}  // namespace zerodb::zeroql
