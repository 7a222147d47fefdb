#include "zeroql/suggest.h"

#include <algorithm>
#include <vector>
#include "base/ascii.h"

namespace zerodb::zeroql {

namespace {

template <typename Candidate>
std::optional<std::string> nearest(std::string_view name, std::span<const Candidate> candidates) {
  const std::string wanted = lower_ascii(name);
  size_t limit = std::max<size_t>(name.size() / 3, name.size() > 1 ? 1 : 0);
  std::optional<std::string> best;
  for (const Candidate& candidate : candidates) {
    const size_t distance = edit_distance(wanted, lower_ascii(candidate), limit);
    if (distance > limit) continue;
    best = std::string(candidate);
    if (distance == 0) break;
    limit = distance - 1;
  }
  return best;
}

}  // namespace

size_t edit_distance(std::string_view a, std::string_view b, size_t limit) {
  const size_t difference = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
  if (difference > limit) return limit + 1;
  std::vector<size_t> before_last(b.size() + 1);
  std::vector<size_t> last(b.size() + 1);
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    size_t least = row[0];
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t cost = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + cost});
      const bool is_swap = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (is_swap) row[j] = std::min(row[j], before_last[j - 2] + 1);
      least = std::min(least, row[j]);
    }
    if (least > limit) return limit + 1;
    std::swap(before_last, last);
    std::swap(last, row);
  }
  return std::min(last[b.size()], limit + 1);
}

std::optional<std::string> suggest(std::string_view name, std::span<const std::string> candidates) {
  return nearest(name, candidates);
}
std::optional<std::string> suggest(std::string_view name,
                                   std::span<const std::string_view> candidates) {
  return nearest(name, candidates);
}

}  // namespace zerodb::zeroql
