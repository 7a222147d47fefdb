#include "exec/sorted_runs.h"

#include <algorithm>
#include <cstring>

#include "base/assert.h"
#include "value/zval.h"

namespace zerodb::exec {

namespace {

constexpr uint64_t kRowsPerCheck = 4096;

void append_cell(std::string& out, const Value& value) {
  const size_t begin = out.size();
  out.append(sizeof(uint32_t), '\0');
  zval::append_element(out, value);
  const auto size = static_cast<uint32_t>(out.size() - begin - sizeof(uint32_t));
  std::memcpy(out.data() + begin, &size, sizeof(size));
}

// The bytes are those that append_cell wrote: their checksum was found right.
Value take_cell(std::string_view& bytes) {
  uint32_t size = 0;
  ASSERT(bytes.size() >= sizeof(size));
  std::memcpy(&size, bytes.data(), sizeof(size));
  bytes.remove_prefix(sizeof(size));
  ASSERT(bytes.size() >= size);
  Value value = zval::read_element(bytes.substr(0, size));
  bytes.remove_prefix(size);
  return value;
}

}  // namespace

Status SortedRuns::add(Row row) {
  ASSERT(row.size() == width_);
  for (const Value& value : row) append_cell(block_, value);
  return block_.size() < block_bytes_ ? ok_status() : write_block();
}

Status SortedRuns::end_run() {
  if (!block_.empty()) TRY(write_block());
  if (runs_.back().empty()) runs_.pop_back();
  return ok_status();
}

Status SortedRuns::write_block() {
  runs_.back().push_back(TRY(file_.write(block_)));
  block_.clear();
  return ok_status();
}

Status SortedRuns::open() {
  while (runs_.size() > kFanIn) TRY(merge_neighbours());
  return start(runs_);
}

Status SortedRuns::merge_neighbours() {
  const std::vector<Run> shorter = std::move(runs_);
  runs_.clear();
  std::vector<Value> row;
  uint64_t rows = 0;
  for (size_t at = 0; at < shorter.size(); at += kFanIn) {
    TRY(start(std::span(shorter).subspan(at, std::min(kFanIn, shorter.size() - at))));
    begin_run();
    while (TRY(next(row))) {
      if (++rows % kRowsPerCheck == 0) TRY(check_());
      TRY(add(row));
    }
    TRY(end_run());
  }
  return ok_status();
}

Status SortedRuns::start(std::span<const Run> runs) {
  readers_.clear();
  readers_.resize(runs.size());
  heap_.clear();
  for (size_t i = 0; i < runs.size(); ++i) {
    readers_[i].run = runs[i];
    readers_[i].number = i;
    if (TRY(advance(readers_[i]))) heap_.push_back(i);
  }
  std::ranges::make_heap(heap_, [this](size_t left, size_t right) {
    return is_after(readers_[left], readers_[right]);
  });
  return ok_status();
}

bool SortedRuns::is_after(const Reader& left, const Reader& right) const {
  const int result = compare_(left.row, right.row);
  return result != 0 ? result > 0 : left.number > right.number;
}

Result<bool> SortedRuns::advance(Reader& reader) const {
  if (reader.left.empty()) {
    if (reader.next_block == reader.run.size()) return false;
    reader.left = TRY(file_.read(reader.run[reader.next_block++], reader.buffer));
  }
  reader.row.clear();
  for (uint32_t i = 0; i < width_; ++i) reader.row.push_back(take_cell(reader.left));
  return true;
}

Result<bool> SortedRuns::next(std::vector<Value>& row) {
  if (heap_.empty()) return false;
  const auto after = [this](size_t left, size_t right) {
    return is_after(readers_[left], readers_[right]);
  };
  std::ranges::pop_heap(heap_, after);
  Reader& reader = readers_[heap_.back()];
  row.swap(reader.row);
  if (TRY(advance(reader))) {
    std::ranges::push_heap(heap_, after);
  } else {
    heap_.pop_back();
  }
  return true;
}

}  // namespace zerodb::exec
