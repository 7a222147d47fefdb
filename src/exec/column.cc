#include "exec/column.h"

#include <bit>
#include <cmath>

#include "base/bytes.h"
#include "value/decimal.h"
#include "value/key_codec.h"

namespace zerodb::exec {

namespace {

// The form of the values of a tag.
Physical physical_of_tag(Tag tag) {
  switch (tag) {
    case Tag::Bool:
      return Physical::Bool;
    case Tag::I8:
    case Tag::I16:
    case Tag::I32:
    case Tag::I64:
    case Tag::U8:
    case Tag::U16:
    case Tag::U32:
      return Physical::I64;
    case Tag::U64:
    case Tag::I128:
      return Physical::I128;
    case Tag::U128:
      return Physical::U128;
    case Tag::F32:
    case Tag::F64:
      return Physical::F64;
    case Tag::Decimal:
      return Physical::Decimal;
    case Tag::String:
    case Tag::Bytes:
    case Tag::Regex:
      return Physical::Text;
    case Tag::Datetime:
    case Tag::Duration:
      return Physical::Temporal;
    case Tag::Uuid:
      return Physical::Uuid;
    default:
      return Physical::Any;
  }
}

Status wrong_class(const Column& column) {
  return Error(ErrorCode::E0904, "a value is not of type `" + to_string(*column.type) + "`");
}

}  // namespace

Error arena_full() {
  return Error(ErrorCode::E1108, "the statement used up its memory");
}

void copy_cell(const Column& source, uint32_t from, const Column& target, uint32_t to) {
  const uint32_t size = width(source.slot.physical);
  std::memcpy(target.values + size_t{to} * size, source.values + size_t{from} * size, size);
  target.valid[to] = source.valid[from];
  if (target.tags != nullptr) target.tags[to] = source.tags[from];
  if (target.scales != nullptr) target.scales[to] = source.scales[from];
}

Status store_value(Arena& arena, const Column& column, uint32_t row, const Value& value) {
  const Physical want = column.slot.physical;
  if (!value.is_none() && want != Physical::Any && physical_of_tag(value.tag()) != want) {
    // An integer of another width may still fit the column.
    if (!is_integer(value.tag()) || (want != Physical::I128 && want != Physical::U128))
      return wrong_class(column);
  }
  return write_value(arena, column.slot, row, value) ? ok_status() : Status(arena_full());
}

Status write_element(Arena& arena, const Column& column, uint32_t row, std::string_view element) {
  if (element.empty()) {
    column.valid[row] = 0;
    if (column.tags != nullptr) column.tags[row] = 0;
    return ok_status();
  }
  const Tag tag = static_cast<Tag>(element[0]);
  const std::string_view payload = element.substr(1);
  if (!is_bytes_like(tag)) return store_value(arena, column, row, zval::read_payload(tag, payload));
  if (column.slot.physical != Physical::Any && physical_of_tag(tag) != column.slot.physical)
    return wrong_class(column);
  TextView view{};
  const auto* base = reinterpret_cast<const char*>(arena.base());
  const bool is_inside =
      payload.data() >= base && payload.data() + payload.size() <= base + arena.top();
  if (is_inside && payload.size() > kTextInlineMax) {
    view.size = static_cast<uint32_t>(payload.size());
    std::memcpy(view.prefix, payload.data(), sizeof(view.prefix));
    view.far.offset = static_cast<uint32_t>(payload.data() - base);
  } else if (!arena.store_text(payload, &view)) {
    return arena_full();
  }
  column.as<TextView>()[row] = view;
  column.valid[row] = 1;
  if (column.tags != nullptr) column.tags[row] = static_cast<uint8_t>(tag);
  if (column.scales != nullptr) column.scales[row] = 0;
  return ok_status();
}

Status append_group_key(const Arena& arena, const Column& column, uint32_t row, std::string& out) {
  if (!column.has(row)) {
    out.push_back('\0');
    return ok_status();
  }
  out.push_back('\1');
  switch (column.slot.physical) {
    case Physical::Bool:
      out.push_back(column.values[row] != 0 ? '\1' : '\0');
      break;
    case Physical::I64:
      out.append(column.values + size_t{row} * 8, 8);
      break;
    case Physical::F64: {
      double value = column.as<double>()[row] + 0.0;
      if (std::isnan(value)) value = std::bit_cast<double>(0x7ff8000000000000ull);
      put_le(out, value);
      break;
    }
    case Physical::Decimal: {
      const Decimal value = decimal::normalized({column.as<i128>()[row], column.scales[row]});
      put_le(out, value.coefficient);
      put_le(out, value.scale);
      break;
    }
    case Physical::Text: {
      const std::string_view text = arena.text(column.view(row));
      put_le(out, static_cast<uint32_t>(text.size()));
      out.append(text);
      break;
    }
    case Physical::Temporal:
      out.append(column.values + size_t{row} * 16, 12);
      break;
    case Physical::I128:
    case Physical::U128:
    case Physical::Uuid:
      out.append(column.values + size_t{row} * 16, 16);
      break;
    case Physical::Any:
      return append_key(out, read_value(arena, column.slot, row, *column.type));
  }
  return ok_status();
}

}  // namespace zerodb::exec
