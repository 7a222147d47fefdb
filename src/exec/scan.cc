// Scans: all records of a table, ranges of keys, single records, records by an index.
#include <algorithm>
#include <set>

#include "base/bytes.h"
#include "exec/column_scan.h"
#include "exec/morsel_scan.h"
#include "exec/operator.h"
#include "exec/record_reader.h"
#include "exec/record_rows.h"
#include "exec/scan_range.h"
#include "index/entry.h"
#include "value/cast.h"
#include "value/key_codec.h"
#include "value/zval_builder.h"

namespace zerodb::exec {

using plan::Node;
using txn::Direction;
using txn::Family;
using txn::Range;

namespace {

class TableScanOperator final : public Operator {
 public:
  TableScanOperator(ExecState& state, const Node& node) : state_(state), node_(node) {}

  Result<uint32_t> next(const Target& target) override {
    while (at_ < node_.tables.size()) {
      if (!is_open_) TRY(open());
      if (columns_ != nullptr) {
        const uint32_t rows = TRY(columns_->next(target));
        if (rows > 0) return rows;
        columns_.reset();
      }
      while (!ranges_.empty()) {
        if (cursor_ == nullptr) start();
        const uint32_t rows = TRY(rows_->fill(*cursor_, target));
        if (rows > 0) return rows;
        cursor_.reset();
        ranges_.pop_back();
      }
      rows_.reset();
      is_open_ = false;
      ++at_;
    }
    return 0u;
  }

  Result<bool> share() override {
    if (!state_.transaction().can_be_read_beside()) return false;
    ASSERT(node_.tables.size() == 1 && !node_.by_key_columns && !node_.low && !node_.high &&
           !node_.descending);
    source_ = TRY(MorselSource::open(state_, node_.tables[0], node_.reads));
    return true;
  }
  Result<std::unique_ptr<Operator>> copy(PipelinePart& part) override {
    auto scan = std::make_unique<MorselScan>(part.state, *source_);
    part.scan = scan.get();
    return std::unique_ptr<Operator>(std::move(scan));
  }

 private:
  Status open() {
    const TableId table = node_.tables[at_];
    const std::string prefix = records_prefix(state_.schema().table(table));
    is_open_ = true;
    if (!node_.by_key_columns && !node_.low && !node_.high && !node_.descending) {
      columns_ = TRY(ColumnScan::open(state_, table, node_.reads));
      if (columns_ != nullptr) return ok_status();
    }
    if (node_.by_key_columns) {
      ranges_ = TRY(key_ranges(state_.schema().table(table), prefix));
    } else {
      Range range = Range::prefix(prefix);
      if (TRY(bound(node_.low, table, prefix, false, range.begin)) &&
          TRY(bound(node_.high, table, prefix, true, range.end)))
        ranges_.push_back(std::move(range));
    }
    if (!node_.descending) std::ranges::reverse(ranges_);
    rows_.emplace(state_, table, node_.reads);
    return ok_status();
  }

  void start() {
    const auto direction = node_.descending ? Direction::Reverse : Direction::Forward;
    cursor_ = state_.transaction().scan(Family::Row, ranges_.back(), direction);
  }

  // A key of several columns is an array: the class, the columns, the end.
  Result<std::vector<Range>> key_ranges(const catalog::Table& table, std::string prefix) {
    if (table.key.size() > 1) {
      const Value no_columns = TRY(ArrayBuilder().build());
      TRY(append_key(prefix, no_columns));
      prefix.pop_back();
    }
    WalkColumns columns;
    columns.append = [](std::string& out, size_t, const Value& value) -> Result<bool> {
      if (value.is_none()) return false;
      TRY(append_key(out, value));
      return true;
    };
    columns.descending = [](size_t) { return false; };
    columns.admits_none = [](size_t) { return false; };
    return scan_ranges(state_, node_, prefix, columns);
  }

  // False: no key can be within the bound.
  Result<bool> bound(const std::optional<plan::Bound>& bound, TableId table,
                     const std::string& prefix, bool is_high, std::string& out) {
    if (!bound) return true;
    Value value = TRY(state_.evaluate(bound->value));
    if (value.is_none()) return false;
    if (value.tag() == Tag::RecordId) {
      // An id of another table lies before or behind all of this one.
      if (RecordIdView(value).table() != table) return true;
      value = RecordIdView(value).key();
    }
    std::string key = prefix;
    TRY(append_key(key, value));
    const bool is_past = is_high == bound->inclusive;
    out = is_past ? key_successor(key) : key;
    return true;
  }

