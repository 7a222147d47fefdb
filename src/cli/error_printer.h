// ErrorPrinter: shows an error to a person: code, place in the text, caret, help.
#pragma once

#include <cstdio>

#include "base/error.h"
#include "zeroql/render.h"
#include "zeroql/source.h"

namespace zerodb::cli {

// Where the error points to; the start of the text if it has no span.
zeroql::LineColumn position_of(const Error& error, const zeroql::SourceText& source,
                               uint32_t statement_begin);

// Colour where the stream is a terminal and NO_COLOR is not set.
zeroql::Colour colour_of(std::FILE* out);
// An error of a statement, with its source line underlined. The span is within `source`.
void print_error(const Error& error, const zeroql::SourceText& source, std::FILE* out);
// An error without source text.
void print_error(const Error& error, std::FILE* out);

}  // namespace zerodb::cli
