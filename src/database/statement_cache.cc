#include "database/statement_cache.h"

namespace zerodb::database {

PlannedPtr StatementCache::find(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->second;
}

void StatementCache::insert(std::string key, PlannedPtr planned) {
  const std::lock_guard lock(mutex_);
  if (const auto found = by_key_.find(key); found != by_key_.end()) {
    found->second->second = std::move(planned);
    return;
  }
  entries_.emplace_front(std::move(key), std::move(planned));
  by_key_.emplace(entries_.front().first, entries_.begin());
  if (entries_.size() <= kEntriesMax) return;
  by_key_.erase(entries_.back().first);
  entries_.pop_back();
}

std::vector<std::pair<std::string, PlannedPtr>> StatementCache::entries() {
  std::vector<std::pair<std::string, PlannedPtr>> all;
  const std::lock_guard lock(mutex_);
  // A key is the text, a zero byte and what else the plan depends on.
  for (const auto& [key, planned] : entries_)
    all.emplace_back(key.substr(0, key.find('\0')), planned);
  return all;
}

}  // namespace zerodb::database
