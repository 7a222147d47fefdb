#include "value/zval_builder.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "base/bytes.h"

namespace zerodb {

namespace {

constexpr size_t kIndexedEntries = 12;

// Numbers whose payloads may lie side by side.
bool is_packable(Tag tag) {
  return tag >= Tag::I8 && tag <= Tag::F64;
}

uint32_t form_for(uint64_t largest) {
  return largest <= UINT8_MAX ? 0 : largest <= UINT16_MAX ? 1 : 2;
}

Error value_too_large() {
  return Error(ErrorCode::E0611, "a value may not be larger than 64 MiB");
}
Error value_too_deep() {
  return Error(ErrorCode::E1103, "a value may not be nested deeper than 128 levels");
}

// Writes a body of a known size into a fresh buffer.
class BodyWriter {
 public:
  explicit BodyWriter(uint64_t size)
      : buffer_(Buffer::allocate(size)),
        next_(buffer_->data()),
        size_(static_cast<uint32_t>(size)) {}

  void byte(uint32_t value) { *next_++ = static_cast<char>(value); }
  void offset(uint32_t value, uint32_t form) {
    std::memcpy(next_, &value, size_t{1} << form);
    next_ += size_t{1} << form;
  }
  void bytes(std::string_view text) {
    if (!text.empty()) std::memcpy(next_, text.data(), text.size());
    next_ += text.size();
  }
  void element(const Value& value) {
    byte(static_cast<uint32_t>(value.tag()));
    next_ = zval::write_payload(next_, value);
  }
  Value finish(Tag tag) { return Value::adopt(tag, buffer_, size_); }

 private:
  Buffer* buffer_;
  char* next_;
  uint32_t size_;
};

// The positions 0 to count - 1 in ascending order, equal ones as they came.
template <typename Compare>
std::vector<size_t> stable_order(size_t count, Compare compare_at) {
  std::vector<size_t> order(count);
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    const int result = compare_at(a, b);
    return result != 0 ? result < 0 : a < b;
  });
  return order;
}

// Checks the depth and size of a small body made in a string.
Result<Value> finish(Tag tag, const std::string& body, uint32_t depth) {
  if (depth > limits::kValueDepthMax) return value_too_deep();
  if (body.size() > limits::kValueBytesMax) return value_too_large();
  return Value::encoded(tag, body);
}

}  // namespace

void ElementList::add(const Value& value) {
  if (is_too_large_) return;
  zval::append_element(bytes_, value);
  if (bytes_.size() > limits::kValueBytesMax) {
    is_too_large_ = true;
    bytes_.clear();
    return;
  }
  depth_ = std::max(depth_, zval::depth(value));
  is_uniform_ = is_uniform_ && (ends_.empty() || common_tag_ == value.tag());
  common_tag_ = value.tag();
  ends_.push_back(static_cast<uint32_t>(bytes_.size()));
}

Result<Value> ElementList::build_packed(Tag tag) const {
  const uint32_t width = *zval::payload_size(common_tag_);
  BodyWriter writer(8 + uint64_t{width} * ends_.size());
  writer.byte(1);
  writer.byte(kPackedForm);
  writer.byte(static_cast<uint32_t>(common_tag_));
  writer.byte(0);
  writer.offset(size(), 2);
  for (const uint32_t end : ends_)
    writer.bytes(std::string_view(bytes_).substr(end - width, width));
  return writer.finish(tag);
}

Result<Value> ElementList::build(Tag tag, bool may_pack) const {
  if (is_too_large_) return value_too_large();
  if (depth_ + 1 > limits::kValueDepthMax) return value_too_deep();
  if (may_pack && is_uniform_ && ends_.size() >= 2 && is_packable(common_tag_))
    return build_packed(tag);
  const uint32_t form = form_for(std::max<uint64_t>(bytes_.size(), ends_.size()));
  const uint64_t total = 2 + ((uint64_t{ends_.size()} + 1) << form) + bytes_.size();
  if (total > limits::kValueBytesMax) return value_too_large();
  BodyWriter writer(total);
  writer.byte(depth_ + 1);
  writer.byte(form);
  writer.offset(size(), form);
  for (const uint32_t end : ends_) writer.offset(end, form);
  writer.bytes(bytes_);
  return writer.finish(tag);
}

void VectorBuilder::add(const Value& value) {
  ASSERT(value.tag() == element_ && is_packable(element_));
  if (payloads_.size() <= limits::kValueBytesMax) zval::append_payload(payloads_, value);
}

Result<Value> VectorBuilder::build() const {
  const uint64_t total = 8 + uint64_t{payloads_.size()};
  if (total > limits::kValueBytesMax) return value_too_large();
  BodyWriter writer(total);
  writer.byte(1);
  writer.byte(kPackedForm);
  writer.byte(static_cast<uint32_t>(element_));
  writer.byte(0);
  writer.offset(static_cast<uint32_t>(payloads_.size() / *zval::payload_size(element_)), 2);
  writer.bytes(payloads_);
  return writer.finish(Tag::Vector);
}

Result<Value> HashSetBuilder::build() const {
  const auto order = stable_order(
      elements_.size(), [this](size_t a, size_t b) { return compare(elements_[a], elements_[b]); });
  ElementList list;
  const Value* last = nullptr;
  for (const size_t i : order) {
    if (last != nullptr && compare(*last, elements_[i]) == 0) continue;
    list.add(elements_[i]);
    last = &elements_[i];
  }
  return list.build(Tag::HashSet, false);
}

