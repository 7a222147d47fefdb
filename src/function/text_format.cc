#include "function/text_format.h"

#include <array>
#include <charconv>
#include <cmath>

#include "base/limits.h"
#include "function/number_kernels.h"
#include "value/decimal.h"
#include "value/number_text.h"
#include "value/operator_parts.h"
#include "value/utf8.h"

namespace zerodb::function {
namespace {

using Align = TextFormat::Align;
using Field = TextFormat::Field;

constexpr uint32_t kWidthMax = 100'000;
constexpr uint32_t kPrecisionMax = 300;
constexpr std::string_view kForms = "sdxXobBfFeEgG%";

class PatternReader {
 public:
  explicit PatternReader(std::string_view pattern) : pattern_(pattern) {}

  bool is_end() const { return at_ == pattern_.size(); }

  // The text up to the next field.
  Result<std::string> text() {
    std::string out;
    while (!is_end() && !(peek() == '{' && peek(1) != '{')) {
      const char c = pattern_[at_++];
      if (c == '{' || c == '}') {
        if (peek() != c) return wrong("a `}` outside a field is written `}}`");
        ++at_;
      }
      out += c;
    }
    return out;
  }

  Result<Field> field(size_t& next_index) {
    ++at_;
    Field field;
    TRY(read_index(field, next_index));
    if (peek() == ':') {
      ++at_;
      TRY(read_form(field));
    }
    if (peek() != '}') return wrong("a field ends in `}`");
    ++at_;
    return field;
  }

 private:
  char peek(size_t ahead = 0) const {
    return at_ + ahead < pattern_.size() ? pattern_[at_ + ahead] : '\0';
  }
  Error wrong(const std::string& what) const {
    return Error(ErrorCode::E0626, what + ", at " + std::to_string(at_));
  }

  Result<std::optional<uint32_t>> number(uint32_t max) {
    uint32_t value = 0;
    const size_t begin = at_;
    for (; peek() >= '0' && peek() <= '9'; ++at_) {
      value = value * 10 + static_cast<uint32_t>(peek() - '0');
      if (value > max) return wrong("a number above " + std::to_string(max));
    }
    return at_ == begin ? std::nullopt : std::optional(value);
  }

  Status read_index(Field& field, size_t& next_index) {
    const auto index = TRY(number(kWidthMax));
    if (index ? count_ != 0 : is_indexed_)
      return wrong("either all fields have an index or none has");
    is_indexed_ = index.has_value();
    count_ += index ? 0 : 1;
    field.index = index ? *index : next_index++;
    return ok_status();
  }

  static Align align_of(char c) {
    return c == '<'   ? Align::Left
           : c == '>' ? Align::Right
           : c == '^' ? Align::Middle
                      : Align::None;
  }

  void read_align(Field& field) {
    if (is_end()) return;
    size_t behind = at_;
    utf8::next(pattern_, &behind);
    const bool has_pad = behind < pattern_.size() && peek() != '{' && peek() != '}' &&
                         align_of(pattern_[behind]) != Align::None;
    if (has_pad) {
      field.pad = pattern_.substr(at_, behind - at_);
      at_ = behind;
    }
    field.align = align_of(peek());
    if (field.align != Align::None) ++at_;
  }

  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }

  Status read_form(Field& field) {
    read_align(field);
    if (peek() == '+' || peek() == '-' || peek() == ' ') field.sign = pattern_[at_++];
    field.has_prefix = take('#');
    field.has_zeros = take('0');
    field.width = TRY(number(kWidthMax))
    .value_or(0);
    if (take('.')) {
      field.precision = TRY(number(kPrecisionMax));
      if (!field.precision) return wrong("a number stands behind the point");
    }
    if (peek() == '}' || is_end()) return ok_status();
    if (kForms.find(peek()) == std::string_view::npos)
      return wrong("the form of a field is one of `" + std::string(kForms) + "`");
    field.type = pattern_[at_++];
    return ok_status();
  }

  std::string_view pattern_;
  size_t at_ = 0;
  bool is_indexed_ = false;
  size_t count_ = 0;  // of fields without index
};

Error misfit(const Field& field, const Value& value) {
  return Error(ErrorCode::E0623, std::string("the form `") + field.type + "` does not take " +
                                     class_name(value.tag()));
}

// A number as sign, prefix and digits.
struct Digits {
  bool is_negative = false;
  std::string prefix;
  std::string text;
};

// Moves a minus out of the text.
Digits digits_of(std::string text) {
  Digits digits;
  digits.is_negative = text.starts_with('-');
  digits.text = digits.is_negative ? text.substr(1) : std::move(text);
  return digits;
}

Result<Digits> whole_digits(const Field& field, const Value& value) {
  if (!is_integer(value.tag())) return misfit(field, value);
  const bool is_wide = value.tag() == Tag::U128;
  Digits digits;
  digits.is_negative = !is_wide && value.as_int128() < 0;
  u128 size = is_wide              ? value.as_uint128()
              : digits.is_negative ? u128{0} - static_cast<u128>(value.as_int128())
                                   : static_cast<u128>(value.as_int128());
  const unsigned base = field.type == 'x' || field.type == 'X'   ? 16
                        : field.type == 'b' || field.type == 'B' ? 2
                        : field.type == 'o'                      ? 8
                                                                 : 10;
  const std::string_view signs = field.type == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
  do {
    digits.text.insert(digits.text.begin(), signs[static_cast<size_t>(size % base)]);
    size /= base;
  } while (size != 0);
  if (field.has_prefix && base != 10) digits.prefix = std::string("0") + field.type;
  return digits;
}

// A float by its exact value, to the nearest, half to even.
std::string float_text(double value, std::chars_format format, int precision) {
  std::array<char, 1024> buffer;
  const auto printed =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format, precision);
  return {buffer.data(), printed.ptr};
}

