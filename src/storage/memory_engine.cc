#include "storage/memory_engine.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "storage/page_store.h"

namespace zerodb::storage {
namespace {

class MemorySnapshot final : public Snapshot {
 public:
  explicit MemorySnapshot(PageStore& store) : store_(store), pin_(store.acquire()) {}
  MemorySnapshot(const MemorySnapshot&) = delete;
  MemorySnapshot& operator=(const MemorySnapshot&) = delete;
  ~MemorySnapshot() override { store_.release(pin_); }

  const PageTree& tree(Family family) const { return pin_->trees[family_index(family)]; }

 private:
  PageStore& store_;
  PageStore::Pin pin_;
};

// The caller's snapshot, or one of the newest state that ends with this object.
class View {
 public:
  View(PageStore& store, const Snapshot* snapshot) {
    if (snapshot == nullptr) owned_.emplace(store);
    snapshot_ = snapshot == nullptr ? &*owned_ : static_cast<const MemorySnapshot*>(snapshot);
  }
  const PageTree& tree(Family family) const { return snapshot_->tree(family); }

 private:
  std::optional<MemorySnapshot> owned_;
  const MemorySnapshot* snapshot_;
};

std::optional<std::string_view> find(const PageTree& tree, std::string_view key) {
  const Page* page = tree.root;
  while (page != nullptr && page->kind == PageKind::Inner)
    page = page->child(page->child_slot(key));
  if (page == nullptr) return std::nullopt;
  const size_t slot = page->lower_bound(key);
  if (slot == page->count || page->key(slot) != key) return std::nullopt;
  return page->value(slot);
}

class MemoryIterator final : public Iterator {
 public:
  MemoryIterator(PageStore& store, const Snapshot* snapshot, Family family, Range range,
                 Direction direction)
      : view_(store, snapshot),
        tree_(view_.tree(family)),
        range_(std::move(range)),
        direction_(direction) {
    if (range_.is_empty()) return;
    if (direction_ == Direction::Forward) {
      path_.seek_at_or_after(tree_, range_.begin);
    } else if (range_.end.empty()) {
      path_.seek_last(tree_);
    } else {
      path_.seek_before(tree_, range_.end);
    }
    enter_leaf();
  }

  const Entry* next() override {
    if (remaining_ == 0) {
      if (!path_.is_valid() || is_last_leaf_) return nullptr;
      if (direction_ == Direction::Forward) {
        path_.next_leaf();
      } else {
        path_.previous_leaf();
      }
      enter_leaf();
      if (remaining_ == 0) return nullptr;
    }
    const size_t slot = path_.slot();
    entry_ = {path_.leaf().key(slot), path_.leaf().value(slot)};
    path_.set_slot(direction_ == Direction::Forward ? slot + 1 : slot - 1);
    --remaining_;
    return &entry_;
  }

  void seek(std::string_view key) override {
    if (range_.is_empty()) return;
    if (direction_ == Direction::Forward) {
      path_.seek_at_or_after(tree_, std::max(key, std::string_view(range_.begin)));
    } else if (!range_.end.empty() && key >= range_.end) {
      path_.seek_before(tree_, range_.end);
    } else {
      path_.seek_before(tree_, std::string(key) + '\0');
    }
    enter_leaf();
  }

  Status status() const override { return ok_status(); }

 private:
  // Counts the slots of this leaf that lie in the range, from the current one on in the direction
  // of travel; so one comparison a leaf watches the bound instead of one a row.
  void enter_leaf() {
    remaining_ = 0;
    is_last_leaf_ = true;
    if (!path_.is_valid()) return;
    const Page& leaf = path_.leaf();
    const size_t slot = path_.slot();
    if (direction_ == Direction::Forward) {
      const bool is_cut = !range_.end.empty() && leaf.key(leaf.count - size_t{1}) >= range_.end;
      const size_t limit = is_cut ? leaf.lower_bound(range_.end) : leaf.count;
      remaining_ = limit > slot ? limit - slot : 0;
      is_last_leaf_ = is_cut;
    } else {
      const bool is_cut = leaf.key(0) < range_.begin;
      const size_t first = is_cut ? leaf.lower_bound(range_.begin) : 0;
      remaining_ = slot + 1 > first ? slot + 1 - first : 0;
      is_last_leaf_ = is_cut;
    }
  }

