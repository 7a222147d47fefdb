#include "cli/text_editor.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "cli/input_file.h"

namespace zerodb::cli {
namespace {

std::string editor_command() {
  for (const char* name : {"ZERODB_EDITOR", "VISUAL", "EDITOR"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return value;
  }
  return "vi";
}

// The file's name is an argument of the system's shell, so that none in it is read by that shell.
bool run_editor(const std::string& path) {
  const std::string script = editor_command() + " \"$1\"";
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child < 0) return false;
  if (child == 0) {
    execl("/bin/sh", "sh", "-c", script.c_str(), "sh", path.c_str(), nullptr);
    _exit(127);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return false;
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

// A file of this text that only its owner can read; empty if it cannot be made.
std::string temporary_file(const std::string& text) {
  std::error_code failure;
  const std::filesystem::path folder = std::filesystem::temp_directory_path(failure);
  if (failure) return {};
  // The ending tells the editor what language it is.
  constexpr int kEndingBytes = 4;
  std::string path = (folder / "zerodb_XXXXXX.zql").string();
  const int descriptor = mkstemps(path.data(), kEndingBytes);
  if (descriptor < 0) return {};
  std::FILE* out = fdopen(descriptor, "w");
  const bool is_written = std::fwrite(text.data(), 1, text.size(), out) == text.size();
  if (std::fclose(out) == 0 && is_written) return path;
  unlink(path.c_str());
  return {};
}

}  // namespace

std::optional<std::string> edit_file(const std::string& path) {
  if (!run_editor(path)) return std::nullopt;
  return read_file(path);
}

std::optional<std::string> edit_text(const std::string& text) {
  const std::string path = temporary_file(text + "\n");
  if (path.empty()) return std::nullopt;
  auto edited = edit_file(path);
  unlink(path.c_str());
  return edited;
}

}  // namespace zerodb::cli
