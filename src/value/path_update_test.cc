#include "value/path_update.h"

#include <gtest/gtest.h>

#include "value/json.h"
#include "value/operators.h"
#include "value/zval.h"
#include "value/zval_builder.h"

namespace zerodb {
namespace path_update_test {

Value json(std::string_view text) {
  auto value = parse_json(text);
  EXPECT_TRUE(value.has_value()) << text;
  return value ? *value : Value::none();
}

void check_set(std::string_view before, std::vector<PathSegment> path, std::string_view value,
               std::string_view after) {
  const auto result = set_path(json(before), path, json(value));
  ASSERT_TRUE(result.has_value()) << before << ": " << result.error().message();
  EXPECT_EQ(to_json(*result), after);
}

void check_unset(std::string_view before, std::vector<PathSegment> path, std::string_view after) {
  const auto result = unset_path(json(before), path);
  ASSERT_TRUE(result.has_value()) << before;
  EXPECT_EQ(to_json(*result), after);
}

ErrorCode set_error(std::string_view before, std::vector<PathSegment> path) {
  const auto result = set_path(json(before), path, Value::int64(0));
  EXPECT_FALSE(result.has_value()) << before;
  return result ? ErrorCode::E1299 : result.error().code();
}

TEST(PathUpdate, SetsAndCreates) {
  check_set(R"({"a": 1, "b": 2})", {"a"}, "5", R"({"a": 5, "b": 2})");
  check_set(R"({"a": 1})", {"b", "c", "d"}, "2", R"({"a": 1, "b": {"c": {"d": 2}}})");
  check_set("null", {"tags", int64_t{0}}, R"("vip")", R"({"tags": ["vip"]})");
  check_set(R"({"a": [1, 2]})", {"a", int64_t{2}}, "3", R"({"a": [1, 2, 3]})");
  check_set(R"({"a": [1, {"b": 2}]})", {"a", int64_t{1}, "c"}, "null",
            R"({"a": [1, {"b": 2, "c": null}]})");
}

TEST(PathUpdate, RefusesWhatHasNoMembers) {
  EXPECT_EQ(set_error(R"({"a": [1, 2]})", {"a", int64_t{3}}), ErrorCode::E0905);
  EXPECT_EQ(set_error(R"({"a": [1, 2]})", {"a", int64_t{-1}}), ErrorCode::E0905);
  EXPECT_EQ(set_error(R"({"a": 1})", {"a", "b"}), ErrorCode::E0904);
  EXPECT_EQ(set_error(R"({"a": {}})", {"a", int64_t{0}}), ErrorCode::E0904);
  EXPECT_EQ(set_error("null", {int64_t{1}}), ErrorCode::E0905);
}

TEST(PathUpdate, Unsets) {
  check_unset(R"({"a": 1, "b": 2})", {"a"}, R"({"b": 2})");
  check_unset(R"({"a": {"b": 1, "c": 2}})", {"a", "b"}, R"({"a": {"c": 2}})");
  check_unset(R"({"a": 1})", {"x", "y"}, R"({"a": 1})");
  check_unset(R"({"a": [1, 2, 3]})", {"a", int64_t{1}}, R"({"a": [1, 3]})");
  check_unset(R"({"a": [1]})", {"a", int64_t{7}}, R"({"a": [1]})");
}

TEST(PathUpdate, ChangesEntriesOfHashMaps) {
  HashMapBuilder builder;
  builder.set(Value::int64(1), json("[1]"));
  const Value map = *builder.build();
  const Value changed = *set_path(map, std::vector<PathSegment>{int64_t{1}, int64_t{1}}, json("2"));
  EXPECT_EQ(to_json(*HashMapView(changed).find(Value::int64(1))), "[1, 2]");
  const std::vector<PathSegment> by_value = {Value::boolean(true)};
  const Value added = *set_path(map, by_value, json("3"));
  EXPECT_EQ(HashMapView(added).size(), 2U);
  EXPECT_TRUE(equals(*unset_path(added, by_value), map));
  EXPECT_EQ(set_path(json("{}"), by_value, json("3")).error().code(), ErrorCode::E0904);
  EXPECT_EQ(unset_path(json("[]"), by_value).error().code(), ErrorCode::E0904);
}

TEST(PathUpdate, MergesObjectsDeeply) {
  const auto merged = merge(json(R"({"a": {"b": 1, "c": 2}, "d": [1]})"),
                            json(R"({"a": {"c": 3, "e": 4}, "d": [2], "f": null})"));
  ASSERT_TRUE(merged.has_value());
  EXPECT_EQ(to_json(*merged), R"({"a": {"b": 1, "c": 3, "e": 4}, "d": [2], "f": null})");
  EXPECT_EQ(to_json(*merge(json("1"), json(R"({"a": 1})"))), R"({"a": 1})");
}

}  // namespace path_update_test
}  // namespace zerodb
