#include "cli/result_stream.h"

#include <algorithm>

#include "zeroql/render.h"

namespace zerodb::cli {

ResultStream::ResultStream(std::FILE* out) : out_(out) {}

ResultStream::ResultStream(std::FILE* out, TerminalSize screen, std::string pager)
    : out_(out), screen_(screen), pager_(std::move(pager)) {
  cookie_io_functions_t functions{};
  functions.write = [](void* self, const char* data, size_t size) {
    static_cast<ResultStream*>(self)->take(data, size);
    return static_cast<ssize_t>(size);
  };
  // Without it, everything goes straight to the screen.
  paged_ = fopencookie(this, "w", functions);
}

ResultStream::~ResultStream() {
  if (paged_ == nullptr) {
    std::fflush(out_);
    return;
  }
  std::fclose(paged_);
  if (pipe_ != nullptr) {
    pclose(pipe_);
    return;
  }
  std::fwrite(held_.data(), 1, held_.size(), out_);
  std::fflush(out_);
}

bool ResultStream::is_closed() const {
  return is_left_ || (paged_ == nullptr && std::ferror(out_) != 0);
}

size_t ResultStream::screen_lines(const std::string& line) const {
  const size_t width = std::max<size_t>(zeroql::display_width(line), 1);
  return (width + screen_.columns - 1) / screen_.columns;
}

void ResultStream::take(const char* data, size_t size) {
  if (is_left_) return;
  if (pipe_ != nullptr) {
    is_left_ = std::fwrite(data, 1, size, pipe_) != size || std::fflush(pipe_) != 0;
    return;
  }
  held_.append(data, size);
  for (size_t end = 0; (end = held_.find('\n', held_measured_)) != std::string::npos;
       held_measured_ = end + 1)
    held_lines_ += screen_lines(held_.substr(held_measured_, end - held_measured_));
  // A line is left for the prompt, one for the time.
  if (held_lines_ + 2 <= screen_.rows) return;
  std::fflush(out_);
  pipe_ = popen(pager_.c_str(), "w");
  if (pipe_ == nullptr) return;
  is_left_ =
      std::fwrite(held_.data(), 1, held_.size(), pipe_) != held_.size() || std::fflush(pipe_) != 0;
  held_.clear();
}

}  // namespace zerodb::cli
