#include "value/number_text.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <type_traits>

namespace zerodb {
namespace {

template <typename Float>
std::string print_float(Float value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  char buffer[64];
  const auto [end, error] = std::to_chars(buffer, buffer + sizeof(buffer), value);
  std::string text(buffer, end);
  if (const size_t plus = text.find("e+"); plus != std::string::npos) text.erase(plus + 1, 1);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

bool equals_word(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    if ((text[i] | 0x20) != lower[i]) return false;
  }
  return true;
}

template <typename Float>
std::optional<Float> parse_float(std::string_view text) {
  bool negative = false;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    negative = text.front() == '-';
    text.remove_prefix(1);
  }
  Float result = 0;
  if (equals_word(text, "nan")) return std::numeric_limits<Float>::quiet_NaN();
  if (equals_word(text, "infinity") || equals_word(text, "inf")) {
    result = std::numeric_limits<Float>::infinity();
    return negative ? -result : result;
  }
  if (text.empty() || ((text.front() < '0' || text.front() > '9') && text.front() != '.'))
    return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), result);
  if (end != text.data() + text.size()) return std::nullopt;
  if (error == std::errc::result_out_of_range) {
    // Too small rounds to zero; too great is an error. Of the two only the first has a negative
    // exponent.
    const size_t exponent = text.find_first_of("eE");
    const bool is_small = exponent != std::string_view::npos
                              ? text.substr(exponent + 1).starts_with('-')
                              : text.starts_with("0.");
    if (!is_small) return std::nullopt;
    return Float{0};
  }
  if (error != std::errc()) return std::nullopt;
  return negative ? -result : result;
}

std::optional<u128> parse_digits(std::string_view text) {
  if (text.empty()) return std::nullopt;
  u128 result = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    const auto digit = static_cast<unsigned>(c - '0');
    if (result > (~u128{0} - digit) / 10) return std::nullopt;
    result = result * 10 + digit;
  }
  return result;
}

}  // namespace

std::string print_uint128(u128 value) {
  char buffer[40];
  char* const end = buffer + sizeof(buffer);
  char* at = end;
  do {
    *--at = static_cast<char>('0' + static_cast<int>(value % 10));
    value /= 10;
  } while (value != 0);
  return std::string(at, end);
}

std::string print_int128(i128 value) {
  if (value >= 0) return print_uint128(static_cast<u128>(value));
  return "-" + print_uint128(u128{0} - static_cast<u128>(value));
}

std::string print_float64(double value) {
  return print_float(value);
}
std::string print_float32(float value) {
  return print_float(value);
}

std::optional<i128> parse_int128(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const auto size = parse_digits(text);
  const u128 limit = u128{1} << 127;
  if (!size || *size > limit || (*size == limit && !negative)) return std::nullopt;
  return static_cast<i128>(negative ? u128{0} - *size : *size);
}

std::optional<u128> parse_uint128(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  return parse_digits(text);
}

std::optional<double> parse_float64(std::string_view text) {
  return parse_float<double>(text);
}
std::optional<float> parse_float32(std::string_view text) {
  return parse_float<float>(text);
}

}  // namespace zerodb
