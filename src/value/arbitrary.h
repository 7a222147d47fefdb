// Arbitrary values of every tag and nesting, for tests. Not part of the library.
//
// Values are drawn from small pools with many near and equal neighbours (the same number in several
// widths, strings that are prefixes of each other), because that is where order, equality and
// encodings go wrong. Everything follows from the seed. Threading: a source belongs to one thread.
#pragma once

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "base/random.h"
#include "value/number.h"
#include "value/value.h"
#include "value/zval_builder.h"

namespace zerodb {

class ArbitraryValues {
 public:
  explicit ArbitraryValues(uint64_t seed) : random_(seed) {}

  uint64_t below(uint64_t bound) { return random_.below(bound); }
  bool chance(uint64_t one_in) { return below(one_in) == 0; }

  // Any value, with at most `levels` levels of composites.
  Value value(uint32_t levels = 3) {
    if (levels == 0 || chance(2)) return scalar();
    return composite(static_cast<Tag>(kCompositeTags[below(std::size(kCompositeTags))]),
                     levels - 1);
  }

  Value scalar() { return of_tag(static_cast<Tag>(below(static_cast<uint64_t>(Tag::Regex) + 1))); }

  // A value of the given tag.
  Value of_tag(Tag tag, uint32_t levels = 2) {
    switch (tag) {
      case Tag::None:
        return Value::none();
      case Tag::Bool:
        return Value::boolean(chance(2));
      case Tag::I8:
        return Value::integer(tag, static_cast<int8_t>(bits()));
      case Tag::I16:
        return Value::integer(tag, static_cast<int16_t>(bits()));
      case Tag::I32:
        return Value::integer(tag, static_cast<int32_t>(bits()));
      case Tag::I64:
        return Value::integer(tag, static_cast<int64_t>(bits()));
      case Tag::I128:
        return Value::integer(tag, static_cast<i128>(bits()));
      case Tag::U8:
        return Value::integer(tag, static_cast<uint8_t>(bits()));
      case Tag::U16:
        return Value::integer(tag, static_cast<uint16_t>(bits()));
      case Tag::U32:
        return Value::integer(tag, static_cast<uint32_t>(bits()));
      case Tag::U64:
        return Value::integer(tag, static_cast<i128>(static_cast<uint64_t>(bits())));
      case Tag::U128:
        return Value::uint128(bits());
      case Tag::F32:
        return Value::float32(static_cast<float>(floating()));
      case Tag::F64:
        return Value::float64(floating());
      case Tag::Decimal:
        return decimal();
      case Tag::String:
        return Value::string(text());
      case Tag::Bytes:
        return Value::bytes(bytes());
      case Tag::Datetime:
        return Value::datetime({seconds(), nanos()});
      case Tag::Duration:
        return Value::duration({seconds(), nanos()});
      case Tag::Uuid:
        return uuid();
      case Tag::Enum:
        return Value::enumeration(
            {EnumId(static_cast<uint32_t>(below(3))), static_cast<uint32_t>(below(300))});
      case Tag::Regex:
        return Value::regex(text());
      default:
        return composite(tag, levels == 0 ? 0 : levels - 1);
    }
  }

  Value number() { return of_tag(static_cast<Tag>(2 + below(13))); }

  std::string text() {
    static const std::vector<std::string> kPieces = {
        "a", "b", "ab", std::string(1, '\0'), "\x01", "\x7F", "é", "日本", "😀", "name", "zz"};
    std::string out;
    const uint64_t pieces = chance(20) ? 30 : below(5);
    for (uint64_t i = 0; i < pieces; ++i) out += kPieces[below(kPieces.size())];
    return out;
  }

  std::string bytes() {
    std::string out(chance(20) ? 60 : below(6), '\0');
    for (char& c : out) c = static_cast<char>(chance(2) ? below(3) : 253 + below(3));
    return out;
  }

 private:
  static constexpr Tag kCompositeTags[] = {Tag::RecordId, Tag::Range,  Tag::Tuple,
                                           Tag::Array,    Tag::Vector, Tag::HashSet,
                                           Tag::HashMap,  Tag::Result, Tag::Object};

  // Small numbers, the neighbourhood of powers of two and ten, anything.
  u128 bits() {
    const u128 noise = static_cast<u128>(below(5)) - 2;
    switch (below(5)) {
      case 0:
        return noise;
      case 1:
        return (u128{1} << below(128)) + noise;
      case 2:
        return u128{0} - (u128{1} << below(128)) + noise;
      case 3:
        return power_of_ten(static_cast<uint32_t>(below(39))) + noise;
      default:
        return (static_cast<u128>(random_.next()) << 64) | random_.next();
    }
  }

