// array:: functions, also of vectors and hashsets.
#include <algorithm>
#include <unordered_map>

#include "function/domains.h"
#include "function/kernel.h"
#include "function/number_kernels.h"
#include "value/zval.h"
#include "value/zval_builder.h"

namespace zerodb::function {
namespace {

std::vector<Value> elements_of(const Value& list) {
  const SequenceView view(list);
  std::vector<Value> elements;
  elements.reserve(view.size());
  for (uint32_t i = 0; i < view.size(); ++i) elements.push_back(view.at(i));
  return elements;
}

Result<Value> array_of(const std::vector<Value>& elements) {
  ArrayBuilder array;
  for (const Value& element : elements) array.add(element);
  return array.build();
}

struct HashValue {
  size_t operator()(const Value& value) const { return hash(value); }
};
struct EqualValues {
  bool operator()(const Value& a, const Value& b) const { return equals(a, b); }
};

Result<Value> sort(Args args, CallContext&) {
  std::vector<Value> elements = elements_of(args[0]);
  const bool descending = args[1].as_bool();
  std::stable_sort(elements.begin(), elements.end(), [descending](const Value& a, const Value& b) {
    if (a.is_none() || b.is_none()) return !a.is_none() && b.is_none();
    return descending ? compare(b, a) < 0 : compare(a, b) < 0;
  });
  return array_of(elements);
}

Result<Value> unique(Args args, CallContext&) {
  std::unordered_map<Value, bool, HashValue, EqualValues> seen;
  ArrayBuilder array;
  for (const Value& element : elements_of(args[0])) {
    if (seen.emplace(element, true).second) array.add(element);
  }
  return array.build();
}

Result<Value> flatten(Args args, CallContext&) {
  ArrayBuilder array;
  for (const Value& element : elements_of(args[0])) {
    if (!is_sequence(element.tag())) {
      array.add(element);
      continue;
    }
    for (const Value& inner : elements_of(element)) array.add(inner);
  }
  return array.build();
}

Result<Value> compact(Args args, CallContext&) {
  ArrayBuilder array;
  for (const Value& element : elements_of(args[0])) {
    if (!element.is_none()) array.add(element);
  }
  return array.build();
}

Result<Value> remove(Args args, CallContext&) {
  ArrayBuilder array;
  for (const Value& element : elements_of(args[0])) {
    if (!equals(element, args[1])) array.add(element);
  }
  return array.build();
}

Result<Value> zip(Args args, CallContext&) {
  const SequenceView a(args[0]);
  const SequenceView b(args[1]);
  if (a.size() != b.size()) return bad_argument("the arrays differ in length");
  ArrayBuilder array;
  for (uint32_t i = 0; i < a.size(); ++i) {
    TupleBuilder pair;
    pair.add(a.at(i));
    pair.add(b.at(i));
    array.add(TRY(pair.build()));
  }
  return array.build();
}

Result<Value> chunk(Args args, CallContext&) {
  const auto size = to_int_within(args[1], 1, INT32_MAX);
  if (!size) return bad_argument("the size must be at least 1");
  const std::vector<Value> elements = elements_of(args[0]);
  ArrayBuilder chunks;
  for (size_t from = 0; from < elements.size(); from += static_cast<size_t>(*size)) {
    ArrayBuilder part;
    for (size_t i = from; i < std::min(from + static_cast<size_t>(*size), elements.size()); ++i)
      part.add(elements[i]);
    chunks.add(TRY(part.build()));
  }
  return chunks.build();
}

Result<Value> counts(Args args, CallContext&) {
  std::unordered_map<Value, int64_t, HashValue, EqualValues> found;
  for (const Value& element : elements_of(args[0])) ++found[element];
  HashMapBuilder map;
  for (const auto& [element, count] : found) map.set(element, Value::int64(count));
  return map.build();
}

// Folds a list with an aggregate of one argument.
Result<Value> folded(std::string_view name, const Value& list) {
  for (const AggregateFunction& function : aggregate_functions()) {
    if (function.name != name) continue;
    const Type any = Type::any();
    const auto state = make_state(function, {&any, 1}, Distinct::No);
    for (const Value& element : elements_of(list)) {
      if (!element.is_none()) TRY(state->add({&element, 1}));
    }
    return state->finish();
  }
  UNREACHABLE();
}

Result<Value> count(Args args, CallContext&) {
  return folded("count", args[0]);
}
Result<Value> sum(Args args, CallContext&) {
  return folded("sum", args[0]);
}
Result<Value> avg(Args args, CallContext&) {
  return folded("avg", args[0]);
}
Result<Value> min(Args args, CallContext&) {
  return folded("min", args[0]);
}
Result<Value> max(Args args, CallContext&) {
  return folded("max", args[0]);
}

Result<Value> string_agg(Args args, CallContext&) {
  std::string out;
  bool first = true;
  for (const Value& element : elements_of(args[0])) {
    if (element.is_none()) continue;
    if (!first) out += args[1].as_string();
    first = false;
    if (element.tag() != Tag::String)
      return Error(ErrorCode::E0904, "the elements must be strings");
    out += element.as_string();
    if (out.size() > limits::kValueBytesMax) return too_large();
  }
  return Value::string(out);
}

constexpr auto kExact = Volatility::Immutable;
constexpr auto kNone = Absence::Propagates;

constexpr Declaration kFunctions[] = {
    {"array::sort(x: array<T> | hashset<T>, descending: bool = false) -> array<T>", kExact, kNone,
     60, "The elements in order, none last.",
     "array::sort([3, 1], descending => false) = [1, 3]\narray::sort([1, none, 3], true) = [3, 1, "
     "none]",
     sort},
    {"array::unique(x: array<T>) -> array<T>", kExact, kNone, 40,
     "The elements without repetitions, each at its first place.",
     "array::unique([1, 2, 1]) = [1, 2]", unique},
    {"array::flatten(x: array<T>) -> array<any>", kExact, kNone, 30,
     "The elements of the elements, one level deep.", "array::flatten([[1], [2]]) = [1, 2]",
     flatten},
    {"array::compact(x: array<T?>) -> array<T>", kExact, kNone, 15,
     "The elements that are not none.", "array::compact([1, none]) = [1]", compact},
    {"array::remove(x: array<T>, element: E) -> array<T>", kExact, kNone, 20,
     "The elements but those equal to one.", "array::remove([1, 2, 1], 1) = [2]", remove},
    {"array::zip(a: array<K>, b: array<V>) -> array<(K, V)>", kExact, kNone, 40,
     "Pairs of the elements of two arrays of one length.", "array::zip([1], ['a']) = [(1, 'a')]",
     zip},
    {"array::chunk(x: array<T>, size: int) -> array<array<T>>", kExact, kNone, 40,
     "The elements in groups of a size; the last may be shorter.",
     "array::chunk([1, 2, 3], 2) = [[1, 2], [3]]", chunk},
    {"array::counts(x: array<T> | hashset<T>) -> hashmap<T, int>", kExact, kNone, 60,
     "How often each element occurs.", "array::counts(['a', 'a']) = hashmap{'a' => 2}", counts},
    {"array::count(x: array<T> | hashset<T>) -> int", kExact, kNone, 10,
     "How many elements are not none.", "[1, none, 3].count() = 2", count},
    {"array::sum(x: array<T> | hashset<T>) -> any", kExact, kNone, 20, "The sum of the elements.",
     "[1, 2, 4].sum() = 7", sum},
    {"array::avg(x: array<T> | hashset<T>) -> any", kExact, kNone, 20, "The mean of the elements.",
     "[1, 2].avg() = 1.5", avg},
    {"array::min(x: array<T> | hashset<T>) -> T?", kExact, kNone, 15, "The least element.",
     "[3, 1].min() = 1", min},
    {"array::max(x: array<T> | hashset<T>) -> T?", kExact, kNone, 15, "The greatest element.",
     "[3, 1].max() = 3", max},
    {"array::string_agg(x: array<string> | hashset<string>, separator: string = ',') -> string",
     kExact, kNone, 20, "The strings joined, with a separator between.",
     "['a', 'b'].string_agg('-') = 'a-b'", string_agg},
};

}  // namespace

std::span<const Declaration> array_functions() {
  return kFunctions;
}

}  // namespace zerodb::function
