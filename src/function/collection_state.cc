// States that keep all values in one: arrays, hashsets, objects, hashmaps and joined strings.
#include <array>
#include <unordered_map>
#include <unordered_set>

#include "base/limits.h"
#include "function/aggregate_parts.h"
#include "value/zval.h"
#include "value/zval_builder.h"

namespace zerodb::function {
namespace {

Error aggregate_too_large(std::string_view name) {
  return Error(ErrorCode::E0611, "result of " + std::string(name) + " is larger than 64 MiB");
}

class ArrayState final : public AggregateState {
 public:
  Status add(std::span<const Value> arguments) override {
    if (arguments[0].is_none()) return ok_status();
    elements_.add(arguments[0]);
    bytes_ += 16 + body_bytes(arguments[0]);
    if (bytes_ > 2 * limits::kValueBytesMax) return aggregate_too_large("array_agg");
    return ok_status();
  }
  Status merge(const AggregateState& other) override {
    const SequenceView view(TRY(other.finish()));
    for (uint32_t i = 0; i < view.size(); ++i) {
      const Value element = view.at(i);
      TRY(add({&element, 1}));
    }
    return ok_status();
  }
  Result<Value> finish() const override { return elements_.build(); }
  size_t bytes() const override { return sizeof(*this) + bytes_; }

 private:
  ArrayBuilder elements_;
  size_t bytes_ = 0;
};

class SetState final : public AggregateState {
 public:
  Status add(std::span<const Value> arguments) override {
    const Value& x = arguments[0];
    if (x.is_none() || !elements_.insert(x).second) return ok_status();
    bytes_ += 48 + body_bytes(x);
    if (bytes_ > 4 * limits::kValueBytesMax) return aggregate_too_large("set_agg");
    return ok_status();
  }
  Status merge(const AggregateState& other) override {
    for (const Value& x : static_cast<const SetState&>(other).elements_) TRY(add({&x, 1}));
    return ok_status();
  }
  Result<Value> finish() const override {
    HashSetBuilder set;
    for (const Value& x : elements_) set.add(x);
    return set.build();
  }
  size_t bytes() const override { return sizeof(*this) + bytes_; }

 private:
  std::unordered_set<Value, HashValue, EqualValues> elements_;
  size_t bytes_ = 0;
};

// Entries in the order in which they came; a key may come once.
class EntriesState final : public AggregateState {
 public:
  enum class Kind : uint8_t { Object, Map };
  explicit EntriesState(Kind kind) : kind_(kind) {}

  Status add(std::span<const Value> arguments) override {
    const Value& key = arguments[0];
    if (key.is_none()) return ok_status();
    if (kind_ == Kind::Object && key.tag() != Tag::String)
      return wrong_class("the keys of object_agg are strings", key);
    if (!places_.emplace(key, entries_.size()).second)
      return Error(ErrorCode::E0623, "a key comes twice");
    entries_.emplace_back(key, arguments[1]);
    bytes_ += 80 + 2 * body_bytes(key) + body_bytes(arguments[1]);
    if (bytes_ > 4 * limits::kValueBytesMax)
      return aggregate_too_large(kind_ == Kind::Object ? "object_agg" : "map_agg");
    return ok_status();
  }
  Status merge(const AggregateState& other) override {
    for (const auto& [key, value] : static_cast<const EntriesState&>(other).entries_)
      TRY(add(std::array{key, value}));
    return ok_status();
  }
  Result<Value> finish() const override {
    if (kind_ == Kind::Map) {
      HashMapBuilder map;
      for (const auto& [key, value] : entries_) map.set(key, value);
      return map.build();
    }
    ObjectBuilder object;
    for (const auto& [key, value] : entries_) object.set(key.as_string(), value);
    return object.build();
  }
  size_t bytes() const override { return sizeof(*this) + bytes_; }

 private:
  Kind kind_;
  std::vector<std::pair<Value, Value>> entries_;
  std::unordered_map<Value, size_t, HashValue, EqualValues> places_;
  size_t bytes_ = 0;
};

class StringState final : public AggregateState {
 public:
  Status add(std::span<const Value> arguments) override {
    const Value& x = arguments[0];
    if (x.is_none()) return ok_status();
    if (x.tag() != Tag::String) return wrong_class("string_agg takes strings", x);
    separator_ = arguments.size() > 1 && arguments[1].tag() == Tag::String
                     ? std::string(arguments[1].as_string())
                     : ",";
    if (!is_empty_) text_ += separator_;
    text_ += x.as_string();
    is_empty_ = false;
    if (text_.size() > limits::kValueBytesMax) return aggregate_too_large("string_agg");
    return ok_status();
  }
  Status merge(const AggregateState& other) override {
    const auto& same = static_cast<const StringState&>(other);
    if (same.is_empty_) return ok_status();
    return add(std::array{Value::string(same.text_), Value::string(same.separator_)});
  }
  Result<Value> finish() const override { return Value::string(text_); }
  size_t bytes() const override { return sizeof(*this) + text_.size(); }

 private:
  std::string text_;
  std::string separator_;
  bool is_empty_ = true;
};

}  // namespace

State make_array(Types) {
  return std::make_unique<ArrayState>();
}
State make_set(Types) {
  return std::make_unique<SetState>();
}
State make_object(Types) {
  return std::make_unique<EntriesState>(EntriesState::Kind::Object);
}
State make_map(Types) {
  return std::make_unique<EntriesState>(EntriesState::Kind::Map);
}
State make_string(Types) {
  return std::make_unique<StringState>();
}

}  // namespace zerodb::function
