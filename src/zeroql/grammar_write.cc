#include <fmt/format.h>

#include "zeroql/grammar.h"

namespace zerodb::zeroql {

void Grammar::create() {
  const Start s = start();
  cursor_.advance();
  target(false);
  write_data(false);
  optional_returning();
  finish(NodeKind::Create, s);
}

void Grammar::insert() {
  const Start s = start();
  cursor_.advance();
  expect(Keyword::Into);
  name();
  if (at(Keyword::Content)) {
    write_data(false);
  } else {
    const bool is_query = peek().is(TokenKind::LeftParen) || peek().is(Keyword::Select) ||
                          peek().is(Keyword::From) || peek().is(Keyword::Values) ||
                          peek().is(Keyword::With);
    if (at(TokenKind::LeftParen) && !is_query) ident_list();
    if (at_query() || at(TokenKind::LeftParen)) {
      query();
    } else {
      expected("VALUES, CONTENT or a query");
    }
  }
  if (at(Keyword::On)) on_conflict();
  optional_returning();
  finish(NodeKind::Insert, s);
}

void Grammar::on_conflict() {
  const Start s = start();
  cursor_.advance();
  expect(Keyword::Conflict);
  if (at(TokenKind::LeftParen)) ident_list();
  expect(Keyword::Do);
  if (!accept(Keyword::Nothing)) {
    if (accept(Keyword::Update)) {
      if (at(Keyword::Set)) {
        set_clause(true);
      } else {
        expected("SET");
      }
      optional_where();
    } else {
      expected("NOTHING or UPDATE SET");
    }
  }
  finish(NodeKind::OnConflict, s);
}

void Grammar::upsert() {
  const Start s = start();
  cursor_.advance();
  target(false);
  write_data(true);
  optional_returning();
  finish(NodeKind::Upsert, s);
}

void Grammar::update() {
  const Start s = start();
  cursor_.advance();
  target(true);
  write_data(true);
  if (at(Keyword::From)) from();
  optional_where();
  optional_returning();
  finish(NodeKind::Update, s);
}

void Grammar::delete_() {
  const Start s = start();
  cursor_.advance();
  accept(Keyword::From);
  target(true);
  if (at(Keyword::Using)) {
    const Start using_clause = start();
    cursor_.advance();
    source();
    joins();
    finish(NodeKind::Using, using_clause);
  }
  optional_where();
  optional_returning();
  finish(NodeKind::Delete, s);
}

void Grammar::relate() {
  const Start s = start();
  cursor_.advance();
  endpoint();
  expect_arrow(ast::EdgeDirection::Right);
  ident();
  expect_arrow(ast::EdgeDirection::Right);
  endpoint();
  write_data(false);
  if (at(Keyword::From)) {
    from();
    optional_where();
  }
  optional_returning();
  finish(NodeKind::Relate, s);
}

void Grammar::endpoint() {
  const Start s = start();
  if (at(TokenKind::Parameter)) {
    parameter();
  } else if (at(TokenKind::LeftParen)) {
    paren_query();
  } else if (at_record_id()) {
    record_id(false);
  } else {
    name();
  }
  finish(NodeKind::Endpoint, s);
}

// A wide target may be an id range and have an alias.
void Grammar::target(bool is_wide) {
  const Start s = start();
  if (at_record_id()) {
    record_id(is_wide);
  } else {
    name();
    if (at(TokenKind::Colon) || at(TokenKind::RecordColon)) bad_record_key();
  }
  // Words that begin a clause are names elsewhere.
  const bool is_clause = at(Keyword::Set) || at(Keyword::Content) || at(Keyword::Merge) ||
                         at(Keyword::Unset) || at(Keyword::Returning);
  if (is_wide && at(Keyword::As)) {
    alias();
  } else if (is_wide && !is_clause) {
    missing_alias();
  }
  finish(NodeKind::Target, s);
}

// SET, CONTENT, MERGE, UNSET. CREATE and RELATE may go without; UPSERT and UPDATE must have one.
void Grammar::write_data(bool is_update) {
  const Start s = start();
  if (at(Keyword::Set)) {
    set_clause(is_update);
    if (is_update && at(Keyword::Unset)) unset();
  } else if (accept(Keyword::Content)) {
    expr();
    finish(NodeKind::Content, s);
  } else if (is_update && accept(Keyword::Merge)) {
    expr();
    finish(NodeKind::Merge, s);
  } else if (is_update && at(Keyword::Unset)) {
    unset();
  } else if (is_update) {
    if (at(Keyword::Where) || at(Keyword::From)) return out_of_order_data();
    expected("SET, CONTENT, MERGE or UNSET");
  }
}

// UPDATE t WHERE .. SET ..: the clauses are read, so that the misplaced word itself is pointed at.
void Grammar::out_of_order_data() {
  if (at(Keyword::From)) from();
  optional_where();
  if (cursor_.is_panicking()) return;
  if (at(Keyword::Set) || at(Keyword::Content) || at(Keyword::Merge) || at(Keyword::Unset)) {
    const Token& token = current();
    fail({.code = ErrorCode::E0104,
          .message = fmt::format("{} stands before WHERE", keyword_text(token.keyword)),
          .span = token.span(),
          .help = "the order is UPDATE target, SET, FROM, WHERE, RETURNING"});
    return;
  }
  expected("SET, CONTENT, MERGE or UNSET");
}

void Grammar::set_clause(bool is_update) {
  const Start s = start();
  cursor_.advance();
  comma_list(is_update ? &Grammar::update_assignment : &Grammar::assignment);
  finish(NodeKind::SetClause, s);
}

void Grammar::assignment() {
  const Start s = start();
  field_path();
  expect(TokenKind::Equal);
  expr();
  finish(NodeKind::Assignment, s);
}

void Grammar::update_assignment() {
  const Start s = start();
  auto op = ast::AssignOp::Set;
  field_path();
  switch (current().kind) {
    case TokenKind::PlusEqual:
      op = ast::AssignOp::Add;
      break;
    case TokenKind::MinusEqual:
      op = ast::AssignOp::Subtract;
      break;
    case TokenKind::StarEqual:
      op = ast::AssignOp::Multiply;
      break;
    case TokenKind::SlashEqual:
      op = ast::AssignOp::Divide;
      break;
    default:
      break;
  }
  if (op != ast::AssignOp::Set) {
    cursor_.advance();
  } else if (!accept(TokenKind::Equal)) {
    expected("`=`, `+=`, `-=`, `*=` or `/=`");
  }
  expr();
  finish(NodeKind::Assignment, s, static_cast<uint8_t>(op));
}

void Grammar::field_path() {
  const Start s = start();
  ident();
  path_steps(false);
  finish(NodeKind::FieldPath, s);
}

void Grammar::field_path_with_all() {
  const Start s = start();
  ident();
  path_steps(true);
  finish(NodeKind::FieldPath, s);
}

void Grammar::path_steps(bool allows_all) {
  while (true) {
    const Start s = start();
    if (accept(TokenKind::Dot)) {
      word();
      finish(NodeKind::PathField, s);
    } else if (at(TokenKind::LeftBracket)) {
      const uint32_t open = cursor_.at();
      cursor_.advance();
      const bool is_all = allows_all && accept(TokenKind::Star);
      if (!is_all) expr();
      recover_in_list(TokenKind::RightBracket);
      close(TokenKind::RightBracket, open);
      finish(is_all ? NodeKind::PathAll : NodeKind::PathIndex, s);
    } else {
      return;
    }
  }
}

void Grammar::unset() {
  const Start s = start();
  cursor_.advance();
  comma_list(&Grammar::field_path);
  finish(NodeKind::Unset, s);
}

void Grammar::optional_returning() {
  if (!at(Keyword::Returning)) return;
  const Start s = start();
  cursor_.advance();
  select_items();
  finish(NodeKind::Returning, s);
}

}  // namespace zerodb::zeroql
