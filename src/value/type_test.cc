#include "value/type.h"

#include <gtest/gtest.h>

namespace zerodb {
namespace type_test {

class TwoTables final : public TableNames {
 public:
  std::optional<std::string_view> table_name(TableId id) const override {
    if (id == TableId(1)) return "person";
    if (id == TableId(2)) return "big city";
    return std::nullopt;
  }
};

void check(const Type& type, std::string_view text) {
  EXPECT_EQ(to_string(type, nullptr), text);
}

TEST(Type, Text) {
  check(Type::any(), "any");
  check(Type::int64().optional(), "int?");
  check(Type::float64(), "float");
  check(Type::decimal(), "decimal");
  check(Type::decimal(18, 2), "decimal<18, 2>");
  check(Type::array(Type::int64()).optional(), "array<int>?");
  check(Type::vector(Type(TypeKind::F32), 384), "vector<f32, 384>");
  check(Type::hash_map(Type::string(), Type::any()), "hashmap<string, any>");
  check(Type::tuple({Type::int64()}), "(int,)");
  check(Type::tuple({Type::int64(), Type::string()}), "(int, string)");
  check(Type::shape({{"a", Type::int64(), false}, {"full name", Type::string(), true}}),
        "{a: int, `full name`?: string}");
  check(Type::literal("it's"), "'it''s'");
  check(Type::union_of({Type::int64(), Type::string(), Type::none()}), "(int | string)?");
  check(Type::record({}), "record");
  check(Type::record({TableId(7)}), "record<#7>");
  const TwoTables names;
  EXPECT_EQ(to_string(Type::record({TableId(2), TableId(1)}), &names),
            "record<person | `big city`>");
}

TEST(Type, UnionsAreFlatAndLeast) {
  EXPECT_EQ(Type::union_of({Type::int64(), Type::int64()}), Type::int64());
  EXPECT_EQ(Type::union_of({Type::int64(), Type::none()}), Type::int64().optional());
  EXPECT_EQ(Type::union_of({Type::int64().optional(), Type::string()}),
            Type::union_of({Type::string(), Type::int64()}).optional());
  EXPECT_EQ(Type::union_of({Type::union_of({Type::int64(), Type::string()}), Type::boolean()})
                .parts()
                .size(),
            3u);
  EXPECT_EQ(Type::union_of({Type::literal("a"), Type::string()}), Type::string());
  EXPECT_EQ(Type::union_of({Type::literal("a"), Type::literal("b")}).parts().size(), 2u);
  EXPECT_TRUE(Type::union_of({Type::int64(), Type::any()}).is_any());
  EXPECT_EQ(Type::union_of({}), Type::none());
}

TEST(Type, EqualityIsStructural) {
  EXPECT_EQ(Type::array(Type::int64()), Type::array(Type::int64()));
  EXPECT_FALSE(Type::array(Type::int64()) == Type::array(Type::int64(), 3));
  EXPECT_FALSE(Type::array(Type::int64()) == Type::array(Type::string()));
  EXPECT_FALSE(Type::array(Type::int64()) == Type::vector(Type::int64()));
  EXPECT_FALSE(Type::decimal(10, 2) == Type::decimal(10, 3));
  EXPECT_FALSE(Type::int64() == Type::int64().optional());
  EXPECT_EQ(Type::int64().optional().required(), Type::int64());
  EXPECT_FALSE(Type::any().optional().is_optional());
  EXPECT_TRUE(Type::any().admits_none());
  EXPECT_EQ(Type::record({TableId(1), TableId(2), TableId(1)}),
            Type::record({TableId(2), TableId(1)}));
}

}  // namespace type_test
}  // namespace zerodb
