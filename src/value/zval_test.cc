#include "value/zval.h"

#include <gtest/gtest.h>

#include "base/property_test.h"
#include "value/arbitrary.h"

namespace zerodb {
namespace zval_test {

template <typename T>
T must(Result<T> result) {
  EXPECT_TRUE(result.has_value());
  return *std::move(result);
}

std::string element_of(const Value& value) {
  std::string element;
  zval::append_element(element, value);
  return element;
}

TEST(Zval, EncodedValuesReadBackExactly) {
  for (uint64_t seed = 0; seed < property_cases(100'000); ++seed) {
    ArbitraryValues source(seed);
    const Value value = source.value(5);
    const std::string element = element_of(value);
    ASSERT_TRUE(zval::validate_element(element).has_value())
        << "seed " << seed << ": " << zval::validate_element(element).error().message();
    const Value read = zval::read_element(element);
    ASSERT_EQ(read.tag(), value.tag()) << "seed " << seed;
    ASSERT_TRUE(equals(read, value)) << "seed " << seed;
    ASSERT_EQ(element_of(read), element) << "seed " << seed;
    ASSERT_EQ(hash(read), hash(value)) << "seed " << seed;
    const Value twin = equal_twin(value, source);
    ASSERT_TRUE(equals(twin, value)) << "seed " << seed;
    ASSERT_EQ(hash(twin), hash(value)) << "seed " << seed;
  }
}

TEST(Zval, CompareIsATotalOrder) {
  for (uint64_t seed = 0; seed < property_cases(100'000); ++seed) {
    ArbitraryValues source(seed);
    const Value a = source.value();
    const Value b = source.value();
    const Value c = source.chance(3) ? equal_twin(a, source) : source.value();
    ASSERT_EQ(compare(a, b), -compare(b, a)) << "seed " << seed;
    if (compare(a, b) <= 0 && compare(b, c) <= 0) {
      ASSERT_LE(compare(a, c), 0) << "seed " << seed;
    }
    ASSERT_EQ(equals(a, b), compare(a, b) == 0) << "seed " << seed;
  }
}

// Walks everything that can be reached.
uint64_t walk(const Value& value, int depth = 0) {
  EXPECT_LE(depth, 260);
  uint64_t count = 1;
  switch (value.tag()) {
    case Tag::Object: {
      const ObjectView view(value);
      for (uint32_t i = 0; i < view.size(); ++i) {
        count += view.key(i).size() + walk(view.value(i), depth + 1) + view.sorted(i);
        count += view.find(view.key(i)).has_value() ? 1 : 0;
      }
      return count;
    }
    case Tag::RecordId:
      return count + walk(RecordIdView(value).key(), depth + 1);
    case Tag::Range:
      return count + walk(RangeView(value).low(), depth + 1) +
             walk(RangeView(value).high(), depth + 1);
    case Tag::Result:
      return count + walk(ResultView(value).value(), depth + 1);
    case Tag::Tuple:
    case Tag::Array:
    case Tag::Vector:
    case Tag::HashSet:
    case Tag::HashMap: {
      const SequenceView view(value);
      for (uint32_t i = 0; i < view.size(); ++i) count += walk(view.at(i), depth + 1);
      return count + view.packed_data().size();
    }
    default:
      return count;
  }
}

TEST(Zval, DamagedBytesNeverCrash) {
  uint64_t accepted = 0;
  uint64_t refused = 0;
  for (uint64_t seed = 0; seed < property_cases(100'000); ++seed) {
    ArbitraryValues source(seed);
    std::string bytes = element_of(source.value(5));
    for (uint64_t flips = 1 + source.below(4); flips > 0; --flips) {
      bytes[source.below(bytes.size())] =
          static_cast<char>(source.chance(2) ? source.below(256) : source.below(32));
    }
    if (source.chance(5)) bytes.resize(source.below(bytes.size() + 1));
    // An exact copy on the heap, so that a sanitizer sees a read beyond it.
    const std::vector<char> exact(bytes.begin(), bytes.end());
    const std::string_view element(exact.data(), exact.size());
    const Value value = zval::read_element(element);
    walk(value);
    ASSERT_EQ(compare(value, value), 0) << "seed " << seed;
    hash(value);
    const Status valid = zval::validate_element(element);
    (valid ? accepted : refused) += 1;
    if (valid) {
      ASSERT_EQ(element_of(value), bytes) << "seed " << seed;
    }
  }
  EXPECT_GT(accepted, 0u);
  EXPECT_GT(refused, accepted);
}

// Bytes that claim a small depth and nest without end: no walk may follow them down the stack.
TEST(Zval, FalseDepthsEndAWalk) {
  std::string element = element_of(Value::int64(1));
  for (int level = 0; level < 100'000; ++level) {
    element.insert(0, {static_cast<char>(Tag::Result), '\x05', '\x01'});
    if (element.size() > 10'000 && level > 1'000) break;
  }
  const Value value = zval::read_element(element);
  EXPECT_LE(walk(value), 10u);
  EXPECT_EQ(zval::validate_element(element).error().code(), ErrorCode::E1103);
  element.resize(element.size() - 300);
  EXPECT_FALSE(zval::validate_element(element).has_value());
}

TEST(Zval, PartsShareTheBufferOfTheWhole) {
  ObjectBuilder inner;
  inner.set("text", Value::string(std::string(100, 'x')));
  ObjectBuilder outer;
  outer.set("inner", must(inner.build()));
  const Value whole = must(outer.build());
  const Value part = *ObjectView(whole).find("inner");
  const Value text = *ObjectView(part).find("text");
  const char* begin = whole.as_bytes().data();
  EXPECT_GE(text.as_bytes().data(), begin);
  EXPECT_LT(text.as_bytes().data(), begin + whole.as_bytes().size());
}

TEST(Zval, PartsOutliveTheWhole) {
  Value text;
  {
    ArrayBuilder builder;
    builder.add(Value::string(std::string(50, 'y')));
    const Value array = must(builder.build());
    text = SequenceView(array).at(0);
  }
  EXPECT_EQ(text.as_string(), std::string(50, 'y'));
}

TEST(Zval, ObjectsKeepTheOrderOfInsertion) {
  ObjectBuilder builder;
  for (const char* key : {"z", "a", "m", "a"}) builder.set(key, Value::string(key));
  builder.set("z", Value::int64(1));
  for (int i = 0; i < 300; ++i) builder.set("k" + std::to_string(i), Value::int64(i));
  builder.erase("m");
  const Value object = must(builder.build());
  const ObjectView view(object);
  ASSERT_EQ(view.size(), 302u);
  EXPECT_EQ(view.key(0), "z");
  EXPECT_EQ(view.key(1), "a");
  EXPECT_EQ(view.key(2), "k0");
  EXPECT_TRUE(equals(view.value(0), Value::int64(1)));
  EXPECT_TRUE(equals(*view.find("k299"), Value::int64(299)));
  EXPECT_FALSE(view.find("m").has_value());
  EXPECT_FALSE(view.find("").has_value());
}

TEST(Zval, SetsAreSortedAndDistinct) {
  HashSetBuilder builder;
  for (const int64_t n : {3, 1, 2, 1}) builder.add(Value::int64(n));
  builder.add(Value::float64(2.0));
  const SequenceView view(must(builder.build()));
  ASSERT_EQ(view.size(), 3u);
  EXPECT_TRUE(equals(view.at(0), Value::int64(1)));
  EXPECT_TRUE(hash_set_contains(view, Value::decimal({30, 1})));
  EXPECT_FALSE(hash_set_contains(view, Value::int64(4)));
}

TEST(Zval, MapsFindTheLastValueOfAKey) {
  HashMapBuilder builder;
  builder.set(Value::int64(2), Value::string("two"));
  builder.set(Value::int64(1), Value::string("one"));
  builder.set(Value::float64(2.0), Value::string("zwei"));
  const HashMapView view(must(builder.build()));
  ASSERT_EQ(view.size(), 2u);
  EXPECT_EQ(view.find(Value::int64(2))->as_string(), "zwei");
  EXPECT_FALSE(view.find(Value::int64(3)).has_value());
}

TEST(Zval, ArraysOfNumbersArePacked) {
  ArrayBuilder builder;
  for (int64_t i = 0; i < 1000; ++i) builder.add(Value::int64(i));
  const Value array = must(builder.build());
  const SequenceView view(array);
  EXPECT_EQ(view.packed_tag(), Tag::I64);
  EXPECT_EQ(view.packed_data().size(), 8000u);
  EXPECT_EQ(view.at(999).as_int64(), 999);
  EXPECT_TRUE(view.at(1000).is_none());
}

TEST(Zval, NestingIsLimited) {
  Value value = Value::int64(1);
  for (int level = 0; level < 128; ++level) {
    ArrayBuilder builder;
    builder.add(value);
    value = must(builder.build());
  }
  EXPECT_EQ(zval::depth(value), 128u);
  EXPECT_TRUE(zval::validate(value.tag(), value.as_bytes()).has_value());
  ArrayBuilder array;
  array.add(value);
  EXPECT_EQ(array.build().error().code(), ErrorCode::E1103);
  ObjectBuilder object;
  object.set("a", value);
  EXPECT_EQ(object.build().error().code(), ErrorCode::E1103);
  EXPECT_EQ(make_ok(value).error().code(), ErrorCode::E1103);
}

TEST(Zval, SizeIsLimited) {
  const Value mebibyte = Value::string(std::string(1 << 20, 'x'));
  ArrayBuilder builder;
  for (int i = 0; i < 65; ++i) builder.add(mebibyte);
  EXPECT_EQ(builder.build().error().code(), ErrorCode::E0611);
}

TEST(Zval, AFloatAndADecimalOfOneTextDiffer) {
  EXPECT_NE(compare(Value::float64(0.1), Value::decimal({1, 1})), 0);
  EXPECT_EQ(compare(Value::float64(0.5), Value::decimal({50, 2})), 0);
  EXPECT_EQ(compare(Value::float64(-0.0), Value::int64(0)), 0);
  EXPECT_EQ(compare(Value::float64(NAN), Value::float64(NAN)), 0);
  EXPECT_EQ(compare(Value::float64(NAN), Value::float64(INFINITY)), 1);
  EXPECT_EQ(compare(Value::float64(9007199254740993.0), Value::int64(9007199254740993)), -1);
  EXPECT_EQ(compare(Value::uint128(~u128{0}), Value::float64(3.402823669209385e38)), -1);
  EXPECT_EQ(compare(Value::float64(1e-320), Value::decimal({1, 38})), -1);
}

}  // namespace zval_test
}  // namespace zerodb
