#include "base/file_access.h"

#include <glob.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

namespace zerodb {
namespace {

namespace fs = std::filesystem;

constexpr size_t kBufferBytes = size_t{64} << 10;

bool is_below(const fs::path& path, const fs::path& folder) {
  const auto [end, rest] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  return end == folder.end() || (std::next(end) == folder.end() && end->empty());
}

std::vector<std::string> matches_of(const std::string& pattern) {
  glob_t found = {};
  std::vector<std::string> paths;
  if (glob(pattern.c_str(), GLOB_MARK, nullptr, &found) == 0)
    paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  globfree(&found);
  // GLOB_MARK: a folder ends in a slash.
  std::erase_if(paths, [](const std::string& path) { return path.ends_with('/'); });
  return paths;
}

}  // namespace

Result<std::vector<std::string>> FileAccess::find(const std::string& pattern) const {
  const Error denied(ErrorCode::E0610, "`" + pattern + "` is not below the folder of files");
  const fs::path wanted =
      fs::path(pattern).is_absolute() ? fs::path(pattern) : fs::path(start_) / pattern;
  std::error_code failure;
  const fs::path folder = fs::canonical(folder_, failure);
  // What is outside is not even looked for.
  if (failure || !is_below(fs::weakly_canonical(wanted.parent_path(), failure), folder) ||
      pattern.find('\0') != std::string::npos)
    return denied;
  std::vector<std::string> paths = matches_of(wanted.string());
  if (paths.empty() && fs::is_regular_file(wanted, failure)) paths.push_back(wanted.string());
  if (paths.empty()) return Error(ErrorCode::E0624, "there is no file `" + pattern + "`");
  for (const std::string& path : paths) {
    if (!is_below(fs::canonical(path, failure), folder) || failure) return denied;
  }
  return paths;
}

Result<std::string> FileAccess::place(const std::string& path) const {
  const Error denied(ErrorCode::E0610, "`" + path + "` is not below the folder of files");
  if (path.find('\0') != std::string::npos) return denied;
  const fs::path wanted = fs::path(path).is_absolute() ? fs::path(path) : fs::path(start_) / path;
  std::error_code failure;
  const fs::path folder = fs::canonical(folder_, failure);
  const fs::path parent = fs::weakly_canonical(wanted.parent_path(), failure);
  if (failure || !is_below(parent, folder)) return denied;
  if (!fs::is_directory(parent, failure) || !wanted.has_filename() || wanted.filename() == "." ||
      wanted.filename() == "..")
    return Error(ErrorCode::E0624, "`" + path + "` is no name of a file in a folder");
  const fs::path target = parent / wanted.filename();
  if (!fs::exists(fs::symlink_status(target, failure))) return target.string();
  // A link is followed, so that the file it leads to is the one that is replaced.
  const fs::path there = fs::weakly_canonical(target, failure);
  if (failure || !is_below(there, folder)) return denied;
  if (fs::exists(there, failure) && !fs::is_regular_file(there, failure))
    return Error(ErrorCode::E0624, "`" + path + "` is no plain file");
  return there.string();
}

Result<FileWriter> FileWriter::create(const std::string& path) {
  std::string part = path + ".XXXXXX";
  const int descriptor = ::mkstemp(part.data());
  std::FILE* file = descriptor < 0 ? nullptr : ::fdopen(descriptor, "wb");
  if (file == nullptr) {
    if (descriptor >= 0) {
      ::close(descriptor);
      ::unlink(part.c_str());
    }
    return Error(ErrorCode::E1206, "cannot write `" + path + "`");
  }
  return FileWriter(path, std::move(part), file);
}

FileWriter::~FileWriter() {
  if (file_ == nullptr) return;
  file_.reset();
  ::unlink(part_.c_str());
}

Error FileWriter::failure() const {
  return Error(ErrorCode::E1206, "cannot write `" + path_ + "`");
}

Status FileWriter::write(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), file_.get()) != text.size()) return failure();
  return {};
}

Status FileWriter::finish() {
  // mkstemp lets only the owner read; a file that was there keeps its rights.
  std::error_code ignored;
  const fs::file_status before = fs::status(path_, ignored);
  const fs::perms usual = fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read |
                          fs::perms::others_read;
  fs::permissions(part_, fs::exists(before) ? before.permissions() : usual, ignored);
  if (std::fflush(file_.get()) != 0 || ::fsync(::fileno(file_.get())) != 0) return failure();
  if (::rename(part_.c_str(), path_.c_str()) != 0) return failure();
  file_.reset();
  return {};
}

Result<FileReader> FileReader::open(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return Error(ErrorCode::E1206, "cannot read `" + path + "`");
  return FileReader(path, file);
}

bool FileReader::fill() {
  if (has_failed_) return false;
  buffer_.erase(0, at_);
  at_ = 0;
  const size_t left = buffer_.size();
  buffer_.resize(left + kBufferBytes);
  buffer_.resize(left + std::fread(buffer_.data() + left, 1, kBufferBytes, file_.get()));
  has_failed_ = std::ferror(file_.get()) != 0;
  return buffer_.size() > left;
}

bool FileReader::skip(std::string_view prefix) {
  while (buffer_.size() - at_ < prefix.size() && fill()) {
  }
  if (!std::string_view(buffer_).substr(at_).starts_with(prefix)) return false;
  at_ += prefix.size();
  return true;
}

Status FileReader::status() const {
  if (!has_failed_) return {};
  return Error(ErrorCode::E1206, "cannot read `" + path_ + "`");
}

}  // namespace zerodb
