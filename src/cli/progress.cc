#include "cli/progress.h"

#include <unistd.h>

#include <algorithm>

namespace zerodb::cli {
namespace {

constexpr int64_t kRedrawNs = 100'000'000;
constexpr size_t kCells = 30;

}  // namespace

ProgressBar::ProgressBar(std::FILE* out, Clock& clock)
    : out_(out), clock_(clock), is_terminal_(isatty(fileno(out)) != 0) {}

void ProgressBar::start(std::string label, size_t total) {
  label_ = std::move(label);
  total_ = std::max<size_t>(total, 1);
  done_ = 0;
  quarters_shown_ = 0;
  started_ns_ = clock_.monotonic_ns();
  drawn_ns_ = 0;
}

void ProgressBar::advance(size_t count) {
  done_ += count;
  const int64_t now = clock_.monotonic_ns();
  if (is_terminal_) {
    if (now - drawn_ns_ < kRedrawNs) return;
    drawn_ns_ = now;
    draw();
  } else if (done_ * 4 / total_ > quarters_shown_) {
    quarters_shown_ = done_ * 4 / total_;
    std::fprintf(out_, "%s: %zu %%\n", label_.c_str(), quarters_shown_ * 25);
    std::fflush(out_);
  }
}

void ProgressBar::draw() {
  const size_t filled = std::min(kCells, done_ * kCells / total_);
  std::string bar;
  for (size_t i = 0; i < kCells; ++i) bar += i < filled ? "█" : "░";
  const double seconds = static_cast<double>(clock_.monotonic_ns() - started_ns_) / 1e9;
  const double rate = seconds > 0 ? static_cast<double>(done_) / seconds : 0;
  std::fprintf(out_, "\r%s %s %3zu %%  %.0f records/s ", label_.c_str(), bar.c_str(),
               done_ * 100 / total_, rate);
  std::fflush(out_);
}

void ProgressBar::finish() {
  const double seconds = static_cast<double>(clock_.monotonic_ns() - started_ns_) / 1e9;
  if (is_terminal_) {
    draw();
    std::fprintf(out_, "\n");
  }
  std::fprintf(out_, "%zu records in %.1f s\n", done_, seconds);
}

}  // namespace zerodb::cli
