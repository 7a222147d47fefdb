// Sequences: hands out the numbers of sequences, in blocks that are reserved in the store.
//
// A block is reserved by a small transaction of its own, so that drawing never makes the caller's
// transaction conflict and no number comes twice: what a crash or a rollback leaves unused is lost.
// A transaction that changes definitions, be it this sequence or another object, draws in itself.
// Whoever draws while a block is reserved waits for it.
// Threading: Sequences may be shared by all threads; SessionSequences belongs to its session.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

#include "catalog/facility.h"
#include "function/context.h"
#include "txn/transaction.h"

namespace zerodb::database {

class Session;

class Sequences {
 public:
  // E1010 after the last number, else what storage gives.
  Result<int64_t> next(txn::Router& router, DatabaseId database, const catalog::Facility& sequence);
  // Draws one number in this transaction.
  static Result<int64_t> next_in(txn::Transaction& transaction, DatabaseId database,
                                 const catalog::Facility& sequence);

 private:
  // Numbers that are reserved and not handed out.
  struct Block {
    int64_t next = 0;
    int64_t step = 1;
    int64_t left = 0;
  };
  using Key = std::pair<DatabaseId, uint32_t>;

  static Result<Block> reserve(txn::Transaction& transaction, DatabaseId database,
                               const catalog::Facility& sequence, int64_t count);
  static Result<Block> reserve_committed(txn::Router& router, DatabaseId database,
                                         const catalog::Facility& sequence);

  std::mutex mutex_;
  std::map<Key, Block> blocks_;
};

// The sequences as a session sees them: by name, in its database and transaction.
class SessionSequences final : public function::SequenceSource {
 public:
  explicit SessionSequences(Session& session) : session_(session) {}

  Result<int64_t> next(std::string_view name) override;
  Result<std::optional<int64_t>> current(std::string_view name) override;

 private:
  Result<const catalog::Facility*> find(std::string_view name) const;

  Session& session_;
  std::map<std::pair<DatabaseId, uint32_t>, int64_t> last_;
};

}  // namespace zerodb::database
