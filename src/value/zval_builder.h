// Builders of composite values in zval form.
//
// A builder collects parts and build() encodes them: E1103 where the value would be nested too
// deeply, E0611 where it would be larger than limits::kValueBytesMax. A builder may be used again
// after build(): it keeps its parts. Threading: a builder belongs to one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/result.h"
#include "value/value.h"
#include "value/zval.h"

namespace zerodb {

// Elements one after the other, already encoded.
class ElementList {
 public:
  void add(const Value& value);
  uint32_t size() const { return static_cast<uint32_t>(ends_.size()); }
  // The elements as a sequence body; packed where the format says so.
  Result<Value> build(Tag tag, bool may_pack) const;

 private:
  Result<Value> build_packed(Tag tag) const;

  std::string bytes_;
  std::vector<uint32_t> ends_;
  uint32_t depth_ = 0;
  Tag common_tag_ = Tag::None;  // of all elements so far
  bool is_uniform_ = true;
  bool is_too_large_ = false;
};

class ArrayBuilder {
 public:
  void add(const Value& value) { elements_.add(value); }
  uint32_t size() const { return elements_.size(); }
  Result<Value> build() const { return elements_.build(Tag::Array, true); }

 private:
  ElementList elements_;
};

class TupleBuilder {
 public:
  void add(const Value& value) { elements_.add(value); }
  Result<Value> build() const { return elements_.build(Tag::Tuple, false); }

 private:
  ElementList elements_;
};

// Elements must be numbers of the given fixed-width tag.
class VectorBuilder {
 public:
  explicit VectorBuilder(Tag element) : element_(element) {}
  void add(const Value& value);
  Result<Value> build() const;

 private:
  Tag element_;
  std::string payloads_;
};

// Elements in any order; equal ones are kept once (the first).
class HashSetBuilder {
 public:
  void add(const Value& value) { elements_.push_back(value); }
  Result<Value> build() const;

 private:
  std::vector<Value> elements_;
};

// Entries in any order; of equal keys the last entry counts.
class HashMapBuilder {
 public:
  void set(const Value& key, const Value& value) { entries_.emplace_back(key, value); }
  Result<Value> build() const;

 private:
  std::vector<std::pair<Value, Value>> entries_;
};

class ObjectBuilder {
 public:
  ObjectBuilder() = default;
  // Starts with the entries of an object.
  explicit ObjectBuilder(const Value& object);

  // A key that is there keeps its place.
  void set(std::string_view key, Value value);
  void erase(std::string_view key);
  const Value* find(std::string_view key) const;
  uint32_t size() const { return static_cast<uint32_t>(entries_.size()); }
  void clear();
  Result<Value> build() const;

 private:
  struct Entry {
    uint32_t key_begin;  // in keys_
    uint32_t key_size;
    Value value;
  };

  std::string_view key(size_t entry) const {
    return {keys_.data() + entries_[entry].key_begin, entries_[entry].key_size};
  }
  std::optional<size_t> position(std::string_view key) const;
  void index_entries();

  std::string keys_;  // also of erased entries
  std::vector<Entry> entries_;
  std::unordered_map<std::string, size_t> index_;  // empty while there are few entries
};

// None ends are open.
Result<Value> make_range(const Value& low, const Value& high, bool inclusive);
Result<Value> make_ok(const Value& value);
Result<Value> make_err(const Value& error);

}  // namespace zerodb
