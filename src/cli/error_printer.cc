#include "cli/error_printer.h"

#include <string>

#include "cli/terminal.h"
#include "zeroql/render.h"

namespace zerodb::cli {

zeroql::Colour colour_of(std::FILE* out) {
  const bool is_coloured = wants_colour() && terminal_size(out).has_value();
  return is_coloured ? zeroql::Colour::On : zeroql::Colour::Off;
}

zeroql::LineColumn position_of(const Error& error, const zeroql::SourceText& source,
                               uint32_t statement_begin) {
  return source.position(error.span() ? error.span()->begin : statement_begin);
}

void print_error(const Error& error, const zeroql::SourceText& source, std::FILE* out) {
  if (!error.span()) {
    print_error(error, out);
    return;
  }
  zeroql::Diagnostic diagnostic;
  diagnostic.code = error.code();
  diagnostic.message = error.message();
  diagnostic.span = *error.span();
  diagnostic.help = error.help();
  const std::string text = zeroql::render(diagnostic, source, colour_of(out));
  std::fwrite(text.data(), 1, text.size(), out);
}

void print_error(const Error& error, std::FILE* out) {
  std::string text = error.to_string() + "\n";
  if (!error.help().empty()) text += "  = help: " + std::string(error.help()) + "\n";
  std::fwrite(text.data(), 1, text.size(), out);
}

}  // namespace zerodb::cli
