#include "cli/unified_diff.h"

#include <algorithm>
#include <map>
#include <vector>

#include <fmt/format.h>

namespace zerodb::cli {
namespace {

constexpr size_t kContext = 3;

using Lines = std::vector<std::string_view>;

// With their line breaks.
Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    const size_t length = end == std::string_view::npos ? text.size() : end + 1;
    lines.push_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  return lines;
}

// Lines [before, before_end) of one text became [after, after_end) of the other.
struct Change {
  size_t before = 0;
  size_t before_end = 0;
  size_t after = 0;
  size_t after_end = 0;
};

struct Match {
  size_t before = 0;
  size_t after = 0;
};

class Differ {
 public:
  Differ(const Lines& before, const Lines& after) : before_(before), after_(after) {}

  std::vector<Change> run() && {
    std::vector<Change> open = {{0, before_.size(), 0, after_.size()}};
    while (!open.empty()) {
      const Change part = trimmed(open.back());
      open.pop_back();
      if (part.before == part.before_end && part.after == part.after_end) continue;
      std::vector<Match> matches = rising(unique_matches(part));
      if (matches.empty()) matches = common_matches(part);
      if (matches.empty()) {
        changes_.push_back(part);
        continue;
      }
      // The last gap first, so that the first one is looked at next.
      size_t before_end = part.before_end;
      size_t after_end = part.after_end;
      for (size_t i = matches.size(); i-- > 0;) {
        open.push_back({matches[i].before + 1, before_end, matches[i].after + 1, after_end});
        before_end = matches[i].before;
        after_end = matches[i].after;
      }
      open.push_back({part.before, before_end, part.after, after_end});
    }
    return std::move(changes_);
  }

 private:
  Change trimmed(Change part) const {
    const auto has_both = [&] {
      return part.before < part.before_end && part.after < part.after_end;
    };
    while (has_both() && before_[part.before] == after_[part.after]) {
      ++part.before;
      ++part.after;
    }
    while (has_both() && before_[part.before_end - 1] == after_[part.after_end - 1]) {
      --part.before_end;
      --part.after_end;
    }
    return part;
  }

  // In the order of the first text.
  std::vector<Match> unique_matches(const Change& part) const {
    struct Count {
      size_t before = 0;
      size_t after = 0;
      size_t after_at = 0;
    };
    std::map<std::string_view, Count> counts;
    for (size_t i = part.before; i < part.before_end; ++i) ++counts[before_[i]].before;
    for (size_t i = part.after; i < part.after_end; ++i) {
      Count& count = counts[after_[i]];
      ++count.after;
      count.after_at = i;
    }
    std::vector<Match> out;
    for (size_t i = part.before; i < part.before_end; ++i) {
      const Count& count = counts[before_[i]];
      if (count.before == 1 && count.after == 1) out.push_back({i, count.after_at});
    }
    return out;
  }

  // The longest part whose places rise in the second text too.
  static std::vector<Match> rising(const std::vector<Match>& matches) {
    constexpr size_t kNone = SIZE_MAX;
    std::vector<size_t> ends;  // of the sequence of each length, the match that ends lowest
    std::vector<size_t> before(matches.size(), kNone);
    for (size_t i = 0; i < matches.size(); ++i) {
      const auto at = std::ranges::lower_bound(ends, matches[i].after, {},
                                               [&](size_t end) { return matches[end].after; });
      if (at != ends.begin()) before[i] = *(at - 1);
      if (at == ends.end()) {
        ends.push_back(i);
      } else {
        *at = i;
      }
    }
    std::vector<Match> out;
    for (size_t i = ends.empty() ? kNone : ends.back(); i != kNone; i = before[i])
      out.push_back(matches[i]);
    std::ranges::reverse(out);
    return out;
  }

  // A longest common part, where lines repeat; none if looking for it takes too long.
  std::vector<Match> common_matches(const Change& part) const {
    constexpr size_t kCellsMax = 1'000'000;
    const size_t rows = part.before_end - part.before;
    const size_t columns = part.after_end - part.after;
    if (rows == 0 || columns == 0 || rows > kCellsMax / columns) return {};
    const auto is_same = [&](size_t row, size_t column) {
      return before_[part.before + row] == after_[part.after + column];
    };
    // The length of what is common from a place on.
    std::vector<uint32_t> lengths((rows + 1) * (columns + 1));
    const auto length = [&](size_t row, size_t column) -> uint32_t& {
      return lengths[row * (columns + 1) + column];
    };
    for (size_t row = rows; row-- > 0;) {
      for (size_t column = columns; column-- > 0;) {
        length(row, column) = is_same(row, column)
                                  ? length(row + 1, column + 1) + 1
                                  : std::max(length(row + 1, column), length(row, column + 1));
      }
    }
    std::vector<Match> out;
    for (size_t row = 0, column = 0; row < rows && column < columns;) {
      if (is_same(row, column)) {
        out.push_back({part.before + row++, part.after + column++});
      } else {
        length(row + 1, column) >= length(row, column + 1) ? ++row : ++column;
      }
    }
    return out;
  }

  const Lines& before_;
  const Lines& after_;
  std::vector<Change> changes_;
};

void print_line(char mark, std::string_view line, std::string& out) {
  out += mark;
  out += line;
  if (!line.ends_with('\n')) out += "\n\\ No newline at end of file\n";
}

std::string range(size_t begin, size_t count) {
  // A range without lines names the line before it.
  const size_t first = count == 0 ? begin : begin + 1;
  return count == 1 ? fmt::format("{}", first) : fmt::format("{},{}", first, count);
}

// Changes so near that their context meets, with that context.
void print_hunk(const Lines& before, const Lines& after, const Change* first, const Change* last,
                std::string& out) {
  const size_t lead = std::min(kContext, first->before);
  const size_t begin = first->before - lead;
  const size_t end = std::min(before.size(), last->before_end + kContext);
  const size_t tail = end - last->before_end;
  out += fmt::format("@@ -{} +{} @@\n", range(begin, end - begin),
                     range(first->after - lead, last->after_end + tail - (first->after - lead)));
  size_t at = begin;
  for (const Change* change = first; change <= last; ++change) {
    for (; at < change->before; ++at) print_line(' ', before[at], out);
    for (; at < change->before_end; ++at) print_line('-', before[at], out);
    for (size_t i = change->after; i < change->after_end; ++i) print_line('+', after[i], out);
  }
  for (; at < end; ++at) print_line(' ', before[at], out);
}

}  // namespace

std::string unified_diff(std::string_view before, std::string_view after, std::string_view name) {
  const Lines old_lines = lines_of(before);
  const Lines new_lines = lines_of(after);
  const std::vector<Change> changes = Differ(old_lines, new_lines).run();
  if (changes.empty()) return "";
  std::string out = fmt::format("--- {0}\n+++ {0}\n", name);
  for (size_t first = 0, last = 0; first < changes.size(); first = last + 1) {
    last = first;
    while (last + 1 < changes.size() &&
           changes[last + 1].before - changes[last].before_end <= 2 * kContext)
      ++last;
    print_hunk(old_lines, new_lines, &changes[first], &changes[last], out);
  }
  return out;
}

}  // namespace zerodb::cli
