// string:: functions.
#include <algorithm>
#include <map>

#include <re2/re2.h>

#include "function/case_mapping.h"
#include "function/domains.h"
#include "function/kernel.h"
#include "function/number_kernels.h"
#include "function/regex.h"
#include "function/text_format.h"
#include "function/text_metrics.h"
#include "function/text_search.h"
#include "value/utf8.h"
#include "value/zval.h"
#include "value/zval_builder.h"

namespace zerodb::function {
namespace {

constexpr int64_t kPartsMax = INT32_MAX;

// How many parts a split may give at most.
Result<int64_t> most_parts(const Value& most) {
  if (most.is_none()) return kPartsMax;
  const auto count = to_int_within(most, 1, INT64_MAX);
  if (!count) return bad_argument("`most` must be at least 1");
  return std::min(*count, kPartsMax);
}

Result<Value> split(Args args, CallContext&) {
  std::string_view text = args[0].as_string();
  const std::string_view by = args[1].as_string();
  if (by.empty()) return bad_argument("the separator is empty");
  int64_t left = TRY(most_parts(args[2]));
  ArrayBuilder parts;
  for (size_t found = find_text(text, by); found != std::string_view::npos && left > 1;
       found = find_text(text, by), --left) {
    parts.add(Value::string(text.substr(0, found)));
    text.remove_prefix(found + by.size());
  }
  parts.add(Value::string(text));
  return parts.build();
}

// Calls `visit` with begin and end of each match, until it returns false.
template <typename Visit>
void for_each_match(std::string_view text, const re2::RE2& pattern, const Visit& visit) {
  const re2::StringPiece subject(text.data(), text.size());
  re2::StringPiece match;
  size_t from = 0;
  while (from <= text.size() &&
         pattern.Match(subject, from, text.size(), re2::RE2::UNANCHORED, &match, 1)) {
    const auto begin = static_cast<size_t>(match.data() - text.data());
    const size_t end = begin + match.size();
    if (!visit(begin, end)) return;
    from = end;
    if (!match.empty()) continue;
    ++from;
    while (from < text.size() && utf8::is_continuation(text[from])) ++from;
  }
}

Result<Value> split_regex(Args args, CallContext& context) {
  const std::string_view text = args[0].as_string();
  PatternSource patterns(context.regexes);
  const re2::RE2* pattern = TRY(patterns.compiled(args[1].as_bytes()));
  int64_t left = TRY(most_parts(args[2]));
  ArrayBuilder parts;
  size_t from = 0;
  for_each_match(text, *pattern, [&](size_t begin, size_t end) {
    // As '' is no separator, a match of nothing is none.
    if (begin == end) return true;
    if (left-- <= 1) return false;
    parts.add(Value::string(text.substr(from, begin - from)));
    from = end;
    return true;
  });
  parts.add(Value::string(text.substr(from)));
  return parts.build();
}

Result<Value> count(Args args, CallContext&) {
  const std::string_view text = args[0].as_string();
  const std::string_view part = args[1].as_string();
  if (part.empty()) return bad_argument("the text to count is empty");
  int64_t found = 0;
  for (size_t at = find_text(text, part); at != std::string_view::npos;
       at = find_text(text, part, at + part.size()))
    ++found;
  return Value::int64(found);
}

Result<Value> count_regex(Args args, CallContext& context) {
  PatternSource patterns(context.regexes);
  const re2::RE2* pattern = TRY(patterns.compiled(args[1].as_bytes()));
  int64_t found = 0;
  for_each_match(args[0].as_string(), *pattern, [&](size_t, size_t) {
    ++found;
    return true;
  });
  return Value::int64(found);
}

Result<Value> truncate(Args args, CallContext&) {
  const std::string_view text = args[0].as_string();
  const std::string_view tail = args[2].as_string();
  const auto length = to_int_within(args[1], 0, INT64_MAX);
  if (!length) return bad_argument("the length must not be negative");
  const auto wanted = static_cast<size_t>(*length);
  if (utf8::count(text) <= wanted) return args[0];
  const size_t tail_length = std::min(utf8::count(tail), wanted);
  std::string out(text.substr(0, utf8::offset_of(text, wanted - tail_length)));
  out += tail.substr(0, utf8::offset_of(tail, tail_length));
  return Value::string(out);
}

Result<Value> before(Args args, CallContext&) {
  const size_t found = find_text(args[0].as_string(), args[1].as_string());
  if (found == std::string_view::npos) return Value::none();
  return Value::string(args[0].as_string().substr(0, found));
}
Result<Value> after(Args args, CallContext&) {
  const size_t found = find_text(args[0].as_string(), args[1].as_string());
  if (found == std::string_view::npos) return Value::none();
  return Value::string(args[0].as_string().substr(found + args[1].as_string().size()));
}

Result<Value> fold(Args args, CallContext&) {
  return text_result(fold_case(args[0].as_string()));
}

Result<Value> code_points(Args args, CallContext&) {
  const std::string_view text = args[0].as_string();
  ArrayBuilder points;
  for (size_t at = 0; at < text.size();) points.add(Value::int64(utf8::next(text, &at)));
  return points.build();
}

Result<Value> from_code_points(Args args, CallContext&) {
  const SequenceView view(args[0]);
  std::string out;
  for (uint32_t i = 0; i < view.size(); ++i) {
    const auto point = to_int_within(view.at(i), 0, 0x10ffff);
    if (!point || (*point >= 0xd800 && *point <= 0xdfff))
      return bad_argument("not a Unicode code point");
    utf8::append(out, static_cast<uint32_t>(*point));
  }
  return text_result(out);
}

Result<Value> format(Args args, CallContext& context) {
  if (args[0].is_none()) return Value::none();
  const TextFormat pattern = TRY(TextFormat::parse(args[0].as_string()));
  return text_result(TRY(pattern.fill(args.subspan(1), context.names)));
}

Result<Value> levenshtein_distance(Args args, CallContext&) {
  const auto distance = levenshtein(args[0].as_string(), args[1].as_string());
  if (!distance) return bad_argument("both texts are longer than 10,000 code points");
  return Value::int64(*distance);
}
Result<Value> jaro_winkler_similarity(Args args, CallContext&) {
  const auto similarity = jaro_winkler(args[0].as_string(), args[1].as_string());
  if (!similarity) return bad_argument("both texts are longer than 10,000 code points");
  return Value::float64(*similarity);
}
Result<Value> trigrams(Args args, CallContext&) {
  return Value::float64(
      trigram_similarity(fold_case(args[0].as_string()), fold_case(args[1].as_string())));
}

constexpr Declaration kStringFunctions[] = {
    {"string::split(s: string, by: string, most: int = none) -> array<string>", kExact, kNone, 20,
     "The parts between separators; with `most` the last part is the rest.",
     "string::split('a,b', ',', most => none) = ['a', 'b']\nstring::split('a,b,c', ',', 2) = ['a', "
     "'b,c']",
     split},
    {"string::split(s: string, by: regex, most: int = none) -> array<string>", kExact, kNone, 60,
     "The parts between matches of a regex.", "string::split('a1b22c', re'\\d+') = ['a', 'b', 'c']",
     split_regex},
    {"string::count(s: string, part: string) -> int", kExact, kNone, 12,
     "How often a text occurs, without overlaps.", "string::count('banana', 'an') = 2", count},
    {"string::count(s: string, pattern: regex) -> int", kExact, kNone, 60,
     "How often a regex matches, without overlaps: as often as `regex::find_all` finds something.",
     "string::count('a1b22', re'\\d+') = 2", count_regex},
    {"string::format(const pattern: string, values: any...) -> string?", kExact, Absence::Seen, 60,
     "The pattern with the values in its fields `{index:form}`: fill, `<` `>` `^`, sign, `#`, `0`, "
     "width, `.precision` and one of `s d x X o b B f F e E g G %`; `{{` is a brace.",
     "string::format('{} is {:.1f}', 'pi', 3.14) = 'pi is 3.1'\n"
     "string::format('{1}{0:>4}|{2:*^5}', 7, 'a', 'b') = 'a   7|**b**'\n"
     "string::format('{:+05d} {:#x} {{{}}}', 42, 255u8, none) = '+0042 0xff {none}'\n"
     "string::format('{', 1) = error E0626\nstring::format('{} {}', 1) = error E0623",
     format},
    {"string::truncate(s: string, length: int, tail: string = '…') -> string", kExact, kNone, 10,
     "The text cut to a length, with a tail that says so.",
     "string::truncate('abcdef', 4, tail => '…') = 'abc…'\nstring::truncate('ab', 4) = 'ab'",
     truncate},
    {"string::before(s: string, mark: string) -> string?", kExact, kNone, 8,
     "What stands before the first mark, or none.",
     "string::before('a@b', '@') = 'a'\nstring::before('ab', '@') = none", before},
    {"string::after(s: string, mark: string) -> string?", kExact, kNone, 8,
     "What stands behind the first mark, or none.", "string::after('a@b', '@') = 'b'", after},
    {"string::fold(s: string) -> string", kExact, kNone, 20,
     "The text with case folded: equal results are equal but for case.",
     "string::fold('Straße') = 'strasse'", fold},
    {"string::code_points(s: string) -> array<int>", kExact, kNone, 12,
     "The code points as numbers.", "string::code_points('aé') = [97, 233]", code_points},
    {"string::from_code_points(points: array<number>) -> string", kExact, kNone, 12,
     "The text of these code points.", "string::from_code_points([97]) = 'a'", from_code_points},
    {"string::levenshtein(a: string, b: string) -> int", kExact, kNone, 200,
     "The least number of insertions, deletions and replacements between two texts.",
     "string::levenshtein('kitten', 'sitting') = 3", levenshtein_distance},
    {"string::jaro_winkler(a: string, b: string) -> float", kExact, kNone, 100,
     "The likeness of two names, from 0 to 1.",
     "round(string::jaro_winkler('martha', 'marhta'), 3) = 0.961", jaro_winkler_similarity},
    {"string::trigram_similarity(a: string, b: string) -> float", kExact, kNone, 100,
     "The share of three-letter runs that two texts have in common.",
     "round(string::trigram_similarity('word', 'two words'), 3) = 0.364", trigrams},
};

}  // namespace

std::span<const Declaration> string_functions() {
  return kStringFunctions;
}

}  // namespace zerodb::function
