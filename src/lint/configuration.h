// Configuration: which rules weigh how much, and which files are left out. The table [lint] of
// zerodb.toml.
//
//   [lint]
//   exclude = ["migrations/old/**"]
//   schema = ["schema.zql"]
//   [lint.rules]
//   ZL301 = "off"
//   limit-without-order = "error"
//
// Threading: plain values.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "lint/rule.h"

namespace zerodb::lint {

struct Configuration {
  std::map<std::string_view, Severity>
      severities;                    // by code, of the rules that are not as declared
  std::vector<std::string> exclude;  // patterns of paths, see matches_path()
  std::vector<std::string> schemas;  // scripts whose definitions the others see

  Severity severity_of(const Rule& rule) const;
  // `path` is relative to the folder of the file.
  bool excludes(std::string_view path) const;
};

// Other tables than [lint] belong to other programs and are not looked at. E0623 names what is
// wrong and the line; `name` is what it calls the file.
Result<Configuration> read_configuration(std::string_view text, std::string_view name);

// `*` and `?` match within one part of a path, `**` any number of parts. A pattern that names a
// folder matches what is in it.
bool matches_path(std::string_view pattern, std::string_view path);

}  // namespace zerodb::lint
