// Window functions that are no aggregates: what a row is among the rows of its partition.
//
// They see the whole partition in the order of the window and ignore its frame. Each is declared
// once, with a signature like that of any function; which rows are peers and where a value is found
// is worked out by whoever runs the window. Threading: pure data.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace zerodb::function {

enum class WindowOp : uint8_t {
  RowNumber,    // position in the partition, from 1
  Rank,         // rows before the peers of this one, and 1
  DenseRank,    // groups of peers before this one, and 1
  PercentRank,  // (rank - 1) / (rows - 1); 0 where there is one row
  CumeDist,     // rows up to the last peer / rows
  Ntile,        // number of the part of `buckets` nearly equal ones, from 1
  Lag,          // value of an earlier row
  Lead,         // value of a later row
};

struct WindowDeclaration {
  std::string_view signature;
  std::string_view doc;
  std::string_view examples;  // calls, one a line; what they give depends on the rows
  WindowOp op;
};

std::span<const WindowDeclaration> window_functions();

}  // namespace zerodb::function
