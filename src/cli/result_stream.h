// ResultStream: where the result of one statement is written: the standard output, a file of the
// user's, or a pager when it turns out longer than the screen.
//
// What fits on the screen is written when the stream is destroyed; the destructor waits until a
// pager has ended. Threading: belongs to one thread.
#pragma once

#include <cstdio>
#include <string>

#include "cli/terminal.h"

namespace zerodb::cli {

class ResultStream {
 public:
  // `out` is borrowed.
  explicit ResultStream(std::FILE* out);
  // Through `pager`, a command of the system's shell, if it is longer than the screen.
  ResultStream(std::FILE* out, TerminalSize screen, std::string pager);
  ~ResultStream();
  ResultStream(const ResultStream&) = delete;
  ResultStream& operator=(const ResultStream&) = delete;

  std::FILE* file() { return paged_ != nullptr ? paged_ : out_; }
  // Nobody reads it any more: the pager was left, or the disk is full.
  bool is_closed() const;

 private:
  void take(const char* data, size_t size);
  size_t screen_lines(const std::string& line) const;

  std::FILE* out_;
  TerminalSize screen_;
  std::string pager_;
  std::FILE* paged_ = nullptr;  // writes into take()
  std::FILE* pipe_ = nullptr;   // of the pager, once it runs
  std::string held_;
  size_t held_measured_ = 0;  // bytes of whole lines among them
  size_t held_lines_ = 0;
  bool is_left_ = false;
};

}  // namespace zerodb::cli
