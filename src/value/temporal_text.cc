#include <array>

#include "value/number_text.h"
#include "value/temporal.h"

namespace zerodb {
namespace {

// Reads text from the left; every method says whether it found what it wanted.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool at_end() const { return text_.empty(); }
  bool accept(char c) {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool accept_one_of(std::string_view set) {
    if (text_.empty() || set.find(text_.front()) == std::string_view::npos) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool digit(uint32_t* out) {
    if (text_.empty() || text_.front() < '0' || text_.front() > '9') return false;
    *out = static_cast<uint32_t>(text_.front() - '0');
    text_.remove_prefix(1);
    return true;
  }
  // Exactly `count` digits.
  bool number(int count, uint32_t* out) {
    *out = 0;
    for (int i = 0; i < count; ++i) {
      uint32_t next = 0;
      if (!digit(&next)) return false;
      *out = *out * 10 + next;
    }
    return true;
  }
  std::string_view rest() const { return text_; }
  void skip(size_t count) { text_.remove_prefix(count); }

 private:
  std::string_view text_;
};

bool read_fraction(Scanner& scan, uint32_t* nanos) {
  uint32_t digit = 0;
  int places = 0;
  while (scan.digit(&digit)) {
    if (++places > 9) return false;
    *nanos = *nanos * 10 + digit;
  }
  if (places == 0) return false;
  for (; places < 9; ++places) *nanos *= 10;
  return true;
}

bool read_time(Scanner& scan, CivilTime* civil) {
  if (!scan.number(2, &civil->hour) || !scan.accept(':') || !scan.number(2, &civil->minute) ||
      !scan.accept(':') || !scan.number(2, &civil->second)) {
    return false;
  }
  if (scan.accept('.') && !read_fraction(scan, &civil->nanos)) return false;
  return civil->hour < 24 && civil->minute < 60 && civil->second < 60;
}

bool read_offset(Scanner& scan, int64_t* seconds) {
  *seconds = 0;
  if (scan.accept_one_of("Zz")) return true;
  const bool negative = scan.accept('-');
  if (!negative && !scan.accept('+')) return false;
  uint32_t hours = 0;
  uint32_t minutes = 0;
  if (!scan.number(2, &hours) || !scan.accept(':') || !scan.number(2, &minutes) || hours > 23 ||
      minutes > 59)
    return false;
  *seconds = static_cast<int64_t>(hours) * 3600 + static_cast<int64_t>(minutes) * 60;
  if (negative) *seconds = -*seconds;
  return true;
}

void put_number(std::string& out, int64_t value, int width) {
  std::string digits = std::to_string(value < 0 ? -value : value);
  if (value < 0) out += '-';
  if (digits.size() < static_cast<size_t>(width))
    out.append(static_cast<size_t>(width) - digits.size(), '0');
  out += digits;
}

struct Unit {
  std::string_view name;
  int64_t nanos;
};
// Longer names first where one begins another.
constexpr std::array<Unit, 9> kUnits{{{"ns", 1},
                                      {"us", 1'000},
                                      {"\u00b5s", 1'000},
                                      {"ms", 1'000'000},
                                      {"s", kNanosPerSecond},
                                      {"m", 60 * kNanosPerSecond},
                                      {"h", 3600 * kNanosPerSecond},
                                      {"d", kSecondsPerDay* kNanosPerSecond},
                                      {"w", 7 * kSecondsPerDay* kNanosPerSecond}}};
constexpr std::array<Unit, 7> kPrintedUnits{{{"d", kSecondsPerDay* kNanosPerSecond},
                                             {"h", 3600 * kNanosPerSecond},
                                             {"m", 60 * kNanosPerSecond},
                                             {"s", kNanosPerSecond},
                                             {"ms", 1'000'000},
                                             {"us", 1'000},
                                             {"ns", 1}}};

}  // namespace

std::optional<Datetime> parse_datetime(std::string_view text) {
  Scanner scan(text);
  CivilTime civil;
  uint32_t year = 0;
  if (!scan.number(4, &year) || !scan.accept('-') || !scan.number(2, &civil.month) ||
      !scan.accept('-') || !scan.number(2, &civil.day)) {
    return std::nullopt;
  }
  civil.year = year;
  if (civil.month < 1 || civil.month > 12 || civil.day < 1 ||
      civil.day > days_in_month(civil.year, civil.month)) {
    return std::nullopt;
  }
  int64_t offset = 0;
  if (!scan.at_end()) {
    if (!scan.accept_one_of("Tt ") || !read_time(scan, &civil) || !read_offset(scan, &offset) ||
        !scan.at_end())
      return std::nullopt;
  }
  const auto local = from_civil(civil);
  if (!local) return std::nullopt;
  return datetime_from_nanos(total_nanos(*local) - static_cast<i128>(offset) * kNanosPerSecond);
}

std::string print_datetime(Datetime value) {
  const CivilTime civil = to_civil(value);
  std::string out;
  put_number(out, civil.year, 4);
  out += '-';
  put_number(out, civil.month, 2);
  out += '-';
  put_number(out, civil.day, 2);
  out += 'T';
  put_number(out, civil.hour, 2);
  out += ':';
  put_number(out, civil.minute, 2);
  out += ':';
  put_number(out, civil.second, 2);
  if (civil.nanos != 0) {
    out += '.';
    put_number(out, civil.nanos, 9);
    while (out.back() == '0') out.pop_back();
  }
  return out + 'Z';
}

std::optional<Duration> parse_duration(std::string_view text) {
  Scanner scan(text);
  const bool negative = scan.accept('-');
  if (!negative) scan.accept('+');
  if (scan.at_end()) return std::nullopt;
  constexpr i128 kLimit = i128{1} << 100;
  i128 total = 0;
  while (!scan.at_end()) {
    i128 count = 0;
    uint32_t digit = 0;
    bool any = false;
    while (scan.digit(&digit)) {
      count = count * 10 + digit;
      any = true;
      if (count > kLimit / 1'000'000'000'000'000) return std::nullopt;
    }
    const Unit* found = nullptr;
    for (const Unit& unit : kUnits) {
      if (scan.rest().starts_with(unit.name)) {
        found = &unit;
        break;
      }
    }
    if (!any || found == nullptr) return std::nullopt;
    scan.skip(found->name.size());
    total += count * found->nanos;
    if (total > kLimit) return std::nullopt;
  }
  return duration_from_nanos(negative ? -total : total);
}

std::string print_duration(Duration value) {
  i128 rest = total_nanos(value);
  if (rest == 0) return "0s";
  std::string out;
  if (rest < 0) {
    out += '-';
    rest = -rest;
  }
  for (const Unit& unit : kPrintedUnits) {
    const i128 count = rest / unit.nanos;
    if (count == 0) continue;
    out += print_int128(count);
    out += unit.name;
    rest %= unit.nanos;
  }
  return out;
}

}  // namespace zerodb
