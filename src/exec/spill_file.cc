#include "exec/spill_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <functional>

#include "base/assert.h"

namespace zerodb::exec {

namespace {

// Before the content of each block.
struct Header {
  uint64_t checksum;
  uint64_t offset;  // of the block: one that lies at a wrong place is damage too
  uint64_t size;
};

uint64_t checksum_of(std::string_view content, uint64_t offset) {
  return std::hash<std::string_view>()(content) ^ (offset * 0x9e3779b97f4a7c15);
}

Error device_error(const char* what, int reason) {
  const bool is_full = reason == ENOSPC || reason == EDQUOT || reason == EFBIG;
  return Error(is_full ? ErrorCode::E1204 : ErrorCode::E1206,
               std::string("cannot ") + what + " a temporary file: " + std::strerror(reason));
}

class FileDevice final : public SpillDevice {
 public:
  explicit FileDevice(int file) : file_(file) {}
  ~FileDevice() override { ::close(file_); }
  FileDevice(const FileDevice&) = delete;
  FileDevice& operator=(const FileDevice&) = delete;

  Status write(uint64_t offset, std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t done = ::pwrite(file_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (done < 0 && errno == EINTR) continue;
      if (done < 0) return device_error("write", errno);
      bytes.remove_prefix(static_cast<size_t>(done));
      offset += static_cast<uint64_t>(done);
    }
    return ok_status();
  }

  Status read(uint64_t offset, size_t size, std::string& out) override {
    out.resize(size);
    for (size_t at = 0; at < size;) {
      const ssize_t done =
          ::pread(file_, out.data() + at, size - at, static_cast<off_t>(offset + at));
      if (done < 0 && errno == EINTR) continue;
      if (done < 0) return device_error("read", errno);
      if (done == 0) return Error(ErrorCode::E1205, "a temporary file is shorter than it was");
      at += static_cast<size_t>(done);
    }
    return ok_status();
  }

  // That space stays in use until the file is closed is all that a failure can mean.
  void truncate(uint64_t size) override {
    [[maybe_unused]] const int status = ::ftruncate(file_, static_cast<off_t>(size));
  }

 private:
  int file_;
};

// For file systems that have no files without a name: one whose name is removed at once.
int open_unlinked(const std::string& folder) {
  std::string path = folder + "/spill.XXXXXX";
  const int file = ::mkostemp(path.data(), O_CLOEXEC);
  if (file >= 0) ::unlink(path.c_str());
  return file;
}

}  // namespace

Result<std::unique_ptr<SpillDevice>> open_spill_device(const std::string& folder) {
  int file = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL))
    file = open_unlinked(folder);
  if (file < 0) return device_error("make", errno);
  return std::unique_ptr<SpillDevice>(std::make_unique<FileDevice>(file));
}

Result<SpillFile> SpillFile::create(const std::string& folder) {
  return SpillFile(TRY(open_spill_device(folder)));
}

Result<SpillFile::Block> SpillFile::write(std::string_view content) {
  ASSERT(content.size() <= UINT32_MAX - sizeof(Header));
  const Header header{checksum_of(content, end_), end_, content.size()};
  scratch_.assign(reinterpret_cast<const char*>(&header), sizeof(header));
  scratch_.append(content);
  Status written = device_->write(end_, scratch_);
  if (!written) {
    device_->truncate(end_);
    return std::move(written).error();
  }
  const Block block{end_, static_cast<uint32_t>(content.size())};
  end_ += scratch_.size();
  bytes_written_ += scratch_.size();
  return block;
}

Result<std::string_view> SpillFile::read(const Block& block, std::string& buffer) const {
  TRY(device_->read(block.offset, sizeof(Header) + block.size, buffer));
  Header header;
  std::memcpy(&header, buffer.data(), sizeof(header));
  const std::string_view content = std::string_view(buffer).substr(sizeof(header));
  if (header.offset != block.offset || header.size != block.size ||
      header.checksum != checksum_of(content, block.offset)) {
    return Error(ErrorCode::E1205, "a temporary file holds other rows than were written");
  }
  return content;
}

void SpillFile::clear() {
  device_->truncate(0);
  end_ = 0;
}

}  // namespace zerodb::exec
