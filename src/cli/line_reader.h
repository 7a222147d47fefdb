// LineReader: where the interactive shell gets its texts from: the line editor on a terminal, plain
// lines otherwise.
//
// Threading: belongs to the main thread.
#pragma once

#include <memory>
#include <string>

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
};

// With highlighting, history and multi-line editing; falls back to plain lines when the terminal
// cannot do them.
std::unique_ptr<LineReader> make_terminal_reader();
std::unique_ptr<LineReader> make_plain_reader();

// Whether the text can be run: a backslash command, only blanks, or statements that end in a
// semicolon.
bool is_complete(std::string_view text);
// Whether the text may be kept in the history: not if it mentions a password.
bool is_for_history(std::string_view text);

}  // namespace zerodb::cli
