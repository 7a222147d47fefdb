#include "exec/scan_range.h"

#include <algorithm>

#include "base/query_fault.h"
#include "value/key_codec.h"
#include "value/zval.h"

namespace zerodb::exec {

using txn::Range;

namespace {

class Ranges {
 public:
  Ranges(ExecState& state, const plan::Node& node, const WalkColumns& columns)
      : state_(state), node_(node), columns_(columns) {}

  Result<std::vector<Range>> make(std::string prefix) {
    for (size_t i = 0; i < node_.equals.size(); ++i) {
      const std::string before = prefix;
      const Value value = TRY(state_.evaluate(node_.equals[i]));
      const bool fits = TRY(columns_.append(prefix, i, value));
      if (i + 1 == node_.equals.size() && node_.finds_links) TRY(add_links(before));
      // What the column cannot hold equals nothing in it.
      if (!fits) return finish();
    }
    if (node_.one_of.empty()) {
      TRY(add(prefix));
      return finish();
    }
    if (node_.finds_links) TRY(add_links(prefix));
    for (const plan::ListedValue& listed : node_.one_of) {
      const Value value = TRY(state_.evaluate(listed.value));
      if (!listed.is_list) {
        TRY(add_value(prefix, value));
        continue;
      }
      if (value.is_none()) continue;
      if (!zerodb::is_sequence(value.tag()))
        return Error(ErrorCode::E0904, "IN takes an array").at(listed.value.span);
      const SequenceView view(value);
      for (uint32_t i = 0; i < view.size(); ++i) TRY(add_value(prefix, view.at(i)));
    }
    return finish();
  }

 private:
  Status add_value(const std::string& prefix, const Value& value) {
    std::string key = prefix;
    if (TRY(columns_.append(key, node_.equals.size(), value)))
      ranges_.push_back(Range::prefix(key));
    return ok_status();
  }

  // Entries of records whose path ends at a link: only the record it leads to knows the value.
  Status add_links(const std::string& before) {
    std::string key = before;
    const size_t column = node_.one_of.empty() ? node_.equals.size() - 1 : node_.equals.size();
    const Value any_link = Value::record_id(TableId(0), Value::int64(0));
    if (!TRY(columns_.append(key, column, any_link))) return ok_status();
    key.resize(before.size() + 1);  // the class of record ids
    ranges_.push_back(Range::prefix(key));
    return ok_status();
  }

  Status add(const std::string& prefix) {
    Range range = Range::prefix(prefix);
    if (node_.low || node_.high) {
      const bool descending =
          columns_.descending(node_.equals.size()) && !planted(QueryFault::RangeForgetsDescending);
      // In a descending column the greater values stand before the lesser ones.
      const auto& first = descending ? node_.high : node_.low;
      const auto& last = descending ? node_.low : node_.high;
      if (!TRY(bound(first, prefix, false, range)) || !TRY(bound(last, prefix, true, range)))
        return ok_status();
      if (!last && columns_.admits_none(node_.equals.size())) {
        // None stands last and is in no range.
        std::string none = prefix;
        if (TRY(columns_.append(none, node_.equals.size(), Value::none())))
          range.end = std::move(none);
      }
    }
    if (!range.is_empty()) ranges_.push_back(std::move(range));
    return ok_status();
  }

  // False: no value can be within the bound.
  Result<bool> bound(const std::optional<plan::Bound>& bound, const std::string& prefix,
                     bool is_last, Range& range) {
    if (!bound) return true;
    const Value value = TRY(state_.evaluate(bound->value));
    if (value.is_none()) return false;
    std::string key = prefix;
    // A bound that the column cannot hold is left to the condition above.
    if (!TRY(columns_.append(key, node_.equals.size(), value))) return true;
    const bool is_inclusive =
        bound->inclusive && !(is_last && planted(QueryFault::RangeLosesItsEnd));
    if (is_last == is_inclusive) {
      const auto end = prefix_end(key);
      if (!end) return true;
      key = *end;
    }
    (is_last ? range.end : range.begin) = std::move(key);
    return true;
  }

  std::vector<Range> finish() {
    std::ranges::sort(ranges_, {}, &Range::begin);
    // Equal values give equal ranges, a link lies in the range of all links, and all else is apart.
    std::vector<Range> apart;
    for (Range& range : ranges_) {
      const bool is_inside =
          !apart.empty() && (apart.back().end.empty() || range.begin < apart.back().end);
      if (!is_inside) apart.push_back(std::move(range));
    }
    return apart;
  }

  ExecState& state_;
  const plan::Node& node_;
  const WalkColumns& columns_;
  std::vector<Range> ranges_;
};

}  // namespace

Result<std::vector<Range>> scan_ranges(ExecState& state, const plan::Node& node,
                                       const std::string& prefix, const WalkColumns& columns) {
  return Ranges(state, node, columns).make(prefix);
}

}  // namespace zerodb::exec
