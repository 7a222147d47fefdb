#include "zeroql/lexer.h"

#include <cctype>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "value/reserved_word.h"
#include "zeroql/literal.h"
#include "zeroql/source.h"

namespace zerodb::zeroql {
namespace lexer_test {

std::string kinds(std::string_view text) {
  std::string out;
  for (const Token& token : lex(text).tokens) {
    if (!out.empty()) out += ' ';
    if (token.glued) out += '+';
    out += std::to_string(static_cast<int>(token.kind));
  }
  return out;
}

void check(std::string_view text, std::vector<TokenKind> expected) {
  const LexResult result = lex(text);
  ASSERT_EQ(result.tokens.size(), expected.size() + 1) << text << ": " << kinds(text);
  for (size_t i = 0; i < expected.size(); ++i)
    EXPECT_EQ(result.tokens[i].kind, expected[i]) << text << " token " << i;
  EXPECT_TRUE(result.tokens.back().is(TokenKind::EndOfInput));
  EXPECT_EQ(result.diagnostics.size(), 0u) << text;
}

TEST(Lexer, Numbers) {
  using enum TokenKind;
  check("1 1_000 0xff 0b1 0o7 255u8 7i128 0xffu8",
        {Integer, Integer, Integer, Integer, Integer, Integer, Integer, Integer});
  check("1.5 1e-3 2.5f32 1E5 3f32", {Float, Float, Float, Float, Float});
  check("19.99dec 1dec", {Decimal, Decimal});
  check("1h30m 7d 1w 5ms", {Duration, Duration, Duration, Duration});
  check("1..5 1..=5 a.b",
        {Integer, DotDot, Integer, Integer, DotDotEqual, Integer, Word, Dot, Word});
  check("t:1.name", {Word, RecordColon, Integer, Dot, Word});
}

TEST(Lexer, StringsAndPrefixes) {
  using enum TokenKind;
  check("'a''b' \"c\" b'x' d'2024-01-01' re'\\d''' `n``m`",
        {String, DoubleString, Bytes, DateTime, Regex, QuotedName});
  check("b d re u bb", {Word, Word, Word, Word, Word});
  check("$a $12 $ab1", {Parameter, Parameter, Parameter});
}

TEST(Lexer, TheColonOfARecordId) {
  using enum TokenKind;
  check("a:b a:1 a:-1 a:'x' a:[ a:$p a:.. a:`x`",
        {Word,        RecordColon, Word,        Word,        RecordColon, Integer, Word,
         RecordColon, Minus,       Integer,     Word,        RecordColon, String,  Word,
         RecordColon, LeftBracket, Word,        RecordColon, Parameter,   Word,    RecordColon,
         DotDot,      Word,        RecordColon, QuotedName});
  check("a :b a: b a:* $a:b a:-b", {Word, Colon, Word, Word, Colon, Word, Word, Colon, Star,
                                    Parameter, Colon, Word, Word, Colon, Minus, Word});
  check("a::b", {Word, DoubleColon, Word});
}

TEST(Lexer, ArrowsAreGluedSigns) {
  const auto tokens = lex("a -> b - > c <-> d").tokens;
  EXPECT_TRUE(tokens[2].is(TokenKind::Greater) && tokens[2].glued);
  EXPECT_TRUE(tokens[5].is(TokenKind::Greater) && !tokens[5].glued);
  EXPECT_TRUE(tokens[8].is(TokenKind::Minus) && tokens[8].glued && tokens[9].glued);
}

// Words are compared packed: each letter of each keyword counts, at each place.
TEST(Lexer, EachLetterOfAKeywordCounts) {
  constexpr std::string_view kTexts[] = {
#define ZEROQL_RESERVED(name, text) text,
#define ZEROQL_CONTEXTUAL(name, text) text,
#include "base/keywords.def"
#undef ZEROQL_RESERVED
#undef ZEROQL_CONTEXTUAL
  };
  std::set<std::string, std::less<>> known(std::begin(kTexts), std::end(kTexts));
  for (const std::string& text : known) {
    EXPECT_EQ(keyword_text(keyword_of(text)), text);
    for (size_t i = 0; i < text.size(); ++i) {
      std::string lower = text;
      lower[i] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[i])));
      EXPECT_EQ(keyword_of(lower), keyword_of(text)) << lower;
      for (int byte = 0; byte < 256; ++byte) {
        std::string other = text;
        other[i] = static_cast<char>(byte);
        std::string upper = other;
        for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
        EXPECT_EQ(keyword_of(other) != Keyword::NotKeyword, known.contains(upper)) << other;
      }
    }
  }
}

