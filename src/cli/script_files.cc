#include "cli/script_files.h"

#include <algorithm>
#include <filesystem>

namespace zerodb::cli {

std::optional<std::vector<std::string>> scripts_of(const std::string& name) {
  namespace fs = std::filesystem;
  std::error_code failure;
  if (name == "-" || !fs::is_directory(name, failure)) return {{name}};
  std::vector<std::string> scripts;
  fs::recursive_directory_iterator at(name, failure);
  for (const fs::recursive_directory_iterator end; !failure && at != end; at.increment(failure)) {
    std::error_code ignored;
    if (at->is_regular_file(ignored) && at->path().extension() == ".zql")
      scripts.push_back(at->path().string());
  }
  if (failure) return std::nullopt;
  std::sort(scripts.begin(), scripts.end());
  return scripts;
}

}  // namespace zerodb::cli
