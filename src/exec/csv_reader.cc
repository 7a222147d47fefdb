#include "exec/csv_reader.h"

#include "base/limits.h"
#include "value/utf8.h"

namespace zerodb::exec {

void skip_byte_order_mark(FileReader& file) {
  file.skip("\xef\xbb\xbf");
}

CsvReader::CsvReader(FileReader file, char delimiter)
    : file_(std::move(file)), delimiter_(static_cast<unsigned char>(delimiter)) {
  skip_byte_order_mark(file_);
  for (const char end : {delimiter, '\n', '\r'}) cell_ends_[static_cast<unsigned char>(end)] = true;
  for (const char end : {'"', '\n'}) quoted_ends_[static_cast<unsigned char>(end)] = true;
}

Result<CsvReader> CsvReader::open(const std::string& path, char delimiter) {
  return CsvReader(TRY(FileReader::open(path)), delimiter);
}

Error CsvReader::unreadable(uint64_t line, uint64_t column, const std::string& what) const {
  return Error(ErrorCode::E0624, file_.path() + ":" + std::to_string(line) + ":" +
                                     std::to_string(column) + ": " + what);
}

Result<bool> CsvReader::next(CsvRecord& record) {
  while (file_.peek() == '\n' || file_.peek() == '\r') file_.next();
  TRY(file_.status());
  if (file_.peek() == FileReader::kEnd) return false;
  record.line = file_.line();
  bytes_ = 0;
  for (size_t cells = 1;; ++cells) {
    if (record.cells.size() < cells) record.cells.emplace_back();
    TRY(read_cell(record.cells[cells - 1]));
    const int behind = file_.next();
    if (behind == delimiter_) continue;
    if (behind == '\r' && file_.peek() == '\n') file_.next();
    TRY(file_.status());
    record.cells.resize(cells);
    return true;
  }
}

Status CsvReader::add(CsvCell& cell, std::string_view bytes) {
  bytes_ += bytes.size();
  if (bytes_ > limits::kValueBytesMax)
    return unreadable(file_.line(), file_.column(), "a record is longer than 64 MiB");
  cell.text += bytes;
  return {};
}

Status CsvReader::add_until(CsvCell& cell, const ByteSet& ends) {
  for (;;) {
    const std::string_view bytes = file_.take_until(ends);
    if (bytes.empty()) return {};
    TRY(add(cell, bytes));
  }
}

Status CsvReader::read_quoted(CsvCell& cell) {
  file_.next();
  for (;;) {
    TRY(add_until(cell, quoted_ends_));
    const int byte = file_.next();
    if (byte == FileReader::kEnd) {
      TRY(file_.status());
      return unreadable(cell.line, cell.column, "a quote is not closed");
    }
    if (byte == '"') {
      if (file_.peek() != '"') break;
      file_.next();
    }
    TRY(add(cell, byte == '"' ? "\"" : "\n"));
  }
  if (!is_end(file_.peek()))
    return unreadable(file_.line(), file_.column(), "text stands behind a closing quote");
  return {};
}

Status CsvReader::read_cell(CsvCell& cell) {
  cell.text.clear();
  cell.line = file_.line();
  cell.column = file_.column();
  cell.is_quoted = file_.peek() == '"';
  if (cell.is_quoted) {
    TRY(read_quoted(cell));
  } else {
    TRY(add_until(cell, cell_ends_));
  }
  cell.is_utf8 = utf8::is_valid(cell.text);
  return {};
}

Status CsvReader::check_text(const CsvRecord& record) const {
  for (const CsvCell& cell : record.cells) {
    if (!cell.is_utf8) return unreadable(cell.line, cell.column, "this is not UTF-8");
  }
  return {};
}

void append_csv_cell(std::string& out, std::string_view text, char delimiter,
                     std::string_view none_text) {
  const bool is_plain = text != none_text && !text.starts_with("\xef\xbb\xbf") &&
                        text.find_first_of("\"\r\n") == std::string_view::npos &&
                        text.find(delimiter) == std::string_view::npos;
  if (is_plain && !text.empty()) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

}  // namespace zerodb::exec
