// Transaction: a snapshot, the writes laid over it, and the record of what was read.
//
// Reads see the snapshot with the transaction's own writes on top. Under SERIALIZABLE every key and
// range that was read is recorded and validated at commit; a scan that is cut short records only
// what it covered. Under SNAPSHOT so are only reads under a ReadGuard. Nothing reaches the store
// before commit. A transaction that is destroyed uncommitted is rolled back. Threading: belongs to
// one thread at a time. Cursors must not outlive it, and end before commit or rollback.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/timestamp.h"
#include "mvcc/commit.h"
#include "mvcc/reader.h"
#include "storage/engine.h"
#include "txn/router.h"

namespace zerodb::txn {

using mvcc::Isolation;
using storage::Direction;
using storage::Durability;
using storage::Entry;
using storage::Family;
using storage::Range;

enum class Access : uint8_t {
  ReadWrite,
  ReadOnly,
  // For a statement that makes one point read: get() answers with the newest commit and takes no
  // snapshot.
  SingleRead,
};

struct TransactionOptions {
  Isolation isolation = Isolation::Serializable;
  Access access = Access::ReadWrite;
  Durability durability = Durability::Synced;
  // The snapshot to read, which somebody holds; without it the newest. For reading only.
  std::optional<Timestamp> read_at = {};
};

class ScanCursor;
using SavepointId = uint64_t;

class Transaction {
 public:
  // Costs nothing until the first read, which fixes the snapshot. The router is borrowed.
  static Transaction begin(Router& router, TransactionOptions options) {
    return Transaction(router, options);
  }
  Transaction(Transaction&& other) noexcept;
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  bool is_open() const { return state_ == State::Open; }
  bool has_writes() const;
  // Bytes of keys and payloads that are to be written.
  size_t pending_bytes() const { return pending_bytes_; }
  // The keys that it has written so far.
  size_t write_count() const;
  const TransactionOptions& options() const { return options_; }
  // Fixes the snapshot if no read has done so yet.
  Result<Timestamp> read_timestamp();
  // Whether what a transaction beside it reads of the same snapshot is all that this one would
  // see, and nobody has to know of it: nothing is written, and reads are not validated.
  bool can_be_read_beside() const { return !has_writes() && !records_reads(); }
  // A transaction that reads the same snapshot, for another thread; it must end first.
  Result<Transaction> reader_beside();

  // The payload, or nothing. It points into `buffer`, or at the pending write, and is valid until
  // either changes.
  Result<std::optional<std::string_view>> get(Family family, std::string_view key,
                                              std::string& buffer);
  // When what get() gives was committed: nothing if that is nothing or this transaction's own
  // write.
  Result<std::optional<Timestamp>> committed_at(Family family, std::string_view key);
  // One answer a key. Keys in ascending order are read fastest.
  Status multi_get(Family family, std::span<const std::string_view> keys, storage::ValueList& out);
  std::unique_ptr<ScanCursor> scan(Family family, const Range& range, Direction direction);

  // Whether the transaction has written in the range.
  bool has_writes_in(Family family, const Range& range) const;
  // The caller has read the range elsewhere, as the snapshot has it: it counts as if it were read
  // here.
  void note_read(Family family, Range range);

  // How many records lie under the 8 bytes of a table's space, where that is known without reading
  // them: not if the transaction writes there, nor if a commit did since the snapshot. The answer
  // counts as a read of them all.
  Result<std::optional<uint64_t>> row_count(std::string_view space);

  // Whether it read records or entries, as far as reads are validated, besides those under keys
  // that it writes.
  bool reads_beside_writes() const;
  // Before the first write, for a transaction whose writes are to go into the store in another way:
  // the space is known to hold no records, so none is looked for, and index entries are kept in the
  // order of their coming and are not found by reads. reads_beside_writes() tells of such reads.
  void start_load(std::string_view empty_space);
  struct LoadWrites {
    std::vector<mvcc::Write> writes;  // sorted by family and key
    storage::WriteBatch entries;
  };
  // Takes the writes out; the transaction has none any more.
  LoadWrites take_writes();
  // A bulk load put so many records where the writes of this transaction lead readers.
  void note_loaded(SpaceId space, uint64_t rows) { loaded_.push_back({space.value(), rows}); }

  // E0805 in a read-only transaction, E1106 above the limit of 64 MiB.
  Status put(Family family, std::string_view key, std::string_view payload);
  Status erase(Family family, std::string_view key);

