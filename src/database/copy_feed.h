// CopyFeed: reads the rows of COPY FROM in a thread of its own, one batch ahead of who takes them.
//
// So a file is read and its cells converted while the batch before is written. At most kAheadMax
// batches are in memory. Threading: next() belongs to one thread; the reader to the feed's own,
// which ends with the feed.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "exec/copy_reader.h"

namespace zerodb::database {

class CopyFeed {
 public:
  struct Item {
    exec::CopyBatch batch;
    std::optional<Error> failure;  // the file cannot be read behind the batch
  };

  explicit CopyFeed(std::unique_ptr<exec::CopyReader> reader);
  ~CopyFeed();
  CopyFeed(const CopyFeed&) = delete;
  CopyFeed& operator=(const CopyFeed&) = delete;

  // Nothing at the end. A failure comes with the last item.
  std::optional<Item> next();

 private:
  static constexpr size_t kAheadMax = 2;
  void read_all();

  std::unique_ptr<exec::CopyReader> reader_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Item> items_;   // guarded by mutex_, as all below
  bool is_done_ = false;     // the reader has come to its end
  bool is_dropped_ = false;  // nobody takes more
  std::thread thread_;       // last: it uses all above
};

}  // namespace zerodb::database
