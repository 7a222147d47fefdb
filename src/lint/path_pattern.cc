#include "lint/configuration.h"

#include <algorithm>

namespace zerodb::lint {
namespace {

std::vector<std::string_view> parts_of(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const size_t end = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, end);
    if (!part.empty() && part != ".") parts.push_back(part);
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return parts;
}

// Goes back to the last star only, so the time is the product of the lengths at most.
bool matches_part(std::string_view pattern, std::string_view text) {
  size_t p = 0;
  size_t t = 0;
  size_t star = std::string_view::npos;
  size_t after_star = 0;
  while (t < text.size()) {
    if (p < pattern.size() && (pattern[p] == '?' || (pattern[p] == text[t] && pattern[p] != '*'))) {
      ++p, ++t;
    } else if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      after_star = t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++after_star;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace

bool matches_path(std::string_view pattern, std::string_view path) {
  const std::vector<std::string_view> wanted = parts_of(pattern);
  const std::vector<std::string_view> given = parts_of(path);
  if (wanted.empty()) return false;
  // Row i of the table: which beginnings of the path the first i parts of the pattern match.
  std::vector<bool> reached(given.size() + 1);
  reached[0] = true;
  for (const std::string_view part : wanted) {
    std::vector<bool> next(given.size() + 1);
    bool is_open = false;
    for (size_t i = 0; i <= given.size(); ++i) {
      is_open = is_open || reached[i];
      if (part == "**") {
        next[i] = is_open;
      } else if (i > 0) {
        next[i] = reached[i - 1] && matches_part(part, given[i - 1]);
      }
    }
    reached = std::move(next);
  }
  return std::find(reached.begin(), reached.end(), true) != reached.end();
}

Severity Configuration::severity_of(const Rule& rule) const {
  const auto found = severities.find(rule.code);
  return found == severities.end() ? rule.severity : found->second;
}

bool Configuration::excludes(std::string_view path) const {
  return std::any_of(exclude.begin(), exclude.end(),
                     [&](const std::string& pattern) { return matches_path(pattern, path); });
}

}  // namespace zerodb::lint
