#include "exec/table_statistics.h"

#include <algorithm>

#include "base/random.h"
#include "exec/record_reader.h"
#include "plan/plan.h"

namespace zerodb::exec {

using catalog::FieldStatistics;
using catalog::TableStatistics;
using txn::Direction;
using txn::Family;
using txn::Range;

namespace {

// Longer values are of no use as bounds, and would make the statistics large.
constexpr size_t kValueBytesMax = 128;

// A value and how often the sample has it.
struct Counted {
  size_t first = 0;  // among the sorted values
  size_t count = 0;
};

bool is_short(const Value& value) {
  return !is_bytes_like(value.tag()) || value.as_bytes().size() <= kValueBytesMax;
}

Status check_interrupt(const ExecContext& context) {
  if (context.cancel != nullptr && context.cancel->is_cancelled())
    return Error(ErrorCode::E1107, "the statement was cancelled");
  if (context.call->clock->monotonic_ns() >= context.deadline_ns)
    return Error(ErrorCode::E1107, "the statement took longer than `statement.timeout`");
  return ok_status();
}

// The estimator Duj1 of Haas and Stokes: values that the sample has once stand for those it misses.
double distinct_in_all(double distinct, double once, double sampled, double all) {
  if (sampled <= 0) return 0;
  if (sampled >= all) return distinct;
  const double guess = sampled * distinct / (sampled - once + once * sampled / all);
  return std::clamp(guess, distinct, all);
}

// What stands in more records than its share, the most frequent first.
std::vector<Counted> common_of(std::vector<Counted> counted, size_t values) {
  constexpr double kMoreThanUsual = 1.25;
  if (counted.size() > kCommonValuesMax) {
    const double usual = static_cast<double>(values) / static_cast<double>(counted.size());
    std::erase_if(counted, [&](const Counted& each) {
      return each.count < 2 || static_cast<double>(each.count) < usual * kMoreThanUsual;
    });
  }
  std::ranges::stable_sort(
      counted, [](const Counted& left, const Counted& right) { return left.count > right.count; });
  if (counted.size() > kCommonValuesMax) counted.resize(kCommonValuesMax);
  return counted;
}

std::vector<Value> bounds_of(const std::vector<Value>& rest) {
  std::vector<Value> bounds;
  if (rest.size() < 2) return bounds;
  const size_t wanted = std::min(rest.size(), kHistogramBounds);
  for (size_t i = 0; i < wanted; ++i) {
    const Value& value = rest[i * (rest.size() - 1) / (wanted - 1)];
    if (is_short(value)) bounds.push_back(value);
  }
  if (bounds.size() < 2) bounds.clear();
  return bounds;
}

// Every record has the same chance to be in the sample.
class Sample {
 public:
  explicit Sample(TableId table) : random_(table.value()) {}

  void offer(std::string_view record) {
    ++seen_;
    if (records_.size() < capacity_) {
      bytes_ += record.size();
      records_.emplace_back(record);
      // Large records: fewer of them are kept.
      if (bytes_ > kSampleBytesMax) capacity_ = records_.size();
      return;
    }
    const uint64_t place = random_.below(seen_);
    if (place < records_.size()) records_[place] = record;
  }

  uint64_t seen() const { return seen_; }
  const std::vector<std::string>& records() const { return records_; }

 private:
  SeededRandom random_;  // the same table gives the same statistics
  uint64_t seen_ = 0;
  size_t bytes_ = 0;
  size_t capacity_ = kSampleRecordsMax;
  std::vector<std::string> records_;
};

Result<std::vector<Value>> values_of(const std::vector<RecordView>& views, FieldId field) {
  std::vector<Value> values;
  for (const RecordView& view : views) {
    const auto slot = view.layout().slot_of(field);
    if (!slot) continue;
    Value value = TRY(view.field(*slot));
    if (!value.is_none()) values.push_back(std::move(value));
  }
  return values;
}

}  // namespace

FieldStatistics statistics_of(std::vector<Value> values, size_t sampled, double records) {
  FieldStatistics out;
  if (sampled == 0) return out;
  const auto all = static_cast<double>(sampled);
  out.none = 1 - static_cast<double>(values.size()) / all;
  if (values.empty()) return out;
  std::ranges::sort(values, [](const Value& l, const Value& r) { return compare(l, r) < 0; });
  std::vector<Counted> counted;
  double once = 0;
  for (size_t i = 0; i < values.size();) {
    size_t end = i + 1;
    while (end < values.size() && compare(values[i], values[end]) == 0) ++end;
    counted.push_back({i, end - i});
    once += end - i == 1 ? 1 : 0;
    i = end;
  }
  const auto there = static_cast<double>(values.size());
  out.distinct =
      distinct_in_all(static_cast<double>(counted.size()), once, there, records * (1 - out.none));
  std::vector<bool> is_common(values.size());
  for (const Counted& each : common_of(counted, values.size())) {
    if (!is_short(values[each.first])) continue;
    out.common.push_back({values[each.first], static_cast<double>(each.count) / all});
    std::fill_n(is_common.begin() + static_cast<ptrdiff_t>(each.first), each.count, true);
  }
  std::vector<Value> rest;
  for (size_t i = 0; i < values.size(); ++i) {
    if (!is_common[i]) rest.push_back(values[i]);
  }
  out.bounds = bounds_of(rest);
  return out;
}

Result<TableStatistics> collect_statistics(const ExecContext& context,
                                           const catalog::Table& table) {
  Sample sample(table.id);
  const auto cursor = context.transaction->scan(Family::Row, Range::prefix(records_prefix(table)),
                                                Direction::Forward);
  while (const txn::Entry* entry = cursor->next()) {
    if (sample.seen() % limits::kBatchRowsMax == 0) TRY(check_interrupt(context));
    sample.offer(entry->value);
  }
  TRY(cursor->status());

  TableStatistics out;
  out.records = static_cast<double>(sample.seen());
  const RecordLayouts layouts = plan::layouts_of(table);
  std::vector<RecordView> views;
  views.reserve(sample.records().size());
  for (const std::string& record : sample.records())
    views.push_back(TRY(RecordView::open(layouts, record)));
  for (const catalog::Field& field : table.fields) {
    TRY(check_interrupt(context));
    std::vector<Value> values = TRY(values_of(views, field.id));
    out.fields[field.id] = statistics_of(std::move(values), views.size(), out.records);
  }
  return out;
}

}  // namespace zerodb::exec
