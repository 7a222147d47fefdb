#include "zeroql/source.h"

#include <algorithm>
#include <cstring>

#include "base/assert.h"

namespace zerodb::zeroql {

SourceText::SourceText(std::string text, std::string name)
    : text_(std::move(text)), name_(std::move(name)) {
  ASSERT(text_.size() < UINT32_MAX);
  line_starts_.push_back(0);
  const char* const begin = text_.data();
  const char* const end = begin + text_.size();
  for (const char* at = begin; at != end;) {
    const void* found = std::memchr(at, '\n', static_cast<size_t>(end - at));
    if (found == nullptr) break;
    at = static_cast<const char*>(found) + 1;
    line_starts_.push_back(static_cast<uint32_t>(at - begin));
  }
}

std::string_view SourceText::slice(Span span) const {
  return std::string_view(text_).substr(span.begin, span.end - span.begin);
}

LineColumn SourceText::position(uint32_t offset) const {
  offset = std::min(offset, size());
  const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  LineColumn at;
  at.line = static_cast<uint32_t>(after - line_starts_.begin());
  for (uint32_t i = *(after - 1); i < offset; ++i) {
    const bool is_continuation = (static_cast<unsigned char>(text_[i]) & 0xc0) == 0x80;
    if (!is_continuation) ++at.column;
  }
  return at;
}

uint32_t SourceText::line_start(uint32_t line) const {
  return line_starts_[line - 1];
}

std::string_view SourceText::line(uint32_t line) const {
  const uint32_t begin = line_start(line);
  uint32_t end = line < line_count() ? line_starts_[line] - 1 : size();
  if (end > begin && text_[end - 1] == '\r') --end;
  return slice({begin, end});
}

}  // namespace zerodb::zeroql
