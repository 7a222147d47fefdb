// RocksLog: what RocksDB has to say, in the file LOG of the store, for whoever looks into a
// failure.
//
// It is never in the way: what cannot be written is dropped. RocksDB's own logger must not be
// used, as it stops the process when it writes again after a full disk refused a line. A file that
// has grown too long is put aside as LOG.old. Threading: may be called by all threads.
#pragma once

#include <rocksdb/env.h>

#include <cstdio>
#include <memory>
#include <mutex>
#include <string>

#include "base/clock.h"

namespace zerodb::storage {

class RocksLog final : public rocksdb::Logger {
 public:
  // The folder may be absent, as it is for a store on a file system in memory: nothing is kept.
  explicit RocksLog(const std::string& folder);

  using rocksdb::Logger::Logv;
  void Logv(const char* format, va_list arguments) override;

 private:
  struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  void open();

  const std::string path_;
  SystemClock clock_;
  std::mutex mutex_;  // guards what follows
  std::unique_ptr<std::FILE, Closer> file_;
  long bytes_ = 0;
};

}  // namespace zerodb::storage
