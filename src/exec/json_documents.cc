#include "exec/json_documents.h"

#include "base/limits.h"
#include "exec/csv_reader.h"

namespace zerodb::exec {

JsonDocuments::JsonDocuments(FileReader file) : file_(std::move(file)) {
  skip_byte_order_mark(file_);
  skip_blanks();
  is_array_ = file_.peek() == '[';
  if (is_array_) file_.next();
}

Result<JsonDocuments> JsonDocuments::open(const std::string& path) {
  return JsonDocuments(TRY(FileReader::open(path)));
}

Error JsonDocuments::unreadable(const std::string& what) const {
  return Error(ErrorCode::E0624, file_.path() + ":" + std::to_string(file_.line()) + ":" +
                                     std::to_string(file_.column()) + ": " + what);
}

void JsonDocuments::skip_blanks() {
  for (int byte = file_.peek(); byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
       byte = file_.peek())
    file_.next();
}

Result<bool> JsonDocuments::next(Document& document) {
  skip_blanks();
  document.text.clear();
  document.line = file_.line();
  document.column = file_.column();
  if (!is_array_) {
    TRY(read_line(document));
    TRY(file_.status());
    return !document.text.empty();
  }
  const bool is_there = TRY(read_element(document));
  TRY(file_.status());
  return is_there;
}

Status JsonDocuments::add(std::string& text) {
  text += static_cast<char>(file_.next());
  if (text.size() > limits::kValueBytesMax) return unreadable("a value is longer than 64 MiB");
  return {};
}

Status JsonDocuments::read_line(Document& document) {
  while (file_.peek() != '\n' && file_.peek() != FileReader::kEnd) TRY(add(document.text));
  return {};
}

// Up to the `,` or `]` behind the value.
Result<bool> JsonDocuments::read_element(Document& document) {
  if (is_first_ && file_.peek() == ']') return end_array();
  if (!is_first_) {
    const int between = file_.peek();
    if (between == ']') return end_array();
    TRY(file_.status());
    if (between != ',') return unreadable("a `,` or `]` was expected");
    file_.next();
    skip_blanks();
    document.line = file_.line();
    document.column = file_.column();
  }
  is_first_ = false;
  for (int depth = 0;;) {
    const int byte = file_.peek();
    if (byte == FileReader::kEnd) {
      TRY(file_.status());
      return unreadable("the array is not closed");
    }
    if (depth == 0 && (byte == ',' || byte == ']' || byte == '}')) return true;
    if (byte == '[' || byte == '{') ++depth;
    if (byte == ']' || byte == '}') --depth;
    TRY(byte == '"' ? add_string(document.text) : add(document.text));
  }
}

Status JsonDocuments::add_string(std::string& text) {
  TRY(add(text));
  for (;;) {
    const int byte = file_.peek();
    if (byte == FileReader::kEnd) return {};
    TRY(add(text));
    if (byte == '"') return {};
    if (byte == '\\' && file_.peek() != FileReader::kEnd) TRY(add(text));
  }
}

Result<bool> JsonDocuments::end_array() {
  file_.next();
  skip_blanks();
  if (file_.peek() != FileReader::kEnd) return unreadable("text stands behind the array");
  // Nothing comes any more, however often it is asked.
  is_array_ = false;
  return false;
}

}  // namespace zerodb::exec
