#include "base/machine.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>

namespace zerodb {

uint64_t memory_limit_in(const std::string& path) {
  std::ifstream file(path);
  uint64_t bytes = 0;
  return file >> bytes ? bytes : UINT64_MAX;
}

uint64_t usable_memory() {
  const auto pages = static_cast<uint64_t>(std::max(::sysconf(_SC_PHYS_PAGES), 1L));
  const auto page_bytes = static_cast<uint64_t>(std::max(::sysconf(_SC_PAGESIZE), 1L));
  // As a container sees them: its own group is the root, in the second and the first version.
  return std::min({pages * page_bytes, memory_limit_in("/sys/fs/cgroup/memory.max"),
                   memory_limit_in("/sys/fs/cgroup/memory/memory.limit_in_bytes")});
}

}  // namespace zerodb
