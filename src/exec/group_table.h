// GroupTable: the groups of one running aggregation: their keys, their states in the arena, and
// states of the function library.
//
// State rows of inline aggregates lie in the arena, where generated code updates them; the table
// moves them to a larger block when groups are added. Memory below floor() is in use and must not
// be given back before close(), which takes the states out of the arena. A table that is told to
// shed() takes no more groups: rows of others are fed to a group that nobody looks at, and named,
// so that the caller puts them aside. A table that is told to expect_clusters() looks only at the
// group of the row before, and forgets groups when told to. Threading: belongs to one statement.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "exec/column.h"
#include "exec/group_cache.h"
#include "exec/host_aggregates.h"
#include "exec/tier.h"

namespace zerodb::exec {

class GroupTable {
 public:
  // Borrowed: all outlive the table. Without keys there is one group from the start.
  GroupTable(const plan::Program& program, const function::Library& library, Arena& arena,
             bool has_keys);

  // See HostAggregates.
  void set_owner(ExecState& state, const plan::Node& node) { hosts_.set_owner(state, node); }
  // Sheds by itself, in the middle of a batch, when it has more bytes.
  void set_limit(uint64_t bytes) { limit_ = bytes; }
  // Rows of a group follow each other. Between two calls of keep_last() there are at most so many
  // groups; there is room for their states once the table is prepared.
  void expect_clusters(uint32_t groups_max) {
    clusters_max_ = groups_max;
    cache_.give_up();
  }
  Status prepare(plan::FrameHeader& header);
  // Writes the index of the group of each row under the mask to `out`.
  Status find_groups(const std::vector<Column>& keys, const uint8_t* mask, uint32_t rows,
                     int64_t* out, plan::FrameHeader& header);
  // A group that no row belongs to, for a table that has keys.
  Status add_empty_group(const std::vector<Value>& keys, plan::FrameHeader& header);
  // Feeds a host aggregate.
  Status add(uint32_t aggregate, uint32_t group, std::span<const Value> arguments) {
    return group == left_out_ ? ok_status() : hosts_.add(aggregate, group, arguments);
  }
  // Likewise, where the one argument is a decimal and the order of rows is of no matter.
  Status add_decimals(uint32_t aggregate, uint32_t group, Decimal sum, uint64_t count) {
    return group == left_out_ ? ok_status() : hosts_.add_decimals(aggregate, group, sum, count);
  }
  bool takes_decimals(uint32_t aggregate) const {
    return group_count_ > 0 && hosts_.takes_decimals(aggregate);
  }

  // Takes as little memory as it can from now on: groups of rows to come are those that are there.
  Status shed(plan::FrameHeader& header);
  // Remembers where in the input groups were seen first, for merge().
  void keep_origins() { keeps_origins_ = true; }
  // The place of the first row of the next batch.
  void set_origin(uint64_t origin) { origin_ = origin; }
  // Takes in the groups of a table of the same program that was fed other rows; both keep origins
  // and neither has shed or been closed.
  Status merge(GroupTable& from, plan::FrameHeader& header);
  // Shows groups in the order of their origins from now on.
  void sort_by_origin();

  // Moves rows that wait in memory for their aggregates to disk.
  Status release() { return hosts_.release(); }
  bool is_shed() const { return is_shed_; }
  // Rows of the last batch whose groups are not there, and the hashes of their keys.
  std::span<const uint32_t> left_rows() const { return left_rows_; }
  std::span<const uint64_t> left_hashes() const { return left_hashes_; }
  void clear_left_rows();

  // No rows come any more; of a table with clusters: but for the last group.
  Status close();
  // After close(), of a table with clusters: forgets all groups but the last one, which goes on.
  Status keep_last(plan::FrameHeader& header);
  // Whether a group is one of keys, and not that of the rows that were left out.
  bool is_group(uint32_t group) const { return group != left_out_; }
  uint32_t group_count() const { return group_count_; }
  // The group to be shown at a place.
  uint32_t shown(uint32_t place) const { return order_.empty() ? place : order_[place]; }
  uint32_t floor() const { return floor_; }
  const Value& key(uint32_t group, uint32_t column) const {
    return key_values_[size_t{group} * key_count_ + column];
  }
  // After close(). For each aggregate, groups come in ascending order.
  Result<Value> finish(uint32_t aggregate, uint32_t group);
  // What is kept, with what close() will take out of the arena.
  uint64_t bytes() const;
  // What its states take in the arena, with blocks that were too small.
  uint64_t arena_bytes() const { return floor_ - arena_begin_; }

 private:
  static constexpr uint32_t kNoGroup = UINT32_MAX;

  // The group of a key that lies in scratch_, or where in buckets_ it would be.
  struct Place {
    uint32_t group = kNoGroup;
    size_t bucket = 0;
  };
  struct RowKey {
    size_t begin;
    size_t end;
    uint64_t hash;
  };
  std::string_view key_of(const RowKey& key) const {
    return std::string_view(scratch_).substr(key.begin, key.end - key.begin);
  }
  Place find(std::string_view key, uint64_t hash) const;
  // Of the rows in asked_.
  Status read_keys(const std::vector<Column>& keys);
  // Has what find() will need for a key fetched into the processor's cache.
  void prefetch(const RowKey& key) const;
  Place last_if(std::string_view key) const;
  // In the bucket that find() gave.
  Status add_keyed_group(std::string_view key, uint64_t hash, size_t bucket, uint64_t origin,
                         plan::FrameHeader& header);
  static void merge_states(const plan::AggregateSlot& slot, char* into, const char* from);
  Status add_group(plan::FrameHeader& header);
  Status grow_states(plan::FrameHeader& header);
  uint32_t states_wanted() const;
  bool has_clusters() const { return clusters_max_ > 0; }
  void rehash();
  bool is_over_limit() const;
  Result<Value> finish_inline(const plan::AggregateSlot& slot, const char* state) const;
  const plan::Program& program_;
  Arena& arena_;
  const bool has_keys_;
  uint32_t clusters_max_ = 0;  // 0: rows of a group may stand anywhere
  uint32_t key_count_ = 0;
  uint32_t group_count_ = 0;
  uint32_t capacity_ = 0;
  uint32_t states_ = 0;
  uint32_t floor_ = 0;
  uint32_t arena_begin_ = 0;

  struct Entry {
    uint64_t hash;
    size_t offset;
    uint32_t size;
  };
  std::vector<Entry> entries_;
  std::vector<uint32_t> buckets_;  // group + 1, 0 empty; size a power of two
  std::string key_bytes_;
  GroupCache cache_;
  // Of a batch: the rows whose groups are looked for here, their keys, one behind the other, and
  // where each begins; a row with the key of the one before it begins where that does.
  std::vector<uint32_t> asked_;
  std::string scratch_;
  std::vector<RowKey> row_keys_;
  std::vector<Value> key_values_;
  uint64_t far_bytes_ = 0;  // of keys
  HostAggregates hosts_;
  uint64_t limit_ = UINT64_MAX;
  bool is_shed_ = false;
  uint32_t left_out_ = kNoGroup;
  std::vector<uint32_t> left_rows_;
  std::vector<uint64_t> left_hashes_;
  std::string closed_states_;
  bool keeps_origins_ = false;
  uint64_t origin_ = 0;
  std::vector<uint64_t> origins_;
  std::vector<uint32_t> order_;  // groups as they are shown; empty: as they are
};

}  // namespace zerodb::exec
