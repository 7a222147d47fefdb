#include "function/library.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "function/example_reader.h"
#include "function/regex.h"
#include "function/test_world.h"
#include "value/text.h"

namespace zerodb::function {
namespace library_test {

using test::World;

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  for (size_t from = 0; from < text.size();) {
    const size_t end = std::min(text.find('\n', from), text.size());
    lines.emplace_back(text.substr(from, end - from));
    from = end + 1;
  }
  return lines;
}

void check_example(const Library& library, World& world, const std::string& example) {
  if (const size_t mark = example.find(" = error "); mark != std::string::npos) {
    const auto result =
        test::ExampleReader(library, world.context, std::string_view(example).substr(0, mark))
            .evaluate();
    ASSERT_FALSE(result.has_value()) << example;
    EXPECT_EQ(code_name(result.error().code()), example.substr(mark + 9)) << example;
    return;
  }
  const auto result = test::ExampleReader(library, world.context, example).evaluate();
  ASSERT_TRUE(result.has_value()) << example << ": " << result.error().to_string();
  EXPECT_EQ(literal_text(*result), "true") << example;
}

TEST(Library, EveryExampleHolds) {
  const auto library = Library::create();
  World world;
  size_t count = 0;
  for (const Function& function : library->functions()) {
    const auto examples = lines_of(function.examples);
    EXPECT_FALSE(examples.empty()) << function.signature.text;
    // Lazy arguments are the language's.
    if (std::ranges::any_of(function.signature.parameters, &Parameter::is_lazy)) continue;
    for (const std::string& example : examples) check_example(*library, world, example);
    count += examples.size();
  }
  EXPECT_GT(count, 150u);
}

TEST(Library, DeclarationsAreWhole) {
  const auto library = Library::create();
  std::set<std::string> seen;
  for (const Function& function : library->functions()) {
    EXPECT_TRUE(seen.insert(function.signature.text).second) << function.signature.text;
    EXPECT_TRUE(function.doc.ends_with('.')) << function.signature.text;
    EXPECT_NE(function.kernel, nullptr);
    EXPECT_EQ(library->find_aggregate(function.signature.name), nullptr)
        << "is an aggregate too: " << function.signature.name;
  }
}

// No kernel may crash, whatever values reach it through the dynamic path.
TEST(Library, EveryFunctionTakesEveryValue) {
  const auto library = Library::create();
  World world;
  std::vector<Value> values = {Value::none(),
                               Value::boolean(true),
                               Value::int64(-1),
                               Value::int64(INT64_MIN),
                               Value::integer(Tag::U8, 255),
                               Value::uint128(~u128{0}),
                               Value::float64(0.5),
                               Value::float64(1e308),
                               Value::float64(-1e-300),
                               Value::float64(std::numeric_limits<double>::quiet_NaN()),
                               Value::decimal({-12345, 3}),
                               Value::string(""),
                               Value::string("a\u00f1,b"),
                               Value::bytes("\xff\x00"),
                               Value::datetime({-1, 5}),
                               Value::duration({90, 0}),
                               Value::uuid({}),
                               Value::regex("(a)|b*"),
                               Value::record_id(TableId(7), Value::int64(1))};
  ArrayBuilder array;
  for (const Value& value : values) array.add(value);
  values.push_back(*array.build());
  values.push_back(*ArrayBuilder().build());
  ObjectBuilder object;
  object.set("key", Value::int64(1));
  values.push_back(*object.build());
  values.push_back(*make_ok(Value::int64(1)));
  values.push_back(*make_range(Value::int64(1), Value::none(), true));
  size_t calls = 0;
  for (const Function& function : library->functions()) {
    if (function.cost > 100'000) continue;
    for (const Value& first : values) {
      for (const Value& second : values) {
        const std::vector<Value> arguments = {first, second, second};
        for (size_t count = 0; count <= 3; ++count) {
          const auto result = library->call_dynamic(
              function.signature.name, std::span(arguments).first(count), {}, world.context);
          calls += result.has_value() ? 1 : 0;
        }
      }
    }
  }
  EXPECT_GT(calls, 1000u);
}

void check_resolve(const Library& library, std::string_view name, std::vector<Argument> arguments,
                   std::string_view expected) {
  const auto call = library.resolve(name, arguments);
  const std::string got = !call                       ? std::string(code_name(call.error().code()))
                          : call->function == nullptr ? "dynamic"
                                                      : to_string(call->result);
  EXPECT_EQ(got, expected) << name;
}

TEST(Library, Resolution) {
  const auto library = Library::create();
  check_resolve(*library, "UPPER", {{Type::string()}}, "string");
  check_resolve(*library, "upper", {{Type::string().optional()}}, "string?");
  check_resolve(*library, "upper", {{Type::int64()}}, "E0602");
  check_resolve(*library, "upper", {}, "E0602");
  check_resolve(*library, "upper", {{Type::any()}}, "string?");
  check_resolve(*library, "starts_with", {{Type::any()}, {Type::string()}}, "any");
  check_resolve(*library, "nope", {}, "E0601");
  check_resolve(*library, "abs", {{Type(TypeKind::U8)}}, "u8");
  check_resolve(*library, "round", {{Type::float64()}, {Type::int64(), "digits"}}, "float");
  check_resolve(*library, "round", {{Type::float64()}, {Type::int64(), "nope"}}, "E0604");
  check_resolve(*library, "round", {{Type::float64()}, {Type::int64(), "x"}}, "E0604");
  check_resolve(*library, "length", {{Type::array(Type::int64())}}, "int");
  check_resolve(*library, "reverse", {{Type::array(Type::int64())}}, "array<int>");
  check_resolve(*library, "reverse", {{Type::any()}}, "dynamic");
  check_resolve(*library, "greatest", {{Type::int64()}, {Type::float64()}}, "float?");
  check_resolve(*library, "nullif", {{Type::int64()}, {Type::int64()}}, "int?");
  check_resolve(*library, "time::format", {{Type(TypeKind::Datetime)}, {Type::string()}}, "E0607");
  check_resolve(*library, "time::format", {{Type(TypeKind::Datetime)}, {Type::string(), "", true}},
                "string");
  check_resolve(*library, "replace", {{Type::string()}, {Type(TypeKind::Regex)}, {Type::string()}},
                "string");
  check_resolve(*library, "vector", {{Type::array(Type::int64())}}, "vector<float>");
  EXPECT_EQ(library->unknown_function("len").help(), "write `length(x)`");
  EXPECT_EQ(library->unknown_function("lenght").help(), "did you mean `length`?");
  EXPECT_EQ(library->unknown_function("keys").help(), "did you mean `object::keys`?");
  EXPECT_EQ(library->unknown_function("string::splt").help(), "did you mean `string::split`?");
  EXPECT_EQ(library->unknown_function("strings::split").help(), "did you mean `string::split`?");
  EXPECT_EQ(library->unknown_function("time::now").help(), "did you mean `now`?");
  EXPECT_EQ(library->unknown_function("math::max").help(), "did you mean `max`?");
  EXPECT_EQ(library->unknown_function("string::len").help(), "write `length(x)`");
  EXPECT_EQ(library->unknown_function("type::string").help(), "");
  EXPECT_EQ(library->unknown_function("object::values").help(),
            "write `object::entries(x)[*].value`");
  EXPECT_EQ(library->method_name(Type::string(), "split"), "string::split");
  EXPECT_EQ(library->method_name(Type::int64(), "upper"), "upper");
}

TEST(Regex, Matching) {
  RegexCache cache;
  EXPECT_TRUE(*regex_match(Value::string("abc"), Value::regex("^a.c$"), cache));
  EXPECT_FALSE(*regex_match(Value::none(), Value::regex("a"), cache));
  EXPECT_EQ(regex_match(Value::int64(1), Value::regex("a"), cache).error().code(),
            ErrorCode::E0904);
  EXPECT_EQ(check_pattern("(").error().code(), ErrorCode::E0626);
  EXPECT_EQ(check_pattern("(?=a)").error().code(), ErrorCode::E0626);
  EXPECT_EQ(check_pattern(std::string(40'000, 'a')).error().code(), ErrorCode::E0626);
}

}  // namespace library_test
}  // namespace zerodb::function
