// Options: lists `name = value` in definitions, checked against what the object takes.
//
// Threading: free functions over their arguments.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sema/checking.h"
#include "zeroql/ast_session.h"

namespace zerodb::sema {

// What an option takes: a literal of one class.
struct OptionRule {
  std::string_view name;
  Tag tag = Tag::String;  // Array: of strings
  std::optional<int64_t> least = std::nullopt;
  std::vector<std::string_view> choices = {};
  bool admits_none = false;
  bool is_nonzero = false;
  bool is_positive = false;  // a duration
  bool is_secret = false;    // may be a parameter, and its text is not kept
};

// E0210 for an unknown option, E0412 for one that stands twice, E0317 for a wrong value. The
// canonical texts go to `out` over what is there. `kind` is what the object is called, such as "a
// sequence".
void read_options(Checking& c, std::string_view kind, std::span<const OptionRule> rules,
                  std::optional<ast::Options> options, std::map<std::string, std::string>& out);

// The value of an option, which is a literal: E0317.
std::optional<Value> option_value(Checking& c, ast::OptionEntry option);

// The option of that name, if it is in the list.
std::optional<ast::OptionEntry> find_option(std::optional<ast::Options> options,
                                            std::string_view name);

}  // namespace zerodb::sema
