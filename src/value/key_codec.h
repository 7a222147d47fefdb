// Order-preserving keys: byte strings whose memcmp order is the order of compare().
//
// The general form begins with a class byte, so values of all classes sort together, none after all
// others; record keys and values of type any always use it. Equal numbers have equal keys whatever
// their width. A composite is its elements and a closing 0; sets and maps are in ascending order
// already, objects are written in the order of their keys. Strings turn 0x00 into 00 FF and end
// with 00 01. A number is
//   the greatest float not beyond it, 8 bytes; 0x40 if that float is the number, else 0x80, decimal
//   exponent u8, pairs of digits
// all of it complemented where negative. The typed form serves indexes over fields of one type: no
// class byte, fixed width. A descending column is the complement of the ascending one, but none
// stays last. A key decodes to a value that is equal to the one that was encoded, though numbers
// take the narrowest form and vectors become arrays; the typed form also keeps the width.
// Threading: pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "value/type.h"
#include "value/value.h"

namespace zerodb {

enum class KeyOrder : uint8_t { Ascending, Descending };

// Appends the key of a value. E1104 beyond limits::kKeyBytesMax; then nothing is appended.
Status append_key(std::string& out, const Value& value, KeyOrder order = KeyOrder::Ascending);
// Takes one key off the front of `in`. E1205 for malformed bytes.
Result<Value> decode_key(std::string_view& in, KeyOrder order = KeyOrder::Ascending);

// The element at `index` of a key in ascending order that is an array; E1205 if it is none or has
// no such element.
Result<Value> decode_key_component(std::string_view key, uint32_t index);

// Whether the type has a typed form; for others the typed functions use the general form.
bool has_typed_key(const Type& type);
// The value must be none (of a type that admits it) or of the type; else E0306.
Status append_typed_key(std::string& out, const Value& value, const Type& type,
                        KeyOrder order = KeyOrder::Ascending);
Result<Value> decode_typed_key(std::string_view& in, const Type& type,
                               KeyOrder order = KeyOrder::Ascending);

// The least byte string greater than `key`.
std::string key_successor(std::string_view key);
// The least byte string greater than every one that begins with `prefix`; nothing if there is none.
std::optional<std::string> prefix_end(std::string_view prefix);

}  // namespace zerodb
