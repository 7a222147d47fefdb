// Both engines for tests, by one name each, and a folder that ends with the test.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "storage/memory_engine.h"
#include "storage/rocks_engine.h"

namespace zerodb::storage {

class TestFolder {
 public:
  TestFolder() {
    // In memory where there is such a place: what a power cut leaves is simulated anyway, and syncs
    // are most of the time of a test that opens many stores.
    const std::filesystem::path memory = "/dev/shm";
    const bool has_memory = ::access(memory.c_str(), W_OK | X_OK) == 0;
    const std::filesystem::path base = has_memory ? memory : std::filesystem::temp_directory_path();
    std::string pattern = (base / "zerodb_test_XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

enum class EngineKind : uint8_t { Memory, Rocks };

struct TestEngine {
  TestFolder folder;
  std::unique_ptr<Engine> engine;

  explicit TestEngine(EngineKind kind) {
    if (kind == EngineKind::Memory) {
      engine = std::make_unique<MemoryEngine>();
      return;
    }
    auto opened =
        RocksEngine::open({.path = folder.path() + "/db", .memory_budget_bytes = 32 << 20});
    ASSERT(opened.has_value());
    engine = std::move(*opened);
  }
};

inline std::string engine_name(EngineKind kind) {
  return kind == EngineKind::Memory ? "Memory" : "Rocks";
}

}  // namespace zerodb::storage
