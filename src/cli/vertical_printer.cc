// Vertical: a line a column, for rows wider than the screen.
#include <algorithm>

#include "cli/result_printer.h"
#include "zeroql/render.h"

namespace zerodb::cli {
namespace {

// The lines of a value stay lines.
std::string lines_of(std::string_view text) {
  std::string out;
  size_t begin = 0;
  for (size_t end = 0; (end = text.find('\n', begin)) != std::string_view::npos; begin = end + 1)
    out += visible_text(text.substr(begin, end - begin)) + "\n";
  return out + visible_text(text.substr(begin));
}

class VerticalPrinter final : public ResultPrinter {
 public:
  explicit VerticalPrinter(std::FILE* out) : out_(out) {}

  void begin(const std::vector<database::Column>& columns, const Names& names) override {
    heads_.clear();
    names_ = names;
    rows_ = 0;
    width_ = 0;
    for (const database::Column& column : columns) {
      heads_.push_back(visible_text(column.name));
      width_ = std::max(width_, zeroql::display_width(heads_.back()));
    }
  }

  void row(const std::vector<Value>& values) override {
    std::fprintf(out_, "-- row %zu --\n", ++rows_);
    for (size_t i = 0; i < values.size(); ++i) {
      const std::string blanks(width_ - zeroql::display_width(heads_[i]), ' ');
      const std::string text = lines_of(display_text(values[i], names_));
      std::fputs((blanks + heads_[i] + ": " + text + "\n").c_str(), out_);
    }
  }

  void end() override { std::fprintf(out_, rows_ == 1 ? "(1 row)\n" : "(%zu rows)\n", rows_); }
  void affected(uint64_t count) override { std::fputs(affected_text(count).c_str(), out_); }
  bool error(const Error&, zeroql::LineColumn) override { return false; }

 private:
  std::FILE* out_;
  std::vector<std::string> heads_;
  Names names_;
  size_t width_ = 0;
  size_t rows_ = 0;
};

}  // namespace

std::unique_ptr<ResultPrinter> make_vertical_printer(std::FILE* out) {
  return std::make_unique<VerticalPrinter>(out);
}

}  // namespace zerodb::cli
