#include "lint/report.h"

#include "value/json.h"

namespace zerodb::lint {
namespace {

zeroql::Diagnostic as_diagnostic(const Finding& finding) {
  zeroql::Diagnostic diagnostic;
  diagnostic.message = finding.message;
  diagnostic.span = finding.span;
  diagnostic.note = finding.note;
  diagnostic.labels = finding.labels;
  diagnostic.help = finding.help;
  diagnostic.fixes = finding.fixes;
  return diagnostic;
}

zeroql::Heading heading_of(const Finding& finding) {
  const bool is_error = finding.severity == Severity::Error;
  return {severity_name(finding.severity), finding.rule->code,
          is_error ? zeroql::Severity::Error : zeroql::Severity::Warning};
}

}  // namespace

std::string render(const Finding& finding, const zeroql::SourceText& source,
                   zeroql::Colour colour) {
  return zeroql::render(heading_of(finding), as_diagnostic(finding), source, colour);
}

std::string to_json(const Finding& finding, const zeroql::SourceText& source,
                    std::string_view file) {
  std::string out = R"({"file":)";
  append_json_string(out, file);
  out += R"(,"rule":)";
  append_json_string(out, finding.rule->name);
  return out + "," + zeroql::to_json(heading_of(finding), as_diagnostic(finding), source).substr(1);
}

}  // namespace zerodb::lint
