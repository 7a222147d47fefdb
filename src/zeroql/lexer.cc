#include "zeroql/lexer.h"

#include <cstring>

#include <utf8proc.h>

#include "base/assert.h"
#include "zeroql/char_class.h"
#include "zeroql/scan_literal.h"

namespace zerodb::zeroql {

namespace {

// The length of the letter, mark or digit outside ASCII that begins at `at`; 0 if none does.
size_t wide_word_char(const char* at, const char* end) {
  utf8proc_int32_t code = 0;
  const auto length =
      utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(at), end - at, &code);
  if (length <= 0) return 0;
  const utf8proc_category_t category = utf8proc_category(code);
  const bool is_word = (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO);
  return is_word ? static_cast<size_t>(length) : 0;
}

const char* skip_word(const char* at, const char* end) {
  while (at != end) {
    if (has_class(*at, kWordStart | kDigit)) {
      ++at;
    } else if (has_class(*at, kNotAscii)) {
      const size_t length = wide_word_char(at, end);
      if (length == 0) break;
      at += length;
    } else {
      break;
    }
  }
  return at;
}

bool begins_word(const char* at, const char* end) {
  if (at == end) return false;
  return has_class(*at, kWordStart) || (has_class(*at, kNotAscii) && wide_word_char(at, end) != 0);
}

// The offset of the first byte that is not UTF-8; the size if all are.
size_t first_invalid_utf8(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    if (at + 8 <= text.size()) {
      uint64_t word;
      std::memcpy(&word, text.data() + at, 8);
      if ((word & 0x8080808080808080u) == 0) {
        at += 8;
        continue;
      }
    }
    if (!has_class(text[at], kNotAscii)) {
      ++at;
      continue;
    }
    utf8proc_int32_t code = 0;
    const auto length =
        utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data() + at),
                         static_cast<utf8proc_ssize_t>(text.size() - at), &code);
    if (length <= 0) return at;
    at += static_cast<size_t>(length);
  }
  return at;
}

class Lexer {
 public:
  explicit Lexer(std::string_view text)
      : begin_(text.data()),
        end_(text.data() + text.size()),
        at_(begin_),
        scanner_(text, result_.diagnostics) {
    result_.tokens.reserve(text.size() / 5 + 2);
    const size_t invalid = first_invalid_utf8(text);
    if (invalid != text.size()) {
      const auto offset = static_cast<uint32_t>(invalid);
      text_end_ = offset;
      result_.diagnostics.push_back(
          {ErrorCode::E0007, "the text is not UTF-8 from here", {offset, offset + 1}});
    }
    if (text.starts_with("\xef\xbb\xbf")) at_ += 3;
  }

  LexResult run() && {
    while (skip_blanks(), at_ != end_) next();
    emit(TokenKind::EndOfInput, end_, end_);
    return std::move(result_);
  }

 private:
  void emit(TokenKind kind, const char* from, const char* to,
            Keyword keyword = Keyword::NotKeyword) {
    const auto begin = static_cast<uint32_t>(from - begin_);
    const bool glued = !result_.tokens.empty() && result_.tokens.back().end == begin;
    result_.tokens.push_back({begin, static_cast<uint32_t>(to - begin_), kind, keyword, glued});
    at_ = to;
  }
  void emit(TokenKind kind, size_t length) { emit(kind, at_, at_ + length); }

  char peek(size_t ahead) const {
    return static_cast<size_t>(end_ - at_) > ahead ? at_[ahead] : '\0';
  }

  void skip_blanks() {
    while (at_ != end_) {
      if (has_class(*at_, kBlank)) {
        ++at_;
      } else if (*at_ == '-' && peek(1) == '-') {
        const void* line_end = std::memchr(at_, '\n', static_cast<size_t>(end_ - at_));
        at_ = line_end == nullptr ? end_ : static_cast<const char*>(line_end);
      } else if (*at_ == '/' && peek(1) == '*') {
        skip_block_comment();
      } else {
        return;
      }
    }
  }

