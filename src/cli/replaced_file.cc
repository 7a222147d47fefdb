#include "cli/replaced_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace zerodb::cli {
namespace {

Error cannot_write(const std::string& path, int reason) {
  return Error(ErrorCode::E1206, "cannot write " + path + ": " + std::strerror(reason));
}

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

// The new file, gone again unless it takes the place of the old one.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& target)
      : path_(target + ".XXXXXX"), file_(mkstemp(path_.data())) {}
  ~TemporaryFile() {
    if (file_ >= 0) close(file_);
    if (file_ >= 0 && !is_kept_) unlink(path_.c_str());
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  bool fill(std::string_view text, mode_t mode) {
    return file_ >= 0 && write_all(file_, text) && fchmod(file_, mode) == 0 && fsync(file_) == 0;
  }
  bool rename_to(const std::string& target) {
    is_kept_ = rename(path_.c_str(), target.c_str()) == 0;
    return is_kept_;
  }

 private:
  std::string path_;
  int file_;
  bool is_kept_ = false;
};

}  // namespace

Status replace_file(const std::string& path, std::string_view text) {
  std::error_code failure;
  const std::string target = std::filesystem::canonical(path, failure).string();
  if (failure) return cannot_write(path, failure.value());
  struct stat status = {};
  if (stat(target.c_str(), &status) != 0) return cannot_write(path, errno);
  if (!S_ISREG(status.st_mode))
    return Error(ErrorCode::E1206, "cannot write " + path + ": it is no regular file");
  if (access(target.c_str(), W_OK) != 0) return cannot_write(path, errno);
  TemporaryFile file(target);
  const bool is_done = file.fill(text, status.st_mode & 07777) && file.rename_to(target);
  return is_done ? ok_status() : Status(cannot_write(path, errno));
}

}  // namespace zerodb::cli
