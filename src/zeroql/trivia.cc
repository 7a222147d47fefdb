#include "zeroql/trivia.h"

#include <algorithm>

#include "zeroql/char_class.h"

namespace zerodb::zeroql {

namespace {

bool stands_at(std::string_view text, size_t at, char first, char second) {
  return at + 1 < text.size() && text[at] == first && text[at + 1] == second;
}

size_t block_comment_end(std::string_view text, size_t at) {
  size_t depth = 0;
  do {
    const bool opens = stands_at(text, at, '/', '*');
    const bool closes = stands_at(text, at, '*', '/');
    if (opens) ++depth;
    if (closes) --depth;
    at += opens || closes ? 2 : 1;
  } while (depth > 0 && at < text.size());
  return std::min(at, text.size());
}

size_t line_comment_end(std::string_view text, size_t at) {
  size_t end = std::min(text.find('\n', at), text.size());
  while (end > at && has_class(text[end - 1], kBlank)) --end;
  return end;
}

}  // namespace

bool Gap::has_newline() const {
  return newline || std::ranges::any_of(comments, [](const Comment& comment) {
           return comment.is_line || comment.begins_line;
         });
}

Gap gap_before(const Tree& tree, TokenId token) {
  Gap gap;
  const std::string_view text = tree.trivia(token);
  const uint32_t base = tree.token(token).begin - static_cast<uint32_t>(text.size());
  size_t newlines = token.value() == 0 ? 1 : 0;
  size_t at = 0;
  while (at < text.size()) {
    if (has_class(text[at], kBlank)) {
      newlines += text[at] == '\n' ? 1 : 0;
      ++at;
      continue;
    }
    const bool is_line = stands_at(text, at, '-', '-');
    if (!is_line && !stands_at(text, at, '/', '*')) {
      ++at;  // a byte order mark
      continue;
    }
    const size_t end = is_line ? line_comment_end(text, at) : block_comment_end(text, at);
    gap.comments.push_back({{base + static_cast<uint32_t>(at), base + static_cast<uint32_t>(end)},
                            is_line,
                            newlines > 0,
                            newlines > 1});
    newlines = 0;
    at = end;
  }
  gap.newline = newlines > 0;
  gap.blank_line = newlines > 1;
  return gap;
}

}  // namespace zerodb::zeroql
