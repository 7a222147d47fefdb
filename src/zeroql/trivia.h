// Gap: the comments and line breaks between two tokens of a script.
//
// Threading: plain values; spans are of the source.
#pragma once

#include <vector>

#include "zeroql/tree.h"

namespace zerodb::zeroql {

struct Comment {
  // Without the blanks at the end of a line comment.
  Span span;
  bool is_line = false;  // `-- ..`, else a block
  // First on its line. What stands before the first token of a text counts as a line break.
  bool begins_line = false;
  bool after_blank_line = false;
};

struct Gap {
  std::vector<Comment> comments;
  // Between the last comment, or else the token before, and the token.
  bool newline = false;
  bool blank_line = false;
  // A line break anywhere in the gap.
  bool has_newline() const;
};

// Before the token.
Gap gap_before(const Tree& tree, TokenId token);

}  // namespace zerodb::zeroql
