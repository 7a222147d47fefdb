// Functions of everything that has parts in order: strings, bytes, arrays, vectors.
#include <algorithm>

#include "function/domains.h"
#include "function/kernel.h"
#include "function/number_kernels.h"
#include "function/text_search.h"
#include "value/operators.h"
#include "value/utf8.h"
#include "value/zval.h"
#include "value/zval_builder.h"

namespace zerodb::function {
namespace {

Result<int64_t> length_of(const Value& value) {
  switch (value.tag()) {
    case Tag::String:
      return static_cast<int64_t>(utf8::count(value.as_string()));
    case Tag::Bytes:
      return static_cast<int64_t>(value.as_bytes().size());
    case Tag::Object:
      return static_cast<int64_t>(ObjectView(value).size());
    case Tag::HashMap:
      return static_cast<int64_t>(HashMapView(value).size());
    default:
      return static_cast<int64_t>(SequenceView(value).size());
  }
}

Result<Value> length(Args args, CallContext&) {
  return Value::int64(TRY(length_of(args[0])));
}

// The elements of a list in a new order, as a list of the same kind.
template <typename Order>
Result<Value> rebuilt(const Value& list, uint32_t count, const Order& order) {
  const SequenceView view(list);
  if (list.tag() == Tag::Vector) {
    VectorBuilder vector(view.packed_tag().value_or(Tag::F64));
    for (uint32_t i = 0; i < count; ++i) vector.add(view.at(order(i)));
    return vector.build();
  }
  ArrayBuilder array;
  for (uint32_t i = 0; i < count; ++i) array.add(view.at(order(i)));
  return array.build();
}

Result<Value> reverse(Args args, CallContext&) {
  const Value& x = args[0];
  if (x.tag() == Tag::Bytes) {
    const std::string_view bytes = x.as_bytes();
    return Value::bytes(std::string(bytes.rbegin(), bytes.rend()));
  }
  if (x.tag() != Tag::String) {
    const uint32_t size = SequenceView(x).size();
    return rebuilt(x, size, [size](uint32_t i) { return size - 1 - i; });
  }
  const std::string_view text = x.as_string();
  std::string out(text.size(), '\0');
  size_t end = text.size();
  for (size_t at = 0; at < text.size();) {
    const size_t from = at;
    utf8::next(text, &at);
    end -= at - from;
    std::copy_n(text.begin() + static_cast<ptrdiff_t>(from), at - from,
                out.begin() + static_cast<ptrdiff_t>(end));
  }
  return Value::string(out);
}

Result<Value> repeat(Args args, CallContext&) {
  const auto count = to_int_within(args[1], 0, INT64_MAX);
  if (!count) return bad_argument("the count must not be negative");
  const Value& x = args[0];
  const auto is_too_often = [&](uint64_t bytes) {
    return bytes > 0 && static_cast<uint64_t>(*count) > limits::kValueBytesMax / bytes;
  };
  if (x.tag() == Tag::String || x.tag() == Tag::Bytes) {
    const std::string_view part = x.as_bytes();
    if (part.empty()) return x;
    if (is_too_often(part.size())) return too_large();
    std::string out;
    out.reserve(part.size() * static_cast<size_t>(*count));
    for (int64_t i = 0; i < *count; ++i) out += part;
    return x.tag() == Tag::String ? Value::string(out) : Value::bytes(out);
  }
  const uint32_t size = SequenceView(x).size();
  if (size == 0) return x;
  // Each element takes its tag and its end at least, and all what they take now, but for the head
  // of the body.
  constexpr uint64_t kHeadMax = 16;
  constexpr uint64_t kElementMin = 1 + sizeof(uint32_t);
  const uint64_t bytes = std::max<uint64_t>(
      size * kElementMin, x.as_bytes().size() - std::min<uint64_t>(kHeadMax, x.as_bytes().size()));
  if (is_too_often(bytes)) return too_large();
  return rebuilt(x, size * static_cast<uint32_t>(*count), [size](uint32_t i) { return i % size; });
}

Result<Value> element_position(Args args, CallContext&) {
  const auto start = to_int_within(args[2], 0, UINT32_MAX);
  if (!start) return bad_argument("the start must not be negative");
  const Value& x = args[0];
  if (x.tag() == Tag::String) {
    const std::string_view text = x.as_string();
    const size_t from = utf8::offset_of(text, static_cast<size_t>(*start));
    const size_t found = find_text(text, args[1].as_string(), from);
    if (found == std::string_view::npos || static_cast<size_t>(*start) > utf8::count(text))
      return Value::none();
    return Value::int64(*start +
                        static_cast<int64_t>(utf8::count(text.substr(from, found - from))));
  }
  if (x.tag() == Tag::Bytes) {
    const size_t found = find_text(x.as_bytes(), args[1].as_bytes(), static_cast<size_t>(*start));
    return found == std::string_view::npos ? Value::none()
                                           : Value::int64(static_cast<int64_t>(found));
  }
  const SequenceView view(x);
  for (uint32_t i = static_cast<uint32_t>(*start); i < view.size(); ++i) {
    if (equals(view.at(i), args[1])) return Value::int64(i);
  }
  return Value::none();
}

// A count may be negative: then it is one from the end.
Result<Value> take(Args args, CallContext&) {
  const int64_t size = TRY(length_of(args[0]));
  const auto count = to_int_within(args[1], -size, size);
  if (!count) return args[0];
  const Value cut = Value::int64(*count < 0 ? size + *count : *count);
  return *count < 0 ? slice(args[0], cut, Value::none(), false)
                    : slice(args[0], Value::none(), cut, false);
}

Result<Value> drop(Args args, CallContext&) {
  const int64_t size = TRY(length_of(args[0]));
  const auto count = to_int_within(args[1], -size, size);
  if (!count) return slice(args[0], Value::int64(size), Value::none(), false);
  const Value cut = Value::int64(*count < 0 ? size + *count : *count);
  return *count < 0 ? slice(args[0], Value::none(), cut, false)
                    : slice(args[0], cut, Value::none(), false);
}

constexpr Declaration kSequenceFunctions[] = {
    {"length(x: string | bytes | array<T> | vector<T> | hashset<T> | object | hashmap<K, V>) -> "
     "int",
     kExact, kNone, 3, "How many code points, bytes, elements or keys there are.",
     "length('añ') = 2\nlength([1, 2, 3]) = 3\nlength({a: 1}) = 1", length},
    {"reverse(x: string) -> string", kExact, kNone, 10, "The code points in reverse order.",
     "reverse('abc') = 'cba'", reverse},
    {"reverse(x: bytes) -> bytes", kExact, kNone, 10, "The bytes in reverse order.",
     "reverse(b'ab') = b'ba'", reverse},
    {"reverse(x: array<T>) -> array<T>", kExact, kNone, 10, "The elements in reverse order.",
     "reverse([1, 2]) = [2, 1]", reverse},
    {"repeat(x: string, count: int) -> string", kExact, kNone, 10, "The text again and again.",
     "repeat('ab', 2) = 'abab'", repeat},
    {"repeat(x: bytes, count: int) -> bytes", kExact, kNone, 10, "The bytes again and again.",
     "repeat(b'a', 3) = b'aaa'", repeat},
    {"repeat(x: array<T>, count: int) -> array<T>", kExact, kNone, 10,
     "The elements again and again.", "repeat([1], 2) = [1, 1]", repeat},
    {"position(x: string, part: string, start: int = 0) -> int?", kExact, kNone, 10,
     "Where the part first occurs, from `start` on; none if it does not.",
     "position('banana', 'an', start => 0) = 1\nposition('abc', 'z') = none", element_position},
    {"position(x: bytes, part: bytes, start: int = 0) -> int?", kExact, kNone, 10,
     "Where the bytes first occur, or none.", "position(b'abc', b'c') = 2", element_position},
    {"position(x: array<T>, element: E, start: int = 0) -> int?", kExact, kNone, 10,
     "Where the element first occurs, or none.", "position([5, 6, 6], 6) = 1", element_position},
    {"take(x: string, count: int) -> string", kExact, kNone, 8,
     "The first code points, or the last ones if the count is negative.",
     "take('hello', 2) = 'he'\ntake('hello', -2) = 'lo'", take},
    {"take(x: bytes, count: int) -> bytes", kExact, kNone, 8,
     "The first bytes, or the last ones if the count is negative.", "take(b'abc', 1) = b'a'", take},
    {"take(x: array<T>, count: int) -> array<T>", kExact, kNone, 8,
     "The first elements, or the last ones if the count is negative.",
     "take([1, 2, 3], 2) = [1, 2]", take},
    {"drop(x: string, count: int) -> string", kExact, kNone, 8,
     "All but the first code points, or but the last ones if the count is negative.",
     "drop('hello', 2) = 'llo'\ndrop('hello', -2) = 'hel'", drop},
    {"drop(x: bytes, count: int) -> bytes", kExact, kNone, 8,
     "All but the first bytes, or but the last ones if the count is negative.",
     "drop(b'abc', 1) = b'bc'", drop},
    {"drop(x: array<T>, count: int) -> array<T>", kExact, kNone, 8,
     "All but the first elements, or but the last ones if the count is negative.",
     "drop([1, 2, 3], 2) = [3]", drop},
};

}  // namespace

std::span<const Declaration> sequence_functions() {
  return kSequenceFunctions;
}

}  // namespace zerodb::function
