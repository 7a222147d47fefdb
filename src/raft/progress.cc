#include "raft/progress.h"

#include <algorithm>

#include "base/assert.h"

namespace zerodb::raft {

void Window::add(LogIndex last, uint64_t bytes) {
  appends_.push_back({last, bytes});
  bytes_ += bytes;
}

void Window::release(LogIndex match) {
  while (!appends_.empty() && appends_.front().last <= match) {
    ASSERT(bytes_ >= appends_.front().bytes);
    bytes_ -= appends_.front().bytes;
    appends_.pop_front();
  }
}

void Window::clear() {
  appends_.clear();
  bytes_ = 0;
}

void Progress::wait(uint64_t now, uint64_t soonest, uint64_t latest) {
  ASSERT(soonest <= latest);
  backoff = std::clamp(backoff * 2, soonest, latest);
  is_waiting = true;
  resend_at = now + backoff;
}

}  // namespace zerodb::raft
