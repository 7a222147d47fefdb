// array:: functions, also of vectors and hashsets; those named as an aggregate fold with it.
#include <algorithm>
#include <unordered_map>

#include "function/aggregate_parts.h"
#include "function/domains.h"
#include "function/kernel.h"
#include "function/number_kernels.h"
#include "value/zval.h"
#include "value/zval_builder.h"

namespace zerodb::function {
namespace {

// Whole numbers of a range that are folded one by one.
constexpr i128 kRangeElementsMax = 16'777'216;

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
  const auto wanted = to_int_within(args[1], 1, INT64_MAX);
  if (!wanted) return bad_argument("the size must be at least 1");
  const std::vector<Value> elements = elements_of(args[0]);
  const size_t size = std::min(static_cast<size_t>(*wanted), elements.size());
  ArrayBuilder chunks;
  for (size_t from = 0; from < elements.size(); from += size) {
    ArrayBuilder part;
    for (size_t i = from; i < std::min(from + size, elements.size()); ++i) part.add(elements[i]);
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

// Calls `visit` with each element of a list or whole number of a range until it fails.
template <typename Visit>
Status for_each_element(const Value& list, const Visit& visit) {
  if (list.tag() != Tag::Range) {
    const SequenceView view(list);
    for (uint32_t i = 0; i < view.size(); ++i) TRY(visit(view.at(i)));
    return ok_status();
  }
  const RangeView range(list);
  const Value low = range.low();
  const Value high = range.high();
  if (!is_integer(low.tag()) || !is_integer(high.tag()))
    return bad_argument("the range must have a start and an end that are integers");
  const auto first = to_int_within(low, INT64_MIN, INT64_MAX);
  const auto end = to_int_within(high, INT64_MIN, INT64_MAX);
  if (!first || !end) return bad_argument("the ends of the range must fit `int`");
  const i128 last = i128{*end} - (range.is_inclusive() ? 0 : 1);
  if (last - *first >= kRangeElementsMax)
    return bad_argument("a range of more than 16,777,216 numbers is not folded");
  for (i128 i = *first; i <= last; ++i) TRY(visit(Value::int64(static_cast<int64_t>(i))));
  return ok_status();
}

// Folds a list with the aggregate of this name; further arguments follow the list.
Result<Value> folded(std::string_view name, Args args) {
  for (const AggregateFunction& function : aggregate_functions()) {
    if (function.name != name) continue;
    const std::vector<Type> any(args.size());
    const auto state = make_state(function, any, Distinct::No);
    std::vector<Value> arguments(args.begin(), args.end());
    TRY(for_each_element(args[0], [&](Value element) -> Status {
      if (element.is_none()) return ok_status();
      arguments[0] = std::move(element);
      return state->add(arguments);
    }));
    return state->finish();
  }
  UNREACHABLE();
}

// A kernel for each aggregate that has a twin: its name is a part of the type.
template <size_t size>
struct Name {
  char text[size];
  // NOLINTNEXTLINE(google-explicit-constructor): a literal is the argument of a template
  constexpr Name(const char (&literal)[size]) { std::copy_n(literal, size, text); }
};
template <Name name>
Result<Value> twin(Args args, CallContext&) {
  return folded(name.text, args);
}

constexpr Declaration kArrayFunctions[] = {
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
    {"array::count(x: array<T> | hashset<T> | range<T>) -> int", kExact, kNone, 10,
     "How many elements are not none.", "[1, none, 3].count() = 2\narray::count(1..=5) = 5",
     twin<"count">},
    {"array::sum(x: array<T> | hashset<T> | range<T>) -> any", kExact, kNone, 20,
     "The sum of the elements.", "[1, 2, 4].sum() = 7\narray::sum(1..=4) = 10", twin<"sum">},
    {"array::avg(x: array<T> | hashset<T> | range<T>) -> any", kExact, kNone, 20,
     "The mean of the elements.", "[1, 2].avg() = 1.5", twin<"avg">},
    {"array::min(x: array<T> | hashset<T> | range<T>) -> T?", kExact, kNone, 15,
     "The least element.", "[3, 1].min() = 1", twin<"min">},
    {"array::max(x: array<T> | hashset<T> | range<T>) -> T?", kExact, kNone, 15,
     "The greatest element.", "[3, 1].max() = 3", twin<"max">},
    {"array::median(x: array<T> | hashset<T> | range<T>) -> any", kExact, kNone, 60,
     "The middle element, or half way between two.",
     "[1, 2, 4].median() = 2.0\n[1, 2].median() = 1.5\narray::median([]) = none", twin<"median">},
    {"array::percentile(x: array<T> | hashset<T> | range<T>, p: number | array<number>, method: "
     "string = 'linear') -> any",
     kExact, kNone, 60,
     "The value below which a share of the elements lies, from 0 to 1; an array of shares gives an "
     "array.",
     "[1, 2, 4].percentile(0.25) = 1.5\n[1, 2, 4].percentile(0.25, method => 'nearest') = 1\n[1, "
     "2, 4].percentile(2) = error E0623",
     twin<"percentile">},
    {"array::mode(x: array<T> | hashset<T> | range<T>) -> T?", kExact, kNone, 40,
     "The commonest element, the least among equally common ones.",
     "[2, 1, 2].mode() = 2\n[2, 1].mode() = 1", twin<"mode">},
    {"array::stddev_samp(x: array<T> | hashset<T> | range<T>) -> float?", kExact, kNone, 30,
     "The standard deviation of a sample; none below two elements.",
     "[1, 3, 5].stddev_samp() = 2.0\n[1].stddev_samp() = none", twin<"stddev_samp">},
    {"array::stddev_pop(x: array<T> | hashset<T> | range<T>) -> float?", kExact, kNone, 30,
     "The standard deviation of all elements.", "[1, 3].stddev_pop() = 1.0", twin<"stddev_pop">},
    {"array::var_samp(x: array<T> | hashset<T> | range<T>) -> float?", kExact, kNone, 30,
     "The variance of a sample; none below two elements.", "[1, 3].var_samp() = 2.0",
     twin<"var_samp">},
    {"array::var_pop(x: array<T> | hashset<T> | range<T>) -> float?", kExact, kNone, 30,
     "The variance of all elements.", "[1, 3].var_pop() = 1.0", twin<"var_pop">},
    {"array::first(x: array<T> | hashset<T> | range<T>) -> T?", kExact, kNone, 10,
     "The first element that is not none.", "[none, 3, 1].first() = 3\narray::first([]) = none",
     twin<"first">},
    {"array::last(x: array<T> | hashset<T> | range<T>) -> T?", kExact, kNone, 10,
     "The last element that is not none.", "[3, 1, none].last() = 1", twin<"last">},
    {"array::nth(x: array<T> | hashset<T> | range<T>, n: int) -> T?", kExact, kNone, 10,
     "The element at a place, from 0, not counting none.",
     "[3, none, 1].nth(1) = 1\n[3].nth(1) = none\n[3].nth(-1) = error E0623", twin<"nth">},
    {"array::bool_and(x: array<bool?> | hashset<bool>) -> bool", kExact, kNone, 10,
     "Whether all elements are true; of nothing true.",
     "[true, false].bool_and() = false\narray::bool_and([]) = true", twin<"bool_and">},
    {"array::bool_or(x: array<bool?> | hashset<bool>) -> bool", kExact, kNone, 10,
     "Whether some element is true; of nothing false.",
     "[true, false].bool_or() = true\narray::bool_or([]) = false", twin<"bool_or">},
    {"array::bit_and(x: array<T> | hashset<T> | range<T>) -> any", kExact, kNone, 10,
     "The bits that all elements have; of nothing all ones.",
     "[6, 3].bit_and() = 2\narray::bit_and([]) = -1", twin<"bit_and">},
    {"array::bit_or(x: array<T> | hashset<T> | range<T>) -> any", kExact, kNone, 10,
     "The bits that some element has; of nothing 0.", "[6, 3].bit_or() = 7", twin<"bit_or">},
    {"array::bit_xor(x: array<T> | hashset<T> | range<T>) -> any", kExact, kNone, 10,
     "The bits that an odd number of elements has; of nothing 0.", "[6, 3].bit_xor() = 5",
     twin<"bit_xor">},
    {"array::string_agg(x: array<string?> | hashset<string>, separator: string = ',') -> string",
     kExact, kNone, 20, "The strings joined, with a separator between.",
     "['a', 'b'].string_agg('-') = 'a-b'", twin<"string_agg">},
};

}  // namespace

std::span<const Declaration> array_functions() {
  return kArrayFunctions;
}

}  // namespace zerodb::function
