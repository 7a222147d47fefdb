#include "function/zone_data.h"

#include <algorithm>

#include "base/bytes.h"
#include "value/temporal.h"

namespace zerodb::function {
namespace {

constexpr size_t kHeadBytes = 44;
constexpr int64_t kNearby = 36 * 3600;  // more than any offset
constexpr size_t kTransitionsMax = 100'000;

Error malformed() {
  return Error(ErrorCode::E0626, "the file of the zone cannot be read");
}

uint64_t big_endian(std::string_view bytes, size_t at, size_t width) {
  uint64_t value = 0;
  for (size_t i = 0; i < width; ++i) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

int64_t year_of(int64_t seconds) {
  const int64_t days =
      seconds >= 0 ? seconds / kSecondsPerDay : -((-seconds + kSecondsPerDay - 1) / kSecondsPerDay);
  return civil_from_days(days).year;
}

}  // namespace

// The parts of a TZif file one after the other.
class ZoneReader {
 public:
  explicit ZoneReader(std::string_view bytes) : bytes_(bytes) {}

  Result<ZoneData> read() {
    Head head = TRY(read_head());
    if (head.version >= '2') {
      // The block of 32-bit times stands before that of 64-bit times.
      at_ += body_bytes(head, 4);
      head = TRY(read_head());
      TRY(read_body(head, 8));
      TRY(read_footer());
    } else {
      TRY(read_body(head, 4));
    }
    return std::move(zone_);
  }

 private:
  struct Head {
    char version = 0;
    size_t utc_marks = 0;
    size_t standard_marks = 0;
    size_t leaps = 0;
    size_t times = 0;
    size_t types = 0;
    size_t letters = 0;
  };

  Result<Head> read_head() {
    if (at_ > bytes_.size() || bytes_.size() - at_ < kHeadBytes || bytes_.substr(at_, 4) != "TZif")
      return malformed();
    const auto count = [&](size_t index) {
      return static_cast<size_t>(big_endian(bytes_, at_ + 20 + 4 * index, 4));
    };
    Head head{.version = bytes_[at_ + 4],
              .utc_marks = count(0),
              .standard_marks = count(1),
              .leaps = count(2),
              .times = count(3),
              .types = count(4),
              .letters = count(5)};
    for (const size_t each :
         {head.utc_marks, head.standard_marks, head.leaps, head.times, head.types, head.letters}) {
      if (each > kTransitionsMax) return malformed();
    }
    at_ += kHeadBytes;
    return head;
  }

  static size_t body_bytes(const Head& head, size_t width) {
    return head.times * (width + 1) + head.types * 6 + head.letters + head.leaps * (width + 4) +
           head.standard_marks + head.utc_marks;
  }

  Status read_body(const Head& head, size_t width) {
    const size_t size = body_bytes(head, width);
    if (head.types == 0 || at_ > bytes_.size() || bytes_.size() - at_ < size) return malformed();
    const size_t kinds = at_ + head.times * width;
    const size_t types = kinds + head.times;
    const auto offset_of = [&](size_t type) {
      return static_cast<int32_t>(big_endian(bytes_, types + 6 * type, 4));
    };
    zone_.first_offset_ = offset_of(0);
    for (size_t i = 0; i < head.times; ++i) {
      const uint64_t bits = big_endian(bytes_, at_ + i * width, width);
      const int64_t time = width == 8 ? static_cast<int64_t>(bits)
                                      : static_cast<int32_t>(static_cast<uint32_t>(bits));
      const auto type = static_cast<unsigned char>(bytes_[kinds + i]);
      const bool is_in_order = i == 0 || zone_.transitions_.back().at < time;
      if (type >= head.types || !is_in_order) return malformed();
      zone_.transitions_.push_back({time, offset_of(type)});
    }
    at_ += size;
    return ok_status();
  }

  // The rule of the footer, as POSIX writes TZ.
  Status read_footer() {
    if (!take('\n')) return malformed();
    if (take('\n')) return ok_status();
    ZoneData::Rule rule;
    TRY(skip_name());
    rule.standard = -TRY(clock());
    if (peek() != '\n') {
      TRY(skip_name());
      rule.summer = peek() == ',' ? rule.standard + 3600 : -TRY(clock());
      if (!take(',')) return malformed();
      rule.start = TRY(date());
      if (!take(',')) return malformed();
      rule.end = TRY(date());
    }
    if (!take('\n')) return malformed();
    zone_.rule_ = rule;
    return ok_status();
  }

  char peek() const { return at_ < bytes_.size() ? bytes_[at_] : '\0'; }
  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }

  Status skip_name() {
    const size_t begin = at_;
    if (take('<')) {
      while (peek() != '>' && at_ < bytes_.size()) ++at_;
      return take('>') ? ok_status() : Status(malformed());
    }
    while ((peek() >= 'a' && peek() <= 'z') || (peek() >= 'A' && peek() <= 'Z')) ++at_;
    return at_ > begin ? ok_status() : Status(malformed());
  }

