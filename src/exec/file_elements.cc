#include "exec/file_elements.h"

#include <algorithm>
#include <deque>
#include <set>
#include <vector>

#include "base/limits.h"
#include "value/cast.h"
#include "value/json.h"
#include "value/utf8.h"
#include "value/zval_builder.h"

namespace zerodb::exec {
namespace {

Error unreadable(const FileReader& file, uint64_t line, const std::string& what) {
  return Error(ErrorCode::E0624, file.path() + ":" + std::to_string(line) + ": " + what);
}

void skip_byte_order_mark(FileReader& file) {
  if (file.peek() != 0xef) return;
  // What begins so and is no mark is no UTF-8 either, as the reader of the text will say.
  for (int i = 0; i < 3; ++i) file.next();
}

struct Cell {
  std::string text;
  bool is_quoted = false;
};

struct Record {
  std::vector<Cell> cells;
  uint64_t line = 0;
  size_t file = 0;  // position of its path
};

// One file cut into records and cells, as RFC 4180 has it; lines may end in LF or CRLF.
class CsvReader {
 public:
  CsvReader(FileReader file, char delimiter)
      : file_(std::move(file)), delimiter_(static_cast<unsigned char>(delimiter)) {
    skip_byte_order_mark(file_);
  }

  // Nothing at the end. A line without anything is no record.
  Result<std::optional<Record>> next() {
    while (file_.peek() == '\n' || file_.peek() == '\r') file_.next();
    TRY(file_.status());
    if (file_.peek() == FileReader::kEnd) return std::optional<Record>();
    Record record;
    record.line = file_.line();
    bytes_ = 0;
    for (;;) {
      record.cells.push_back(TRY(cell()));
      const int behind = file_.next();
      if (behind == delimiter_) continue;
      if (behind == '\r' && file_.peek() == '\n') file_.next();
      TRY(file_.status());
      return std::optional(std::move(record));
    }
  }

  const FileReader& file() const { return file_; }

 private:
  bool is_end(int byte) const {
    return byte == delimiter_ || byte == '\n' || byte == '\r' || byte == FileReader::kEnd;
  }

  Status add(Cell& cell, int byte) {
    if (++bytes_ > limits::kValueBytesMax)
      return unreadable(file_, file_.line(), "a record is longer than 64 MiB");
    cell.text += static_cast<char>(byte);
    return {};
  }

  Result<Cell> cell() {
    const uint64_t line = file_.line();
    Cell cell;
    cell.is_quoted = file_.peek() == '"';
    if (cell.is_quoted) {
      file_.next();
      for (;;) {
        const int byte = file_.next();
        if (byte == FileReader::kEnd) return unreadable(file_, line, "a quote is not closed");
        if (byte == '"') {
          if (file_.peek() != '"') break;
          file_.next();
        }
        TRY(add(cell, byte));
      }
      if (!is_end(file_.peek()))
        return unreadable(file_, file_.line(), "text stands behind a closing quote");
    } else {
      while (!is_end(file_.peek())) TRY(add(cell, file_.next()));
    }
    if (!utf8::is_valid(cell.text)) return unreadable(file_, line, "this is not UTF-8");
    return cell;
  }

