#include "mvcc/collector.h"

#include <string_view>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "base/store_fault.h"

namespace zerodb::mvcc {
namespace {

struct Tombstone {
  Family family;
  std::string key;
  Timestamp at;
};

}  // namespace

Result<CollectStep> Collector::step(Committer& committer, Timestamp floor, size_t entries_max) {
  ASSERT(floor <= committer.last_commit());
  CollectStep step;
  storage::WriteBatch batch;
  std::vector<Tombstone> tombstones;
  const auto entries =
      engine_.iterate(Family::History, {position_, {}}, Direction::Forward, nullptr);
  while (step.examined < entries_max) {
    const Entry* const entry = entries->next();
    if (entry == nullptr) {
      TRY(entries->status());
      step.is_complete = true;
      break;
    }
    ++step.examined;
    position_.assign(entry->key).push_back('\0');
    auto where = parse_history_key(entry->key);
    const auto version = parse_version(entry->value);
    if (!where || !version) return Error(ErrorCode::E1205, "an entry of the history is damaged");
    const uint64_t above = planted(StoreFault::FloorOffByOne) ? 1 : 0;
    if (version->at.raw() > floor.raw() + above) continue;
    batch.erase(Family::History, entry->key);
    if (version->replaced_by_tombstone) {
      tombstones.push_back({where->family, std::move(where->key), version->at});
    }
  }
  if (step.is_complete) position_.clear();
  step.removed = batch.size();
  std::string buffer;
  for (const Tombstone& tombstone : tombstones) {
    const Lookup found = TRY(get_newest(engine_, tombstone.family, tombstone.key, buffer));
    // A later version took the tombstone's place: then the tombstone is in the history, where the
    // walk meets it.
    const bool is_other = found.presence != Presence::Deleted || found.at != tombstone.at;
    if (is_other && !planted(StoreFault::FreedRevivedKey)) continue;
    batch.erase(tombstone.family, tombstone.key);
    ++step.removed;
  }
  if (!batch.is_empty()) TRY(committer.collect(batch, floor));
  return step;
}

}  // namespace zerodb::mvcc
