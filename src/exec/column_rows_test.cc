#include "exec/column_rows.h"

#include <gtest/gtest.h>

#include "exec/memory.h"
#include "exec/row_partitions.h"

namespace zerodb::exec {
namespace column_rows_test {

constexpr uint32_t kRows = 64;

// Columns of all physical forms, with values of the row's number.
class Batch {
 public:
  Batch() : memory_(provider_.acquire().value()) {
    for (const Type& type : types()) {
      columns.slots.push_back(allocate_column(arena(), physical_of(type), kRows));
      columns.types.push_back(type);
      physicals.push_back(physical_of(type));
    }
  }

  static std::vector<Type> types() {
    return {Type(TypeKind::Bool).optional(),     Type::int64().optional(),
            Type(TypeKind::U64).optional(),      Type(TypeKind::F64).optional(),
            Type(TypeKind::Decimal).optional(),  Type::string().optional(),
            Type(TypeKind::Datetime).optional(), Type::any()};
  }

  static Value value(uint32_t row, uint32_t column) {
    const auto number = static_cast<int64_t>(row);
    if ((row + column) % 5 == 0) return Value::none();
    switch (column) {
      case 0:
        return Value::boolean(row % 2 == 0);
      case 1:
        return Value::int64(number * 1'000'000'007);
      case 2:
        return Value::integer(Tag::U64, i128{UINT64_MAX} - number);
      case 3:
        return Value::float64(static_cast<double>(number) / 3);
      case 4:
        return Value::decimal({number * 17, static_cast<uint8_t>(row % 9)});
      case 5:
        return Value::string(std::string(row % 40, 'a') + std::to_string(row));
      case 6:
        return Value::datetime({number * 86400, row});
      default:
        return row % 3 == 0 ? Value::string(std::string(row, 'z')) : Value::int64(number);
    }
  }

  void fill() {
    for (uint32_t i = 0; i < columns.slots.size(); ++i) {
      const Column column = columns.column(arena(), i);
      for (uint32_t row = 0; row < kRows; ++row)
        ASSERT_TRUE(store_value(arena(), column, row, value(row, i)).has_value());
    }
  }

  Arena& arena() { return memory_->arena(); }

  OwnColumns columns;
  std::vector<Physical> physicals;

 private:
  PlainMemoryProvider provider_{1 << 24};
  std::unique_ptr<StatementMemory> memory_;
};

// Row i of `rows` is the batch's row expected[i].
void check(const ColumnRows& rows, const std::vector<uint32_t>& expected) {
  ASSERT_EQ(rows.rows(), expected.size());
  Batch target;
  std::vector<uint32_t> positions;
  for (uint32_t i = 0; i < expected.size(); ++i) positions.push_back(i);
  for (uint32_t i = 0; i < rows.width(); ++i) {
    const Column column = target.columns.column(target.arena(), i);
    ASSERT_TRUE(rows.gather(target.arena(), i, positions, column, 0).has_value());
    for (uint32_t row = 0; row < expected.size(); ++row) {
      const Value given =
          read_value(target.arena(), target.columns.slots[i], row, target.columns.types[i]);
      EXPECT_EQ(compare(given, Batch::value(expected[row], i)), 0)
          << "column " << i << " row " << row;
    }
  }
}

TEST(ColumnRows, ComeBackFromTheirBytes) {
  Batch batch;
  batch.fill();
  ColumnRows rows(batch.physicals);
  const std::vector<uint32_t> first = {3, 63, 17};
  const std::vector<uint32_t> second = {0, 1, 2, 40};
  rows.append(batch.arena(), batch.columns, first);
  rows.append(batch.arena(), batch.columns, second);
  check(rows, {3, 63, 17, 0, 1, 2, 40});
  std::string bytes;
  rows.encode(bytes);
  EXPECT_EQ(bytes.size(), rows.used_bytes());

  ColumnRows read(batch.physicals);
  read.append(batch.arena(), batch.columns, 9);
  read.decode(bytes);
  check(read, {3, 63, 17, 0, 1, 2, 40});

  ColumnRows none(batch.physicals);
  bytes.clear();
  none.encode(bytes);
  read.decode(bytes);
  EXPECT_EQ(read.rows(), 0u);
}

TEST(ColumnRows, ForgetTheirFirstRows) {
  Batch batch;
  batch.fill();
  ColumnRows rows(batch.physicals);
  rows.append(batch.arena(), batch.columns, 9);
  rows.drop_front(0);
  rows.drop_front(2);
  check(rows, {2, 3, 4, 5, 6, 7, 8});
  rows.append(batch.arena(), batch.columns, std::vector<uint32_t>{60, 61});
  rows.drop_front(6);
  check(rows, {8, 60, 61});
  rows.drop_front(3);
  EXPECT_EQ(rows.rows(), 0u);
  rows.append(batch.arena(), batch.columns, 2);
  check(rows, {0, 1});
}

// Fails beyond so many bytes.
class SmallDevice final : public SpillDevice {
 public:
  explicit SmallDevice(size_t size) : size_(size) {}
  Status write(uint64_t offset, std::string_view bytes) override {
    if (offset + bytes.size() > size_) return Error(ErrorCode::E1204, "full");
    bytes_.resize(std::max<size_t>(bytes_.size(), offset + bytes.size()));
    bytes_.replace(offset, bytes.size(), bytes);
    return ok_status();
  }
  Status read(uint64_t offset, size_t size, std::string& out) override {
    out = bytes_.substr(offset, size);
    return ok_status();
  }
  void truncate(uint64_t size) override { bytes_.resize(size); }

