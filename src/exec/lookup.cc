// Joins by the store: hops over edges by an index, and records by their ids.
#include <algorithm>

#include "exec/operator.h"
#include "exec/record_reader.h"
#include "index/entry.h"
#include "value/key_codec.h"

namespace zerodb::exec {

using plan::Node;
using sema::JoinKind;
using txn::Direction;
using txn::Family;
using txn::Range;

namespace {

// For each left row the records that an index has for its key.
class LookupOperator final : public Operator {
 public:
  LookupOperator(ExecState& state, const Node& node, std::unique_ptr<Operator> left,
                 OwnColumns left_columns)
      : state_(state),
        node_(node),
        left_(std::move(left)),
        left_columns_(std::move(left_columns)),
        left_rows_(static_cast<uint32_t>(left_columns_.slots.size())) {
    for (const Node::LookupPath& path : node.paths) {
      auto& reads = path_reads_.emplace_back(node.reads);
      const catalog::Field& end = state.schema().table(path.table).fields[path.other_end];
      // The vertex at the other end is one of the columns, whichever field it is.
      reads.push_back(
          {sema::SourceColumn::Kind::Field, path.other_end, end.name, node.columns.back().type});
    }
    for (size_t i = 0; i < node.paths.size(); ++i) {
      readers_.emplace_back(state, node.paths[i].table, path_reads_[i]);
      key_readers_.emplace_back(state, node.paths[i].table, node.reads);
    }
  }

  Result<uint32_t> next(const Target& target) override {
    while (true) {
      TRY(state_.check_interrupt());
      if (at_ >= found_.size()) {
        if (!TRY(find_more(target.capacity))) return 0u;
        continue;
      }
      const uint32_t rows = TRY(emit(target));
      if (rows > 0) return rows;
    }
  }

 private:
  struct Found {
    uint32_t left;
    uint32_t path;
    std::string key;        // with the table
    std::string other_end;  // a zval element; empty if the index does not have it
  };

  Result<bool> find_more(uint32_t wanted) {
    found_.clear();
    at_ = 0;
    while (found_.size() < wanted) {
      if (left_at_ >= left_rows_.rows()) {
        // Rows found so far belong to the batch at hand.
        if (!found_.empty()) return true;
        const ArenaMark mark(state_.arena());
        left_rows_.clear();
        left_at_ = 0;
        const uint32_t rows = TRY(left_->next({left_columns_.slots, limits::kBatchRowsMax}));
        if (rows == 0) return false;
        left_rows_.append(state_.arena(), left_columns_, rows);
      }
      TRY(find(left_at_++));
    }
    return true;
  }

  Status find(size_t row) {
    const Value& key = left_rows_.at(row, node_.left_keys[0]);
    if (key.is_none()) return ok_status();
    for (uint32_t path = 0; path < node_.paths.size(); ++path) {
      const Node::LookupPath& lookup = node_.paths[path];
      const catalog::Index& index = *state_.schema().table(lookup.table).index(lookup.index);
      std::string prefix = store_prefix(index.id.value());
      if (!TRY(index::append_column(prefix, index.columns[0], key))) continue;
      const std::string table = records_prefix(state_.schema().table(lookup.table));
      const auto cursor =
          state_.transaction().scan(Family::Index, Range::prefix(prefix), Direction::Forward);
      while (const txn::Entry* entry = cursor->next()) {
        const std::string_view record = TRY(index::record_key_of(entry->key, entry->value));
        found_.push_back({static_cast<uint32_t>(row), path, table + std::string(record),
                          std::string(index::other_end_of(entry->value))});
      }
      TRY(cursor->status());
    }
    return ok_status();
  }

  // Shows the edges found from `begin` on as columns, by their records or, where that is enough, by
  // their index entries alone.
  Status show(const Target& target, size_t begin, bool by_index) {
    const uint32_t path = found_[begin].path;
    const std::span<const ColumnSlot> columns = target.columns.subspan(left_rows_.width());
    keys_.clear();
    stored_.clear();
    for (size_t i = begin; i < at_; ++i) {
      stored_.push_back(found_[i].key);
      keys_.push_back(without_prefix(stored_.back()));
    }
    state_.stats().rows_read += keys_.size();
    if (by_index) {
      TRY(key_readers_[path].read(keys_, {}, columns));
      const Column end(state_.arena(), columns.back(), node_.columns.back().type);
      for (size_t i = begin; i < at_; ++i) {
        TRY(write_element(state_.arena(), end, static_cast<uint32_t>(i - begin),
                          found_[i].other_end));
      }
      return ok_status();
    }
    TRY(state_.transaction().multi_get(Family::Row, stored_, values_));
    records_.clear();
    for (size_t i = 0; i < stored_.size(); ++i) {
      if (!values_.has(i))
        return Error(ErrorCode::E1205, "an index names an edge that is not there");
      records_.push_back(values_[i]);
    }
    return readers_[path].read(keys_, records_, columns);
  }

