// RowCounts: how many records each space holds, exactly, kept in the store with every commit.
//
// Family System, "rows/" [space u64 BE] → [records u64 LE][last commit that changed them u64 LE].
// A store from before they were kept has none, and gets none. Threading: belongs to one thread at a
// time, as its Committer does; reading goes by an engine snapshot and needs no object.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"
#include "base/timestamp.h"
#include "storage/engine.h"

namespace zerodb::mvcc {

class RowCounts {
 public:
  // `is_new`: nothing was ever committed to the store.
  static Result<RowCounts> open(storage::Engine& engine, bool is_new);

  // Has the count of the record's space at hand, so that what follows cannot fail.
  Status load(std::string_view record_key);
  // A record came (1) or went (-1) in a commit that is staged.
  void stage(std::string_view record_key, int64_t difference);
  // Adds what is staged to the batch. `at` is the last commit of the batch.
  void put(storage::WriteBatch& batch, Timestamp at) const;
  // What was staged is in the store, or is not.
  void settle(bool is_written);

 private:
  RowCounts() = default;
  // Keys of tables are never so short.
  bool is_counted(std::string_view record_key) const {
    return counts_ && record_key.size() >= sizeof(uint64_t);
  }

  storage::Engine* engine_ = nullptr;
  bool counts_ = false;
  bool is_stamped_ = false;
  std::unordered_map<uint64_t, uint64_t> known_;
  std::unordered_map<uint64_t, int64_t> staged_;
};

// The records under `space`, the first 8 bytes of their keys, as a reader at `read_at` sees them.
// Nothing where only counting tells: they changed since, or no count is kept.
Result<std::optional<uint64_t>> count_of_rows(storage::Engine& engine,
                                              const storage::Snapshot* snapshot, Timestamp read_at,
                                              std::string_view space);
// Where the counts of all spaces whose ids begin so lie, in family System.
storage::Range counts_range(std::string_view space_prefix);

}  // namespace zerodb::mvcc
