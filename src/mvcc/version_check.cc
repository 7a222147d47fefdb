#include "mvcc/version_check.h"

#include "mvcc/key_space.h"

namespace zerodb::mvcc {

using storage::Direction;
using storage::Family;

Result<uint64_t> check_versions(storage::Engine& engine,
                                const std::function<void(std::string)>& report) {
  uint64_t versions = 0;
  for (const Family family : storage::kFamilies) {
    if (family == Family::System) continue;
    const auto entries = engine.iterate(family, storage::Range::all(), Direction::Forward, nullptr);
    while (const storage::Entry* entry = entries->next()) {
      ++versions;
      const bool is_sound = parse_version(entry->value).has_value() &&
                            (family != Family::History || parse_history_key(entry->key));
      if (!is_sound)
        report("a version in family " + std::string(storage::family_name(family)) +
               " cannot be read");
    }
    TRY(entries->status());
  }
  return versions;
}

}  // namespace zerodb::mvcc
