// TextDocument: the text of a file as the client has it, with the places of the protocol.
//
// A place is a line from 0 and a character in units that client and server agree on: bytes
// (utf-8), 16 bit units or code points. A place beyond a line or the text is taken as its end, one
// inside of a character as its beginning. Lines end in \n, \r\n or \r. Threading: one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "lsp/json.h"

namespace zerodb::lsp {

enum class PositionEncoding : uint8_t { Utf8, Utf16, Utf32 };

struct Position {
  uint32_t line = 0;
  uint32_t character = 0;
  bool operator==(const Position&) const = default;
};

class TextDocument {
 public:
  explicit TextDocument(std::string text = {}, PositionEncoding encoding = PositionEncoding::Utf16);

  const std::string& text() const { return text_; }
  uint32_t size() const { return static_cast<uint32_t>(text_.size()); }
  uint32_t line_count() const { return static_cast<uint32_t>(line_starts_.size()); }
  std::string_view line(uint32_t line) const;
  uint32_t line_start(uint32_t line) const { return line_starts_[line]; }

  uint32_t offset(Position position) const;
  Position position(uint32_t offset) const;
  // In units of the encoding.
  uint32_t length(std::string_view text) const;

  void replace(Span span, std::string_view text);

  // The JSON forms.
  Json range(Span span) const;
  Span span(const Json& range) const;
  uint32_t offset(const Json& position) const;

 private:
  void find_lines();

  std::string text_;
  PositionEncoding encoding_;
  std::vector<uint32_t> line_starts_;
};

}  // namespace zerodb::lsp
