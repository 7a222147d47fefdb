// JsonDocuments: the texts of the documents in one file.
//
// The elements of the array that the file is, else its lines. A document is cut out by its brackets
// and strings only: whoever parses it finds what else is wrong. Errors are E0624 with the file, the
// line and the column in code points, and E1206. Threading: belongs to one thread.
#pragma once

#include <cstdint>
#include <string>

#include "base/file_access.h"

namespace zerodb::exec {

class JsonDocuments {
 public:
  struct Document {
    std::string text;
    uint64_t line = 0;  // where it begins
    uint64_t column = 0;
  };

  static Result<JsonDocuments> open(const std::string& path);

  // Fills the document, whose memory is used again; false at the end.
  Result<bool> next(Document& document);
  const std::string& path() const { return file_.path(); }

 private:
  explicit JsonDocuments(FileReader file);

  Error unreadable(const std::string& what) const;
  void skip_blanks();
  Status add(std::string& text);
  Status add_string(std::string& text);
  Status read_line(Document& document);
  Result<bool> read_element(Document& document);
  Result<bool> end_array();

  FileReader file_;
  bool is_array_ = false;
  bool is_first_ = true;
};

}  // namespace zerodb::exec
