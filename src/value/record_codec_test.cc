#include "value/record_codec.h"

#include <gtest/gtest.h>

#include "base/property_test.h"
#include "value/arbitrary.h"
#include "value/batch.h"

namespace zerodb {
namespace record_codec_test {

template <typename T>
T must(Result<T> result) {
  EXPECT_TRUE(result.has_value());
  return *std::move(result);
}

const Type kTypes[] = {Type::boolean(),
                       Type(TypeKind::I8),
                       Type(TypeKind::I16),
                       Type(TypeKind::I32),
                       Type::int64(),
                       Type(TypeKind::I128),
                       Type(TypeKind::U8),
                       Type(TypeKind::U16),
                       Type(TypeKind::U32),
                       Type(TypeKind::U64),
                       Type(TypeKind::U128),
                       Type(TypeKind::F32),
                       Type::float64(),
                       Type::decimal(),
                       Type::string(),
                       Type(TypeKind::Bytes),
                       Type(TypeKind::Datetime),
                       Type(TypeKind::Duration),
                       Type(TypeKind::Uuid),
                       Type::record({}),
                       Type(TypeKind::Enum),
                       Type(TypeKind::Regex),
                       Type::range(Type::any()),
                       Type::tuple({}),
                       Type::array(Type::any()),
                       Type::vector(Type::any()),
                       Type::hash_set(Type::any()),
                       Type::hash_map(Type::any(), Type::any()),
                       Type::result(Type::any(), Type::any()),
                       Type::object(),
                       Type::any(),
                       Type::union_of({Type::int64(), Type::string()})};

Value value_of_type(const Type& type, ArbitraryValues& source) {
  const Tag tag = tag_of(type);
  return tag == Tag::None ? source.value(2) : source.of_tag(tag);
}

// A layout of up to twelve fields of any types, and a record of it with undeclared keys, as an
// object in the order of writing.
struct Case {
  RecordLayouts layouts;
  std::string bytes;
  std::vector<std::pair<std::string, Value>> keys;
};

Case make_case(ArbitraryValues& source, uint32_t version) {
  std::vector<RecordLayout::Field> fields;
  for (uint64_t count = source.below(13); count > 0; --count) {
    const auto number = static_cast<uint32_t>(fields.size());
    fields.push_back({FieldId(number), "field" + std::to_string(number),
                      kTypes[source.below(std::size(kTypes))]});
  }
  Case result;
  const auto layout = std::make_shared<const RecordLayout>(version, fields);
  result.layouts.add(layout);
  std::vector<int> order;
  for (uint32_t slot = 0; slot < layout->size(); ++slot) {
    if (!source.chance(4)) order.push_back(static_cast<int>(slot));
  }
  for (uint64_t extra = source.below(4); extra > 0; --extra)
    order.push_back(-static_cast<int>(extra));
  if (source.chance(2)) {
    for (size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[source.below(i)]);
  }
  RecordWriter writer(*layout);
  for (const int key : order) {
    if (key >= 0) {
      const auto slot = static_cast<uint32_t>(key);
      const Value value =
          source.chance(6) ? Value::none() : value_of_type(layout->field(slot).type, source);
      EXPECT_TRUE(writer.set(slot, value).has_value());
      result.keys.emplace_back(layout->field(slot).name, value);
    } else {
      result.keys.emplace_back("extra" + std::to_string(-key), source.value(3));
      writer.set_extra(result.keys.back().first, result.keys.back().second);
    }
  }
  result.bytes = must(writer.finish());
  return result;
}

// The keys come back in the order of writing with equal values of the same tag; absent keys stay
// absent.
void check_case(uint64_t seed) {
  ArbitraryValues source(seed);
  const Case record = make_case(source, 7);
  const RecordView view = must(RecordView::open(record.layouts, record.bytes));
  ASSERT_TRUE(view.verify().has_value())
      << "seed " << seed << ": " << view.verify().error().message();
  const Value id = Value::record_id(TableId(1), Value::int64(5));
  const Value object_value = must(view.to_object(id));
  const ObjectView object(object_value);
  ASSERT_EQ(object.size(), record.keys.size() + 1) << "seed " << seed;
  ASSERT_EQ(object.key(0), "id");
  for (uint32_t i = 0; i < record.keys.size(); ++i) {
    const auto& [name, value] = record.keys[i];
    ASSERT_EQ(object.key(i + 1), name) << "seed " << seed;
    ASSERT_EQ(object.value(i + 1).tag(), value.tag()) << "seed " << seed;
    ASSERT_TRUE(equals(object.value(i + 1), value)) << "seed " << seed;
    const auto found = must(view.find(name));
    ASSERT_TRUE(found.has_value() && equals(*found, value)) << "seed " << seed;
  }
  const RecordLayout& layout = view.layout();
  for (uint32_t slot = 0; slot < layout.size(); ++slot) {
    const auto is_key = [&](const auto& key) { return key.first == layout.field(slot).name; };
    const bool is_present = std::any_of(record.keys.begin(), record.keys.end(), is_key);
    ASSERT_EQ(view.has(slot), is_present) << "seed " << seed;
    ASSERT_EQ(must(view.find(layout.field(slot).name)).has_value(), is_present) << "seed " << seed;
  }
  ASSERT_FALSE(must(view.find("missing")).has_value());
}

TEST(RecordCodec, RecordsReadBackAsWritten) {
  for (uint64_t seed = 0; seed < property_cases(100'000) && !::testing::Test::HasFatalFailure();
       ++seed)
    check_case(seed);
}

class Columns {
 public:
  Columns() : memory_(64 << 20), arena_(memory_.data(), static_cast<uint32_t>(memory_.size())) {}
  Arena& arena() { return arena_; }

 private:
  std::vector<char> memory_;
  Arena arena_;
};

TEST(RecordCodec, ColumnsShowWhatTheFieldsHold) {
  Columns columns;
  for (uint64_t seed = 0; seed < 3'000; ++seed) {
    columns.arena().rewind(Arena::kArenaNullBytes);
    ArbitraryValues source(seed);
    std::vector<RecordLayout::Field> fields;
    for (uint32_t i = 0; i < 6; ++i)
      fields.push_back(
          {FieldId(i), "f" + std::to_string(i), kTypes[source.below(std::size(kTypes))]});
    RecordLayouts layouts;
    // The older layout lacks the last two fields.
    layouts.add(
        std::make_shared<const RecordLayout>(1, std::vector(fields.begin(), fields.begin() + 4)));
    layouts.add(std::make_shared<const RecordLayout>(2, fields));
    const bool is_mixed = source.chance(2);
    std::vector<std::string> bytes;
    std::vector<std::vector<Value>> expected;
    for (uint64_t row = 0; row < 8; ++row) {
      const RecordLayout& layout =
          is_mixed && source.chance(2) ? *layouts.find(1) : layouts.current();
      RecordWriter writer(layout);
      std::vector<Value> values(8);
      for (uint32_t slot = 0; slot < layout.size(); ++slot) {
        if (source.chance(4)) continue;
        values[slot] = source.chance(5) ? Value::none() : value_of_type(fields[slot].type, source);
        ASSERT_TRUE(writer.set(slot, values[slot]).has_value());
      }
      values[6] = source.value(2);
      writer.set_extra("extra", values[6]);
      ObjectBuilder nested;
      values[7] = source.value(1);
      nested.set("deep", values[7]);
      writer.set_extra("nested", must(nested.build()));
      bytes.push_back(must(writer.finish()));
      expected.push_back(values);
    }
    std::vector<ColumnRequest> requests;
    for (const auto& field : fields) requests.push_back({field.id, {}, field.type.optional()});
    requests.push_back({std::nullopt, {"extra"}, Type::any()});
    requests.push_back({std::nullopt, {"nested", "deep"}, Type::any()});
    std::vector<ColumnSlot> slots;
    for (const auto& request : requests)
      slots.push_back(allocate_column(columns.arena(), physical_of(request.type), 8));
    RecordDecoder decoder(layouts, requests);
    const std::vector<std::string_view> records(bytes.begin(), bytes.end());
    const Status status = decoder.decode(records, columns.arena(), slots);
    ASSERT_TRUE(status.has_value()) << "seed " << seed << ": " << status.error().message();
    for (uint32_t row = 0; row < 8; ++row) {
      for (size_t i = 0; i < requests.size(); ++i) {
        const Value value = read_value(columns.arena(), slots[i], row, requests[i].type);
        ASSERT_EQ(value.tag(), expected[row][i].tag()) << "seed " << seed << " column " << i;
        ASSERT_TRUE(equals(value, expected[row][i])) << "seed " << seed << " column " << i;
      }
    }
  }
}

TEST(RecordCodec, DamagedRecordsNeverCrash) {
  Columns columns;
  uint64_t refused = 0;
  uint64_t read = 0;
  for (uint64_t seed = 0; seed < property_cases(100'000); ++seed) {
    columns.arena().rewind(Arena::kArenaNullBytes);
    ArbitraryValues source(seed);
    Case record = make_case(source, 7);
    for (uint64_t flips = 1 + source.below(3); flips > 0; --flips) {
      record.bytes[source.below(record.bytes.size())] =
          static_cast<char>(source.chance(2) ? source.below(256) : source.below(16));
    }
    if (source.chance(5)) record.bytes.resize(source.below(record.bytes.size() + 1));
    const std::vector<char> exact(record.bytes.begin(), record.bytes.end());
    const std::string_view bytes(exact.data(), exact.size());
    const auto view = RecordView::open(record.layouts, bytes);
    if (!view) {
      ASSERT_EQ(view.error().code(), ErrorCode::E1205);
      ++refused;
      continue;
    }
    const auto object = view->to_object(Value::none());
    if (object) {
      ++read;
      ASSERT_EQ(compare(*object, *object), 0);
    } else {
      ASSERT_EQ(object.error().code(), ErrorCode::E1205);
    }
    if (const Status valid = view->verify(); !valid) {
      ASSERT_TRUE(valid.error().code() == ErrorCode::E1205 ||
                  valid.error().code() == ErrorCode::E1103);
    }
    std::vector<ColumnRequest> requests = {{std::nullopt, {"extra1"}, Type::any()}};
    for (uint32_t i = 0; i < view->layout().size(); ++i)
      requests.push_back({FieldId(i), {}, view->layout().field(i).type});
    std::vector<ColumnSlot> slots;
    for (const auto& request : requests)
      slots.push_back(allocate_column(columns.arena(), physical_of(request.type), 1));
    RecordDecoder decoder(record.layouts, requests);
    const Status status = decoder.decode(std::span(&bytes, 1), columns.arena(), slots);
    if (!status) {
      ASSERT_TRUE(status.error().code() == ErrorCode::E1205) << status.error().message();
    }
  }
  EXPECT_GT(refused, 0u);
  EXPECT_GT(read, 0u);
}

RecordLayouts person_layouts() {
  RecordLayouts layouts;
  layouts.add(std::make_shared<const RecordLayout>(
      1, std::vector<RecordLayout::Field>{{FieldId(1), "name", Type::string()},
                                          {FieldId(2), "age", Type::int64().optional()}}));
  return layouts;
}

TEST(RecordCodec, AbsentStoredNoneAndValueDiffer) {
  const RecordLayouts layouts = person_layouts();
  RecordWriter writer(layouts.current());
  ASSERT_TRUE(writer.set(1, Value::none()).has_value());
  const std::string bytes = must(writer.finish());
  const RecordView view = must(RecordView::open(layouts, bytes));
  EXPECT_FALSE(must(view.find("name")).has_value());
  EXPECT_TRUE(must(view.find("age"))->is_none());
  EXPECT_TRUE(must(view.field(0)).is_none());
}

TEST(RecordCodec, WrongTagAndLargeRecordsAreRefused) {
  const RecordLayouts layouts = person_layouts();
  RecordWriter writer(layouts.current());
  EXPECT_EQ(writer.set(0, Value::int64(1)).error().code(), ErrorCode::E0306);
  ASSERT_TRUE(writer.set(0, Value::string(std::string(17 << 20, 'x'))).has_value());
  EXPECT_EQ(writer.finish().error().code(), ErrorCode::E1105);
}

TEST(RecordCodec, UnknownLayoutIsRefused) {
  RecordLayouts later;
  later.add(std::make_shared<const RecordLayout>(2, std::vector<RecordLayout::Field>{}));
  const RecordLayouts layouts = person_layouts();
  const std::string bytes = must(RecordWriter(layouts.current()).finish());
  EXPECT_EQ(RecordView::open(later, bytes).error().code(), ErrorCode::E1205);
  EXPECT_EQ(RecordView::open(layouts, "").error().code(), ErrorCode::E1205);
}

TEST(RecordCodec, WritingAnObjectKeepsTheOrderOfItsKeys) {
  const RecordLayouts layouts = person_layouts();
  ObjectBuilder builder;
  builder.set("z", Value::int64(1));
  builder.set("age", Value::int64(30));
  builder.set("id", Value::int64(9));
  builder.set("name", Value::string("Al"));
  RecordWriter writer(layouts.current());
  ASSERT_TRUE(writer.set_object(must(builder.build())).has_value());
  const std::string bytes = must(writer.finish());
  const Value object = must(must(RecordView::open(layouts, bytes)).to_object(Value::int64(1)));
  const ObjectView view(object);
  ASSERT_EQ(view.size(), 4u);
  EXPECT_EQ(view.key(1), "z");
  EXPECT_EQ(view.key(2), "age");
  EXPECT_EQ(view.key(3), "name");
}

TEST(RecordCodec, AFullArenaIsAnError) {
  const RecordLayouts layouts = person_layouts();
  RecordWriter writer(layouts.current());
  ASSERT_TRUE(writer.set(0, Value::string(std::string(5000, 'x'))).has_value());
  const std::string bytes = must(writer.finish());
  std::vector<char> memory(Arena::kArenaNullBytes + 2048);
  Arena arena(memory.data(), static_cast<uint32_t>(memory.size()));
  const std::vector<ColumnSlot> slots = {allocate_column(arena, Physical::Text, 1)};
  const std::string_view record = bytes;
  RecordDecoder decoder(layouts, {{FieldId(1), {}, Type::string()}});
  EXPECT_EQ(decoder.decode(std::span(&record, 1), arena, slots).error().code(), ErrorCode::E1108);
}

}  // namespace record_codec_test
}  // namespace zerodb
