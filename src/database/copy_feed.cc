#include "database/copy_feed.h"

namespace zerodb::database {

CopyFeed::CopyFeed(std::unique_ptr<exec::CopyReader> reader)
    : reader_(std::move(reader)), thread_([this] { read_all(); }) {}

CopyFeed::~CopyFeed() {
  {
    const std::scoped_lock lock(mutex_);
    is_dropped_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void CopyFeed::read_all() {
  for (;;) {
    Item item;
    Status read = reader_->next(item.batch);
    if (!read) item.failure = std::move(read).error();
    const bool is_last = item.failure || item.batch.is_empty();
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return is_dropped_ || items_.size() < kAheadMax; });
    if (item.failure || !item.batch.is_empty()) items_.push_back(std::move(item));
    is_done_ = is_last;
    changed_.notify_all();
    if (is_last || is_dropped_) return;
  }
}

std::optional<CopyFeed::Item> CopyFeed::next() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return is_done_ || !items_.empty(); });
  if (items_.empty()) return std::nullopt;
  Item item = std::move(items_.front());
  items_.pop_front();
  changed_.notify_all();
  return item;
}

}  // namespace zerodb::database
