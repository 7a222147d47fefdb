#include "exec/column_cache.h"

#include <gtest/gtest.h>

#include <set>

#include "base/bytes.h"
#include "base/random.h"

namespace zerodb::exec {
namespace column_cache_test {

constexpr SpaceId kTable{7};
constexpr SchemaVersion kSchema{3};

std::string key(uint32_t number) {
  std::string out;
  put_be(out, kTable.value());
  put_be(out, number);
  return out;
}

mvcc::Write write_of(uint32_t number) {
  return {storage::Family::Row, mvcc::WriteKind::Put, false, key(number), {}};
}

CachedColumnKey column(uint32_t index) {
  return {sema::SourceColumn::Kind::Field, index, "f", Type::int64()};
}

ColumnChunk chunk_of(uint32_t begin, uint32_t end, uint32_t rows,
                     const std::vector<uint32_t>& columns) {
  ColumnChunk chunk{key(begin), key(end), rows, {}};
  for (uint32_t index : columns)
    chunk.columns.emplace_back(column(index),
                               std::make_shared<const PackedColumn>(CachedColumn(Physical::I64)));
  return chunk;
}

class ColumnCacheTest : public testing::Test {
 protected:
  ColumnCache cache{1 << 20, Timestamp(10)};

  ColumnCache::Found find(uint32_t begin, uint64_t read_at,
                          const std::vector<CachedColumnKey>& columns = {column(0)}) {
    return cache.find(kTable, kSchema, Timestamp(read_at), key(begin), columns);
  }
  void put(ColumnChunk chunk, uint64_t read_at) {
    cache.put(kTable, kSchema, Timestamp(read_at), std::move(chunk));
  }
};

TEST_F(ColumnCacheTest, ATableIsWatchedFirst) {
  EXPECT_FALSE(find(0, 10).may_fill);
  EXPECT_FALSE(cache.watch(kTable, kSchema, Timestamp(10)));
  EXPECT_TRUE(cache.watch(kTable, kSchema, Timestamp(10)));
  EXPECT_TRUE(find(0, 10).may_fill);
  // Nobody saw what was committed before.
  EXPECT_FALSE(cache.watch(kTable, kSchema, Timestamp(9)));
  EXPECT_FALSE(find(0, 9).may_fill);
}

TEST_F(ColumnCacheTest, AChunkAnswersUntilItsRangeIsWritten) {
  cache.watch(kTable, kSchema, Timestamp(10));
  put(chunk_of(0, 100, 5, {0}), 12);
  EXPECT_EQ(find(0, 11).chunk, nullptr);
  ASSERT_NE(find(0, 12).chunk, nullptr);
  EXPECT_EQ(find(0, 20).chunk->rows, 5u);
  EXPECT_EQ(find(0, 20, {column(0), column(1)}).chunk, nullptr);
  EXPECT_EQ(find(0, 20, {column(1)}).limit, key(100));
  cache.on_commit(Timestamp(20), {write_of(100)});
  EXPECT_NE(find(0, 20).chunk, nullptr);
  cache.on_commit(Timestamp(21), {write_of(99)});
  EXPECT_NE(find(0, 20).chunk, nullptr);
  EXPECT_EQ(find(0, 21).chunk, nullptr);
  EXPECT_EQ(find(100, 21).limit, "");
}

// Where a chunk that was made anew ended, another may have begun that is gone since.
TEST_F(ColumnCacheTest, ARangeWithoutKeysHasNoChunk) {
  cache.watch(kTable, kSchema, Timestamp(10));
  put(chunk_of(50, 50, 0, {0}), 12);
  EXPECT_EQ(find(50, 12).chunk, nullptr);
  EXPECT_EQ(cache.bytes(), 0u);
}

// Commits between the snapshot of a scan and the moment when it gives its chunk.
TEST_F(ColumnCacheTest, AChunkThatComesLateIsKnownToBeOld) {
  cache.watch(kTable, kSchema, Timestamp(10));
  cache.on_commit(Timestamp(15), {write_of(3)});
  put(chunk_of(0, 100, 5, {0}), 12);
  EXPECT_NE(find(0, 14).chunk, nullptr);
  EXPECT_EQ(find(0, 15).chunk, nullptr);
}

TEST_F(ColumnCacheTest, ColumnsOfOneSnapshotComeTogether) {
  cache.watch(kTable, kSchema, Timestamp(10));
  put(chunk_of(0, 100, 5, {0}), 12);
  put(chunk_of(0, 100, 5, {1}), 14);
  EXPECT_NE(find(0, 14, {column(0), column(1)}).chunk, nullptr);
  cache.on_commit(Timestamp(16), {write_of(3)});
  put(chunk_of(0, 100, 6, {2}), 16);
  EXPECT_EQ(find(0, 16, {column(0)}).chunk, nullptr);
  EXPECT_NE(find(0, 16, {column(2)}).chunk, nullptr);
}

TEST_F(ColumnCacheTest, AnotherSchemaBeginsAnew) {
  cache.watch(kTable, kSchema, Timestamp(10));
  put(chunk_of(0, 100, 5, {0}), 12);
  EXPECT_FALSE(cache.watch(kTable, SchemaVersion(4), Timestamp(12)));
  EXPECT_EQ(cache.bytes(), 0u);
  EXPECT_FALSE(cache.watch(kTable, kSchema, Timestamp(12)));
}

TEST_F(ColumnCacheTest, MemoryIsBounded) {
  cache.watch(kTable, kSchema, Timestamp(10));
  for (uint32_t i = 0; i < 40'000; ++i) put(chunk_of(i, i + 1, 5, {0}), 12);
  EXPECT_LE(cache.bytes(), size_t{1} << 20);
  EXPECT_GT(cache.bytes(), size_t{1} << 19);
  EXPECT_NE(find(0, 12).chunk, nullptr);
  // What is not used makes room after a while.
  for (int scan = 0; scan < 20; ++scan) cache.watch(kTable, kSchema, Timestamp(12));
  put(chunk_of(50'000, 50'001, 5, {0}), 12);
  EXPECT_NE(find(50'000, 12).chunk, nullptr);
  EXPECT_EQ(find(0, 12).chunk, nullptr);
}

TEST_F(ColumnCacheTest, AChunkThatIsNeverUsedIsMadeEverMoreRarely) {
  cache.watch(kTable, kSchema, Timestamp(10));
  uint64_t now = 12;
  int made = 0;
  for (int scan = 0; scan < 100; ++scan) {
    if (find(0, now).may_fill) {
      put(chunk_of(0, 100, 5, {0}), now);
      ++made;
    }
    cache.on_commit(Timestamp(++now), {write_of(3)});
  }
  EXPECT_LT(made, 20);
}

// Random chunks, commits and questions: a chunk is given only to snapshots that see the same as it.
TEST_F(ColumnCacheTest, NoSnapshotIsGivenAnothersRecords) {
  const uint64_t seed = SystemRandom().next();
  SCOPED_TRACE(seed);
  SeededRandom random(seed);
  cache.watch(kTable, kSchema, Timestamp(10));
  std::vector<std::set<uint64_t>> commits(100);  // by key: when it was written
  uint64_t now = 10;
  int given = 0;
  for (int step = 0; step < 50'000; ++step) {
    const auto begin = static_cast<uint32_t>(random.below(90));
    switch (random.below(4)) {
      case 0: {
        now += 1 + random.below(3);
        const auto number = static_cast<uint32_t>(random.below(100));
        commits[number].insert(now);
        cache.on_commit(Timestamp(now), {write_of(number)});
        break;
      }
      case 1: {
        const uint64_t read_at = now - std::min<uint64_t>(now - 10, random.below(5));
        const auto end = begin + 1 + static_cast<uint32_t>(random.below(10));
        // The rows say which snapshot it was.
        put(chunk_of(begin, end, static_cast<uint32_t>(read_at), {0}), read_at);
        break;
      }
      default: {
        const uint64_t read_at = now - std::min<uint64_t>(now - 10, random.below(8));
        const auto found = find(begin, read_at);
        if (found.chunk == nullptr) break;
        ++given;
        const uint64_t as_of = found.chunk->rows;
        ASSERT_LE(as_of, read_at);
        for (uint32_t number = 0; number < 100; ++number) {
          if (key(number) < found.chunk->begin || key(number) >= found.chunk->end) continue;
          const auto next = commits[number].upper_bound(as_of);
          ASSERT_TRUE(next == commits[number].end() || *next > read_at);
        }
      }
    }
  }
  EXPECT_GT(given, 500);
}

}  // namespace column_cache_test
}  // namespace zerodb::exec
