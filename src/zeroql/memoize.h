// Memoize: remembers what a parsing rule gave at a position, so that trying an alternative again
// costs nothing.
//
// The key is the rule, the position and the salt. The salt stands for whatever else the result
// depends on, such as a mode of the parser; SaltScope changes it for a while. Values are owned
// copies: a value must not point into state that backtracking takes back.
//
//   enum class Rule { Sum };
//   Memoize<Rule, size_t, int> memo;
//   int value = memo.get_or_make(Rule::Sum, 4, [] { return 42; });   // makes
//   value = memo.get_or_make(Rule::Sum, 4, [] { return 0; });        // 42, remembered
//
// memoize_test.cc compiles and runs this example. Threading: one cache belongs to one parser.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <unordered_map>
#include <utility>

namespace zerodb::zeroql {

template <typename Rule, typename Position, typename Value,
          typename PositionHash = std::hash<Position>>
class Memoize {
 public:
  // The remembered value, or null. It stays valid until clear().
  const Value* find(Rule rule, const Position& position) {
    const auto found = values_.find(Key{rule, position, salt_});
    if (found == values_.end()) return nullptr;
    ++hits_;
    return &found->second;
  }

  // Keeps the first value given for a key.
  const Value& store(Rule rule, const Position& position, Value value) {
    return values_.try_emplace(Key{rule, position, salt_}, std::move(value)).first->second;
  }

  template <typename Make>
  const Value& get_or_make(Rule rule, const Position& position, Make&& make) {
    if (const Value* known = find(rule, position)) return *known;
    // `make` may use this cache itself, so nothing is held while it runs.
    Value value = std::forward<Make>(make)();
    return store(rule, position, std::move(value));
  }

  void clear() { values_.clear(); }
  bool empty() const { return values_.empty(); }
  size_t size() const { return values_.size(); }
  uint64_t hits() const { return hits_; }
  uint64_t salt() const { return salt_; }

  // Sets another salt for the life of the scope.
  class SaltScope {
   public:
    SaltScope(Memoize& memo, uint64_t salt) : memo_(memo), before_(memo.salt_) {
      memo.salt_ = salt;
    }
    ~SaltScope() { memo_.salt_ = before_; }
    SaltScope(const SaltScope&) = delete;
    SaltScope& operator=(const SaltScope&) = delete;

   private:
    Memoize& memo_;
    uint64_t before_;
  };

 private:
  struct Key {
    Rule rule;
    Position position;
    uint64_t salt;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    size_t operator()(const Key& key) const {
      uint64_t h = PositionHash{}(key.position);
      h = (h ^ static_cast<uint64_t>(key.rule)) * 0x9e3779b97f4a7c15u;
      h = (h ^ (h >> 29) ^ key.salt) * 0xbf58476d1ce4e5b9u;
      return static_cast<size_t>(h ^ (h >> 32));
    }
  };

  std::unordered_map<Key, Value, KeyHash> values_;
  uint64_t salt_ = 0;
  uint64_t hits_ = 0;
};

}  // namespace zerodb::zeroql
