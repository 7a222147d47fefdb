// Token: one lexical unit of a script, by kind and place. Blanks and comments are no tokens: they
// are the text between two.
//
// Threading: plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "base/strong_id.h"

namespace zerodb::zeroql {

using TokenId = StrongId<struct TokenIdTag, uint32_t>;

enum class TokenKind : uint8_t {
  EndOfInput,
  Error,  // bytes that begin no token; a diagnostic says why
  // A keyword is a Word too; Token::keyword tells which.
  Word,
  QuotedName,  // `name`
  Parameter,   // $name or $1
  Integer,
  Float,
  Decimal,
  Duration,
  String,        // '..'
  DoubleString,  // ".."
  Bytes,
  DateTime,
  Uuid,
  Regex,
  LeftParen,
  RightParen,
  LeftBracket,
  RightBracket,
  LeftBrace,
  RightBrace,
  Comma,
  Semicolon,
  Colon,
  RecordColon,  // ':' of a record id: it touches a word on its left and a key on its right
  DoubleColon,
  Dot,
  DotDot,
  DotDotEqual,
  Question,
  QuestionDot,
  QuestionQuestion,
  Plus,
  Minus,
  Star,
  StarStar,
  Slash,
  Percent,
  BarBar,
  Bar,
  Ampersand,
  Caret,
  Tilde,
  NotTilde,
  Equal,
  NotEqual,  // != or <>
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  FatArrow,
  PlusEqual,
  MinusEqual,
  StarEqual,
  SlashEqual,
  // Signs of other languages, lexed whole so that the parser can name their replacement.
  EqualEqual,
  AmpersandAmpersand,
  Bang,
  SlashSlash,
  BarGreater,
};

// What a message calls a token of this kind: "`,`", "a string".
std::string_view spelling(TokenKind kind);

enum class Keyword : uint8_t {
  NotKeyword,
#define ZEROQL_RESERVED(name, text) name,
#define ZEROQL_CONTEXTUAL(name, text)
#include "base/keywords.def"
#undef ZEROQL_RESERVED
#undef ZEROQL_CONTEXTUAL
#define ZEROQL_RESERVED(name, text)
#define ZEROQL_CONTEXTUAL(name, text) name,
#include "base/keywords.def"
#undef ZEROQL_RESERVED
#undef ZEROQL_CONTEXTUAL
};

// The keyword that a word spells, in any case of letters.
Keyword keyword_of(std::string_view word);
// In upper case.
std::string_view keyword_text(Keyword keyword);
bool is_reserved(Keyword keyword);

struct Token {
  uint32_t begin = 0;
  uint32_t end = 0;
  TokenKind kind = TokenKind::EndOfInput;
  Keyword keyword = Keyword::NotKeyword;
  bool glued = false;  // no blank between this token and the one before

  Span span() const { return {begin, end}; }
  bool is(TokenKind k) const { return kind == k; }
  bool is(Keyword k) const { return keyword == k; }
};

}  // namespace zerodb::zeroql
