// conformance [--engine memory|rocksdb] [--tier interpreter|wasm|auto] [--formatted] [--verbose]
// [--operator-memory BYTES] FILE_OR_FOLDER...
//
// Runs every .zql file, each on a fresh database, and prints what differs from the expectations
// that it states; with --formatted, as the formatter writes it; with --operator-memory, with
// operators that move rows beyond so many bytes to disk, which leaves the order of rows without
// ORDER BY open. A file under a folder tests/zql
// whose statements expect an error has a name that begins with fail_, and only such a file.
#include <stdlib.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "case_file.h"
#include "case_runner.h"

namespace {

namespace fs = std::filesystem;
using namespace zerodb::conformance;

std::vector<std::string> find_files(const std::vector<std::string>& arguments) {
  std::vector<std::string> files;
  for (const std::string& argument : arguments) {
    if (!fs::is_directory(argument)) {
      files.push_back(argument);
      continue;
    }
    for (const auto& entry : fs::recursive_directory_iterator(argument)) {
      if (entry.path().extension() == ".zql") files.push_back(entry.path().string());
    }
  }
  std::ranges::sort(files);
  return files;
}

// A misnamed file of the project's own corpus.
bool is_misnamed(const CaseFile& file) {
  const fs::path path(file.path);
  if (path.string().find("tests/zql/") == std::string::npos) return false;
  const bool expects_error = std::ranges::any_of(
      file.expectations,
      [](const Expectation& expectation) { return expectation.error.has_value(); });
  return path.filename().string().starts_with("fail_") != expects_error;
}

}  // namespace

int main(int argc, char** argv) {
  RunOptions options;
  ScriptForm form = ScriptForm::Written;
  std::vector<std::string> paths;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--engine" && i + 1 < argc) {
      options.engine =
          std::string(argv[++i]) == "rocksdb" ? EngineKind::RocksDb : EngineKind::Memory;
    } else if (argument == "--tier" && i + 1 < argc) {
      options.tier = argv[++i];
    } else if (argument == "--operator-memory" && i + 1 < argc) {
      options.operator_memory = std::strtoull(argv[++i], nullptr, 10);
    } else if (argument == "--formatted") {
      form = ScriptForm::Formatted;
    } else if (argument == "--verbose") {
      options.verbose = true;
    } else {
      paths.push_back(argument);
    }
  }
  std::string scratch = (fs::temp_directory_path() / "zerodb-conformance-XXXXXX").string();
  if (mkdtemp(scratch.data()) == nullptr) {
    std::printf("cannot make a folder for databases\n");
    return 1;
  }
  options.scratch = scratch;

  RunResult total;
  size_t files = 0;
  for (const std::string& path : find_files(paths)) {
    const auto file = read_case_file(path, form);
    if (!file) {
      std::printf("%s: %s\n", path.c_str(), file.error().to_string().c_str());
      ++total.failures;
      continue;
    }
    if (is_misnamed(*file)) {
      std::printf("%s: a name begins with fail_ exactly when an error is expected\n", path.c_str());
      ++total.failures;
    }
    const RunResult run = run_case_file(*file, options);
    total.statements += run.statements;
    total.failures += run.failures;
    ++files;
  }
  std::error_code ignored;
  fs::remove_all(scratch, ignored);
  std::printf("%zu files, %zu statements, %zu failures\n", files, total.statements, total.failures);
  return total.failures == 0 && total.statements > 0 ? 0 : 1;
}
