#include "catalog/statistics.h"

#include <gtest/gtest.h>

namespace zerodb::catalog {
namespace statistics_test {

TableStatistics sample() {
  TableStatistics out;
  out.records = 1234.5;
  out.store_bytes = 1e9;
  out.fields[FieldId(1)] = {0.25,
                            40,
                            {{Value::string("a"), 0.5}, {Value::int64(-3), 0.125}},
                            {Value::int64(1), Value::int64(9)}};
  out.fields[FieldId(7)] = {1, 0, {}, {}};
  return out;
}

TEST(Statistics, AreReadAsTheyWereWritten) {
  const TableStatistics written = sample();
  const Change change = put_statistics(TableId(5), written);
  EXPECT_EQ(change.key, statistics_key(TableId(5)));
  EXPECT_NE(change.key, statistics_key(TableId(6)));
  const auto read = decode_statistics(change.row);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->records, written.records);
  EXPECT_EQ(read->store_bytes, written.store_bytes);
  ASSERT_EQ(read->fields.size(), 2U);
  const FieldStatistics& field = read->fields.at(FieldId(1));
  EXPECT_EQ(field.none, 0.25);
  EXPECT_EQ(field.distinct, 40);
  ASSERT_EQ(field.common.size(), 2U);
  EXPECT_EQ(field.common[0].value.as_string(), "a");
  EXPECT_EQ(field.common[1].part, 0.125);
  ASSERT_EQ(field.bounds.size(), 2U);
  EXPECT_EQ(compare(field.bounds[1], Value::int64(9)), 0);
}

TEST(Statistics, RefusesWhatIsCutOffOrTooNew) {
  const std::string row = put_statistics(TableId(5), sample()).row;
  for (size_t size = 0; size < row.size(); ++size) {
    const auto read = decode_statistics(std::string_view(row).substr(0, size));
    ASSERT_FALSE(read.has_value()) << size;
    EXPECT_EQ(read.error().code(), ErrorCode::E1205) << size;
  }
  std::string newer = row;
  newer[0] = 100;
  EXPECT_EQ(decode_statistics(newer).error().code(), ErrorCode::E1208);
}

}  // namespace statistics_test
}  // namespace zerodb::catalog
