// Shows diagnostics: for a terminal with the source line underlined, and as JSON for editors.
//
// Threading: free functions.
#pragma once

#include <string>
#include <string_view>

#include "zeroql/diagnostic.h"
#include "zeroql/source.h"

namespace zerodb::zeroql {

enum class Colour : uint8_t { Off, On };

// Several lines, ending in a line break:
//   error[E0103]: an alias needs AS
//    --> query:1:10
//     |
//   1 | SELECT a b FROM t
//     |          ^
//     = help: write `a AS b`
std::string render(const Diagnostic& diagnostic, const SourceText& source,
                   Colour colour = Colour::Off);

// One object, whose fields docs/reference/diagnostics.md explains.
std::string to_json(const Diagnostic& diagnostic, const SourceText& source);
// The same with "file" in front.
std::string to_json(const Diagnostic& diagnostic, const SourceText& source, std::string_view file);

// How many columns of a terminal the text takes: wide characters two, combining ones none; a tab
// goes to the next stop of 4.
size_t display_width(std::string_view text, size_t start = 0);

}  // namespace zerodb::zeroql
