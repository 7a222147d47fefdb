#include "exec/record_rows.h"

namespace zerodb::exec {

void ByteRuns::clear() {
  bytes_.clear();
  ends_.clear();
}

void ByteRuns::add(std::string_view run, std::string_view more) {
  bytes_.append(run);
  bytes_.append(more);
  ends_.push_back(bytes_.size());
}

const std::vector<std::string_view>& ByteRuns::views() {
  views_.clear();
  size_t begin = 0;
  for (size_t end : ends_) {
    views_.push_back(std::string_view(bytes_).substr(begin, end - begin));
    begin = end;
  }
  return views_;
}

Result<uint32_t> RecordRows::fill(txn::ScanCursor& cursor, const Target& target) {
  TRY(state_.check_interrupt());
  keys_.clear();
  records_.clear();
  uint32_t rows = 0;
  const bool wants_keys = reader_.needs_keys();
  const bool wants_records = reader_.needs_records();
  while (rows < target.capacity) {
    const txn::Entry* entry = cursor.next();
    if (entry == nullptr) {
      TRY(cursor.status());
      break;
    }
    if (wants_keys) keys_.add(without_prefix(entry->key));
    if (wants_records) records_.add(entry->value);
    ++rows;
    if (keeps_last_key_ && rows == target.capacity) last_key_.assign(entry->key);
  }
  state_.stats().rows_read += rows;
  if (rows > 0) TRY(reader_.read(keys_.views(), records_.views(), target.columns));
  return rows;
}

}  // namespace zerodb::exec
