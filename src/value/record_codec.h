// Stored records: declared fields at fixed places, undeclared keys in a zval object behind them.
//
//   format u8 = 1, flags u8, layout version u32, bytes of the variable part u32
//   presence    2 bits a field: 0 absent, 1 none is stored, 2 a value
//   fixed       each field at its own offset: the payload of a scalar, or {offset u32, size u32}
//   into the variable part variable    payloads of strings and composites; whole elements where the
//   type leaves the class open (any, unions) extras      if flags & 1: size u32, body of an object
//   with the undeclared keys order       if flags & 2: the keys as they were written, one number
//   each (a slot, or the count of slots plus a position in
//               extras) of 1, 2 or 4 bytes as their count asks; without it declared fields come
//               first, in order
// The version names the layout under which a record was written, so a field can be added to a table
// without a rewrite of its records. Invariants: damaged bytes give E1205 or wrong values, never a
// read outside the record. Threading: layouts are immutable and shared; writers and decoders belong
// to one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "value/batch.h"
#include "value/type.h"
#include "value/value.h"
#include "value/zval.h"
#include "value/zval_builder.h"

namespace zerodb {

// How the value of one field is stored.
struct SlotForm {
  Tag tag = Tag::None;       // None: an element with its own tag
  bool is_variable = false;  // {offset, size} in the fixed part
  uint32_t offset = 0;       // in the fixed part
};

class RecordLayout {
 public:
  struct Field {
    FieldId id;
    std::string name;
    Type type;
    bool is_dropped = false;  // what records hold of it is not to be seen any more
  };

  RecordLayout(uint32_t version, std::vector<Field> fields);

  uint32_t version() const { return version_; }
  uint32_t size() const { return static_cast<uint32_t>(fields_.size()); }
  const Field& field(uint32_t slot) const { return fields_[slot]; }
  const SlotForm& form(uint32_t slot) const { return forms_[slot]; }
  uint32_t presence_bytes() const { return (size() + 3) / 4; }
  uint32_t fixed_bytes() const { return fixed_bytes_; }
  std::optional<uint32_t> slot_of(FieldId id) const;
  // Nothing for one that was dropped.
  std::optional<uint32_t> slot_of(std::string_view name) const;

 private:
  uint32_t version_;
  std::vector<Field> fields_;
  std::vector<SlotForm> forms_;
  std::vector<uint32_t> by_name_;  // slots of fields that were not dropped, in the order of names
  uint32_t fixed_bytes_ = 0;
};

// The layouts of one table, oldest first; the last one is used for writing.
class RecordLayouts {
 public:
  void add(std::shared_ptr<const RecordLayout> layout) { layouts_.push_back(std::move(layout)); }
  const RecordLayout* find(uint32_t version) const;
  const RecordLayout& current() const { return *layouts_.back(); }

 private:
  std::vector<std::shared_ptr<const RecordLayout>> layouts_;
};

class RecordWriter {
 public:
  explicit RecordWriter(const RecordLayout& layout) : layout_(layout), values_(layout.size()) {}

  // E0306 if the class of the value is not the field's. None is stored as such; a field that is not
  // set is absent.
  Status set(uint32_t slot, const Value& value);
  void set_extra(std::string_view name, const Value& value);
  // Every key of an object but `id`, declared or not.
  Status set_object(const Value& object);
  // E1105 above limits::kRecordBytesMax; E1103 if the record as an object would be nested too
  // deeply.
  Result<std::string> finish() const;
  // Forgets all that was set, for the next record.
  void clear();

 private:
  bool is_natural_order() const;
  Result<uint32_t> variable_bytes() const;
  void write_fields(char* out) const;

  const RecordLayout& layout_;
  std::vector<std::optional<Value>> values_;
  ObjectBuilder extras_;
  std::vector<uint32_t> order_;  // as stored
};

// One record, read in place; the bytes and the layouts must outlive it.
class RecordView {
 public:
  static Result<RecordView> open(const RecordLayouts& layouts, std::string_view bytes);

  const RecordLayout& layout() const { return *layout_; }
  bool has(uint32_t slot) const { return presence(slot) != 0; }
  // None for an absent field. Slots are those of layout().
  Result<Value> field(uint32_t slot) const;
  // The object of undeclared keys.
  ObjectView extras() const { return ObjectView::borrow(extras_); }
  // Nothing for an absent key. `id` is no key of the record.
  Result<std::optional<Value>> find(std::string_view name) const;
  // The record as an object: `id` first, then the keys as they were written.
  Result<Value> to_object(const Value& id) const;
  // Checks every part deeply.
  Status verify() const;

 private:
  friend class RecordDecoder;
  // Points the view at a record; says what is wrong with it, or nothing. A view that is used again
  // keeps its layout if it can.
  const char* parse(const RecordLayouts& layouts, std::string_view bytes);
  uint8_t presence(uint32_t slot) const { return (presence_[slot / 4] >> (slot % 4 * 2)) & 3; }
  // Payload or element of a slot that has a value; nothing if it lies outside.
  std::optional<std::string_view> raw(uint32_t slot) const;
  Result<std::vector<uint32_t>> order() const;

  const RecordLayout* layout_ = nullptr;
  const char* presence_ = nullptr;
  const char* fixed_ = nullptr;
  std::string_view variable_;
  std::string_view extras_;
  std::string_view order_;
};

// What one column of a batch shows of each record.
struct ColumnRequest {
  std::optional<FieldId>
      field;  // a declared field; without it the first key of the path is looked up by name
  std::vector<std::string> path;  // keys of nested objects below that
  Type type;                      // of the column
};

// Decodes many records straight into columns.
class RecordDecoder {
 public:
  RecordDecoder(const RecordLayouts& layouts, std::vector<ColumnRequest> requests)
      : layouts_(layouts), requests_(std::move(requests)) {}

  // Row i of columns[k] gets what requests[k] asks of records[i]. E1108 when the arena is full;
  // E1205 for damaged records and for values that are not of the column's type.
  Status decode(std::span<const std::string_view> records, Arena& arena,
                std::span<const ColumnSlot> columns);

 private:
  Status decode_column(const ColumnRequest& request, Arena& arena, const ColumnSlot& column) const;
  Status decode_slot(uint32_t slot, Tag wanted, Arena& arena, const ColumnSlot& column) const;
  Status decode_text(uint32_t slot, Tag tag, Arena& arena, const ColumnSlot& column) const;
  Status decode_row(const ColumnRequest& request, uint32_t row, Arena& arena,
                    const ColumnSlot& column) const;

  const RecordLayouts& layouts_;
  std::vector<ColumnRequest> requests_;
  std::vector<RecordView> views_;  // of the batch at hand
  bool is_one_layout_ = true;      // all views_ have the same one
};

}  // namespace zerodb
