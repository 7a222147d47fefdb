// Global functions of values of any type.
#include "function/domains.h"
#include "function/kernel.h"
#include "value/cast.h"
#include "value/conversion.h"
#include "value/zval.h"
#include "value/zval_builder.h"

namespace zerodb::function {
namespace {

Result<Value> nullif(Args args, CallContext&) {
  return equals(args[0], args[1]) ? Value::none() : args[0];
}

Result<Value> name_of_type(Args args, CallContext& context) {
  const Value& x = args[0];
  if (x.tag() == Tag::Enum && context.names.enums != nullptr) {
    if (const auto name = context.names.enums->enum_name(x.as_enum().type))
      return Value::string(*name);
  }
  return Value::string(to_string(type_of(x), context.names.tables));
}

Result<Value> hash_of(Args args, CallContext&) {
  return Value::integer(Tag::U64, static_cast<i128>(hash(args[0])));
}

Result<Value> has_key(Args args, CallContext&) {
  if (args[0].tag() == Tag::HashMap)
    return Value::boolean(HashMapView(args[0]).find(args[1]).has_value());
  if (args[1].tag() != Tag::String)
    return Error(ErrorCode::E0602, "a key of an object is a string");
  return Value::boolean(ObjectView(args[0]).position(args[1].as_string()).has_value());
}

Result<Value> ok(Args args, CallContext&) {
  return make_ok(args[0]);
}
Result<Value> err(Args args, CallContext&) {
  return make_err(args[0]);
}
Result<Value> is_ok(Args args, CallContext&) {
  return Value::boolean(ResultView(args[0]).is_ok());
}

Result<Value> unwrap(Args args, CallContext& context) {
  const ResultView view(args[0]);
  if (!view.is_ok())
    return Error(ErrorCode::E0907,
                 "unwrap of err(" + literal_text(view.value(), context.names) + ")");
  return view.value();
}
Result<Value> ok_or_none(Args args, CallContext&) {
  const ResultView view(args[0]);
  return view.is_ok() ? view.value() : Value::none();
}
Result<Value> err_or_none(Args args, CallContext&) {
  const ResultView view(args[0]);
  return view.is_ok() ? Value::none() : view.value();
}

Result<Value> fail(Args args, CallContext&) {
  return Error(ErrorCode::E0628, args[0].is_none() ? "failed" : std::string(args[0].as_string()));
}

Result<Value> vector(Args args, CallContext&) {
  if (args[0].tag() == Tag::Vector) return args[0];
  return coerce(args[0], Type::vector(Type::float64()));
}

Result<Value> now(Args, CallContext& context) {
  return Value::datetime(context.transaction_time);
}

constexpr Declaration kValueFunctions[] = {
    {"nullif(a: T, b: T) -> T?", kExact, Absence::Seen, 3,
     "The first value, or none if both are equal.", "nullif(1, 1) = none\nnullif(1, 2) = 1",
     nullif},
    {"type_of(x: T) -> string", kExact, Absence::Seen, 20, "The name of the type of a value.",
     "type_of(1u8) = 'u8'\ntype_of('a') = 'string'\ntype_of(none) = 'none'", name_of_type},
    {"hash(x: T) -> u64", kExact, Absence::Seen, 10,
     "A number that is the same for equal values and never changes.", "hash(1) = hash(1.0)",
     hash_of},
    {"has_key(x: object | hashmap<K, V>, key: T) -> bool", kExact, Absence::Propagates, 8,
     "Whether there is such a key, also one that holds none.",
     "has_key({a: none}, 'a') = true\nhas_key({a: 1}, 'b') = false", has_key},
    {"ok(x: T) -> result<T, any>", kExact, Absence::Seen, 8, "A result that is a success.",
     "is_ok(ok(1)) = true", ok},
    {"err(x: E) -> result<any, E>", kExact, Absence::Seen, 8, "A result that is a failure.",
     "is_ok(err('e')) = false", err},
    {"is_ok(x: result<T, E>) -> bool", kExact, Absence::Propagates, 3,
     "Whether a result is a success.", "is_ok(ok(1)) = true", is_ok},
    {"unwrap(x: result<T, E>) -> T", kExact, Absence::Propagates, 5,
     "The value of a success; a failure stops the statement.", "unwrap(ok(1)) = 1", unwrap},
    {"ok_or_none(x: result<T, E>) -> T?", kExact, Absence::Propagates, 5,
     "The value of a success, or none.", "ok_or_none(err('e')) = none\nok_or_none(ok(1)) = 1",
     ok_or_none},
    {"err_or_none(x: result<T, E>) -> E?", kExact, Absence::Propagates, 5,
     "The error of a failure, or none.", "err_or_none(err('e')) = 'e'", err_or_none},
    {"try(lazy x: T) -> result<T, string>", kExact, Absence::Seen, 20,
     "The value as a success, or the text of an error that it meets (E0620 to E0628, E09xx) as a "
     "failure. Aggregates and window functions in it are computed before.",
     "is_ok(try(1 + 1)) = true\nerr_or_none(try(1 DIV 0)) = 'division by zero'\ntry(1 DIV 0) ?? 7 "
     "= 7",
     ok},
    {"fail(text: string) -> none", kExact, Absence::Seen, 1, "Stops the statement with this text.",
     "fail('no rate') = error E0628", fail},
    {"vector(x: vector<N>) -> vector<N>", kExact, Absence::Propagates, 10, "A vector as it is.",
     "vector(vector([1.5])) = vector([1.5])", vector},
    {"vector(x: array<number>) -> vector<float>", kExact, Absence::Propagates, 20,
     "The numbers of an array as a vector of floats.",
     "length(vector([1, 2])) = 2\nvector([1, 2]) = [1.0, 2.0]", vector},
    {"now() -> datetime", Volatility::Stable, Absence::Propagates, 1,
     "When the transaction started.", "now() = now()", now, InlineOp::Now},
};

}  // namespace

std::span<const Declaration> value_functions() {
  return kValueFunctions;
}

}  // namespace zerodb::function
