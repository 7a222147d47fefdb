#include "subject.h"

#include <cstdio>
#include <cstdlib>

namespace zerodb::differential {
namespace {

std::string value_text(const Value& value) {
  switch (value.tag()) {
    case Tag::None:
      return "none";
    case Tag::Bool:
      return value.as_bool() ? "1" : "0";
    case Tag::F64:
      return float_text(value.as_float64());
    case Tag::String:
      return "'" + std::string(value.as_string()) + "'";
    default:
      return is_integer(value.tag()) ? std::to_string(value.as_int64()) : "value of another class";
  }
}

}  // namespace

void fail(const std::string& what, const Error& error) {
  std::fprintf(stderr, "%s: %s\n", what.c_str(), error.to_string().c_str());
  std::exit(2);
}

Result<Rows> Subject::run(const std::string& text) const {
  const auto result = TRY(session->execute(text));
  const auto values = TRY(result->collect());
  Rows rows;
  for (const auto& row : values) {
    auto& out = rows.emplace_back();
    for (const Value& value : row) out.push_back(value_text(value));
  }
  return rows;
}

void Subject::must(const std::string& text) const {
  const auto done = run(text);
  if (!done) fail(name + ": " + text, done.error());
}

}  // namespace zerodb::differential
