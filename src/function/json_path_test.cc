// The examples of RFC 9535, and what its grammar refuses.
#include "function/json_path.h"

#include <gtest/gtest.h>

#include "function/test_world.h"
#include "value/json.h"
#include "value/zval_builder.h"

namespace zerodb::function {
namespace json_path_test {

// What the path finds in the JSON text, as JSON; or the code.
std::string found(std::string_view json, std::string_view path) {
  test::World world;
  const auto value = parse_json(json);
  EXPECT_TRUE(value.has_value()) << json;
  const auto parsed = JsonPath::parse(path);
  if (!parsed.has_value()) return std::string(code_name(parsed.error().code()));
  const auto parts = parsed->find(*value, world.context);
  if (!parts.has_value()) return std::string(code_name(parts.error().code()));
  ArrayBuilder builder;
  for (const Value& each : *parts) builder.add(each);
  return to_json(*builder.build());
}

struct Case {
  std::string_view path;
  std::string_view found;
};

void check(std::string_view json, std::initializer_list<Case> cases) {
  for (const Case& each : cases) EXPECT_EQ(found(json, each.path), each.found) << each.path;
}

constexpr std::string_view kStore = R"({ "store": { "book": [
  { "category": "reference", "author": "Nigel Rees", "title": "Sayings of the Century", "price": 8.95 },
  { "category": "fiction", "author": "Evelyn Waugh", "title": "Sword of Honour", "price": 12.99 },
  { "category": "fiction", "author": "Herman Melville", "title": "Moby Dick", "isbn": "0-553-21311-3", "price": 8.99 },
  { "category": "fiction", "author": "J. R. R. Tolkien", "title": "The Lord of the Rings", "isbn": "0-395-19395-8", "price": 22.99 } ],
  "bicycle": { "color": "red", "price": 399 } } })";

TEST(JsonPath, FindsInTheBookStore) {
  check(kStore,
        {{"$.store.book[*].author",
          R"(["Nigel Rees", "Evelyn Waugh", "Herman Melville", "J. R. R. Tolkien"])"},
         {"$..author", R"(["Nigel Rees", "Evelyn Waugh", "Herman Melville", "J. R. R. Tolkien"])"},
         {"$.store..price", "[8.95, 12.99, 8.99, 22.99, 399]"},
         {"$..book[2].title", R"(["Moby Dick"])"},
         {"$..book[2].publisher", "[]"},
         {"$..book[-1].title", R"(["The Lord of the Rings"])"},
         {"$..book[0,1].price", "[8.95, 12.99]"},
         {"$..book[:2].price", "[8.95, 12.99]"},
         {"$..book[?@.isbn].price", "[8.99, 22.99]"},
         {"$..book[?@.price<10].price", "[8.95, 8.99]"},
         {"$['store']['bicycle'][\"color\"]", R"(["red"])"}});
}

TEST(JsonPath, NamesIndexesAndSlices) {
  check(R"({"o": {"j j": {"k.k": 3}}, "'": {"@": 2}})", {{"$.o['j j']['k.k']", "[3]"},
                                                         {"$.o[\"j j\"][\"k.k\"]", "[3]"},
                                                         {R"($["'"]["@"])", "[2]"},
                                                         {R"($['\'']['@'])", "[2]"},
                                                         {R"($['\u0027']['\u0040'])", "[2]"}});
  check(R"(["a", "b", "c", "d", "e", "f", "g"])",
        {{"$[1:3]", R"(["b", "c"])"},
         {"$[5:]", R"(["f", "g"])"},
         {"$[1:5:2]", R"(["b", "d"])"},
         {"$[5:1:-2]", R"(["f", "d"])"},
         {"$[::-1]", R"(["g", "f", "e", "d", "c", "b", "a"])"},
         {"$[ 1 : 3 ]", R"(["b", "c"])"},
         {"$[0:3:0]", "[]"},
         {"$[-2:]", R"(["f", "g"])"},
         {"$[0, 6, -1, 7, -8]", R"(["a", "g", "g"])"},
         {"$[9007199254740991:]", "[]"}});
}

