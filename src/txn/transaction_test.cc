#include "txn/transaction.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "base/random.h"
#include "storage/test_engines.h"
#include "txn/local_router.h"

namespace zerodb::txn {
namespace transaction_test {

using storage::EngineKind;
using storage::TestEngine;

class StillClock final : public Clock {
 public:
  int64_t wall_ns() override { return 1'700'000'000'000'000'000; }
  int64_t monotonic_ns() override { return 0; }
};

struct Store {
  TestEngine engine;
  StillClock clock;
  std::unique_ptr<LocalRouter> router;

  explicit Store(EngineKind kind) : engine(kind) {
    router = LocalRouter::open(*engine.engine, clock, {.collect_after_versions = 0}).value();
  }
  Transaction begin(Isolation isolation = Isolation::Serializable) {
    return Transaction::begin(*router, {.isolation = isolation, .durability = Durability::Relaxed});
  }
  void put(std::string_view key, std::string_view value) {
    Transaction transaction = begin();
    ASSERT_TRUE(transaction.put(Family::Row, key, value).has_value());
    ASSERT_TRUE(transaction.commit().has_value());
  }
};

std::string get(Transaction& transaction, std::string_view key) {
  std::string buffer;
  const auto found = transaction.get(Family::Row, key, buffer).value();
  return std::string(found.value_or("none"));
}

std::string read(Store& store, std::string_view key) {
  Transaction transaction = Transaction::begin(*store.router, {.access = Access::ReadOnly});
  return get(transaction, key);
}

std::string scan(Transaction& transaction, const Range& range,
                 Direction direction = Direction::Forward, size_t limit = SIZE_MAX) {
  const auto cursor = transaction.scan(Family::Row, range, direction);
  std::string out;
  const Entry* entry = nullptr;
  for (size_t i = 0; i < limit && (entry = cursor->next()) != nullptr; ++i) {
    out.append(entry->key).append("=").append(entry->value).append(" ");
  }
  EXPECT_TRUE(cursor->status().has_value());
  return out;
}

void put(Transaction& transaction, std::string_view key, std::string_view value) {
  ASSERT_TRUE(transaction.put(Family::Row, key, value).has_value());
}

enum class Expect : uint8_t { Committed, Conflict };

void check_commit(Transaction& transaction, Expect expect) {
  const Result<Timestamp> done = transaction.commit();
  EXPECT_FALSE(transaction.is_open());
  ASSERT_EQ(done.has_value(), expect == Expect::Committed);
  if (!done) {
    EXPECT_EQ(done.error().code(), ErrorCode::E0801);
    EXPECT_TRUE(done.error().is_retryable());
  }
}

class Transactions : public testing::TestWithParam<EngineKind> {};

TEST_P(Transactions, ReadOwnWritesOverTheSnapshot) {
  Store store(GetParam());
  store.put("a", "1");
  store.put("b", "2");
  store.put("d", "4");
  Transaction transaction = store.begin();
  put(transaction, "b", "own");
  put(transaction, "c", "3");
  ASSERT_TRUE(transaction.erase(Family::Row, "d").has_value());
  store.put("e", "later");
  EXPECT_EQ(get(transaction, "a"), "1");
  EXPECT_EQ(get(transaction, "b"), "own");
  EXPECT_EQ(get(transaction, "d"), "none");
  EXPECT_EQ(scan(transaction, Range::all()), "a=1 b=own c=3 e=later ");
  EXPECT_EQ(scan(transaction, Range::all(), Direction::Reverse), "e=later c=3 b=own a=1 ");
  EXPECT_EQ(scan(transaction, {"b", "c"}, Direction::Reverse), "b=own ");
  store.put("f", "unseen");
  EXPECT_EQ(get(transaction, "f"), "none");
  storage::ValueList values;
  const std::vector<std::string_view> keys = {"a", "b", "c", "d", "f"};
  ASSERT_TRUE(transaction.multi_get(Family::Row, keys, values).has_value());
  EXPECT_EQ(values[0], "1");
  EXPECT_EQ(values[1], "own");
  EXPECT_EQ(values[2], "3");
  EXPECT_FALSE(values.has(3));
  EXPECT_FALSE(values.has(4));
}

TEST_P(Transactions, SnapshotStartsWithTheFirstRead) {
  Store store(GetParam());
  store.put("a", "1");
  Transaction transaction = store.begin();
  store.put("a", "2");
  EXPECT_EQ(get(transaction, "a"), "2");
  store.put("a", "3");
  EXPECT_EQ(get(transaction, "a"), "2");
}

// Each anomaly by name; what may commit under which isolation.
TEST_P(Transactions, LostUpdateIsRefusedByBoth) {
  for (const Isolation isolation : {Isolation::Serializable, Isolation::Snapshot}) {
    Store store(GetParam());
    store.put("n", "0");
    Transaction one = store.begin(isolation);
    Transaction two = store.begin(isolation);
    put(one, "n", get(one, "n") + "1");
    put(two, "n", get(two, "n") + "2");
    check_commit(one, Expect::Committed);
    check_commit(two, Expect::Conflict);
    EXPECT_EQ(read(store, "n"), "01");
  }
}

void check_write_skew(EngineKind kind, Isolation isolation, Expect second) {
  Store store(kind);
  store.put("x", "on");
  store.put("y", "on");
  Transaction one = store.begin(isolation);
  Transaction two = store.begin(isolation);
  EXPECT_EQ(get(one, "x") + get(one, "y"), "onon");
  EXPECT_EQ(get(two, "x") + get(two, "y"), "onon");
  put(one, "x", "off");
  put(two, "y", "off");
  check_commit(one, Expect::Committed);
  check_commit(two, second);
}

TEST_P(Transactions, WriteSkew) {
  check_write_skew(GetParam(), Isolation::Serializable, Expect::Conflict);
  check_write_skew(GetParam(), Isolation::Snapshot, Expect::Committed);
}

void check_phantom(EngineKind kind, Isolation isolation, Expect second) {
  Store store(kind);
  store.put("a1", "x");
  Transaction counter = store.begin(isolation);
  EXPECT_EQ(scan(counter, Range::prefix("a")), "a1=x ");
  put(counter, "count", "1");
  store.put("a2", "y");
  EXPECT_EQ(scan(counter, Range::prefix("a")), "a1=x ");
  check_commit(counter, second);
}

TEST_P(Transactions, Phantom) {
  check_phantom(GetParam(), Isolation::Serializable, Expect::Conflict);
  check_phantom(GetParam(), Isolation::Snapshot, Expect::Committed);
}

void check_read_skew(EngineKind kind, Isolation isolation, Expect second) {
  Store store(kind);
  store.put("x", "50");
  store.put("y", "50");
  Transaction reader = store.begin(isolation);
  EXPECT_EQ(get(reader, "x"), "50");
  Transaction mover = store.begin(isolation);
  put(mover, "x", "0");
  put(mover, "y", "100");
  check_commit(mover, Expect::Committed);
  EXPECT_EQ(get(reader, "y"), "50");
  put(reader, "sum", "100");
  check_commit(reader, second);
}

TEST_P(Transactions, GuardedReadsAreValidatedUnderSnapshotToo) {
  for (const bool is_guarded : {false, true}) {
    Store store(GetParam());
    store.put("x", "on");
    store.put("a1", "x");
    Transaction reader = store.begin(Isolation::Snapshot);
    Transaction counter = store.begin(Isolation::Snapshot);
    {
      std::optional<ReadGuard> of_reader;
      std::optional<ReadGuard> of_counter;
      if (is_guarded) {
        of_reader.emplace(reader);
        of_counter.emplace(counter);
      }
      EXPECT_EQ(get(reader, "x"), "on");
      EXPECT_EQ(scan(counter, Range::prefix("a")), "a1=x ");
    }
    put(reader, "y", "1");
    put(counter, "count", "1");
    store.put("x", "off");
    store.put("a2", "y");
    check_commit(reader, is_guarded ? Expect::Conflict : Expect::Committed);
    check_commit(counter, is_guarded ? Expect::Conflict : Expect::Committed);
  }
}

TEST_P(Transactions, ReadSkew) {
  check_read_skew(GetParam(), Isolation::Serializable, Expect::Conflict);
  check_read_skew(GetParam(), Isolation::Snapshot, Expect::Committed);
}

TEST_P(Transactions, DeletedRowInARangeIsAConflict) {
  Store store(GetParam());
  store.put("a1", "x");
  Transaction counter = store.begin();
  EXPECT_EQ(scan(counter, Range::prefix("a")), "a1=x ");
  put(counter, "count", "1");
  Transaction deleter = store.begin();
  ASSERT_TRUE(deleter.erase(Family::Row, "a1").has_value());
  check_commit(deleter, Expect::Committed);
  // A snapshot holds the floor down: the tombstone stays and the conflict with it.
  ASSERT_TRUE(store.router->collect().has_value());
  check_commit(counter, Expect::Conflict);
}

TEST_P(Transactions, InsertOfAKeyReadAsAbsentConflicts) {
  Store store(GetParam());
  Transaction one = store.begin();
  Transaction two = store.begin();
  EXPECT_EQ(get(one, "id"), "none");
  EXPECT_EQ(get(two, "id"), "none");
  put(one, "id", "one");
  put(two, "id", "two");
  check_commit(two, Expect::Committed);
  check_commit(one, Expect::Conflict);
  EXPECT_EQ(read(store, "id"), "two");
}

// A scan that was cut short depends only on what it covered.
void check_cut_scan(EngineKind kind, Direction direction, std::string_view changed, Expect expect) {
  Store store(kind);
  for (const char* key : {"b", "d", "f", "h"}) store.put(key, "1");
  Transaction transaction = store.begin();
  scan(transaction, {"a", "z"}, direction, 2);
  put(transaction, "zz", "1");
  store.put(changed, "2");
  check_commit(transaction, expect);
}

TEST_P(Transactions, CutScansRecordWhatTheyCovered) {
  check_cut_scan(GetParam(), Direction::Forward, "c", Expect::Conflict);
  check_cut_scan(GetParam(), Direction::Forward, "d", Expect::Conflict);
  check_cut_scan(GetParam(), Direction::Forward, "e", Expect::Committed);
  check_cut_scan(GetParam(), Direction::Forward, "a", Expect::Conflict);
  check_cut_scan(GetParam(), Direction::Reverse, "e", Expect::Committed);
  check_cut_scan(GetParam(), Direction::Reverse, "f", Expect::Conflict);
  check_cut_scan(GetParam(), Direction::Reverse, "i", Expect::Conflict);
  check_cut_scan(GetParam(), Direction::Reverse, "z", Expect::Committed);
}

TEST_P(Transactions, BatchesOfReadsAreValidated) {
  Store store(GetParam());
  store.put("a", "1");
  for (const std::string changed : {"a", "b"}) {
    Transaction reader = store.begin();
    const std::vector<std::string_view> keys = {"a", "b"};
    storage::ValueList values;
    ASSERT_TRUE(reader.multi_get(Family::Row, keys, values).has_value());
    put(reader, "sum", "1");
    store.put(changed, "2");
    check_commit(reader, Expect::Conflict);
  }
}

TEST_P(Transactions, BlindWritesDoNotConflict) {
  Store store(GetParam());
  Transaction one = store.begin();
  Transaction two = store.begin();
  ASSERT_TRUE(one.read_timestamp().has_value());
  ASSERT_TRUE(two.read_timestamp().has_value());
  put(one, "a", "1");
  put(two, "a", "2");
  check_commit(one, Expect::Committed);
  check_commit(two, Expect::Committed);
  EXPECT_EQ(read(store, "a"), "2");
}

TEST_P(Transactions, SavepointsUndoWrites) {
  Store store(GetParam());
  store.put("a", "0");
  Transaction transaction = store.begin();
  put(transaction, "a", "1");
  const SavepointId first = transaction.savepoint();
  put(transaction, "a", "2");
  put(transaction, "b", "2");
  const SavepointId second = transaction.savepoint();
  ASSERT_TRUE(transaction.erase(Family::Row, "a").has_value());
  put(transaction, "b", "3");
  transaction.rollback_to(second);
  EXPECT_EQ(get(transaction, "a") + get(transaction, "b"), "22");
  transaction.rollback_to(second);
  transaction.rollback_to(first);
  EXPECT_EQ(get(transaction, "a") + get(transaction, "b"), "1none");
  const SavepointId third = transaction.savepoint();
  put(transaction, "c", "3");
  transaction.release(third);
  transaction.release(first);
  check_commit(transaction, Expect::Committed);
  EXPECT_EQ(read(store, "a") + read(store, "b") + read(store, "c"), "1none3");
}

TEST_P(Transactions, DeletedRowsAreNotReadAgain) {
  Store store(GetParam());
  for (const char* key : {"a", "b", "c"}) store.put(key, "1");
  Transaction deleter = store.begin();
  ASSERT_TRUE(deleter.erase(Family::Row, "b").has_value());
  check_commit(deleter, Expect::Committed);
  EXPECT_EQ(read(store, "b"), "none");
  Transaction reader = store.begin();
  EXPECT_EQ(scan(reader, Range::all()), "a=1 c=1 ");
  EXPECT_EQ(scan(reader, Range::all(), Direction::Reverse), "c=1 a=1 ");
  reader.rollback();
  store.put("b", "2");
  EXPECT_EQ(read(store, "b"), "2");
}

TEST_P(Transactions, RollbackLeavesNothing) {
  Store store(GetParam());
  {
    Transaction transaction = store.begin();
    put(transaction, "a", "1");
    transaction.rollback();
    Transaction dropped = store.begin();
    put(dropped, "b", "1");
    EXPECT_EQ(get(dropped, "a"), "none");
  }
  EXPECT_EQ(read(store, "a") + read(store, "b"), "nonenone");
  EXPECT_EQ(store.router->live_snapshot_count(), 0U);
}

TEST_P(Transactions, RefuseWhatTheyMayNot) {
  Store store(GetParam());
  Transaction reader = Transaction::begin(*store.router, {.access = Access::ReadOnly});
  const Status written = reader.put(Family::Row, "a", "1");
  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(written.error().code(), ErrorCode::E0805);
  Transaction large = store.begin();
  const std::string mebibyte(1 << 20, 'x');
  Status status = ok_status();
  for (int i = 0; i < 63 && status; ++i)
    status = large.put(Family::Row, std::to_string(i), mebibyte);
  ASSERT_TRUE(status.has_value());
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(large.put(Family::Row, "0", mebibyte).has_value());
  status = large.put(Family::Row, "63", mebibyte);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code(), ErrorCode::E1106);
}

TEST_P(Transactions, SingleReadSeesTheNewest) {
  Store store(GetParam());
  Transaction reader = Transaction::begin(*store.router, {.access = Access::SingleRead});
  EXPECT_EQ(get(reader, "a"), "none");
  store.put("a", "1");
  EXPECT_EQ(get(reader, "a"), "1");
  EXPECT_EQ(store.router->live_snapshot_count(), 0U);
}

TEST_P(Transactions, ScanMergesWritesMadeWhileItRuns) {
  Store store(GetParam());
  for (const char* key : {"b", "d", "f"}) store.put(key, "1");
  Transaction transaction = store.begin();
  const auto cursor = transaction.scan(Family::Row, Range::all(), Direction::Forward);
  EXPECT_EQ(cursor->next()->key, "b");
  put(transaction, "a", "behind");
  put(transaction, "c", "ahead");
  ASSERT_TRUE(transaction.erase(Family::Row, "d").has_value());
  EXPECT_EQ(cursor->next()->key, "c");
  EXPECT_EQ(cursor->next()->key, "f");
  EXPECT_EQ(cursor->next(), nullptr);
  EXPECT_EQ(cursor->next(), nullptr);
}

TEST_P(Transactions, HistoryStaysBoundedUnderEndlessUpdates) {
  TestEngine engine(GetParam());
  StillClock clock;
  const auto router =
      LocalRouter::open(*engine.engine, clock, {.collect_after_versions = 100}).value();
  for (int i = 0; i < 5000; ++i) {
    Transaction transaction = Transaction::begin(*router, {.durability = Durability::Relaxed});
    put(transaction, "n" + std::to_string(i % 3), get(transaction, "n0"));
    ASSERT_TRUE(transaction.commit().has_value());
  }
  const auto entries =
      engine.engine->iterate(Family::History, Range::all(), Direction::Forward, nullptr);
  int count = 0;
  while (entries->next() != nullptr) ++count;
  EXPECT_LE(count, 110);
  ASSERT_TRUE(router->collect().has_value());
  EXPECT_EQ(
      engine.engine->iterate(Family::History, Range::all(), Direction::Forward, nullptr)->next(),
      nullptr);
}

TEST_P(Transactions, DroppedTableIsGoneWithItsHistory) {
  Store store(GetParam());
  for (const uint64_t table : {7, 8}) {
    for (int i = 0; i < 100; ++i)
      store.put(mvcc::record_key(TableId(table), std::to_string(i % 50)), "x");
  }
  ASSERT_TRUE(
      store.router->drop_range(Family::Row, mvcc::table_range(TableId(7)).begin).has_value());
  Transaction transaction = store.begin();
  EXPECT_EQ(scan(transaction, mvcc::table_range(TableId(7))), "");
  EXPECT_NE(scan(transaction, mvcc::table_range(TableId(8))), "");
  const Range history = mvcc::history_range(Family::Row, mvcc::table_range(TableId(7)).begin);
  EXPECT_EQ(
      store.engine.engine->iterate(Family::History, history, Direction::Forward, nullptr)->next(),
      nullptr);
}

INSTANTIATE_TEST_SUITE_P(Engines, Transactions,
                         testing::Values(EngineKind::Memory, EngineKind::Rocks),
                         [](const auto& chosen) { return storage::engine_name(chosen.param); });

}  // namespace transaction_test
}  // namespace zerodb::txn
