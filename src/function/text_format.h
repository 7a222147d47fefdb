// TextFormat: a pattern of string::format, such as `{:>8} is {:.1f}`, read once and filled in.
//
// A field is `{index:fill align sign # 0 width .precision type}`, all of it optional; `{{` and `}}`
// stand for braces. Fields without index take one argument after the other; a pattern has either
// only such fields or none. Threading: immutable after parsing.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "value/text.h"
#include "value/value.h"

namespace zerodb::function {

class TextFormat {
 public:
  // E0626, which tells the place.
  static Result<TextFormat> parse(std::string_view pattern);

  // E0623 where an argument is missing or a field does not take its class; E0611 beyond the size of
  // a value.
  Result<std::string> fill(std::span<const Value> arguments, const Names& names) const;

  enum class Align : uint8_t { None, Left, Right, Middle };
  struct Field {
    size_t index = 0;
    std::string pad = " ";  // one code point
    Align align = Align::None;
    char sign = '-';  // '+' or ' ': what stands before a number that is not negative
    bool has_prefix = false;
    bool has_zeros = false;
    uint32_t width = 0;  // in code points
    std::optional<uint32_t> precision;
    char type = 0;  // 0: as CAST AS string
  };

 private:
  struct Part {
    std::string text;  // stands before the field
    std::optional<Field> field;
  };
  std::vector<Part> parts_;
};

}  // namespace zerodb::function