TEST(JsonPath, Filters) {
  constexpr std::string_view kJson = R"({ "a": [3, 5, 1, 2, 4, 6, {"b": "j"}, {"b": "k"}, {"b": {}},
    {"b": "kilo"}], "o": {"p": 1, "q": 2, "r": 3, "s": 5, "t": {"u": 6}}, "e": "f" })";
  check(kJson, {{"$.a[?@.b == 'kilo']", R"([{"b": "kilo"}])"},
                {"$.a[?(@.b == 'kilo')]", R"([{"b": "kilo"}])"},
                {"$.a[?@>3.5]", "[5, 4, 6]"},
                {"$.a[?@.b]", R"([{"b": "j"}, {"b": "k"}, {"b": {}}, {"b": "kilo"}])"},
                {"$[?@.*]", R"([[3, 5, 1, 2, 4, 6, {"b": "j"}, {"b": "k"}, {"b": {}}, )"
                            R"({"b": "kilo"}], {"p": 1, "q": 2, "r": 3, "s": 5, "t": {"u": 6}}])"},
                {"$[?@[?@.b]][9].b", R"(["kilo"])"},
                {"$.o[?@<3, ?@<3]", "[1, 2, 1, 2]"},
                {"$.a[?@<2 || @.b == \"k\"]", R"([1, {"b": "k"}])"},
                {"$.a[?match(@.b, \"[jk]\")]", R"([{"b": "j"}, {"b": "k"}])"},
                {"$.a[?search(@.b, \"[jk]\")]", R"([{"b": "j"}, {"b": "k"}, {"b": "kilo"}])"},
                {"$.o[?@>1 && @<4]", "[2, 3]"},
                {"$.o[?@.u || @.x]", R"([{"u": 6}])"},
                {"$.a[?@.b == $.x]", "[3, 5, 1, 2, 4, 6]"},
                {"$.a[?@ == @][0]", "[]"},
                {"$.a[?!@.b && !(@ > 2)]", "[1, 2]"},
                {"$.a[?length(@.b) > 1].b", R"(["kilo"])"},
                {"$.a[?length(@.b) == 0].b", "[{}]"},
                {"$[?count(@.*) == 5].p", "[1]"},
                {"$.o[?value(@..u) == 6].u", "[6]"}});
}

// Nothing is not null; only numbers and strings have an order; numbers are equal across widths.
TEST(JsonPath, Comparisons) {
  constexpr std::string_view kJson = R"({"v": [null, true, 1, 1.0, "a", [1], {"k": null}]})";
  check(kJson, {{"$.v[?@ == null]", "[null]"},
                {"$.v[?@.k == null]", R"([{"k": null}])"},
                {"$.v[?@.k]", R"([{"k": null}])"},
                {"$.v[?@ == 1]", "[1, 1.0]"},
                {"$.v[?@ <= true]", "[true]"},
                {"$.v[?@ < 2]", "[1, 1.0]"},
                {"$.v[?@ >= 'a']", R"(["a"])"},
                {"$.v[?@ == -0]", "[]"},
                {"$.v[?@.x == @.y][0]", "[1]"},
                {"$.v[?@ != 'a' && @ != 1]", R"([null, true, [1], {"k": null}])"}});
}

TEST(JsonPath, DescendantsComeBeforeWhatIsBelowThem) {
  check(R"({"o": {"j": 1, "k": 2}, "a": [5, 3, [{"j": 4}, {"k": 6}]]})",
        {{"$..j", "[1, 4]"},
         {"$..[0]", R"([5, {"j": 4}])"},
         {"$.a..[0, 1]", R"([5, 3, {"j": 4}, {"k": 6}])"},
         {"$.o..[*, *]", "[1, 2, 1, 2]"},
         {"$", R"([{"o": {"j": 1, "k": 2}, "a": [5, 3, [{"j": 4}, {"k": 6}]]}])"}});
}

TEST(JsonPath, RefusesWhatIsNoPath) {
  for (const std::string_view path : {"",
                                      " $",
                                      "$ ",
                                      "a",
                                      "@",
                                      "$.",
                                      "$..",
                                      "$.1",
                                      "$[",
                                      "$[]",
                                      "$[a]",
                                      "$[01]",
                                      "$[-0]",
                                      "$[1.0]",
                                      "$['a",
                                      "$['\\x']",
                                      "$['\\\"']",
                                      "$[\"\\'\"]",
                                      "$['\\ud800']",
                                      "$[9007199254740992]",
                                      "$[1,]",
                                      "$.. a",
                                      "$. a",
                                      "$[?]",
                                      "$[?1]",
                                      "$[?@.a == ]",
                                      "$[?@.* == 1]",
                                      "$[?@..a < 1]",
                                      "$[?!@.a == 1]",
                                      "$[?@ = 1]",
                                      "$[?@.a ||]",
                                      "$[?(@.a]",
                                      "$[?true]",
                                      "$[?length(@)]",
                                      "$[?count(1) == 1]",
                                      "$[?length(@.*) == 1]",
                                      "$[?match(@.a) == true]",
                                      "$[?match(@.a, 'b') == true]",
                                      "$[?nope(@)]",
                                      "$[?@.a == 01]",
                                      "$[?@.a == 1.]",
                                      "$[?@.a == .5]",
                                      "$[?'a']",
                                      "$[?value(@.a)]",
                                      "$[?@ == 1 == 1]",
                                      "$[?length (@) == 1]",
                                      "$[?@.a == TRUE]",
                                      "$[0:1:2:3]",
                                      "$[0 1]",
                                      "$.a.",
                                      "$.&"})
    EXPECT_EQ(found("[]", path), "E0626") << path;
}

TEST(JsonPath, DeepAndWideEnd) {
  std::string deep = "$[?";
  for (int i = 0; i < 1000; ++i) deep += "(";
  EXPECT_EQ(found("[]", deep), "E0626");
  std::string json = "1";
  for (int i = 0; i < 60; ++i) json = "[" + json + ", 1, 1]";
  EXPECT_EQ(found(json, "$..*..*..*..*..*..*"), "E0611");
}

}  // namespace json_path_test
}  // namespace zerodb::function
