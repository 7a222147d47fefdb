// The packages of the demo: stanzas of `apt-cache dumpavail`, or made up from a seed.
//
// Threading: plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/result.h"

namespace zerodb::cli {

// "libc6 (>= 2.34) | libc6-udeb": any of the alternatives will do.
struct Relation {
  struct Alternative {
    std::string package;
    std::string versions;  // ">= 2.34"; empty: any
  };
  std::vector<Alternative> alternatives;
};

struct DebianPackage {
  std::string name;
  std::string version;
  std::string architecture;
  std::string section;
  std::string priority;
  std::string maintainer_name;
  std::string maintainer_email;  // empty: none given
  std::optional<int64_t> installed_kib;
  int64_t size_bytes = 0;
  std::string summary;
  std::string homepage;
  std::string source;
  std::vector<std::string> tags;  // "role::program"
  std::vector<Relation> depends;
  std::vector<Relation> pre_depends;
  std::vector<Relation> recommends;
  std::vector<Relation> suggests;
};

struct PackageUniverse {
  std::vector<DebianPackage> packages;  // each name once: the first stanza counts
  std::string origin;                   // for the reader: where the data come from
};

// Reads stanzas. Fields that the demo does not use are skipped; a stanza without a name too.
std::vector<DebianPackage> parse_packages(std::string_view text);
std::vector<Relation> parse_relations(std::string_view text);

// About `count` packages with the shape of the real ones: sections of uneven size, a few packages
// that most depend on.
std::vector<DebianPackage> generate_packages(Random& random, size_t count);

// The file if one is named; else what apt-cache prints; else generated ones. E1206 if a named file
// cannot be read or holds none.
Result<PackageUniverse> load_universe(const std::string& file);

}  // namespace zerodb::cli