// Values know the reserved words by the same list, but not this library.
TEST(Lexer, ValuesQuoteTheSameNames) {
  constexpr std::string_view kTexts[] = {
#define ZEROQL_RESERVED(name, text) text,
#define ZEROQL_CONTEXTUAL(name, text) text,
#include "base/keywords.def"
#undef ZEROQL_RESERVED
#undef ZEROQL_CONTEXTUAL
  };
  for (const std::string_view text : kTexts) EXPECT_EQ(quoted_name(text), quote_name(text));
}

TEST(Lexer, KeywordsInAnyCase) {
  EXPECT_EQ(keyword_of("select"), Keyword::Select);
  EXPECT_EQ(keyword_of("SeLeCt"), Keyword::Select);
  EXPECT_EQ(keyword_of("selects"), Keyword::NotKeyword);
  EXPECT_EQ(keyword_of(""), Keyword::NotKeyword);
  EXPECT_EQ(keyword_of(std::string_view("select\0", 7)), Keyword::NotKeyword);
  EXPECT_TRUE(is_reserved(Keyword::With));
  EXPECT_FALSE(is_reserved(Keyword::Table));
  EXPECT_FALSE(is_reserved(Keyword::NotKeyword));
  EXPECT_EQ(keyword_text(Keyword::TryCast), "TRY_CAST");
}

TEST(Lexer, CommentsNestAndEndLines) {
  using enum TokenKind;
  check("a /* b /* c */ d */ e -- f\ng", {Word, Word, Word});
  check("--", {});
  EXPECT_EQ(lex("/* /* */").diagnostics.size(), 1u);
}

TEST(Lexer, WordsOutsideAscii) {
  using enum TokenKind;
  check("größe 表 x\xcc\x81", {Word, Word, Word});
  EXPECT_TRUE(is_bare_word("größe"));
  EXPECT_FALSE(is_bare_word("1a"));
  EXPECT_FALSE(is_bare_word("a b"));
  EXPECT_FALSE(is_bare_word(""));
}

RC_GTEST_PROP(Lexer, EveryByteBelongsToATokenOrLiesBetweenTwo, (const std::string& text)) {
  const LexResult result = lex(text);
  uint32_t at = 0;
  for (const Token& token : result.tokens) {
    RC_ASSERT(token.begin >= at);
    RC_ASSERT(token.end > token.begin || token.is(TokenKind::EndOfInput));
    at = token.end;
  }
  RC_ASSERT(at == text.size());
}

RC_GTEST_PROP(Lexer, StringsOfTheAlphabetNeverFail, ()) {
  const auto text = *rc::gen::container<std::string>(
      rc::gen::elementOf(std::string("ab1 .:'\"`\\/*-<>=?!|&$\xc3\xa9\n_exdu(")));
  const LexResult result = lex(text);
  for (const Diagnostic& diagnostic : result.diagnostics) {
    RC_ASSERT(diagnostic.span.begin <= diagnostic.span.end);
    RC_ASSERT(diagnostic.span.end <= text.size());
  }
}

TEST(Source, LinesAndColumnsCountCodePoints) {
  const SourceText source("ab\r\ncé表d\n", "file");
  EXPECT_EQ(source.line_count(), 3u);
  EXPECT_EQ(source.line(1), "ab");
  EXPECT_EQ(source.line(2), "cé表d");
  EXPECT_EQ(source.line(3), "");
  EXPECT_EQ(source.position(0), (LineColumn{1, 1}));
  EXPECT_EQ(source.position(4), (LineColumn{2, 1}));
  EXPECT_EQ(source.position(10), (LineColumn{2, 4}));
  EXPECT_EQ(source.position(999), (LineColumn{3, 1}));
}

}  // namespace lexer_test
}  // namespace zerodb::zeroql
