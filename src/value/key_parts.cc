#include "value/key_parts.h"

#include <simdjson.h>

#include "base/limits.h"

namespace zerodb::key {

void complement(std::string& out, size_t from) {
  for (size_t i = from; i < out.size(); ++i) out[i] = static_cast<char>(~out[i]);
}

void append_text(std::string& out, std::string_view text) {
  size_t begin = 0;
  for (size_t zero = text.find('\0'); zero != std::string_view::npos;
       zero = text.find('\0', begin)) {
    out.append(text, begin, zero - begin);
    out.append("\x00\xFF", 2);
    begin = zero + 1;
  }
  out.append(text, begin, text.size() - begin);
  out.append("\x00\x01", 2);
}

void append_time(std::string& out, int64_t seconds, uint32_t nanos) {
  put_be(out, static_cast<uint64_t>(seconds) ^ kSignBit);
  put_be(out, nanos);
}

Status finish_key(std::string& out, size_t begin, KeyOrder order, bool is_none) {
  if (out.size() - begin > limits::kKeyBytesMax) {
    out.resize(begin);
    return Error(ErrorCode::E1104, "a key may not be longer than 8 KiB");
  }
  if (order == KeyOrder::Descending && !is_none) complement(out, begin);
  return ok_status();
}

Error malformed() {
  return Error(ErrorCode::E1205, "damaged key");
}

Result<std::string_view> take(std::string_view& in, size_t size) {
  if (in.size() < size) return malformed();
  const std::string_view taken = in.substr(0, size);
  in.remove_prefix(size);
  return taken;
}

Result<uint8_t> take_byte(std::string_view& in) {
  const std::string_view byte = TRY(take(in, 1));
  return static_cast<uint8_t>(byte[0]);
}

Result<std::string> take_text(std::string_view& in) {
  std::string text;
  while (true) {
    const size_t zero = in.find('\0');
    if (zero == std::string_view::npos || zero + 1 >= in.size()) return malformed();
    text.append(in, 0, zero);
    const auto mark = static_cast<uint8_t>(in[zero + 1]);
    in.remove_prefix(zero + 2);
    if (mark == 0x01) return text;
    if (mark != 0xFF) return malformed();
    text.push_back('\0');
  }
}

Result<std::string> take_utf8(std::string_view& in) {
  std::string text = TRY(take_text(in));
  if (!text.empty() && !simdjson::validate_utf8(text.data(), text.size())) return malformed();
  return text;
}

Result<Time> take_time(std::string_view& in) {
  const uint64_t seconds = TRY(take_be<uint64_t>(in));
  const uint32_t nanos = TRY(take_be<uint32_t>(in));
  if (nanos > 999'999'999) return malformed();
  return Time{static_cast<int64_t>(seconds ^ kSignBit), nanos};
}

Result<Value> take_uuid(std::string_view& in) {
  const std::string_view bytes = TRY(take(in, 16));
  return Value::uuid(get_le<Uuid>(bytes.data()));
}

}  // namespace zerodb::key
