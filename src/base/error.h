// Error: what went wrong, as a value. Codes live in error_codes.def; the numbers are stable for
// ever.
//
// An Error may carry the span of source text it is about (byte offsets into the statement or script
// that was given), a help line and a machine-applicable fix. It says whether the work may be
// retried and whether it may have been committed all the same. Threading: a plain value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace zerodb {

enum class ErrorCode : uint16_t {
#define ZERODB_ERROR(code, sqlstate, error_class, meaning) code,
#include "base/error_codes.def"
#undef ZERODB_ERROR
};

// What the caller may conclude about the effect of a failed operation.
enum class ErrorClass : uint8_t { Definite, Retryable, MaybeCommitted };

// Half-open range of byte offsets into a source text.
struct Span {
  uint32_t begin = 0;
  uint32_t end = 0;
  bool operator==(const Span&) const = default;
};

// "E0203".
std::string_view code_name(ErrorCode code);
// The code for a name such as "E0203", any case; nothing for an unknown one.
std::optional<ErrorCode> code_from_name(std::string_view name);
std::string_view code_meaning(ErrorCode code);
std::string_view sqlstate(ErrorCode code);
ErrorClass error_class(ErrorCode code);

class [[nodiscard]] Error {
 public:
  Error(ErrorCode code, std::string message) : code_(code), message_(std::move(message)) {}

  ErrorCode code() const { return code_; }
  std::string_view message() const { return message_; }
  std::optional<Span> span() const { return span_; }
  std::string_view help() const { return help_; }
  bool is_retryable() const { return error_class(code_) == ErrorClass::Retryable; }
  bool is_maybe_committed() const { return error_class(code_) == ErrorClass::MaybeCommitted; }

  // Each returns the error itself, so that one is built in one expression. `at` keeps a span that
  // is there already: the innermost place is the most precise one.
  Error&& at(Span span) && {
    if (!span_) span_ = span;
    return std::move(*this);
  }
  Error&& with_help(std::string help) && {
    help_ = std::move(help);
    return std::move(*this);
  }

  // "error[E0203]: message", without source text.
  std::string to_string() const;

 private:
  ErrorCode code_;
  std::optional<Span> span_;
  std::string message_;
  std::string help_;
};

}  // namespace zerodb
