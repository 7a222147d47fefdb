// Text of the catalog as syntax again.
//
// Threading: free functions over their arguments.
#pragma once

#include "sema/checking.h"
#include "zeroql/ast_query.h"

namespace zerodb::sema {

// The expression that a stored text is. It was parsed before it was stored, so it parses. The tree
// lives as long as `c`.
ast::Expr parse_stored_expression(Checking& c, const std::string& text);

// The same for a query.
ast::Query parse_stored_query(Checking& c, const std::string& text);

// The stored expression with `from`, a field of its table, replaced by `to`: as a bare name, or
// behind the name of the table.
std::string rename_field(const std::string& text, const std::string& table, const std::string& from,
                         const std::string& to);

// The stored type with record<from> replaced by record<to>.
std::string rename_record_type(const std::string& text, const std::string& from,
                               const std::string& to);

// The type that a stored text is. The tree lives as long as `c`.
ast::Type parse_stored_type(Checking& c, const std::string& text);

// Whether a stored text has the word, whatever it stands for there.
bool has_word(const std::string& text, const std::string& word);

// The text of a node as it is stored: comments and line breaks become single blanks.
std::string stored_text(const ast::View& node);

}  // namespace zerodb::sema
