// Conversions: CAST, storing into a typed place, and the test of IS.
//
// One table decides every pair of types. CAST may lose digits (float to int truncates) and read
// text; storing may not: it widens, lets numbers of any class in when they fit by value, pads
// decimals, turns arrays into vectors, tuples or hashsets, and takes objects apart by shape.
// Errors: cast E0903; coerce E0306 (not of the type), E0307 (a number that does not fit), each with
// the path of the offending part. Threading: pure functions; names are borrowed for the call.
#pragma once

#include "base/result.h"
#include "value/text.h"
#include "value/type.h"
#include "value/value.h"

namespace zerodb {

// None stays none.
Result<Value> cast(const Value& value, const Type& to, const Names& names = {});
// The value as one of type `to`. None is E0306 unless the type admits it.
Result<Value> coerce(const Value& value, const Type& to, const Names& names = {});
// Whether the value is one of the type as it stands: 1 IS int, 1u8 IS u8; a whole number is of
// every number type that holds it exactly only through coerce(). Objects of open tables are tested
// by shape, keys not in the shape make it false.
bool is_of_type(const Value& value, const Type& type);

// Whether CAST between these types can succeed for any value (else E0309).
bool cast_exists(const Type& from, const Type& to);

// What storing a value of static type `from` into a place of type `to` needs.
enum class Storing : uint8_t {
  Same,     // nothing: every value of `from` is one of `to` as it stands
  Convert,  // coerce() at run time, which cannot fail
  Check,    // coerce() at run time, which may fail (from any, unions, optionals, arrays into fixed
            // lengths)
  Narrowing,  // E0307: a wider number into a narrower type
  Never,      // E0306
};
Storing storing(const Type& from, const Type& to);

// The static type of a value: what literals and parameters have. Composites give their precise
// types up to `any` for what is empty.
Type type_of(const Value& value);

}  // namespace zerodb
