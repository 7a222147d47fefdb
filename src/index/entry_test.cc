#include "index/entry.h"

#include <gtest/gtest.h>

#include <map>

#include "value/key_codec.h"
#include "value/zval_builder.h"

namespace zerodb::index {
namespace entry_test {

class MapRecord final : public RecordSource {
 public:
  std::map<std::string, Value, std::less<>> values;
  Result<Value> field(const catalog::IndexColumn&, std::string_view name) const override {
    const auto found = values.find(name);
    return found == values.end() ? Value::none() : found->second;
  }
  Result<Value> field_at(uint32_t position) const override {
    return position == 0 ? values.at("src") : values.at("dst");
  }
  Value id() const override { return Value::record_id(TableId(1), Value::int64(7)); }
  Result<Value> expression(size_t column) const override {
    return values.at("expression " + std::to_string(column));
  }
};

catalog::IndexColumn column(std::string name, Type type) {
  catalog::IndexColumn out;
  out.text = name;
  out.path = {{catalog::PathStep::Kind::Member, std::move(name), 0}};
  out.type = std::move(type);
  return out;
}

catalog::Index index_on(std::vector<catalog::IndexColumn> columns, bool unique = false) {
  catalog::Index index;
  index.id = IndexId(9);
  index.columns = std::move(columns);
  index.unique = unique;
  return index;
}

std::vector<Entry> entries_of(const catalog::Index& index, const MapRecord& record,
                              std::string_view key) {
  std::vector<Entry> out;
  EXPECT_TRUE(append_entries(index, record, key, out).has_value());
  return out;
}

TEST(Entries, NameTheirRecord) {
  MapRecord record;
  record.values["a"] = Value::int64(5);
  for (bool unique : {false, true}) {
    const auto entries = entries_of(index_on({column("a", Type::int64())}, unique), record, "key");
    ASSERT_EQ(entries.size(), 1u);
    EXPECT_EQ(entries[0].must_be_unique, unique);
    EXPECT_EQ(record_key_of(entries[0].key, entries[0].payload).value(), "key");
  }
}

TEST(Entries, EqualValuesOfTwoRecordsClashOnlyIfUnique) {
  MapRecord record;
  record.values["a"] = Value::string("x");
  const catalog::Index plain = index_on({column("a", Type::string())});
  const catalog::Index unique = index_on({column("a", Type::string())}, true);
  EXPECT_NE(entries_of(plain, record, "one")[0].key, entries_of(plain, record, "two")[0].key);
  EXPECT_EQ(entries_of(unique, record, "one")[0].key, entries_of(unique, record, "two")[0].key);
}

TEST(Entries, NoneClashesWithNothingButIsThere) {
  const catalog::Index unique = index_on({column("a", Type::string().optional())}, true);
  const MapRecord record;
  const auto one = entries_of(unique, record, "one");
  const auto two = entries_of(unique, record, "two");
  ASSERT_EQ(one.size(), 1u);
  EXPECT_FALSE(one[0].must_be_unique);
  EXPECT_NE(one[0].key, two[0].key);
  EXPECT_EQ(record_key_of(two[0].key, two[0].payload).value(), "two");
}

TEST(Entries, KeysSortAsTheirValues) {
  const catalog::Index index = index_on({column("a", Type::int64())});
  std::string before;
  for (int64_t value : {INT64_MIN, int64_t{-3}, int64_t{0}, int64_t{2}, int64_t{300}, INT64_MAX}) {
    MapRecord record;
    record.values["a"] = Value::int64(value);
    const std::string key = entries_of(index, record, "z")[0].key;
    EXPECT_LT(before, key) << value;
    before = key;
  }
}

TEST(Entries, EachDistinctElementHasOne) {
  catalog::IndexColumn tags = column("tags", Type::any());
  tags.path.push_back({catalog::PathStep::Kind::AllElements, "", 0});
  tags.multikey = true;
  ArrayBuilder array;
  for (const char* tag : {"b", "a", "b"}) array.add(Value::string(tag));
  MapRecord record;
  record.values["tags"] = array.build().value();
  const auto change = difference({}, entries_of(index_on({tags}), record, "k"));
  EXPECT_EQ(change.added.size(), 2u);
  EXPECT_TRUE(change.removed.empty());
}

TEST(Entries, ADifferenceTouchesOnlyWhatChanged) {
  const catalog::Index index = index_on({column("a", Type::int64())});
  MapRecord before;
  before.values["a"] = Value::int64(1);
  MapRecord after;
  after.values["a"] = Value::int64(2);
  const auto same = difference(entries_of(index, before, "k"), entries_of(index, before, "k"));
  EXPECT_TRUE(same.added.empty() && same.removed.empty());
  const auto changed = difference(entries_of(index, before, "k"), entries_of(index, after, "k"));
  ASSERT_EQ(changed.removed.size(), 1u);
  ASSERT_EQ(changed.added.size(), 1u);
  EXPECT_LT(changed.removed[0].key, changed.added[0].key);
}

TEST(Entries, AnEdgeNamesItsOtherEnd) {
  catalog::IndexColumn source = column("src", Type::any());
  source.field = catalog::kSourcePosition;
  catalog::Index index = index_on({source});
  index.origin = catalog::Index::Origin::Edge;
  MapRecord edge;
  edge.values["src"] = Value::record_id(TableId(1), Value::int64(1));
  edge.values["dst"] = Value::record_id(TableId(2), Value::string("far"));
  const auto entries = entries_of(index, edge, "edge key");
  EXPECT_EQ(record_key_of(entries[0].key, entries[0].payload).value(), "edge key");
  EXPECT_TRUE(equals(zval::read_element(other_end_of(entries[0].payload)), edge.values["dst"]));
}

TEST(Entries, DamagedOnesAreRefused) {
  EXPECT_EQ(record_key_of("abc", "").error().code(), ErrorCode::E1205);
  EXPECT_EQ(record_key_of("abc", std::string("\0\x09\0", 3)).error().code(), ErrorCode::E1205);
}

TEST(AppendColumn, AValueThatTheColumnCannotHoldHasNoKey) {
  std::string key;
  EXPECT_FALSE(append_column(key, column("a", Type(TypeKind::U8)), Value::int64(300)).value());
  EXPECT_FALSE(append_column(key, column("a", Type::int64()), Value::none()).value());
  EXPECT_TRUE(append_column(key, column("a", Type::int64()), Value::float64(3.0)).value());
}

}  // namespace entry_test
}  // namespace zerodb::index
