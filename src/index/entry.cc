#include "index/entry.h"

#include <algorithm>
#include <span>

#include "base/bytes.h"
#include "value/cast.h"
#include "value/key_codec.h"
#include "value/operators.h"
#include "value/zval.h"

namespace zerodb::index {

namespace {

constexpr char kTail = 0;
constexpr char kInPayload = 1;
constexpr size_t kTailBytes = 3;  // with the mark before the size

// The values that a path leads to; several behind [*].
Status walk(const Value& value, std::span<const catalog::PathStep> path, std::vector<Value>& out) {
  if (path.empty()) {
    out.push_back(value);
    return ok_status();
  }
  const catalog::PathStep& step = path.front();
  switch (step.kind) {
    case catalog::PathStep::Kind::Member:
      if (value.tag() == Tag::RecordId) return walk(value, {}, out);
      if (value.tag() != Tag::Object) return walk(Value::none(), path.subspan(1), out);
      return walk(ObjectView(value).find(step.name).value_or(Value::none()), path.subspan(1), out);
    case catalog::PathStep::Kind::Element: {
      if (!is_sequence(value.tag())) return walk(Value::none(), path.subspan(1), out);
      const SequenceView view(value);
      const bool is_there = step.position >= 0 && step.position < view.size();
      return walk(is_there ? view.at(static_cast<uint32_t>(step.position)) : Value::none(),
                  path.subspan(1), out);
    }
    case catalog::PathStep::Kind::AllElements: {
      if (!is_sequence(value.tag())) return ok_status();
      const SequenceView view(value);
      for (uint32_t i = 0; i < view.size(); ++i) TRY(walk(view.at(i), path.subspan(1), out));
      return ok_status();
    }
  }
  return ok_status();
}

Result<std::vector<Value>> values_of(const catalog::Index& index, size_t position,
                                     const RecordSource& record) {
  const catalog::IndexColumn& column = index.columns[position];
  std::vector<Value> out;
  if (column.is_id) {
    out.push_back(record.id());
    return out;
  }
  if (column.is_expression) {
    out.push_back(TRY(record.expression(position)));
    return out;
  }
  const Value top = TRY(record.field(column, column.path[0].name));
  TRY(walk(top, std::span(column.path).subspan(1), out));
  return out;
}

}  // namespace

Result<bool> append_column(std::string& out, const catalog::IndexColumn& column,
                           const Value& value) {
  const KeyOrder order = column.descending ? KeyOrder::Descending : KeyOrder::Ascending;
  if (!has_typed_key(column.type)) {
    TRY(append_key(out, value, order));
    return true;
  }
  if (value.is_none()) {
    if (!column.type.admits_none()) return false;
    TRY(append_typed_key(out, value, column.type, order));
    return true;
  }
  const Result<Value> fitted = coerce(value, column.type);
  if (!fitted) return false;
  TRY(append_typed_key(out, *fitted, column.type, order));
  return true;
}

namespace {

// The columns of an entry, before the record key.
struct Prefix {
  std::string key;
  bool has_none = false;
};

Status append_value(const catalog::IndexColumn& column, const Value& value, Prefix& prefix) {
  prefix.has_none = prefix.has_none || value.is_none();
  if (TRY(append_column(prefix.key, column, value))) return ok_status();
  return Error(ErrorCode::E0306,
               "a value does not fit the type of index column `" + column.text + "`");
}

// One for each combination of the elements that the columns' paths lead to.
Result<std::vector<Prefix>> prefixes_of(const catalog::Index& index, const RecordSource& record) {
  std::vector<Prefix> prefixes(1);
  put_be(prefixes[0].key, index.id.value());
  for (size_t i = 0; i < index.columns.size(); ++i) {
    const catalog::IndexColumn& column = index.columns[i];
    if (!column.is_expression && column.path.size() == 1 && !column.is_id) {
      const Value value = TRY(record.field(column, column.path[0].name));
      for (Prefix& prefix : prefixes) TRY(append_value(column, value, prefix));
      continue;
    }
    const std::vector<Value> values = TRY(values_of(index, i, record));
    std::vector<Prefix> longer;
    for (const Prefix& prefix : prefixes) {
      for (const Value& value : values) {
        longer.push_back(prefix);
        TRY(append_value(column, value, longer.back()));
      }
    }
    prefixes = std::move(longer);
  }
  return prefixes;
}

}  // namespace

Status append_entries(const catalog::Index& index, const RecordSource& record,
                      std::string_view record_key, std::vector<Entry>& out) {
  std::vector<Prefix> prefixes = TRY(prefixes_of(index, record));
  std::string other_end;
  if (index.origin == catalog::Index::Origin::Edge && index.columns.size() == 1) {
    // The ends of an edge never change, so a hop need not read the edge to know where it leads.
    const bool is_source = index.columns[0].field == catalog::kSourcePosition;
    const Value end =
        TRY(record.field_at(is_source ? catalog::kTargetPosition : catalog::kSourcePosition));
    zval::append_element(other_end, end);
  }
  for (Prefix& prefix : prefixes) {
    Entry entry;
    entry.key = std::move(prefix.key);
    entry.must_be_unique = index.unique && !prefix.has_none;
    if (entry.must_be_unique) {
      entry.payload.push_back(kInPayload);
      entry.payload.append(record_key);
    } else {
      entry.key.append(record_key);
      entry.payload.push_back(kTail);
      put_le(entry.payload, static_cast<uint16_t>(record_key.size()));
      entry.payload += other_end;
    }
    out.push_back(std::move(entry));
  }
  return ok_status();
}

Result<std::string_view> record_key_of(std::string_view key, std::string_view payload) {
  if (!payload.empty() && payload[0] == kInPayload) return payload.substr(1);
  if (payload.size() < kTailBytes || payload[0] != kTail)
    return Error(ErrorCode::E1205, "damaged index entry");
  const size_t size = get_le<uint16_t>(payload.data() + 1);
  if (size > key.size()) return Error(ErrorCode::E1205, "damaged index entry");
  return key.substr(key.size() - size);
}

std::string_view other_end_of(std::string_view payload) {
  return payload.size() > kTailBytes && payload[0] == kTail ? payload.substr(kTailBytes)
                                                            : std::string_view();
}

Difference difference(std::vector<Entry> before, std::vector<Entry> after) {
  const auto by_key = [](const Entry& left, const Entry& right) { return left.key < right.key; };
  const auto same_key = [](const Entry& left, const Entry& right) { return left.key == right.key; };
  for (std::vector<Entry>* entries : {&before, &after}) {
    std::ranges::sort(*entries, by_key);
    entries->erase(std::unique(entries->begin(), entries->end(), same_key), entries->end());
  }
  Difference out;
  std::set_difference(before.begin(), before.end(), after.begin(), after.end(),
                      std::back_inserter(out.removed), by_key);
  std::set_difference(after.begin(), after.end(), before.begin(), before.end(),
                      std::back_inserter(out.added), by_key);
  return out;
}

}  // namespace zerodb::index