  void skip_block_comment() {
    const auto begin = static_cast<uint32_t>(at_ - begin_);
    size_t depth = 0;
    do {
      if (*at_ == '/' && peek(1) == '*') {
        ++depth;
        at_ += 2;
      } else if (*at_ == '*' && peek(1) == '/') {
        --depth;
        at_ += 2;
      } else {
        ++at_;
      }
    } while (depth > 0 && at_ != end_);
    if (depth > 0) {
      result_.diagnostics.push_back({.code = ErrorCode::E0003,
                                     .message = "comment is not closed",
                                     .span = {begin, begin + 2},
                                     .help = "comments nest: each `/*` needs a `*/` of its own"});
    }
  }

  void next() {
    const char c = *at_;
    if (has_class(c, kWordStart)) return word();
    if (has_class(c, kDigit)) return number();
    switch (c) {
      case '\'':
        return quoted(TokenKind::String, 0);
      case '"':
        return quoted(TokenKind::DoubleString, 0);
      case '`':
        return quoted(TokenKind::QuotedName, 0);
      case '$':
        return parameter();
      default:
        break;
    }
    if (has_class(c, kNotAscii) && wide_word_char(at_, end_) != 0) return word();
    punctuation(c);
  }

  void word() {
    const char* const to = skip_word(at_, end_);
    const std::string_view text(at_, static_cast<size_t>(to - at_));
    if (to != end_ && *to == '\'') {
      if (text == "b") return quoted(TokenKind::Bytes, 1);
      if (text == "d") return quoted(TokenKind::DateTime, 1);
      if (text == "u") return quoted(TokenKind::Uuid, 1);
      if (text == "re") return quoted(TokenKind::Regex, 2);
    }
    emit(TokenKind::Word, at_, to, keyword_of(text));
  }

  void number() {
    const ScannedLiteral found = scanner_.number(static_cast<size_t>(at_ - begin_));
    emit(found.kind, at_, begin_ + found.end);
  }

  void quoted(TokenKind kind, size_t prefix) {
    const ScannedLiteral found = scanner_.quoted(static_cast<size_t>(at_ - begin_), prefix, kind);
    emit(found.kind, at_, begin_ + found.end);
  }

  void parameter() {
    const char* from = at_ + 1;
    const char* to = from;
    if (from != end_ && has_class(*from, kDigit)) {
      while (to != end_ && has_class(*to, kDigit)) ++to;
    } else if (begins_word(from, end_)) {
      to = skip_word(from, end_);
    }
    if (to == from) return unknown();
    emit(TokenKind::Parameter, at_, to);
  }

  void punctuation(char c) {
    const char d = peek(1);
    switch (c) {
      case '(':
        return emit(TokenKind::LeftParen, 1);
      case ')':
        return emit(TokenKind::RightParen, 1);
      case '[':
        return emit(TokenKind::LeftBracket, 1);
      case ']':
        return emit(TokenKind::RightBracket, 1);
      case '{':
        return emit(TokenKind::LeftBrace, 1);
      case '}':
        return emit(TokenKind::RightBrace, 1);
      case ',':
        return emit(TokenKind::Comma, 1);
      case ';':
        return emit(TokenKind::Semicolon, 1);
      case ':':
        return colon();
      case '.':
        return dot();
      case '?':
        if (d == '.') return emit(TokenKind::QuestionDot, 2);
        return d == '?' ? emit(TokenKind::QuestionQuestion, 2) : emit(TokenKind::Question, 1);
      case '+':
        return d == '=' ? emit(TokenKind::PlusEqual, 2) : emit(TokenKind::Plus, 1);
      case '-':
        return d == '=' ? emit(TokenKind::MinusEqual, 2) : emit(TokenKind::Minus, 1);
      case '*':
        if (d == '*') return emit(TokenKind::StarStar, 2);
        return d == '=' ? emit(TokenKind::StarEqual, 2) : emit(TokenKind::Star, 1);
      case '/':
        if (d == '/') return emit(TokenKind::SlashSlash, 2);
        return d == '=' ? emit(TokenKind::SlashEqual, 2) : emit(TokenKind::Slash, 1);
      case '%':
        return emit(TokenKind::Percent, 1);
      case '|':
        if (d == '>') return emit(TokenKind::BarGreater, 2);
        return d == '|' ? emit(TokenKind::BarBar, 2) : emit(TokenKind::Bar, 1);
      case '&':
        return d == '&' ? emit(TokenKind::AmpersandAmpersand, 2) : emit(TokenKind::Ampersand, 1);
      case '^':
        return emit(TokenKind::Caret, 1);
      case '~':
        return emit(TokenKind::Tilde, 1);
      case '!':
        if (d == '~') return emit(TokenKind::NotTilde, 2);
        return d == '=' ? emit(TokenKind::NotEqual, 2) : emit(TokenKind::Bang, 1);
      case '=':
        if (d == '>') return emit(TokenKind::FatArrow, 2);
        return d == '=' ? emit(TokenKind::EqualEqual, 2) : emit(TokenKind::Equal, 1);
      case '<':
        if (d == '>') return emit(TokenKind::NotEqual, 2);
        return d == '=' ? emit(TokenKind::LessEqual, 2) : emit(TokenKind::Less, 1);
      case '>':
        return d == '=' ? emit(TokenKind::GreaterEqual, 2) : emit(TokenKind::Greater, 1);
      default:
        return unknown();
    }
  }