  SavepointId savepoint();
  // Undoes every write since the savepoint, which stays; later savepoints are gone. Reads stay
  // recorded.
  void rollback_to(SavepointId id);
  // Forgets the savepoint and later ones; the writes stay.
  void release(SavepointId id);

  // Ends the transaction, whatever the result. Without writes it always succeeds, with the read
  // timestamp.
  Result<Timestamp> commit();
  void rollback();

 private:
  friend class ReadGuard;
  friend class ScanCursor;
  enum class State : uint8_t { Open, Ended };
  struct Pending {
    mvcc::WriteKind kind;
    std::string payload;
  };
  using PendingMap = std::map<std::string, Pending, std::less<>>;
  struct Undo {
    Family family;
    std::string key;
    std::optional<Pending> before;
  };
  struct Savepoint {
    SavepointId id;
    size_t undo_size;
  };

  Transaction(Router& router, TransactionOptions options) : router_(&router), options_(options) {}

  Result<mvcc::SnapshotReader*> reader();
  bool records_reads() const {
    return options_.access == Access::ReadWrite &&
           (options_.isolation == Isolation::Serializable || guards_ > 0);
  }
  const Pending* find_pending(Family family, std::string_view key) const;
  Status write(Family family, std::string_view key, mvcc::WriteKind kind, std::string_view payload);
  Status add_load_entry(std::string_view key, std::string_view payload);
  mvcc::CommitRequest build_request();
  void end();

  Router* router_;
  TransactionOptions options_;
  State state_ = State::Open;
  std::unique_ptr<mvcc::SnapshotReader> reader_;

  std::array<PendingMap, storage::kFamilyCount> pending_;
  size_t pending_bytes_ = 0;
  uint32_t guards_ = 0;
  std::vector<Undo> undo_;
  std::vector<Savepoint> savepoints_;
  SavepointId next_savepoint_ = 1;

  mvcc::KeyList read_keys_;
  std::vector<mvcc::ReadRange> read_ranges_;
  std::vector<mvcc::LoadedRows> loaded_;
  std::string empty_space_;  // of a load; empty: it is none
  storage::WriteBatch load_entries_;
  std::vector<ScanCursor*> open_cursors_;
};

// While it lives, reads are validated at commit under every isolation: those that definitions and
// constraints rest on. Cursors are guarded from their creation.
class ReadGuard {
 public:
  explicit ReadGuard(Transaction& transaction) : transaction_(transaction) {
    ++transaction_.guards_;
  }
  ReadGuard(const ReadGuard&) = delete;
  ReadGuard& operator=(const ReadGuard&) = delete;
  ~ReadGuard() { --transaction_.guards_; }

 private:
  Transaction& transaction_;
};

// Walks a range of a transaction: its snapshot with its own writes on top, also those made while it
// walks.
class ScanCursor {
 public:
  ScanCursor(const ScanCursor&) = delete;
  ScanCursor& operator=(const ScanCursor&) = delete;
  ~ScanCursor();

  // The next key and its payload; null at the end or after a failure, which `status` tells apart.
  // Views are valid until the next call, or until the transaction writes that key.
  [[nodiscard]] const Entry* next();
  Status status() const;
  // When the entry that next() gave last was committed; a write of the transaction itself comes
  // after everything.
  Timestamp committed_at() const { return committed_at_; }

 private:
  friend class Transaction;
  using PendingEntry = Transaction::PendingMap::value_type;
  // How far the caller has seen.
  enum class Reach : uint8_t { Nothing, Key, Everything };

  ScanCursor(Transaction& transaction, Family family, const Range& range, Direction direction);
  void record_covered();
  void fetch_base();
  const PendingEntry* find_own() const;
  bool comes_first(std::string_view own, std::string_view base) const;

  Transaction& transaction_;
  Family family_;
  Range range_;
  Direction direction_;
  bool records_;
  std::unique_ptr<mvcc::Cursor> base_;
  // The entry of the snapshot that comes next, if it was fetched already.
  const Entry* base_entry_ = nullptr;
  bool is_base_done_ = false;
  Reach reach_ = Reach::Nothing;
  std::string last_key_;
  std::optional<Error> error_;
  Entry current_;
  Timestamp committed_at_;
};

}  // namespace zerodb::txn
