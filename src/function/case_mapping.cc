#include "function/case_mapping.h"

#include <unicode/bytestream.h>
#include <unicode/casemap.h>
#include <unicode/uchar.h>

#include "base/assert.h"

namespace zerodb::function {
namespace {

bool is_ascii(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= 0x80) return false;
  }
  return true;
}

icu::StringPiece piece(std::string_view text) {
  return {text.data(), static_cast<int32_t>(text.size())};
}

// The empty locale is the root: Turkish and other rules do not apply.
enum class Mapping : uint8_t { Upper, Lower, Fold };
std::string map(std::string_view text, Mapping mapping) {
  std::string out;
  icu::StringByteSink<std::string> sink(&out);
  UErrorCode status = U_ZERO_ERROR;
  switch (mapping) {
    case Mapping::Upper:
      icu::CaseMap::utf8ToUpper("", 0, piece(text), sink, nullptr, status);
      break;
    case Mapping::Lower:
      icu::CaseMap::utf8ToLower("", 0, piece(text), sink, nullptr, status);
      break;
    case Mapping::Fold:
      icu::CaseMap::utf8Fold(0, piece(text), sink, nullptr, status);
      break;
  }
  ASSERT(U_SUCCESS(status));
  return out;
}

}  // namespace

std::string to_upper(std::string_view text) {
  if (!is_ascii(text)) return map(text, Mapping::Upper);
  std::string out(text);
  for (char& c : out) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return out;
}

std::string to_lower(std::string_view text) {
  if (!is_ascii(text)) return map(text, Mapping::Lower);
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

std::string fold_case(std::string_view text) {
  if (!is_ascii(text)) return map(text, Mapping::Fold);
  return to_lower(text);
}

bool is_white_space(uint32_t code_point) {
  if (code_point < 0x80) return code_point == ' ' || (code_point >= 9 && code_point <= 13);
  return u_isUWhiteSpace(static_cast<UChar32>(code_point)) != 0;
}

}  // namespace zerodb::function