  void dot() {
    if (peek(1) == '.')
      return peek(2) == '=' ? emit(TokenKind::DotDotEqual, 3) : emit(TokenKind::DotDot, 2);
    if (has_class(peek(1), kDigit)) return number();
    emit(TokenKind::Dot, 1);
  }

  void colon() {
    if (peek(1) == ':') return emit(TokenKind::DoubleColon, 2);
    const bool touches_word = !result_.tokens.empty() &&
                              result_.tokens.back().end == static_cast<uint32_t>(at_ - begin_) &&
                              (result_.tokens.back().kind == TokenKind::Word ||
                               result_.tokens.back().kind == TokenKind::QuotedName);
    emit(touches_word && key_follows() ? TokenKind::RecordColon : TokenKind::Colon, 1);
  }

  bool key_follows() const {
    const char d = peek(1);
    if (d == '-') return has_class(peek(2), kDigit);
    if (d == '\0') return false;
    return has_class(d, kDigit) || std::strchr("'\"`[$.", d) != nullptr ||
           begins_word(at_ + 1, end_);
  }

  void unknown() {
    const char* to = at_;
    do {
      to += has_class(*to, kNotAscii) ? wide_length(to) : 1;
    } while (to != end_ && is_unknown(to));
    const auto begin = static_cast<uint32_t>(at_ - begin_);
    if (begin < text_end_) {
      const auto end = static_cast<uint32_t>(to - begin_);
      result_.diagnostics.push_back(
          {ErrorCode::E0001, "`" + std::string(at_, to) + "` begins no token", {begin, end}});
    }
    emit(TokenKind::Error, at_, to);
  }

  size_t wide_length(const char* at) const {
    utf8proc_int32_t code = 0;
    const auto length =
        utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(at), end_ - at, &code);
    return length <= 0 ? 1 : static_cast<size_t>(length);
  }

  bool is_unknown(const char* at) const {
    if (has_class(*at, kNotAscii)) return wide_word_char(at, end_) == 0;
    return *at == '@' || *at == '#' || *at == '\\' ||
           (static_cast<unsigned char>(*at) < 0x20 && !has_class(*at, kBlank));
  }

  const char* begin_;
  const char* end_;
  const char* at_;
  uint32_t text_end_ = UINT32_MAX;  // where bytes begin that are no UTF-8
  LexResult result_;
  LiteralScanner scanner_;
};

}  // namespace

LexResult lex(std::string_view text) {
  ASSERT(text.size() < UINT32_MAX);
  return Lexer(text).run();
}

bool is_bare_word(std::string_view text) {
  const char* const end = text.data() + text.size();
  return begins_word(text.data(), end) && skip_word(text.data(), end) == end;
}

}  // namespace zerodb::zeroql
