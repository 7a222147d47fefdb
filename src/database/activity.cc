#include "database/activity.h"

namespace zerodb::database {

Activity::Entry::Entry(Activity& owner, const function::SessionInfo& info, Datetime since)
    : owner_(owner) {
  activity_.id = info.id;
  activity_.since = since;
  end(info, std::nullopt, false);
  const std::lock_guard lock(owner_.mutex_);
  number_ = owner_.next_number_++;
  owner_.entries_.emplace(number_, this);
}

Activity::Entry::~Entry() {
  const std::lock_guard lock(owner_.mutex_);
  owner_.entries_.erase(number_);
}

void Activity::Entry::begin(std::string_view statement) {
  const std::lock_guard lock(mutex_);
  activity_.is_running = true;
  activity_.statement = statement;
}

void Activity::Entry::end(const function::SessionInfo& info,
                          std::optional<OpenTransaction> transaction, bool is_read) {
  const std::lock_guard lock(mutex_);
  activity_.is_running = is_read;
  activity_.user = info.user;
  activity_.name_space = info.name_space;
  activity_.database = info.database;
  activity_.address = info.address;
  activity_.transaction = transaction;
}

void Activity::Entry::finish() {
  const std::lock_guard lock(mutex_);
  activity_.is_running = false;
}

std::vector<SessionActivity> Activity::sessions() const {
  std::vector<SessionActivity> all;
  const std::lock_guard lock(mutex_);
  for (const auto& [number, entry] : entries_) {
    const std::lock_guard entry_lock(entry->mutex_);
    all.push_back(entry->activity_);
  }
  return all;
}

}  // namespace zerodb::database
