#include "lsp/text_document.h"

#include <algorithm>

namespace zerodb::lsp {
namespace {

bool continues(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

// The bytes of the character that begins at `at`; 1 for what begins none.
size_t character_bytes(std::string_view text, size_t at) {
  size_t end = at + 1;
  if (static_cast<unsigned char>(text[at]) >= 0xC0) {
    while (end < text.size() && end < at + 4 && continues(text[end])) ++end;
  }
  return end - at;
}

uint32_t units(PositionEncoding encoding, size_t bytes) {
  switch (encoding) {
    case PositionEncoding::Utf8:
      return static_cast<uint32_t>(bytes);
    case PositionEncoding::Utf16:
      return bytes == 4 ? 2 : 1;
    case PositionEncoding::Utf32:
      return 1;
  }
  return 1;
}

}  // namespace

TextDocument::TextDocument(std::string text, PositionEncoding encoding)
    : text_(std::move(text)), encoding_(encoding) {
  find_lines();
}

void TextDocument::find_lines() {
  line_starts_ = {0};
  for (size_t i = 0; i < text_.size(); ++i) {
    const bool is_pair = text_[i] == '\r' && i + 1 < text_.size() && text_[i + 1] == '\n';
    if (text_[i] == '\n' || (text_[i] == '\r' && !is_pair))
      line_starts_.push_back(static_cast<uint32_t>(i + 1));
  }
}

std::string_view TextDocument::line(uint32_t line) const {
  const uint32_t begin = line_starts_[line];
  const uint32_t end = line + 1 < line_count() ? line_starts_[line + 1] : size();
  std::string_view text = std::string_view(text_).substr(begin, end - begin);
  while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

uint32_t TextDocument::offset(Position position) const {
  if (position.line >= line_count()) return size();
  const std::string_view text = line(position.line);
  size_t at = 0;
  uint32_t character = 0;
  while (at < text.size()) {
    const size_t bytes = character_bytes(text, at);
    character += units(encoding_, bytes);
    if (character > position.character) break;
    at += bytes;
  }
  return line_starts_[position.line] + static_cast<uint32_t>(at);
}

Position TextDocument::position(uint32_t offset) const {
  offset = std::min(offset, size());
  const auto after = std::ranges::upper_bound(line_starts_, offset);
  const auto line = static_cast<uint32_t>(after - line_starts_.begin() - 1);
  const uint32_t begin = line_starts_[line];
  return {line, length(std::string_view(text_).substr(begin, offset - begin))};
}

uint32_t TextDocument::length(std::string_view text) const {
  uint32_t out = 0;
  for (size_t at = 0; at < text.size();) {
    const size_t bytes = character_bytes(text, at);
    out += units(encoding_, bytes);
    at += bytes;
  }
  return out;
}

void TextDocument::replace(Span span, std::string_view text) {
  const uint32_t begin = std::min(span.begin, size());
  const uint32_t end = std::clamp(span.end, begin, size());
  text_.replace(begin, end - begin, text);
  find_lines();
}

Json TextDocument::range(Span span) const {
  const auto json = [&](uint32_t offset) {
    const Position place = position(offset);
    return Json::object({{"line", place.line}, {"character", place.character}});
  };
  return Json::object({{"start", json(span.begin)}, {"end", json(span.end)}});
}

uint32_t TextDocument::offset(const Json& position) const {
  const auto number = [&](std::string_view key) {
    return static_cast<uint32_t>(std::clamp<int64_t>(position[key].as_integer(), 0, UINT32_MAX));
  };
  return offset(Position{number("line"), number("character")});
}

Span TextDocument::span(const Json& range) const {
  const uint32_t begin = offset(range["start"]);
  return {begin, std::max(begin, offset(range["end"]))};
}

}  // namespace zerodb::lsp
