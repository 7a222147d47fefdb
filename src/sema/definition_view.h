// Views: DEFINE VIEW, what uses them, and what they use.
//
// A view is stored as the text of its query and stands for that query wherever it is named. Views
// never read themselves, not through others either. Threading: free functions over their arguments.
#pragma once

#include <optional>
#include <string>

#include "sema/definition.h"

namespace zerodb::sema {

void define_view(Definition& d, ast::DefineViewStatement node);
void alter_view(Definition& d, ast::Alter node);

// A view whose query names the word, such as a table; with `field` it must name that word as well.
std::optional<std::string> view_that_names(const catalog::Schema& schema, const std::string& word,
                                           const std::string& field = {});
// The checked query of a view, with the names of its columns. All uses in a statement share it.
QueryId view_query(Checking& c, const catalog::Table& view, Span span);

}  // namespace zerodb::sema
