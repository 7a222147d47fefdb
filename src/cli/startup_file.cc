#include "cli/startup_file.h"

#include <cstdlib>
#include <filesystem>

namespace zerodb::cli {

std::string startup_path() {
  std::filesystem::path folder;
  if (const char* config = std::getenv("XDG_CONFIG_HOME"); config != nullptr && *config != '\0') {
    folder = config;
  } else if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0') {
    folder = std::filesystem::path(home) / ".config";
  } else {
    return {};
  }
  return (folder / "zerodb" / "shell.zql").string();
}

}  // namespace zerodb::cli
