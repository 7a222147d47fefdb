// JSON in and out.
//
// In: integers become i64, else u64, i128 or u128; numbers with a point or exponent f64, or a
// decimal where one is wanted; null is none and keeps its key; of equal keys the last counts, at
// the place of the first. Out: every number exactly, NaN and infinities as strings, bytes in
// base64, datetimes RFC 3339, regexes their pattern, enums the variant's name, lists, vectors,
// tuples and sets as arrays, maps as arrays of [key, value], results as {"ok": x} or {"err": x},
// and everything else as the text of its literal. Threading: a reader belongs to one thread;
// append_json is a pure function.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "value/text.h"
#include "value/value.h"

namespace zerodb {

// Reads documents one after the other, keeping its buffers.
class JsonReader {
 public:
  JsonReader();
  ~JsonReader();
  JsonReader(JsonReader&&) noexcept;
  JsonReader& operator=(JsonReader&&) noexcept;

  // The text must be exactly one JSON value. E0624 says what is wrong, and where as a path; E1103
  // and E0611 as for any value.
  Result<Value> parse(std::string_view text);
  // Where the type has decimals, numbers are read as such, with all their digits. Nothing else is
  // converted.
  Result<Value> parse(std::string_view text, const Type& type);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

Result<Value> parse_json(std::string_view text);

void append_json(std::string& out, const Value& value, const Names& names = {});
std::string to_json(const Value& value, const Names& names = {});
// A string with its quotes.
void append_json_string(std::string& out, std::string_view text);

}  // namespace zerodb
