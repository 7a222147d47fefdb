// The vocabulary of the store: families, ranges of keys and directions of travel.
//
// Keys are byte strings in memcmp order. A family is a key space of its own with its own tuning.
// Threading: plain values.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace zerodb::storage {

enum class Family : uint8_t {
  System,   // bookkeeping of the store itself; never versioned
  Meta,     // definitions; versioned
  Row,      // records; versioned
  Index,    // index entries; versioned
  History,  // replaced versions of the versioned families
};

inline constexpr std::array kFamilies = {Family::System, Family::Meta, Family::Row, Family::Index,
                                         Family::History};
inline constexpr size_t kFamilyCount = kFamilies.size();

constexpr size_t family_index(Family family) {
  return static_cast<size_t>(family);
}
constexpr std::string_view family_name(Family family) {
  switch (family) {
    case Family::System:
      return "system";
    case Family::Meta:
      return "meta";
    case Family::Row:
      return "row";
    case Family::Index:
      return "index";
    case Family::History:
      return "history";
  }
  return "";
}

enum class Direction : uint8_t { Forward, Reverse };

// The first key after every key that starts with `prefix`; empty, which stands for no bound, if
// there is none.
inline std::string prefix_successor(std::string_view prefix) {
  std::string next(prefix);
  while (!next.empty() && static_cast<unsigned char>(next.back()) == 0xff) next.pop_back();
  if (!next.empty()) next.back() = static_cast<char>(static_cast<unsigned char>(next.back()) + 1);
  return next;
}

// The keys k with begin <= k < end. An empty `end` stands for no upper bound.
struct Range {
  std::string begin;
  std::string end;

  static Range all() { return {}; }
  static Range prefix(std::string_view prefix) {
    return {std::string(prefix), prefix_successor(prefix)};
  }
  static Range single(std::string_view key) { return {std::string(key), std::string(key) + '\0'}; }

  bool contains(std::string_view key) const { return key >= begin && (end.empty() || key < end); }
  bool is_empty() const { return !end.empty() && end <= begin; }
  bool operator==(const Range&) const = default;
};

// A key and its value, borrowed from whoever handed them out.
struct Entry {
  std::string_view key;
  std::string_view value;
};

}  // namespace zerodb::storage
