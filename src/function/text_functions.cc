// Global functions of text.
#include <algorithm>

#include <re2/re2.h>

#include "function/case_mapping.h"
#include "function/domains.h"
#include "function/kernel.h"
#include "function/number_kernels.h"
#include "function/regex.h"
#include "function/text_search.h"
#include "value/utf8.h"

namespace zerodb::function {
namespace {

Result<Value> upper_text(Args args, CallContext&) {
  return text_result(to_upper(args[0].as_string()));
}
Result<Value> lower_text(Args args, CallContext&) {
  return text_result(to_lower(args[0].as_string()));
}

// Whether a code point is to be trimmed: white space, or one of `chars`.
class TrimSet {
 public:
  explicit TrimSet(const Value& chars) : is_default_(chars.is_none()) {
    if (is_default_) return;
    const std::string_view text = chars.as_string();
    for (size_t at = 0; at < text.size();) chars_.push_back(utf8::next(text, &at));
    std::ranges::sort(chars_);
  }
  bool contains(uint32_t c) const {
    return is_default_ ? is_white_space(c) : std::ranges::binary_search(chars_, c);
  }

 private:
  bool is_default_;
  std::vector<uint32_t> chars_;  // in order
};

std::string_view trim_left(std::string_view text, const TrimSet& set) {
  while (!text.empty()) {
    size_t at = 0;
    if (!set.contains(utf8::next(text, &at))) break;
    text.remove_prefix(at);
  }
  return text;
}

std::string_view trim_right(std::string_view text, const TrimSet& set) {
  while (!text.empty()) {
    size_t begin = text.size() - 1;
    while (begin > 0 && utf8::is_continuation(text[begin])) --begin;
    size_t at = begin;
    if (!set.contains(utf8::next(text, &at))) break;
    text.remove_suffix(text.size() - begin);
  }
  return text;
}

Result<Value> trim(Args args, CallContext&) {
  const TrimSet set(args[1]);
  return Value::string(trim_right(trim_left(args[0].as_string(), set), set));
}
Result<Value> ltrim(Args args, CallContext&) {
  return Value::string(trim_left(args[0].as_string(), TrimSet(args[1])));
}
Result<Value> rtrim(Args args, CallContext&) {
  return Value::string(trim_right(args[0].as_string(), TrimSet(args[1])));
}

Result<Value> replace(Args args, CallContext&) {
  const std::string_view text = args[0].as_string();
  const std::string_view what = args[1].as_string();
  const std::string_view with = args[2].as_string();
  if (what.empty()) return bad_argument("the text to replace is empty");
  std::string out;
  size_t from = 0;
  for (size_t found = find_text(text, what); found != std::string_view::npos;
       found = find_text(text, what, from)) {
    out.append(text.substr(from, found - from)).append(with);
    if (out.size() > limits::kValueBytesMax) return too_large();
    from = found + what.size();
  }
  out.append(text.substr(from));
  return text_result(out);
}

// `$1` in our text is `\1` to RE2, and a backslash is itself.
std::string rewrite_template(std::string_view with) {
  std::string out;
  for (size_t i = 0; i < with.size(); ++i) {
    if (with[i] == '\\') {
      out += "\\\\";
    } else if (with[i] == '$' && i + 1 < with.size() && with[i + 1] >= '0' && with[i + 1] <= '9') {
      out += '\\';
    } else if (with[i] == '$' && i + 1 < with.size() && with[i + 1] == '$') {
      out += '$';
      ++i;
    } else {
      out += with[i];
    }
  }
  return out;
}

Result<Value> replace_regex(Args args, CallContext& context) {
  PatternSource patterns(context.regexes);
  const re2::RE2* pattern = TRY(patterns.compiled(args[1].as_bytes()));
  const std::string with = rewrite_template(args[2].as_string());
  std::string problem;
  if (!pattern->CheckRewriteString(with, &problem))
    return bad_argument("bad replacement: " + problem);
  const std::string_view text = args[0].as_string();
  std::vector<re2::StringPiece> groups(static_cast<size_t>(re2::RE2::MaxSubmatch(with)) + 1);
  const auto count = static_cast<int>(groups.size());
  std::string out;
  size_t copied = 0;  // of the text
  for (size_t from = 0; from <= text.size();) {
    if (!pattern->Match({text.data(), text.size()}, from, text.size(), re2::RE2::UNANCHORED,
                        groups.data(), count))
      break;
    const auto begin = static_cast<size_t>(groups[0].data() - text.data());
    const size_t end = begin + groups[0].size();
    // Nothing right behind a match is a part of it.
    const bool is_match = end > begin || begin > copied || from == 0;
    if (is_match) {
      out += text.substr(copied, begin - copied);
      pattern->Rewrite(&out, with, groups.data(), count);
      if (out.size() > limits::kValueBytesMax) return too_large();
      copied = end;
    }
    from = end;
    if (end > begin) continue;
    ++from;
    while (from < text.size() && utf8::is_continuation(text[from])) ++from;
  }
  out += text.substr(copied);
  return text_result(out);
}

Result<std::string> padding(Args args) {
  constexpr int64_t kLengthMax = limits::kValueBytesMax;
  const auto length = to_int_within(args[1], 0, kLengthMax);
  if (!length) return bad_argument("the length must be from 0 to 64 Mi");
  const std::string_view fill = args[2].as_string();
  if (fill.empty()) return bad_argument("the fill is empty");
  const size_t present = utf8::count(args[0].as_string());
  size_t missing =
      static_cast<size_t>(*length) > present ? static_cast<size_t>(*length) - present : 0;
  std::string out;
  while (missing > 0) {
    for (size_t at = 0; at < fill.size() && missing > 0; --missing) {
      const size_t from = at;
      utf8::next(fill, &at);
      out.append(fill.substr(from, at - from));
    }
    if (out.size() > limits::kValueBytesMax) return too_large();
  }
  return out;
}

Result<Value> lpad(Args args, CallContext&) {
  return text_result(TRY(padding(args)).append(args[0].as_string()));
}
Result<Value> rpad(Args args, CallContext&) {
  return text_result(std::string(args[0].as_string()) + TRY(padding(args)));
}

Result<Value> starts_with(Args args, CallContext&) {
  return Value::boolean(args[0].as_string().starts_with(args[1].as_string()));
}
Result<Value> ends_with(Args args, CallContext&) {
  return Value::boolean(args[0].as_string().ends_with(args[1].as_string()));
}

constexpr Declaration kTextFunctions[] = {
    {"upper(s: string) -> string", kExact, kNone, 20,
     "The text in upper case, by the full Unicode mapping.",
     "upper('straße') = 'STRASSE'\n'abc'.upper() = 'ABC'", upper_text},
    {"lower(s: string) -> string", kExact, kNone, 20,
     "The text in lower case, by the full Unicode mapping.", "lower('ÅB') = 'åb'", lower_text},
    {"trim(s: string, chars: string = none) -> string", kExact, kNone, 10,
     "The text without white space, or without any of `chars`, at both ends.",
     "trim(' a ', chars => none) = 'a'\ntrim('xxaxx', 'x') = 'a'", trim},
    {"ltrim(s: string, chars: string = none) -> string", kExact, kNone, 10,
     "As trim, at the start only.", "ltrim(' a ') = 'a '", ltrim},
    {"rtrim(s: string, chars: string = none) -> string", kExact, kNone, 10,
     "As trim, at the end only.", "rtrim(' a ') = ' a'", rtrim},
    {"replace(s: string, what: string, by: string) -> string", kExact, kNone, 20,
     "The text with every occurrence of `what` replaced.", "replace('a-b', '-', '+') = 'a+b'",
     replace},
    {"replace(s: string, pattern: regex, by: string) -> string", kExact, kNone, 60,
     "The text with every match of a regex replaced; `$1` stands for the first group, `$0` for the "
     "match, `$$` for a dollar.",
     "replace('k=v', re'(\\w)=(\\w)', '$2=$1') = 'v=k'", replace_regex},
    {"lpad(s: string, length: int, fill: string = ' ') -> string", kExact, kNone, 12,
     "Fills the text up to a length at its start; never cuts.",
     "lpad('7', 3, fill => ' ') = '  7'\nlpad('1234', 3) = '1234'", lpad},
    {"rpad(s: string, length: int, fill: string = ' ') -> string", kExact, kNone, 12,
     "Fills the text up to a length at its end; never cuts.", "rpad('7', 3, 'ab') = '7ab'", rpad},
    {"starts_with(s: string, start: string) -> bool", kExact, kNone, 3,
     "Whether the text begins with another.", "starts_with('abc', 'ab') = true", starts_with},
    {"ends_with(s: string, end: string) -> bool", kExact, kNone, 3,
     "Whether the text ends with another.", "ends_with('abc', 'bc') = true", ends_with},
};

}  // namespace

std::span<const Declaration> text_functions() {
  return kTextFunctions;
}

}  // namespace zerodb::function
