// Deleting all records of a table at once: the table goes on in an empty space, and where the
// records lay is freed in the background once no snapshot can see them.
//
// It is a change of definitions: transactions beside it that use the database are in conflict with
// it, so it is done only where records are many. Threading: belongs to the thread that executes the
// statement.
#pragma once

#include <cstdint>
#include <optional>

#include "exec/state.h"

namespace zerodb::exec {

// So many are deleted one by one. A live query takes no more changes at a time, so none ends
// because records were cleared at once that would have gone on otherwise.
inline constexpr uint64_t kClearedOneByOneMax = 10'000;

// How many records there were; nothing, and nothing is done, where they have to be looked at one by
// one: other records or edges hang on them, an index is being built, or it is not known how many
// they are.
Result<std::optional<uint64_t>> clear_table(ExecState& state, const catalog::Table& table);

}  // namespace zerodb::exec
