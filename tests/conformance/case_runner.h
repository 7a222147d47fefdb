// CaseRunner: runs a case file on a fresh database and compares.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "case_file.h"

namespace zerodb::conformance {

enum class EngineKind : uint8_t { Memory, RocksDb };

struct RunOptions {
  EngineKind engine = EngineKind::Memory;
  std::string tier = "auto";
  std::string scratch;                      // folder for databases on disk
  std::optional<uint64_t> operator_memory;  // see DatabaseOptions
  bool verbose = false;
};

struct RunResult {
  size_t statements = 0;
  size_t failures = 0;
};

// Prints what differs.
RunResult run_case_file(const CaseFile& file, const RunOptions& options);

}  // namespace zerodb::conformance
