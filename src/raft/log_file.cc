#include "raft/log_file.h"

#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/crc32c.h"
#include "base/error.h"

namespace zerodb::raft {

namespace {

constexpr size_t kRecordHeaderBytes = 24;
constexpr uint32_t kVersion = 1;
constexpr uint64_t kRewriteBytes = 16 << 20;
enum class RecordKind : uint8_t { Header = 1, Write = 2 };

Error damaged(const char* what) {
  return Error(ErrorCode::E1205, std::string("log of a replica: ") + what);
}

void put_record(std::string& out, uint64_t generation, uint64_t durable, const std::string& body) {
  std::string size;
  put_le(size, static_cast<uint32_t>(body.size()));
  std::string origin;
  put_le(origin, generation);
  put_le(origin, durable);
  out += size;
  put_le(out, crc32c(body, crc32c(origin, crc32c(size))));
  out += origin;
  out += body;
}

std::string header_body(LogPosition base) {
  std::string body(1, static_cast<char>(RecordKind::Header));
  put_le(body, kVersion);
  put_le(body, base.index.value());
  put_le(body, base.term.value());
  return body;
}

std::string write_body(const std::optional<HardState>& hard, std::span<const Entry> entries) {
  std::string body(1, static_cast<char>(RecordKind::Write));
  body.push_back(hard ? 1 : 0);
  if (hard) {
    put_le(body, hard->term.value());
    put_le(body, hard->vote.value());
    put_le(body, hard->commit.value());
  }
  put_le(body, static_cast<uint32_t>(entries.size()));
  for (const Entry& entry : entries) {
    put_le(body, entry.index.value());
    put_le(body, entry.term.value());
    body.push_back(static_cast<char>(entry.kind));
    put_le(body, static_cast<uint32_t>(entry.payload.size()));
    body += entry.payload.view();
  }
  return body;
}

struct Record {
  uint64_t generation = 0;
  // How much of the file was durable when it was written.
  uint64_t durable = 0;
  std::string_view body;
  size_t bytes() const { return kRecordHeaderBytes + body.size(); }
};

// The record that `bytes` begin with, if a whole one does.
std::optional<Record> record_at(std::string_view bytes) {
  if (bytes.size() < kRecordHeaderBytes) return std::nullopt;
  const uint32_t size = get_le<uint32_t>(bytes.data());
  if (size == 0 || bytes.size() - kRecordHeaderBytes < size) return std::nullopt;
  const std::string_view body = bytes.substr(kRecordHeaderBytes, size);
  const uint32_t crc = crc32c(body, crc32c(bytes.substr(8, 16), crc32c(bytes.substr(0, 4))));
  if (crc != get_le<uint32_t>(bytes.data() + 4)) return std::nullopt;
  return Record{get_le<uint64_t>(bytes.data() + 8), get_le<uint64_t>(bytes.data() + 16), body};
}

// Whether a later record tells that the file was durable beyond `at`, where no record could be
// read.
bool was_durable(std::string_view bytes, size_t at, uint64_t generation) {
  for (size_t later = at + 1; later + kRecordHeaderBytes <= bytes.size(); ++later) {
    if (get_le<uint64_t>(bytes.data() + later + 8) != generation) continue;
    const std::optional<Record> record = record_at(bytes.substr(later));
    if (record && record->durable > at) return true;
  }
  return false;
}

// Numbers off the front of a body.
class Fields {
 public:
  explicit Fields(std::string_view bytes) : bytes_(bytes) {}
  template <typename T>
  T number() {
    if (bytes_.size() < sizeof(T)) {
      has_failed_ = true;
      bytes_ = {};
      return T();
    }
    const T value = get_le<T>(bytes_.data());
    bytes_.remove_prefix(sizeof(T));
    return value;
  }
  std::string_view text(size_t size) {
    has_failed_ = has_failed_ || size > bytes_.size();
    if (has_failed_) return {};
    const std::string_view out = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return out;
  }
  bool is_read_to_the_end() const { return !has_failed_ && bytes_.empty(); }
  bool has_failed() const { return has_failed_; }

