// DiskFile: a file on a simulated disk, for a LogFile. What was not synced may be lost in a crash:
// as a whole, from any byte on, or sectors of it in any choice, as a disk that reorders its writes
// leaves it. A sync can be made to fail, and the disk to be full.
//
// Threading: belongs to one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/random.h"
#include "raft/log_file.h"

namespace zerodb::sim {

// How often each of it happened.
struct DiskCounts {
  uint64_t syncs = 0;
  // Readys that became durable by them.
  uint64_t writes = 0;
  uint64_t lost = 0;       // nothing was left of what was not synced
  uint64_t torn = 0;       // it ended somewhere in the middle
  uint64_t reordered = 0;  // later sectors were there, earlier ones were not
  uint64_t failed_syncs = 0;
  uint64_t refused_writes = 0;  // because the disk was full

  void add(const DiskCounts& other);
};

class DiskFile final : public raft::AppendFile {
 public:
  explicit DiskFile(DiskCounts& counts) : counts_(&counts) {}

  Status append(std::string_view bytes) override;
  Status sync() override;
  Result<std::string> read_all() const override { return contents_; }
  Status replace(std::string_view bytes) override;

  void cut_power(Random& random);
  // The next sync fails, and makes nothing durable.
  void fail_next_sync() { is_sync_failing_ = true; }
  void set_full(bool is_full) { is_full_ = is_full; }
  bool is_full() const { return is_full_; }

 private:
  DiskCounts* counts_;
  std::string contents_;
  size_t durable_ = 0;
  bool is_sync_failing_ = false;
  bool is_full_ = false;
};

}  // namespace zerodb::sim
