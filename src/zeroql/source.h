// SourceText: the text of a script and the places in it.
//
// Offsets are bytes; lines and columns are 1-based, and a column counts code points. Threading:
// immutable once made.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace zerodb::zeroql {

struct LineColumn {
  uint32_t line = 1;
  uint32_t column = 1;
  bool operator==(const LineColumn&) const = default;
};

class SourceText {
 public:
  // `name` is what messages call the text, such as a file name. The text is shorter than 4 GiB.
  explicit SourceText(std::string text, std::string name = "query");

  std::string_view text() const { return text_; }
  std::string_view name() const { return name_; }
  uint32_t size() const { return static_cast<uint32_t>(text_.size()); }
  std::string_view slice(Span span) const;

  // Offsets past the end are taken as the end. Finds the line in O(log lines).
  LineColumn position(uint32_t offset) const;
  uint32_t line_count() const { return static_cast<uint32_t>(line_starts_.size()); }
  // A line without its line break; `line` is 1-based.
  std::string_view line(uint32_t line) const;
  uint32_t line_start(uint32_t line) const;

 private:
  std::string text_;
  std::string name_;
  std::vector<uint32_t> line_starts_;
};

}  // namespace zerodb::zeroql
