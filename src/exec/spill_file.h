// SpillFile: a temporary file of checksummed blocks, for rows that do not fit into the memory of
// their statement.
//
// The file has no name: it is gone with the process, however that ends. Blocks are written behind
// one another and read back by their place, in any order, also while more are written. Checksums
// are those of this process, since nobody else reads the file. Errors: E1204 a full disk, after
// which nothing of the refused block is left and what was written before can still be read; E1205 a
// block that is not what was written; E1206 all else. Threading: belongs to one statement.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace zerodb::exec {

// What the bytes of a spill file lie on. Tests have one that fails.
class SpillDevice {
 public:
  virtual ~SpillDevice() = default;
  // All of the bytes, or an error.
  virtual Status write(uint64_t offset, std::string_view bytes) = 0;
  // `size` bytes, or an error. The string's storage is reused.
  virtual Status read(uint64_t offset, size_t size, std::string& out) = 0;
  // Gives the space from `size` on back.
  virtual void truncate(uint64_t size) = 0;
};

// A file without a name in a folder.
Result<std::unique_ptr<SpillDevice>> open_spill_device(const std::string& folder);

class SpillFile {
 public:
  struct Block {
    uint64_t offset = 0;
    uint32_t size = 0;  // of the content
  };

  explicit SpillFile(std::unique_ptr<SpillDevice> device) : device_(std::move(device)) {}
  static Result<SpillFile> create(const std::string& folder);

  // At most 4 GiB less a header.
  Result<Block> write(std::string_view content);
  // The content; a view into `buffer`, which must not be shorter-lived.
  Result<std::string_view> read(const Block& block, std::string& buffer) const;
  // Forgets all blocks and gives their space back.
  void clear();
  // Bytes that were ever written, with headers.
  uint64_t bytes_written() const { return bytes_written_; }

 private:
  std::unique_ptr<SpillDevice> device_;
  uint64_t end_ = 0;
  uint64_t bytes_written_ = 0;
  std::string scratch_;
};

}  // namespace zerodb::exec
