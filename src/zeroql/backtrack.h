// Backtrack: tries a piece of parsing and takes everything back if it fails.
//
// It is made of the parts of a parser that parsing changes: position, nodes under construction,
// diagnostics. Each part says how it is marked and restored. Tries nest; is_trying() tells whether
// one is under way, so that a rule can hold back what cannot be undone.
//
//   struct Cursor {
//     using Mark = size_t;
//     size_t at = 0;
//     Mark mark() const { return at; }
//     void restore(Mark mark) { at = mark; }
//   };
//   Cursor cursor;
//   Backtrack<Cursor> backtrack(cursor);
//   backtrack.attempt([&] { cursor.at = 7; return false; });   // false, and cursor.at is 0 again
//   backtrack.any_of([&] { return false; }, [&] { cursor.at = 2; return true; });   // true,
//   cursor.at is 2
//
// backtrack_test.cc compiles and runs this example. Threading: belongs to one parser.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <utility>

namespace zerodb::zeroql {

template <typename Part>
concept Restorable = requires(Part& part, typename Part::Mark mark) {
  { part.mark() } -> std::convertible_to<typename Part::Mark>;
  part.restore(mark);
};

template <Restorable... Parts>
class Backtrack {
 public:
  // The parts are borrowed.
  explicit Backtrack(Parts&... parts) : parts_(parts...) {}

  // Runs `rule`; if it gives false, every part is as it was before.
  template <typename Rule>
  bool attempt(Rule&& rule) {
    const auto marks = mark();
    ++depth_;
    const bool succeeded = std::forward<Rule>(rule)();
    --depth_;
    if (!succeeded) restore(marks, std::index_sequence_for<Parts...>{});
    return succeeded;
  }

  // Runs `rule` and takes it back whatever it gives.
  template <typename Rule>
  bool looks_like(Rule&& rule) {
    const auto marks = mark();
    ++depth_;
    const bool succeeded = std::forward<Rule>(rule)();
    --depth_;
    restore(marks, std::index_sequence_for<Parts...>{});
    return succeeded;
  }

  // The first of the rules that succeeds; false if none does.
  template <typename... Rules>
  bool any_of(Rules&&... rules) {
    return (attempt(std::forward<Rules>(rules)) || ...);
  }

  bool is_trying() const { return depth_ > 0; }

 private:
  std::tuple<typename Parts::Mark...> mark() {
    return std::apply(
        [](Parts&... part) { return std::tuple<typename Parts::Mark...>(part.mark()...); }, parts_);
  }
  template <std::size_t... I>
  void restore(const std::tuple<typename Parts::Mark...>& marks, std::index_sequence<I...>) {
    (std::get<I>(parts_).restore(std::get<I>(marks)), ...);
  }

  std::tuple<Parts&...> parts_;
  uint32_t depth_ = 0;
};

}  // namespace zerodb::zeroql
