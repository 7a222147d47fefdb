#include <charconv>

#include "value/decimal.h"
#include "value/number_text.h"

namespace zerodb::decimal {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Reads digits into the coefficient; false beyond 38 of them. Leading zeros do not count.
bool read_digits(std::string_view& text, i128* coefficient, int* count) {
  *count = 0;
  while (!text.empty() && is_digit(text.front())) {
    // Before the product, which may leave the range of i128.
    if (*coefficient >= power_of_ten(kDigitsMax - 1)) return false;
    *coefficient = *coefficient * 10 + (text.front() - '0');
    text.remove_prefix(1);
    ++*count;
  }
  return *count > 0;
}

}  // namespace

std::optional<Decimal> parse(std::string_view text) {
  bool negative = false;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    negative = text.front() == '-';
    text.remove_prefix(1);
  }
  i128 coefficient = 0;
  int whole = 0;
  int places = 0;
  if (!read_digits(text, &coefficient, &whole)) return std::nullopt;
  if (!text.empty() && text.front() == '.') {
    text.remove_prefix(1);
    if (!read_digits(text, &coefficient, &places)) return std::nullopt;
  }
  int exponent = 0;
  if (!text.empty() && (text.front() == 'e' || text.front() == 'E')) {
    text.remove_prefix(1);
    if (text.starts_with('+')) text.remove_prefix(1);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), exponent);
    if (error != std::errc() || exponent > 1000 || exponent < -1000) return std::nullopt;
    text.remove_prefix(static_cast<size_t>(end - text.data()));
  }
  if (!text.empty()) return std::nullopt;
  int scale = places - exponent;
  while (scale > kDigitsMax && coefficient % 10 == 0 && coefficient != 0) {
    coefficient /= 10;
    --scale;
  }
  if (coefficient == 0)
    return Decimal{0, static_cast<uint8_t>(scale < 0            ? 0
                                           : scale > kDigitsMax ? kDigitsMax
                                                                : scale)};
  for (; scale < 0; ++scale) {
    if (coefficient >= power_of_ten(kDigitsMax - 1)) return std::nullopt;
    coefficient *= 10;
  }
  if (scale > kDigitsMax) return std::nullopt;
  return Decimal{negative ? -coefficient : coefficient, static_cast<uint8_t>(scale)};
}

std::string print(Decimal value) {
  const bool negative = value.coefficient < 0;
  std::string text = print_int128(negative ? -value.coefficient : value.coefficient);
  if (value.scale > 0) {
    if (text.size() <= value.scale) text.insert(0, value.scale + 1 - text.size(), '0');
    text.insert(text.size() - value.scale, 1, '.');
  }
  if (negative) text.insert(0, 1, '-');
  return text;
}

}  // namespace zerodb::decimal
