// Grant: what a role may do with one object of a database, and with which of its rows and fields.
//
// Grants of a user's roles add up. The rule over the rows is canonical zeroql text over the record,
// in which `$auth` is the user. Threading: a plain value.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace zerodb::catalog {

// Bits; they are stored.
struct Privileges {
  static constexpr uint8_t kSelect = 1;
  static constexpr uint8_t kCreate = 2;
  static constexpr uint8_t kUpdate = 4;
  static constexpr uint8_t kDelete = 8;
  static constexpr uint8_t kExecute = 16;
  // ALL on a database or a namespace: definitions and grants too.
  static constexpr uint8_t kDefine = 32;

  static constexpr uint8_t kOnRecords = kSelect | kCreate | kUpdate | kDelete;
  static constexpr uint8_t kAll = kOnRecords | kExecute | kDefine;
};

struct Grant {
  // Numbers are stored.
  enum class Target : uint8_t {
    Namespace = 0,
    Database = 1,
    Table = 2,
    Function = 3,
    Facility = 4
  };

  uint32_t id = 0;
  uint32_t role = 0;  // the id of a Facility
  Target target = Target::Table;
  uint64_t object = 0;              // its id
  uint8_t privileges = 0;           // bits of Privileges, never none
  std::vector<std::string> fields;  // Table: by name, in order, each once; empty: all
  std::string condition_text;       // Table; empty: all rows

  bool covers_field(const std::string& name) const;
};

}  // namespace zerodb::catalog
