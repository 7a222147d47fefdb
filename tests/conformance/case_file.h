// CaseFile: a script with the results that its statements must give.
//
// The lines right after a statement say what is expected:
//   --> [1, "a"]      one row as a JSON array in column order; the rows come in this order
//   -->~ [1, "a"]     one row; the order of the rows is free
//   --> error E0410   the statement fails with this code
// A statement without such lines must succeed; its rows are not compared. Lines before one:
//   -- parse only                  it is only parsed
//   -- as bob secret {a: 1}        from here on statements run in a new session of that user, with
//                                  this password and, as zeroql that root evaluates, these claims
//   -- as root                     from here on they run in the first session again
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "database/script.h"

namespace zerodb::conformance {

struct Expectation {
  bool parse_only = false;
  std::optional<std::string> login;  // `as`: user, password, claims
  std::optional<ErrorCode> error;
  std::vector<std::string> rows;  // JSON arrays
  bool any_order = false;
  bool is_stated = false;  // some line was there
};

struct CaseFile {
  std::string path;
  database::Script script;
  std::vector<Expectation> expectations;  // one a statement
};

// As it is in the file, or as the formatter writes it: comments stay where they are, so the
// expectations do.
enum class ScriptForm : uint8_t { Written, Formatted };

Result<CaseFile> read_case_file(const std::string& path, ScriptForm form = ScriptForm::Written);

}  // namespace zerodb::conformance
