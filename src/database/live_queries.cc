#include "database/live_queries.h"

#include "base/bytes.h"
#include "catalog/store_codec.h"

namespace zerodb::database {

using storage::Family;

void LiveQueries::add(const Ptr& query, SpaceId space) {
  const std::lock_guard lock(mutex_);
  queries_[query->id()] = {query, space};
  count_.store(queries_.size(), std::memory_order_release);
}

LiveQueries::Ptr LiveQueries::find(const Uuid& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = queries_.find(id);
  return found == queries_.end() ? nullptr : found->second.query;
}

std::vector<LiveActivity> LiveQueries::activities(int64_t now_ms) const {
  const std::lock_guard lock(mutex_);
  std::vector<LiveActivity> found;
  for (const auto& [id, watched] : queries_) {
    if (!watched.query->is_ended()) found.push_back(watched.query->activity(now_ms));
  }
  return found;
}

bool LiveQueries::end(const Uuid& id) {
  Ptr query;
  {
    const std::lock_guard lock(mutex_);
    const auto found = queries_.find(id);
    if (found == queries_.end()) return false;
    query = std::move(found->second.query);
    queries_.erase(found);
    count_.store(queries_.size(), std::memory_order_release);
  }
  query->end();
  return true;
}

void LiveQueries::on_commit(Timestamp at, const std::vector<mvcc::Write>& writes) {
  if (count_.load(std::memory_order_acquire) == 0) return;
  const std::lock_guard lock(mutex_);
  for (const auto& [id, watched] : queries_) {
    std::string prefix;
    put_be(prefix, watched.space.value());
    const std::string version = catalog::database_version_key(watched.query->database());
    const std::string root = catalog::root_version_key();
    std::vector<std::string> keys;
    bool defines = false;
    for (const mvcc::Write& write : writes) {
      if (write.family == Family::Row && write.key.starts_with(prefix)) {
        keys.push_back(write.key.substr(prefix.size()));
      } else if (write.family == Family::Meta) {
        defines = defines || write.key == version || write.key == root;
      }
    }
    if (keys.empty() && !defines) {
      watched.query->on_other_commit(at);
    } else {
      watched.query->on_commit(at, std::move(keys), defines);
    }
  }
}

}  // namespace zerodb::database