  // The next run of records of one path.
  Result<uint32_t> emit(const Target& target) {
    const size_t begin = at_;
    const uint32_t path = found_[begin].path;
    const bool reads_records = key_readers_[path].needs_records();
    const auto is_by_index = [&](const Found& found) {
      return !reads_records && !found.other_end.empty();
    };
    const bool by_index = is_by_index(found_[begin]);
    while (at_ < found_.size() && found_[at_].path == path && at_ - begin < target.capacity &&
           is_by_index(found_[at_]) == by_index) {
      ++at_;
    }
    TRY(show(target, begin, by_index));
    const uint32_t left_width = left_rows_.width();
    const auto rows = static_cast<uint32_t>(at_ - begin);
    const Column other_end(state_.arena(), target.columns[node_.columns.size() - 1],
                           node_.columns.back().type);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < rows; ++i) {
      const size_t left = found_[begin + i].left;
      if (node_.paths[path].skip_loops) {
        const Value end = read_value(state_.arena(), other_end.slot, i, *other_end.type);
        if (equals(end, left_rows_.at(left, node_.left_keys[0]))) continue;
      }
      TRY(left_rows_.emit(state_.arena(), left, target, kept, 0, node_.columns));
      for (size_t column = left_width; kept != i && column < node_.columns.size(); ++column) {
        const Column moved(state_.arena(), target.columns[column], node_.columns[column].type);
        copy_cell(moved, i, moved, kept);
      }
      ++kept;
    }
    return kept;
  }

  ExecState& state_;
  const Node& node_;
  std::unique_ptr<Operator> left_;
  OwnColumns left_columns_;
  RowBuffer left_rows_;
  size_t left_at_ = 0;
  std::vector<Found> found_;
  size_t at_ = 0;
  std::vector<std::vector<sema::SourceColumn>> path_reads_;
  std::vector<RecordReader> readers_;      // with the other end
  std::vector<RecordReader> key_readers_;  // without it
  std::vector<std::string_view> stored_;
  std::vector<std::string_view> keys_;
  std::vector<std::string_view> records_;
  storage::ValueList values_;
};

// For each left row the record that one of its columns names.
class FetchJoinOperator final : public Operator {
 public:
  FetchJoinOperator(ExecState& state, const Node& node, std::unique_ptr<Operator> left)
      : state_(state), node_(node), left_(std::move(left)) {
    for (TableId table : node.tables) readers_.emplace_back(state, table, node.reads);
  }

  Result<uint32_t> next(const Target& target) override {
    const auto left_width = static_cast<uint32_t>(node_.columns.size() - node_.reads.size());
    if (!is_open_) {
      if (!node_.records.empty()) only_ = TRY(state_.evaluate(node_.records[0].value));
      is_open_ = true;
    }
    while (true) {
      TRY(state_.check_interrupt());
      const uint32_t mark = state_.arena().top();
      const uint32_t rows = TRY(left_->next({target.columns.first(left_width), target.capacity}));
      if (rows == 0) return 0u;
      const uint32_t kept = TRY(fetch(target, rows, left_width));
      if (kept > 0) return kept;
      state_.arena().rewind(mark);
    }
  }

 private:
  struct Wanted {
    uint32_t row;
    uint32_t table;
    std::string key;
  };

