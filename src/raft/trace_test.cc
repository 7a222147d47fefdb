#include "raft/trace.h"

#include <gtest/gtest.h>

#include "raft/memory_storage.h"

namespace zerodb::raft {
namespace trace_test {

TEST(Trace, TellsTheInputTheStateAfterItAndWhatIsSent) {
  MemoryStorage storage;
  Options options;
  options.id = NodeId(1);
  options.pre_vote = false;
  Persisted persisted;
  persisted.configuration.voters = {NodeId(1), NodeId(2)};
  Core core = Core::open(options, persisted, storage, storage, 1).value();
  const Input campaign = StartCampaign{};
  ASSERT_TRUE(core.step(campaign).has_value());
  const Ready ready = core.take();
  EXPECT_EQ(
      trace_line(1, core, campaign, ready),
      R"({"seq":1,"node":1,"event":"StartCampaign","state":{"role":"candidate","term":1,"vote":1,)"
      R"("leader":0,"last":{"index":0,"term":0},"durable":0,"commit":0,"applied":0,"voters":[1,2],)"
      R"("outgoing":[],"learners":[],"pending":0},"sent":[{"to":2,"name":"VoteRequest","term":1,)"
      R"("after":1}]})");
  Append entries;
  entries.entries = {{LogIndex(1), Term(3), EntryKind::Noop, {}}};
  const Input append = Message{NodeId(2), NodeId(1), Term(3), entries};
  ASSERT_TRUE(core.step(append).has_value());
  const Ready after = core.take();
  EXPECT_EQ(
      trace_line(2, core, append, after),
      R"({"seq":2,"node":1,"event":"Append","from":2,"message":{"term":3,"previous":{"index":0,)"
      R"("term":0},"entries":[{"index":1,"term":3}],"commit":0},"state":{"role":"follower","term":3,)"
      R"("vote":0,"leader":2,"last":{"index":1,"term":3},"durable":0,"commit":0,"applied":0,)"
      R"("voters":[1,2],"outgoing":[],"learners":[],"pending":0},"sent":[{"to":2,)"
      R"("name":"AppendReply","term":3,"after":2}]})");
}

}  // namespace trace_test
}  // namespace zerodb::raft
