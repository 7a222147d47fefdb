// regex:: functions.
#include <re2/re2.h>

#include "function/domains.h"
#include "function/kernel.h"
#include "function/regex.h"
#include "value/utf8.h"
#include "value/zval_builder.h"

namespace zerodb::function {
namespace {

constexpr int kGroupsMax = 1000;

struct Groups {
  std::vector<re2::StringPiece> pieces;
  const re2::RE2* pattern = nullptr;
};

// The first match from `from` on with `count` groups; no pieces if there is none.
Groups match(const re2::RE2& pattern, std::string_view text, size_t from, int count) {
  Groups groups;
  groups.pattern = &pattern;
  groups.pieces.resize(static_cast<size_t>(count) + 1);
  if (!pattern.Match(re2::StringPiece(text.data(), text.size()), from, text.size(),
                     re2::RE2::UNANCHORED, groups.pieces.data(), count + 1)) {
    groups.pieces.clear();
  }
  return groups;
}

Value text_of(const re2::StringPiece& piece) {
  return piece.data() == nullptr ? Value::none()
                                 : Value::string(std::string_view(piece.data(), piece.size()));
}

Result<Value> find(Args args, CallContext& context) {
  PatternSource patterns(context.regexes);
  const re2::RE2* pattern = TRY(patterns.compiled(args[1].as_bytes()));
  const Groups groups = match(*pattern, args[0].as_string(), 0, 0);
  return groups.pieces.empty() ? Value::none() : text_of(groups.pieces[0]);
}

Result<Value> find_all(Args args, CallContext& context) {
  const std::string_view text = args[0].as_string();
  PatternSource patterns(context.regexes);
  const re2::RE2* pattern = TRY(patterns.compiled(args[1].as_bytes()));
  ArrayBuilder found;
  for (size_t from = 0; from <= text.size();) {
    const Groups groups = match(*pattern, text, from, 0);
    if (groups.pieces.empty()) break;
    found.add(text_of(groups.pieces[0]));
    from = static_cast<size_t>(groups.pieces[0].data() - text.data()) + groups.pieces[0].size();
    if (!groups.pieces[0].empty()) continue;
    ++from;
    while (from < text.size() && utf8::is_continuation(text[from])) ++from;
  }
  return found.build();
}

Result<Value> groups_of(Args args, CallContext& context) {
  PatternSource patterns(context.regexes);
  const re2::RE2* pattern = TRY(patterns.compiled(args[1].as_bytes()));
  const int count = std::min(pattern->NumberOfCapturingGroups(), kGroupsMax);
  const Groups groups = match(*pattern, args[0].as_string(), 0, count);
  if (groups.pieces.empty()) return Value::none();
  ArrayBuilder found;
  for (const re2::StringPiece& piece : groups.pieces) found.add(text_of(piece));
  return found.build();
}

Result<Value> named_groups(Args args, CallContext& context) {
  PatternSource patterns(context.regexes);
  const re2::RE2* pattern = TRY(patterns.compiled(args[1].as_bytes()));
  const int count = std::min(pattern->NumberOfCapturingGroups(), kGroupsMax);
  const Groups groups = match(*pattern, args[0].as_string(), 0, count);
  if (groups.pieces.empty()) return Value::none();
  ObjectBuilder found;
  for (const auto& [index, name] : pattern->CapturingGroupNames()) {
    if (index <= count) found.set(name, text_of(groups.pieces[static_cast<size_t>(index)]));
  }
  return found.build();
}

Result<Value> position(Args args, CallContext& context) {
  const std::string_view text = args[0].as_string();
  PatternSource patterns(context.regexes);
  const re2::RE2* pattern = TRY(patterns.compiled(args[1].as_bytes()));
  const Groups groups = match(*pattern, text, 0, 0);
  if (groups.pieces.empty()) return Value::none();
  const auto offset = static_cast<size_t>(groups.pieces[0].data() - text.data());
  return Value::int64(static_cast<int64_t>(utf8::count(text.substr(0, offset))));
}

Result<Value> escape(Args args, CallContext&) {
  const std::string_view text = args[0].as_string();
  return text_result(re2::RE2::QuoteMeta(re2::StringPiece(text.data(), text.size())));
}

constexpr Declaration kRegexFunctions[] = {
    {"regex::find(s: string, pattern: regex) -> string?", kExact, kNone, 50,
     "The first match, or none.",
     "regex::find('a1b22', re'\\d+') = '1'\nregex::find('ab', re'\\d') = none", find},
    {"regex::find_all(s: string, pattern: regex) -> array<string>", kExact, kNone, 80,
     "All matches, without overlaps.", "regex::find_all('a1b22', re'\\d+') = ['1', '22']",
     find_all},
    {"regex::groups(s: string, pattern: regex) -> array<string?>?", kExact, kNone, 80,
     "The first match and its groups, or none.",
     "regex::groups('k=v', re'(\\w)=(\\w)') = ['k=v', 'k', 'v']", groups_of},
    {"regex::named_groups(s: string, pattern: regex) -> object?", kExact, kNone, 90,
     "The named groups of the first match, or none.",
     "regex::named_groups('k=v', re'(?P<key>\\w)=') = {key: 'k'}", named_groups},
    {"regex::position(s: string, pattern: regex) -> int?", kExact, kNone, 50,
     "Where the first match begins, or none.", "regex::position('a1', re'\\d') = 1", position},
    {"regex::escape(s: string) -> string", kExact, kNone, 15,
     "A pattern that matches exactly this text.", "regex::escape('a.b') = 'a\\\\.b'", escape},
};

}  // namespace

std::span<const Declaration> regex_functions() {
  return kRegexFunctions;
}

}  // namespace zerodb::function
