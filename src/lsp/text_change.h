// TextChange: what differs between two versions of a text, and where the places of the first are in
// the second.
//
// Threading: plain values, free functions.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace zerodb::lsp {

// [front, old_end) was replaced; what is behind has moved `by` bytes.
struct TextChange {
  uint32_t front = 0;
  uint32_t old_end = 0;
  int64_t by = 0;

  bool leaves(Span span) const { return span.end <= front || span.begin >= old_end; }
  void move(Span& span) const {
    if (span.begin < old_end) return;
    span = {static_cast<uint32_t>(span.begin + by), static_cast<uint32_t>(span.end + by)};
  }
};

TextChange change_of(std::string_view before, std::string_view after);

// T has a place, and labels and fixes with places: a diagnostic, a finding.
template <typename T>
void move_places(T& found, const TextChange& change) {
  change.move(found.span);
  for (auto& label : found.labels) change.move(label.span);
  for (auto& fix : found.fixes) change.move(fix.span);
}

// Those that do not touch what was replaced, moved.
template <typename T>
std::vector<T> carried(const std::vector<T>& old, const TextChange& change) {
  const auto stays = [&](const auto& part) { return change.leaves(part.span); };
  std::vector<T> out;
  for (const T& each : old) {
    if (!stays(each) || !std::ranges::all_of(each.labels, stays) ||
        !std::ranges::all_of(each.fixes, stays))
      continue;
    out.push_back(each);
    move_places(out.back(), change);
  }
  return out;
}

}  // namespace zerodb::lsp
