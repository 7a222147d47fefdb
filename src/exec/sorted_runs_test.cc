#include "exec/sorted_runs.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.h"

namespace zerodb::exec {
namespace sorted_runs_test {

// Bytes in memory; writes beyond the capacity fail.
class MemoryDevice final : public SpillDevice {
 public:
  explicit MemoryDevice(size_t capacity) : capacity_(capacity) {}
  Status write(uint64_t offset, std::string_view bytes) override {
    if (offset + bytes.size() > capacity_) return Error(ErrorCode::E1204, "full");
    bytes_.resize(offset);
    bytes_.append(bytes);
    return ok_status();
  }
  Status read(uint64_t offset, size_t size, std::string& out) override {
    out = bytes_.substr(offset, size);
    return ok_status();
  }
  void truncate(uint64_t size) override { bytes_.resize(size); }

 private:
  size_t capacity_;
  std::string bytes_;
};

int by_first(SortedRuns::Row left, SortedRuns::Row right) {
  const int64_t l = left[0].as_int64();
  const int64_t r = right[0].as_int64();
  return l < r ? -1 : l > r;
}

SortedRuns make_runs(size_t capacity = SIZE_MAX / 2, SortedRuns::Check check = ok_status) {
  return SortedRuns(SpillFile(std::make_unique<MemoryDevice>(capacity)), 3, by_first,
                    std::move(check));
}

// Row i of all, with a key that many rows share, its number, and none or a text.
std::vector<Value> row_of(int64_t key, int64_t number) {
  Value text = number % 3 == 0 ? Value::none() : Value::string(std::string(number % 50, 't'));
  return {Value::int64(key), Value::int64(number), std::move(text)};
}

// Sorts the keys stably in runs of a length and compares with the standard library.
void check(const std::vector<int64_t>& keys, size_t run_length) {
  SortedRuns runs = make_runs();
  std::vector<size_t> numbers(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) numbers[i] = i;
  const auto before = [&](size_t left, size_t right) { return keys[left] < keys[right]; };
  for (size_t begin = 0; begin < keys.size(); begin += run_length) {
    std::vector<size_t> part(numbers.begin() + begin,
                             numbers.begin() + std::min(keys.size(), begin + run_length));
    std::ranges::stable_sort(part, before);
    runs.begin_run();
    for (size_t i : part) ASSERT_TRUE(runs.add(row_of(keys[i], static_cast<int64_t>(i))));
    ASSERT_TRUE(runs.end_run());
  }
  std::ranges::stable_sort(numbers, before);
  ASSERT_TRUE(runs.open());
  std::vector<Value> row;
  for (size_t i : numbers) {
    ASSERT_TRUE(runs.next(row).value());
    const std::vector<Value> expected = row_of(keys[i], static_cast<int64_t>(i));
    ASSERT_EQ(row[1].as_int64(), static_cast<int64_t>(i));
    ASSERT_EQ(row[2].tag(), expected[2].tag());
    if (row[2].is_none()) continue;
    ASSERT_EQ(row[2].as_string(), expected[2].as_string());
  }
  EXPECT_FALSE(runs.next(row).value());
  EXPECT_FALSE(runs.next(row).value());
}

TEST(SortedRuns, AreMergedStably) {
  SeededRandom random(7);
  for (const size_t rows : {0, 1, 2, 1000, 20'000}) {
    std::vector<int64_t> keys(rows);
    for (int64_t& key : keys) key = static_cast<int64_t>(random.below(97));
    for (const size_t run_length : {1'000'000, 5000, 777}) check(keys, run_length);
  }
}

TEST(SortedRuns, MayBeMoreThanAreMergedAtOnce) {
  SeededRandom random(8);
  std::vector<int64_t> keys(SortedRuns::kFanIn * SortedRuns::kFanIn + 5);
  for (int64_t& key : keys) key = static_cast<int64_t>(random.below(97));
  check(keys, 1);
}

TEST(SortedRuns, EndWithAFullDisk) {
  SortedRuns runs = make_runs(2 * SortedRuns::kBlockBytes);
  runs.begin_run();
  Status status = ok_status();
  for (int64_t i = 0; status && i < 100'000; ++i) status = runs.add(row_of(i, i));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code(), ErrorCode::E1204);
}

TEST(SortedRuns, CanBeCancelledWhileRunsAreMerged) {
  SortedRuns runs = make_runs(SIZE_MAX / 2, [] { return Error(ErrorCode::E1107, "cancelled"); });
  for (size_t run = 0; run <= SortedRuns::kFanIn; ++run) {
    runs.begin_run();
    for (int64_t i = 0; i < 200; ++i) ASSERT_TRUE(runs.add(row_of(i, i)));
    ASSERT_TRUE(runs.end_run());
  }
  const Status status = runs.open();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code(), ErrorCode::E1107);
}

}  // namespace sorted_runs_test
}  // namespace zerodb::exec
