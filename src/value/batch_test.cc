#include "value/batch.h"

#include <gtest/gtest.h>

#include <vector>

#include "value/arbitrary.h"

namespace zerodb {
namespace batch_test {

class Block {
 public:
  explicit Block(uint32_t size) : memory_(size), arena_(memory_.data(), size) {}
  Arena& arena() { return arena_; }

 private:
  std::vector<char> memory_;
  Arena arena_;
};

// Values written into a column of a type read back with tag and value.
void check_column(const Type& type, Tag tag, uint64_t seed) {
  Block block(1 << 20);
  ArbitraryValues source(seed);
  const ColumnSlot slot = allocate_column(block.arena(), physical_of(type), 64);
  ASSERT_NE(slot.values, 0u);
  std::vector<Value> values;
  for (uint32_t row = 0; row < 64; ++row) {
    values.push_back(source.chance(5)   ? Value::none()
                     : tag == Tag::None ? source.value()
                                        : source.of_tag(tag));
    ASSERT_TRUE(write_value(block.arena(), slot, row, values.back()));
  }
  for (uint32_t row = 0; row < 64; ++row) {
    const Value read = read_value(block.arena(), slot, row, type);
    ASSERT_EQ(read.tag(), values[row].tag()) << "seed " << seed << " type " << to_string(type);
    ASSERT_TRUE(equals(read, values[row])) << "seed " << seed << " type " << to_string(type);
  }
}

TEST(Batch, ColumnsOfEveryTypeKeepTheirValues) {
  const std::pair<TypeKind, Tag> kinds[] = {{TypeKind::Bool, Tag::Bool},
                                            {TypeKind::I8, Tag::I8},
                                            {TypeKind::I16, Tag::I16},
                                            {TypeKind::I32, Tag::I32},
                                            {TypeKind::I64, Tag::I64},
                                            {TypeKind::I128, Tag::I128},
                                            {TypeKind::U8, Tag::U8},
                                            {TypeKind::U16, Tag::U16},
                                            {TypeKind::U32, Tag::U32},
                                            {TypeKind::U64, Tag::U64},
                                            {TypeKind::U128, Tag::U128},
                                            {TypeKind::F32, Tag::F32},
                                            {TypeKind::F64, Tag::F64},
                                            {TypeKind::Decimal, Tag::Decimal},
                                            {TypeKind::String, Tag::String},
                                            {TypeKind::Bytes, Tag::Bytes},
                                            {TypeKind::Datetime, Tag::Datetime},
                                            {TypeKind::Duration, Tag::Duration},
                                            {TypeKind::Uuid, Tag::Uuid},
                                            {TypeKind::Regex, Tag::Regex},
                                            {TypeKind::Enum, Tag::Enum},
                                            {TypeKind::RecordId, Tag::RecordId},
                                            {TypeKind::Object, Tag::Object},
                                            {TypeKind::Any, Tag::None}};
  for (uint64_t seed = 0; seed < 20; ++seed) {
    for (const auto& [kind, tag] : kinds) check_column(Type(kind).optional(), tag, seed);
  }
}

TEST(Batch, TextOfEveryLengthIsKept) {
  Block block(1 << 20);
  for (size_t length = 0; length < 40; ++length) {
    const std::string text(length, 'x');
    TextView view;
    ASSERT_TRUE(block.arena().store_text(text, &view));
    EXPECT_EQ(block.arena().text(view), text);
  }
}

TEST(Batch, AFullArenaSaysSo) {
  Block block(Arena::kArenaNullBytes + 1000);
  EXPECT_EQ(allocate_column(block.arena(), Physical::Any, 2048).values, 0u);
  const ColumnSlot slot = allocate_column(block.arena(), Physical::Text, 4);
  ASSERT_NE(slot.values, 0u);
  EXPECT_TRUE(write_value(block.arena(), slot, 0, Value::string("short")));
  EXPECT_FALSE(write_value(block.arena(), slot, 1, Value::string(std::string(5000, 'x'))));
  const uint32_t mark = block.arena().top();
  ASSERT_NE(block.arena().allocate(100), 0u);
  block.arena().rewind(mark);
  EXPECT_EQ(block.arena().top(), mark);
}

}  // namespace batch_test
}  // namespace zerodb
