// Looks at every version in the store: whether it, and where it lies, can be read.
//
// Threading: pure function over an engine that may be written meanwhile.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/result.h"
#include "storage/engine.h"

namespace zerodb::mvcc {

// Calls report(problem) for each that cannot; gives how many versions there are.
Result<uint64_t> check_versions(storage::Engine& engine,
                                const std::function<void(std::string)>& report);

}  // namespace zerodb::mvcc
