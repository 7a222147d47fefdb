#include "storage/rocks_engine.h"

#include <rocksdb/convenience.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "storage/rocks_bulk.h"
#include "storage/rocks_status.h"
#include "storage/rocks_store.h"

namespace zerodb::storage {
namespace {

rocksdb::Slice slice(std::string_view bytes) {
  return {bytes.data(), bytes.size()};
}
std::string_view view(const rocksdb::Slice& bytes) {
  return {bytes.data(), bytes.size()};
}

class RocksSnapshot final : public Snapshot {
 public:
  explicit RocksSnapshot(rocksdb::DB& db) : db_(db), handle_(db.GetSnapshot()) {}
  RocksSnapshot(const RocksSnapshot&) = delete;
  RocksSnapshot& operator=(const RocksSnapshot&) = delete;
  ~RocksSnapshot() override { db_.ReleaseSnapshot(handle_); }
  const rocksdb::Snapshot* handle() const { return handle_; }

 private:
  rocksdb::DB& db_;
  const rocksdb::Snapshot* handle_;
};

rocksdb::ReadOptions read_options(const Snapshot* snapshot) {
  rocksdb::ReadOptions options;
  if (snapshot != nullptr) options.snapshot = static_cast<const RocksSnapshot*>(snapshot)->handle();
  return options;
}

class RocksIterator final : public Iterator {
 public:
  RocksIterator(RocksStore& store, Family family, Range range, Direction direction,
                const Snapshot* snapshot)
      : range_(std::move(range)),
        direction_(direction),
        begin_(slice(range_.begin)),
        end_(slice(range_.end)) {
    rocksdb::ReadOptions options = read_options(snapshot);
    if (!range_.begin.empty()) options.iterate_lower_bound = &begin_;
    if (!range_.end.empty()) options.iterate_upper_bound = &end_;
    base_.reset(store.db().NewIterator(options, store.handle(family)));
  }
  RocksIterator(const RocksIterator&) = delete;
  RocksIterator& operator=(const RocksIterator&) = delete;

  const Entry* next() override {
    switch (position_) {
      case Position::Before:
        if (direction_ == Direction::Forward) {
          base_->SeekToFirst();
        } else {
          base_->SeekToLast();
        }
        position_ = Position::On;
        break;
      case Position::On:
        if (!base_->Valid()) return nullptr;
        if (direction_ == Direction::Forward) {
          base_->Next();
        } else {
          base_->Prev();
        }
        break;
      case Position::Sought:
        position_ = Position::On;
        break;
    }
    if (!base_->Valid()) return nullptr;
    entry_ = {view(base_->key()), view(base_->value())};
    return &entry_;
  }

  void seek(std::string_view key) override {
    if (direction_ == Direction::Forward) {
      base_->Seek(slice(std::max(key, std::string_view(range_.begin))));
    } else if (!range_.end.empty() && key >= range_.end) {
      base_->SeekToLast();
    } else {
      base_->SeekForPrev(slice(key));
    }
    position_ = Position::Sought;
  }

  Status status() const override { return to_status(base_->status()); }

