// vector:: functions. Sums run in eight lanes in a fixed order, so the bits are the same on every
// machine.
#include <array>
#include <cmath>

#include "function/domains.h"
#include "function/kernel.h"
#include "function/number_kernels.h"
#include "value/zval.h"
#include "value/zval_builder.h"

namespace zerodb::function {
namespace {

// The numbers of a vector or array as floats.
class Floats {
 public:
  static Result<Floats> of(const Value& list) {
    const SequenceView view(list);
    Floats floats;
    floats.values_.reserve(view.size());
    for (uint32_t i = 0; i < view.size(); ++i) {
      const Value element = view.at(i);
      if (!is_number(element.tag())) return bad_argument("the elements must be numbers");
      floats.values_.push_back(to_double(element));
    }
    return floats;
  }
  size_t size() const { return values_.size(); }
  double operator[](size_t i) const { return values_[i]; }

 private:
  std::vector<double> values_;
};

template <typename Term>
double lane_sum(size_t count, const Term& term) {
  std::array<double, 8> lanes{};
  for (size_t i = 0; i < count; ++i) lanes[i % 8] += term(i);
  return ((lanes[0] + lanes[4]) + (lanes[1] + lanes[5])) +
         ((lanes[2] + lanes[6]) + (lanes[3] + lanes[7]));
}

struct Pair {
  Floats a;
  Floats b;
};
Result<Pair> pair_of(Args args) {
  Pair pair {
    TRY(Floats::of(args[0]))
    , TRY(Floats::of(args[1]))
  };
  if (pair.a.size() != pair.b.size()) return bad_argument("the vectors differ in length");
  return pair;
}

double dot_of(const Pair& p) {
  return lane_sum(p.a.size(), [&](size_t i) { return p.a[i] * p.b[i]; });
}
double square_of(const Floats& v) {
  return lane_sum(v.size(), [&](size_t i) { return v[i] * v[i]; });
}

Result<Value> dot(Args args, CallContext&) {
  return finite_result(dot_of(TRY(pair_of(args))), true);
}
Result<Value> dot_distance(Args args, CallContext&) {
  return finite_result(-dot_of(TRY(pair_of(args))), true);
}
Result<Value> norm(Args args, CallContext&) {
  return finite_result(std::sqrt(square_of(TRY(Floats::of(args[0])))), true);
}

Result<Value> cosine_distance(Args args, CallContext&) {
  const Pair p = TRY(pair_of(args));
  const double size = std::sqrt(square_of(p.a)) * std::sqrt(square_of(p.b));
  if (size == 0) return domain_error("a zero vector has no direction");
  return finite_result(1 - dot_of(p) / size, true);
}
Result<Value> l2_distance(Args args, CallContext&) {
  const Pair p = TRY(pair_of(args));
  return finite_result(
      std::sqrt(
          lane_sum(p.a.size(), [&](size_t i) { return (p.a[i] - p.b[i]) * (p.a[i] - p.b[i]); })),
      true);
}
Result<Value> l1_distance(Args args, CallContext&) {
  const Pair p = TRY(pair_of(args));
  return finite_result(lane_sum(p.a.size(), [&](size_t i) { return std::fabs(p.a[i] - p.b[i]); }),
                       true);
}
Result<Value> hamming_distance(Args args, CallContext&) {
  const Pair p = TRY(pair_of(args));
  return Value::float64(
      lane_sum(p.a.size(), [&](size_t i) { return p.a[i] != p.b[i] ? 1.0 : 0.0; }));
}
Result<Value> hamming_bytes(Args args, CallContext&) {
  const std::string_view a = args[0].as_bytes();
  const std::string_view b = args[1].as_bytes();
  if (a.size() != b.size()) return bad_argument("the byte strings differ in length");
  int64_t bits = 0;
  for (size_t i = 0; i < a.size(); ++i)
    bits += __builtin_popcount(static_cast<unsigned char>(a[i] ^ b[i]));
  return Value::float64(static_cast<double>(bits));
}

template <typename Element>
Result<Value> built(size_t count, const Element& element) {
  VectorBuilder vector(Tag::F64);
  for (size_t i = 0; i < count; ++i) vector.add(TRY(finite_result(element(i), true)));
  return vector.build();
}

Result<Value> normalize_vector(Args args, CallContext&) {
  const Floats v = TRY(Floats::of(args[0]));
  const double size = std::sqrt(square_of(v));
  if (size == 0) return domain_error("a zero vector has no direction");
  return built(v.size(), [&](size_t i) { return v[i] / size; });
}
Result<Value> add(Args args, CallContext&) {
  const Pair p = TRY(pair_of(args));
  return built(p.a.size(), [&](size_t i) { return p.a[i] + p.b[i]; });
}
Result<Value> subtract(Args args, CallContext&) {
  const Pair p = TRY(pair_of(args));
  return built(p.a.size(), [&](size_t i) { return p.a[i] - p.b[i]; });
}
Result<Value> scale(Args args, CallContext&) {
  const Floats v = TRY(Floats::of(args[0]));
  const double by = to_double(args[1]);
  return built(v.size(), [&](size_t i) { return v[i] * by; });
}

#define ZERODB_PAIR "a: array<number> | vector<number>, b: array<number> | vector<number>"
#define ZERODB_ONE "v: array<number> | vector<number>"

constexpr Declaration kVectorFunctions[] = {
    {"vector::cosine_distance(" ZERODB_PAIR ") -> float", kExact, kNone, 60,
     "One minus the cosine of the angle between two vectors.",
     "vector::cosine_distance([1, 0], [0, 1]) = 1.0", cosine_distance},
    {"vector::l2_distance(" ZERODB_PAIR ") -> float", kExact, kNone, 50,
     "The straight distance between two points.", "vector::l2_distance([0, 0], [3, 4]) = 5.0",
     l2_distance},
    {"vector::l1_distance(" ZERODB_PAIR ") -> float", kExact, kNone, 50,
     "The sum of the distances along each axis.", "vector::l1_distance([0, 0], [3, 4]) = 7.0",
     l1_distance},
    {"vector::dot_distance(" ZERODB_PAIR ") -> float", kExact, kNone, 50,
     "The negated dot product: smaller is nearer.", "vector::dot_distance([1, 2], [3, 4]) = -11.0",
     dot_distance},
    {"vector::hamming_distance(" ZERODB_PAIR ") -> float", kExact, kNone, 50,
     "How many elements differ.", "vector::hamming_distance([1, 0], [1, 1]) = 1.0",
     hamming_distance},
    {"vector::hamming_distance(a: bytes, b: bytes) -> float", kExact, kNone, 20,
     "How many bits differ.", "vector::hamming_distance(b'\\x0f', b'\\x0e') = 1.0", hamming_bytes},
    {"vector::dot(" ZERODB_PAIR ") -> float", kExact, kNone, 50, "The dot product.",
     "vector::dot([1, 2], [3, 4]) = 11.0", dot},
    {"vector::norm(" ZERODB_ONE ") -> float", kExact, kNone, 40, "The length of a vector.",
     "vector::norm([3, 4]) = 5.0", norm},
    {"vector::normalize(" ZERODB_ONE ") -> vector<float>", kExact, kNone, 60,
     "The vector of length 1 in the same direction.", "vector::normalize([3, 4]) = [0.6, 0.8]",
     normalize_vector},
    {"vector::add(" ZERODB_PAIR ") -> vector<float>", kExact, kNone, 40,
     "The sum, element by element.", "vector::add([1], [2]) = [3.0]", add},
    {"vector::subtract(" ZERODB_PAIR ") -> vector<float>", kExact, kNone, 40,
     "The difference, element by element.", "vector::subtract([1], [2]) = [-1.0]", subtract},
    {"vector::scale(" ZERODB_ONE ", by: number) -> vector<float>", kExact, kNone, 40,
     "Every element times a number.", "vector::scale([1], 2) = [2.0]", scale},
};

#undef ZERODB_PAIR
#undef ZERODB_ONE

}  // namespace

std::span<const Declaration> vector_functions() {
  return kVectorFunctions;
}

}  // namespace zerodb::function
