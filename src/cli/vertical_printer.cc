// Vertical: a line a column, for rows wider than the screen.
#include <algorithm>

#include "cli/result_printer.h"
#include "zeroql/render.h"

namespace zerodb::cli {
namespace {

class VerticalPrinter final : public ResultPrinter {
 public:
  explicit VerticalPrinter(std::FILE* out) : out_(out) {}

  void begin(const std::vector<database::Column>& columns, const Names& names) override {
    columns_ = columns;
    names_ = names;
    rows_ = 0;
    width_ = 0;
    for (const database::Column& column : columns_)
      width_ = std::max(width_, zeroql::display_width(column.name));
  }

  void row(const std::vector<Value>& values) override {
    std::fprintf(out_, "-- row %zu --\n", ++rows_);
    for (size_t i = 0; i < values.size(); ++i) {
      const std::string& name = columns_[i].name;
      const std::string blanks(width_ - zeroql::display_width(name), ' ');
      const std::string text = display_text(values[i], names_);
      const std::string line = blanks + name + ": " + text + "\n";
      std::fwrite(line.data(), 1, line.size(), out_);  // a text may hold zero bytes
    }
  }

  void end() override { std::fprintf(out_, rows_ == 1 ? "(1 row)\n" : "(%zu rows)\n", rows_); }
  void affected(uint64_t count) override { std::fputs(affected_text(count).c_str(), out_); }
  bool error(const Error&, zeroql::LineColumn) override { return false; }

 private:
  std::FILE* out_;
  std::vector<database::Column> columns_;
  Names names_;
  size_t width_ = 0;
  size_t rows_ = 0;
};

}  // namespace

std::unique_ptr<ResultPrinter> make_vertical_printer(std::FILE* out) {
  return std::make_unique<VerticalPrinter>(out);
}

}  // namespace zerodb::cli
