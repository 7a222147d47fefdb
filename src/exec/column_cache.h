// ColumnCache: columns of stored records in memory, as they were at some commit, for scans of whole
// tables.
//
// The records are the truth; what is here is derived from them and may go at any time. A chunk
// holds some columns of all records in a range of keys, as a snapshot saw them. It answers for
// every snapshot from then up to the first commit that writes in its range: the cache sees each
// commit before a snapshot does and marks the chunks that it touches. Chunks are made by scans as
// they pass by: the first scan of a table has it watched, later ones fill it. A chunk that changes
// again and again without being used is made ever more rarely. Memory is bounded: what was not used
// for a while makes room, otherwise there is none. Threading: may be shared by all threads; chunks
// are immutable.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "base/timestamp.h"
#include "exec/packed_column.h"
#include "sema/query.h"
#include "txn/commit_observer.h"

namespace zerodb::exec {

// What a column shows, apart from where it stands in a plan.
struct CachedColumnKey {
  sema::SourceColumn::Kind kind;
  uint32_t index = 0;
  std::string name;
  Type type;
  bool operator==(const CachedColumnKey&) const = default;
};

struct ColumnChunk {
  std::string begin;  // keys of the store, with the table
  std::string end;    // exclusive
  uint32_t rows = 0;
  std::vector<std::pair<CachedColumnKey, std::shared_ptr<const PackedColumn>>> columns;

  // Null where the chunk does not have it.
  const PackedColumn* find(const CachedColumnKey& key) const;
  size_t bytes() const;
};
using ChunkPtr = std::shared_ptr<const ColumnChunk>;

class ColumnCache final : public txn::CommitObserver {
 public:
  // `last_commit` is the newest commit in the store.
  ColumnCache(size_t bytes_max, Timestamp last_commit)
      : bytes_max_(bytes_max), last_commit_(last_commit) {}

  void on_commit(Timestamp at, const std::vector<mvcc::Write>& writes) override;

  // Has the table watched from now on. False: a snapshot at `read_at` under `schema` can neither
  // use nor fill what is here.
  bool watch(SpaceId table, SchemaVersion schema, Timestamp read_at);

  struct Found {
    ChunkPtr chunk;         // null: the records have to be read
    std::string limit;      // where the next chunk begins, or the end of this one; empty: nowhere
    bool may_fill = false;  // a chunk made of the records up to the limit is welcome
  };
  // What begins at a key, for a snapshot, if it has all the columns.
  Found find(SpaceId table, SchemaVersion schema, Timestamp read_at, const std::string& begin,
             const std::vector<CachedColumnKey>& columns);
  // Whether find() would give a chunk there.
  bool has(SpaceId table, SchemaVersion schema, Timestamp read_at, const std::string& begin,
           const std::vector<CachedColumnKey>& columns);
  // Takes a chunk as `read_at` saw it, unless its range is empty.
  void put(SpaceId table, SchemaVersion schema, Timestamp read_at, ColumnChunk chunk);

  size_t bytes() const;

 private:
  struct Held {
    ChunkPtr chunk;
    Timestamp as_of;
    Timestamp changed_at = Timestamp::max();  // the first commit after as_of that wrote here
    uint64_t used_in = 0;                     // the last scan that used it
    uint32_t uses = 0;
    uint32_t wasted = 0;    // times in a row that it changed before it was used
    uint32_t skip_for = 0;  // scans that pass before it is made again
  };
  struct Watched {
    SchemaVersion schema;
    Timestamp since;                                       // commits after it are known
    std::map<std::string, Held> chunks;                    // by begin; apart
    std::deque<std::pair<Timestamp, std::string>> recent;  // commits since, by key
  };

  static bool answers(const Held& held, Timestamp read_at,
                      const std::vector<CachedColumnKey>& columns);
  Watched* find_watched(SpaceId table, SchemaVersion schema, Timestamp read_at);
  void remember(Watched& table, Timestamp at, const std::string& key);
  void erase(Watched& table, std::map<std::string, Held>::iterator held);
  bool make_room(size_t bytes);

  const size_t bytes_max_;
  mutable std::mutex mutex_;  // guards what follows
  Timestamp last_commit_;
  std::unordered_map<uint64_t, Watched> tables_;
  size_t bytes_ = 0;
  uint64_t scans_ = 0;
};

}  // namespace zerodb::exec
