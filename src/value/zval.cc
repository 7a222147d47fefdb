#include "value/zval.h"

#include <algorithm>
#include <cstring>

#include "base/bytes.h"

namespace zerodb {

namespace {

constexpr uint32_t kPackedHeader = 8;

uint32_t read_offset(const char* from, uint32_t width) {
  if (width == 1) return static_cast<uint8_t>(*from);
  if (width == 2) return get_le<uint16_t>(from);
  return get_le<uint32_t>(from);
}

// Width of counts and offsets in bytes; 0 for a packed or malformed body.
uint32_t offset_width(std::string_view body) {
  if (body.size() < 3) return 0;
  const auto form = static_cast<uint8_t>(body[1]);
  return form < kPackedForm ? 1u << form : 0;
}

bool is_packed(std::string_view body) {
  return body.size() >= kPackedHeader && body[1] == kPackedForm;
}

// Count of entries if `tables` arrays of one offset an entry fit behind it, else 0.
uint32_t checked_count(std::string_view body, uint32_t width, uint64_t tables) {
  if (width == 0 || body.size() < 2 + width) return 0;
  const uint32_t count = read_offset(body.data() + 2, width);
  return 2 + width + tables * count * width <= body.size() ? count : 0;
}

std::string_view run(std::string_view body, uint64_t begin, uint64_t end) {
  if (begin > end || end > body.size()) return {};
  return body.substr(begin, end - begin);
}

}  // namespace

SequenceView::SequenceView(Value value) : value_(std::move(value)) {
  const std::string_view body = value_.as_bytes();
  if (!is_packed(body)) {
    count_ = checked_count(body, offset_width(body), 1);
    return;
  }
  const auto size = zval::payload_size(static_cast<Tag>(body[2]));
  if (!size || *size == 0) return;
  count_ = std::min(get_le<uint32_t>(body.data() + 4),
                    static_cast<uint32_t>((body.size() - kPackedHeader) / *size));
}

Value SequenceView::at(uint32_t index) const {
  if (index >= count_) return Value::none();
  const std::string_view body = value_.as_bytes();
  if (is_packed(body)) {
    const Tag tag = static_cast<Tag>(body[2]);
    const uint32_t size = *zval::payload_size(tag);
    return zval::read_payload(tag, body.substr(kPackedHeader + uint64_t{index} * size, size));
  }
  const uint32_t width = offset_width(body);
  const char* ends = body.data() + 2 + width;
  const uint64_t first = 2 + width + uint64_t{count_} * width;
  const uint64_t begin = index == 0 ? 0 : read_offset(ends + (index - 1) * width, width);
  const uint64_t end = read_offset(ends + index * width, width);
  return zval::read_element(run(body, first + begin, first + end), &value_);
}

std::optional<Tag> SequenceView::packed_tag() const {
  const std::string_view body = value_.as_bytes();
  if (!is_packed(body)) return std::nullopt;
  return static_cast<Tag>(body[2]);
}

std::string_view SequenceView::packed_data() const {
  const std::string_view body = value_.as_bytes();
  if (!is_packed(body) || count_ == 0) return {};
  return body.substr(kPackedHeader,
                     uint64_t{count_} * *zval::payload_size(static_cast<Tag>(body[2])));
}

std::optional<Value> HashMapView::find(const Value& wanted) const {
  uint32_t low = 0;
  uint32_t high = size();
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    const int order = compare(key(middle), wanted);
    if (order == 0) return value(middle);
    if (order < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return std::nullopt;
}

bool hash_set_contains(const SequenceView& set, const Value& element) {
  uint32_t low = 0;
  uint32_t high = set.size();
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    const int order = compare(set.at(middle), element);
    if (order == 0) return true;
    if (order < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return false;
}

ObjectView::ObjectView(Value value) : value_(std::move(value)) {
  read_header();
}

ObjectView ObjectView::borrow(std::string_view body) {
  ObjectView view;
  view.borrowed_ = body;
  view.read_header();
  return view;
}

void ObjectView::read_header() {
  width_ = offset_width(body());
  count_ = checked_count(body(), width_, 3);
}

// Entry of one of the three tables: ends of keys, ends of values, positions in the order of keys.
uint32_t ObjectView::offset_at(uint32_t table, uint32_t index) const {
  return read_offset(body().data() + 2 + width_ + (uint64_t{table} * count_ + index) * width_,
                     width_);
}

std::string_view ObjectView::key(uint32_t index) const {
  if (index >= count_) return {};
  const uint64_t first = 2 + width_ + uint64_t{3} * count_ * width_;
  const uint64_t begin = index == 0 ? 0 : offset_at(0, index - 1);
  return run(body(), first + begin, first + offset_at(0, index));
}

std::string_view ObjectView::element(uint32_t index) const {
  if (index >= count_) return {};
  const uint64_t first = 2 + width_ + uint64_t{3} * count_ * width_ + offset_at(0, count_ - 1);
  const uint64_t begin = index == 0 ? 0 : offset_at(1, index - 1);
  return run(body(), first + begin, first + offset_at(1, index));
}

Value ObjectView::value(uint32_t index) const {
  return zval::read_element(element(index), value_.is_none() ? nullptr : &value_);
}

uint32_t ObjectView::sorted(uint32_t rank) const {
  return rank < count_ ? offset_at(2, rank) : count_;
}

std::optional<uint32_t> ObjectView::position(std::string_view name) const {
  uint32_t low = 0;
  uint32_t high = count_;
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    const uint32_t index = offset_at(2, middle);
    const int order = key(index).compare(name);
    if (order == 0) return index < count_ ? std::optional(index) : std::nullopt;
    if (order < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return std::nullopt;
}

std::optional<Value> ObjectView::find(std::string_view name) const {
  const auto index = position(name);
  if (!index) return std::nullopt;
  return value(*index);
}

TableId RecordIdView::table() const {
  const std::string_view body = value_.as_bytes();
  return body.size() < 9 ? TableId() : TableId(get_le<uint64_t>(body.data() + 1));
}

Value RecordIdView::key() const {
  const std::string_view body = value_.as_bytes();
  return body.size() < 10 ? Value::none() : zval::read_element(body.substr(9), &value_);
}

Value RangeView::low() const {
  const std::string_view body = value_.as_bytes();
  if (body.size() < 6) return Value::none();
  return zval::read_element(run(body, 6, uint64_t{6} + get_le<uint32_t>(body.data() + 2)), &value_);
}

Value RangeView::high() const {
  const std::string_view body = value_.as_bytes();
  if (body.size() < 6) return Value::none();
  return zval::read_element(run(body, uint64_t{6} + get_le<uint32_t>(body.data() + 2), body.size()),
                            &value_);
}

bool RangeView::is_inclusive() const {
  const std::string_view body = value_.as_bytes();
  return body.size() >= 2 && (body[1] & 1) != 0;
}

bool ResultView::is_ok() const {
  const std::string_view body = value_.as_bytes();
  return body.size() >= 2 && body[1] == 1;
}

Value ResultView::value() const {
  const std::string_view body = value_.as_bytes();
  return body.size() < 3 ? Value::none() : zval::read_element(body.substr(2), &value_);
}

namespace zval {

namespace {

template <typename T>
char* write(char* out, const T& plain) {
  std::memcpy(out, &plain, sizeof(T));
  return out + sizeof(T);
}

}  // namespace

char* write_payload(char* out, const Value& value) {
  switch (value.tag()) {
    case Tag::None:
      return out;
    case Tag::Bool:
      return write(out, static_cast<uint8_t>(value.as_bool() ? 1 : 0));
    case Tag::I64:
    case Tag::U64:
      return write(out, value.as_int64());
    case Tag::I8:
    case Tag::I16:
    case Tag::I32:
    case Tag::I128:
    case Tag::U8:
    case Tag::U16:
    case Tag::U32:
    case Tag::U128: {
      const i128 integer = value.as_int128();
      const uint32_t size = *payload_size(value.tag());
      std::memcpy(out, &integer, size);
      return out + size;
    }
    case Tag::F32:
      return write(out, static_cast<float>(value.as_float64()));
    case Tag::F64:
      return write(out, value.as_float64());
    case Tag::Decimal:
      return write(write(out, value.as_decimal().scale), value.as_decimal().coefficient);
    case Tag::Datetime:
      return write(write(out, value.as_datetime().seconds), value.as_datetime().nanos);
    case Tag::Duration:
      return write(write(out, value.as_duration().seconds), value.as_duration().nanos);
    case Tag::Uuid:
      return write(out, value.as_uuid());
    case Tag::Enum:
      return write(write(out, value.as_enum().type.value()), value.as_enum().variant);
    default: {
      const std::string_view body = value.as_bytes();
      if (!body.empty()) std::memcpy(out, body.data(), body.size());
      return out + body.size();
    }
  }
}

void append_payload(std::string& out, const Value& value) {
  const size_t begin = out.size();
  out.resize(begin + payload_size(value));
  write_payload(out.data() + begin, value);
}

void append_element(std::string& out, const Value& value) {
  out.push_back(static_cast<char>(value.tag()));
  append_payload(out, value);
}

Value read_payload(Tag tag, std::string_view payload, const Value* owner) {
  if (tag > Tag::Object) return Value::none();
  const auto size = payload_size(tag);
  if (!size) {
    if (is_composite(tag)) {
      if (payload.empty()) return Value::none();
      if (owner != nullptr && static_cast<uint8_t>(payload[0]) >= depth(*owner))
        return Value::none();
    }
    return owner != nullptr ? owner->part(tag, payload) : Value::encoded(tag, payload);
  }
  if (*size != payload.size()) return Value::none();
  const char* data = payload.data();
  switch (tag) {
    case Tag::Bool:
      return Value::boolean(data[0] != 0);
    case Tag::I8:
      return Value::integer(tag, get_le<int8_t>(data));
    case Tag::I16:
      return Value::integer(tag, get_le<int16_t>(data));
    case Tag::I32:
      return Value::integer(tag, get_le<int32_t>(data));
    case Tag::I64:
      return Value::integer(tag, get_le<int64_t>(data));
    case Tag::I128:
      return Value::integer(tag, get_le<i128>(data));
    case Tag::U8:
      return Value::integer(tag, get_le<uint8_t>(data));
    case Tag::U16:
      return Value::integer(tag, get_le<uint16_t>(data));
    case Tag::U32:
      return Value::integer(tag, get_le<uint32_t>(data));
    case Tag::U64:
      return Value::integer(tag, get_le<uint64_t>(data));
    case Tag::U128:
      return Value::uint128(get_le<u128>(data));
    case Tag::F32:
      return Value::float32(get_le<float>(data));
    case Tag::F64:
      return Value::float64(get_le<double>(data));
    case Tag::Decimal: {
      const auto scale = static_cast<uint8_t>(data[0]);
      return scale > 38 ? Value::none() : Value::decimal({get_le<i128>(data + 1), scale});
    }
    case Tag::Datetime:
      return Value::datetime({get_le<int64_t>(data), get_le<uint32_t>(data + 8)});
    case Tag::Duration:
      return Value::duration({get_le<int64_t>(data), get_le<uint32_t>(data + 8)});
    case Tag::Uuid:
      return Value::uuid(get_le<Uuid>(data));
    case Tag::Enum:
      return Value::enumeration({EnumId(get_le<uint32_t>(data)), get_le<uint32_t>(data + 4)});
    default:
      return Value::none();
  }
}

Value read_element(std::string_view element, const Value* owner) {
  if (element.empty()) return Value::none();
  return read_payload(static_cast<Tag>(element[0]), element.substr(1), owner);
}

void append_record_id(std::string& out, TableId table, const Value& key) {
  out.push_back(static_cast<char>(depth(key) + 1));
  put_le(out, table.value());
  append_element(out, key);
}

uint32_t depth(const Value& value) {
  if (!is_composite(value.tag())) return 0;
  const std::string_view body = value.as_bytes();
  return body.empty() ? 1 : static_cast<uint8_t>(body[0]);
}

}  // namespace zval
}  // namespace zerodb
