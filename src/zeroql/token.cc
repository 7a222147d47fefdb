#include "zeroql/token.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "base/assert.h"

namespace zerodb::zeroql {

namespace {

constexpr std::string_view kKeywordTexts[] = {
    "",
#define ZEROQL_RESERVED(name, text) text,
#define ZEROQL_CONTEXTUAL(name, text)
#include "base/keywords.def"
#undef ZEROQL_RESERVED
#undef ZEROQL_CONTEXTUAL
#define ZEROQL_RESERVED(name, text)
#define ZEROQL_CONTEXTUAL(name, text) text,
#include "base/keywords.def"
#undef ZEROQL_RESERVED
#undef ZEROQL_CONTEXTUAL
};

constexpr size_t kReservedCount = 0
#define ZEROQL_RESERVED(name, text) +1
#define ZEROQL_CONTEXTUAL(name, text)
#include "base/keywords.def"
#undef ZEROQL_RESERVED
#undef ZEROQL_CONTEXTUAL
    ;

constexpr size_t kKeywordCount = std::size(kKeywordTexts);
constexpr size_t kLengthMax = 12;
constexpr size_t kSlots = 512;

// A word of up to 16 bytes in upper case, the first byte lowest, filled up with zeros.
struct PackedWord {
  uint64_t low = 0;
  uint64_t high = 0;
  bool operator==(const PackedWord&) const = default;
};

constexpr uint64_t kEachByte = 0x0101010101010101u;

// Letters of ASCII in upper case, eight bytes at once.
constexpr uint64_t upper(uint64_t bytes) {
  const uint64_t low_bits = bytes & (kEachByte * 0x7f);
  const uint64_t from_a = low_bits + kEachByte * (0x80 - 'a');
  const uint64_t behind_z = low_bits + kEachByte * (0x7f - 'z');
  const uint64_t is_lower = from_a & ~behind_z & ~bytes & (kEachByte * 0x80);
  return bytes - (is_lower >> 2);
}

constexpr uint64_t read_bytes(const char* at, size_t count) {
  uint64_t bytes = 0;
  for (size_t i = 0; i < count; ++i)
    bytes |= static_cast<uint64_t>(static_cast<unsigned char>(at[i])) << (8 * i);
  return bytes;
}

// As read_bytes, without a loop: two reads of a fixed width that overlap.
uint64_t read_short(const char* at, size_t count) {
  if constexpr (std::endian::native != std::endian::little) return read_bytes(at, count);
  if (count >= 4) {
    uint32_t first;
    uint32_t last;
    std::memcpy(&first, at, 4);
    std::memcpy(&last, at + count - 4, 4);
    return first | static_cast<uint64_t>(last) << (8 * (count - 4));
  }
  return read_bytes(at, count);
}

constexpr PackedWord pack(std::string_view word) {
  const size_t first = std::min<size_t>(word.size(), 8);
  return {upper(read_bytes(word.data(), first)),
          upper(read_bytes(word.data() + first, word.size() - first))};
}

PackedWord pack_fast(std::string_view word) {
  const size_t first = std::min<size_t>(word.size(), 8);
  return {upper(read_short(word.data(), first)),
          upper(read_short(word.data() + first, word.size() - first))};
}

constexpr size_t slot_of(const PackedWord& word) {
  const uint64_t h = (word.low ^ word.high * 0x9e3779b97f4a7c15u) * 0xd6e8feb86659fd93u;
  return static_cast<size_t>(h >> 55);
}
static_assert(kSlots == size_t{1} << 9);

struct KeywordSlot {
  PackedWord word;
  uint8_t keyword = 0;  // 0: empty
};

// Open addressing with linear probing, filled by the compiler.
constexpr std::array<KeywordSlot, kSlots> make_slots() {
  std::array<KeywordSlot, kSlots> slots{};
  for (size_t k = 1; k < kKeywordCount; ++k) {
    const PackedWord word = pack(kKeywordTexts[k]);
    size_t s = slot_of(word);
    while (slots[s].keyword != 0) s = (s + 1) % kSlots;
    slots[s] = {word, static_cast<uint8_t>(k)};
  }
  return slots;
}

constexpr std::array<KeywordSlot, kSlots> kKeywordSlots = make_slots();

constexpr bool lengths_fit() {
  for (const std::string_view text : kKeywordTexts) {
    if (text.size() > kLengthMax) return false;
  }
  return true;
}
static_assert(lengths_fit() && kLengthMax <= sizeof(PackedWord) && kKeywordCount < 256);

}  // namespace

Keyword keyword_of(std::string_view word) {
  if (word.size() > kLengthMax) return Keyword::NotKeyword;
  const PackedWord packed = pack_fast(word);
  for (size_t s = slot_of(packed); kKeywordSlots[s].keyword != 0; s = (s + 1) % kSlots) {
    const size_t keyword = kKeywordSlots[s].keyword;
    // The size tells a word from one with zeros behind it.
    if (kKeywordSlots[s].word == packed && kKeywordTexts[keyword].size() == word.size())
      return static_cast<Keyword>(keyword);
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
