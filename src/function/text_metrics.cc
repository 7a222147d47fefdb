#include "function/text_metrics.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "value/utf8.h"

namespace zerodb::function {
namespace {

std::vector<uint32_t> points_of(std::string_view text) {
  std::vector<uint32_t> points;
  for (size_t at = 0; at < text.size();) points.push_back(utf8::next(text, &at));
  return points;
}

bool too_long(const std::vector<uint32_t>& a, const std::vector<uint32_t>& b) {
  return a.size() > kComparedLengthMax && b.size() > kComparedLengthMax;
}

using Trigrams = std::set<std::u32string>;

void add_word(std::u32string word, Trigrams& out) {
  if (word.empty()) return;
  word = U"  " + word + U" ";
  for (size_t i = 0; i + 3 <= word.size(); ++i) out.insert(word.substr(i, 3));
}

Trigrams trigrams_of(std::string_view text) {
  Trigrams trigrams;
  std::u32string word;
  for (size_t at = 0; at < text.size();) {
    const uint32_t c = utf8::next(text, &at);
    if (u_isalnum(static_cast<UChar32>(c))) {
      word += static_cast<char32_t>(c);
    } else {
      add_word(std::move(word), trigrams);
      word.clear();
    }
  }
  add_word(std::move(word), trigrams);
  return trigrams;
}

double jaro(const std::vector<uint32_t>& a, const std::vector<uint32_t>& b) {
  if (a.empty() && b.empty()) return 1;
  if (a.empty() || b.empty()) return 0;
  const size_t reach = std::max<size_t>(std::max(a.size(), b.size()) / 2, 1) - 1;
  std::vector<bool> in_a(a.size());
  std::vector<bool> in_b(b.size());
  size_t matches = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    const size_t end = std::min(i + reach + 1, b.size());
    for (size_t j = i > reach ? i - reach : 0; j < end; ++j) {
      if (in_b[j] || a[i] != b[j]) continue;
      in_a[i] = in_b[j] = true;
      ++matches;
      break;
    }
  }
  if (matches == 0) return 0;
  size_t swapped = 0;
  for (size_t i = 0, j = 0; i < a.size(); ++i) {
    if (!in_a[i]) continue;
    while (!in_b[j]) ++j;
    swapped += a[i] != b[j++] ? 1 : 0;
  }
  const auto m = static_cast<double>(matches);
  return (m / static_cast<double>(a.size()) + m / static_cast<double>(b.size()) +
          (m - static_cast<double>(swapped / 2)) / m) /
         3;
}

}  // namespace

std::optional<int64_t> levenshtein(std::string_view left, std::string_view right) {
  const auto a = points_of(left);
  const auto b = points_of(right);
  if (too_long(a, b)) return std::nullopt;
  std::vector<int64_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = static_cast<int64_t>(j);
  for (size_t i = 1; i <= a.size(); ++i) {
    int64_t diagonal = row[0];
    row[0] = static_cast<int64_t>(i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const int64_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

std::optional<double> jaro_winkler(std::string_view left, std::string_view right) {
  const auto a = points_of(left);
  const auto b = points_of(right);
  if (too_long(a, b)) return std::nullopt;
  const double similarity = jaro(a, b);
  size_t prefix = 0;
  while (prefix < 4 && prefix < a.size() && prefix < b.size() && a[prefix] == b[prefix]) ++prefix;
  return similarity + static_cast<double>(prefix) * 0.1 * (1 - similarity);
}

double trigram_similarity(std::string_view left, std::string_view right) {
  const Trigrams a = trigrams_of(left);
  const Trigrams b = trigrams_of(right);
  if (a.empty() && b.empty()) return 0;
  size_t shared = 0;
  for (const auto& trigram : a) shared += b.contains(trigram) ? 1 : 0;
  return static_cast<double>(shared) / static_cast<double>(a.size() + b.size() - shared);
}

}  // namespace zerodb::function
