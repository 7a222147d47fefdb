#include "value/path_update.h"

#include "value/operators.h"
#include "value/zval.h"
#include "value/zval_builder.h"

namespace zerodb {

Value map_key(const PathSegment& segment) {
  if (const auto* name = std::get_if<std::string>(&segment)) return Value::string(*name);
  if (const auto* position = std::get_if<int64_t>(&segment)) return Value::int64(*position);
  return std::get<Value>(segment);
}

namespace {

Error no_member(const char* what) {
  return Error(ErrorCode::E0904, std::string("only an ") + what);
}

bool has_positions(Tag tag) {
  return tag == Tag::Array || tag == Tag::Tuple || tag == Tag::Vector;
}

// A list of the same kind with elements as given.
Result<Value> build_list(Tag tag, const std::vector<Value>& elements) {
  if (tag == Tag::Vector && !elements.empty()) {
    VectorBuilder builder(elements.front().tag());
    for (const Value& element : elements) {
      if (element.tag() != elements.front().tag()) {
        return Error(ErrorCode::E0306, "an element of a vector must have the type of the others");
      }
      builder.add(element);
    }
    return builder.build();
  }
  ElementList list;
  for (const Value& element : elements) list.add(element);
  return list.build(tag, tag == Tag::Array);
}

std::vector<Value> elements_of(const Value& list) {
  std::vector<Value> elements;
  if (list.is_none()) return elements;
  const SequenceView view(list);
  elements.reserve(view.size());
  for (uint32_t i = 0; i < view.size(); ++i) elements.push_back(view.at(i));
  return elements;
}

Result<Value> set_key(const Value& base, const std::string& key, std::span<const PathSegment> rest,
                      const Value& value) {
  if (!base.is_none() && base.tag() != Tag::Object) return no_member("object has keys");
  ObjectBuilder builder = base.is_none() ? ObjectBuilder() : ObjectBuilder(base);
  const Value* old = builder.find(key);
  Value part = TRY(set_path(old != nullptr ? *old : Value::none(), rest, value));
  builder.set(key, std::move(part));
  return builder.build();
}

Result<Value> set_position(const Value& base, int64_t position, std::span<const PathSegment> rest,
                           const Value& value) {
  if (!base.is_none() && !has_positions(base.tag()))
    return no_member("array, tuple or vector has positions");
  std::vector<Value> elements = elements_of(base);
  const auto length = static_cast<int64_t>(elements.size());
  const bool may_append = base.tag() != Tag::Tuple;
  if (position < 0 || position > length || (position == length && !may_append)) {
    return Error(ErrorCode::E0905, "position " + std::to_string(position) + " is beyond the " +
                                       std::to_string(length) + " elements");
  }
  const Value old = position < length ? elements[static_cast<size_t>(position)] : Value::none();
  Value part = TRY(set_path(old, rest, value));
  if (position == length) {
    elements.push_back(std::move(part));
  } else {
    elements[static_cast<size_t>(position)] = std::move(part);
  }
  return build_list(base.is_none() ? Tag::Array : base.tag(), elements);
}

Result<Value> unset_key(const Value& base, const std::string& key,
                        std::span<const PathSegment> rest) {
  if (base.tag() != Tag::Object) return no_member("object has keys");
  ObjectBuilder builder(base);
  const Value* old = builder.find(key);
  if (old == nullptr) return base;
  if (rest.empty()) {
    builder.erase(key);
  } else {
    Value part = TRY(unset_path(*old, rest));
    builder.set(key, std::move(part));
  }
  return builder.build();
}

Result<Value> unset_position(const Value& base, int64_t position,
                             std::span<const PathSegment> rest) {
  if (!has_positions(base.tag())) return no_member("array, tuple or vector has positions");
  std::vector<Value> elements = elements_of(base);
  if (position < 0 || position >= static_cast<int64_t>(elements.size())) return base;
  if (rest.empty()) {
    if (base.tag() != Tag::Array)
      return Error(ErrorCode::E0904, "only from an array can an element be taken out");
    elements.erase(elements.begin() + position);
  } else {
    elements[static_cast<size_t>(position)] =
        TRY(unset_path(elements[static_cast<size_t>(position)], rest));
  }
  return build_list(base.tag(), elements);
}

// The entries of a map but the one of a key.
HashMapBuilder entries_without(const HashMapView& map, const Value& key) {
  HashMapBuilder builder;
  for (uint32_t i = 0; i < map.size(); ++i) {
    if (!equals(map.key(i), key)) builder.set(map.key(i), map.value(i));
  }
  return builder;
}

Result<Value> set_entry(const Value& base, const Value& key, std::span<const PathSegment> rest,
                        const Value& value) {
  const HashMapView map(base);
  const Value part = TRY(set_path(map.find(key).value_or(Value::none()), rest, value));
  HashMapBuilder builder = entries_without(map, key);
  builder.set(key, part);
  return builder.build();
}

Result<Value> unset_entry(const Value& base, const Value& key, std::span<const PathSegment> rest) {
  const HashMapView map(base);
  const auto old = map.find(key);
  if (!old) return base;
  HashMapBuilder builder = entries_without(map, key);
  if (!rest.empty()) {
    const Value part = TRY(unset_path(*old, rest));
    builder.set(key, part);
  }
  return builder.build();
}

Error no_map() {
  return Error(ErrorCode::E0904, "a place inside a value is named by a position or a key");
}

}  // namespace

Result<Value> set_path(const Value& root, std::span<const PathSegment> path, const Value& value) {
  if (path.empty()) return value;
  const auto rest = path.subspan(1);
  if (root.tag() == Tag::HashMap) return set_entry(root, map_key(path.front()), rest, value);
  if (const auto* key = std::get_if<std::string>(&path.front()))
    return set_key(root, *key, rest, value);
  if (!std::holds_alternative<int64_t>(path.front())) return no_map();
  return set_position(root, std::get<int64_t>(path.front()), rest, value);
}

Result<Value> unset_path(const Value& root, std::span<const PathSegment> path) {
  if (path.empty() || root.is_none()) return root;
  const auto rest = path.subspan(1);
  if (root.tag() == Tag::HashMap) return unset_entry(root, map_key(path.front()), rest);
  if (const auto* key = std::get_if<std::string>(&path.front())) return unset_key(root, *key, rest);
  if (!std::holds_alternative<int64_t>(path.front())) return no_map();
  return unset_position(root, std::get<int64_t>(path.front()), rest);
}

Result<Value> merge(const Value& target, const Value& patch) {
  if (target.tag() != Tag::Object || patch.tag() != Tag::Object) return patch;
  ObjectBuilder builder(target);
  const ObjectView view(patch);
  for (uint32_t i = 0; i < view.size(); ++i) {
    const Value* old = builder.find(view.key(i));
    if (old == nullptr) {
      builder.set(view.key(i), view.value(i));
      continue;
    }
    Value merged = TRY(merge(*old, view.value(i)));
    builder.set(view.key(i), std::move(merged));
  }
  return builder.build();
}

}  // namespace zerodb
