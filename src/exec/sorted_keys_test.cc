#include "exec/sorted_keys.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "exec/memory.h"
#include "value/operators.h"

namespace zerodb::exec {
namespace sorted_keys_test {

// A column with some values.
class KeyColumn {
 public:
  KeyColumn(Type type, const std::vector<Value>& values)
      : memory_(provider_.acquire().value()), type_(std::move(type)) {
    slot_ = allocate_column(arena(), physical_of(type_), static_cast<uint32_t>(values.size()));
    for (uint32_t row = 0; row < values.size(); ++row)
      EXPECT_TRUE(store_value(arena(), column(), row, values[row]).has_value());
  }

  Arena& arena() { return memory_->arena(); }
  Column column() { return {arena(), slot_, type_}; }
  const Type& type() const { return type_; }

 private:
  PlainMemoryProvider provider_{1 << 24};
  std::unique_ptr<StatementMemory> memory_;
  Type type_;
  ColumnSlot slot_;
};

// As the merge is to see them: none where it belongs, the rest by compare().
int wanted(const Value& left, const Value& right, const plan::MergeKey& order) {
  if (left.is_none() && right.is_none()) return 0;
  if (left.is_none() || right.is_none()) return left.is_none() == order.nulls_first ? -1 : 1;
  const int result = compare(left, right);
  return order.descending ? -result : result;
}

int sign(int number) {
  return number < 0 ? -1 : number > 0 ? 1 : 0;
}

// Compares all values of both sides in all orders.
void check(const Type& left_type, std::vector<Value> left, const Type& right_type,
           std::vector<Value> right) {
  for (const bool descending : {false, true}) {
    for (const bool nulls_first : {false, true}) {
      const std::vector<plan::MergeKey> order = {{0, descending, nulls_first}};
      const auto by_order = [&](const Value& a, const Value& b) {
        return wanted(a, b, order[0]) < 0;
      };
      std::ranges::stable_sort(left, by_order);
      std::ranges::stable_sort(right, by_order);
      KeyColumn lefts(left_type, left);
      KeyColumn rights(right_type, right);
      SortedKeys left_keys(std::span(&left_type, 1), std::span(&right_type, 1), order);
      SortedKeys right_keys(std::span(&right_type, 1), std::span(&left_type, 1), order);
      const std::vector<Column> left_columns = {lefts.column()};
      const std::vector<Column> right_columns = {rights.column()};
      const auto count = [](const auto& values) { return static_cast<uint32_t>(values.size()); };
      ASSERT_TRUE(left_keys.append(lefts.arena(), left_columns, count(left)).has_value());
      ASSERT_TRUE(right_keys.append(rights.arena(), right_columns, count(right)).has_value());
      right_keys.drop_front(1);
      for (uint32_t i = 0; i < left.size(); ++i) {
        for (uint32_t j = 1; j < right.size(); ++j) {
          EXPECT_EQ(sign(left_keys.compare(i, right_keys, j - 1)),
                    sign(wanted(left[i], right[j], order[0])))
              << i << " " << j << (descending ? " desc" : "");
        }
      }
    }
  }
}

const std::vector<Value>& ints() {
  static const std::vector<Value> kValues = {
      Value::int64(INT64_MIN), Value::int64(-3), Value::int64(0),        Value::int64(1),
      Value::int64(1),         Value::int64(77), Value::int64(INT64_MAX)};
  return kValues;
}

std::vector<Value> with_none(std::vector<Value> values) {
  values.push_back(Value::none());
  values.push_back(Value::none());
  return values;
}

TEST(SortedKeys, CompareAsValuesDo) {
  check(Type::int64(), ints(), Type::int64(), ints());
  check(Type::int64().optional(), with_none(ints()), Type::int64(), ints());
  const std::vector<Value> texts = {Value::string(""),
                                    Value::string(std::string("a\0", 2)),
                                    Value::string("a"),
                                    Value::string("b"),
                                    Value::string(std::string("a\0b", 3)),
                                    Value::string("\xff"),
                                    Value::string("a text that is longer than a cell")};
  check(Type::string().optional(), with_none(texts), Type::string().optional(), with_none(texts));
  const double nan = std::numeric_limits<double>::quiet_NaN();
  std::vector<Value> floats;
  for (const double each :
       {-1.5, -0.0, 0.0, 2.0, 1e300, -1e300, nan, -nan, std::numeric_limits<double>::infinity()})
    floats.push_back(Value::float64(each));
  check(Type(TypeKind::F64).optional(), with_none(floats), Type(TypeKind::F64).optional(),
        with_none(floats));
  const std::vector<Value> decimals = {Value::decimal({150, 2}), Value::decimal({15, 1}),
                                       Value::decimal({-7, 0}), Value::decimal({2, 0})};
  check(Type(TypeKind::Decimal), decimals, Type(TypeKind::Decimal), decimals);
}

TEST(SortedKeys, CompareAcrossTypes) {
  const std::vector<Value> floats = {Value::float64(-3), Value::float64(1), Value::float64(76.5),
                                     Value::float64(9223372036854775807.0)};
  check(Type::int64().optional(), with_none(ints()), Type(TypeKind::F64), floats);
  std::vector<Value> mixed = ints();
  for (const Value& each : floats) mixed.push_back(each);
  mixed.push_back(Value::string("a"));
  mixed.push_back(Value::boolean(true));
  mixed.push_back(Value::decimal({10, 1}));
  check(Type::any(), with_none(mixed), Type::any(), with_none(mixed));
  check(Type::any(), with_none(mixed), Type::int64(), ints());
}

// Texts may be longer than keys of the store.
TEST(SortedKeys, TakeTextsOfAnyLength) {
  const std::vector<Value> texts = {Value::string(std::string(100'000, 'x')),
                                    Value::string(std::string(100'001, 'x'))};
  check(Type::string(), texts, Type::string(), texts);
}

TEST(SortedKeys, CompareSeveralColumns) {
  KeyColumn first(Type::int64(), {Value::int64(1), Value::int64(1), Value::int64(2)});
  KeyColumn second(Type::string(), {Value::string("b"), Value::string("a"), Value::string("c")});
  // The second one backwards.
  const std::vector<plan::MergeKey> order = {{0, false, false}, {1, true, false}};
  const std::vector<Type> types = {Type::int64(), Type::string()};
  SortedKeys keys(types, types, order);
  const std::vector<Column> columns = {first.column(), second.column()};
  // The arenas differ, texts of one cell lie in the column itself.
  ASSERT_TRUE(keys.append(first.arena(), std::span(columns), 3).has_value());
  EXPECT_LT(keys.compare(0, keys, 1), 0);
  EXPECT_LT(keys.compare(1, keys, 2), 0);
  EXPECT_EQ(keys.compare(2, keys, 2), 0);
}

}  // namespace sorted_keys_test
}  // namespace zerodb::exec