  Result<uint32_t> fetch(const Target& target, uint32_t rows, uint32_t left_width) {
    std::vector<Wanted> wanted = TRY(keys_of(target, rows));
    storage::ValueList values;
    const bool reads_store = !node_.records_exist || readers_[0].needs_records();
    if (reads_store) {
      std::vector<std::string_view> stored;
      for (const Wanted& each : wanted) stored.push_back(each.key);
      TRY(state_.transaction().multi_get(Family::Row, stored, values));
    }
    // Right columns are filled for the rows that were found, one after the other; then both sides
    // are brought together.
    std::vector<uint32_t> found;
    for (uint32_t i = 0; i < wanted.size(); ++i) {
      if (!reads_store || values.has(i)) found.push_back(i);
    }
    state_.stats().rows_read += reads_store ? found.size() : 0;
    TRY(read(target, wanted, found, values, left_width));
    const auto all = static_cast<uint32_t>(node_.columns.size());
    if (node_.join != JoinKind::Left) {
      for (uint32_t i = 0; i < found.size(); ++i) {
        const uint32_t row = wanted[found[i]].row;
        for (uint32_t c = 0; row != i && c < left_width; ++c) {
          const Column column(state_.arena(), target.columns[c], node_.columns[c].type);
          copy_cell(column, row, column, i);
        }
      }
      return static_cast<uint32_t>(found.size());
    }
    auto next_found = static_cast<ptrdiff_t>(found.size()) - 1;
    for (uint32_t row = rows; row-- > 0;) {
      const bool is_found =
          next_found >= 0 && wanted[found[static_cast<size_t>(next_found)]].row == row;
      for (uint32_t c = left_width; c < all; ++c) {
        const Column column(state_.arena(), target.columns[c], node_.columns[c].type);
        if (is_found) {
          copy_cell(column, static_cast<uint32_t>(next_found), column, row);
        } else {
          column.valid[row] = 0;
          if (column.tags != nullptr) column.tags[row] = 0;
        }
      }
      if (is_found) --next_found;
    }
    return rows;
  }

  Result<std::vector<Wanted>> keys_of(const Target& target, uint32_t rows) {
    std::vector<Wanted> wanted;
    const uint32_t key = node_.left_keys[0];
    for (uint32_t row = 0; row < rows; ++row) {
      const Value id =
          read_value(state_.arena(), target.columns[key], row, node_.columns[key].type);
      if (id.tag() != Tag::RecordId || (only_ && !equals(id, *only_))) continue;
      const RecordIdView view(id);
      const auto table = std::ranges::find(node_.tables, view.table());
      if (table == node_.tables.end()) continue;
      Wanted each{row, static_cast<uint32_t>(table - node_.tables.begin()),
                  records_prefix(state_.schema().table(view.table()))};
      TRY(append_key(each.key, view.key()));
      wanted.push_back(std::move(each));
    }
    return wanted;
  }

  Status read(const Target& target, const std::vector<Wanted>& wanted,
              const std::vector<uint32_t>& found, const storage::ValueList& values,
              uint32_t left_width) {
    if (node_.reads.empty()) return ok_status();
    std::vector<std::string_view> keys;
    std::vector<std::string_view> records;
    for (size_t begin = 0; begin < found.size();) {
      const uint32_t table = wanted[found[begin]].table;
      keys.clear();
      records.clear();
      size_t end = begin;
      for (; end < found.size() && wanted[found[end]].table == table; ++end) {
        keys.push_back(without_prefix(wanted[found[end]].key));
        if (values.size() > 0) records.push_back(values[found[end]]);
      }
      std::vector<ColumnSlot> slots;
      for (const ColumnSlot& slot : target.columns.subspan(left_width))
        slots.push_back(shifted(slot, static_cast<uint32_t>(begin)));
      TRY(readers_[table].read(keys, records, slots));
      begin = end;
    }
    return ok_status();
  }

  ExecState& state_;
  const Node& node_;
  std::unique_ptr<Operator> left_;
  std::vector<RecordReader> readers_;
  std::optional<Value> only_;
  bool is_open_ = false;
};

}  // namespace

Result<std::unique_ptr<Operator>> make_lookup(ExecState& state, const Node& node,
                                              uint32_t capacity) {
  std::unique_ptr<Operator> made;
  if (node.kind == Node::Kind::FetchJoin) {
    std::unique_ptr<Operator> left = TRY(make_operator(state, node.children[0], capacity));
    made = std::make_unique<FetchJoinOperator>(state, node, std::move(left));
    return made;
  }
  OwnColumns columns = TRY(
      OwnColumns::make(state, state.plan().node(node.children[0]).columns, limits::kBatchRowsMax));
  std::unique_ptr<Operator> left =
      TRY(make_operator(state, node.children[0], limits::kBatchRowsMax));
  made = std::make_unique<LookupOperator>(state, node, std::move(left), std::move(columns));
  return made;
}

}  // namespace zerodb::exec
