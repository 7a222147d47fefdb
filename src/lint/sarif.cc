#include <fmt/format.h>

#include "lint/report.h"
#include "value/json.h"

namespace zerodb::lint {
namespace {

std::string quoted(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

// SARIF has no "info" and no "off".
std::string_view level_of(Severity severity) {
  switch (severity) {
    case Severity::Off:
      return "none";
    case Severity::Info:
      return "note";
    case Severity::Warning:
      return "warning";
    case Severity::Error:
      return "error";
  }
  return {};
}

// A path as a URI reference: what is no plain character of one is written by its bytes.
std::string uri_of(std::string_view path) {
  std::string out = path.starts_with('/') ? "file://" : "";
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_plain =
        std::isalnum(byte) != 0 || std::string_view("/-._~").find(c) != std::string_view::npos;
    out += is_plain ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  return out;
}

std::string region_of(Span span, const zeroql::SourceText& source) {
  const zeroql::LineColumn begin = source.position(span.begin);
  const zeroql::LineColumn end = source.position(span.end);
  return fmt::format(
      R"({{"startLine":{},"startColumn":{},"endLine":{},"endColumn":{},"byteOffset":{},"byteLength":{}}})",
      begin.line, begin.column, end.line, end.column, span.begin, span.end - span.begin);
}

std::string artifact_of(std::string_view file) {
  return R"({"uri":)" + quoted(uri_of(file)) + "}";
}

std::string location_of(Span span, const zeroql::SourceText& source, std::string_view file) {
  return R"({"physicalLocation":{"artifactLocation":)" + artifact_of(file) + R"(,"region":)" +
         region_of(span, source) + "}";
}

std::string fix_of(const zeroql::Fix& fix, const zeroql::SourceText& source,
                   std::string_view file) {
  return R"({"description":{"text":)" + quoted(fix.title) +
         R"(},"artifactChanges":[{"artifactLocation":)" + artifact_of(file) +
         R"(,"replacements":[{"deletedRegion":)" + region_of(fix.span, source) +
         R"(,"insertedContent":{"text":)" + quoted(fix.replacement) + "}}]}]}";
}

std::string rule_entry(const Rule& rule) {
  return R"({"id":)" + quoted(rule.code) + R"(,"name":)" + quoted(rule.name) +
         R"(,"shortDescription":{"text":)" + quoted(rule.summary) +
         R"(},"fullDescription":{"text":)" + quoted(rule.detail) +
         R"(},"defaultConfiguration":{"level":)" + quoted(level_of(rule.severity)) + "}}";
}

size_t position_of(const Rule& wanted) {
  size_t at = 0;
  while (rules()[at] != &wanted) ++at;
  return at;
}

// The part of a result that findings and errors share; open for more.
std::string result_start(std::string_view code, std::string_view level,
                         const std::string& message) {
  return R"({"ruleId":)" + quoted(code) + R"(,"level":)" + quoted(level) +
         R"(,"message":{"text":)" + quoted(message) + "}";
}

std::string with_help(const std::string& message, const std::string& help) {
  return help.empty() ? message : message + ". " + help;
}

}  // namespace

void SarifLog::begin_result() {
  if (!results_.empty()) results_ += ",\n";
}

void SarifLog::add(const LintResult& result, const zeroql::SourceText& source,
                   std::string_view file) {
  for (const zeroql::Diagnostic& each : result.errors) add_error(each, source, file);
  for (const Finding& each : result.findings) add_finding(each, source, file);
  for (const Finding& each : result.allowed) add_finding(each, source, file);
}

void SarifLog::add_error(const zeroql::Diagnostic& error, const zeroql::SourceText& source,
                         std::string_view file) {
  begin_result();
  results_ += result_start(code_name(error.code), "error", with_help(error.message, error.help)) +
              R"(,"locations":[)" + location_of(error.span, source, file) + "}]}";
}

void SarifLog::add_finding(const Finding& finding, const zeroql::SourceText& source,
                           std::string_view file) {
  begin_result();
  results_ += result_start(finding.rule->code, level_of(finding.severity),
                           with_help(finding.message, finding.help)) +
              fmt::format(R"(,"ruleIndex":{})", position_of(*finding.rule)) + R"(,"locations":[)" +
              location_of(finding.span, source, file) + "}]";
  if (!finding.labels.empty()) {
    results_ += R"(,"relatedLocations":[)";
    for (const zeroql::Label& label : finding.labels) {
      if (results_.back() == '}') results_ += ',';
      results_ += location_of(label.span, source, file) + R"(,"message":{"text":)" +
                  quoted(label.text) + "}}";
    }
    results_ += "]";
  }
  if (!finding.fixes.empty()) {
    results_ += R"(,"fixes":[)";
    for (const zeroql::Fix& fix : finding.fixes) {
      if (results_.back() == '}') results_ += ',';
      results_ += fix_of(fix, source, file);
    }
    results_ += "]";
  }
  if (finding.allowed)
    results_ +=
        R"(,"suppressions":[{"kind":"inSource","justification":)" + quoted(*finding.allowed) + "}]";
  results_ += "}";
}

std::string SarifLog::finish() && {
  std::string entries;
  for (const Rule* rule : rules()) entries += (entries.empty() ? "" : ",\n") + rule_entry(*rule);
  return R"({"version":"2.1.0","$schema":"https://json.schemastore.org/sarif-2.1.0.json","runs":[{)"
         R"("tool":{"driver":{"name":"zerodb lint","version":)" +
         quoted(version_) + ",\"rules\":[\n" + entries +
         "\n]}},\"columnKind\":\"unicodeCodePoints\",\"results\":[\n" + results_ + "\n]}]}\n";
}

}  // namespace zerodb::lint
