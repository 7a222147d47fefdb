#include "exec/packed_column.h"

#include <gtest/gtest.h>

#include <functional>

#include "base/random.h"
#include "exec/column.h"
#include "exec/memory.h"
#include "value/operators.h"

namespace zerodb::exec {
namespace packed_column_test {

constexpr uint32_t kRows = 2000;

// Values for the rows of a column.
using Source = std::function<Value(SeededRandom&)>;

class PackedColumnTest : public testing::Test {
 protected:
  PackedColumnTest() : memory_(provider_.acquire().value()) {}
  Arena& arena() { return memory_->arena(); }

  struct Made {
    std::vector<Value> values;
    CachedColumn column;
  };

  Made make(const Type& type, SeededRandom& random, const Source& source) {
    Made out{{}, CachedColumn(physical_of(type))};
    const ColumnSlot slot = allocate_column(arena(), physical_of(type), kRows);
    for (uint32_t row = 0; row < kRows; ++row) {
      out.values.push_back(source(random));
      EXPECT_TRUE(write_value(arena(), slot, row, out.values.back()));
    }
    // In two pieces, as batches come.
    out.column.append(arena(), slot, kRows / 2);
    ColumnSlot rest = slot;
    const auto move_on = [](uint32_t& at, uint32_t size) {
      if (at != 0) at += kRows / 2 * size;
    };
    move_on(rest.values, width(slot.physical));
    move_on(rest.valid, 1);
    move_on(rest.tags, 1);
    move_on(rest.scales, 1);
    out.column.append(arena(), rest, kRows / 2);
    return out;
  }

  // Reads back as it was, from any row on.
  void check(const Made& made, const PackedColumn& packed, const Type& type, SeededRandom& random) {
    for (int round = 0; round < 8; ++round) {
      const auto begin = static_cast<uint32_t>(round == 0 ? 0 : random.below(kRows));
      const auto rows = static_cast<uint32_t>(round == 0 ? kRows : random.below(kRows - begin + 1));
      const uint32_t top = arena().top();
      const ColumnSlot slot = allocate_column(arena(), physical_of(type), std::max(rows, 1U));
      ASSERT_TRUE(packed.copy(begin, rows, arena(), slot).has_value());
      for (uint32_t row = 0; row < rows; ++row) {
        const Value& wanted = made.values[begin + row];
        const Value got = read_value(arena(), slot, row, type);
        ASSERT_EQ(got.tag(), wanted.tag()) << "row " << begin + row;
        ASSERT_EQ(compare(got, wanted), 0) << "row " << begin + row;
      }
      arena().rewind(top);
    }
  }

  // The bytes of a row, packed.
  double packed_bytes(const Type& type, const Source& source) {
    SeededRandom random(7);
    const uint32_t top = arena().top();
    const Made made = make(type, random, source);
    const PackedColumn packed(made.column);
    check(made, packed, type, random);
    arena().rewind(top);
    return static_cast<double>(packed.bytes()) / kRows;
  }

