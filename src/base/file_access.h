// FileAccess: which files a statement may read and write, and doing so.
//
// A host names one folder; all below it may be used, also what links lead to below it, and nothing
// else. Threading: FileAccess is immutable; a FileReader or FileWriter belongs to one thread.
#pragma once

#include <array>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace zerodb {

class FileAccess {
 public:
  // A relative path or pattern starts from `start`, which is mostly the folder itself.
  FileAccess(std::string folder, std::string start)
      : folder_(std::move(folder)), start_(std::move(start)) {}

  // The files that a path or a glob pattern names, in the order of their names. E0610 for one that
  // is not below the folder, E0624 where there is none.
  Result<std::vector<std::string>> find(const std::string& pattern) const;
  // The path of one file that is to be written, there already or not. E0610 as above, E0624 where
  // its folder is not there or it is no plain file.
  Result<std::string> place(const std::string& path) const;

 private:
  std::string folder_;
  std::string start_;
};

// By byte.
using ByteSet = std::array<bool, 256>;

// A file from its begin to its end, byte by byte out of a buffer.
class FileReader {
 public:
  static constexpr int kEnd = -1;

  // E1206 where it cannot be read.
  static Result<FileReader> open(const std::string& path);

  // The next byte, or kEnd: also after a failure of the device, which status() tells.
  int next() {
    if (at_ == buffer_.size() && !fill()) return kEnd;
    const auto byte = static_cast<unsigned char>(buffer_[at_++]);
    if (byte == '\n') {
      ++line_;
      column_ = 1;
    } else if ((byte & 0xc0) != 0x80) {
      ++column_;
    }
    return byte;
  }
  int peek() {
    if (at_ == buffer_.size() && !fill()) return kEnd;
    return static_cast<unsigned char>(buffer_[at_]);
  }
  // Takes the bytes before the next one of `ends`, as far as they are in the buffer. None: one of
  // them comes next, or kEnd. Valid until the next call. A line end must be among them.
  std::string_view take_until(const ByteSet& ends) {
    if (at_ == buffer_.size() && !fill()) return {};
    const size_t from = at_;
    size_t inner = 0;  // bytes within code points
    for (; at_ < buffer_.size(); ++at_) {
      const auto byte = static_cast<unsigned char>(buffer_[at_]);
      if (ends[byte]) break;
      inner += (byte & 0xc0) == 0x80;
    }
    column_ += at_ - from - inner;
    return std::string_view(buffer_).substr(from, at_ - from);
  }
  // Takes these bytes if they come next, which works on pipes too; otherwise takes nothing. They
  // count in neither line nor column: it is for marks that stand before a text.
  bool skip(std::string_view prefix);
  // The number of the line of the next byte, from 1.
  uint64_t line() const { return line_; }
  // The code points before the next byte in its line, plus one.
  uint64_t column() const { return column_; }
  const std::string& path() const { return path_; }
  Status status() const;

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  FileReader(std::string path, std::FILE* file) : path_(std::move(path)), file_(file) {}
  // Reads on behind what is left of the buffer; false at the end.
  bool fill();

  std::string path_;
  std::unique_ptr<std::FILE, Close> file_;
  std::string buffer_;
  size_t at_ = 0;
  uint64_t line_ = 1;
  uint64_t column_ = 1;
  bool has_failed_ = false;
};

// A file that is there as a whole, under its name, or not at all: it is written beside it and takes
// the name at the end. Without finish() nothing is left.
class FileWriter {
 public:
  // E1206 where it cannot be written.
  static Result<FileWriter> create(const std::string& path);
  FileWriter(FileWriter&& other) noexcept = default;
  FileWriter& operator=(FileWriter&& other) = delete;
  ~FileWriter();

  Status write(std::string_view text);
  // On the disk, and under its name, when it returns.
  Status finish();

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  FileWriter(std::string path, std::string part, std::FILE* file)
      : path_(std::move(path)), part_(std::move(part)), file_(file) {}
  Error failure() const;

  std::string path_;
  std::string part_;  // where it is until it is whole
  std::unique_ptr<std::FILE, Close> file_;
};

}  // namespace zerodb