Result<Value> HashMapBuilder::build() const {
  const auto compare_keys = [this](size_t a, size_t b) {
    return compare(entries_[a].first, entries_[b].first);
  };
  const auto order = stable_order(entries_.size(), compare_keys);
  ElementList list;
  for (size_t i = 0; i < order.size(); ++i) {
    if (i + 1 < order.size() && compare_keys(order[i], order[i + 1]) == 0) continue;
    list.add(entries_[order[i]].first);
    list.add(entries_[order[i]].second);
  }
  return list.build(Tag::HashMap, false);
}

ObjectBuilder::ObjectBuilder(const Value& object) {
  const ObjectView view(object);
  entries_.reserve(view.size());
  for (uint32_t i = 0; i < view.size(); ++i) set(view.key(i), view.value(i));
}

std::optional<size_t> ObjectBuilder::position(std::string_view wanted) const {
  if (!index_.empty()) {
    const auto found = index_.find(std::string(wanted));
    return found == index_.end() ? std::nullopt : std::optional(found->second);
  }
  for (size_t i = 0; i < entries_.size(); ++i) {
    if (key(i) == wanted) return i;
  }
  return std::nullopt;
}

void ObjectBuilder::index_entries() {
  index_.clear();
  if (entries_.size() <= kIndexedEntries) return;
  for (size_t i = 0; i < entries_.size(); ++i) index_.emplace(key(i), i);
}

void ObjectBuilder::set(std::string_view name, Value value) {
  if (const auto at = position(name)) {
    entries_[*at].value = std::move(value);
    return;
  }
  // A name beyond the limit is cut; build() refuses the object for its size all the same.
  const std::string_view kept = name.substr(0, limits::kValueBytesMax);
  if (keys_.size() <= limits::kValueBytesMax) keys_ += kept;
  if (entries_.capacity() == 0) entries_.reserve(8);
  entries_.push_back({static_cast<uint32_t>(keys_.size() - kept.size()),
                      static_cast<uint32_t>(kept.size()), std::move(value)});
  if (!index_.empty()) {
    index_.emplace(kept, entries_.size() - 1);
  } else if (entries_.size() > kIndexedEntries) {
    index_entries();
  }
}

void ObjectBuilder::erase(std::string_view name) {
  const auto at = position(name);
  if (!at) return;
  entries_.erase(entries_.begin() + static_cast<ptrdiff_t>(*at));
  index_entries();
}

void ObjectBuilder::clear() {
  keys_.clear();
  entries_.clear();
  index_.clear();
}

const Value* ObjectBuilder::find(std::string_view name) const {
  const auto at = position(name);
  return at ? &entries_[*at].value : nullptr;
}

Result<Value> ObjectBuilder::build() const {
  uint64_t element_bytes = 0;
  uint64_t key_bytes = 0;
  uint32_t depth = 0;
  for (const Entry& entry : entries_) {
    element_bytes += 1 + zval::payload_size(entry.value);
    key_bytes += entry.key_size;
    depth = std::max(depth, zval::depth(entry.value));
  }
  const uint32_t form = form_for(std::max({element_bytes, key_bytes, uint64_t{entries_.size()}}));
  const uint64_t total =
      2 + ((uint64_t{3} * entries_.size() + 1) << form) + key_bytes + element_bytes;
  if (total > limits::kValueBytesMax || keys_.size() > limits::kValueBytesMax)
    return value_too_large();
  if (depth + 1 > limits::kValueDepthMax) return value_too_deep();
  std::vector<uint32_t> order(entries_.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(), [this](uint32_t a, uint32_t b) { return key(a) < key(b); });
  BodyWriter writer(total);
  writer.byte(depth + 1);
  writer.byte(form);
  writer.offset(size(), form);
  uint64_t end = 0;
  for (const Entry& entry : entries_) {
    end += entry.key_size;
    writer.offset(static_cast<uint32_t>(end), form);
  }
  end = 0;
  for (const Entry& entry : entries_) {
    end += 1 + zval::payload_size(entry.value);
    writer.offset(static_cast<uint32_t>(end), form);
  }
  for (const uint32_t position : order) writer.offset(position, form);
  for (size_t i = 0; i < entries_.size(); ++i) writer.bytes(key(i));
  for (const Entry& entry : entries_) writer.element(entry.value);
  return writer.finish(Tag::Object);
}

Result<Value> make_range(const Value& low, const Value& high, bool inclusive) {
  const uint32_t depth = 1 + std::max(zval::depth(low), zval::depth(high));
  std::string element;
  zval::append_element(element, low);
  std::string body;
  body.push_back(static_cast<char>(depth));
  body.push_back(inclusive ? 1 : 0);
  put_le(body, static_cast<uint32_t>(element.size()));
  body += element;
  zval::append_element(body, high);
  return finish(Tag::Range, body, depth);
}

namespace {

Result<Value> make_result(uint8_t is_ok, const Value& value) {
  const uint32_t depth = 1 + zval::depth(value);
  std::string body;
  body.push_back(static_cast<char>(depth));
  body.push_back(static_cast<char>(is_ok));
  zval::append_element(body, value);
  return finish(Tag::Result, body, depth);
}

}  // namespace

Result<Value> make_ok(const Value& value) {
  return make_result(1, value);
}
Result<Value> make_err(const Value& error) {
  return make_result(0, error);
}

}  // namespace zerodb
