// Regular expressions: RE2 behind a cache of compiled patterns. Matching takes time linear in the
// text, whatever the pattern.
//
// A pattern may be at most kPatternBytesMax long and its program kProgramBytesMax; look-around and
// back-references do not exist. A bad pattern is E0626. Threading: a RegexCache belongs to one
// thread; compiled patterns live as long as the cache.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "base/result.h"
#include "value/value.h"

namespace re2 {
class RE2;
}

namespace zerodb::function {

inline constexpr size_t kPatternBytesMax = 32 << 10;
inline constexpr int64_t kProgramBytesMax = 8 << 20;
inline constexpr size_t kCachedPatternsMax = 256;

class RegexCache {
 public:
  RegexCache();
  ~RegexCache();
  RegexCache(const RegexCache&) = delete;
  RegexCache& operator=(const RegexCache&) = delete;

  // Valid until the next call.
  Result<const re2::RE2*> compiled(std::string_view pattern);

 private:
  struct Entries;
  std::unique_ptr<Entries> entries_;
};

// The cache of a statement, or one of its own where the caller has none (constant folding).
class PatternSource {
 public:
  explicit PatternSource(RegexCache* shared) : shared_(shared) {}
  Result<const re2::RE2*> compiled(std::string_view pattern) {
    if (shared_ != nullptr) return shared_->compiled(pattern);
    if (!own_) own_ = std::make_unique<RegexCache>();
    return own_->compiled(pattern);
  }

 private:
  RegexCache* shared_;
  std::unique_ptr<RegexCache> own_;
};

// E0626 if the pattern is not one; for checking literals early.
Status check_pattern(std::string_view pattern);

// `text ~ pattern`: whether the pattern matches anywhere. The pattern may be a regex or a string. A
// none operand gives false; operands of another class E0904.
Result<bool> regex_match(const Value& text, const Value& pattern, RegexCache& cache);

}  // namespace zerodb::function
