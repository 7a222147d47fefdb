// Checks bytes from outside before the views of zval.h read them.
#include <algorithm>
#include <bit>
#include <vector>

#include <simdjson.h>

#include "base/bytes.h"
#include "value/number.h"
#include "value/zval.h"

namespace zerodb::zval {

namespace {

Error damaged(const char* what) {
  return Error(ErrorCode::E1205, std::string("damaged value: ") + what);
}

bool is_utf8(std::string_view text) {
  return text.empty() || simdjson::validate_utf8(text.data(), text.size());
}

uint32_t read_offset(const char* from, uint32_t width) {
  if (width == 1) return static_cast<uint8_t>(*from);
  if (width == 2) return get_le<uint16_t>(from);
  return get_le<uint32_t>(from);
}

// Floats are stored as Value holds them: no negative zero, one NaN.
template <typename Float, typename Bits>
bool is_normal_float(const char* data) {
  const Float stored = get_le<Float>(data);
  const double normal = Value::float64(static_cast<double>(stored)).as_float64();
  return std::bit_cast<Bits>(static_cast<Float>(normal)) == std::bit_cast<Bits>(stored);
}

// Each check takes the depth that the enclosing value has left and gives the depth of the checked
// part.
Result<uint32_t> check_body(Tag tag, std::string_view body, uint32_t room);

Result<uint32_t> check_scalar(Tag tag, std::string_view payload) {
  const char* data = payload.data();
  switch (tag) {
    case Tag::Bool:
      if (static_cast<uint8_t>(data[0]) > 1) return damaged("bool");
      break;
    case Tag::Decimal: {
      const i128 coefficient = get_le<i128>(data + 1);
      const auto limit = static_cast<i128>(power_of_ten(38));
      if (static_cast<uint8_t>(data[0]) > 38 || coefficient >= limit || coefficient <= -limit)
        return damaged("decimal");
      break;
    }
    case Tag::F32:
      if (!is_normal_float<float, uint32_t>(data)) return damaged("float");
      break;
    case Tag::F64:
      if (!is_normal_float<double, uint64_t>(data)) return damaged("float");
      break;
    case Tag::Datetime:
    case Tag::Duration:
      if (get_le<uint32_t>(data + 8) > 999'999'999) return damaged("nanoseconds");
      break;
    default:
      break;
  }
  return 0u;
}

Result<uint32_t> check_element(std::string_view element, uint32_t room) {
  if (element.empty()) return damaged("empty element");
  const auto tag = static_cast<Tag>(element[0]);
  if (tag > Tag::Object) return damaged("unknown tag");
  const std::string_view payload = element.substr(1);
  if (const auto size = payload_size(tag)) {
    if (payload.size() != *size) return damaged("size of a scalar");
    return check_scalar(tag, payload);
  }
  if (is_composite(tag)) return check_body(tag, payload, room);
  if (tag != Tag::Bytes && !is_utf8(payload)) return damaged("text is not UTF-8");
  return 0u;
}

Result<uint32_t> check_packed(Tag tag, std::string_view body) {
  if (tag != Tag::Array && tag != Tag::Vector) return damaged("packed form");
  if (body.size() < 8 || body[3] != 0) return damaged("packed header");
  const auto element = static_cast<Tag>(body[2]);
  if (element < Tag::I8 || element > Tag::F64) return damaged("packed tag");
  const uint64_t count = get_le<uint32_t>(body.data() + 4);
  const uint32_t size = *payload_size(element);
  if (8 + count * size != body.size()) return damaged("packed size");
  for (uint64_t i = 0; i < count && (element == Tag::F32 || element == Tag::F64); ++i) {
    TRY(check_scalar(element, body.substr(8 + i * size, size)));
  }
  return 1u;
}

// Count and width of the offset tables of a sequence or object.
struct Tables {
  uint32_t width = 0;
  uint32_t count = 0;
  uint64_t end = 0;  // where the tables end
};

Result<Tables> check_tables(std::string_view body, uint64_t tables) {
  if (body.size() < 3 || static_cast<uint8_t>(body[1]) > 2) return damaged("form");
  Tables result;
  result.width = 1u << body[1];
  if (body.size() < 2 + result.width) return damaged("count");
  result.count = read_offset(body.data() + 2, result.width);
  result.end = 2 + result.width + tables * result.count * result.width;
  if (result.end > body.size()) return damaged("offset table");
  return result;
}

Result<uint32_t> check_sequence(Tag tag, std::string_view body, uint32_t room) {
  if (body.size() >= 2 && body[1] == 3) return check_packed(tag, body);
  if (tag == Tag::Vector) return damaged("vector is not packed");
  const Tables tables = TRY(check_tables(body, 1));
  if (tag == Tag::HashMap && tables.count % 2 != 0) return damaged("map without a value");
  const std::string_view elements = body.substr(tables.end);
  uint32_t deepest = 0;
  uint32_t begin = 0;
  for (uint32_t i = 0; i < tables.count; ++i) {
    const uint32_t end =
        read_offset(body.data() + 2 + tables.width + uint64_t{i} * tables.width, tables.width);
    if (end < begin || end > elements.size()) return damaged("element offset");
    deepest = std::max(deepest, TRY(check_element(elements.substr(begin, end - begin), room - 1)));
    begin = end;
  }
  if (begin != elements.size()) return damaged("bytes after the last element");
  if (tag == Tag::HashSet || tag == Tag::HashMap) {
    const SequenceView view(Value::encoded(tag, body));
    const uint32_t step = tag == Tag::HashMap ? 2 : 1;
    for (uint32_t i = step; i < view.size(); i += step) {
      if (compare(view.at(i - step), view.at(i)) >= 0) return damaged("order of a set or map");
    }
  }
  return deepest + 1;
}

Result<uint32_t> check_object(std::string_view body, uint32_t room) {
  const Tables tables = TRY(check_tables(body, 3));
  const auto offset = [&](uint64_t table, uint32_t index) {
    return read_offset(
        body.data() + 2 + tables.width + (table * tables.count + index) * tables.width,
        tables.width);
  };
  const uint64_t key_bytes = tables.count == 0 ? 0 : offset(0, tables.count - 1);
  if (tables.end + key_bytes > body.size()) return damaged("keys");
  const std::string_view keys = body.substr(tables.end, key_bytes);
  const std::string_view elements = body.substr(tables.end + key_bytes);
  std::vector<std::string_view> names(tables.count);
  uint32_t deepest = 0;
  uint32_t key_begin = 0;
  uint32_t begin = 0;
  for (uint32_t i = 0; i < tables.count; ++i) {
    const uint32_t key_end = offset(0, i);
    const uint32_t end = offset(1, i);
    if (key_end < key_begin || key_end > keys.size()) return damaged("key offset");
    if (end < begin || end > elements.size()) return damaged("value offset");
    names[i] = keys.substr(key_begin, key_end - key_begin);
    if (!is_utf8(names[i])) return damaged("key is not UTF-8");
    deepest = std::max(deepest, TRY(check_element(elements.substr(begin, end - begin), room - 1)));
    key_begin = key_end;
    begin = end;
  }
  if (begin != elements.size()) return damaged("bytes after the last value");
  // Strictly ascending names through a table of as many positions: each position occurs once.
  for (uint32_t rank = 0; rank < tables.count; ++rank) {
    if (offset(2, rank) >= tables.count) return damaged("position of a key");
    if (rank > 0 && names[offset(2, rank - 1)] >= names[offset(2, rank)])
      return damaged("order of keys");
  }
  return deepest + 1;
}

Result<uint32_t> check_range(std::string_view body, uint32_t room) {
  if (body.size() < 6 || static_cast<uint8_t>(body[1]) > 1) return damaged("range");
  const uint32_t low_size = get_le<uint32_t>(body.data() + 2);
  if (low_size > body.size() - 6) return damaged("range");
  const uint32_t low = TRY(check_element(body.substr(6, low_size), room - 1));
  const uint32_t high = TRY(check_element(body.substr(6 + uint64_t{low_size}), room - 1));
  return std::max(low, high) + 1;
}

Result<uint32_t> check_body(Tag tag, std::string_view body, uint32_t room) {
  if (room == 0) return Error(ErrorCode::E1103, "a value may not be nested deeper than 128 levels");
  if (body.empty()) return damaged("empty body");
  uint32_t depth = 0;
  switch (tag) {
    case Tag::RecordId:
      if (body.size() < 10) return damaged("record id");
      depth = 1 + TRY(check_element(body.substr(9), room - 1));
      break;
    case Tag::Range:
      depth = TRY(check_range(body, room));
      break;
    case Tag::Result:
      if (body.size() < 3 || static_cast<uint8_t>(body[1]) > 1) return damaged("result");
      depth = 1 + TRY(check_element(body.substr(2), room - 1));
      break;
    case Tag::Object:
      depth = TRY(check_object(body, room));
      break;
    default:
      depth = TRY(check_sequence(tag, body, room));
      break;
  }
  if (static_cast<uint8_t>(body[0]) != depth) return damaged("depth");
  return depth;
}

}  // namespace

Status validate_element(std::string_view element) {
  if (element.size() > limits::kValueBytesMax)
    return Error(ErrorCode::E0611, "a value may not be larger than 64 MiB");
  TRY(check_element(element, limits::kValueDepthMax));
  return ok_status();
}

Status validate(Tag tag, std::string_view body) {
  if (body.size() > limits::kValueBytesMax)
    return Error(ErrorCode::E0611, "a value may not be larger than 64 MiB");
  if (tag > Tag::Object) return damaged("unknown tag");
  if (!is_composite(tag)) {
    if (!is_bytes_like(tag)) return damaged("scalar without a body");
    return tag == Tag::Bytes || is_utf8(body) ? ok_status() : Status(damaged("text is not UTF-8"));
  }
  TRY(check_body(tag, body, limits::kValueDepthMax));
  return ok_status();
}

}  // namespace zerodb::zval
