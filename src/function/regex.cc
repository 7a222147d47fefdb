#include "function/regex.h"

#include <re2/re2.h>

#include <string>
#include <unordered_map>

#include "value/operator_parts.h"

namespace zerodb::function {
namespace {

re2::RE2::Options options() {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kProgramBytesMax);
  return options;
}

Error bad_pattern(const std::string& what) {
  return Error(ErrorCode::E0626, "bad regex: " + what);
}

}  // namespace

struct RegexCache::Entries {
  std::unordered_map<std::string, std::unique_ptr<re2::RE2>> patterns;
};

RegexCache::RegexCache() : entries_(std::make_unique<Entries>()) {}
RegexCache::~RegexCache() = default;

Result<const re2::RE2*> RegexCache::compiled(std::string_view pattern) {
  auto& patterns = entries_->patterns;
  const std::string key(pattern);
  if (const auto found = patterns.find(key); found != patterns.end()) return found->second.get();
  if (pattern.size() > kPatternBytesMax) return bad_pattern("longer than 32 KiB");
  auto compiled =
      std::make_unique<re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()), options());
  if (!compiled->ok()) return bad_pattern(compiled->error());
  // Patterns made of data would otherwise pile up; a statement's own few are soon compiled again.
  if (patterns.size() >= kCachedPatternsMax) patterns.clear();
  return patterns.emplace(key, std::move(compiled)).first->second.get();
}

Status check_pattern(std::string_view pattern) {
  RegexCache cache;
  TRY(cache.compiled(pattern));
  return ok_status();
}

Result<bool> regex_match(const Value& text, const Value& pattern, RegexCache& cache) {
  if (text.is_none() || pattern.is_none()) return false;
  if (text.tag() != Tag::String || (pattern.tag() != Tag::Regex && pattern.tag() != Tag::String)) {
    return Error(ErrorCode::E0904, std::string("`~` is not defined for ") + class_name(text.tag()) +
                                       " and " + class_name(pattern.tag()));
  }
  const re2::RE2* compiled = TRY(cache.compiled(pattern.as_bytes()));
  const std::string_view subject = text.as_string();
  return re2::RE2::PartialMatch(re2::StringPiece(subject.data(), subject.size()), *compiled);
}

}  // namespace zerodb::function
