// Facility: an object of a database that is a name and options.
//
// DEFINE SEQUENCE, ANALYZER, PLACEMENT, ROLE, USER and MODULE make them. Option values are
// canonical zeroql text; the password and the roles of a user are not among them. Threading: a
// plain value.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

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
  std::string password_hash;    // User: Argon2id; empty: nobody can log in
  std::vector<uint32_t> roles;  // User: ids of those that it has, in the order of DEFINE
};

}  // namespace zerodb::catalog
