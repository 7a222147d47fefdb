#include "value/value.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <new>

#include "base/assert.h"
#include "value/zval.h"

namespace zerodb {

Buffer* Buffer::allocate(size_t size) {
  void* memory = ::operator new(sizeof(Buffer) + size);
  return new (memory) Buffer();
}

void Buffer::release() {
  if (count_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    this->~Buffer();
    ::operator delete(this);
  }
}

Value::Value(Tag tag, std::string_view body)
    : tag_(tag), size_(static_cast<uint32_t>(body.size())) {
  ASSERT(body.size() <= std::numeric_limits<uint32_t>::max());
  if (body.size() <= kInlineBytesMax) {
    if (!body.empty()) std::memcpy(payload_.inline_bytes, body.data(), body.size());
    return;
  }
  owner_ = Buffer::allocate(body.size());
  std::memcpy(owner_->data(), body.data(), body.size());
  payload_.data = owner_->data();
}

Value Value::boolean(bool value) {
  Value result;
  result.tag_ = Tag::Bool;
  result.payload_.boolean = value;
  return result;
}

Value Value::uint128(u128 value) {
  Value result;
  result.tag_ = Tag::U128;
  result.payload_.integer = static_cast<i128>(value);
  return result;
}

Value Value::float64(double value) {
  Value result;
  result.tag_ = Tag::F64;
  // Adding zero turns -0.0 into 0.0.
  result.payload_.float64 =
      std::isnan(value) ? std::numeric_limits<double>::quiet_NaN() : value + 0.0;
  return result;
}

Value Value::float32(float value) {
  Value result = float64(static_cast<double>(value));
  result.tag_ = Tag::F32;
  return result;
}

Value Value::decimal(Decimal value) {
  Value result;
  result.tag_ = Tag::Decimal;
  result.scale_ = value.scale;
  result.payload_.integer = value.coefficient;
  return result;
}

Value Value::string(std::string_view text) {
  return Value(Tag::String, text);
}
Value Value::bytes(std::string_view bytes) {
  return Value(Tag::Bytes, bytes);
}
Value Value::regex(std::string_view pattern) {
  return Value(Tag::Regex, pattern);
}

Value Value::datetime(Datetime value) {
  Value result;
  result.tag_ = Tag::Datetime;
  result.payload_.datetime = value;
  return result;
}

Value Value::duration(Duration value) {
  Value result;
  result.tag_ = Tag::Duration;
  result.payload_.duration = value;
  return result;
}

Value Value::uuid(const Uuid& value) {
  Value result;
  result.tag_ = Tag::Uuid;
  result.payload_.uuid = value;
  return result;
}

Value Value::enumeration(EnumValue value) {
  Value result;
  result.tag_ = Tag::Enum;
  result.payload_.enumeration = value;
  return result;
}

Value Value::record_id(TableId table, const Value& key) {
  std::string body;
  zval::append_record_id(body, table, key);
  return Value(Tag::RecordId, body);
}

Value Value::encoded(Tag tag, std::string_view body) {
  return Value(tag, body);
}

Value Value::adopt(Tag tag, Buffer* buffer, uint32_t size) {
  if (size <= kInlineBytesMax) {
    Value result(tag, std::string_view(buffer->data(), size));
    buffer->release();
    return result;
  }
  Value result;
  result.tag_ = tag;
  result.size_ = size;
  result.owner_ = buffer;
  result.payload_.data = buffer->data();
  return result;
}

Value Value::part(Tag tag, std::string_view run) const {
  if (owner_ == nullptr || run.size() <= kInlineBytesMax) return Value(tag, run);
  Value result;
  result.tag_ = tag;
  result.size_ = static_cast<uint32_t>(run.size());
  result.owner_ = owner_;
  result.payload_.data = run.data();
  owner_->retain();
  return result;
}

}  // namespace zerodb
