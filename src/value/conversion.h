// The conversion of one value to a type, as CAST or for storing; composite values part by part.
//
// Threading: a converter belongs to one call.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "value/text.h"
#include "value/type.h"
#include "value/value.h"

namespace zerodb {

enum class ConversionMode : uint8_t { Cast, Store };

class Converter {
 public:
  Converter(ConversionMode mode, const Names& names) : mode_(mode), names_(names) {}
  Result<Value> convert(const Value& value, const Type& to);

 private:
  Result<Value> to_bool(const Value& value, const Type& to);
  Result<Value> to_integer(const Value& value, const Type& to);
  Result<Value> to_float(const Value& value, const Type& to);
  Result<Value> to_decimal(const Value& value, const Type& to);
  Result<Value> to_string(const Value& value, const Type& to);
  Result<Value> to_bytes(const Value& value, const Type& to);
  Result<Value> to_temporal(const Value& value, const Type& to);
  Result<Value> to_uuid(const Value& value, const Type& to);
  Result<Value> to_enum(const Value& value, const Type& to);
  Result<Value> to_range(const Value& value, const Type& to);
  Result<Value> to_tuple(const Value& value, const Type& to);
  Result<Value> to_list(const Value& value, const Type& to);
  Result<Value> to_hash_set(const Value& value, const Type& to);
  Result<Value> to_hash_map(const Value& value, const Type& to);
  Result<Value> to_result(const Value& value, const Type& to);
  Result<Value> to_object(const Value& value, const Type& to);
  Result<Value> to_union(const Value& value, const Type& to);
  // Converts one part; `step` names it in messages: "[3]", ".zip".
  Result<Value> part(const Value& value, const Type& to, const std::string& step);
  bool casts() const { return mode_ == ConversionMode::Cast; }
  // The value is of a class that never becomes one of the type.
  Error wrong(const Value& value, const Type& to) const;
  // A number, or text, of the right class that does not fit.
  Error unfit(const Value& value, const Type& to) const;
  Error error(ErrorCode code, std::string text) const;

  ConversionMode mode_;
  const Names& names_;
  std::string path_;
};

// The kind of type that a tag's values have, and the other way round for kinds that are one tag.
TypeKind kind_of(Tag tag);
std::optional<Tag> tag_of(TypeKind kind);

}  // namespace zerodb