  FileReader file_;
  int delimiter_;
  uint64_t bytes_ = 0;  // of the record
};

// What the cells of a column may be, the narrowest first.
enum class CellType : uint8_t { Bool, Int, Float, Datetime, String };

std::optional<Value> value_of(const std::string& text, CellType type) {
  const auto read = [&](const Type& target) -> std::optional<Value> {
    auto value = cast(Value::string(text), target);
    if (!value.has_value()) return std::nullopt;
    return std::move(*value);
  };
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  switch (type) {
    case CellType::Bool:
      if (text != "true" && text != "false") return std::nullopt;
      return Value::boolean(text == "true");
    case CellType::Int:
    case CellType::Float: {
      const size_t sign = text.starts_with('-') ? 1 : 0;
      if (text.size() == sign || !is_digit(text[sign])) return std::nullopt;
      // `007` is a name.
      if (text[sign] == '0' && text.size() > sign + 1 && is_digit(text[sign + 1]))
        return std::nullopt;
      return read(type == CellType::Int ? Type::int64() : Type::float64());
    }
    case CellType::Datetime:
      if (text.size() < 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
      return read(Type(TypeKind::Datetime));
    case CellType::String:
      break;
  }
  return Value::string(text);
}

std::string_view name_of(CellType type) {
  constexpr std::string_view kNames[] = {"bool", "int", "float", "datetime", "string"};
  return kNames[static_cast<size_t>(type)];
}

class CsvElements final : public Elements {
 public:
  CsvElements(std::vector<std::string> paths, CsvOptions options)
      : paths_(std::move(paths)), options_(std::move(options)) {}

  Result<std::optional<Value>> next() override {
    if (!is_typed_) TRY(infer());
    std::optional<Record> record;
    if (!kept_.empty()) {
      record = std::move(kept_.front());
      kept_.pop_front();
    } else {
      record = TRY(read());
    }
    if (!record) return std::optional<Value>();
    return std::optional(TRY(object(*record)));
  }

 private:
  // The next record of the files; their headers are taken out.
  Result<std::optional<Record>> read() {
    for (;;) {
      if (!reader_) {
        if (next_path_ == paths_.size()) return std::optional<Record>();
        reader_.emplace(TRY(FileReader::open(paths_[next_path_++])), options_.delimiter);
        if (options_.has_header) TRY(read_header());
      }
      std::optional<Record> record = TRY(reader_->next());
      if (!record) {
        reader_.reset();
        continue;
      }
      record->file = next_path_ - 1;
      if (columns_.empty()) name_columns(record->cells.size());
      if (record->cells.size() != columns_.size()) {
        return unreadable(reader_->file(), record->line,
                          std::to_string(record->cells.size()) + " cells instead of " +
                              std::to_string(columns_.size()));
      }
      return record;
    }
  }

  Status read_header() {
    const auto header = TRY(reader_->next());
    if (!header) return {};
    std::vector<std::string> names;
    for (const Cell& cell : header->cells) names.push_back(cell.text);
    const std::set<std::string> different(names.begin(), names.end());
    if (different.size() != names.size())
      return unreadable(reader_->file(), header->line, "two columns have one name");
    if (!columns_.empty() && columns_ != names)
      return unreadable(reader_->file(), header->line,
                        "the columns are not those of the first file");
    columns_ = std::move(names);
    return {};
  }

  void name_columns(size_t count) {
    for (size_t i = 0; i < count; ++i) columns_.push_back("column" + std::to_string(i));
  }

  bool is_none(const Cell& cell) const {
    return !cell.is_quoted && cell.text == options_.none_text;
  }

  Status infer() {
    is_typed_ = true;
    while (kept_.size() < (options_.infers ? kInferredRows : 1)) {
      auto record = TRY(read());
      if (!record) break;
      kept_.push_back(std::move(*record));
    }
    types_.assign(columns_.size(), CellType::String);
    for (size_t column = 0; options_.infers && column < columns_.size(); ++column)
      types_[column] = type_of_column(column);
    return {};
  }

  CellType type_of_column(size_t column) const {
    const auto fits = [&](CellType type) {
      return std::ranges::all_of(kept_, [&](const Record& record) {
        const Cell& cell = record.cells[column];
        return is_none(cell) || (!cell.is_quoted && value_of(cell.text, type).has_value());
      });
    };
    const bool is_empty = std::ranges::all_of(
        kept_, [&](const Record& record) { return is_none(record.cells[column]); });
    if (is_empty) return CellType::String;
    for (const CellType type :
         {CellType::Bool, CellType::Int, CellType::Float, CellType::Datetime}) {
      if (fits(type)) return type;
    }
    return CellType::String;
  }

  Result<Value> object(const Record& record) {
    ObjectBuilder builder;
    for (size_t i = 0; i < columns_.size(); ++i) {
      const Cell& cell = record.cells[i];
      if (is_none(cell)) {
        builder.set(columns_[i], Value::none());
        continue;
      }
      auto value = value_of(cell.text, types_[i]);
      if (!value) {
        return Error(ErrorCode::E0624, place_of(record) + ": `" + columns_[i] + "` is " +
                                           std::string(name_of(types_[i])) +
                                           " in the rows before; `infer => false` reads strings");
      }
      builder.set(columns_[i], std::move(*value));
    }
    return builder.build();
  }

  std::string place_of(const Record& record) const {
    return paths_[record.file] + ":" + std::to_string(record.line);
  }

  std::vector<std::string> paths_;
  CsvOptions options_;
  size_t next_path_ = 0;
  std::optional<CsvReader> reader_;
  std::vector<std::string> columns_;
  std::vector<CellType> types_;
  std::deque<Record> kept_;
  bool is_typed_ = false;
};

class JsonElements final : public Elements {
 public:
  explicit JsonElements(std::vector<std::string> paths) : paths_(std::move(paths)) {}

  Result<std::optional<Value>> next() override {
    for (;;) {
      if (!file_) {
        if (next_path_ == paths_.size()) return std::optional<Value>();
        file_.emplace(TRY(FileReader::open(paths_[next_path_++])));
        skip_byte_order_mark(*file_);
        skip_blanks();
        is_array_ = file_->peek() == '[';
        is_first_ = true;
        if (is_array_) file_->next();
      }
      std::optional<Value> value = TRY(is_array_ ? element() : document());
      TRY(file_->status());
      if (value) return value;
      file_.reset();
    }
  }

 private:
  static bool is_blank(int byte) {
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
  }
  void skip_blanks() {
    while (is_blank(file_->peek())) file_->next();
  }

  Result<Value> parsed(const std::string& text, uint64_t line) const {
    auto value = parse_json(text);
    if (!value.has_value()) return unreadable(*file_, line, std::string(value.error().message()));
    return value;
  }

  Result<std::optional<Value>> document() {
    skip_blanks();
    const uint64_t line = file_->line();
    std::string text;
    while (file_->peek() != '\n' && file_->peek() != FileReader::kEnd) TRY(add(text));
    if (text.empty()) return std::optional<Value>();
    return std::optional(TRY(parsed(text, line)));
  }

  Status add(std::string& text) {
    text += static_cast<char>(file_->next());
    if (text.size() > limits::kValueBytesMax)
      return unreadable(*file_, file_->line(), "a value is longer than 64 MiB");
    return {};
  }

  // Up to the `,` or `]` behind the value, which is read as JSON by itself.
  Result<std::optional<Value>> element() {
    skip_blanks();
    if (is_first_ && file_->peek() == ']') return end_of_array();
    if (!is_first_) {
      const int between = file_->peek();
      if (between == ']') return end_of_array();
      if (between != ',') return unreadable(*file_, file_->line(), "a `,` or `]` was expected");
      file_->next();
      skip_blanks();
    }
    is_first_ = false;
    const uint64_t line = file_->line();
    std::string text;
    int depth = 0;
    for (;;) {
      const int byte = file_->peek();
      if (byte == FileReader::kEnd)
        return unreadable(*file_, file_->line(), "the array is not closed");
      if (depth == 0 && (byte == ',' || byte == ']' || byte == '}')) break;
      if (byte == '[' || byte == '{') ++depth;
      if (byte == ']' || byte == '}') --depth;
      TRY(byte == '"' ? add_string(text) : add(text));
    }
    return std::optional(TRY(parsed(text, line)));
  }

  Status add_string(std::string& text) {
    TRY(add(text));
    for (;;) {
      const int byte = file_->peek();
      if (byte == FileReader::kEnd) return {};
      TRY(add(text));
      if (byte == '"') return {};
      if (byte == '\\' && file_->peek() != FileReader::kEnd) TRY(add(text));
    }
  }

  Result<std::optional<Value>> end_of_array() {
    file_->next();
    skip_blanks();
    if (file_->peek() != FileReader::kEnd)
      return unreadable(*file_, file_->line(), "text stands behind the array");
    return std::optional<Value>();
  }

  std::vector<std::string> paths_;
  size_t next_path_ = 0;
  std::optional<FileReader> file_;
  bool is_array_ = false;
  bool is_first_ = true;
};

}  // namespace

std::unique_ptr<Elements> read_csv(std::vector<std::string> paths, CsvOptions options) {
  return std::make_unique<CsvElements>(std::move(paths), std::move(options));
}

std::unique_ptr<Elements> read_json(std::vector<std::string> paths) {
  return std::make_unique<JsonElements>(std::move(paths));
}

}  // namespace zerodb::exec
