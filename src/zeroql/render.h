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

// What stands in front of a message that is no diagnostic of the parser or the checker, such as
// "info", "ZL301". `colour_as` says which severity it looks like.
struct Heading {
  std::string_view severity;
  std::string_view code;
  Severity colour_as = Severity::Warning;
};
// As above; the heading stands for the code and the severity of the diagnostic.
std::string render(const Heading& heading, const Diagnostic& diagnostic, const SourceText& source,
                   Colour colour = Colour::Off);
std::string to_json(const Heading& heading, const Diagnostic& diagnostic, const SourceText& source);

// One object, whose fields docs/reference/diagnostics.md explains.
std::string to_json(const Diagnostic& diagnostic, const SourceText& source);
// The same with "file" in front.
std::string to_json(const Diagnostic& diagnostic, const SourceText& source, std::string_view file);

// How many columns of a terminal the text takes: wide characters two, combining ones none; a tab
// goes to the next stop of 4.
size_t display_width(std::string_view text, size_t start = 0);

}  // namespace zerodb::zeroql
