// rand:: functions.
#include <cmath>

#include "function/domains.h"
#include "function/kernel.h"
#include "function/number_kernels.h"
#include "value/utf8.h"
#include "value/zval.h"
#include "value/zval_builder.h"

namespace zerodb::function {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

Result<Random*> source(CallContext& context) {
  if (context.random == nullptr)
    return Error(ErrorCode::E0610, "there is no source of randomness here");
  return context.random;
}

// Uniform in [0, 1) with 53 random bits.
double unit(Random& random) {
  return static_cast<double>(random.next() >> 11) * 0x1p-53;
}

Result<Value> float_between(Args args, CallContext& context) {
  Random* random = TRY(source(context));
  const double low = to_double(args[0]);
  const double high = to_double(args[1]);
  if (!std::isfinite(low) || !std::isfinite(high) || !(low <= high))
    return bad_argument("low must not be greater than high");
  const double value = low + (high - low) * unit(*random);
  return Value::float64(std::isfinite(value) ? value : low);
}

Result<Value> int_within(Args args, CallContext& context) {
  Random* random = TRY(source(context));
  const RangeView view(args[0]);
  const auto low = to_int_within(view.low(), INT64_MIN, INT64_MAX);
  const auto high = to_int_within(view.high(), INT64_MIN, INT64_MAX);
  if (!low || !high) return bad_argument("the range must have two ends that are ints");
  const i128 count = static_cast<i128>(*high) - *low + (view.is_inclusive() ? 1 : 0);
  if (count <= 0) return bad_argument("the range is empty");
  const uint64_t offset =
      count > UINT64_MAX ? random->next() : random->below(static_cast<uint64_t>(count));
  return Value::int64(static_cast<int64_t>(static_cast<i128>(*low) + offset));
}

Result<Value> choice(Args args, CallContext& context) {
  Random* random = TRY(source(context));
  const SequenceView view(args[0]);
  if (view.size() == 0) return Value::none();
  return view.at(static_cast<uint32_t>(random->below(view.size())));
}

// `count` elements drawn without putting back, by Fisher and Yates.
Result<Value> drawn(const Value& list, uint32_t count, Random& random) {
  const SequenceView view(list);
  std::vector<uint32_t> order(view.size());
  for (uint32_t i = 0; i < view.size(); ++i) order[i] = i;
  ArrayBuilder array;
  for (uint32_t i = 0; i < count; ++i) {
    std::swap(order[i], order[i + static_cast<uint32_t>(random.below(view.size() - i))]);
    array.add(view.at(order[i]));
  }
  return array.build();
}

Result<Value> shuffle(Args args, CallContext& context) {
  Random* random = TRY(source(context));
  return drawn(args[0], SequenceView(args[0]).size(), *random);
}

Result<Value> sample(Args args, CallContext& context) {
  Random* random = TRY(source(context));
  const auto count = to_int_within(args[1], 0, INT64_MAX);
  if (!count) return bad_argument("the count must not be negative");
  return drawn(args[0],
               static_cast<uint32_t>(std::min<int64_t>(*count, SequenceView(args[0]).size())),
               *random);
}

Result<Value> string(Args args, CallContext& context) {
  Random* random = TRY(source(context));
  const auto length = to_int_within(args[0], 0, 1 << 20);
  if (!length) return bad_argument("the length must be from 0 to 1 Mi");
  const std::string alphabet(args[1].is_none() ? kAlphabet : args[1].as_string());
  std::vector<uint32_t> letters;
  for (size_t at = 0; at < alphabet.size();) letters.push_back(utf8::next(alphabet, &at));
  if (letters.empty()) return bad_argument("the alphabet is empty");
  std::string out;
  for (int64_t i = 0; i < *length; ++i) utf8::append(out, letters[random->below(letters.size())]);
  return text_result(out);
}

Result<Value> bytes(Args args, CallContext& context) {
  Random* random = TRY(source(context));
  const auto length = to_int_within(args[0], 0, 1 << 20);
  if (!length) return bad_argument("the length must be from 0 to 1 Mi");
  std::string out;
  while (out.size() < static_cast<size_t>(*length)) put_le(out, random->next());
  out.resize(static_cast<size_t>(*length));
  return Value::bytes(out);
}

constexpr Declaration kRandomFunctions[] = {
    {"rand::float(low: number = 0.0, high: number = 1.0) -> float", kVolatile, kNone, 30,
     "A random float from low up to, not including, high.", "rand::float() < 1.0", float_between},
    {"rand::int(within: range<int>) -> int", kVolatile, kNone, 30, "A random int of a range.",
     "rand::int(3..4) = 3\nrand::int(1..=6) IN 1..=6", int_within},
    {"rand::choice(x: array<T> | hashset<T>) -> T?", kVolatile, kNone, 30,
     "A random element; none of nothing.", "rand::choice([7]) = 7", choice},
    {"rand::shuffle(x: array<T>) -> array<T>", kVolatile, kNone, 60,
     "The elements in random order.", "length(rand::shuffle([1, 2])) = 2", shuffle},
    {"rand::sample(x: array<T>, count: int) -> array<T>", kVolatile, kNone, 60,
     "Some elements at random, none of them twice.", "length(rand::sample([1, 2], 1)) = 1", sample},
    {"rand::string(length: int, alphabet: string = none) -> string", kVolatile, kNone, 60,
     "Random text of letters and digits, or of an alphabet.",
     "length(rand::string(12)) = 12\nrand::string(3, 'a') = 'aaa'", string},
    {"rand::bytes(length: int) -> bytes", kVolatile, kNone, 40, "Random bytes.",
     "length(rand::bytes(16)) = 16", bytes},
};

}  // namespace

std::span<const Declaration> random_functions() {
  return kRandomFunctions;
}

}  // namespace zerodb::function
