#include "lint/finding.h"

namespace zerodb::lint {

std::string_view severity_name(Severity severity) {
  switch (severity) {
    case Severity::Off:
      return "off";
    case Severity::Info:
      return "info";
    case Severity::Warning:
      return "warning";
    case Severity::Error:
      return "error";
  }
  return {};
}

std::optional<Severity> severity_from_name(std::string_view name) {
  for (const Severity each : {Severity::Off, Severity::Info, Severity::Warning, Severity::Error}) {
    if (severity_name(each) == name) return each;
  }
  return std::nullopt;
}

}  // namespace zerodb::lint
