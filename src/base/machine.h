// What the machine gives to this process.
//
// Threading: free functions; may be called by any thread.
#pragma once

#include <cstdint>
#include <string>

namespace zerodb {

// Bytes of memory that the process can hope for: that of the machine, or less where a control
// group (such as a container's) allows less.
uint64_t usable_memory();

// The limit that a control group states in a file, as it writes them: a number of bytes, or a word
// for none. UINT64_MAX where there is none, or no such file.
uint64_t memory_limit_in(const std::string& path);

}  // namespace zerodb
