// string:: functions that follow the tables of Unicode: normal forms, accents, titles, graphemes
// and keys to sort by. Those that may change with a version of Unicode are only stable.
#include <unicode/brkiter.h>
#include <unicode/bytestream.h>
#include <unicode/casemap.h>
#include <unicode/coll.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/utext.h>

#include <algorithm>
#include <array>

#include "function/case_mapping.h"
#include "function/domains.h"
#include "function/kernel.h"
#include "value/utf8.h"
#include "value/zval_builder.h"

namespace zerodb::function {
namespace {

icu::StringPiece string_piece(std::string_view text) {
  return {text.data(), static_cast<int32_t>(text.size())};
}

std::string normalized(std::string_view text, const icu::Normalizer2& form) {
  std::string out;
  icu::StringByteSink<std::string> sink(&out);
  UErrorCode status = U_ZERO_ERROR;
  form.normalizeUTF8(0, string_piece(text), sink, nullptr, status);
  ASSERT(U_SUCCESS(status));
  return out;
}

using GetForm = const icu::Normalizer2* (*)(UErrorCode&);
const icu::Normalizer2& form_of(GetForm get) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* form = get(status);
  ASSERT(U_SUCCESS(status));
  return *form;
}

Result<Value> normalize(Args args, CallContext&) {
  struct Form {
    std::string_view name;
    GetForm get;
  };
  static constexpr Form kForms[] = {{"NFC", icu::Normalizer2::getNFCInstance},
                                    {"NFD", icu::Normalizer2::getNFDInstance},
                                    {"NFKC", icu::Normalizer2::getNFKCInstance},
                                    {"NFKD", icu::Normalizer2::getNFKDInstance}};
  for (const Form& form : kForms) {
    if (form.name == args[1].as_string())
      return text_result(normalized(args[0].as_string(), form_of(form.get)));
  }
  return bad_argument("the form is 'NFC', 'NFD', 'NFKC' or 'NFKD'");
}

Result<Value> title(Args args, CallContext&) {
  std::string out;
  icu::StringByteSink<std::string> sink(&out);
  UErrorCode status = U_ZERO_ERROR;
  icu::CaseMap::utf8ToTitle("", 0, nullptr, string_piece(args[0].as_string()), sink, nullptr,
                            status);
  ASSERT(U_SUCCESS(status));
  return text_result(out);
}

// The marks that are put on letters of any script; those of one script are part of its spelling.
bool is_accent(uint32_t c) {
  return (c >= 0x0300 && c <= 0x036f) || (c >= 0x1ab0 && c <= 0x1aff) ||
         (c >= 0x1dc0 && c <= 0x1dff) || (c >= 0x20d0 && c <= 0x20ff) ||
         (c >= 0xfe20 && c <= 0xfe2f);
}

// Latin letters that Unicode does not take apart; nothing for any other.
std::string_view plain_letters(uint32_t c) {
  struct Letter {
    uint32_t c;
    std::string_view plain;
  };
  static constexpr Letter kLetters[] = {
      {0xc6, "AE"}, {0xd0, "D"},   {0xd8, "O"},   {0xde, "TH"}, {0xdf, "ss"}, {0xe6, "ae"},
      {0xf0, "d"},  {0xf8, "o"},   {0xfe, "th"},  {0x110, "D"}, {0x111, "d"}, {0x126, "H"},
      {0x127, "h"}, {0x131, "i"},  {0x138, "k"},  {0x141, "L"}, {0x142, "l"}, {0x14a, "N"},
      {0x14b, "n"}, {0x152, "OE"}, {0x153, "oe"}, {0x166, "T"}, {0x167, "t"}, {0x1e9e, "SS"}};
  const auto* found =
      std::lower_bound(std::begin(kLetters), std::end(kLetters), c,
                       [](const Letter& letter, uint32_t wanted) { return letter.c < wanted; });
  return found != std::end(kLetters) && found->c == c ? found->plain : std::string_view();
}

std::string without_accents(std::string_view text) {
  const std::string apart = normalized(text, form_of(icu::Normalizer2::getNFDInstance));
  std::string out;
  for (size_t at = 0; at < apart.size();) {
    const uint32_t c = utf8::next(apart, &at);
    if (is_accent(c)) continue;
    const std::string_view plain = plain_letters(c);
    if (plain.empty()) {
      utf8::append(out, c);
    } else {
      out += plain;
    }
  }
  return normalized(out, form_of(icu::Normalizer2::getNFCInstance));
}

Result<Value> unaccent(Args args, CallContext&) {
  return text_result(without_accents(args[0].as_string()));
}

bool is_part_of_word(uint32_t c) {
  const auto type = U_MASK(u_charType(static_cast<UChar32>(c)));
  return (type & (U_GC_L_MASK | U_GC_N_MASK | U_GC_M_MASK)) != 0;
}

Result<Value> slug(Args args, CallContext&) {
  const std::string text = to_lower(without_accents(args[0].as_string()));
  std::string out;
  bool is_between = false;
  for (size_t at = 0; at < text.size();) {
    const uint32_t c = utf8::next(text, &at);
    if (!is_part_of_word(c)) {
      is_between = true;
      continue;
    }
    if (is_between && !out.empty()) out += '-';
    is_between = false;
    utf8::append(out, c);
  }
  return text_result(out);
}

Result<Value> graphemes(Args args, CallContext&) {
  const std::string_view text = args[0].as_string();
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<icu::BreakIterator> breaks(
      icu::BreakIterator::createCharacterInstance(icu::Locale::getRoot(), status));
  UText opened = UTEXT_INITIALIZER;
  utext_openUTF8(&opened, text.data(), static_cast<int64_t>(text.size()), &status);
  ASSERT(U_SUCCESS(status));
  breaks->setText(&opened, status);
  ASSERT(U_SUCCESS(status));
  ArrayBuilder clusters;
  int32_t from = breaks->first();
  for (int32_t to = breaks->next(); to != icu::BreakIterator::DONE; from = to, to = breaks->next())
    clusters.add(
        Value::string(text.substr(static_cast<size_t>(from), static_cast<size_t>(to - from))));
  utext_close(&opened);
  return clusters.build();
}

Result<Value> sort_key(Args args, CallContext&) {
  const std::string_view name = args[1].as_string();
  UErrorCode status = U_ZERO_ERROR;
  const icu::Locale locale = icu::Locale::forLanguageTag(string_piece(name), status);
  if (U_FAILURE(status) || locale.isBogus() || name.empty())
    return bad_argument("no locale is called '" + std::string(name) + "'");
  const std::unique_ptr<icu::Collator> collator(icu::Collator::createInstance(locale, status));
  if (U_FAILURE(status)) return bad_argument("no locale is called '" + std::string(name) + "'");
  const auto text = icu::UnicodeString::fromUTF8(string_piece(args[0].as_string()));
  const int32_t size = collator->getSortKey(text, nullptr, 0);
  std::string key(static_cast<size_t>(size), '\0');
  collator->getSortKey(text, reinterpret_cast<uint8_t*>(key.data()), size);
  // It ends in a zero byte.
  if (!key.empty()) key.pop_back();
  if (key.size() > limits::kValueBytesMax) return too_large();
  return Value::bytes(key);
}

constexpr Declaration kUnicodeFunctions[] = {
    {"string::normalize(s: string, form: string = 'NFC') -> string", Volatility::Immutable, kNone,
     40, "The text in a normal form of Unicode: 'NFC', 'NFD', 'NFKC' or 'NFKD'.",
     "string::normalize('e\\u{301}', form => 'NFC') = 'é'\n"
     "string::normalize('ﬁ', 'NFKC') = 'fi'\nstring::normalize('a', 'C') = error E0623",
     normalize},
    {"string::title(s: string) -> string", kStable, kNone, 60,
     "Each word with a capital at its begin, all else in small letters.",
     "string::title('ada l') = 'Ada L'\nstring::title('ǆ') = 'ǅ'", title},
    {"string::unaccent(s: string) -> string", kStable, kNone, 60,
     "The text without accents, and Latin letters such as ø and ß in plain ones.",
     "string::unaccent('Å') = 'A'\nstring::unaccent('Łódź, Straße') = 'Lodz, Strasse'", unaccent},
    {"string::slug(s: string) -> string", kStable, kNone, 80,
     "The text for an address: small letters and digits without accents, a dash between words.",
     "string::slug('Hello, Wörld!') = 'hello-world'", slug},
    {"string::graphemes(s: string) -> array<string>", kStable, kNone, 120,
     "What readers take for characters, which may be several code points.",
     "string::graphemes('e\\u{301}a') = ['e\\u{301}', 'a']", graphemes},
    {"string::sort_key(s: string, locale: string = 'und') -> bytes", kStable, kNone, 2000,
     "A key for ORDER BY that sorts as the readers of a language expect.",
     "string::sort_key('a') < string::sort_key('B')\n"
     "string::sort_key('Ås', locale => 'und') < string::sort_key('B')\n"
     "string::sort_key('z', 'sv') < string::sort_key('ö', 'sv')\n"
     "string::sort_key('a', '!') = error E0623",
     sort_key},
};

}  // namespace

std::span<const Declaration> unicode_functions() {
  return kUnicodeFunctions;
}

}  // namespace zerodb::function
