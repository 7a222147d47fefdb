// CsvReader: one file cut into records and cells.
//
// As RFC 4180 has it; lines may end in LF or CRLF, a byte order mark is skipped, and a line without
// anything is no record. A cell may hold line ends inside quotes. Errors are E0624 with the file,
// the line and the column in code points, and E1206. Threading: belongs to one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_access.h"

namespace zerodb::exec {

struct CsvCell {
  std::string text;
  bool is_quoted = false;
  bool is_utf8 = true;
  uint64_t line = 0;  // where it begins
  uint64_t column = 0;
};

struct CsvRecord {
  std::vector<CsvCell> cells;
  uint64_t line = 0;
};

class CsvReader {
 public:
  static Result<CsvReader> open(const std::string& path, char delimiter);

  // Fills the record, whose memory is used again; false at the end. Bytes that are not UTF-8 make
  // the next records no less readable: whoever takes this one asks check_text().
  Result<bool> next(CsvRecord& record);
  // What is wrong with the first of its cells that is not UTF-8.
  Status check_text(const CsvRecord& record) const;
  const std::string& path() const { return file_.path(); }

 private:
  CsvReader(FileReader file, char delimiter);

  bool is_end(int byte) const {
    return byte == delimiter_ || byte == '\n' || byte == '\r' || byte == FileReader::kEnd;
  }
  Error unreadable(uint64_t line, uint64_t column, const std::string& what) const;
  // The bytes before the next one of `ends`.
  Status add_until(CsvCell& cell, const ByteSet& ends);
  Status add(CsvCell& cell, std::string_view bytes);
  Status read_quoted(CsvCell& cell);
  Status read_cell(CsvCell& cell);

  FileReader file_;
  int delimiter_;
  ByteSet cell_ends_ = {};
  ByteSet quoted_ends_ = {};
  uint64_t bytes_ = 0;  // of the record
};

// The cell as it must stand in a file: in quotes where it could be taken for something else, also
// for the text that stands for none.
void append_csv_cell(std::string& out, std::string_view text, char delimiter,
                     std::string_view none_text);

// Skips the mark of UTF-8 at the begin of a file.
void skip_byte_order_mark(FileReader& file);

}  // namespace zerodb::exec
