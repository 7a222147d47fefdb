#include "case_file.h"

#include <fstream>
#include <sstream>

#include "zeroql/format.h"

namespace zerodb::conformance {
namespace {

constexpr std::string_view kError = "error ";
constexpr std::string_view kAs = "-- as ";

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

Status read_line(std::string_view line, Expectation& expectation) {
  const bool any_order = take(line, "-->~ ");
  if (!any_order && !take(line, "--> ")) return ok_status();
  expectation.is_stated = true;
  if (take(line, kError)) {
    expectation.error = code_from_name(line.substr(0, 5));
    if (!expectation.error)
      return Error(ErrorCode::E0101, "unknown error code " + std::string(line));
    return ok_status();
  }
  expectation.any_order = expectation.any_order || any_order;
  expectation.rows.emplace_back(line);
  return ok_status();
}

// What the text between two statements says: the first part is about the one before, `-- parse
// only` about the one after.
Status read_gap(std::string_view gap, Expectation* before, Expectation* after) {
  std::istringstream lines{std::string(gap)};
  std::string line;
  while (std::getline(lines, line)) {
    if (before != nullptr) TRY(read_line(line, *before));
    if (after != nullptr && line == "-- parse only") after->parse_only = true;
    if (after != nullptr && line.starts_with(kAs)) after->login = line.substr(kAs.size());
  }
  return ok_status();
}

}  // namespace

Result<CaseFile> read_case_file(const std::string& path, ScriptForm form) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream bytes;
  if (!in || !(bytes << in.rdbuf())) return Error(ErrorCode::E1206, "cannot read " + path);
  std::string text = std::move(bytes).str();
  if (form == ScriptForm::Formatted) text = TRY(zeroql::format(text));
  CaseFile file{path, database::Script(std::move(text), path), {}};
  const std::string_view source = file.script.source().text();
  const size_t count = file.script.size();
  file.expectations.resize(count);
  size_t from = 0;
  for (size_t i = 0; i <= count; ++i) {
    const size_t to = i < count ? file.script.span(i).begin : source.size();
    Expectation* before = i > 0 ? &file.expectations[i - 1] : nullptr;
    Expectation* after = i < count ? &file.expectations[i] : nullptr;
    TRY(read_gap(source.substr(from, to - from), before, after));
    if (i < count) from = file.script.span(i).end;
  }
  return file;
}

}  // namespace zerodb::conformance
