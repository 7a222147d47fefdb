// Short ways to write values in tests.
#pragma once

#include <initializer_list>
#include <string_view>
#include <utility>

#include "value/decimal.h"
#include "value/temporal.h"
#include "value/value.h"
#include "value/zval_builder.h"

namespace zerodb::test {

inline Value none() {
  return Value::none();
}
inline Value boolean(bool value) {
  return Value::boolean(value);
}
inline Value integer(int64_t value) {
  return Value::int64(value);
}
inline Value integer(Tag tag, i128 value) {
  return Value::integer(tag, value);
}
inline Value number(double value) {
  return Value::float64(value);
}
inline Value dec(std::string_view text) {
  return Value::decimal(decimal::parse(text).value());
}
inline Value text(std::string_view text) {
  return Value::string(text);
}
inline Value at(std::string_view text) {
  return Value::datetime(parse_datetime(text).value());
}
inline Value span(std::string_view text) {
  return Value::duration(parse_duration(text).value());
}
inline Value array(std::initializer_list<Value> elements) {
  ArrayBuilder builder;
  for (const Value& element : elements) builder.add(element);
  return builder.build().value();
}
inline Value tuple(std::initializer_list<Value> elements) {
  TupleBuilder builder;
  for (const Value& element : elements) builder.add(element);
  return builder.build().value();
}
inline Value set(std::initializer_list<Value> elements) {
  HashSetBuilder builder;
  for (const Value& element : elements) builder.add(element);
  return builder.build().value();
}
inline Value map(std::initializer_list<std::pair<Value, Value>> entries) {
  HashMapBuilder builder;
  for (const auto& [key, value] : entries) builder.set(key, value);
  return builder.build().value();
}
inline Value object(std::initializer_list<std::pair<std::string_view, Value>> entries) {
  ObjectBuilder builder;
  for (const auto& [key, value] : entries) builder.set(key, value);
  return builder.build().value();
}
inline Value vector(std::initializer_list<double> elements) {
  VectorBuilder builder(Tag::F64);
  for (const double element : elements) builder.add(Value::float64(element));
  return builder.build().value();
}

}  // namespace zerodb::test
