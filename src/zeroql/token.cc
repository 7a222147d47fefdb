#include "zeroql/token.h"

#include <array>

#include "base/assert.h"

namespace zerodb::zeroql {

namespace {

constexpr std::string_view kKeywordTexts[] = {
    "",
#define ZEROQL_RESERVED(name, text) text,
#define ZEROQL_CONTEXTUAL(name, text)
#include "zeroql/keywords.def"
#undef ZEROQL_RESERVED
#undef ZEROQL_CONTEXTUAL
#define ZEROQL_RESERVED(name, text)
#define ZEROQL_CONTEXTUAL(name, text) text,
#include "zeroql/keywords.def"
#undef ZEROQL_RESERVED
#undef ZEROQL_CONTEXTUAL
};

constexpr size_t kReservedCount = 0
#define ZEROQL_RESERVED(name, text) +1
#define ZEROQL_CONTEXTUAL(name, text)
#include "zeroql/keywords.def"
#undef ZEROQL_RESERVED
#undef ZEROQL_CONTEXTUAL
    ;

constexpr size_t kKeywordCount = std::size(kKeywordTexts);
constexpr size_t kLengthMax = 12;
constexpr size_t kSlots = 1024;

constexpr char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
}

constexpr size_t slot_of(std::string_view word) {
  uint32_t h = static_cast<uint32_t>(word.size());
  for (const char c : word) h = (h ^ static_cast<unsigned char>(upper(c))) * 0x01000193u;
  return (h ^ (h >> 15)) % kSlots;
}

// Open addressing with linear probing, filled by the compiler; 0 is an empty slot.
constexpr std::array<uint8_t, kSlots> make_slots() {
  std::array<uint8_t, kSlots> slots{};
  for (size_t k = 1; k < kKeywordCount; ++k) {
    size_t s = slot_of(kKeywordTexts[k]);
    while (slots[s] != 0) s = (s + 1) % kSlots;
    slots[s] = static_cast<uint8_t>(k);
  }
  return slots;
}

constexpr std::array<uint8_t, kSlots> kKeywordSlots = make_slots();

constexpr bool lengths_fit() {
  for (const std::string_view text : kKeywordTexts) {
    if (text.size() > kLengthMax) return false;
  }
  return true;
}
static_assert(lengths_fit() && kKeywordCount < 256);

bool equals_upper(std::string_view word, std::string_view text) {
  if (word.size() != text.size()) return false;
  for (size_t i = 0; i < word.size(); ++i) {
    if (upper(word[i]) != text[i]) return false;
  }
  return true;
}

}  // namespace

Keyword keyword_of(std::string_view word) {
  if (word.size() > kLengthMax) return Keyword::NotKeyword;
  for (size_t s = slot_of(word); kKeywordSlots[s] != 0; s = (s + 1) % kSlots) {
    if (equals_upper(word, kKeywordTexts[kKeywordSlots[s]]))
      return static_cast<Keyword>(kKeywordSlots[s]);
  }
  return Keyword::NotKeyword;
}

std::string_view keyword_text(Keyword keyword) {
  return kKeywordTexts[static_cast<size_t>(keyword)];
}

bool is_reserved(Keyword keyword) {
  return keyword != Keyword::NotKeyword && static_cast<size_t>(keyword) <= kReservedCount;
}

std::string_view spelling(TokenKind kind) {
  switch (kind) {
    case TokenKind::EndOfInput:
      return "the end";
    case TokenKind::Error:
      return "an unknown character";
    case TokenKind::Word:
      return "a word";
    case TokenKind::QuotedName:
      return "a name";
    case TokenKind::Parameter:
      return "a parameter";
    case TokenKind::Integer:
      return "an integer";
    case TokenKind::Float:
      return "a number";
    case TokenKind::Decimal:
      return "a decimal";
    case TokenKind::Duration:
      return "a duration";
    case TokenKind::String:
    case TokenKind::DoubleString:
      return "a string";
    case TokenKind::Bytes:
      return "bytes";
    case TokenKind::DateTime:
      return "a datetime";
    case TokenKind::Uuid:
      return "a uuid";
    case TokenKind::Regex:
      return "a regex";
    case TokenKind::LeftParen:
      return "`(`";
    case TokenKind::RightParen:
      return "`)`";
    case TokenKind::LeftBracket:
      return "`[`";
    case TokenKind::RightBracket:
      return "`]`";
    case TokenKind::LeftBrace:
      return "`{`";
    case TokenKind::RightBrace:
      return "`}`";
    case TokenKind::Comma:
      return "`,`";
    case TokenKind::Semicolon:
      return "`;`";
    case TokenKind::Colon:
    case TokenKind::RecordColon:
      return "`:`";
    case TokenKind::DoubleColon:
      return "`::`";
    case TokenKind::Dot:
      return "`.`";
    case TokenKind::DotDot:
      return "`..`";
    case TokenKind::DotDotEqual:
      return "`..=`";
    case TokenKind::Question:
      return "`?`";
    case TokenKind::QuestionDot:
      return "`?.`";
    case TokenKind::QuestionQuestion:
      return "`??`";
    case TokenKind::Plus:
      return "`+`";
    case TokenKind::Minus:
      return "`-`";
    case TokenKind::Star:
      return "`*`";
    case TokenKind::StarStar:
      return "`**`";
    case TokenKind::Slash:
      return "`/`";
    case TokenKind::Percent:
      return "`%`";
    case TokenKind::BarBar:
      return "`||`";
    case TokenKind::Bar:
      return "`|`";
    case TokenKind::Ampersand:
      return "`&`";
    case TokenKind::Caret:
      return "`^`";
    case TokenKind::Tilde:
      return "`~`";
    case TokenKind::NotTilde:
      return "`!~`";
    case TokenKind::Equal:
      return "`=`";
    case TokenKind::NotEqual:
      return "`!=`";
    case TokenKind::Less:
      return "`<`";
    case TokenKind::LessEqual:
      return "`<=`";
    case TokenKind::Greater:
      return "`>`";
    case TokenKind::GreaterEqual:
      return "`>=`";
    case TokenKind::FatArrow:
      return "`=>`";
    case TokenKind::PlusEqual:
      return "`+=`";
    case TokenKind::MinusEqual:
      return "`-=`";
    case TokenKind::StarEqual:
      return "`*=`";
    case TokenKind::SlashEqual:
      return "`/=`";
    case TokenKind::EqualEqual:
      return "`==`";
    case TokenKind::AmpersandAmpersand:
      return "`&&`";
    case TokenKind::Bang:
      return "`!`";
    case TokenKind::SlashSlash:
      return "`//`";
    case TokenKind::BarGreater:
      return "`|>`";
  }
  UNREACHABLE();
}

}  // namespace zerodb::zeroql
