// object:: functions, also of hashmaps.
#include <functional>
#include <set>

#include "function/domains.h"
#include "function/kernel.h"
#include "value/path_update.h"
#include "value/zval.h"
#include "value/zval_builder.h"

namespace zerodb::function {
namespace {

Result<Value> keys(Args args, CallContext&) {
  ArrayBuilder array;
  if (args[0].tag() == Tag::HashMap) {
    const HashMapView view(args[0]);
    for (uint32_t i = 0; i < view.size(); ++i) array.add(view.key(i));
    return array.build();
  }
  const ObjectView view(args[0]);
  for (uint32_t i = 0; i < view.size(); ++i) array.add(Value::string(view.key(i)));
  return array.build();
}

Result<Value> entry(const Value& key, const Value& value) {
  ObjectBuilder entry;
  entry.set("key", key);
  entry.set("value", value);
  return entry.build();
}

Result<Value> entries(Args args, CallContext&) {
  ArrayBuilder array;
  if (args[0].tag() == Tag::HashMap) {
    const HashMapView view(args[0]);
    for (uint32_t i = 0; i < view.size(); ++i) array.add(TRY(entry(view.key(i), view.value(i))));
    return array.build();
  }
  const ObjectView view(args[0]);
  for (uint32_t i = 0; i < view.size(); ++i)
    array.add(TRY(entry(Value::string(view.key(i)), view.value(i))));
  return array.build();
}

Result<Value> from_entries(Args args, CallContext&) {
  const SequenceView view(args[0]);
  ObjectBuilder object;
  for (uint32_t i = 0; i < view.size(); ++i) {
    const Value entry = view.at(i);
    const auto key = entry.tag() == Tag::Object ? ObjectView(entry).find("key") : std::nullopt;
    if (!key || key->tag() != Tag::String)
      return bad_argument("each entry must be {key: string, value: ..}");
    if (object.find(key->as_string()) != nullptr)
      return bad_argument("the key `" + std::string(key->as_string()) + "` is there twice");
    object.set(key->as_string(), ObjectView(entry).find("value").value_or(Value::none()));
  }
  return object.build();
}

Result<Value> merge_all(Args args, CallContext&) {
  Value result = args[0];
  for (const Value& patch : args.subspan(1)) result = TRY(merge(result, patch));
  return result;
}

Result<Value> pick(Args args, CallContext&) {
  const ObjectView view(args[0]);
  const SequenceView names(args[1]);
  ObjectBuilder object;
  for (uint32_t i = 0; i < names.size(); ++i) {
    const Value name = names.at(i);
    if (name.tag() != Tag::String) return bad_argument("the keys must be strings");
    if (const auto value = view.find(name.as_string())) object.set(name.as_string(), *value);
  }
  return object.build();
}

Result<Value> omit(Args args, CallContext&) {
  const SequenceView names(args[1]);
  std::set<std::string, std::less<>> omitted;
  for (uint32_t i = 0; i < names.size(); ++i) {
    const Value name = names.at(i);
    if (name.tag() != Tag::String) return bad_argument("the keys must be strings");
    omitted.emplace(name.as_string());
  }
  const ObjectView view(args[0]);
  ObjectBuilder object;
  for (uint32_t i = 0; i < view.size(); ++i) {
    if (!omitted.contains(view.key(i))) object.set(view.key(i), view.value(i));
  }
  return object.build();
}

Result<Value> compact_object(Args args, CallContext&) {
  const ObjectView view(args[0]);
  ObjectBuilder object;
  for (uint32_t i = 0; i < view.size(); ++i) {
    const Value value = view.value(i);
    if (!value.is_none()) object.set(view.key(i), value);
  }
  return object.build();
}

constexpr Declaration kObjectFunctions[] = {
    {"object::keys(x: object) -> array<string>", kExact, kNone, 15,
     "The keys, in the order in which they are stored.", "object::keys({a: 1}) = ['a']", keys},
    {"object::keys(x: hashmap<K, V>) -> array<K>", kExact, kNone, 15,
     "The keys of a map, in order.", "object::keys(hashmap{1 => 'a'}) = [1]", keys},
    {"object::entries(x: object | hashmap<K, V>) -> array<object>", kExact, kNone, 40,
     "Each key with its value.", "object::entries({a: 1}) = [{key: 'a', value: 1}]", entries},
    {"object::from_entries(x: array<object>) -> object", kExact, kNone, 40,
     "The object with these keys and values.",
     "object::from_entries([{key: 'a', value: 1}]) = {a: 1}", from_entries},
    {"object::merge(x: object, patches: object...) -> object", kExact, kNone, 40,
     "Objects merged deeply; later ones win.",
     "object::merge({a: {x: 1}}, {a: {y: 2}}) = {a: {x: 1, y: 2}}", merge_all},
    {"object::pick(x: object, keys: array<string>) -> object", kExact, kNone, 25,
     "Only these keys.", "object::pick({a: 1, b: 2}, ['a']) = {a: 1}", pick},
    {"object::omit(x: object, keys: array<string>) -> object", kExact, kNone, 25,
     "All but these keys.", "object::omit({a: 1, b: 2}, ['a']) = {b: 2}", omit},
    {"object::compact(x: object) -> object", kExact, kNone, 25, "The keys whose value is not none.",
     "object::compact({a: none}) = {}", compact_object},
};

}  // namespace

std::span<const Declaration> object_functions() {
  return kObjectFunctions;
}

}  // namespace zerodb::function
