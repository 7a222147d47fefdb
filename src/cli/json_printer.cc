// JSON forms: `json` an array of objects a statement, `jsonl` an object a row, `json-compact` one
// line a statement with columns, types and rows, in which counts and errors are results too.
#include "cli/result_printer.h"
#include "value/json.h"

namespace zerodb::cli {
namespace {

std::string json_string(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

class JsonPrinter final : public ResultPrinter {
 public:
  JsonPrinter(OutputFormat format, std::FILE* out) : format_(format), out_(out) {}

  void begin(const std::vector<database::Column>& columns, const Names& names) override {
    columns_ = columns;
    names_ = names;
    rows_ = 0;
    if (format_ == OutputFormat::Json) write("[");
    is_open_ = true;
    if (format_ != OutputFormat::JsonCompact) return;
    std::string text = "{\"columns\":[";
    for (size_t i = 0; i < columns_.size(); ++i)
      text += (i ? "," : "") + json_string(columns_[i].name);
    text += "],\"types\":[";
    for (size_t i = 0; i < columns_.size(); ++i)
      text += (i ? "," : "") + json_string(to_string(columns_[i].type, names_.tables));
    text += "],\"rows\":[";
    line_ = std::move(text);
  }

  void row(const std::vector<Value>& values) override {
    const bool compact = format_ == OutputFormat::JsonCompact;
    std::string text;
    if (format_ == OutputFormat::Json) text = rows_ ? ",\n " : "\n ";
    if (compact && rows_) text = ",";
    ++rows_;
    text += compact ? '[' : '{';
    for (size_t i = 0; i < values.size(); ++i) {
      if (i > 0) text += ',';
      if (!compact) text += json_string(columns_[i].name) + ":";
      text += to_json(values[i], names_);
    }
    text += compact ? ']' : '}';
    if (format_ == OutputFormat::JsonLines) text += '\n';
    if (compact) {
      line_ += text;
    } else {
      write(text);
    }
  }

  void end() override {
    is_open_ = false;
    if (format_ == OutputFormat::Json) write(rows_ ? "\n]\n" : "]\n");
    if (format_ == OutputFormat::JsonCompact) write(line_ + "]}\n");
  }

  void affected(uint64_t count) override {
    if (format_ == OutputFormat::JsonCompact)
      write("{\"affected\":" + std::to_string(count) + "}\n");
  }

  bool error(const Error& error, zeroql::LineColumn position) override {
    if (format_ != OutputFormat::JsonCompact) {
      // What follows is read as JSON too, so the rows before the failure are an array.
      if (is_open_) end();
      return false;
    }
    std::string text = "{\"error\":{\"code\":" + json_string(code_name(error.code())) +
                       ",\"message\":" + json_string(error.message());
    text += ",\"line\":" + std::to_string(position.line) +
            ",\"column\":" + std::to_string(position.column);
    if (!error.help().empty()) text += ",\"help\":" + json_string(error.help());
    write(text + "}}\n");
    return true;
  }

 private:
  void write(std::string_view text) { std::fwrite(text.data(), 1, text.size(), out_); }

  OutputFormat format_;
  std::FILE* out_;
  std::vector<database::Column> columns_;
  Names names_;
  // json-compact only: the line of the statement, held back so that a failure among its rows leaves
  // no half of it.
  std::string line_;
  size_t rows_ = 0;
  bool is_open_ = false;  // begun and not ended
};

}  // namespace

std::unique_ptr<ResultPrinter> make_json_printer(OutputFormat format, std::FILE* out) {
  return std::make_unique<JsonPrinter>(format, out);
}

}  // namespace zerodb::cli