 private:
  size_t size_;
  std::string bytes_;
};

std::vector<uint64_t> partition_sizes(uint32_t level, const std::vector<uint64_t>& hashes) {
  Batch batch;
  batch.fill();
  SpillFile file(std::make_unique<SmallDevice>(1 << 24));
  RowPartitions partitions(file, batch.physicals, level, 1 << 10);
  std::vector<uint32_t> rows;
  for (uint32_t row = 0; row < hashes.size(); ++row) rows.push_back(row % kRows);
  EXPECT_TRUE(partitions.add(batch.arena(), batch.columns, rows, hashes).has_value());
  EXPECT_EQ(partitions.rows(), rows.size());
  std::vector<uint64_t> out;
  const auto parts = partitions.take();
  EXPECT_TRUE(parts.has_value());
  for (const SpilledRows& part : *parts) out.push_back(part.rows());
  return out;
}

TEST(RowPartitions, DivideAnewAtEachLevel) {
  // Hashes that differ in their low bits only, as those of one part do in some others.
  std::vector<uint64_t> hashes;
  for (uint64_t i = 0; i < 1600; ++i) hashes.push_back(0xabcd000000000000 | (i % 800));
  for (uint32_t level = 0; level < 10; ++level) {
    const std::vector<uint64_t> sizes = partition_sizes(level, hashes);
    EXPECT_EQ(sizes.size(), RowPartitions::kCount);
    EXPECT_LT(*std::ranges::max_element(sizes), 400u) << "level " << level;
  }
  EXPECT_NE(partition_sizes(0, hashes), partition_sizes(1, hashes));
}

TEST(RowPartitions, KeepEqualHashesTogether) {
  const std::vector<uint64_t> sizes = partition_sizes(3, std::vector<uint64_t>(100, 77));
  EXPECT_EQ(std::ranges::count(sizes, 0u), RowPartitions::kCount - 1);
}

TEST(RowPartitions, SayWhenTheDiskIsFull) {
  Batch batch;
  batch.fill();
  SpillFile file(std::make_unique<SmallDevice>(3000));
  RowPartitions partitions(file, batch.physicals, 0, 1 << 10);
  Status status = ok_status();
  for (uint64_t round = 0; round < 100 && status; ++round) {
    const std::vector<uint32_t> rows = {1, 2, 3, 4};
    const std::vector<uint64_t> hashes = {round, round + 1, round + 2, round + 3};
    status = partitions.add(batch.arena(), batch.columns, rows, hashes);
  }
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code(), ErrorCode::E1204);
}

}  // namespace column_rows_test
}  // namespace zerodb::exec
