// The kinds of catalog objects in keys. Numbers are stored; objects of a higher number may refer to
// those of a lower one.
#pragma once

#include <cstdint>

namespace zerodb::catalog {

enum class RootRow : uint8_t { Version = 0, Counters = 1, Namespace = 2, Database = 3 };
enum class DatabaseRow : uint8_t {
  Version = 0,
  Counter = 1,
  Enum = 2,
  Type = 3,
  Param = 4,
  Table = 5,
  Index = 6,
  Facility = 7,
  Function = 8,
  Grant = 9
};

inline constexpr char kRootTag = 'r';
inline constexpr char kDatabaseTag = 'd';
inline constexpr char kSequenceTag = 's';
inline constexpr char kJobTag = 'j';
inline constexpr char kStatisticsTag = 't';

enum class JobRow : uint8_t { Dropped = 0, Index = 1 };

// The version of the format of rows; a row of a higher one is from a later release. Each
// row is of the lowest that can say what it says.
inline constexpr uint64_t kRowFormat = 2;
inline constexpr uint64_t kGrantRowFormat = 3;
// Tables whose records do not lie under their own id.
inline constexpr uint64_t kSpaceRowFormat = 4;
inline constexpr uint64_t kRowFormatMax = kSpaceRowFormat;

}  // namespace zerodb::catalog
