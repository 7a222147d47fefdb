// CallContext: everything a function may see besides its arguments. It holds for one statement.
//
// Immutable functions use none of it but the caches; stable ones see the time of the
// transaction and the session; volatile ones the clock and the randomness. What is not there is a
// null pointer, and a function that needs it fails with E0610. Threading: belongs to the thread
// that executes the statement.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/file_access.h"
#include "base/random.h"
#include "base/result.h"
#include "value/text.h"
#include "value/value.h"

namespace zerodb::function {

class RegexCache;
class ZoneCache;

// Finds tables by name, for record::make.
class TableIds {
 public:
  virtual ~TableIds() = default;
  virtual std::optional<TableId> table_id(std::string_view name) const = 0;
};

// The sequences of the database in use. E0207 for an unknown name.
class SequenceSource {
 public:
  virtual ~SequenceSource() = default;
  // E1010 after the last number.
  virtual Result<int64_t> next(std::string_view name) = 0;
  // What next() gave this session last, or nothing.
  virtual Result<std::optional<int64_t>> current(std::string_view name) = 0;
};

// What the running database tells of itself.
class SystemSource {
 public:
  virtual ~SystemSource() = default;
  // The rows of a table such as `system::settings`, their cells in the order of its columns. E0601
  // for a table that this host does not have.
  virtual Result<std::vector<std::vector<Value>>> rows(std::string_view table) = 0;
  // The value of an option of the session; E0210 for an unknown one.
  virtual Result<Value> setting(std::string_view name) const = 0;
};

struct SessionInfo {
  std::string id;
  std::string user;
  std::vector<std::string> roles;
  std::string name_space;
  std::string database;
  std::optional<std::string> address;  // none when embedded
  std::string version;                 // of the database software
};

struct CallContext {
  Datetime transaction_time;  // now()
  RegexCache* regexes = nullptr;
  ZoneCache* zones = nullptr;  // null: zones are read anew
  Clock* clock = nullptr;
  Random* random = nullptr;  // must be a cryptographic source outside tests
  const SessionInfo* session = nullptr;
  const TableIds* table_ids = nullptr;
  SequenceSource* sequences = nullptr;
  const FileAccess* files = nullptr;
  SystemSource* system = nullptr;
  Names names;
};

}  // namespace zerodb::function
