#include <gtest/gtest.h>

#include "sema/availability.h"
#include "sema/test_session.h"

namespace zerodb::sema {
namespace pattern_test {

const std::string kSchema = R"(
DEFINE TABLE man SCHEMAFULL (name string, age int?);
DEFINE TABLE car SCHEMAFULL (hp int);
DEFINE TABLE road SCHEMALESS;
DEFINE EDGE likes FROM man TO man (since datetime?);
DEFINE EDGE owns FROM man TO car;
DEFINE EDGE drives FROM car TO road)";

void check(std::initializer_list<Case> cases) {
  EXPECT_EQ(failing_cases(kSchema, std::span<const Case>(cases.begin(), cases.size())), "");
}

// The statement is right; what this version lacks to run it, or nothing.
std::string missing(const std::string& text) {
  TestSession session;
  session.run(kSchema);
  session.parameters.push_back(
      {"p", Type::record({session.schema().find_table("man")->id}), KnownParameter::Origin::Let});
  const auto results = session.run(text);
  EXPECT_TRUE(results.front().ok()) << text << "\n" << session.explanation(text);
  const auto error = availability_error(results.front().statement);
  return error ? std::string(error->message()) : std::string();
}

TEST(PatternCheck, QuantifiersReachTheTablesOfEveryHop) {
  check({
      {"SELECT x.id FROM MATCH man:1 -> likes{1,4} -> man AS x", "(id record<man>)"},
      {"SELECT x.id FROM MATCH man:1 -> [likes | owns | drives]+ -> (AS x)",
       "(id record<man | car | road>)"},
      {"SELECT x.id FROM MATCH man:1 -> [likes | owns | drives]{2} -> (AS x)",
       "(id record<man | car | road>)"},
      {"SELECT x.id FROM MATCH man:1 -> [owns | drives]{2} -> (AS x)", "(id record<road>)"},
      {"SELECT x.id FROM MATCH man:1 -> [owns | drives]{2,2} -> (AS x)", "(id record<road>)"},
      {"SELECT x.id FROM MATCH man:1 -> [owns | drives]{3,5} -> (AS x)", "E0501"},
      {"SELECT x.id FROM MATCH man:1 -> [owns | drives]{0,1} -> (AS x)", "(id record<man | car>)"},
      {"SELECT x.id FROM MATCH man:1 -> owns? -> man AS x", "(id record<man>)"},
      {"SELECT x.id FROM MATCH man:1 -> owns+ -> man AS x", "E0501"},
      {"SELECT x.id FROM MATCH man:1 -> drives* -> car AS x", "E0501"},
      {"SELECT x.id FROM MATCH man:1 -> likes{4,1} -> man AS x", "E0623"},
      {"SELECT x.id FROM MATCH man:1 -> likes{1,4000000} -> man AS x", "(id record<man>)"},
      {"SELECT x.id FROM MATCH WALK man:1 -> likes{2,} -> man AS x", "E0502"},
      {"SELECT x.id FROM MATCH ACYCLIC man:1 <-> likes* <-> man AS x", "(id record<man>)"},
  });
}

TEST(PatternCheck, AQuantifiedVariableIsAListOutside) {
  check({
      {"SELECT l FROM MATCH man:1 -> [likes AS l]{1,3} -> man", "(l array<object>)"},
      {"SELECT l[*].since FROM MATCH man:1 -> [likes AS l]{1,3} -> man", "(since array<any>)"},
      {"SELECT length(l) AS n FROM MATCH man:1 -> likes AS l+ -> man", "(n int)"},
      {"SELECT l.since FROM MATCH man:1 -> [likes AS l]{1,3} -> man", "E0505"},
      {"SELECT l.since FROM MATCH man:1 -> [likes AS l] -> man", "(since datetime?)"},
      {"SELECT 1 AS x FROM MATCH man:1 -> [likes AS l]{1,3} -> (man AS q WHERE l.since = now())",
       "E0505"},
      {"SELECT 1 AS x FROM MATCH man:1 -> [likes AS l WHERE l.since > now()]{1,3} -> man",
       "(x int)"},
      {"SELECT 1 AS x FROM MATCH man:1 -> [likes AS l WHERE l.sinc > now()]{1,3} -> man", "E0202"},
      {"SELECT 1 AS x FROM MATCH man:1 -> [likes AS l WHERE l.since]{1,3} -> man", "E0302"},
      {"SELECT since FROM MATCH man:1 -> [likes AS l]{1,3} -> man AS q", "E0202"},
  });
}

TEST(PatternCheck, PathVariables) {
  check({
      {"SELECT way FROM MATCH way = man:1 -> likes -> man",
       "(way {nodes: array<object>, edges: array<object>})"},
      {"SELECT length(way.edges) AS n, way.nodes[*].name AS names "
       "FROM MATCH SHORTEST way = man:1 -> likes+ -> man:2",
       "(n int, names array<any>)"},
      {"SELECT way.hops FROM MATCH way = man:1 -> likes -> man", "E0202"},
      {"SELECT 1 AS x FROM MATCH man = man:1 -> likes -> (man AS man)", "E0209"},
  });
}

TEST(PatternCheck, OneMistakeIsSaidOnce) {
  for (const std::string text :
       {"SELECT x.id FROM MATCH man:1 -> nolikes -> man AS x",
        "SELECT x.id FROM MATCH man:1 -> [likes AS l]{1,3} -> (man AS x WHERE l.since = now())"}) {
    TestSession session;
    session.run(kSchema);
    EXPECT_EQ(session.run(text).front().diagnostics.size(), 1u) << session.explanation(text);
  }
}

TEST(PatternCheck, NodesThatAreRecords) {
  check({
      {"SELECT x.id FROM MATCH (man:1 | man:2) -> likes -> man AS x", "(id record<man>)"},
      {"SELECT x.id FROM MATCH man -> [likes | owns] -> (man:1..5 | car AS x)",
       "(id record<man | car>)"},
      {"SELECT x.id FROM MATCH man -> owns -> (nocar:1 | car AS x)", "E0201"},
      {"SELECT x.id FROM MATCH man -> owns -> (man:1 | likes AS x)", "E0501"},
      {"LET $p = 5; SELECT x.id FROM MATCH $p -> likes -> man AS x", "E0306"},
      {"SELECT x.id FROM MATCH $p -> likes -> man AS x", "E0204"},
  });
  EXPECT_EQ(missing("SELECT x.name FROM MATCH (man:1 | man:2) -> likes -> man AS x"), "");
  EXPECT_NE(missing("SELECT x.name FROM MATCH $p -> likes -> man AS x"), "");
  EXPECT_NE(missing("SELECT x.name FROM MATCH man AS x -> likes -> $p"), "");
  EXPECT_NE(missing("SELECT x.name FROM MATCH man AS x -> likes -> ($p | man:1)"), "");
}

TEST(PatternCheck, AParameterOfUnknownTypeBecomesARecord) {
  TestSession session;
  session.run(kSchema);
  session.unknown_parameters = UnknownParameters::Infer;
  const auto results = session.run("SELECT x.name FROM MATCH $who -> likes -> man AS x");
  ASSERT_TRUE(results.front().ok());
  const Statement& statement = results.front().statement;
  ASSERT_EQ(statement.parameters.size(), 1u);
  EXPECT_EQ(to_string(statement.parameters[0].type, &session.schema()),
            "record<man | car | road>?");
}

TEST(PatternCheck, OuterJoinsKeepTheConditionsOfThePattern) {
  check({
      {"SELECT m.name, c.hp FROM man AS m LEFT JOIN MATCH m -> owns -> (car AS c WHERE c.hp > 3) "
       "ON true",
       "(name string, hp int?)"},
      {"SELECT m.name, c.hp FROM man AS m JOIN MATCH m -> owns -> car AS c ON true",
       "(name string, hp int)"},
  });
  TestSession session;
  session.run(kSchema);
  const auto results = session.run(
      "SELECT m.name FROM man AS m LEFT JOIN MATCH m -> owns -> (car AS c WHERE c.hp > 3) ON true");
  ASSERT_TRUE(results.front().ok());
  const Query& query = results.front().statement.queries[0];
  EXPECT_EQ(query.where, kNoExpr);
  ASSERT_EQ(query.joins.size(), 3u);
  EXPECT_EQ(query.joins[1].kind, JoinKind::Left);
  EXPECT_EQ(query.joins[1].sources, 2u);
  EXPECT_NE(query.joins[1].on, kNoExpr);
}

TEST(PatternCheck, WhatDoesNotRunYetIsRightAllTheSame) {
  EXPECT_EQ(missing("SELECT x.id FROM MATCH man:1 -> likes{2} -> man AS x"), "");
  EXPECT_EQ(missing("SELECT x.id FROM MATCH man:1 -> likes{1,2} -> man AS x"), "");
  EXPECT_EQ(missing("SELECT x.id FROM MATCH SHORTEST man:1 -> likes -> man AS x"), "");
  EXPECT_EQ(missing("SELECT p FROM MATCH p = man:1 -> likes -> man"), "");
  EXPECT_NE(missing("SELECT m.id FROM man AS m LEFT JOIN MATCH m -> owns -> car ON true"), "");
}

TEST(PatternCheck, AHopKeepsItsRepetitionAndCondition) {
  TestSession session;
  session.run(kSchema);
  const auto results = session.run(
      "SELECT x.id FROM MATCH SHORTEST man:1 -> [likes AS l WHERE l.since > now()]{2,} -> man AS "
      "x");
  ASSERT_TRUE(results.front().ok());
  const Query& query = results.front().statement.queries[0];
  ASSERT_EQ(query.paths.size(), 1u);
  EXPECT_EQ(query.paths[0].mode, GraphPath::Mode::Shortest);
  EXPECT_EQ(query.paths[0].vertices.size(), 2u);
  const Source& vertex = query.sources[query.paths[0].vertices[1].value()];
  ASSERT_TRUE(vertex.hop && vertex.hop->repetition);
  EXPECT_EQ(vertex.hop->repetition->low, 2u);
  EXPECT_FALSE(vertex.hop->repetition->high);
  EXPECT_NE(vertex.hop->each, kNoExpr);
  EXPECT_EQ(query.where, kNoExpr);
}

}  // namespace pattern_test
}  // namespace zerodb::sema