  View view_;
  const PageTree& tree_;
  Range range_;
  Direction direction_;
  PagePath path_;
  size_t remaining_ = 0;
  bool is_last_leaf_ = true;
  Entry entry_;
};

}  // namespace

MemoryEngine::MemoryEngine() : store_(std::make_unique<PageStore>()) {}
MemoryEngine::~MemoryEngine() = default;

Status MemoryEngine::write(const WriteBatch& batch, WriteOptions /*options*/) {
  if (!batch.is_empty()) store_->write(batch);
  return ok_status();
}

Result<bool> MemoryEngine::get(Family family, std::string_view key, const Snapshot* snapshot,
                               std::string& out) {
  const View view(*store_, snapshot);
  const auto value = find(view.tree(family), key);
  if (value) out.assign(*value);
  return value.has_value();
}

Status MemoryEngine::multi_get(Family family, std::span<const std::string_view> keys,
                               const Snapshot* snapshot, ValueList& out) {
  const View view(*store_, snapshot);
  out.clear();
  for (const std::string_view key : keys) {
    if (const auto value = find(view.tree(family), key)) {
      out.add(*value);
    } else {
      out.add_missing();
    }
  }
  return ok_status();
}

std::unique_ptr<Snapshot> MemoryEngine::snapshot() {
  return std::make_unique<MemorySnapshot>(*store_);
}

std::unique_ptr<Iterator> MemoryEngine::iterate(Family family, const Range& range,
                                                Direction direction, const Snapshot* snapshot) {
  return std::make_unique<MemoryIterator>(*store_, snapshot, family, range, direction);
}

namespace {

// Writes in pieces; nobody reads there before the end.
class MemoryBulkWriter final : public BulkWriter {
 public:
  explicit MemoryBulkWriter(PageStore& store) : store_(store) {}

  Status add(Family family, std::string_view key, std::string_view value) override {
    constexpr size_t kPieceKeys = 4096;
    batch_.put(family, key, value);
    if (batch_.size() == kPieceKeys) TRY(finish());
    return ok_status();
  }
  Status finish() override {
    if (!batch_.is_empty()) store_.write(batch_);
    batch_.clear();
    return ok_status();
  }

 private:
  PageStore& store_;
  WriteBatch batch_;
};

}  // namespace

Result<std::unique_ptr<BulkWriter>> MemoryEngine::bulk_writer() {
  return std::unique_ptr<BulkWriter>(std::make_unique<MemoryBulkWriter>(*store_));
}

Status MemoryEngine::drop_range(Family family, const Range& range) {
  // In pieces, so that other writers get in between.
  constexpr size_t kPieceKeys = 4096;
  bool is_done = false;
  while (!is_done) {
    WriteBatch batch;
    const auto entries = iterate(family, range, Direction::Forward, nullptr);
    const Entry* entry = nullptr;
    while (batch.size() < kPieceKeys && (entry = entries->next()) != nullptr)
      batch.erase(family, entry->key);
    is_done = batch.size() < kPieceKeys;
    if (!batch.is_empty()) store_->write(batch);
  }
  return ok_status();
}

uint64_t MemoryEngine::approximate_size(Family family, const Range& range) {
  if (range.is_empty()) return 0;
  const View view(*store_, nullptr);
  const PageTree& tree = view.tree(family);
  const double end = range.end.empty() ? 1.0 : tree_position(tree, range.end);
  const double share = std::max(0.0, end - tree_position(tree, range.begin));
  return static_cast<uint64_t>(share * static_cast<double>(tree.byte_count));
}

Status MemoryEngine::check_integrity() {
  const View view(*store_, nullptr);
  for (const Family family : kFamilies) TRY(check_tree(view.tree(family)));
  return ok_status();
}

Status MemoryEngine::backup(const std::string& /*folder*/) {
  return Error(ErrorCode::E0620, "a database in memory has no files to back up");
}

Status MemoryEngine::flush() {
  return ok_status();
}

size_t MemoryEngine::block_count() const {
  return store_->block_count();
}

}  // namespace zerodb::storage