  double floating() {
    switch (below(8)) {
      case 0:
        return static_cast<double>(below(7)) - 3;
      case 1:
        return (static_cast<double>(below(41)) - 20) / 10;
      case 2: {
        constexpr double kSpecial[] = {0.0,
                                       -0.0,
                                       1e300,
                                       -1e300,
                                       5e-324,
                                       -5e-324,
                                       2.2250738585072014e-308,
                                       1.7976931348623157e308,
                                       INFINITY,
                                       -INFINITY,
                                       NAN};
        return kSpecial[below(std::size(kSpecial))];
      }
      case 3:
        return std::ldexp(1.0, static_cast<int>(below(300)) - 150) * (chance(2) ? 1 : -1);
      case 4:
        return std::nextafter(static_cast<double>(static_cast<i128>(bits())),
                              chance(2) ? INFINITY : -INFINITY);
      case 5:
        return static_cast<double>(static_cast<i128>(bits()));
      case 6:
        return std::ldexp(static_cast<double>(below(1000)), -static_cast<int>(below(140)));
      default: {
        const uint64_t raw = random_.next();
        double value = 0;
        std::memcpy(&value, &raw, sizeof(value));
        return value;
      }
    }
  }

  Value decimal() {
    const auto limit = static_cast<i128>(power_of_ten(38));
    auto coefficient = static_cast<i128>(bits());
    if (chance(3)) coefficient = static_cast<i128>(below(2001)) - 1000;
    coefficient %= limit;
    if (chance(4)) coefficient = coefficient / 1000 * 1000;
    return Value::decimal({coefficient, static_cast<uint8_t>(chance(3) ? below(39) : below(6))});
  }

  int64_t seconds() {
    return chance(2) ? static_cast<int64_t>(below(5)) - 2
                     : static_cast<int64_t>(below(4'000'000'000)) - 2'000'000'000;
  }
  uint32_t nanos() {
    return chance(2) ? static_cast<uint32_t>(below(3))
                     : static_cast<uint32_t>(below(1'000'000'000));
  }

  Value uuid() {
    Uuid value;
    for (uint8_t& byte : value.bytes)
      byte = static_cast<uint8_t>(chance(2) ? below(2) : below(256));
    return Value::uuid(value);
  }

  static Value must(Result<Value> result) {
    ASSERT(result.has_value());
    return *std::move(result);
  }

  Value vector() {
    const auto tag = static_cast<Tag>(2 + below(12));
    VectorBuilder builder(tag);
    for (uint64_t count = below(5); count > 0; --count) builder.add(of_tag(tag));
    return must(builder.build());
  }

  template <typename Builder>
  Value list(uint32_t levels) {
    Builder builder;
    const bool is_uniform = chance(3);
    const auto tag = static_cast<Tag>(2 + below(12));
    for (uint64_t count = below(5); count > 0; --count)
      builder.add(is_uniform ? of_tag(tag) : value(levels));
    return must(builder.build());
  }

  Value composite(Tag tag, uint32_t levels) {
    switch (tag) {
      case Tag::RecordId:
        return Value::record_id(TableId(below(3)), value(levels));
      case Tag::Range:
        return must(make_range(value(levels), value(levels), chance(2)));
      case Tag::Tuple:
        return list<TupleBuilder>(levels);
      case Tag::Array:
        return list<ArrayBuilder>(levels);
      case Tag::Vector:
        return vector();
      case Tag::HashSet:
        return list<HashSetBuilder>(levels);
      case Tag::HashMap: {
        HashMapBuilder builder;
        for (uint64_t count = below(5); count > 0; --count)
          builder.set(value(levels), value(levels));
        return must(builder.build());
      }
      case Tag::Result:
        return must(chance(2) ? make_ok(value(levels)) : make_err(value(levels)));
      default: {
        ObjectBuilder builder;
        for (uint64_t count = chance(10) ? 20 : below(5); count > 0; --count)
          builder.set(text(), value(levels));
        return must(builder.build());
      }
    }
  }

  SeededRandom random_;
};

// The value in another form that is equal to it: numbers in another width, vectors as arrays,
// objects with other order of keys.
inline Value equal_twin(const Value& value, ArbitraryValues& source) {
  if (is_number(value.tag())) {
    for (int attempt = 0; attempt < 4; ++attempt) {
      const FloatPart part = float_part(value);
      if (source.chance(2) && part.is_exact) return Value::float64(part.value);
      if (value.tag() == Tag::F64 || value.tag() == Tag::F32) {
        if (const auto integer = as_integer_value(part.value)) return *integer;
        continue;
      }
      const DecimalParts parts = decimal_parts(value);
      const auto scale = static_cast<uint8_t>(parts.scale + source.below(3));
      if (scale > 38 || parts.magnitude >= power_of_ten(35)) continue;
      auto coefficient = static_cast<i128>(
          parts.magnitude * power_of_ten(static_cast<uint32_t>(scale - parts.scale)));
      return Value::decimal({parts.is_negative ? -coefficient : coefficient, scale});
    }
    return value;
  }
  if (value.tag() == Tag::Array || value.tag() == Tag::Vector) {
    ArrayBuilder builder;
    const SequenceView view(value);
    for (uint32_t i = 0; i < view.size(); ++i) builder.add(equal_twin(view.at(i), source));
    auto built = builder.build();
    ASSERT(built.has_value());
    return *built;
  }
  if (value.tag() == Tag::Object) {
    ObjectBuilder builder;
    const ObjectView view(value);
    for (uint32_t i = view.size(); i-- > 0;)
      builder.set(view.key(i), equal_twin(view.value(i), source));
    auto built = builder.build();
    ASSERT(built.has_value());
    return *built;
  }
  return value;
}

}  // namespace zerodb
