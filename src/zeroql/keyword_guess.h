// Did-you-mean for keywords: which one a misspelled word of a broken statement was meant for.
//
// A guess is a keyword that resembles a word at the mistake, and with which the statement parses
// further than without it. So none is named that could not stand there, and the grammar need not
// say at each place which ones could. Threading: a free function over its arguments.
#pragma once

#include <span>

#include "zeroql/diagnostic.h"
#include "zeroql/source.h"
#include "zeroql/token.h"

namespace zerodb::zeroql {

// `mistake` is the first one in the statement that consists of `tokens`. If a keyword is misspelled
// there it becomes E0101 with the fix, else it stays as it is.
void guess_keyword(Diagnostic& mistake, const SourceText& source, std::span<const Token> tokens);

}  // namespace zerodb::zeroql