  Result<int32_t> number(int32_t max) {
    const size_t begin = at_;
    int32_t value = 0;
    for (; peek() >= '0' && peek() <= '9'; ++at_) {
      value = value * 10 + (peek() - '0');
      if (value > max) return malformed();
    }
    if (at_ == begin) return malformed();
    return value;
  }

  // `-3`, `+5:30`, `167:00:00`: in seconds.
  Result<int32_t> clock() {
    const bool is_negative = take('-');
    if (!is_negative) take('+');
    int32_t seconds = TRY(number(167))
    *3600;
    if (take(':')) seconds += TRY(number(59))
    *60;
    if (take(':')) seconds += TRY(number(59));
    return is_negative ? -seconds : seconds;
  }

  // `M3.5.0/2`, `J60`, `59`.
  Result<ZoneData::Date> date() {
    using Kind = ZoneData::Date::Kind;
    ZoneData::Date date;
    if (take('M')) {
      date.month = static_cast<uint32_t>(TRY(number(12)));
      if (!take('.')) return malformed();
      date.week = static_cast<uint32_t>(TRY(number(5)));
      if (!take('.')) return malformed();
      date.day = static_cast<uint32_t>(TRY(number(6)));
      if (date.month == 0 || date.week == 0) return malformed();
    } else {
      date.kind = take('J') ? Kind::Julian : Kind::ZeroBased;
      date.day = static_cast<uint32_t>(TRY(number(365)));
      if (date.kind == Kind::Julian && date.day == 0) return malformed();
    }
    date.seconds = take('/') ? TRY(clock()) : 2 * 3600;
    return date;
  }

  std::string_view bytes_;
  size_t at_ = 0;
  ZoneData zone_;
};

Result<ZoneData> ZoneData::parse(std::string_view bytes) {
  return ZoneReader(bytes).read();
}

// Seconds since 1970 by the clocks before the change.
int64_t ZoneData::Date::in_year(int64_t year) const {
  const int64_t first = days_from_civil(year, 1, 1);
  int64_t days = first + day;
  if (kind == Kind::Julian) {
    // The 29th of February is never counted.
    days = first + day - (is_leap_year(year) && day >= 60 ? 0 : 1);
  } else if (kind == Kind::Weekday) {
    const int64_t month_begin = days_from_civil(year, month, 1);
    const uint32_t first_weekday = iso_weekday(month_begin) % 7;
    uint32_t in_month = (day + 7 - first_weekday) % 7 + (week - 1) * 7;
    while (in_month >= days_in_month(year, month)) in_month -= 7;
    days = month_begin + in_month;
  }
  return days * kSecondsPerDay + seconds;
}

std::array<ZoneData::Transition, 2> ZoneData::Rule::of_year(int64_t year) const {
  const Transition to_summer{start.in_year(year) - standard, *summer};
  const Transition to_standard{end.in_year(year) - *summer, standard};
  if (to_summer.at < to_standard.at) return {to_summer, to_standard};
  return {to_standard, to_summer};
}

int32_t ZoneData::offset_by_rule(int64_t seconds) const {
  if (!rule_->summer) return rule_->standard;
  const int64_t year = year_of(seconds);
  int32_t offset = rule_->standard;
  for (int64_t each = year - 1; each <= year + 1; ++each) {
    for (const Transition& transition : rule_->of_year(each)) {
      if (transition.at <= seconds) offset = transition.offset;
    }
  }
  return offset;
}

int32_t ZoneData::offset_at(int64_t seconds) const {
  if (rule_ && (transitions_.empty() || seconds >= transitions_.back().at))
    return offset_by_rule(seconds);
  const auto after =
      std::upper_bound(transitions_.begin(), transitions_.end(), seconds,
                       [](int64_t time, const Transition& each) { return time < each.at; });
  return after == transitions_.begin() ? first_offset_ : std::prev(after)->offset;
}

ZoneData::Nearby ZoneData::near(int64_t seconds) const {
  const int64_t from = seconds - kNearby;
  const int64_t to = seconds + kNearby;
  Nearby nearby{offset_at(from), {}};
  auto next = std::upper_bound(transitions_.begin(), transitions_.end(), from,
                               [](int64_t time, const Transition& each) { return time < each.at; });
  for (; next != transitions_.end() && next->at <= to; ++next) nearby.transitions.push_back(*next);
  if (!rule_ || !rule_->summer) return nearby;
  const int64_t year = year_of(seconds);
  for (int64_t each = year - 1; each <= year + 1; ++each) {
    for (const Transition& transition : rule_->of_year(each)) {
      const bool is_ruled = transitions_.empty() || transition.at > transitions_.back().at;
      if (is_ruled && transition.at > from && transition.at <= to)
        nearby.transitions.push_back(transition);
    }
  }
  return nearby;
}

int32_t ZoneData::offset_of_local(int64_t local) const {
  const Nearby nearby = near(local);
  int32_t offset = nearby.before;
  for (const Transition& transition : nearby.transitions) {
    // The clocks show `local` before this change, or skip it here.
    if (local < transition.at + std::max(offset, transition.offset)) return offset;
    offset = transition.offset;
  }
  return offset;
}

}  // namespace zerodb::function