// With a fixed number of places; a decimal half away from zero, as round() does.
Result<std::string> fixed_text(const Value& value, int places) {
  if (value.tag() == Tag::F32 || value.tag() == Tag::F64)
    return float_text(value.as_float64(), std::chars_format::fixed, places);
  Decimal exact;
  if (value.tag() == Tag::Decimal) {
    exact = value.as_decimal();
  } else {
    const auto whole = value.tag() == Tag::U128 ? decimal::from_uint128(value.as_uint128())
                                                : decimal::from_int128(value.as_int128());
    if (!whole) return Error(ErrorCode::E0901, "the number has more than 38 digits");
    exact = *whole;
  }
  if (exact.scale > places)
    exact = TRY(decimal::rescale(exact, static_cast<uint8_t>(places), decimal::Rounding::HalfAway));
  std::string text = decimal::print(exact);
  if (places > exact.scale) {
    if (exact.scale == 0) text += '.';
    text.append(static_cast<size_t>(places - exact.scale), '0');
  }
  return text;
}

Result<Value> times_hundred(const Value& value) {
  const Value hundred = Value::int64(100);
  return binary(BinaryOp::Multiply, value, hundred);
}

void to_upper_ascii(std::string& text) {
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
}

Result<Digits> point_digits(const Field& field, const Value& value) {
  if (!is_number(value.tag())) return misfit(field, value);
  const auto places = static_cast<int>(field.precision.value_or(6));
  std::string text;
  switch (field.type) {
    case '%':
      text = TRY(fixed_text(TRY(times_hundred(value)), places))
      +"%";
      break;
    case 'f':
    case 'F':
      text = TRY(fixed_text(value, places));
      break;
    case 'e':
    case 'E':
      text = float_text(to_double(value), std::chars_format::scientific, places);
      break;
    default:
      text = float_text(to_double(value), std::chars_format::general, places);
      break;
  }
  if (field.type == 'F' || field.type == 'E' || field.type == 'G') to_upper_ascii(text);
  return digits_of(std::move(text));
}

std::string padding(const Field& field, size_t count) {
  std::string out;
  for (size_t i = 0; i < count; ++i) out += field.pad;
  return out;
}

std::string aligned(const Field& field, std::string text, Align usual) {
  const size_t length = utf8::count(text);
  if (length >= field.width) return text;
  const size_t missing = field.width - length;
  switch (field.align == Align::None ? usual : field.align) {
    case Align::Right:
      return padding(field, missing) + text;
    case Align::Middle:
      return padding(field, missing / 2) + text + padding(field, missing - missing / 2);
    default:
      return text + padding(field, missing);
  }
}

std::string number_text(const Field& field, Digits digits) {
  std::string head = digits.is_negative ? "-" : field.sign == '-' ? "" : std::string(1, field.sign);
  head += digits.prefix;
  const bool is_finite = digits.text.find_first_of("0123456789") != std::string::npos;
  if (field.has_zeros && field.align == Align::None && is_finite) {
    const size_t length = head.size() + digits.text.size();
    if (length < field.width) head.append(field.width - length, '0');
  }
  return aligned(field, head + digits.text, Align::Right);
}

Result<std::string> field_text(const Field& field, const Value& value, const Names& names) {
  switch (field.type) {
    case 0:
    case 's': {
      const bool is_plain_number = field.type == 0 && is_number(value.tag());
      if (is_plain_number && field.precision)
        return number_text(field, TRY(point_digits(field, value)));
      std::string text = display_text(value, names);
      if (is_plain_number) return number_text(field, digits_of(std::move(text)));
      if (field.precision) text.resize(utf8::offset_of(text, *field.precision));
      return aligned(field, std::move(text), Align::Left);
    }
    case 'd':
    case 'x':
    case 'X':
    case 'o':
    case 'b':
    case 'B':
      return number_text(field, TRY(whole_digits(field, value)));
    default:
      return number_text(field, TRY(point_digits(field, value)));
  }
}

}  // namespace

Result<TextFormat> TextFormat::parse(std::string_view pattern) {
  TextFormat format;
  PatternReader reader(pattern);
  size_t next_index = 0;
  while (!reader.is_end()) {
    Part& part = format.parts_.emplace_back();
    part.text = TRY(reader.text());
    if (!reader.is_end()) part.field = TRY(reader.field(next_index));
  }
  return format;
}

Result<std::string> TextFormat::fill(std::span<const Value> arguments, const Names& names) const {
  std::string out;
  for (const Part& part : parts_) {
    out += part.text;
    if (!part.field) continue;
    if (part.field->index >= arguments.size())
      return Error(ErrorCode::E0623,
                   "there is no argument " + std::to_string(part.field->index) + " for a field");
    const Value& value = arguments[part.field->index];
    if (value.is_none()) {
      Field plain = *part.field;
      plain.type = 's';
      plain.precision.reset();
      out += TRY(field_text(plain, value, names));
    } else {
      out += TRY(field_text(*part.field, value, names));
    }
    if (out.size() > limits::kValueBytesMax)
      return Error(ErrorCode::E0611, "result is larger than 64 MiB");
  }
  return out;
}

}  // namespace zerodb::function
