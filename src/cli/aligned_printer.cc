// Table, box and markdown: columns aligned to their widest cell.
//
// Widths come from the first rows; a result that goes on is streamed with those widths, which grow
// when a cell needs it.
#include <algorithm>

#include "cli/result_printer.h"
#include "zeroql/render.h"

namespace zerodb::cli {
namespace {

constexpr size_t kRowsMeasured = 1000;
constexpr std::string_view kCutMark = "…";

// The characters that draw a table.
struct Border {
  std::string_view left, gap, right, line;
  std::string_view top_left, top_gap, top_right;
  std::string_view middle_left, middle_gap, middle_right;
  std::string_view bottom_left, bottom_gap, bottom_right;
};
constexpr Border kTable = {" ", " | ", "", "-", "", "", "", "-", "-+-", "-", "", "", ""};
constexpr Border kBox = {"│ ", " │ ", " │", "─",  "┌─",  "─┬─", "─┐",
                         "├─", "─┼─", "─┤", "└─", "─┴─", "─┘"};
constexpr Border kMarkdown = {"| ", " | ", " |", "-", "", "", "", "| ", " | ", " |", "", "", ""};

bool is_right_aligned(const Type& type) {
  return type.is_number() || type.kind() == TypeKind::Duration;
}

// One line of text that cannot break the table.
std::string one_line(std::string_view text, OutputFormat format) {
  std::string visible = visible_text(text);
  if (format != OutputFormat::Markdown) return visible;
  std::string out;
  for (const char c : visible) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

// The lines of a cell; only markdown has no way to write more than one.
using Cell = std::vector<std::string>;

Cell cell_of(const std::string& text, OutputFormat format) {
  Cell lines;
  size_t begin = 0;
  if (format != OutputFormat::Markdown) {
    for (size_t end = 0; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
      lines.push_back(one_line(text.substr(begin, end - begin), format));
    }
  }
  lines.push_back(one_line(text.substr(begin), format));
  return lines;
}

// As much of a line as fits, with a mark if that is not all of it.
std::string fitted(std::string text, size_t width) {
  if (zeroql::display_width(text) <= width) return text;
  size_t end = 0;
  size_t used = zeroql::display_width(kCutMark);
  while (end < text.size()) {
    size_t next = end + 1;
    while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xc0) == 0x80) ++next;
    const size_t more = zeroql::display_width(std::string_view(text).substr(end, next - end));
    if (used + more > width) break;
    used += more;
    end = next;
  }
  text.resize(end);
  return text + std::string(kCutMark);
}

class AlignedPrinter final : public ResultPrinter {
 public:
  AlignedPrinter(OutputFormat format, std::FILE* out, std::vector<size_t> widths_max)
      : widths_max_(std::move(widths_max)),
        format_(format),
        border_(format == OutputFormat::Table ? kTable
                : format == OutputFormat::Box ? kBox
                                              : kMarkdown),
        out_(out) {}

  void begin(const std::vector<database::Column>& columns, const Names& names) override {
    columns_ = columns;
    names_ = names;
    widths_.clear();
    pending_.clear();
    head_written_ = false;
    is_cut_ = false;
    rows_ = 0;
    for (const database::Column& column : columns_) {
      const size_t least = format_ == OutputFormat::Markdown ? 3 : 1;
      size_t width = zeroql::display_width(one_line(column.name, format_));
      if (widths_.size() < widths_max_.size()) width = std::min(width, widths_max_[widths_.size()]);
      widths_.push_back(std::max(least, width));
    }
  }

  void row(const std::vector<Value>& values) override {
    std::vector<Cell> cells;
    for (const Value& value : values)
      cells.push_back(cell_of(display_text(value, names_), format_));
    for (size_t i = 0; i < cells.size(); ++i) {
      for (std::string& line : cells[i]) {
        if (i < widths_max_.size()) line = cut(std::move(line), widths_max_[i]);
        widths_[i] = std::max(widths_[i], zeroql::display_width(line));
      }
    }
    ++rows_;
    if (head_written_) {
      write_row(cells);
      return;
    }
    pending_.push_back(std::move(cells));
    if (pending_.size() == kRowsMeasured) write_pending();
  }

