// The typed views: what they give for one statement of each kind.
#include "zeroql/ast_session.h"

#include <gtest/gtest.h>

#include "zeroql/literal.h"
#include "zeroql/parser.h"

namespace zerodb::zeroql {
namespace ast_test {

using namespace ast;  // NOLINT: the views are what is tested

// Keeps the tree alive beside the view.
template <typename V>
struct Parsed {
  explicit Parsed(std::string_view text)
      : result(parse(text)), view(statements(result.tree)[0].template as<V>()) {
    EXPECT_TRUE(result.diagnostics.empty()) << text;
  }
  ParseResult result;
  V view;
  const V* operator->() const { return &view; }
};

TEST(Views, Select) {
  const Parsed<QueryStatement> parsed(
      "WITH c AS (SELECT 1) SELECT DISTINCT a AS x, s.* FROM db.ship AS s LEFT JOIN c ON true "
      "WHERE b > 1 GROUP BY a "
      "HAVING count(*) > 2 ORDER BY a DESC NULLS FIRST, b LIMIT 5 OFFSET 2");
  const Query query = parsed->query();
  EXPECT_FALSE(query.with()->is_recursive());
  EXPECT_EQ(query.with()->tables()[0].ident().name(), "c");
  const Select select = *query.body().select();
  EXPECT_TRUE(select.is_distinct());
  EXPECT_FALSE(select.is_value());
  const auto items = select.items()->list();
  EXPECT_EQ(items.size(), 2u);
  EXPECT_EQ(items[0].item()->alias()->name(), "x");
  EXPECT_EQ(items[1].star()->qualifier()->name(), "s");
  const auto table = select.from()->source().as<TableSource>();
  EXPECT_EQ(table.name()->parts().size(), 2u);
  EXPECT_EQ(table.name()->last().name(), "ship");
  EXPECT_EQ(select.from()->joins()[0].join_kind(), JoinKind::Left);
  EXPECT_EQ(select.where()->condition().as<Binary>().op(), BinaryOp::Greater);
  EXPECT_EQ(select.group_by()->items().size(), 1u);
  EXPECT_TRUE(select.having().has_value());
  EXPECT_TRUE(query.order_by()->keys()[0].is_descending());
  EXPECT_TRUE(query.order_by()->keys()[0].nulls_first());
  EXPECT_FALSE(query.order_by()->keys()[1].is_descending());
  EXPECT_EQ(query.limit()->count()->text(), "5");
  EXPECT_EQ(query.limit()->offset()->text(), "2");
}

TEST(Views, SetOperations) {
  const Parsed<QueryStatement> parsed("SELECT 1 UNION ALL BY NAME (SELECT 2) INTERSECT VALUES (3)");
  const SetOperation top = *parsed->query().body().set_operation();
  EXPECT_EQ(top.op(), SetOp::Union);
  EXPECT_TRUE(top.is_all());
  EXPECT_TRUE(top.is_by_name());
  EXPECT_TRUE(top.left().select().has_value());
  const SetOperation right = *top.right().set_operation();
  EXPECT_EQ(right.op(), SetOp::Intersect);
  EXPECT_TRUE(right.left().query().has_value());
  EXPECT_EQ(right.right().values()->rows()[0].values().size(), 1u);
}

Expr first_expr(const QueryStatement& statement) {
  return statement.query().body().select()->items()->list()[0].item()->expr();
}

TEST(Views, Calls) {
  const Parsed<QueryStatement> parsed(
      "SELECT m::f(DISTINCT a, b => 2 ORDER BY c) FILTER (WHERE d) OVER (PARTITION BY e ORDER BY g "
      "ROWS BETWEEN 2 PRECEDING AND CURRENT ROW)");
  const Call call = first_expr(parsed.view).as<Call>();
  EXPECT_EQ(call.name(), "m::f");
  EXPECT_TRUE(call.arguments().is_distinct());
  EXPECT_EQ(call.arguments().list()[1].label()->name(), "b");
  EXPECT_EQ(call.arguments().order_by()->keys().size(), 1u);
  EXPECT_EQ(call.filter()->condition().text(), "d");
  const WindowSpec spec = *call.over()->spec();
  EXPECT_EQ(spec.partition_by()->keys().size(), 1u);
  EXPECT_EQ(spec.frame()->unit(), FrameUnit::Rows);
  EXPECT_EQ(spec.frame()->start().bound_kind(), FrameBoundKind::Preceding);
  EXPECT_EQ(spec.frame()->start().offset()->text(), "2");
  EXPECT_EQ(spec.frame()->end()->bound_kind(), FrameBoundKind::CurrentRow);
}

TEST(Views, PredicatesAndAccess) {
  const Parsed<QueryStatement> like("SELECT (a NOT ILIKE 'x' ESCAPE '!')");
  const Like view = first_expr(like.view).as<Like>();
  EXPECT_TRUE(view.is_negated() && view.ignores_case());
  EXPECT_EQ(view.escape()->text(), "'!'");
  const Parsed<QueryStatement> test("SELECT a IS NOT none");
  EXPECT_TRUE(first_expr(test.view).as<IsTest>().is_negated());
  EXPECT_EQ(first_expr(test.view).as<IsTest>().test(), IsTestKind::None);
  const Parsed<QueryStatement> chain("SELECT a?.b[1..=2].{c, d: e, *}");
  const Shape shape = first_expr(chain.view).as<Shape>();
  EXPECT_EQ(shape.entries()[0].entry_kind(), ShapeEntryKind::Copied);
  EXPECT_EQ(shape.entries()[1].key().name(), "d");
  EXPECT_EQ(shape.entries()[1].value().text(), "e");
  EXPECT_EQ(shape.entries()[2].entry_kind(), ShapeEntryKind::All);
  const Slice inner = shape.base().as<Slice>();
  EXPECT_TRUE(inner.is_inclusive());
  EXPECT_EQ(inner.to()->text(), "2");
  EXPECT_TRUE(inner.base().as<FieldAccess>().is_optional());
  const Parsed<QueryStatement> record("SELECT db.ship:-4");
  const RecordId id = first_expr(record.view).as<RecordId>();
  EXPECT_EQ(id.table().name(), "db.ship");
  EXPECT_EQ(id.key().key_kind(), KeyKind::NegativeInteger);
  EXPECT_EQ(id.key().literal().text(), "4");
  const Parsed<QueryStatement> shift("SELECT (a) << (b)");
  const Span span = first_expr(shift.view).as<Binary>().op_span();
  EXPECT_EQ(shift.result.tree.source().slice(span), "<<");
  const Parsed<QueryStatement> choice("SELECT CASE a WHEN 1 THEN 2 ELSE 3 END");
  EXPECT_EQ(first_expr(choice.view).as<Case>().operand()->text(), "a");
  EXPECT_EQ(first_expr(choice.view).as<Case>().otherwise()->text(), "3");
  const Parsed<QueryStatement> object("SELECT {'a b': 1, c}");
  EXPECT_EQ(first_expr(object.view).as<Object>().entries()[0].key().name(), "a b");
  EXPECT_FALSE(first_expr(object.view).as<Object>().entries()[1].value().has_value());
}

TEST(Views, Patterns) {
  const Parsed<QueryStatement> parsed(
      "SELECT 1 FROM MATCH SHORTEST p = (a | b:1 AS x WHERE x.y) <- [e AS f]{1,3} <- $c");
  const Match match = parsed->query().body().select()->from()->source().as<MatchSource>().match();
  EXPECT_EQ(match.mode(), PathMode::Shortest);
  const MatchPath path = match.paths()[0];
  EXPECT_EQ(path.variable()->ident().name(), "p");
  EXPECT_EQ(path.nodes()[0].atoms().size(), 2u);
  EXPECT_TRUE(path.nodes()[0].atoms()[1].record_id().has_value());
  EXPECT_EQ(path.nodes()[0].alias()->name(), "x");
  EXPECT_TRUE(path.nodes()[1].atoms()[0].parameter().has_value());
  const MatchEdge edge = path.edges()[0];
  EXPECT_EQ(edge.direction(), EdgeDirection::Left);
  EXPECT_EQ(edge.alias()->name(), "f");
  EXPECT_EQ(edge.quantifier()->quantifier_kind(), QuantifierKind::Between);
  EXPECT_EQ(edge.quantifier()->high().text(), "3");
}

TEST(Views, Writes) {
  const Parsed<Create> create("CREATE ship:maria SET a.b[0] = 1 RETURNING id");
  EXPECT_EQ(create->target().record_id()->key().word().name(), "maria");
  const Assignment assignment = create->set()->assignments()[0];
  EXPECT_EQ(assignment.target().first().name(), "a");
  EXPECT_EQ(assignment.target().steps()[0].field()->name(), "b");
  EXPECT_EQ(assignment.target().steps()[1].index()->text(), "0");
  EXPECT_EQ(create->returning()->items().list().size(), 1u);
  const Parsed<Insert> insert(
      "INSERT INTO t (a, b) VALUES (1, 2) ON CONFLICT (a) DO UPDATE SET b += 1 WHERE true");
  EXPECT_EQ(insert->columns()->idents().size(), 2u);
  EXPECT_TRUE(insert->query()->body().values().has_value());
  EXPECT_FALSE(insert->on_conflict()->is_do_nothing());
  EXPECT_EQ(insert->on_conflict()->set()->assignments()[0].op(), AssignOp::Add);
  const Parsed<Update> update("UPDATE ship:1..=9 AS s MERGE $doc WHERE s.a");
  EXPECT_EQ(update->target().record_range()->to()->literal().text(), "9");
  EXPECT_TRUE(update->target().record_range()->is_inclusive());
  EXPECT_EQ(update->target().alias()->name(), "s");
  EXPECT_EQ(update->merge()->value().as<Parameter>().name(), "doc");
  const Parsed<Delete> del("DELETE t USING u JOIN v ON true WHERE true");
  EXPECT_EQ(del->using_clause()->joins().size(), 1u);
  const Parsed<Relate> relate("RELATE p.id -> owns -> (SELECT id FROM q) FROM person AS p");
  EXPECT_EQ(relate->source().name()->name(), "p.id");
  EXPECT_EQ(relate->edge().name(), "owns");
  EXPECT_TRUE(relate->destination().query().has_value());
}

TEST(Views, Definitions) {
  const Parsed<DefineTable> table(
      "DEFINE OR REPLACE TABLE t SCHEMAFULL (a decimal<18, 2>? DEFAULT 1 UNIQUE, r ASSERT (a > 1), "
      "UNIQUE (a)) KEY (k int) "
      "PARTITION BY hash(k) PARTITIONS 4 WITH (ttl = 1d) COMMENT 'c'");
  EXPECT_TRUE(table->or_replace());
  EXPECT_FALSE(table->if_not_exists());
  EXPECT_TRUE(table->is_schemafull());
  const Field field = table->items()->fields()[0];
  EXPECT_EQ(field.ident().name(), "a");
  const OptionalType optional = field.type().as<OptionalType>();
  EXPECT_EQ(optional.inner().as<NamedType>().arguments().size(), 2u);
  EXPECT_EQ(field.default_value()->value().text(), "1");
  EXPECT_TRUE(field.is_unique());
  EXPECT_FALSE(field.is_readonly());
  EXPECT_EQ(table->items()->asserts()[0].ident()->name(), "r");
  EXPECT_EQ(table->items()->uniques()[0].paths().size(), 1u);
  EXPECT_EQ(table->key()->columns()[0].ident().name(), "k");
  EXPECT_EQ(table->partition_by()->levels()[0].count()->literal().text(), "4");
  EXPECT_EQ(table->options()->list()[0].ident().name(), "ttl");
  EXPECT_EQ(table->comment()->literal().text(), "'c'");
  const Parsed<DefineIndex> index(
      "DEFINE INDEX IF NOT EXISTS i ON t (a DESC, (b + 1)) UNIQUE USING hnsw (m = 1)");
  EXPECT_TRUE(index->if_not_exists() && index->is_unique());
  EXPECT_TRUE(index->parts()[0].is_descending());
  EXPECT_TRUE(index->parts()[1].expr().has_value());
  EXPECT_EQ(index->method()->ident().name(), "hnsw");
  const Parsed<DefineFunction> function("DEFINE FUNCTION a::f(x: int = 1) RETURNS int AS x STABLE");
  EXPECT_EQ(function->name(), "a::f");
  EXPECT_EQ(function->parameters()[0].default_value()->text(), "1");
  EXPECT_EQ(function->volatility(), Volatility::Stable);
  const Parsed<DefineParam> param("DEFINE PARAM $p TYPE int VALUE 3");
  EXPECT_EQ(param->value().text(), "3");
}

TEST(Views, SessionAndAdministration) {
  const Parsed<Let> let("LET $x: int = 5");
  EXPECT_EQ(let->parameter().name(), "x");
  EXPECT_EQ(let->value().text(), "5");
  EXPECT_TRUE(let->type().has_value());
  const Parsed<Grant> grant("GRANT SELECT, DELETE ON TABLE t (a) TO r WHERE b");
  EXPECT_EQ(grant->privileges(), Privileges::kSelect | Privileges::kDelete);
  EXPECT_EQ(grant->object_kind(), ObjectKind::Table);
  EXPECT_EQ(grant->roles()[0].name(), "r");
  const Parsed<Alter> alter(
      "ALTER TABLE t ALTER FIELD a DROP ASSERT, RENAME FIELD b TO c, ADD UNIQUE (d)");
  EXPECT_EQ(alter->actions()[0].action_kind(), ActionKind::AlterFieldDrop);
  EXPECT_EQ(alter->actions()[0].dropped(), NodeKind::FieldAssert);
  EXPECT_EQ(alter->actions()[1].ident()->name(), "c");
  EXPECT_TRUE(alter->actions()[2].unique_rule().has_value());
  const Parsed<Remove> remove("REMOVE INDEX IF EXISTS i ON t");
  EXPECT_TRUE(remove->if_exists());
  EXPECT_EQ(remove->object_kind(), ObjectKind::Index);
  EXPECT_EQ(remove->on()->name().name(), "t");
  const Parsed<Describe> describe("DESCRIBE FIELDS ON t");
  EXPECT_TRUE(describe->is_list());
  EXPECT_EQ(describe->object_kind(), ObjectKind::Field);
  const Parsed<Begin> begin("BEGIN READ ONLY ISOLATION SNAPSHOT");
  EXPECT_TRUE(begin->is_read_only() && begin->is_snapshot());
  const Parsed<Explain> explain("EXPLAIN ANALYZE FORMAT json CREATE t");
  EXPECT_TRUE(explain->is_analyze());
  EXPECT_EQ(explain->statement().statement_kind(), StatementKind::Create);
  const Parsed<Copy> copy("COPY t FROM STDIN WITH (a = 1)");
  EXPECT_TRUE(copy->is_from());
  EXPECT_EQ(copy->file().file_kind(), CopyFileKind::Stdin);
}

TEST(Views, BrokenStatementsGiveNothingInsteadOfFailing) {
  const ParseResult result = parse("SELECT a FROM t WHERE");
  const auto select = *statements(result.tree)[0].as<QueryStatement>().query().body().select();
  EXPECT_EQ(select.where()->condition().expr_kind(), ExprKind::ErrorExpression);
}

TEST(Literals, Decode) {
  EXPECT_EQ(decode_integer("0xFFu8")->value, 255u);
  EXPECT_EQ(decode_integer("0xFFu8")->suffix, "u8");
  EXPECT_EQ(decode_integer("1_000")->value, 1000u);
  EXPECT_EQ(decode_integer("0b101")->value, 5u);
  EXPECT_TRUE(decode_integer("340282366920938463463374607431768211455")->value == ~u128{0});
  EXPECT_EQ(decode_integer("340282366920938463463374607431768211456").error().code(),
            ErrorCode::E0316);
  EXPECT_EQ(decode_float("1_0.5e3f32").text, "10.5e3");
  EXPECT_TRUE(decode_float("1f32").is_f32);
  EXPECT_EQ(decode_decimal("1_9.90dec"), "19.90");
  EXPECT_EQ(*decode_string("'it''s \\u00e9 \\ud83d\\ude00 \\u{1F600}\\n'"), "it's é 😀 😀\n");
  EXPECT_EQ(*decode_string("\"a\"\"b'c\""), "a\"b'c");
  EXPECT_FALSE(decode_string("'\\q'").has_value());
  EXPECT_EQ(*decode_bytes("b'\\x00\\xffa''b'"), std::string("\0\xff"
                                                            "a'b",
                                                            5));
  EXPECT_EQ(decode_quoted("re'\\d''x'"), "\\d'x");
  EXPECT_EQ(decode_quoted("d'2024-01-01'"), "2024-01-01");
  EXPECT_EQ(*decode_duration("1h30m"), 5'400'000'000'000);
  EXPECT_EQ(decode_duration("99999999w").error().code(), ErrorCode::E0901);
  EXPECT_EQ(decode_name("`a``b`"), "a`b");
  EXPECT_EQ(quote_name("ship"), "ship");
  EXPECT_EQ(quote_name("select"), "`select`");
  EXPECT_EQ(quote_name("a`b c"), "`a``b c`");
  EXPECT_EQ(*decode_string(quote_string("a'b\\c\n\x01")), "a'b\\c\n\x01");
}

}  // namespace ast_test
}  // namespace zerodb::zeroql
