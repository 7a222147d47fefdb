// Functions that need a part of the engine which is not there yet: text indexes. They are declared
// and checked like any other; calling one is E0601, which says so. A function moves to its domain
// when it runs.
#include "function/domains.h"
#include "function/kernel.h"

namespace zerodb::function {
namespace {

Result<Value> pending(Args, CallContext&) {
  return Error(ErrorCode::E0601, "this function is not available yet");
}

constexpr Declaration kPendingFunctions[] = {
    {"search::score(text: any) -> float", Volatility::Stable, Absence::Propagates, 100,
     "How well the text fits the words of MATCHES: more is better.",
     "search::score('a') = error E0601", pending},
    {"search::highlight(text: any, open: string = '<b>', close: string = '</b>', words: int = 30) "
     "-> string",
     Volatility::Stable, Absence::Propagates, 500,
     "A part of the text with the words of MATCHES marked.",
     "search::highlight('a', open => '<i>') = error E0601", pending},
    {"search::positions(text: any) -> array<range<int>>", Volatility::Stable, Absence::Propagates,
     200, "Where the words of MATCHES stand in the text.", "search::positions('a') = error E0601",
     pending},
    {"search::rrf(score: float, distance: float, k: int = 60) -> float", Volatility::Stable,
     Absence::Propagates, 10, "Two rankings in one, by reciprocal ranks: less is better.",
     "search::rrf(1.0, 0.5, k => 10) = error E0601", pending},
    {"search::tokens(text: string, analyzer: string = 'unicode') -> array<string>",
     Volatility::Stable, Absence::Propagates, 200, "The words that an analyzer makes of the text.",
     "search::tokens('Running dogs') = error E0601", pending},
};

}  // namespace

std::span<const Declaration> pending_functions() {
  return kPendingFunctions;
}

}  // namespace zerodb::function
