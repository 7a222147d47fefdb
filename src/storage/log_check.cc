#include "storage/log_check.h"

#include <algorithm>
#include <array>
#include <bit>
#include <functional>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/crc32c.h"
#include "storage/rocks_status.h"

namespace zerodb::storage {
namespace {

constexpr size_t kBlockBytes = 32768;
constexpr size_t kHeaderBytes = 7;
// Enough for what is looked at in a record: the header of a batch and the mark behind it.
constexpr size_t kPrefixBytes = 64;
constexpr size_t kBatchHeaderBytes = 12;
constexpr char kLogDataTag = 3;
// A write that is torn here and there leaves what was there or zeros behind the tear: that these
// are what should be there but for one bit is likely for a byte or two, not for more than so many.
constexpr size_t kTornBytesMax = 8;

enum class FragmentType : uint8_t { Zero, Full, First, Middle, Last };

struct Fragment {
  FragmentType type;
  std::string_view bytes;
};

uint32_t masked(uint32_t crc) {
  return ((crc >> 15) | (crc << 17)) + 0xa282ead8U;
}
uint32_t unmasked(uint32_t stored) {
  const uint32_t rotated = stored - 0xa282ead8U;
  return (rotated >> 17) | (rotated << 15);
}

uint32_t stored_crc(std::string_view at) {
  return get_le<uint32_t>(at.data());
}
size_t size_of(std::string_view at) {
  return get_le<uint16_t>(at.data() + 4);
}
// The checksum covers the type and the bytes.
std::string_view covered(std::string_view at, size_t size) {
  return at.substr(6, 1 + size);
}

// The fragment at the start of `at`, which is the rest of a block; nothing if none can be read.
std::optional<Fragment> read_fragment(std::string_view at) {
  if (at.size() < kHeaderBytes) return std::nullopt;
  const size_t size = size_of(at);
  const auto type = static_cast<uint8_t>(at[6]);
  if (kHeaderBytes + size > at.size() || type == 0 ||
      type > static_cast<uint8_t>(FragmentType::Last))
    return std::nullopt;
  if (masked(crc32c(covered(at, size))) != stored_crc(at)) return std::nullopt;
  return Fragment{static_cast<FragmentType>(type), at.substr(kHeaderBytes, size)};
}

// A bit that was flipped.
struct Flip {
  size_t place;  // of its byte
  char mask;
};

// The flipped bit that makes up a difference of checksums of `bytes` bytes, if one does.
std::optional<Flip> flip_of(uint32_t difference, size_t bytes) {
  std::array<uint32_t, 8> each{};
  for (uint32_t bit = 0; bit < 8; ++bit) each[bit] = uint32_t{1} << bit;
  for (size_t behind = 0; behind < bytes; ++behind) {
    for (uint32_t bit = 0; bit < 8; ++bit) {
      each[bit] = crc32c_difference_after(each[bit]);
      if (each[bit] == difference) return Flip{bytes - 1 - behind, static_cast<char>(1U << bit)};
    }
  }
  return std::nullopt;
}

// The flipped bit of the bytes of a fragment that alone makes it unreadable.
std::optional<Flip> find_flip(std::string_view at) {
  if (at.size() < kHeaderBytes || kHeaderBytes + size_of(at) > at.size()) return std::nullopt;
  const size_t bytes = 1 + size_of(at);
  const uint32_t crc = crc32c(covered(at, size_of(at)));
  std::optional<Flip> flip = flip_of(crc ^ unmasked(stored_crc(at)), bytes);
  if (flip) flip->place += kHeaderBytes - 1;
  return flip;
}

// Whether a flipped bit of the header makes a fragment unreadable.
bool has_flipped_header(std::string_view at) {
  if (at.size() < kHeaderBytes) return false;
  const size_t size = size_of(at);
  if (kHeaderBytes + size <= at.size() &&
      std::popcount(masked(crc32c(covered(at, size))) ^ stored_crc(at)) == 1)
    return true;
  for (uint32_t bit = 0; bit < 16; ++bit) {
    const size_t other = size ^ (size_t{1} << bit);
    if (kHeaderBytes + other <= at.size() && masked(crc32c(covered(at, other))) == stored_crc(at))
      return true;
  }
  return false;
}

// Whether a bit is so near to the end of a record that a torn write may have changed it alone.
bool is_at_end(std::string_view at, const Flip& flip) {
  const auto type = static_cast<FragmentType>(at[6]);
  const size_t end = kHeaderBytes + size_of(at);
  return (type == FragmentType::Full || type == FragmentType::Last) && flip.place >= kHeaderBytes &&
         flip.place + kTornBytesMax >= end;
}

bool is_zero(std::string_view bytes) {
  return std::ranges::all_of(bytes, [](char byte) { return byte == '\0'; });
}

// Finds whole records in a file, block by block, and where reading fails goes on behind it.
class LogReader {
 public:
  struct Visitor {
    // The first bytes of a whole record.
    std::function<Status(std::string_view prefix)> on_record;
    // Something that is no record, at an offset of the file; whether a single bit is to blame.
    std::function<Status(uint64_t offset, bool is_one_bit_off)> on_hole;
    // A byte of the file at the end of a record that is right but for some bits; the record counts
    // as whole.
    std::function<Status(uint64_t offset, char mask)> on_wrong_end;
  };

