// json:: functions.
#include "function/domains.h"
#include "function/json_patch.h"
#include "function/json_path.h"
#include "function/json_pointer.h"
#include "function/kernel.h"
#include "function/number_kernels.h"
#include "value/json.h"
#include "value/path_update.h"
#include "value/zval.h"
#include "value/zval_builder.h"

namespace zerodb::function {
namespace {

Result<Value> parse(Args args, CallContext&) {
  return parse_json(args[0].as_string());
}

// JSON set anew: without blanks, or with `width` above 0 spread over lines. Strings are passed over
// whole.
std::string laid_out(std::string_view json, size_t width) {
  std::string out;
  size_t depth = 0;
  const auto line = [&] {
    if (width == 0) return;
    out += '\n';
    out.append(depth * width, ' ');
  };
  for (size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (c == ' ') continue;
    if (c == '"') {
      const size_t begin = i++;
      while (json[i] != '"') i += json[i] == '\\' ? 2 : 1;
      out += json.substr(begin, i + 1 - begin);
    } else if (c == '{' || c == '[') {
      out += c;
      if (i + 1 < json.size() && (json[i + 1] == '}' || json[i + 1] == ']')) {
        out += json[++i];
        continue;
      }
      ++depth;
      line();
    } else if (c == '}' || c == ']') {
      --depth;
      line();
      out += c;
    } else {
      out += c;
      if (c == ',') line();
      if (c == ':' && width != 0) out += ' ';
    }
  }
  return out;
}

Result<Value> print(Args args, CallContext& context) {
  const auto indent = to_int_within(args[1], 0, 16);
  if (!indent) return bad_argument("the indent must be from 0 to 16");
  return text_result(laid_out(to_json(args[0], context.names), static_cast<size_t>(*indent)));
}

Result<Value> pointer(Args args, CallContext&) {
  const auto steps = TRY(pointer_steps(args[1].as_string()));
  return descend(args[0], steps).value_or(Value::none());
}

Result<Value> query(Args args, CallContext& context) {
  const JsonPath path = TRY(JsonPath::parse(args[1].as_string()));
  ArrayBuilder found;
  for (const Value& each : TRY(path.find(args[0], context))) found.add(each);
  return found.build();
}

// A pointer as a path into this value: whether a step is a key or a position depends on what is
// there.
std::vector<PathSegment> path_of(const Value& root, const std::vector<std::string>& steps) {
  std::vector<PathSegment> path;
  for (size_t i = 0; i < steps.size(); ++i) {
    const auto parent = descend(root, std::span(steps).first(i));
    const bool is_list = parent && (parent->tag() == Tag::Array || parent->tag() == Tag::Vector);
    if (is_list && steps[i] == "-") {
      path.emplace_back(static_cast<int64_t>(SequenceView(*parent).size()));
    } else if (const auto position = position_of(steps[i]); is_list && position) {
      path.emplace_back(*position);
    } else {
      path.emplace_back(steps[i]);
    }
  }
  return path;
}

Result<Value> put(Args args, CallContext&) {
  const auto steps = TRY(pointer_steps(args[1].as_string()));
  if (steps.empty()) return args[2];
  return set_path(args[0], path_of(args[0], steps), args[2]);
}

Result<Value> remove_at(Args args, CallContext&) {
  const auto steps = TRY(pointer_steps(args[1].as_string()));
  if (steps.empty()) return Value::none();
  if (!descend(args[0], steps)) return args[0];
  return unset_path(args[0], path_of(args[0], steps));
}

Result<Value> diff(Args args, CallContext&) {
  return json_diff(args[0], args[1]);
}
Result<Value> patch(Args args, CallContext&) {
  return json_patched(args[0], args[1]);
}

constexpr Declaration kJsonFunctions[] = {
    {"json::parse(text: string) -> any", kExact, kNone, 100, "The value of a JSON text.",
     "json::parse('{\"a\": 1}') = {a: 1}", parse},
    {"json::print(x: any, indent: int = 0) -> string", kExact, Absence::Seen, 80,
     "The value as JSON text.",
     "json::print({a: 1}, indent => 0) = '{\"a\":1}'\njson::print([1], indent => 2) = '[\\n  "
     "1\\n]'",
     print},
    {"json::pointer(x: any, path: string) -> any", kExact, kNone, 30,
     "The part that a JSON Pointer leads to, or none.",
     "json::pointer({a: [5]}, '/a/0') = 5\njson::pointer({a: 1}, '/b') = none", pointer},
    {"json::query(x: any, const path: string) -> array<any>", kExact, kNone, 200,
     "All parts that a JSONPath (RFC 9535) finds, in its order.",
     "json::query({a: [{b: 1}, {b: 2}]}, '$.a[*].b') = [1, 2]\n"
     "json::query([1, 2, 3], '$[?@ > 1]') = [2, 3]\njson::query({a: 1}, '$.b') = []\n"
     "json::query({}, 'a') = error E0626",
     query},
    {"json::put(x: any, path: string, part: any?) -> any", kExact, kNone, 50,
     "The value with the part at a JSON Pointer replaced or added.",
     "json::put({}, '/a', 1) = {a: 1}\njson::put({a: [1]}, '/a/-', 2) = {a: [1, 2]}", put},
    {"json::remove(x: any, path: string) -> any", kExact, kNone, 50,
     "The value without the part at a JSON Pointer.", "json::remove({a: 1}, '/a') = {}", remove_at},
    {"json::diff(a: any, b: any) -> array<any>", kExact, kNone, 200,
     "The JSON Patch (RFC 6902) that makes the second value of the first.",
     "json::diff({a: 1}, {}) = [{op: 'remove', path: '/a'}]\n"
     "json::diff([1, 2], [1, 3, 2]) = [{op: 'add', path: '/1', value: 3}]\njson::diff(1, 1) = []",
     diff},
    {"json::patch(x: any, patch: array<any>) -> any", kExact, kNone, 200,
     "The value after the operations of a JSON Patch (RFC 6902).",
     "json::patch({a: 1}, [{op: 'remove', path: '/a'}]) = {}\n"
     "json::patch([1], [{op: 'add', path: '/-', value: 2}]) = [1, 2]\n"
     "json::patch({a: 1}, [{op: 'test', path: '/a', value: 2}]) = error E0623",
     patch},
};

}  // namespace

std::span<const Declaration> json_functions() {
  return kJsonFunctions;
}

}  // namespace zerodb::function
