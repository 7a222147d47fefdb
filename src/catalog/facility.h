// Facility: an object of a database that is a name and options.
//
// DEFINE SEQUENCE, ANALYZER, PLACEMENT, ROLE, USER and MODULE make them. Option values are
// canonical zeroql text; secrets are not among them. Threading: a plain value.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace zerodb::catalog {

struct Facility {
  // Numbers are stored.
  enum class Kind : uint8_t {
    Sequence = 0,
    Analyzer = 1,
    Placement = 2,
    Role = 3,
    User = 4,
    Module = 5
  };

  Kind kind = Kind::Sequence;
  uint32_t id = 0;
  std::string name;
  std::map<std::string, std::string> options;  // option to the canonical text of its value
  std::string comment;
};

}  // namespace zerodb::catalog
