// Rule: one rule of the linter, declared once for the linter itself, `zerodb explain`, the
// reference and the tests.
//
// A rule is a function over one statement, which it sees as a tree and, unless the checker refused
// it, as a checked statement; some look once more when the script ends. Rules keep no state.
// Threading: pure data and free functions.
#pragma once

#include <span>
#include <string_view>

#include "lint/finding.h"

namespace zerodb::lint {

struct StatementContext;
struct ScriptContext;
class Reporter;

enum class FixKind : uint8_t {
  None,
  Mends,       // the statement still checks; it may mean something slightly different
  Equivalent,  // the statement gives the same rows and has the same effect
};

struct Rule {
  std::string_view code;  // ZL101
  std::string_view name;  // write-without-where
  Severity severity = Severity::Warning;
  FixKind fix = FixKind::None;
  std::string_view summary;  // one sentence
  std::string_view detail;   // why, and what to do instead
  // After example_schema(): the first gives this rule's finding and no other, the second gives
  // none.
  std::string_view triggers;
  std::string_view nearly;
  void (*check)(const StatementContext& context, Reporter& reporter) = nullptr;
  void (*finish)(const ScriptContext& context, Reporter& reporter) = nullptr;
};

// A rule that decides less than its name says, because the language cannot tell yet.
struct Limit {
  std::string_view code;
  std::string_view text;
};

// By rising code.
std::span<const Rule* const> rules();
// By code or name, any case; null for an unknown one.
const Rule* find_rule(std::string_view code_or_name);
// The definitions that the examples need; they are there before the script that is linted.
std::string_view example_schema();
std::span<const Limit> limits();

// The domains, each in a file of its own.
std::span<const Rule> suppression_rules();
std::span<const Rule> safety_rules();
std::span<const Rule> correctness_rules();
std::span<const Rule> query_rules();
std::span<const Rule> performance_rules();
std::span<const Rule> migration_rules();
std::span<const Rule> style_rules();

// Of comments that silence rules; the linter itself gives these findings.
inline constexpr std::string_view kUnusedAllowance = "ZL001";
inline constexpr std::string_view kMalformedAllowance = "ZL002";

}  // namespace zerodb::lint