  void end() override {
    write_pending();
    rule(border_.bottom_left, border_.bottom_gap, border_.bottom_right);
    if (format_ == OutputFormat::Markdown) return;
    std::string count = rows_ == 1 ? "1 row" : std::to_string(rows_) + " rows";
    if (is_cut_) count += "; values are cut, \\gx shows them whole";
    write("(" + count + ")\n");
  }

  void affected(uint64_t count) override {
    if (format_ != OutputFormat::Markdown) write(affected_text(count));
  }
  bool error(const Error&, zeroql::LineColumn) override { return false; }

 private:
  void write(std::string_view text) { std::fwrite(text.data(), 1, text.size(), out_); }

  std::string cut(std::string line, size_t width) {
    const size_t bytes = line.size();
    line = fitted(std::move(line), width);
    is_cut_ |= line.size() != bytes;
    return line;
  }

  void rule(std::string_view left, std::string_view gap, std::string_view right) {
    if (left.empty()) return;
    std::string text(left);
    for (size_t i = 0; i < widths_.size(); ++i) {
      if (i > 0) text += gap;
      const bool colon = format_ == OutputFormat::Markdown && is_right_aligned(columns_[i].type);
      for (size_t n = colon ? 1 : 0; n < widths_[i]; ++n) text += border_.line;
      if (colon) text += ':';
    }
    text += right;
    text += '\n';
    write(text);
  }

  void write_row(const std::vector<Cell>& cells, bool head = false) {
    size_t lines = 1;
    for (const Cell& cell : cells) lines = std::max(lines, cell.size());
    for (size_t line = 0; line < lines; ++line) write_line(cells, line, head);
  }

  void write_line(const std::vector<Cell>& cells, size_t line, bool head) {
    std::string text(border_.left);
    for (size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) text += border_.gap;
      const std::string content = line < cells[i].size() ? cells[i][line] : std::string();
      const size_t width = zeroql::display_width(content);
      const std::string blanks(widths_[i] - std::min(widths_[i], width), ' ');
      const bool right = !head && is_right_aligned(columns_[i].type);
      text += right ? blanks + content : content + blanks;
    }
    text += border_.right;
    while (border_.right.empty() && !text.empty() && text.back() == ' ') text.pop_back();
    text += '\n';
    write(text);
  }

  void write_pending() {
    if (!head_written_) {
      rule(border_.top_left, border_.top_gap, border_.top_right);
      std::vector<Cell> names;
      for (const database::Column& column : columns_) {
        std::string name = one_line(column.name, format_);
        if (names.size() < widths_max_.size())
          name = fitted(std::move(name), widths_max_[names.size()]);
        names.push_back({std::move(name)});
      }
      write_row(names, true);
      rule(border_.middle_left, border_.middle_gap, border_.middle_right);
      head_written_ = true;
    }
    for (const auto& cells : pending_) write_row(cells);
    pending_.clear();
  }

  std::vector<size_t> widths_max_;  // of columns; what is behind its end is not cut
  bool is_cut_ = false;
  OutputFormat format_;
  Border border_;
  std::FILE* out_;
  std::vector<database::Column> columns_;
  Names names_;
  std::vector<size_t> widths_;
  std::vector<std::vector<Cell>> pending_;
  bool head_written_ = false;
  size_t rows_ = 0;
};

}  // namespace

std::unique_ptr<ResultPrinter> make_aligned_printer(OutputFormat format, std::FILE* out,
                                                    std::vector<size_t> widths_max) {
  return std::make_unique<AlignedPrinter>(format, out, std::move(widths_max));
}

}  // namespace zerodb::cli