  PlainMemoryProvider provider_{1 << 26};
  std::unique_ptr<StatementMemory> memory_;
};

Value date(int64_t day, uint32_t nanos = 0) {
  return Value::datetime({day * 86400, nanos});
}

TEST_F(PackedColumnTest, WholeNumbersTakeTheBytesOfTheirRange) {
  const auto around = [](int64_t base, uint64_t range) {
    return [=](SeededRandom& random) {
      return Value::int64(static_cast<int64_t>(static_cast<uint64_t>(base) + random.below(range)));
    };
  };
  EXPECT_EQ(packed_bytes(Type::int64(), around(-5, 1)), 0);
  EXPECT_EQ(packed_bytes(Type::int64(), around(-128, 256)), 1);
  EXPECT_EQ(packed_bytes(Type::int64(), around(INT64_MAX - 9999, 10'000)), 2);
  EXPECT_EQ(packed_bytes(Type::int64(), around(INT64_MIN, 1U << 31)), 4);
  const auto any = [](SeededRandom& random) {
    return Value::int64(static_cast<int64_t>(random.next()));
  };
  EXPECT_EQ(packed_bytes(Type::int64(), any), 8);
}

TEST_F(PackedColumnTest, SoDoDecimalsAndWideIntegers) {
  const Type money = Type::decimal(15, 2);
  const auto cents = [](SeededRandom& random) {
    return Value::decimal({static_cast<i128>(random.below(60'000)) - 30'000, 2});
  };
  EXPECT_EQ(packed_bytes(money, cents), 2);
  const auto scales = [](SeededRandom& random) {
    return Value::decimal(
        {static_cast<i128>(random.below(200)), static_cast<uint8_t>(random.below(3))});
  };
  EXPECT_EQ(packed_bytes(Type::decimal(), scales), 2) << "one of them is the scale";
  const i128 far = i128{1} << 90;
  const auto high = [far](SeededRandom& random) {
    return Value::decimal({far + static_cast<i128>(random.below(200)), 0});
  };
  EXPECT_EQ(packed_bytes(Type::decimal(), high), 1);
  const auto anywhere = [far](SeededRandom& random) {
    return Value::decimal(
        {(random.below(2) == 0 ? far : -far) + static_cast<i128>(random.next()), 0});
  };
  EXPECT_EQ(packed_bytes(Type::decimal(), anywhere), 16);
  const auto unsigned_ones = [](SeededRandom& random) {
    return Value::integer(Tag::U64, i128{UINT64_MAX} - static_cast<i128>(random.below(200)));
  };
  EXPECT_EQ(packed_bytes(Type(TypeKind::U64), unsigned_ones), 1);
}

TEST_F(PackedColumnTest, TimesAreTwoLanes) {
  const auto dates = [](SeededRandom& random) {
    return date(static_cast<int64_t>(random.below(2500)));
  };
  EXPECT_EQ(packed_bytes(Type(TypeKind::Datetime), dates), 4);
  const auto instants = [](SeededRandom& random) {
    return date(-1, static_cast<uint32_t>(random.below(1'000'000'000)));
  };
  EXPECT_EQ(packed_bytes(Type(TypeKind::Datetime), instants), 4);
}

TEST_F(PackedColumnTest, FewTextsAreNumbered) {
  const auto word = [](SeededRandom& random) {
    return Value::string(std::string(random.below(40), 'w'));
  };
  EXPECT_LT(packed_bytes(Type::string(), word), 2);
  const auto name = [](SeededRandom& random) {
    return Value::string(std::to_string(random.next()) + std::string(random.below(40), 'x'));
  };
  EXPECT_LT(packed_bytes(Type::string(), name), 4 + 20 + 20 + 1);
  const auto nothing = [](SeededRandom&) { return Value::string(""); };
  EXPECT_LT(packed_bytes(Type::string(), nothing), 2);
}

TEST_F(PackedColumnTest, ValuesOfManyKindsStayAsTheyAre) {
  const auto mixed = [](SeededRandom& random) {
    const std::string far(random.below(60), 'y');
    switch (random.below(6)) {
      case 0:
        return Value::int64(static_cast<int64_t>(random.next()));
      case 1:
        return Value::string(far);
      case 2:
        return Value::none();
      case 3:
        return Value::decimal({static_cast<i128>(random.next()), 3});
      case 4:
        return date(7, 9);
      default:
        return Value::float64(static_cast<double>(random.below(100)) / 8);
    }
  };
  packed_bytes(Type::any(), mixed);
  const auto numbers = [](SeededRandom& random) {
    return random.below(2) == 0 ? Value::none() : Value::int64(static_cast<int64_t>(random.next()));
  };
  packed_bytes(Type::any(), numbers);
  const auto texts = [](SeededRandom& random) {
    return random.below(2) == 0 ? Value::none() : Value::string(std::to_string(random.next()));
  };
  packed_bytes(Type::any(), texts);
  const auto none = [](SeededRandom&) { return Value::none(); };
  EXPECT_LT(packed_bytes(Type::any(), none), 2);
}

TEST_F(PackedColumnTest, NoneIsNoNumber) {
  for (const TypeKind kind : {TypeKind::I64, TypeKind::U64, TypeKind::Decimal, TypeKind::F64,
                              TypeKind::Bool, TypeKind::Datetime, TypeKind::String}) {
    const Type type = Type(kind).optional();
    const auto some = [&](SeededRandom& random) {
      if (random.below(3) == 0) return Value::none();
      const auto number = static_cast<int64_t>(random.below(1000)) + 1'000'000;
      switch (kind) {
        case TypeKind::I64:
          return Value::int64(number);
        case TypeKind::U64:
          return Value::integer(Tag::U64, number);
        case TypeKind::Decimal:
          return Value::decimal({number, 1});
        case TypeKind::F64:
          return Value::float64(static_cast<double>(number));
        case TypeKind::Bool:
          return Value::boolean(number % 2 == 0);
        case TypeKind::Datetime:
          return date(number);
        default:
          return Value::string(std::to_string(number) + "far beyond the view");
      }
    };
    if (kind == TypeKind::I64) {
      EXPECT_EQ(packed_bytes(type, some), 3) << "two, and whether there is one";
    } else {
      packed_bytes(type, some);
    }
    packed_bytes(type, [](SeededRandom&) { return Value::none(); });
  }
}

}  // namespace packed_column_test
}  // namespace zerodb::exec
