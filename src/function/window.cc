#include "function/window.h"

#include <array>

namespace zerodb::function {
namespace {

constexpr std::array kWindowFunctions{
    WindowDeclaration{"row_number() -> int", "The position of the row in its partition, from 1.",
                      "row_number() OVER (ORDER BY day)", WindowOp::RowNumber},
    WindowDeclaration{"rank() -> int",
                      "The position of the first row that orders as this one does, from 1.",
                      "rank() OVER (ORDER BY total DESC)", WindowOp::Rank},
    WindowDeclaration{"dense_rank() -> int",
                      "The number of different places in the order up to this row.",
                      "dense_rank() OVER (ORDER BY total DESC)", WindowOp::DenseRank},
    WindowDeclaration{"percent_rank() -> float",
                      "The share of the other rows that come before this one, from 0 to 1.",
                      "percent_rank() OVER (ORDER BY total)", WindowOp::PercentRank},
    WindowDeclaration{"cume_dist() -> float",
                      "The share of rows that come no later than this one and its equals.",
                      "cume_dist() OVER (ORDER BY total)", WindowOp::CumeDist},
    WindowDeclaration{"ntile(buckets: int) -> int",
                      "The number, from 1, of the part that the row falls into when the partition "
                      "is cut into parts of nearly equal size; larger parts come first.",
                      "ntile(4) OVER (ORDER BY total)", WindowOp::Ntile},
    WindowDeclaration{
        "lag(x: T, n: int = 1, default: T? = none, skip_none: bool = false) -> T?",
        "The value `n` rows before, or the default; with `skip_none` rows without a value do not "
        "count.",
        "lag(total) OVER (ORDER BY day)\nlag(total, 2, default => 0) OVER (ORDER BY day)",
        WindowOp::Lag},
    WindowDeclaration{
        "lead(x: T, n: int = 1, default: T? = none, skip_none: bool = false) -> T?",
        "The value `n` rows after, or the default; with `skip_none` rows without a value do not "
        "count.",
        "lead(total) OVER (ORDER BY day)\nlead(total, skip_none => true) OVER (ORDER BY day)",
        WindowOp::Lead},
};

}  // namespace

std::span<const WindowDeclaration> window_functions() {
  return kWindowFunctions;
}

}  // namespace zerodb::function
