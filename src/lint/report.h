// Findings for people and programs: with the source line underlined, as JSON, and as SARIF 2.1.0.
//
// Threading: free functions; a SarifLog belongs to one thread.
#pragma once

#include <string>
#include <string_view>

#include "lint/linter.h"
#include "zeroql/render.h"

namespace zerodb::lint {

// As zeroql::render gives it for diagnostics, with the code of the rule.
std::string render(const Finding& finding, const zeroql::SourceText& source,
                   zeroql::Colour colour = zeroql::Colour::Off);

// One object of the form that docs/reference/diagnostics.md explains; "rule" is the rule's name.
std::string to_json(const Finding& finding, const zeroql::SourceText& source,
                    std::string_view file);

// A log of the Static Analysis Results Interchange Format, one run.
class SarifLog {
 public:
  // `version` is that of the program.
  explicit SarifLog(std::string version) : version_(std::move(version)) {}

  // `file` is a path relative to where the log will be read, or absolute.
  void add(const LintResult& result, const zeroql::SourceText& source, std::string_view file);
  std::string finish() &&;

 private:
  void add_finding(const Finding& finding, const zeroql::SourceText& source, std::string_view file);
  void add_error(const zeroql::Diagnostic& error, const zeroql::SourceText& source,
                 std::string_view file);
  void begin_result();

  std::string version_;
  std::string results_;
};

}  // namespace zerodb::lint
