#include "lint/fixer.h"

#include <algorithm>

namespace zerodb::lint {
namespace {

// Fixes make room for others, such as a CASE in a CASE in a CASE.
constexpr int kRoundsMax = 20;

LintResult look(const Linter& linter, const std::string& text) {
  Linter copy = linter;
  return copy.lint(zeroql::parse(text));
}

// One fix of each finding, without those that overlap an earlier one.
std::vector<zeroql::Fix> fixes_of(const Findings& findings) {
  std::vector<zeroql::Fix> fixes;
  for (const Finding& finding : findings) {
    if (!finding.fixes.empty()) fixes.push_back(finding.fixes.front());
  }
  std::stable_sort(fixes.begin(), fixes.end(), [](const zeroql::Fix& a, const zeroql::Fix& b) {
    return a.span.begin < b.span.begin;
  });
  std::vector<zeroql::Fix> apart;
  for (zeroql::Fix& fix : fixes) {
    if (apart.empty() || apart.back().span.end < fix.span.begin) apart.push_back(std::move(fix));
  }
  return apart;
}

}  // namespace

std::string edited(std::string_view text, std::vector<zeroql::Fix> edits) {
  std::sort(edits.begin(), edits.end(),
            [](const zeroql::Fix& a, const zeroql::Fix& b) { return a.span.begin < b.span.begin; });
  std::string out;
  size_t at = 0;
  for (const zeroql::Fix& edit : edits) {
    out += text.substr(at, edit.span.begin - at);
    out += edit.replacement;
    at = edit.span.end;
  }
  return out + std::string(text.substr(at));
}

FixedScript apply_fixes(const Linter& linter, std::string text) {
  FixedScript fixed{std::move(text), 0};
  for (int round = 0; round < kRoundsMax; ++round) {
    const LintResult found = look(linter, fixed.text);
    std::vector<zeroql::Fix> fixes = fixes_of(found.findings);
    if (fixes.empty()) break;
    const auto is_good = [&](const std::string& candidate) {
      return candidate != fixed.text &&
             look(linter, candidate).errors.size() <= found.errors.size();
    };
    std::string all = edited(fixed.text, fixes);
    if (is_good(all)) {
      fixed.text = std::move(all);
      fixed.applied += fixes.size();
      continue;
    }
    // One of them does harm: each by itself, from the end so that the places stay right.
    const size_t before = fixed.applied;
    for (size_t i = fixes.size(); i > 0; --i) {
      std::string one = edited(fixed.text, {fixes[i - 1]});
      if (!is_good(one)) continue;
      fixed.text = std::move(one);
      ++fixed.applied;
    }
    if (fixed.applied == before) break;
  }
  return fixed;
}

}  // namespace zerodb::lint
