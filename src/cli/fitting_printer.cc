// A table that fits the screen. The first rows are held back and measured; then it is known how
// much of each column can be shown, and a printer of that layout takes over.
#include <algorithm>
#include <numeric>

#include "cli/result_printer.h"
#include "zeroql/render.h"

namespace zerodb::cli {
namespace {

constexpr size_t kRowsHeld = 1000;
// What a cut column keeps at least.
constexpr size_t kWidthLeast = 12;
// A border or a blank at each side of a cell, and what stands between two.
constexpr size_t kGap = 3;

size_t cell_width(const std::string& text) {
  size_t width = 0;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    width =
        std::max(width, zeroql::display_width(std::string_view(text).substr(begin, end - begin)));
    begin = end + 1;
  }
  return width;
}

// The widest columns give first, all down to one width, so that narrow ones stay whole.
std::vector<size_t> shrunk(std::vector<size_t> widths, size_t room) {
  size_t low = kWidthLeast;
  size_t high = std::max(low, *std::ranges::max_element(widths));
  const auto total = [&](size_t most) {
    return std::accumulate(widths.begin(), widths.end(), size_t{0},
                           [&](size_t sum, size_t width) { return sum + std::min(width, most); });
  };
  while (low < high) {
    const size_t middle = (low + high + 1) / 2;
    total(middle) <= room ? low = middle : high = middle - 1;
  }
  for (size_t& width : widths) width = std::min(width, low);
  return widths;
}

class FittingPrinter final : public ResultPrinter {
 public:
  FittingPrinter(OutputFormat format, std::FILE* out, Fitting fitting)
      : format_(format), out_(out), fitting_(fitting) {}

  void begin(const std::vector<database::Column>& columns, const Names& names) override {
    columns_ = columns;
    names_ = names;
    chosen_ = nullptr;
    held_.clear();
    widths_.clear();
    for (const database::Column& column : columns_)
      widths_.push_back(zeroql::display_width(column.name));
  }

  void row(const std::vector<Value>& values) override {
    if (chosen_ != nullptr) return chosen_->row(values);
    for (size_t i = 0; i < values.size(); ++i)
      widths_[i] = std::max(widths_[i], cell_width(display_text(values[i], names_)));
    held_.push_back(values);
    if (held_.size() == kRowsHeld) choose();
  }

  void end() override {
    if (chosen_ == nullptr) choose();
    chosen_->end();
  }
  void affected(uint64_t count) override { make_aligned_printer(format_, out_)->affected(count); }
  bool error(const Error&, zeroql::LineColumn) override { return false; }

 private:
  void choose() {
    chosen_ = make_chosen();
    chosen_->begin(columns_, names_);
    for (const std::vector<Value>& values : held_) chosen_->row(values);
    held_.clear();
  }

  std::unique_ptr<ResultPrinter> make_chosen() const {
    // A single column is a text of its own, such as a plan, and wraps.
    if (widths_.size() < 2) return make_aligned_printer(format_, out_);
    const size_t gaps = widths_.size() * kGap + 1;
    const size_t room = fitting_.columns > gaps ? fitting_.columns - gaps : 0;
    const auto total = [](const std::vector<size_t>& widths) {
      return std::accumulate(widths.begin(), widths.end(), size_t{0});
    };
    if (total(widths_) <= room) return make_aligned_printer(format_, out_);
    std::vector<size_t> cut = fitting_.may_cut ? shrunk(widths_, room) : widths_;
    if (total(cut) > room && fitting_.may_turn) return make_vertical_printer(out_);
    return make_aligned_printer(format_, out_, std::move(cut));
  }

  OutputFormat format_;
  std::FILE* out_;
  Fitting fitting_;
  std::vector<database::Column> columns_;
  Names names_;
  std::vector<size_t> widths_;
  std::vector<std::vector<Value>> held_;
  std::unique_ptr<ResultPrinter> chosen_;
};

}  // namespace

std::unique_ptr<ResultPrinter> make_fitting_printer(OutputFormat format, std::FILE* out,
                                                    Fitting fitting) {
  return std::make_unique<FittingPrinter>(format, out, fitting);
}

}  // namespace zerodb::cli
