#include "database/sequences.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "base/assert.h"
#include "catalog/store_codec.h"
#include "database/database.h"
#include "database/session.h"
#include "value/number_text.h"
#include "zeroql/suggest.h"

namespace zerodb::database {
namespace {

constexpr int64_t kCacheDefault = 32;
constexpr int kAttemptsMax = 1000;

// An option as its definition has it; the checker has seen that it is a whole number.
int64_t option(const catalog::Facility& sequence, const std::string& name, int64_t otherwise) {
  const auto found = sequence.options.find(name);
  if (found == sequence.options.end()) return otherwise;
  const auto number = parse_int128(found->second);
  ASSERT(number.has_value());
  return static_cast<int64_t>(*number);
}

// State of a sequence: [next i64, little-endian][1 when there is none].
struct State {
  int64_t next = 0;
  bool is_exhausted = false;
};

constexpr size_t kStateBytes = 9;

std::string encode(const State& state) {
  std::string bytes(kStateBytes, '\0');
  std::memcpy(bytes.data(), &state.next, sizeof state.next);
  bytes[8] = state.is_exhausted ? 1 : 0;
  return bytes;
}

Result<State> decode(std::string_view bytes) {
  if (bytes.size() != kStateBytes)
    return Error(ErrorCode::E1205, "the state of a sequence cannot be read");
  State state;
  std::memcpy(&state.next, bytes.data(), sizeof state.next);
  state.is_exhausted = bytes[8] != 0;
  return state;
}

}  // namespace

Result<Sequences::Block> Sequences::reserve(txn::Transaction& transaction, DatabaseId database,
                                            const catalog::Facility& sequence, int64_t count) {
  using Limits = std::numeric_limits<int64_t>;
  const std::string key = catalog::sequence_state_key(database, sequence.id);
  std::string buffer;
  const auto stored = TRY(transaction.get(storage::Family::Meta, key, buffer));
  State state{option(sequence, "start", 1), false};
  if (stored) state = TRY(decode(*stored));
  if (state.is_exhausted)
    return Error(ErrorCode::E1010, "sequence `" + sequence.name + "` has no more numbers");

  Block block{state.next, option(sequence, "step", 1), 0};
  const i128 end = block.step > 0 ? i128{Limits::max()} : i128{Limits::min()};
  const i128 numbers = (end - block.next) / block.step + 1;
  block.left = static_cast<int64_t>(std::min(i128{count}, numbers));
  const i128 behind = i128{block.next} + i128{block.left} * block.step;
  state.is_exhausted = behind < Limits::min() || behind > Limits::max();
  if (!state.is_exhausted) state.next = static_cast<int64_t>(behind);
  TRY(transaction.put(storage::Family::Meta, key, encode(state)));
  return block;
}

Result<Sequences::Block> Sequences::reserve_committed(txn::Router& router, DatabaseId database,
                                                      const catalog::Facility& sequence) {
  for (int attempt = 1;; ++attempt) {
    auto transaction = txn::Transaction::begin(router, {});
    const Block block =
        TRY(reserve(transaction, database, sequence, option(sequence, "cache", kCacheDefault)));
    const auto committed = transaction.commit();
    if (committed.has_value()) return block;
    // Somebody who draws in a transaction of his own was first.
    if (committed.error().code() != ErrorCode::E0801 || attempt == kAttemptsMax)
      return committed.error();
  }
}

Result<int64_t> Sequences::next(txn::Router& router, DatabaseId database,
                                const catalog::Facility& sequence) {
  const std::lock_guard lock(mutex_);
  Block& block = blocks_[{database, sequence.id}];
  // A new step counts from where the last block ended.
  if (block.left == 0 || block.step != option(sequence, "step", 1))
    block = TRY(reserve_committed(router, database, sequence));
  const int64_t number = block.next;
  if (--block.left > 0) block.next += block.step;
  return number;
}

Result<int64_t> Sequences::next_in(txn::Transaction& transaction, DatabaseId database,
                                   const catalog::Facility& sequence) {
  const Block block = TRY(reserve(transaction, database, sequence, 1));
  return block.next;
}

Result<const catalog::Facility*> SessionSequences::find(std::string_view name) const {
  using Kind = catalog::Facility::Kind;
  const catalog::Schema& schema = *session_.schema_;
  const catalog::Facility* found = schema.find_facility(Kind::Sequence, name);
  if (found != nullptr) return found;
  Error error(ErrorCode::E0207, "unknown sequence `" + std::string(name) + "`");
  std::vector<std::string> names;
  for (const catalog::Facility& each : schema.facilities()) {
    if (each.kind == Kind::Sequence) names.push_back(each.name);
  }
  const auto near = zeroql::suggest(name, std::span<const std::string>(names));
  if (!near) return error;
  return std::move(error).with_help("did you mean `" + *near + "`?");
}

Result<int64_t> SessionSequences::next(std::string_view name) {
  const catalog::Facility* sequence = TRY(find(name));
  const DatabaseId database = session_.current_;
  int64_t number = 0;
  if (session_.in_transaction() &&
      session_.transaction_->options().access == txn::Access::ReadOnly) {
    return Error(ErrorCode::E0805, "this transaction is READ ONLY and may not draw numbers");
  }
  if (session_.in_transaction() && session_.has_definitions_) {
    number = TRY(Sequences::next_in(*session_.transaction_, database, *sequence));
  } else {
    number =
        TRY(session_.database_.sequences_.next(*session_.database_.router_, database, *sequence));
  }
  last_[{database, sequence->id}] = number;
  return number;
}

Result<std::optional<int64_t>> SessionSequences::current(std::string_view name) {
  const catalog::Facility* sequence = TRY(find(name));
  const auto last = last_.find({session_.current_, sequence->id});
  return last == last_.end() ? std::optional<int64_t>() : std::optional(last->second);
}

}  // namespace zerodb::database