  LogReader(rocksdb::Env& env, std::string path, Visitor visitor)
      : env_(env), path_(std::move(path)), visitor_(std::move(visitor)) {}

  Status read() {
    std::unique_ptr<rocksdb::SequentialFile> file;
    TRY(to_status(env_.NewSequentialFile(path_, &file, rocksdb::EnvOptions())));
    std::string block(kBlockBytes, '\0');
    while (true) {
      size_t size = 0;
      while (size < kBlockBytes) {
        rocksdb::Slice part;
        TRY(to_status(file->Read(kBlockBytes - size, &part, block.data() + size)));
        if (part.empty()) break;
        if (part.data() != block.data() + size)
          std::copy_n(part.data(), part.size(), block.data() + size);
        size += part.size();
      }
      TRY(read_block(std::span(block).first(size)));
      offset_ += size;
      if (size < kBlockBytes) break;
    }
    // A record that was begun and not ended.
    if (is_open_) return visitor_.on_hole(record_start_, false);
    return ok_status();
  }

 private:
  Status read_block(std::span<char> bytes) {
    const std::string_view block(bytes.data(), bytes.size());
    size_t at = 0;
    bool is_lost = false;  // looks for the next fragment byte by byte
    while (block.size() - at >= kHeaderBytes) {
      const std::string_view rest = block.substr(at);
      if (!is_lost && is_zero(rest.substr(0, kHeaderBytes)) && is_zero(rest)) return ok_status();
      const std::optional<Fragment> fragment = read_fragment(rest);
      if (fragment) {
        is_lost = false;
        TRY(take(*fragment, offset_ + at));
        at += kHeaderBytes + fragment->bytes.size();
        continue;
      }
      if (!is_lost) {
        const std::optional<Flip> flip = find_flip(rest);
        if (flip && is_at_end(rest, *flip)) {
          TRY(visitor_.on_wrong_end(offset_ + at + flip->place, flip->mask));
          bytes[at + flip->place] ^= flip->mask;
          continue;
        }
        TRY(lose(offset_ + at, flip || has_flipped_header(rest)));
      }
      is_lost = true;
      ++at;
    }
    // Fewer bytes than a header end a block, as zeros, and else a file that was cut.
    const bool is_cut = block.size() < kBlockBytes && !is_zero(block.substr(at));
    return is_cut && !is_lost ? lose(offset_ + at, false) : ok_status();
  }

  Status lose(uint64_t offset, bool is_one_bit_off) {
    const uint64_t start = is_open_ ? record_start_ : offset;
    is_open_ = false;
    return visitor_.on_hole(start, is_one_bit_off);
  }

