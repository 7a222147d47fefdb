#include "base/error.h"

#include <array>
#include <cctype>

#include "base/assert.h"

namespace zerodb {
namespace {

struct Entry {
  std::string_view name;
  std::string_view sqlstate;
  ErrorClass error_class;
  std::string_view meaning;
};

constexpr auto kEntries = std::to_array<Entry>({
#define ZERODB_ERROR(code, state, cls, meaning) Entry{#code, state, ErrorClass::cls, meaning},
#include "base/error_codes.def"
#undef ZERODB_ERROR
});

const Entry& entry(ErrorCode code) {
  const auto index = static_cast<size_t>(code);
  ASSERT(index < kEntries.size());
  return kEntries[index];
}

}  // namespace

std::string_view code_name(ErrorCode code) {
  return entry(code).name;
}
std::string_view code_meaning(ErrorCode code) {
  return entry(code).meaning;
}
std::string_view sqlstate(ErrorCode code) {
  return entry(code).sqlstate;
}
ErrorClass error_class(ErrorCode code) {
  return entry(code).error_class;
}

std::optional<ErrorCode> code_from_name(std::string_view name) {
  std::string upper(name);
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  for (size_t i = 0; i < kEntries.size(); ++i) {
    if (kEntries[i].name == upper) return static_cast<ErrorCode>(i);
  }
  return std::nullopt;
}

std::string Error::to_string() const {
  std::string out = "error[";
  out += code_name(code_);
  out += "]: ";
  out += message_;
  return out;
}

}  // namespace zerodb
