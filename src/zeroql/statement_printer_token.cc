// Tokens, the comments before them, and what stands between two.
#include "zeroql/lexer.h"
#include "zeroql/statement_printer.h"

namespace zerodb::zeroql {

namespace {

bool is_opening(TokenKind kind) {
  return kind == TokenKind::LeftParen || kind == TokenKind::LeftBracket ||
         kind == TokenKind::LeftBrace;
}

bool is_closing(TokenKind kind) {
  return kind == TokenKind::RightParen || kind == TokenKind::RightBracket ||
         kind == TokenKind::RightBrace;
}

// Words that make a value or a type are written small, like the functions and types around them.
std::string_view value_word(Keyword keyword) {
  switch (keyword) {
    case Keyword::True:
      return "true";
    case Keyword::False:
      return "false";
    case Keyword::None:
      return "none";
    case Keyword::Null:
      return "null";
    case Keyword::Any:
      return "any";
    case Keyword::Hashset:
      return "hashset";
    case Keyword::Hashmap:
      return "hashmap";
    default:
      return {};
  }
}

bool writes_values_small(NodeKind owner, Keyword keyword) {
  switch (owner) {
    case NodeKind::Literal:
    case NodeKind::AnyType:
    case NodeKind::Hashset:
    case NodeKind::Hashmap:
      return true;
    case NodeKind::IsTest:
      return keyword != Keyword::Any;
    default:
      return false;
  }
}

}  // namespace

// A keyword that serves as a name is a token of an Ident or of the key of an object.
std::string_view StatementPrinter::spelling_of(const Token& token, NodeKind owner) const {
  const bool is_name = owner == NodeKind::Ident || owner == NodeKind::ObjectKey;
  if (token.is(Keyword::NotKeyword) || is_name) return tree_.source().slice(token.span());
  if (writes_values_small(owner, token.keyword)) {
    const std::string_view small = value_word(token.keyword);
    if (!small.empty()) return small;
  }
  return keyword_text(token.keyword);
}

void StatementPrinter::token(NodeKind owner) {
  trailing_comments();
  leading_comments();
  out_.text(spelling_of(tree_.token(TokenId(next_)), owner));
  ++next_;
  gap_.reset();
  comments_printed_ = 0;
}

const Gap& StatementPrinter::gap() {
  if (!gap_) gap_ = gap_before(tree_, TokenId(next_));
  return *gap_;
}

void StatementPrinter::trailing_comments() {
  const auto& comments = gap().comments;
  while (comments_printed_ < comments.size() && !comments[comments_printed_].begins_line) {
    const Comment& comment = comments[comments_printed_++];
    const std::string_view text = tree_.source().slice(comment.span);
    if (comment.is_line) {
      out_.trailing_text(text);
      out_.comment_break();
    } else {
      out_.space();
      out_.text(text);
      out_.space();
    }
  }
}

void StatementPrinter::leading_comments() {
  const Gap& here = gap();
  const bool is_close = is_closing(tree_.token(TokenId(next_)).kind);
  const auto blank = [](bool there) { return there ? Document::Blank::Yes : Document::Blank::No; };
  for (; comments_printed_ < here.comments.size(); ++comments_printed_) {
    const Comment& comment = here.comments[comments_printed_];
    // The blank line before the first is that of the place to break, if there is one.
    if (comment.begins_line)
      out_.comment_break(blank(comment.after_blank_line && comments_printed_ > 0));
    out_.text(tree_.source().slice(comment.span));
    const bool is_last = comments_printed_ + 1 == here.comments.size();
    const bool ends_line = is_last ? here.newline || comment.is_line
                                   : here.comments[comments_printed_ + 1].begins_line;
    if (ends_line) {
      const bool has_blank = is_last ? here.blank_line && !is_close
                                     : here.comments[comments_printed_ + 1].after_blank_line;
      out_.comment_line_end(blank(has_blank));
    } else {
      out_.space();
    }
  }
}

// Whether the source has a blank line where the printer stands. None is kept inside a bracket's
// edge.
Document::Blank StatementPrinter::blank_here() {
  const Gap& here = gap();
  const bool has_comment = comments_printed_ < here.comments.size();
  const bool has_blank =
      has_comment ? here.comments[comments_printed_].after_blank_line : here.blank_line;
  const bool is_after_opening = next_ > 0 && is_opening(tree_.token(TokenId(next_ - 1)).kind);
  const bool is_before_closing = !has_comment && is_closing(tree_.token(TokenId(next_)).kind);
  return has_blank && !is_after_opening && !is_before_closing ? Document::Blank::Yes
                                                              : Document::Blank::No;
}

// Whether two tokens side by side are still the same two.
bool StatementPrinter::may_touch(const Token& left, const Token& right) const {
  if (right.glued) return true;
  std::string both(tree_.source().slice(left.span()));
  both += tree_.source().slice(right.span());
  const LexResult lexed = lex(both);
  return lexed.tokens.size() == 3 && lexed.tokens[0].kind == left.kind &&
         lexed.tokens[0].end == left.end - left.begin && lexed.tokens[1].kind == right.kind;
}

void StatementPrinter::nothing() {
  trailing_comments();
  if (next_ > 0 && !may_touch(tree_.token(TokenId(next_ - 1)), tree_.token(TokenId(next_))))
    out_.space();
}

void StatementPrinter::space() {
  trailing_comments();
  out_.space();
}

void StatementPrinter::line(Flat flat) {
  trailing_comments();
  out_.line(flat, blank_here());
}

void StatementPrinter::first_line(Flat flat) {
  trailing_comments();
  out_.line(flat);
}

void StatementPrinter::fill() {
  trailing_comments();
  out_.fill(blank_here());
}

void StatementPrinter::close_indent() {
  trailing_comments();
  if (comments_printed_ < gap().comments.size()) {
    out_.line(Flat::Space, blank_here());
    leading_comments();
  }
  out_.dedent();
}

void StatementPrinter::skip_comma() {
  // The gap behind the last token of the script is not the statement's.
  if (tree_.token(TokenId(next_ + 1)).is(TokenKind::EndOfInput) && !gap().comments.empty()) {
    nothing();
    return token(NodeKind::Script);
  }
  Gap merged = gap();
  ++next_;
  const Gap behind = gap_before(tree_, TokenId(next_));
  for (size_t i = 0; i < behind.comments.size(); ++i) {
    Comment comment = behind.comments[i];
    comment.begins_line |= i == 0 && merged.newline;
    comment.after_blank_line |= i == 0 && merged.blank_line;
    merged.comments.push_back(comment);
  }
  const bool keeps_before = behind.comments.empty();
  merged.newline = behind.newline || (keeps_before && merged.newline);
  merged.blank_line = behind.blank_line || (keeps_before && merged.blank_line);
  gap_ = std::move(merged);
}

}  // namespace zerodb::zeroql
