#include "database/table_sizes.h"

#include <algorithm>
#include <string>

#include "base/bytes.h"

namespace zerodb::database {
namespace {

constexpr double kBytesOfRecord = 100;
constexpr double kLargelyDifferent = 8;
// Any plan is quick for so few.
constexpr double kFew = 1000;

}  // namespace

double TableSizes::rows(TableId table) const {
  std::string prefix;
  put_be(prefix, table.value());
  const uint64_t bytes =
      engine_.approximate_size(storage::Family::Row, storage::Range::prefix(prefix));
  return static_cast<double>(bytes) / kBytesOfRecord;
}

bool have_changed(const std::map<TableId, double>& noted, const plan::RowCounts& sizes) {
  return std::ranges::any_of(noted, [&](const auto& each) {
    const double now = std::max(sizes.rows(each.first), kFew);
    const double then = std::max(each.second, kFew);
    return now > then * kLargelyDifferent || then > now * kLargelyDifferent;
  });
}

}  // namespace zerodb::database
