// LineReader: where the interactive shell gets its texts from: the line editor on a terminal, plain
// lines otherwise.
//
// Threading: belongs to the main thread.
#pragma once

#include <memory>
#include <string>

#include "cli/shell_language.h"

namespace zerodb::cli {

struct Line {
  enum class Status : uint8_t { Text, Interrupted, End } status = Status::End;
  std::string text;
};

class LineReader {
 public:
  virtual ~LineReader() = default;
  // A whole text: statements up to a semicolon at the end of a line, or one command that starts
  // with a backslash.
  virtual Line read(const std::string& prompt) = 0;
  // What the next text starts with.
  virtual void set_text(std::string text) = 0;
};

enum class EditKeys : uint8_t { Emacs, Vi };
// With completion, highlighting, hints, history and multi-line editing; falls back to plain lines
// when the terminal cannot do them. Borrows the language.
std::unique_ptr<LineReader> make_terminal_reader(ShellLanguage& language, EditKeys keys);
std::unique_ptr<LineReader> make_plain_reader();

// Whether the text may be kept in the history: not if it mentions a password.
bool is_for_history(std::string_view text);

}  // namespace zerodb::cli