 private:
  std::string_view bytes_;
  bool has_failed_ = false;
};

}  // namespace

Result<LogFile> LogFile::open(AppendFile& file) {
  LogFile log(file);
  const std::string bytes = TRY(file.read_all());
  TRY(log.recover(bytes));
  return log;
}

Status LogFile::recover(std::string_view bytes) {
  const std::optional<Record> first = record_at(bytes);
  if (!first) {
    if (!bytes.empty()) return damaged("the first record is damaged");
    return rewrite();
  }
  generation_ = first->generation;
  if (static_cast<RecordKind>(first->body.front()) != RecordKind::Header) {
    return damaged("it does not begin with a header");
  }
  size_t at = 0;
  while (const std::optional<Record> record = record_at(bytes.substr(at))) {
    if (record->generation != generation_) break;
    TRY(apply(record->body));
    at += record->bytes();
  }
  written_bytes_ = durable_bytes_ = at;
  if (at == bytes.size()) return ok_status();
  if (was_durable(bytes, at, generation_)) return damaged("a record that was durable is damaged");
  return rewrite();
}

Status LogFile::apply(std::string_view body) {
  Fields fields(body);
  const auto kind = static_cast<RecordKind>(fields.number<uint8_t>());
  if (kind == RecordKind::Header) {
    if (fields.number<uint32_t>() > kVersion) {
      return Error(ErrorCode::E1208, "log of a replica: it is of a newer version");
    }
    const LogIndex index(fields.number<uint64_t>());
    storage_->reset({index, Term(fields.number<uint64_t>())});
    return fields.is_read_to_the_end() ? ok_status() : Status(damaged("malformed header"));
  }
  if (kind != RecordKind::Write) return damaged("unknown kind of record");
  HardState hard = storage_->hard();
  if (fields.number<uint8_t>() != 0) {
    hard.term = Term(fields.number<uint64_t>());
    hard.vote = NodeId(fields.number<uint64_t>());
    hard.commit = LogIndex(fields.number<uint64_t>());
  }
  std::vector<Entry> entries;
  const uint32_t count = fields.number<uint32_t>();
  for (uint32_t i = 0; i < count && !fields.has_failed(); ++i) {
    Entry entry;
    entry.index = LogIndex(fields.number<uint64_t>());
    entry.term = Term(fields.number<uint64_t>());
    entry.kind = static_cast<EntryKind>(fields.number<uint8_t>());
    entry.payload = Payload(std::string(fields.text(fields.number<uint32_t>())));
    const LogIndex before = entries.empty() ? storage_->last() : entries.back().index;
    const bool is_next = entries.empty()
                             ? entry.index > storage_->base().index && entry.index <= next(before)
                             : entry.index == next(before);
    if (!is_next || entry.kind > EntryKind::Config) return damaged("malformed entry");
    entries.push_back(std::move(entry));
  }
  if (!fields.is_read_to_the_end()) return damaged("malformed write");
  storage_->set_hard(hard);
  storage_->append(entries);
  return ok_status();
}

// Keeps the first failure for ever.
Status LogFile::run(Status status) {
  if (!status.has_value()) has_failed_ = true;
  return status;
}

Status LogFile::write(const std::optional<HardState>& hard, std::span<const Entry> entries) {
  if (has_failed_) return Error(ErrorCode::E1206, "the log of a replica failed before");
  std::string record;
  put_record(record, generation_, durable_bytes_, write_body(hard, entries));
  TRY(run(file_->append(record)));
  written_bytes_ += record.size();
  if (hard) storage_->set_hard(*hard);
  storage_->append(entries);
  return ok_status();
}

Status LogFile::sync() {
  if (has_failed_) return Error(ErrorCode::E1206, "the log of a replica failed before");
  TRY(run(file_->sync()));
  durable_bytes_ = written_bytes_;
  return ok_status();
}

Status LogFile::compact(LogIndex index) {
  if (index <= storage_->base().index) return ok_status();
  storage_->compact(index);
  return rewrite();
}

Status LogFile::reset(LogPosition position) {
  storage_->reset(position);
  return rewrite();
}

Status LogFile::rewrite() {
  if (has_failed_) return Error(ErrorCode::E1206, "the log of a replica failed before");
  ++generation_;
  std::string bytes;
  put_record(bytes, generation_, 0, header_body(storage_->base()));
  put_record(bytes, generation_, 0, write_body(storage_->hard(), {}));
  for (LogIndex from = next(storage_->base().index); from <= storage_->last();) {
    const EntriesAnswer answer = storage_->entries(from, storage_->last(), kRewriteBytes);
    put_record(bytes, generation_, 0, write_body(std::nullopt, answer.entries));
    from = next(answer.entries.back().index);
  }
  TRY(run(file_->replace(bytes)));
  written_bytes_ = durable_bytes_ = bytes.size();
  return ok_status();
}

}  // namespace zerodb::raft