  ExecState& state_;
  const Node& node_;
  size_t at_ = 0;
  bool is_open_ = false;
  std::vector<Range> ranges_;  // that are left, the next one last
  std::unique_ptr<txn::ScanCursor> cursor_;
  std::optional<RecordRows> rows_;
  std::unique_ptr<ColumnScan> columns_;   // of a whole table; null: the ranges are walked
  std::unique_ptr<MorselSource> source_;  // of copies
};

class PointReadOperator final : public Operator {
 public:
  PointReadOperator(ExecState& state, const Node& node) : state_(state), node_(node) {}

  Result<uint32_t> next(const Target& target) override {
    if (!is_open_) {
      TRY(open());
      is_open_ = true;
    }
    while (at_ < keys_.size()) {
      const uint32_t rows = TRY(fill(target));
      if (rows > 0) return rows;
    }
    return 0u;
  }

 private:
  Status open() {
    for (const plan::RecordRef& ref : node_.records) {
      const Value value = TRY(state_.evaluate(ref.value));
      if (value.is_none()) continue;
      if (ref.is_list) {
        if (!zerodb::is_sequence(value.tag()))
          return Error(ErrorCode::E0904, "IN takes an array of record ids").at(ref.value.span);
        const SequenceView view(value);
        for (uint32_t i = 0; i < view.size(); ++i) TRY(add(view.at(i), false));
      } else {
        TRY(add(value, ref.is_key));
      }
    }
    if (keys_.size() > 1) {
      std::ranges::sort(keys_);
      keys_.erase(std::unique(keys_.begin(), keys_.end()), keys_.end());
      if (node_.descending) std::ranges::reverse(keys_);
    }
    return ok_status();
  }

  Status add(const Value& value, bool is_key) {
    TableId table = node_.tables[0];
    Value key = value;
    // A parameter in place of a key may hold the whole record id.
    if (value.tag() == Tag::RecordId && (!is_key || RecordIdView(value).table() == table)) {
      const RecordIdView id(value);
      table = id.table();
      key = id.key();
    } else if (!is_key) {
      return ok_status();  // equal to no record id
    }
    if (std::ranges::find(node_.tables, table) == node_.tables.end()) return ok_status();
    std::string stored = records_prefix(state_.schema().table(table));
    TRY(append_key(stored, key));
    keys_.push_back(std::move(stored));
    return ok_status();
  }

  TableId table_of(const std::string& key) const {
    return state_.schema().find_table(SpaceId(get_be<uint64_t>(key.data())))->id;
  }

  // The next run of keys of one table.
  Result<uint32_t> fill(const Target& target) {
    TRY(state_.check_interrupt());
    const TableId table = table_of(keys_[at_]);
    const size_t begin = at_;
    const std::string_view space = std::string_view(keys_[at_]).substr(0, sizeof(uint64_t));
    while (at_ < keys_.size() && at_ - begin < target.capacity && keys_[at_].starts_with(space))
      ++at_;
    if (!reader_ || reader_table_ != table) {
      reader_.emplace(state_, table, node_.reads);
      reader_table_ = table;
    }
    if (at_ - begin == 1) return fill_one(begin, target);
    const std::vector<std::string_view> wanted(keys_.begin() + static_cast<ptrdiff_t>(begin),
                                               keys_.begin() + static_cast<ptrdiff_t>(at_));
    storage::ValueList values;
    TRY(state_.transaction().multi_get(Family::Row, wanted, values));
    std::vector<std::string_view> keys;
    std::vector<std::string_view> records;
    for (size_t i = 0; i < wanted.size(); ++i) {
      if (!values.has(i)) continue;
      keys.push_back(without_prefix(wanted[i]));
      records.push_back(values[i]);
    }
    state_.stats().rows_read += keys.size();
    if (!keys.empty()) TRY(reader_->read(keys, records, target.columns));
    return static_cast<uint32_t>(keys.size());
  }

  Result<uint32_t> fill_one(size_t at, const Target& target) {
    std::string buffer;
    const auto record = TRY(state_.transaction().get(Family::Row, keys_[at], buffer));
    if (!record) return 0u;
    ++state_.stats().rows_read;
    const std::string_view key = without_prefix(keys_[at]);
    TRY(reader_->read({&key, 1}, {&*record, 1}, target.columns));
    return 1u;
  }

