// Reserved words: those that are no names unless they stand in backticks. The list is the
// language's own (base/keywords.def); the texts of values are read back by it.
//
// Threading: pure functions.
#pragma once

#include <string>
#include <string_view>

namespace zerodb {

// In any case of letters.
bool is_reserved_word(std::string_view word);

// As name_text, but reserved words in backticks too: how a table or a type is named. Behind a dot
// every word is a name.
std::string quoted_name(std::string_view name);

}  // namespace zerodb
