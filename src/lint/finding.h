// Finding: what a rule of the linter has to say about a place in a script.
//
// Threading: plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zeroql/diagnostic.h"

namespace zerodb::lint {

struct Rule;

// How much a finding weighs. Off is for configuration only: a rule that is off gives no findings.
enum class Severity : uint8_t { Off, Info, Warning, Error };

std::string_view severity_name(Severity severity);
std::optional<Severity> severity_from_name(std::string_view name);

struct Finding {
  const Rule* rule = nullptr;  // borrowed from the table of rules, which is constant
  Severity severity = Severity::Warning;
  std::string message;
  // The smallest text that is to blame.
  Span span;
  std::string note = {};
  std::vector<zeroql::Label> labels = {};
  std::string help = {};
  // A statement that would mend it once and for all, if there is one.
  std::string definition = {};
  // Edits that may be applied unseen; the statement stays right.
  std::vector<zeroql::Fix> fixes = {};
  // What `-- zerodb:allow` gave as its reason, for a finding that it silences.
  std::optional<std::string> allowed = std::nullopt;
};

using Findings = std::vector<Finding>;

}  // namespace zerodb::lint
