// Reparse: parses a text of which another version is parsed already, as an editor wants it at every
// keystroke.
//
// A `;` outside of quotes and comments ends a statement whatever stands before it, and nothing that
// the lexer or the grammar knows survives it. So only the statements that differ are read, and
// their neighbours, because the grammar looks ahead; the tokens and nodes of all others are copied
// and moved. Threading: a free function over its arguments.
#pragma once

#include "zeroql/parser.h"

namespace zerodb::zeroql {

// How much of the text was read, for tests.
struct ReparseStatistics {
  size_t tokens_read = 0;
};

// What parse(source) gives, but for the numbers of nodes. `previous` may be of any other text; the
// less they differ the faster it is.
ParseResult reparse(const ParseResult& previous, SourceText source);
ParseResult reparse(const ParseResult& previous, SourceText source, ReparseStatistics& statistics);

}  // namespace zerodb::zeroql