  ExecState& state_;
  const Node& node_;
  std::vector<std::string> keys_;
  size_t at_ = 0;
  bool is_open_ = false;
  std::optional<RecordReader> reader_;
  TableId reader_table_;
};

class IndexScanOperator final : public Operator {
 public:
  IndexScanOperator(ExecState& state, const Node& node)
      : state_(state),
        node_(node),
        index_(*state.schema().table(node.tables[0]).index(node.index)) {}

  Result<uint32_t> next(const Target& target) override {
    if (!is_open_) TRY(open());
    while (!ranges_.empty()) {
      if (cursor_ == nullptr) start();
      const uint32_t rows = TRY(fill(target));
      if (rows > 0) return rows;
      cursor_.reset();
      ranges_.pop_back();
    }
    return 0u;
  }

 private:
  Status open() {
    WalkColumns columns;
    columns.append = [&](std::string& out, size_t column, const Value& value) {
      return index::append_column(out, index_.columns[column], value);
    };
    columns.descending = [&](size_t column) { return index_.columns[column].descending; };
    columns.admits_none = [&](size_t column) { return index_.columns[column].type.admits_none(); };
    ranges_ = TRY(scan_ranges(state_, node_, store_prefix(index_.id.value()), columns));
    if (!node_.descending) std::ranges::reverse(ranges_);
    is_multikey_ = std::ranges::any_of(index_.columns, &catalog::IndexColumn::multikey);
    reader_.emplace(state_, node_.tables[0], node_.reads);
    is_open_ = true;
    return ok_status();
  }

  void start() {
    const auto direction = node_.descending ? Direction::Reverse : Direction::Forward;
    cursor_ = state_.transaction().scan(Family::Index, ranges_.back(), direction);
  }

  Result<uint32_t> fill(const Target& target) {
    TRY(state_.check_interrupt());
    runs_.clear();
    uint32_t found = 0;
    while (found < target.capacity) {
      const txn::Entry* entry = cursor_->next();
      if (entry == nullptr) {
        TRY(cursor_->status());
        break;
      }
      const std::string_view key = TRY(index::record_key_of(entry->key, entry->value));
      if (is_multikey_ && !seen_.insert(std::string(key)).second) continue;
      runs_.add(key);
      ++found;
    }
    if (found == 0) return 0u;
    state_.stats().rows_read += found;
    const std::vector<std::string_view>& keys = runs_.views();
    if (!reader_->needs_records()) {
      TRY(reader_->read(keys, {}, target.columns));
      return found;
    }
    const std::string prefix = records_prefix(state_.schema().table(node_.tables[0]));
    stored_.clear();
    for (std::string_view key : keys) stored_.add(prefix, key);
    const std::vector<std::string_view>& wanted = stored_.views();
    TRY(state_.transaction().multi_get(Family::Row, wanted, values_));
    records_.clear();
    for (size_t i = 0; i < wanted.size(); ++i) {
      if (!values_.has(i))
        return Error(ErrorCode::E1205,
                     "index `" + index_.name + "` names a record that is not there");
      records_.push_back(values_[i]);
    }
    TRY(reader_->read(keys, records_, target.columns));
    return found;
  }

  ExecState& state_;
  const Node& node_;
  const catalog::Index& index_;
  bool is_open_ = false;
  bool is_multikey_ = false;
  std::vector<Range> ranges_;  // that are left, the next one last
  std::unique_ptr<txn::ScanCursor> cursor_;
  std::optional<RecordReader> reader_;
  ByteRuns runs_;
  ByteRuns stored_;
  storage::ValueList values_;
  std::vector<std::string_view> records_;
  std::set<std::string, std::less<>> seen_;  // record keys, where one record has several entries
};

}  // namespace

Result<std::unique_ptr<Operator>> make_scan(ExecState& state, const Node& node) {
  std::unique_ptr<Operator> made;
  if (node.kind == Node::Kind::TableScan) {
    made = std::make_unique<TableScanOperator>(state, node);
  } else if (node.kind == Node::Kind::PointRead) {
    made = std::make_unique<PointReadOperator>(state, node);
  } else {
    made = std::make_unique<IndexScanOperator>(state, node);
  }
  return made;
}

}  // namespace zerodb::exec
