// RaftLog: what is durable, written, committed and applied, as entries come, go and are replaced.
#include "raft/raft_log.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "raft/memory_storage.h"

namespace zerodb::raft {
namespace raft_log_test {

constexpr uint64_t kNoLimit = UINT64_MAX;

Entry normal(uint64_t index, uint64_t term) {
  return {LogIndex(index), Term(term), EntryKind::Normal, Payload("x")};
}
Entry members(uint64_t index, uint64_t term, NodeSet voters) {
  const Configuration configuration{std::move(voters), {}, {}};
  return {LogIndex(index), Term(term), EntryKind::Config, Payload(configuration.encode())};
}

// A log with the storage that it writes to, one write at a time.
class Log {
 public:
  Log() : log_(RaftLog::open(storage_, LogIndex(), LogIndex()).value()) {}

  RaftLog& operator*() { return log_; }
  RaftLog* operator->() { return &log_; }
  void begin(uint64_t seq) {
    std::vector<Entry> out;
    log_.begin_write(IoSeq(seq), out);
    storage_.append(out);
  }
  void finish(uint64_t seq) { log_.finish_write(IoSeq(seq)); }
  std::vector<Entry> take(uint64_t bytes_max = kNoLimit) {
    std::vector<Entry> out;
    EXPECT_EQ(log_.take_committed(bytes_max, out), Presence::Value);
    return out;
  }
  MemoryStorage& storage() { return storage_; }

 private:
  MemoryStorage storage_;
  RaftLog log_;
};

TEST(RaftLog, AcknowledgesAWriteOnlyAsFarAsNothingReplacedIt) {
  Log log;
  ASSERT_TRUE(log->merge({normal(1, 1), normal(2, 1), normal(3, 1)}).has_value());
  log.begin(1);
  ASSERT_TRUE(log->merge({normal(2, 2), normal(3, 2)}).has_value());
  log.begin(2);
  // The first write held other entries at 2 and 3.
  log.finish(1);
  EXPECT_EQ(log->durable(), LogIndex(1));
  log.finish(2);
  EXPECT_EQ(log->durable(), LogIndex(3));
  log->check_invariants();
}

TEST(RaftLog, ReadsAcrossMemoryAndStorage) {
  Log log;
  ASSERT_TRUE(log->merge({normal(1, 1), normal(2, 1)}).has_value());
  log.begin(1);
  log.finish(1);
  ASSERT_TRUE(log->merge({normal(3, 1), normal(4, 1)}).has_value());
  EXPECT_EQ(log->entries(LogIndex(1), LogIndex(4), kNoLimit).entries.size(), 4u);
  // One entry at least, whatever the limit.
  EXPECT_EQ(log->entries(LogIndex(2), LogIndex(4), 1).entries.size(), 1u);
  EXPECT_EQ(log->entries(LogIndex(3), LogIndex(4), 1).entries.size(), 1u);
  EXPECT_EQ(log->entries(LogIndex(3), LogIndex(5), kNoLimit).presence, Presence::Missing);
  EXPECT_EQ(log->entries(LogIndex(0), LogIndex(2), kNoLimit).presence, Presence::Compacted);
}

TEST(RaftLog, RefusesToReplaceWhatIsCommitted) {
  Log log;
  ASSERT_TRUE(log->merge({normal(1, 1), normal(2, 1)}).has_value());
  log->commit_to(LogIndex(1));
  const Status status = log->merge({normal(1, 2)});
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code(), ErrorCode::E1299);
  EXPECT_EQ(log->last(), LogIndex(2));
  // The same entries again are no news.
  EXPECT_TRUE(log->merge({normal(1, 1), normal(2, 1)}).has_value());
}

TEST(RaftLog, AppliesOnlyWhatIsDurableHereAndWithinTheLimit) {
  Log log;
  ASSERT_TRUE(log->merge({normal(1, 1), normal(2, 1), normal(3, 1)}).has_value());
  log->commit_to(LogIndex(3));
  EXPECT_TRUE(log.take().empty());
  log.begin(1);
  log.finish(1);
  // Two entries fill the limit; the third waits until they are applied.
  const uint64_t limit = 2 * cost_bytes(normal(1, 1));
  EXPECT_EQ(log.take(limit).size(), 2u);
  EXPECT_TRUE(log.take(limit).empty());
  log->note_applied(LogIndex(2));
  EXPECT_EQ(log.take(limit).size(), 1u);
  log->check_invariants();
}

TEST(RaftLog, ForgetsConfigurationsThatWereReplaced) {
  Log log;
  ASSERT_TRUE(log->merge({members(1, 1, {NodeId(1)}), members(2, 1, {NodeId(2)})}).has_value());
  ASSERT_EQ(log->pending().size(), 2u);
  ASSERT_TRUE(log->merge({normal(2, 2)}).has_value());
  ASSERT_EQ(log->pending().size(), 1u);
  log->commit_to(LogIndex(1));
  EXPECT_EQ(log->committed_configuration(), LogIndex(1));
  log.begin(1);
  log.finish(1);
  EXPECT_EQ(log.take().size(), 1u);
  log->note_applied(LogIndex(1));
  const auto applied = log->take_applied_configuration();
  ASSERT_TRUE(applied.has_value());
  EXPECT_EQ(applied->configuration.voters, NodeSet{NodeId(1)});
  EXPECT_FALSE(log->take_applied_configuration().has_value());
}

TEST(RaftLog, FindsPendingConfigurationsAgainAfterARestart) {
  Log log;
  ASSERT_TRUE(log->merge({normal(1, 1), members(2, 1, {NodeId(7)})}).has_value());
  log.begin(1);
  log.finish(1);
  auto again = RaftLog::open(log.storage(), LogIndex(1), LogIndex(2));
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again.value().commit(), LogIndex(2));
  ASSERT_EQ(again.value().pending().size(), 1u);
  EXPECT_EQ(again.value().pending().front().index, LogIndex(2));
  // A commit index beyond the log is a hint, a state machine beyond it is damage.
  EXPECT_EQ(RaftLog::open(log.storage(), LogIndex(1), LogIndex(9)).value().commit(), LogIndex(2));
  const auto damaged = RaftLog::open(log.storage(), LogIndex(3), LogIndex(3));
  ASSERT_FALSE(damaged.has_value());
  EXPECT_EQ(damaged.error().code(), ErrorCode::E1205);
}

TEST(RaftLog, RefusesAMalformedConfiguration) {
  Log log;
  const Entry malformed{LogIndex(1), Term(1), EntryKind::Config, Payload("?")};
  const Status status = log->merge({malformed});
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(log->last(), LogIndex(0));
  log->check_invariants();
}

TEST(RaftLog, StartsAnewAfterASnapshot) {
  Log log;
  ASSERT_TRUE(log->merge({normal(1, 1), members(2, 1, {NodeId(7)})}).has_value());
  log.begin(1);
  log->reset({LogIndex(9), Term(3)});
  EXPECT_EQ(log->last_position(), (LogPosition{LogIndex(9), Term(3)}));
  EXPECT_EQ(log->applied(), LogIndex(9));
  EXPECT_TRUE(log->pending().empty());
  // The write of what is gone says nothing.
  log.finish(1);
  EXPECT_EQ(log->durable(), LogIndex(9));
  ASSERT_TRUE(log->append(Term(3), EntryKind::Normal, Payload("y")).has_value());
  EXPECT_EQ(log->last(), LogIndex(10));
  log->check_invariants();
}

}  // namespace raft_log_test
}  // namespace zerodb::raft
