#include "value/batch.h"

#include "value/zval.h"

namespace zerodb {

Physical physical_of(const Type& type) {
  switch (type.kind()) {
    case TypeKind::Bool:
      return Physical::Bool;
    case TypeKind::I8:
    case TypeKind::I16:
    case TypeKind::I32:
    case TypeKind::I64:
    case TypeKind::U8:
    case TypeKind::U16:
    case TypeKind::U32:
      return Physical::I64;
    case TypeKind::U64:
    case TypeKind::I128:
      return Physical::I128;
    case TypeKind::U128:
      return Physical::U128;
    case TypeKind::F32:
    case TypeKind::F64:
      return Physical::F64;
    case TypeKind::Decimal:
      return Physical::Decimal;
    case TypeKind::String:
    case TypeKind::Literal:
    case TypeKind::Bytes:
    case TypeKind::Regex:
      return Physical::Text;
    case TypeKind::Datetime:
    case TypeKind::Duration:
      return Physical::Temporal;
    case TypeKind::Uuid:
      return Physical::Uuid;
    default:
      return Physical::Any;
  }
}

Tag tag_of(const Type& type) {
  switch (type.kind()) {
    case TypeKind::Bool:
      return Tag::Bool;
    case TypeKind::I8:
      return Tag::I8;
    case TypeKind::I16:
      return Tag::I16;
    case TypeKind::I32:
      return Tag::I32;
    case TypeKind::I64:
      return Tag::I64;
    case TypeKind::I128:
      return Tag::I128;
    case TypeKind::U8:
      return Tag::U8;
    case TypeKind::U16:
      return Tag::U16;
    case TypeKind::U32:
      return Tag::U32;
    case TypeKind::U64:
      return Tag::U64;
    case TypeKind::U128:
      return Tag::U128;
    case TypeKind::F32:
      return Tag::F32;
    case TypeKind::F64:
      return Tag::F64;
    case TypeKind::Decimal:
      return Tag::Decimal;
    case TypeKind::String:
    case TypeKind::Literal:
      return Tag::String;
    case TypeKind::Bytes:
      return Tag::Bytes;
    case TypeKind::Datetime:
      return Tag::Datetime;
    case TypeKind::Duration:
      return Tag::Duration;
    case TypeKind::Uuid:
      return Tag::Uuid;
    case TypeKind::Regex:
      return Tag::Regex;
    case TypeKind::RecordId:
      return Tag::RecordId;
    case TypeKind::Enum:
      return Tag::Enum;
    case TypeKind::Range:
      return Tag::Range;
    case TypeKind::Tuple:
      return Tag::Tuple;
    case TypeKind::Array:
      return Tag::Array;
    case TypeKind::Vector:
      return Tag::Vector;
    case TypeKind::HashSet:
      return Tag::HashSet;
    case TypeKind::HashMap:
      return Tag::HashMap;
    case TypeKind::Result:
      return Tag::Result;
    case TypeKind::Object:
    case TypeKind::Shape:
      return Tag::Object;
    case TypeKind::None:
    case TypeKind::Any:
    case TypeKind::Stream:
    case TypeKind::Union:
      return Tag::None;
  }
  return Tag::None;
}

bool Arena::store_text(std::string_view text, TextView* out) {
  TextView view{};
  view.size = static_cast<uint32_t>(text.size());
  if (text.size() <= kTextInlineMax) {
    if (!text.empty())
      std::memcpy(reinterpret_cast<char*>(&view) + offsetof(TextView, prefix), text.data(),
                  text.size());
  } else {
    const uint32_t offset = allocate(view.size);
    if (offset == 0) return false;
    std::memcpy(base_ + offset, text.data(), text.size());
    std::memcpy(view.prefix, text.data(), sizeof(view.prefix));
    view.far.offset = offset;
  }
  *out = view;
  return true;
}

ColumnSlot allocate_column(Arena& arena, Physical physical, uint32_t rows) {
  ColumnSlot slot;
  slot.physical = physical;
  const uint32_t values = arena.allocate(rows * width(physical));
  slot.valid = arena.allocate(rows);
  if (physical == Physical::Any) slot.tags = arena.allocate(rows);
  if (physical == Physical::Any || physical == Physical::Decimal)
    slot.scales = arena.allocate(rows);
  const bool has_tags = physical != Physical::Any || slot.tags != 0;
  const bool has_scales =
      (physical != Physical::Any && physical != Physical::Decimal) || slot.scales != 0;
  if (values == 0 || slot.valid == 0 || !has_tags || !has_scales)
    return ColumnSlot{.physical = physical};
  slot.values = values;
  return slot;
}

namespace {

template <typename T>
T load(const char* cell) {
  T value;
  std::memcpy(&value, cell, sizeof(T));
  return value;
}

template <typename T>
void store(char* cell, const T& value) {
  std::memcpy(cell, &value, sizeof(T));
}

Value read_cell(const Arena& arena, const char* cell, Tag tag, uint8_t scale) {
  switch (tag) {
    case Tag::None:
      return Value::none();
    case Tag::Bool:
      return Value::boolean(cell[0] != 0);
    case Tag::I8:
    case Tag::I16:
    case Tag::I32:
    case Tag::I64:
    case Tag::U8:
    case Tag::U16:
    case Tag::U32:
      return Value::integer(tag, load<int64_t>(cell));
    case Tag::U64:
    case Tag::I128:
      return Value::integer(tag, load<i128>(cell));
    case Tag::U128:
      return Value::uint128(load<u128>(cell));
    case Tag::F32:
      return Value::float32(static_cast<float>(load<double>(cell)));
    case Tag::F64:
      return Value::float64(load<double>(cell));
    case Tag::Decimal:
      return Value::decimal({load<i128>(cell), scale});
    case Tag::Datetime: {
      const auto temporal = load<TemporalCell>(cell);
      return Value::datetime({temporal.seconds, temporal.nanos});
    }
    case Tag::Duration: {
      const auto temporal = load<TemporalCell>(cell);
      return Value::duration({temporal.seconds, temporal.nanos});
    }
    case Tag::Uuid:
      return Value::uuid(load<Uuid>(cell));
    case Tag::Enum:
      return Value::enumeration({EnumId(load<uint32_t>(cell)), load<uint32_t>(cell + 4)});
    default: {
      const auto view = load<TextView>(cell);
      return Value::encoded(tag, arena.text(view));
    }
  }
}

// `wide` cells have 16 bytes, so integers fill them whatever their width.
bool write_cell(Arena& arena, char* cell, bool wide, const Value& value) {
  switch (value.tag()) {
    case Tag::None:
      return true;
    case Tag::Bool:
      cell[0] = value.as_bool() ? 1 : 0;
      return true;
    case Tag::I8:
    case Tag::I16:
    case Tag::I32:
    case Tag::I64:
    case Tag::U8:
    case Tag::U16:
    case Tag::U32:
    case Tag::U64:
    case Tag::I128:
    case Tag::U128:
      if (wide) {
        store(cell, value.as_int128());
      } else {
        store(cell, value.as_int64());
      }
      return true;
    case Tag::F32:
    case Tag::F64:
      store(cell, value.as_float64());
      return true;
    case Tag::Decimal:
      store(cell, value.as_decimal().coefficient);
      return true;
    case Tag::Datetime:
      store(cell, TemporalCell{value.as_datetime().seconds, value.as_datetime().nanos, 0});
      return true;
    case Tag::Duration:
      store(cell, TemporalCell{value.as_duration().seconds, value.as_duration().nanos, 0});
      return true;
    case Tag::Uuid:
      store(cell, value.as_uuid());
      return true;
    case Tag::Enum:
      store(cell, value.as_enum().type.value());
      store(cell + 4, value.as_enum().variant);
      return true;
    default: {
      TextView view;
      if (!arena.store_text(value.as_bytes(), &view)) return false;
      store(cell, view);
      return true;
    }
  }
}

}  // namespace

Value read_value(const Arena& arena, const ColumnSlot& slot, uint32_t row, const Type& type) {
  if (*arena.at<uint8_t>(slot.valid + row) == 0) return Value::none();
  const Tag tag = slot.physical == Physical::Any
                      ? static_cast<Tag>(*arena.at<uint8_t>(slot.tags + row))
                      : tag_of(type);
  const uint8_t scale = slot.scales != 0 ? *arena.at<uint8_t>(slot.scales + row) : uint8_t{0};
  return read_cell(arena, arena.at<char>(slot.values + row * width(slot.physical)), tag, scale);
}

bool write_value(Arena& arena, const ColumnSlot& slot, uint32_t row, const Value& value) {
  *arena.at<uint8_t>(slot.valid + row) = value.is_none() ? 0 : 1;
  if (slot.tags != 0) *arena.at<uint8_t>(slot.tags + row) = static_cast<uint8_t>(value.tag());
  if (slot.scales != 0)
    *arena.at<uint8_t>(slot.scales + row) =
        value.tag() == Tag::Decimal ? value.as_decimal().scale : uint8_t{0};
  return write_cell(arena, arena.at<char>(slot.values + row * width(slot.physical)),
                    width(slot.physical) == 16, value);
}

}  // namespace zerodb
