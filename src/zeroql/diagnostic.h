// Diagnostic: what is wrong with a script, where, and how to mend it. The parser and the checker
// give them, the renderer shows them.
//
// Threading: plain values.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"

namespace zerodb::zeroql {

// A second place that explains the first, such as the declaration of a field.
struct Label {
  Span span;
  std::string text;
  bool operator==(const Label&) const = default;
};

// An edit that makes the script right: replace `span` by `replacement`. It is safe to apply unseen.
struct Fix {
  Span span;
  std::string replacement;
  std::string title;
  bool operator==(const Fix&) const = default;
};

enum class Severity : uint8_t {
  Error,    // the statement is not executed
  Warning,  // it is, and may fail or lose digits: the code says how
};

struct Diagnostic {
  ErrorCode code = ErrorCode::E0101;
  std::string message;
  // The smallest text that is to blame; empty (begin = end) for a place between two tokens.
  Span span;
  // What stands under the caret line, such as the type found.
  std::string note = {};
  std::vector<Label> labels = {};
  std::string help = {};
  std::vector<Fix> fixes = {};
  Severity severity = Severity::Error;

  bool is_error() const { return severity == Severity::Error; }
  bool operator==(const Diagnostic&) const = default;
};

using Diagnostics = std::vector<Diagnostic>;

// Those that are no warnings.
Diagnostics errors_of(Diagnostics all);

// The same as a value that the rest of the engine passes on: code, message, span and help.
Error to_error(const Diagnostic& diagnostic);

}  // namespace zerodb::zeroql
