#include "value/record_codec.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/limits.h"

namespace zerodb {

namespace {

constexpr uint8_t kFormat = 1;
constexpr uint8_t kHasExtras = 1;
constexpr uint8_t kHasOrder = 2;
constexpr uint32_t kHeaderBytes = 10;
constexpr uint8_t kAbsent = 0;
constexpr uint8_t kStoredNone = 1;
constexpr uint8_t kStoredValue = 2;

Error damaged(const char* what) {
  return Error(ErrorCode::E1205, std::string("damaged record: ") + what);
}

Error too_large() {
  return Error(ErrorCode::E1105, "a record may not be larger than 16 MiB");
}

uint32_t order_width(uint64_t keys) {
  return keys <= 256 ? 1 : keys <= 65536 ? 2 : 4;
}

}  // namespace

RecordLayout::RecordLayout(uint32_t version, std::vector<Field> fields)
    : version_(version), fields_(std::move(fields)) {
  for (const Field& field : fields_) {
    SlotForm form;
    form.tag = tag_of(field.type);
    const auto size = form.tag == Tag::None ? std::nullopt : zval::payload_size(form.tag);
    form.is_variable = !size;
    form.offset = fixed_bytes_;
    fixed_bytes_ += size.value_or(8);
    forms_.push_back(form);
  }
  for (uint32_t slot = 0; slot < fields_.size(); ++slot) {
    if (!fields_[slot].is_dropped) by_name_.push_back(slot);
  }
  std::sort(by_name_.begin(), by_name_.end(),
            [this](uint32_t a, uint32_t b) { return fields_[a].name < fields_[b].name; });
}

std::optional<uint32_t> RecordLayout::slot_of(FieldId id) const {
  for (uint32_t slot = 0; slot < fields_.size(); ++slot) {
    if (fields_[slot].id == id) return slot;
  }
  return std::nullopt;
}

std::optional<uint32_t> RecordLayout::slot_of(std::string_view name) const {
  const auto found = std::lower_bound(
      by_name_.begin(), by_name_.end(), name,
      [this](uint32_t slot, std::string_view n) { return fields_[slot].name < n; });
  if (found == by_name_.end() || fields_[*found].name != name) return std::nullopt;
  return *found;
}

const RecordLayout* RecordLayouts::find(uint32_t version) const {
  for (auto layout = layouts_.rbegin(); layout != layouts_.rend(); ++layout) {
    if ((*layout)->version() == version) return layout->get();
  }
  return nullptr;
}

Status RecordWriter::set(uint32_t slot, const Value& value) {
  ASSERT(slot < values_.size());
  const Tag tag = layout_.form(slot).tag;
  if (!value.is_none() && tag != Tag::None && value.tag() != tag) {
    const RecordLayout::Field& field = layout_.field(slot);
    return Error(ErrorCode::E0306,
                 "value of field " + field.name + " is not of its type " + to_string(field.type));
  }
  if (!values_[slot]) order_.push_back(slot);
  values_[slot] = value;
  return ok_status();
}

void RecordWriter::set_extra(std::string_view name, const Value& value) {
  const uint32_t before = extras_.size();
  extras_.set(name, value);
  if (extras_.size() > before) order_.push_back(layout_.size() + before);
}

Status RecordWriter::set_object(const Value& object) {
  const ObjectView view(object);
  for (uint32_t i = 0; i < view.size(); ++i) {
    const std::string_view name = view.key(i);
    if (name == "id") continue;
    if (const auto slot = layout_.slot_of(name)) {
      TRY(set(*slot, view.value(i)));
    } else {
      set_extra(name, view.value(i));
    }
  }
  return ok_status();
}

bool RecordWriter::is_natural_order() const {
  return std::is_sorted(order_.begin(), order_.end());
}

void RecordWriter::clear() {
  for (std::optional<Value>& value : values_) value.reset();
  extras_.clear();
  order_.clear();
}

// Bytes of the variable part; the depth and size of every field are checked on the way.
Result<uint32_t> RecordWriter::variable_bytes() const {
  uint64_t bytes = 0;
  for (uint32_t slot = 0; slot < layout_.size(); ++slot) {
    const std::optional<Value>& value = values_[slot];
    if (!value || value->is_none()) continue;
    // The record as an object is one level deeper than its fields.
    if (zval::depth(*value) >= limits::kValueDepthMax) {
      return Error(ErrorCode::E1103, "a record may not be nested deeper than 128 levels");
    }
    const SlotForm& form = layout_.form(slot);
    if (form.is_variable) bytes += (form.tag == Tag::None ? 1 : 0) + zval::payload_size(*value);
  }
  if (bytes > limits::kRecordBytesMax) return too_large();
  return static_cast<uint32_t>(bytes);
}

// Fills presence, fixed and variable part, which begin at `out` and are zero.
void RecordWriter::write_fields(char* out) const {
  char* const fixed = out + layout_.presence_bytes();
  char* const variable = fixed + layout_.fixed_bytes();
  char* next = variable;
  for (uint32_t slot = 0; slot < layout_.size(); ++slot) {
    const std::optional<Value>& value = values_[slot];
    if (!value) continue;
    const uint32_t state = value->is_none() ? kStoredNone : kStoredValue;
    out[slot / 4] =
        static_cast<char>(static_cast<uint8_t>(out[slot / 4]) | (state << (slot % 4 * 2)));
    if (value->is_none()) continue;
    const SlotForm& form = layout_.form(slot);
    if (!form.is_variable) {
      zval::write_payload(fixed + form.offset, *value);
      continue;
    }
    char* const begin = next;
    if (form.tag == Tag::None) *next++ = static_cast<char>(value->tag());
    next = zval::write_payload(next, *value);
    const uint32_t extent[2] = {static_cast<uint32_t>(begin - variable),
                                static_cast<uint32_t>(next - begin)};
    std::memcpy(fixed + form.offset, extent, sizeof(extent));
  }
}

Result<std::string> RecordWriter::finish() const {
  const uint32_t variable = TRY(variable_bytes());
  Value extras;
  if (extras_.size() != 0) extras = TRY(extras_.build());
  const bool has_order = !is_natural_order();
  const uint32_t fields = layout_.presence_bytes() + layout_.fixed_bytes() + variable;
  const size_t extras_size = extras.is_none() ? 0 : 4 + extras.as_bytes().size();
  const uint32_t width = order_width(uint64_t{layout_.size()} + extras_.size());
  const size_t total =
      kHeaderBytes + fields + extras_size + (has_order ? order_.size() * width : 0);
  if (total > limits::kRecordBytesMax) return too_large();
  std::string out;
  out.reserve(total);
  out.push_back(static_cast<char>(kFormat));
  out.push_back(
      static_cast<char>((extras.is_none() ? 0 : kHasExtras) | (has_order ? kHasOrder : 0)));
  put_le(out, layout_.version());
  put_le(out, variable);
  out.resize(kHeaderBytes + fields);
  write_fields(out.data() + kHeaderBytes);
  if (!extras.is_none()) {
    put_le(out, static_cast<uint32_t>(extras.as_bytes().size()));
    out += extras.as_bytes();
  }
  if (has_order) {
    for (const uint32_t key : order_) out.append(reinterpret_cast<const char*>(&key), width);
  }
  return out;
}

Result<RecordView> RecordView::open(const RecordLayouts& layouts, std::string_view bytes) {
  RecordView view;
  if (const char* defect = view.parse(layouts, bytes)) return damaged(defect);
  return view;
}

const char* RecordView::parse(const RecordLayouts& layouts, std::string_view bytes) {
  if (bytes.size() < kHeaderBytes || bytes[0] != kFormat) return "header";
  const auto flags = static_cast<uint8_t>(bytes[1]);
  if ((flags & ~(kHasExtras | kHasOrder)) != 0) return "flags";
  const uint32_t version = get_le<uint32_t>(bytes.data() + 2);
  if (layout_ == nullptr || layout_->version() != version) layout_ = layouts.find(version);
  if (layout_ == nullptr) return "unknown layout";
  const uint64_t variable_size = get_le<uint32_t>(bytes.data() + 6);
  const uint64_t fixed = kHeaderBytes + uint64_t{layout_->presence_bytes()};
  const uint64_t variable = fixed + layout_->fixed_bytes();
  uint64_t rest = variable + variable_size;
  if (rest > bytes.size()) return "size";
  presence_ = bytes.data() + kHeaderBytes;
  fixed_ = bytes.data() + fixed;
  variable_ = bytes.substr(variable, variable_size);
  extras_ = {};
  if ((flags & kHasExtras) != 0) {
    if (rest + 4 > bytes.size()) return "extras";
    const uint64_t size = get_le<uint32_t>(bytes.data() + rest);
    if (rest + 4 + size > bytes.size()) return "extras";
    extras_ = bytes.substr(rest + 4, size);
    rest += 4 + size;
  }
  order_ = bytes.substr(rest);
  if (((flags & kHasOrder) != 0) == order_.empty()) return "order of keys";
  return nullptr;
}

std::optional<std::string_view> RecordView::raw(uint32_t slot) const {
  const SlotForm& form = layout_->form(slot);
  const char* place = fixed_ + form.offset;
  if (!form.is_variable) return std::string_view(place, *zval::payload_size(form.tag));
  const uint64_t offset = get_le<uint32_t>(place);
  const uint64_t size = get_le<uint32_t>(place + 4);
  if (offset + size > variable_.size()) return std::nullopt;
  return variable_.substr(offset, size);
}

Result<Value> RecordView::field(uint32_t slot) const {
  if (presence(slot) > kStoredValue) return damaged("presence");
  if (presence(slot) != kStoredValue) return Value::none();
  const auto bytes = raw(slot);
  if (!bytes) return damaged("extent of a field");
  const Tag tag = layout_->form(slot).tag;
  Value value = tag == Tag::None ? zval::read_element(*bytes) : zval::read_payload(tag, *bytes);
  if (value.is_none()) return damaged("value of a field");
  return value;
}

Result<std::optional<Value>> RecordView::find(std::string_view name) const {
  if (const auto slot = layout_->slot_of(name)) {
    if (presence(*slot) == kAbsent) return std::optional<Value>();
    Value value = TRY(field(*slot));
    return std::optional<Value>(std::move(value));
  }
  return extras().find(name);
}

// The keys in the order in which they were written.
Result<std::vector<uint32_t>> RecordView::order() const {
  std::vector<uint32_t> order;
  const uint32_t slots = layout_->size();
  const uint32_t extra_count = extras().size();
  if (order_.empty()) {
    for (uint32_t slot = 0; slot < slots; ++slot) {
      if (presence(slot) != kAbsent) order.push_back(slot);
    }
    for (uint32_t i = 0; i < extra_count; ++i) order.push_back(slots + i);
    return order;
  }
  const uint32_t width = order_width(uint64_t{slots} + extra_count);
  if (order_.size() % width != 0) return damaged("order of keys");
  for (size_t at = 0; at < order_.size(); at += width) {
    uint32_t key = 0;
    std::memcpy(&key, order_.data() + at, width);
    if (key >= uint64_t{slots} + extra_count) return damaged("order of keys");
    order.push_back(key);
  }
  return order;
}

Result<Value> RecordView::to_object(const Value& id) const {
  const ObjectView others = extras();
  const std::vector<uint32_t> keys = TRY(order());
  ObjectBuilder builder;
  builder.set("id", id);
  for (const uint32_t key : keys) {
    if (key < layout_->size()) {
      if (layout_->field(key).is_dropped) continue;
      Value value = TRY(field(key));
      builder.set(layout_->field(key).name, std::move(value));
    } else {
      builder.set(others.key(key - layout_->size()), others.value(key - layout_->size()));
    }
  }
  Result<Value> object = builder.build();
  // The writer has seen to the depth of the parts.
  if (!object && object.error().code() == ErrorCode::E1103) return damaged("depth of a field");
  return object;
}

Status RecordView::verify() const {
  for (uint32_t slot = 0; slot < layout_->size(); ++slot) {
    const Value value = TRY(field(slot));
    std::string element;
    zval::append_element(element, value);
    TRY(zval::validate_element(element));
  }
  if (!extras_.empty()) TRY(zval::validate(Tag::Object, extras_));
  std::vector<uint32_t> keys = TRY(order());
  std::sort(keys.begin(), keys.end());
  if (std::adjacent_find(keys.begin(), keys.end()) != keys.end()) return damaged("order of keys");
  uint32_t count = extras().size();
  for (uint32_t slot = 0; slot < layout_->size(); ++slot)
    count += presence(slot) != kAbsent ? 1 : 0;
  if (keys.size() != count) return damaged("order of keys");
  return ok_status();
}

}  // namespace zerodb