  Status take(const Fragment& fragment, uint64_t offset) {
    const bool begins = fragment.type == FragmentType::Full || fragment.type == FragmentType::First;
    if (begins == is_open_) {
      // The rest of a record without its start, or a start where the rest of one was due.
      TRY(lose(offset, false));
      if (!begins) return ok_status();
    }
    if (begins) {
      record_start_ = offset;
      prefix_.clear();
    }
    if (prefix_.size() < kPrefixBytes)
      prefix_.append(fragment.bytes.substr(0, kPrefixBytes - prefix_.size()));
    is_open_ = fragment.type == FragmentType::First || fragment.type == FragmentType::Middle;
    return is_open_ ? ok_status() : visitor_.on_record(prefix_);
  }

  rocksdb::Env& env_;
  std::string path_;
  Visitor visitor_;
  uint64_t offset_ = 0;
  bool is_open_ = false;
  uint64_t record_start_ = 0;
  std::string prefix_;
};

Error damaged(const std::string& path, uint64_t offset) {
  return Error(ErrorCode::E1205, "file " + path + " was damaged at byte " + std::to_string(offset))
      .with_help("restore a backup; what lies behind the damage was committed and cannot be read");
}

// All or nothing.
Status replace(rocksdb::Env& env, const std::string& folder, const std::string& path,
               std::string_view bytes) {
  // RocksDB removes a file of this name, should this not come to its end.
  const std::string scratch = folder + "/000000.dbtmp";
  const rocksdb::Slice slice(bytes.data(), bytes.size());
  TRY(to_status(rocksdb::WriteStringToFile(&env, slice, scratch, /*should_sync=*/true)));
  TRY(to_status(env.RenameFile(scratch, path)));
  std::unique_ptr<rocksdb::Directory> directory;
  TRY(to_status(env.NewDirectory(folder, &directory)));
  return to_status(directory->Fsync());
}

// Leaves the first `size` bytes of a file.
Status cut(rocksdb::Env& env, const std::string& folder, const std::string& path, uint64_t size) {
  std::string bytes;
  TRY(to_status(rocksdb::ReadFileToString(&env, path, &bytes)));
  return replace(env, folder, path, std::string_view(bytes).substr(0, size));
}

// Flips bits of a byte of a file.
Status mend(rocksdb::Env& env, const std::string& folder, const std::string& path, uint64_t offset,
            char mask) {
  std::string bytes;
  TRY(to_status(rocksdb::ReadFileToString(&env, path, &bytes)));
  bytes.at(offset) ^= mask;
  return replace(env, folder, path, bytes);
}

constexpr size_t kMarkBytes = 2 * sizeof(uint64_t);

DurabilityMark mark_of(std::string_view record) {
  const std::string_view at = record.substr(kBatchHeaderBytes);
  if (at.size() < 2 + kMarkBytes || at[0] != kLogDataTag || at[1] != char{kMarkBytes}) return {};
  return {get_le<uint64_t>(at.data() + 2), get_le<uint64_t>(at.data() + 2 + sizeof(uint64_t))};
}

// Reads the logs of commits, oldest first, and looks behind the first hole for what shows that it
// was synced.
class CommitCheck {
 public:
  CommitCheck(rocksdb::Env& env, const std::string& folder) : env_(env), folder_(folder) {}

  Status read(const std::string& path) {
    LogReader::Visitor visitor;
    visitor.on_record = [&](std::string_view record) { return take(path, record); };
    visitor.on_hole = [&](uint64_t offset, bool is_one_bit_off) -> Status {
      if (is_one_bit_off) return damaged(path, offset);
      if (!hole_) hole_ = Hole{path, offset, before_};
      return ok_status();
    };
    visitor.on_wrong_end = [&](uint64_t offset, char mask) {
      return mend(env_, folder_, path, offset, mask);
    };
    before_.reset();
    return LogReader(env_, path, std::move(visitor)).read();
  }

