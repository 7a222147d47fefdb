// ProgressBar: how far a long job is: a moving bar on a terminal, a line at each quarter elsewhere.
//
// Threading: belongs to one thread.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

#include "base/clock.h"

namespace zerodb::cli {

class ProgressBar {
 public:
  // Both borrowed.
  ProgressBar(std::FILE* out, Clock& clock);

  void start(std::string label, size_t total);
  void advance(size_t count);
  void finish();

 private:
  void draw();

  std::FILE* out_;
  Clock& clock_;
  bool is_terminal_;
  std::string label_;
  size_t total_ = 0;
  size_t done_ = 0;
  size_t quarters_shown_ = 0;
  int64_t started_ns_ = 0;
  int64_t drawn_ns_ = 0;
};

}  // namespace zerodb::cli
