// Any functions on any arguments, by the values as for operands of type any: an error, or a value
// that is well-formed. One input makes up to sixteen calls in one context, so that what a call
// leaves behind (compiled patterns, zones, the session) meets the next one. For each call two bytes
// choose the declaration and a third whether the arguments are of the types of its parameters, so
// that calls get past the choice of an overload; others make the arguments, a result among them.
#include <fmt/core.h>

#include <bit>

#include "base/assert.h"
#include "function/library.h"
#include "function/test_world.h"
#include "value/arbitrary.h"
#include "value/utf8.h"
#include "value/zval.h"

namespace {

using namespace zerodb;

// Hashes of passwords are slow on purpose.
constexpr uint32_t kCostMax = 100'000;
constexpr int kCallsMax = 16;
constexpr size_t kResultBytesMax = 4096;

class Input {
 public:
  Input(const uint8_t* data, size_t size) : rest_(reinterpret_cast<const char*>(data), size) {}

  bool is_empty() const { return rest_.empty(); }
  uint8_t byte() { return rest_.empty() ? 0 : static_cast<uint8_t>(take(1).front()); }
  std::string_view take(size_t count) {
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(taken.size());
    return taken;
  }
  uint64_t number(size_t bytes) {
    uint64_t number = 0;
    for (size_t i = 0; i < bytes; ++i) number = number << 8 | byte();
    return number;
  }

  // Text and numbers as they come, all else by a seed.
  Value value(int levels) {
    switch (byte() % 8) {
      case 0:
        return text();
      case 1:
        return text();
      case 2:
        return Value::int64(static_cast<int64_t>(number(8)));
      case 3:
        return Value::int64(static_cast<int8_t>(byte()));
      case 4:
        return Value::float64(std::bit_cast<double>(number(8)));
      case 5:
        return list(levels);
      default:
        return ArbitraryValues(number(2)).value(2);
    }
  }

  // A value for a parameter, mostly of its type.
  Value value_for(const function::TypePattern& pattern) {
    using Kind = function::TypePattern::Kind;
    const uint8_t choice = byte();
    if (choice % 16 == 0) return value(2);
    ArbitraryValues values(number(2));
    switch (pattern.kind) {
      case Kind::Concrete:
        return value_of(pattern.type.kind(), values);
      case Kind::Number:
        return values.number();
      case Kind::Array:
      case Kind::Vector:
        return list_for(pattern.parts[0]);
      case Kind::HashSet:
        return values.of_tag(Tag::HashSet);
      case Kind::HashMap:
        return values.of_tag(Tag::HashMap);
      case Kind::Range:
        return values.of_tag(Tag::Range);
      case Kind::Result:
        return values.of_tag(Tag::Result);
      case Kind::Union:
        return value_for(pattern.parts[choice % pattern.parts.size()]);
      case Kind::Optional:
        return value_for(pattern.parts[0]);
      case Kind::Variable:
      case Kind::Tuple:
        break;
    }
    return value(2);
  }

 private:
  static constexpr std::string_view kWords[] = {
      "month",  "week",  "nanosecond", "Europe/Oslo", "UTC",      "+05:30", "America/New_York",
      "NFC",    "NFKD",  "nearest",    "sha256",      "%Y-%m-%d", "/a/0",   "$..a[?@]",
      "{:.3f}", "\u0301"};

  Value value_of(TypeKind kind, ArbitraryValues& values) {
    switch (kind) {
      case TypeKind::String: {
        const uint8_t choice = byte();
        return choice < 64 ? Value::string(kWords[choice % std::size(kWords)]) : text();
      }
      case TypeKind::I64:
        return byte() % 4 == 0 ? Value::int64(static_cast<int64_t>(number(8)))
                               : Value::int64(static_cast<int8_t>(byte()));
      case TypeKind::F64:
        return byte() % 2 == 0 ? Value::float64(std::bit_cast<double>(number(8)))
                               : Value::float64(static_cast<int8_t>(byte()) / 4.0);
      case TypeKind::Bool:
        return values.of_tag(Tag::Bool);
      case TypeKind::Bytes:
        return Value::bytes(take(byte() % 32));
      case TypeKind::Decimal:
        return values.of_tag(Tag::Decimal);
      case TypeKind::Datetime:
        return values.of_tag(Tag::Datetime);
      case TypeKind::Duration:
        return values.of_tag(Tag::Duration);
      case TypeKind::Uuid:
        return values.of_tag(Tag::Uuid);
      case TypeKind::Regex:
        return values.of_tag(Tag::Regex);
      case TypeKind::Object:
        return values.of_tag(Tag::Object);
      default:
        return value(2);
    }
  }

  Value list_for(const function::TypePattern& element) {
    ArrayBuilder builder;
    for (int count = byte() % 6; count > 0; --count) builder.add(value_for(element));
    auto built = builder.build();
    return built.has_value() ? std::move(built).value() : Value::none();
  }

  Value text() {
    const std::string_view taken = take(byte() % 32);
    return utf8::is_valid(taken) ? Value::string(taken) : Value::bytes(taken);
  }

  Value list(int levels) {
    ArrayBuilder builder;
    const int count = levels > 0 ? byte() % 4 : 0;
    for (int i = 0; i < count; ++i) builder.add(value(levels - 1));
    auto built = builder.build();
    return built.has_value() ? std::move(built).value() : Value::none();
  }

  std::string_view rest_;
};

// Runs of a fuzz target count inputs; this says at the end how many calls they made.
struct CallCount {
  ~CallCount() {
    fmt::print(stderr, "stat::number_of_calls: {} ({} gave a value)\n", made, values);
  }
  uint64_t made = 0;
  uint64_t values = 0;
};

std::vector<Value> arguments_for(const function::Function& function, Input& input,
                                 const Value& last) {
  std::vector<Value> arguments;
  const uint8_t choice = input.byte();
  if (choice % 2 == 0) {
    for (const function::Parameter& parameter : function.signature.parameters) {
      if (parameter.default_value && input.byte() % 4 == 0) break;
      arguments.push_back(input.value_for(parameter.pattern));
    }
  } else {
    for (int count = choice / 2 % 5; count > 0; --count) arguments.push_back(input.value(2));
  }
  if (choice >= 224 && !arguments.empty()) arguments[choice % arguments.size()] = last;
  return arguments;
}

// None if the call is an error.
Value call(const function::Library& library, const function::Function& function,
           std::span<const Value> arguments, function::CallContext& context, CallCount& count) {
  const std::vector<std::string_view> names(arguments.size());
  Result<Value> result = library.call_dynamic(function.signature.name, arguments, names, context);
  ++count.made;
  if (!result.has_value()) return Value::none();
  ++count.values;
  std::string element;
  zval::append_element(element, *result);
  ASSERT(zval::validate_element(element).has_value());
  // A result that grows from call to call would only measure the memory of the machine.
  return element.size() < kResultBytesMax ? std::move(result).value() : Value::none();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto library = function::Library::create();
  static CallCount count;
  function::test::World world;
  Input input(data, size);
  const auto& functions = library->functions();
  Value last = Value::none();
  for (int calls = 0; calls < kCallsMax && !input.is_empty(); ++calls) {
    const function::Function& chosen = functions[input.number(2) % functions.size()];
    if (chosen.cost >= kCostMax) continue;
    last = call(*library, chosen, arguments_for(chosen, input, last), world.context, count);
  }
  return 0;
}
