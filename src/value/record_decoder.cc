// Decoding of records into batch columns.
#include "base/bytes.h"
#include "value/batch.h"
#include "value/record_codec.h"

namespace zerodb {

namespace {

Error damaged_element(const char* what) {
  return Error(ErrorCode::E1205, std::string("damaged record: ") + what);
}
Error arena_full() {
  return Error(ErrorCode::E1108, "the batch does not fit the memory of the statement");
}

// An element of a record and the tag it has.
struct Part {
  Tag tag = Tag::None;
  std::string_view payload;
};

Part part_of_element(std::string_view element) {
  if (element.empty()) return {};
  return {static_cast<Tag>(element[0]), element.substr(1)};
}

// Follows the keys of a path down nested objects; None where one is missing.
Part walk(Part part, std::span<const std::string> path) {
  for (const std::string& key : path) {
    if (part.tag != Tag::Object) return {};
    const ObjectView view = ObjectView::borrow(part.payload);
    const auto position = view.position(key);
    if (!position) return {};
    part = part_of_element(view.element(*position));
  }
  return part;
}

Status write_part(Arena& arena, const ColumnSlot& column, uint32_t row, const Part& part) {
  if (!is_bytes_like(part.tag) || part.tag > Tag::Object) {
    const Value value = zval::read_payload(part.tag, part.payload);
    if (value.is_none() && part.tag != Tag::None) return damaged_element("value of a key");
    return write_value(arena, column, row, value) ? ok_status() : Status(arena_full());
  }
  TextView view;
  if (!arena.store_text(part.payload, &view)) return arena_full();
  *arena.at<uint8_t>(column.valid + row) = 1;
  if (column.tags != 0) *arena.at<uint8_t>(column.tags + row) = static_cast<uint8_t>(part.tag);
  if (column.scales != 0) *arena.at<uint8_t>(column.scales + row) = 0;
  std::memcpy(arena.at<char>(column.values + row * width(Physical::Text)), &view, sizeof(TextView));
  return ok_status();
}

}  // namespace

Status RecordDecoder::decode(std::span<const std::string_view> records, Arena& arena,
                             std::span<const ColumnSlot> columns) {
  ASSERT(columns.size() == requests_.size());
  views_.resize(records.size());
  is_one_layout_ = true;
  for (size_t i = 0; i < records.size(); ++i) {
    RecordView& view = views_[i];
    if (const char* defect = view.parse(layouts_, records[i])) return damaged_element(defect);
    is_one_layout_ = is_one_layout_ && view.layout_ == views_.front().layout_;
  }
  for (size_t i = 0; i < requests_.size(); ++i) TRY(decode_column(requests_[i], arena, columns[i]));
  return ok_status();
}

Status RecordDecoder::decode_column(const ColumnRequest& request, Arena& arena,
                                    const ColumnSlot& column) const {
  if (views_.empty()) return ok_status();
  if (is_one_layout_ && request.path.empty() && request.field && column.physical != Physical::Any) {
    const auto slot = views_.front().layout().slot_of(*request.field);
    const Tag wanted = tag_of(request.type);
    if (slot && views_.front().layout().form(*slot).tag == wanted)
      return decode_slot(*slot, wanted, arena, column);
  }
  for (uint32_t row = 0; row < views_.size(); ++row) TRY(decode_row(request, row, arena, column));
  return ok_status();
}

// Rows of one layout whose field has the column's own type: one load and one store a row.
Status RecordDecoder::decode_slot(uint32_t slot, Tag wanted, Arena& arena,
                                  const ColumnSlot& column) const {
  const uint32_t offset = views_.front().layout().form(slot).offset;
  auto* valid = arena.at<uint8_t>(column.valid);
  char* values = arena.at<char>(column.values);
  // Calls load(bytes of the field) for each row that has a value and stores what it gives.
  const auto fill = [&](auto load) {
    using Cell = decltype(load(static_cast<const char*>(nullptr)));
    for (size_t row = 0; row < views_.size(); ++row) {
      const RecordView& view = views_[row];
      valid[row] = view.presence(slot) == 2 ? 1 : 0;
      const Cell cell = load(view.fixed_ + offset);
      std::memcpy(values + row * sizeof(Cell), &cell, sizeof(Cell));
    }
    return ok_status();
  };
  switch (wanted) {
    case Tag::Bool:
      return fill([](const char* at) { return static_cast<uint8_t>(*at != 0 ? 1 : 0); });
    case Tag::I8:
      return fill([](const char* at) { return static_cast<int64_t>(get_le<int8_t>(at)); });
    case Tag::I16:
      return fill([](const char* at) { return static_cast<int64_t>(get_le<int16_t>(at)); });
    case Tag::I32:
      return fill([](const char* at) { return static_cast<int64_t>(get_le<int32_t>(at)); });
    case Tag::I64:
      return fill([](const char* at) { return get_le<int64_t>(at); });
    case Tag::U8:
      return fill([](const char* at) { return static_cast<int64_t>(get_le<uint8_t>(at)); });
    case Tag::U16:
      return fill([](const char* at) { return static_cast<int64_t>(get_le<uint16_t>(at)); });
    case Tag::U32:
      return fill([](const char* at) { return static_cast<int64_t>(get_le<uint32_t>(at)); });
    case Tag::U64:
      return fill([](const char* at) { return static_cast<i128>(get_le<uint64_t>(at)); });
    case Tag::I128:
    case Tag::U128:
      return fill([](const char* at) { return get_le<i128>(at); });
    case Tag::F32:
      return fill([](const char* at) { return static_cast<double>(get_le<float>(at)); });
    case Tag::F64:
      return fill([](const char* at) { return get_le<double>(at); });
    case Tag::Uuid:
      return fill([](const char* at) { return get_le<Uuid>(at); });
    case Tag::Datetime:
    case Tag::Duration:
      return fill([](const char* at) {
        return TemporalCell{get_le<int64_t>(at), get_le<uint32_t>(at + 8), 0};
      });
    case Tag::Decimal: {
      auto* scales = arena.at<uint8_t>(column.scales);
      for (size_t row = 0; row < views_.size(); ++row) {
        scales[row] = get_le<uint8_t>(views_[row].fixed_ + offset);
        if (scales[row] > 38) return damaged_element("scale of a decimal");
      }
      return fill([](const char* at) { return get_le<i128>(at + 1); });
    }
    default:
      break;
  }
  return decode_text(slot, wanted, arena, column);
}

Status RecordDecoder::decode_text(uint32_t slot, Tag tag, Arena& arena,
                                  const ColumnSlot& column) const {
  const uint32_t offset = views_.front().layout().form(slot).offset;
  auto* valid = arena.at<uint8_t>(column.valid);
  auto* values = arena.at<TextView>(column.values);
  for (size_t row = 0; row < views_.size(); ++row) {
    const RecordView& view = views_[row];
    valid[row] = view.presence(slot) == 2 ? 1 : 0;
    if (valid[row] == 0) continue;
    const uint64_t begin = get_le<uint32_t>(view.fixed_ + offset);
    const uint64_t size = get_le<uint32_t>(view.fixed_ + offset + 4);
    if (begin + size > view.variable_.size()) return damaged_element("extent of a field");
    if (!arena.store_text(view.variable_.substr(begin, size), &values[row])) return arena_full();
  }
  if (column.tags != 0)
    std::memset(arena.at<char>(column.tags), static_cast<int>(tag), views_.size());
  return ok_status();
}

Status RecordDecoder::decode_row(const ColumnRequest& request, uint32_t row, Arena& arena,
                                 const ColumnSlot& column) const {
  const RecordView& view = views_[row];
  std::span<const std::string> path = request.path;
  std::optional<uint32_t> slot;
  if (request.field) {
    slot = view.layout().slot_of(*request.field);
  } else if (!path.empty()) {
    slot = view.layout().slot_of(path.front());
    if (slot) path = path.subspan(1);
  }
  Part part;
  if (slot) {
    if (view.presence(*slot) == 2) {
      const auto bytes = view.raw(*slot);
      if (!bytes) return damaged_element("extent of a field");
      const Tag tag = view.layout().form(*slot).tag;
      part = tag == Tag::None ? part_of_element(*bytes) : Part{tag, *bytes};
    }
  } else if (!request.field) {
    part = Part{Tag::Object,
                view.extras_.empty() ? std::string_view("\x01\x00\x00", 3) : view.extras_};
  }
  part = walk(part, path);
  if (column.physical != Physical::Any && part.tag != Tag::None &&
      part.tag != tag_of(request.type)) {
    return damaged_element("class of a value");
  }
  return write_part(arena, column, row, part);
}

}  // namespace zerodb
