#include "catalog/jobs.h"

#include <gtest/gtest.h>

namespace zerodb::catalog {
namespace jobs_test {

void make_change(Rows& rows, const Change& change) {
  if (change.kind == Change::Kind::Put) {
    rows[change.key] = change.row;
  } else {
    rows.erase(change.key);
  }
}

TEST(Jobs, ComeBackAsTheyWere) {
  const DroppedSpace table{DroppedSpace::Kind::Records, std::string("\0\0\0\1\0\0\0\2", 8)};
  const DroppedSpace database{DroppedSpace::Kind::Entries, std::string("\0\0\0\3", 4)};
  const IndexJob job{DatabaseId(1), TableId(0x1'0000'0007), IndexId(0x1'0000'0009),
                     std::string("a\0b", 3)};
  Rows rows;
  for (const Change& change :
       std::vector{put_dropped(table), put_dropped(database), put_index_job(job)})
    make_change(rows, change);
  for (const auto& [key, row] : rows) EXPECT_TRUE(key.starts_with(jobs_prefix()));
  const auto jobs = read_jobs(rows);
  ASSERT_TRUE(jobs.has_value());
  EXPECT_EQ(jobs->dropped, (std::vector{table, database}));
  EXPECT_EQ(jobs->indexes, std::vector{job});

  IndexJob later = job;
  later.next = "z";
  make_change(rows, put_index_job(later));
  make_change(rows, erase_dropped(table));
  EXPECT_EQ(read_jobs(rows)->indexes, std::vector{later});
  EXPECT_EQ(read_jobs(rows)->dropped, std::vector{database});
  make_change(rows, erase_index_job(job.index));
  make_change(rows, erase_dropped(database));
  EXPECT_TRUE(rows.empty());
}

TEST(Jobs, DamageIsAnError) {
  const Change good = put_index_job({DatabaseId(1), TableId(2), IndexId(3), "next"});
  for (size_t size = 0; size < good.row.size(); ++size) {
    const auto broken = read_jobs({{good.key, good.row.substr(0, size)}});
    ASSERT_FALSE(broken.has_value());
    EXPECT_EQ(broken.error().code(), ErrorCode::E1205);
  }
  for (const std::string& key : {std::string("j"), std::string("j\x05x"), std::string("j\0\1", 3)})
    EXPECT_FALSE(read_jobs({{key, good.row}}).has_value());
  std::string future = good.row;
  future[0] = 99;
  EXPECT_EQ(read_jobs({{good.key, future}}).error().code(), ErrorCode::E1208);
}

}  // namespace jobs_test
}  // namespace zerodb::catalog