 private:
  struct Before {
    uint64_t life;
    uint64_t last_sequence;
  };
  struct Hole {
    std::string path;
    uint64_t offset;
    std::optional<Before> before;  // the commit before it in its file
  };

  Status take(const std::string& path, std::string_view record) {
    if (record.size() < kBatchHeaderBytes) return ok_status();
    const uint64_t sequence = get_le<uint64_t>(record.data());
    const uint64_t count = get_le<uint32_t>(record.data() + sizeof(uint64_t));
    const DurabilityMark mark = mark_of(record);
    if (hole_ && !is_of_hole(path, mark.life)) hole_.reset();
    if (hole_) {
      // Without a commit before the hole, one behind it speaks if all before itself was synced.
      const uint64_t reached = hole_->before ? hole_->before->last_sequence + 1 : sequence - 1;
      if (mark.synced_sequence >= reached && mark.synced_sequence > 0)
        return damaged(hole_->path, hole_->offset);
    }
    before_ = Before{mark.life, sequence + count - 1};
    return ok_status();
  }

  // Whether a commit was made in the life of the store that made the hole's file.
  bool is_of_hole(const std::string& path, uint64_t life) const {
    return path == hole_->path || (hole_->before && hole_->before->life == life);
  }

  rocksdb::Env& env_;
  const std::string& folder_;
  std::optional<Before> before_;  // the last commit of the file that is read
  std::optional<Hole> hole_;
};

Status check_manifest(rocksdb::Env& env, const std::string& folder, const std::string& path) {
  std::optional<uint64_t> hole;
  LogReader::Visitor visitor;
  visitor.on_record = [&](std::string_view /*record*/) -> Status {
    if (hole) return damaged(path, *hole);
    return ok_status();
  };
  visitor.on_hole = [&](uint64_t offset, bool is_one_bit_off) -> Status {
    if (is_one_bit_off) return damaged(path, offset);
    if (!hole) hole = offset;
    return ok_status();
  };
  visitor.on_wrong_end = [&](uint64_t offset, char mask) {
    return mend(env, folder, path, offset, mask);
  };
  TRY(LogReader(env, path, std::move(visitor)).read());
  // An empty one is no manifest at all, and RocksDB says so.
  if (hole && *hole > 0) return cut(env, folder, path, *hole);
  return ok_status();
}

// The number of a log of commits, NUMBER.log.
std::optional<uint64_t> log_number(const std::string& name) {
  constexpr std::string_view kSuffix = ".log";
  if (!name.ends_with(kSuffix)) return std::nullopt;
  const std::string digits = name.substr(0, name.size() - kSuffix.size());
  const bool is_number = !digits.empty() && digits.size() < 20 &&
                         std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
  if (!is_number) return std::nullopt;
  return std::stoull(digits);
}

}  // namespace

std::string encode(DurabilityMark mark) {
  std::string out;
  put_le(out, mark.life);
  put_le(out, mark.synced_sequence);
  return out;
}

Status check_logs(rocksdb::Env& env, const std::string& folder) {
  std::string current;
  // Whatever is wrong with it, RocksDB says so.
  if (rocksdb::ReadFileToString(&env, folder + "/CURRENT", &current).ok() &&
      current.ends_with('\n')) {
    const std::string manifest = folder + "/" + current.substr(0, current.size() - 1);
    if (current.starts_with("MANIFEST-") && env.FileExists(manifest).ok())
      TRY(check_manifest(env, folder, manifest));
  }
  std::vector<std::string> names;
  TRY(to_status(env.GetChildren(folder, &names)));
  std::vector<std::pair<uint64_t, std::string>> logs;
  for (const std::string& name : names) {
    if (const auto number = log_number(name)) logs.emplace_back(*number, folder + "/" + name);
  }
  std::sort(logs.begin(), logs.end());
  CommitCheck check(env, folder);
  for (const auto& [number, path] : logs) TRY(check.read(path));
  return ok_status();
}

}  // namespace zerodb::storage
