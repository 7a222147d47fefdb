#include "storage/rocks_log.h"

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstring>

namespace zerodb::storage {
namespace {

constexpr long kBytesMax = 4 << 20;
constexpr size_t kLineMax = 4096;

}  // namespace

RocksLog::RocksLog(const std::string& folder)
    : rocksdb::Logger(rocksdb::InfoLogLevel::WARN_LEVEL), path_(folder + "/LOG") {
  open();
}

void RocksLog::open() {
  file_.reset(std::fopen(path_.c_str(), "ae"));
  bytes_ = 0;
  if (file_ == nullptr) return;
  // Each line goes to the file at once: nothing is held back that a full disk could refuse later.
  std::setvbuf(file_.get(), nullptr, _IONBF, 0);
  std::fseek(file_.get(), 0, SEEK_END);
  bytes_ = std::max(std::ftell(file_.get()), 0L);
}

void RocksLog::Logv(const char* format, va_list arguments) {
  std::array<char, kLineMax> line{};
  const int64_t now = clock_.wall_ns();
  const int head = std::snprintf(line.data(), line.size(), "%lld.%06lld ",
                                 static_cast<long long>(now / 1'000'000'000),
                                 static_cast<long long>(now % 1'000'000'000 / 1000));
  std::vsnprintf(line.data() + head, line.size() - static_cast<size_t>(head) - 1, format,
                 arguments);
  size_t size = std::strlen(line.data());
  if (size > 0 && line[size - 1] != '\n') line[size++] = '\n';
  const std::lock_guard lock(mutex_);
  if (file_ == nullptr) return;
  if (bytes_ > kBytesMax) {
    std::rename(path_.c_str(), (path_ + ".old").c_str());
    open();
    if (file_ == nullptr) return;
  }
  bytes_ += static_cast<long>(std::fwrite(line.data(), 1, size, file_.get()));
}

}  // namespace zerodb::storage
