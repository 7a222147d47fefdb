// Loads the demo's packages into a database: tables, records, edges, an index, in large statements.
//
// Threading: belongs to one thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/demo_packages.h"
#include "cli/progress.h"
#include "database/session.h"

namespace zerodb::cli {

// A dependency between two packages that both exist; each pair once.
struct Dependency {
  uint32_t from = 0;  // positions in PackageUniverse::packages
  uint32_t to = 0;
  bool is_pre = false;
  std::string versions;
};

std::vector<Dependency> find_dependencies(const std::vector<DebianPackage>& packages);

// The definitions, as they are shown to the reader.
std::string_view demo_definitions();

Status load_demo(database::Session& session, const PackageUniverse& universe,
                 const std::vector<Dependency>& dependencies, ProgressBar& progress);

// A text that is equal for equal inputs: a loaded database is used again only for the same
// packages.
std::string fingerprint(const PackageUniverse& universe,
                        const std::vector<Dependency>& dependencies);

}  // namespace zerodb::cli