 private:
  enum class Position : uint8_t { Before, On, Sought };
  Range range_;
  Direction direction_;
  rocksdb::Slice begin_;
  rocksdb::Slice end_;
  std::unique_ptr<rocksdb::Iterator> base_;
  Position position_ = Position::Before;
  Entry entry_;
};

class EmptyIterator final : public Iterator {
 public:
  const Entry* next() override { return nullptr; }
  void seek(std::string_view /*key*/) override {}
  Status status() const override { return ok_status(); }
};

}  // namespace

RocksEngine::RocksEngine(std::unique_ptr<RocksStore> store) : store_(std::move(store)) {}
RocksEngine::~RocksEngine() = default;

Result<std::unique_ptr<RocksEngine>> RocksEngine::open(const RocksOptions& options) {
  std::unique_ptr<RocksStore> store = TRY(RocksStore::open(options));
  return std::unique_ptr<RocksEngine>(new RocksEngine(std::move(store)));
}

Status RocksEngine::write(const WriteBatch& batch, WriteOptions options) {
  if (batch.is_empty()) return ok_status();
  constexpr size_t kOverheadBytes = 16;
  rocksdb::WriteBatch out(batch.byte_count() + (batch.size() + 1) * kOverheadBytes);
  TRY(store_->begin(out));
  for (size_t i = 0; i < batch.size(); ++i) {
    const WriteBatch::Operation operation = batch[i];
    rocksdb::ColumnFamilyHandle* const handle = store_->handle(operation.family);
    const rocksdb::Status added =
        operation.kind == WriteBatch::Kind::Put
            ? out.Put(handle, slice(operation.key), slice(operation.value))
            : out.Delete(handle, slice(operation.key));
    TRY(to_status(added));
  }
  return store_->write(out, options.durability);
}

Result<bool> RocksEngine::get(Family family, std::string_view key, const Snapshot* snapshot,
                              std::string& out) {
  const rocksdb::Status found =
      store_->db().Get(read_options(snapshot), store_->handle(family), slice(key), &out);
  if (found.ok()) return true;
  if (found.IsNotFound()) return false;
  return rocks_error(found);
}

Status RocksEngine::multi_get(Family family, std::span<const std::string_view> keys,
                              const Snapshot* snapshot, ValueList& out) {
  // All pieces have to see one state.
  std::unique_ptr<RocksSnapshot> own;
  constexpr size_t kPieceKeys = 64;
  if (snapshot == nullptr && keys.size() > kPieceKeys) {
    own = std::make_unique<RocksSnapshot>(store_->db());
    snapshot = own.get();
  }
  out.clear();
  const rocksdb::ReadOptions options = read_options(snapshot);
  const bool is_sorted = std::is_sorted(keys.begin(), keys.end());
  std::array<rocksdb::Slice, kPieceKeys> slices;
  std::array<rocksdb::PinnableSlice, kPieceKeys> values;
  std::array<rocksdb::Status, kPieceKeys> statuses;
  for (size_t begin = 0; begin < keys.size(); begin += kPieceKeys) {
    const size_t count = std::min(kPieceKeys, keys.size() - begin);
    for (size_t i = 0; i < count; ++i) slices[i] = slice(keys[begin + i]);
    store_->db().MultiGet(options, store_->handle(family), count, slices.data(), values.data(),
                          statuses.data(), is_sorted);
    for (size_t i = 0; i < count; ++i) {
      if (statuses[i].ok()) {
        out.add(view(values[i]));
      } else if (statuses[i].IsNotFound()) {
        out.add_missing();
      } else {
        return rocks_error(statuses[i]);
      }
      values[i].Reset();
    }
  }
  return ok_status();
}

std::unique_ptr<Snapshot> RocksEngine::snapshot() {
  return std::make_unique<RocksSnapshot>(store_->db());
}

std::unique_ptr<Iterator> RocksEngine::iterate(Family family, const Range& range,
                                               Direction direction, const Snapshot* snapshot) {
  if (range.is_empty()) return std::make_unique<EmptyIterator>();
  return std::make_unique<RocksIterator>(*store_, family, range, direction, snapshot);
}

Result<std::unique_ptr<BulkWriter>> RocksEngine::bulk_writer() {
  return std::unique_ptr<BulkWriter>(std::make_unique<RocksBulkWriter>(*store_));
}

Status RocksEngine::drop_range(Family family, const Range& range) {
  if (range.is_empty()) return ok_status();
  TRY(store_->check_writable());
  rocksdb::ColumnFamilyHandle* const handle = store_->handle(family);
  const rocksdb::Slice begin = slice(range.begin);
  const rocksdb::Slice end = slice(range.end);
  // Whole files go at once; only what shares a file with living ranges is deleted key by key.
  // Nothing reads there again.
  TRY(to_status(rocksdb::DeleteFilesInRange(&store_->db(), handle, &begin,
                                            range.end.empty() ? nullptr : &end,
                                            /*include_end=*/false)));
  constexpr uint32_t kPieceKeys = 4096;
  const auto rest = iterate(family, range, Direction::Forward, nullptr);
  const Entry* entry = rest->next();
  while (entry != nullptr) {
    rocksdb::WriteBatch batch;
    TRY(store_->begin(batch));
    for (; entry != nullptr && batch.Count() < kPieceKeys; entry = rest->next())
      TRY(to_status(batch.Delete(handle, slice(entry->key))));
    TRY(store_->write(batch, Durability::Relaxed));
  }
  return rest->status();
}

uint64_t RocksEngine::approximate_size(Family family, const Range& range) {
  if (range.is_empty()) return 0;
  // Longer than any key that the layers above make.
  static const std::string kEndOfAll(size_t{16} << 10, '\xff');
  const rocksdb::Range asked(slice(range.begin),
                             range.end.empty() ? slice(kEndOfAll) : slice(range.end));
  rocksdb::SizeApproximationOptions options;
  options.include_memtables = true;
  options.include_files = true;
  uint64_t size = 0;
  // A failure only means that nothing is known.
  store_->db()
      .GetApproximateSizes(options, store_->handle(family), &asked, 1, &size)
      .PermitUncheckedError();
  return size;
}

Status RocksEngine::check_integrity() {
  TRY(flush());
  return to_status(store_->db().VerifyChecksum());
}

Status RocksEngine::flush() {
  return store_->flush();
}

}  // namespace zerodb::storage
