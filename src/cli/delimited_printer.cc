// CSV (RFC 4180) and TSV (a tab between cells; tab, line break and backslash escaped), each with a
// head line.
#include "cli/result_printer.h"
#include "value/json.h"

namespace zerodb::cli {
namespace {

std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

std::string tsv_cell(const std::string& text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '\t':
        out += "\\t";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\\':
        out += "\\\\";
        break;
      default:
        out += c;
    }
  }
  return out;
}

class DelimitedPrinter final : public ResultPrinter {
 public:
  DelimitedPrinter(OutputFormat format, std::FILE* out)
      : is_csv_(format == OutputFormat::Csv), out_(out) {}

  void begin(const std::vector<database::Column>& columns, const Names& names) override {
    names_ = names;
    std::string line;
    for (size_t i = 0; i < columns.size(); ++i) append(line, i, columns[i].name);
    write_line(line);
  }

  void row(const std::vector<Value>& values) override {
    std::string line;
    for (size_t i = 0; i < values.size(); ++i) append(line, i, cell(values[i]));
    write_line(line);
  }

  void end() override {}
  void affected(uint64_t) override {}
  bool error(const Error&, zeroql::LineColumn) override { return false; }

 private:
  // None is an empty cell; values with parts are JSON, so that another program can read them.
  std::string cell(const Value& value) const {
    if (value.is_none()) return {};
    const bool has_parts = value.tag() >= Tag::Tuple;
    return has_parts ? to_json(value, names_) : display_text(value, names_);
  }
  void append(std::string& line, size_t index, const std::string& text) const {
    if (index > 0) line += is_csv_ ? ',' : '\t';
    line += is_csv_ ? csv_cell(text) : tsv_cell(text);
  }
  void write_line(const std::string& line) {
    std::fwrite(line.data(), 1, line.size(), out_);
    std::fputs(is_csv_ ? "\r\n" : "\n", out_);
  }

  bool is_csv_;
  std::FILE* out_;
  Names names_;
};

}  // namespace

std::unique_ptr<ResultPrinter> make_delimited_printer(OutputFormat format, std::FILE* out) {
  return std::make_unique<DelimitedPrinter>(format, out);
}

}  // namespace zerodb::cli
