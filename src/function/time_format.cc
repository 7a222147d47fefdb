// time::format and time::parse.
#include <array>

#include "function/kernel.h"
#include "function/time_kernels.h"

namespace zerodb::function {
namespace {

constexpr std::array<std::string_view, 7> kDays{"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                "Friday", "Saturday", "Sunday"};
constexpr std::array<std::string_view, 12> kMonths{"January",   "February", "March",    "April",
                                                   "May",       "June",     "July",     "August",
                                                   "September", "October",  "November", "December"};

void put(std::string& out, int64_t value, size_t width) {
  const std::string digits = std::to_string(value);
  if (digits.size() < width) out.append(width - digits.size(), '0');
  out += digits;
}

void put_offset(std::string& out, int64_t offset) {
  out += offset < 0 ? '-' : '+';
  const int64_t minutes = (offset < 0 ? -offset : offset) / 60;
  put(out, minutes / 60, 2);
  out += ':';
  put(out, minutes % 60, 2);
}

Error bad_letter(char letter) {
  return Error(ErrorCode::E0626, std::string("no such conversion: %") + letter);
}
Error lone_percent() {
  return Error(ErrorCode::E0626, "the pattern ends in a lone %: write %% for the sign");
}

struct Shown {
  const CivilTime& local;
  int64_t offset;
  std::string_view zone_name;
};

Status put_letter(std::string& out, char letter, const Shown& shown) {
  const CivilTime& local = shown.local;
  const auto weekday = iso_weekday(days_from_civil(local.year, local.month, local.day));
  switch (letter) {
    case '%':
      out += '%';
      break;
    case 'Y':
      put(out, local.year, 4);
      break;
    case 'm':
      put(out, local.month, 2);
      break;
    case 'd':
      put(out, local.day, 2);
      break;
    case 'j':
      put(out, day_of_year(local), 3);
      break;
    case 'H':
      put(out, local.hour, 2);
      break;
    case 'I':
      put(out, local.hour % 12 == 0 ? 12 : local.hour % 12, 2);
      break;
    case 'M':
      put(out, local.minute, 2);
      break;
    case 'S':
      put(out, local.second, 2);
      break;
    case 'f':
      put(out, local.nanos / 1000, 6);
      break;
    case 'p':
      out += local.hour < 12 ? "AM" : "PM";
      break;
    case 'z':
      put_offset(out, shown.offset);
      break;
    case 'Z':
      out += shown.zone_name;
      break;
    case 'a':
      out += kDays[weekday - 1].substr(0, 3);
      break;
    case 'A':
      out += kDays[weekday - 1];
      break;
    case 'b':
      out += kMonths[local.month - 1].substr(0, 3);
      break;
    case 'B':
      out += kMonths[local.month - 1];
      break;
    case 'u':
      put(out, weekday, 1);
      break;
    case 'V':
      put(out, iso_week(local).week, 2);
      break;
    case 'G':
      put(out, iso_week(local).year, 4);
      break;
    case 'T':
      put(out, local.hour, 2);
      out += ':';
      put(out, local.minute, 2);
      out += ':';
      put(out, local.second, 2);
      break;
    case 'F':
      put(out, local.year, 4);
      out += '-';
      put(out, local.month, 2);
      out += '-';
      put(out, local.day, 2);
      break;
    default:
      return bad_letter(letter);
  }
  return ok_status();
}

// Reads text by a pattern into the fields of a local time.
class TimeReader {
 public:
  TimeReader(std::string_view text, std::string_view zone_name, CivilTime* local)
      : text_(text), zone_name_(zone_name), local_(local) {}

  Status read(std::string_view pattern) {
    for (size_t i = 0; i < pattern.size(); ++i) {
      if (pattern[i] != '%') {
        if (!accept(pattern[i])) return mismatch();
        continue;
      }
      if (++i == pattern.size()) return lone_percent();
      TRY(read_letter(pattern[i]));
    }
    if (!text_.empty()) return mismatch();
    if (is_afternoon_ && local_->hour < 12) local_->hour += 12;
    if (is_morning_ && local_->hour == 12) local_->hour = 0;
    return settle_day();
  }
  std::optional<int64_t> offset() const { return offset_; }

 private:
  static Error no_such_day() { return unreadable("there is no such day"); }

  // The date that was given by its number in the year, by its week, or by month and day.
  Status settle_day() {
    if (iso_year_.has_value() != iso_week_.has_value())
      return Error(ErrorCode::E0626, "%G and %V go together");
    if (day_of_year_) {
      const int64_t year = local_->year;
      set_day(days_from_civil(year, 1, 1) + *day_of_year_ - 1);
      if (local_->year != year) return no_such_day();
    } else if (iso_week_) {
      // The week of January 4 is the first.
      const int64_t fourth = days_from_civil(*iso_year_, 1, 4);
      const int64_t monday = fourth - static_cast<int64_t>(iso_weekday(fourth)) + 1;
      set_day(monday + int64_t{7} * (*iso_week_ - 1) + weekday_ - 1);
      if (iso_week(*local_).week != *iso_week_) return no_such_day();
    }
    if (local_->day > days_in_month(local_->year, local_->month)) return no_such_day();
    return ok_status();
  }
  void set_day(int64_t days) {
    const CivilTime date = civil_from_days(days);
    local_->year = date.year;
    local_->month = date.month;
    local_->day = date.day;
  }
  static Error mismatch() { return unreadable("the text is not of the pattern"); }
  bool accept(char c) {
    if (!text_.starts_with(c)) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool number(size_t width, uint32_t low, uint32_t high, uint32_t* out) {
    if (text_.size() < width) return false;
    uint32_t value = 0;
    for (size_t i = 0; i < width; ++i) {
      if (text_[i] < '0' || text_[i] > '9') return false;
      value = value * 10 + static_cast<uint32_t>(text_[i] - '0');
    }
    if (value < low || value > high) return false;
    text_.remove_prefix(width);
    *out = value;
    return true;
  }
  template <size_t N>
  bool name(const std::array<std::string_view, N>& names, size_t length, uint32_t* index) {
    for (size_t i = 0; i < N; ++i) {
      const std::string_view wanted = length == 0 ? names[i] : names[i].substr(0, length);
      if (!text_.starts_with(wanted)) continue;
      text_.remove_prefix(wanted.size());
      *index = static_cast<uint32_t>(i);
      return true;
    }
    return false;
  }
  bool fraction() {
    uint32_t nanos = 0;
    size_t places = 0;
    while (places < 9 && !text_.empty() && text_[0] >= '0' && text_[0] <= '9') {
      nanos = nanos * 10 + static_cast<uint32_t>(text_[0] - '0');
      text_.remove_prefix(1);
      ++places;
    }
    if (places == 0) return false;
    for (; places < 9; ++places) nanos *= 10;
    local_->nanos = nanos;
    return true;
  }
  bool read_offset() {
    if (accept('Z')) {
      offset_ = 0;
      return true;
    }
    const bool negative = text_.starts_with('-');
    if (!accept('-') && !accept('+')) return false;
    uint32_t hours = 0;
    uint32_t minutes = 0;
    if (!number(2, 0, 23, &hours)) return false;
    accept(':');
    if (!number(2, 0, 59, &minutes)) return false;
    const auto seconds = static_cast<int64_t>(hours * 3600 + minutes * 60);
    offset_ = negative ? -seconds : seconds;
    return true;
  }
  bool half_of_day() {
    if (text_.starts_with("AM")) {
      is_morning_ = true;
    } else if (text_.starts_with("PM")) {
      is_afternoon_ = true;
    } else {
      return false;
    }
    text_.remove_prefix(2);
    return true;
  }
  bool read_year() {
    uint32_t year = 0;
    if (!number(4, 0, 9999, &year)) return false;
    local_->year = year;
    return true;
  }
  bool read_part(size_t width, uint32_t low, uint32_t high, std::optional<uint32_t>& part) {
    uint32_t value = 0;
    if (!number(width, low, high, &value)) return false;
    part = value;
    return true;
  }
  bool read_day_name(size_t length) {
    uint32_t index = 0;
    if (!name(kDays, length, &index)) return false;
    weekday_ = index + 1;
    return true;
  }
  bool read_zone_name() {
    if (!text_.starts_with(zone_name_)) return false;
    text_.remove_prefix(zone_name_.size());
    return true;
  }
  bool read_month_name(size_t length) {
    uint32_t index = 0;
    if (!name(kMonths, length, &index)) return false;
    local_->month = index + 1;
    return true;
  }
  Status read_letter(char letter) {
    bool good = false;
    switch (letter) {
      case '%':
        good = accept('%');
        break;
      case 'Y':
        good = read_year();
        break;
      case 'm':
        good = number(2, 1, 12, &local_->month);
        break;
      case 'd':
        good = number(2, 1, 31, &local_->day);
        break;
      case 'H':
        good = number(2, 0, 23, &local_->hour);
        break;
      case 'I':
        good = number(2, 1, 12, &local_->hour);
        break;
      case 'M':
        good = number(2, 0, 59, &local_->minute);
        break;
      case 'S':
        good = number(2, 0, 59, &local_->second);
        break;
      case 'f':
        good = fraction();
        break;
      case 'p':
        good = half_of_day();
        break;
      case 'z':
        good = read_offset();
        break;
      case 'a':
        good = read_day_name(3);
        break;
      case 'A':
        good = read_day_name(0);
        break;
      case 'b':
        good = read_month_name(3);
        break;
      case 'B':
        good = read_month_name(0);
        break;
      case 'u':
        good = number(1, 1, 7, &weekday_);
        break;
      case 'j':
        good = read_part(3, 1, 366, day_of_year_);
        break;
      case 'G':
        good = read_part(4, 0, 9999, iso_year_);
        break;
      case 'V':
        good = read_part(2, 1, 53, iso_week_);
        break;
      case 'Z':
        good = read_zone_name();
        break;
      case 'T':
        good = number(2, 0, 23, &local_->hour) && accept(':') &&
               number(2, 0, 59, &local_->minute) && accept(':') &&
               number(2, 0, 59, &local_->second);
        break;
      case 'F':
        good = read_year() && accept('-') && number(2, 1, 12, &local_->month) && accept('-') &&
               number(2, 1, 31, &local_->day);
        break;
      default:
        return bad_letter(letter);
    }
    if (!good) return mismatch();
    return ok_status();
  }

  std::string_view text_;
  std::string_view zone_name_;
  CivilTime* local_;
  std::optional<int64_t> offset_;
  std::optional<uint32_t> day_of_year_;
  std::optional<uint32_t> iso_year_;
  std::optional<uint32_t> iso_week_;
  uint32_t weekday_ = 1;
  bool is_morning_ = false;
  bool is_afternoon_ = false;
};

}  // namespace

Result<std::string> format_time(Datetime instant, std::string_view pattern, const Zone& zone,
                                std::string_view zone_name) {
  const CivilTime local = zone.to_local(instant);
  std::string out;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '%') {
      out += pattern[i];
      continue;
    }
    if (++i == pattern.size()) return lone_percent();
    TRY(put_letter(out, pattern[i], {local, zone.offset_at(instant), zone_name}));
  }
  return out;
}

Result<Datetime> parse_time(std::string_view text, std::string_view pattern, const Zone& zone,
                            std::string_view zone_name) {
  CivilTime local;
  TimeReader reader(text, zone_name, &local);
  TRY(reader.read(pattern));
  if (!reader.offset()) return zone.from_local(local);
  const auto plain = from_civil(local);
  const auto instant =
      plain ? datetime_from_nanos(total_nanos(*plain) -
                                  static_cast<i128>(*reader.offset()) * kNanosPerSecond)
            : std::nullopt;
  if (!instant) return Error(ErrorCode::E0901, "datetime is out of range");
  return *instant;
}

}  // namespace zerodb::function
