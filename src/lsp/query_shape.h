// QueryShape: what a query gives, as far as the checker knows: its columns and how many rows.
//
// Threading: free functions, plain values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lsp/analysis.h"

namespace zerodb::lsp {

struct QueryShape {
  struct Column {
    std::string name;
    std::string type;
    bool operator==(const Column&) const = default;
  };
  std::vector<Column> columns;
  sema::Cardinality rows = sema::Cardinality::Many;
  bool operator==(const QueryShape&) const = default;
};

// Of one query as a text, behind the whole script; nothing for what is no query or has mistakes.
std::optional<QueryShape> shape_of(const Analysis& analysis, std::string_view query);

}  // namespace zerodb::lsp
