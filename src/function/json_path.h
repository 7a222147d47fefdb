// JsonPath: a query of RFC 9535, read once and asked of any number of values.
//
// Objects are the objects of the language, arrays its arrays, vectors and tuples; a none that is
// stored is JSON's null. All else has no parts. Members come in the order in which they are stored.
// Threading: immutable after parsing.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "function/context.h"
#include "value/value.h"

namespace zerodb::function {

// Values that one query may look at, so that `$..*..*` ends.
inline constexpr uint64_t kJsonPathVisitsMax = 4'000'000;

class JsonPath {
 public:
  // E0626, which tells the place.
  static Result<JsonPath> parse(std::string_view text);

  // The parts of the value that the path names, in the order of RFC 9535, each as often as it is
  // named. E0611 beyond kJsonPathVisitsMax.
  Result<std::vector<Value>> find(const Value& root, CallContext& context) const;

  struct Term;
  struct Selector {
    enum class Kind : uint8_t { Name, Wildcard, Index, Slice, Filter };
    Kind kind = Kind::Wildcard;
    std::string name;
    int64_t index = 0;
    std::optional<int64_t> begin;
    std::optional<int64_t> end;
    int64_t step = 1;
    std::shared_ptr<const Term> filter;
  };
  struct Segment {
    bool is_descendant = false;  // asked of the value and all below it
    std::vector<Selector> selectors;
  };
  struct Query {
    bool is_absolute = true;  // from $, not from @
    std::vector<Segment> segments;
    // At most one value can come of it.
    bool is_singular() const;
  };
  // Part of a filter. What stands where is checked by the parser.
  struct Term {
    enum class Kind : uint8_t { Literal, Query, Call, Compare, And, Or, Not };
    enum class Function : uint8_t { Length, Count, Match, Search, Value };
    enum class Comparison : uint8_t { Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual };
    Kind kind = Kind::Literal;
    Value literal;
    JsonPath::Query query;
    Function function = Function::Length;
    Comparison comparison = Comparison::Equal;
    std::vector<std::shared_ptr<const Term>> args;
  };

 private:
  explicit JsonPath(Query query) : query_(std::move(query)) {}
  Query query_;
};

}  // namespace zerodb::function
