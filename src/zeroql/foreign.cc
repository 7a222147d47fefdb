// What people write out of habit from other languages, each with the code and the words that help.
#include <array>

#include <fmt/format.h>

#include "zeroql/grammar.h"
#include "zeroql/literal.h"

namespace zerodb::zeroql {

namespace {

struct Habit {
  std::string_view word;  // upper case
  ErrorCode code;
  std::string_view help;
};

// First words of statements that zeroql does not have.
constexpr Habit kStatements[] = {
    {"DROP", ErrorCode::E0111, "write REMOVE and the kind, such as `REMOVE TABLE t`"},
    {"TRUNCATE", ErrorCode::E0111, "write `DELETE t WHERE true`"},
    {"MERGE", ErrorCode::E0111, "write INSERT .. ON CONFLICT DO UPDATE, or UPDATE .. FROM"},
    {"REPLACE", ErrorCode::E0111, "write UPSERT, or INSERT .. ON CONFLICT DO UPDATE"},
    {"START", ErrorCode::E0111, "write BEGIN"},
    {"DESC", ErrorCode::E0111, "write DESCRIBE TABLE and its name"},
    {"PRAGMA", ErrorCode::E0111, "write SET name = value, or SHOW name"},
    {"CALL", ErrorCode::E0111, "write SELECT and the function"},
    {"EXECUTE", ErrorCode::E0111, "write SELECT and the function"},
    {"PREPARE", ErrorCode::E0111, "statements are prepared through the client"},
    {"VACUUM", ErrorCode::E0111, "old versions are removed by the database itself"},
    {"IF", ErrorCode::E0112, "write CASE in an expression, or WHERE in the statement"},
    {"FOR", ErrorCode::E0112,
     "write one statement for the whole set: UPDATE .. WHERE, INSERT .. SELECT, RELATE .. FROM"},
    {"WHILE", ErrorCode::E0112, "write WITH RECURSIVE, or a statement for the whole set"},
    {"LOOP", ErrorCode::E0112, "write WITH RECURSIVE, or a statement for the whole set"},
    {"REPEAT", ErrorCode::E0112, "write WITH RECURSIVE, or a statement for the whole set"},
    {"BREAK", ErrorCode::E0112, "there are no loops: use WHERE or LIMIT"},
    {"CONTINUE", ErrorCode::E0112, "there are no loops: use WHERE"},
    {"RETURN", ErrorCode::E0112, "write SELECT"},
    {"THROW", ErrorCode::E0112, "write `SELECT fail('message')`"},
    {"DECLARE", ErrorCode::E0112, "write LET $name = value"},
};

constexpr std::array<std::string_view, 14> kCreateKinds = {
    "TABLE",    "INDEX",  "VIEW",     "DATABASE", "SCHEMA",    "USER", "ROLE",
    "FUNCTION", "UNIQUE", "SEQUENCE", "TYPE",     "TEMPORARY", "TEMP", "NAMESPACE"};

struct Attribute {
  std::string_view word;
  std::string_view help;
};

constexpr Attribute kAttributes[] = {
    {"PRIMARY", "the key of a table is declared by KEY (..); generated ids need nothing"},
    {"AUTO_INCREMENT", "ids are generated; for numbers in order use DEFINE SEQUENCE"},
    {"AUTOINCREMENT", "ids are generated; for numbers in order use DEFINE SEQUENCE"},
    {"IDENTITY", "ids are generated; for numbers in order use DEFINE SEQUENCE"},
    {"GENERATED", "write COMPUTED and the expression"},
    {"REFERENCES", "write the type record<table> and REFERENCE"},
    {"CHECK", "write ASSERT and the condition"},
    {"NOT", "a type admits none only with `?`: write `string` or `string?`"},
    {"NULL", "a type admits none only with `?`: write `string` or `string?`"},
};

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  }
  return out;
}

}  // namespace

bool Grammar::word_is(const Token& token, std::string_view text) const {
  return token.is(TokenKind::Word) && token.end - token.begin == text.size() &&
         upper(text_of(token)) == text;
}

bool Grammar::fail_foreign(ErrorCode code, std::string message, std::string help, uint32_t tokens) {
  const Span span = {current().begin, peek(tokens - 1).end};
  fail({.code = code, .message = std::move(message), .span = span, .help = std::move(help)});
  return true;
}

// Reports the operator that stands here and steps over it; the parser goes on as if the right one
// stood there.
bool Grammar::report_operator(std::string_view replacement, std::string help) {
  const Span span = current().span();
  Diagnostic diagnostic = {
      .code = ErrorCode::E0110,
      .message = fmt::format("`{}` is no operator of zeroql", text_of(current())),
      .span = span,
      .help = std::move(help)};
  if (!replacement.empty()) {
    diagnostic.fixes.push_back(
        {span, std::string(replacement), fmt::format("write `{}`", replacement)});
  }
  report(std::move(diagnostic));
  cursor_.advance();
  return true;
}

bool Grammar::foreign_operator() {
  const Token& token = current();
  const auto refuse = [&](std::string_view written, std::string help, uint32_t tokens = 1) {
    return fail_foreign(ErrorCode::E0110, fmt::format("`{}` is no operator of zeroql", written),
                        std::move(help), tokens);
  };
  switch (token.kind) {
    case TokenKind::EqualEqual:
      return refuse("==", "equality is written `=`");
    case TokenKind::AmpersandAmpersand:
      return refuse("&&", "write AND");
    case TokenKind::Bang:
      return refuse("!", "write NOT");
    case TokenKind::SlashSlash:
      return refuse("//", "a regex is written `re'..'`, a comment begins with `--`");
    case TokenKind::BarGreater:
      return refuse("|>", "write the clauses one after another: FROM t SELECT a WHERE b");
    case TokenKind::DoubleColon:
      return refuse("::", "write CAST(x AS type)");
    case TokenKind::Question:
      if (peek().is(TokenKind::Colon) && peek().glued)
        return refuse("?:", "write `??` for a default, or CASE", 2);
      return refuse("?", "write CASE WHEN .. THEN .. ELSE .. END; parameters are `$name` or `$1`");
    case TokenKind::Minus:
      if (!peek().is(TokenKind::Greater) || !peek().glued) return false;
      return fail_foreign(ErrorCode::E0108, "an arrow cannot stand here",
                          "paths are written in MATCH: `FROM MATCH a -> edge -> b`", 2);
    default:
      break;
  }
  if (word_is(token, "ISNULL")) return refuse("ISNULL", "write `IS none`");
  if (word_is(token, "NOTNULL")) return refuse("NOTNULL", "write `IS NOT none`");
  return false;
}

bool Grammar::foreign_statement() {
  const Token& token = current();
  const Token& next = peek();
  if (!token.is(TokenKind::Word)) return false;
  if (token.is(Keyword::Create)) {
    for (const std::string_view kind : kCreateKinds) {
      const Token& name = peek(2);
      if (!word_is(next, kind) || !is_ident(name) || name.is(Keyword::Content)) continue;
      return fail_foreign(ErrorCode::E0111, fmt::format("CREATE makes records, not a {}", kind),
                          kind == "TABLE" ? "write DEFINE TABLE name ( field type, .. )"
                                          : "write DEFINE and the kind",
                          2);
    }
    if (is_ident(next) && peek(2).is(TokenKind::LeftParen)) {
      return fail_foreign(ErrorCode::E0111, "CREATE takes SET or CONTENT",
                          "write `INSERT INTO t (a) VALUES (..)`, or `CREATE t SET a = ..`");
    }
    return false;
  }
  if (token.is(Keyword::Insert)) {
    if (next.is(Keyword::Into) || !(is_ident(next) || next.is(Keyword::Or))) return false;
    const Span place = {token.end, token.end};
    fail({.code = ErrorCode::E0111,
          .message = "INSERT needs INTO",
          .span = token.span(),
          .help = "write INSERT INTO; for a row that may be there use ON CONFLICT",
          .fixes = {{place, " INTO", "write INTO"}}});
    return true;
  }
  if (token.is(Keyword::Begin) || token.is(Keyword::Commit) || token.is(Keyword::Rollback)) {
    if (!word_is(next, "TRANSACTION") && !word_is(next, "WORK") && !word_is(next, "TRAN"))
      return false;
    return fail_foreign(ErrorCode::E0111,
                        fmt::format("write {} alone", keyword_text(token.keyword)),
                        fmt::format("without the word {}", upper(text_of(next))), 2);
  }
  if (token.is(Keyword::Show) && next.is(Keyword::Create)) {
    return fail_foreign(ErrorCode::E0111, "SHOW shows options of the session",
                        "write DESCRIBE TABLE and its name", 2);
  }
  if (token.is(Keyword::Set) && next.is(TokenKind::Parameter)) {
    return fail_foreign(ErrorCode::E0113, "a parameter is bound once and never assigned",
                        fmt::format("write LET {} = ..", text_of(next)), 2);
  }
  for (const Habit& habit : kStatements) {
    if (!word_is(token, habit.word)) continue;
    return fail_foreign(habit.code, fmt::format("there is no statement {}", habit.word),
                        std::string(habit.help));
  }
  return false;
}

bool Grammar::foreign_limit() {
  const std::string message = "row limits are written LIMIT n OFFSET m";
  if (at(TokenKind::Comma)) {
    return fail_foreign(ErrorCode::E0114, message,
                        "the number after the comma is the LIMIT, the one before it the OFFSET");
  }
  if (word_is(current(), "TOP") &&
      (peek().is(TokenKind::Integer) || peek().is(TokenKind::Parameter))) {
    return fail_foreign(ErrorCode::E0114, message, "write LIMIT at the end of the query", 2);
  }
  const bool is_fetch =
      word_is(current(), "FETCH") && (peek().is(Keyword::First) || word_is(peek(), "NEXT"));
  const bool is_start =
      word_is(current(), "START") && (peek().is(Keyword::At) || peek().is(TokenKind::Integer));
  if (is_fetch) return fail_foreign(ErrorCode::E0114, message, "write LIMIT n", 2);
  if (is_start) return fail_foreign(ErrorCode::E0114, message, "write OFFSET n", 2);
  return false;
}

bool Grammar::foreign_exists() {
  const bool is_not = peek().is(Keyword::Not) && peek(2).is(Keyword::Exists);
  if (!at(Keyword::If) || !(is_not || peek().is(Keyword::Exists))) return false;
  return fail_foreign(
      ErrorCode::E0109,
      fmt::format("IF {}EXISTS stands right after the kind", is_not ? "NOT " : ""),
      is_not ? "write DEFINE TABLE IF NOT EXISTS t" : "write REMOVE TABLE IF EXISTS t",
      is_not ? 3 : 2);
}

bool Grammar::foreign_action() {
  if (!word_is(current(), "COLUMN") || peek().is(Keyword::Assert) || peek().is(Keyword::Unique))
    return false;
  return fail_foreign(ErrorCode::E0111, "columns are called fields",
                      "write FIELD instead of COLUMN");
}

// A clause that the query or the statement has left behind.
bool Grammar::misplaced_clause() {
  switch (current().keyword) {
    case Keyword::Group:
    case Keyword::Order:
      if (!peek().is(Keyword::By)) return false;
      break;
    case Keyword::Where:
    case Keyword::Having:
    case Keyword::Window:
    case Keyword::Qualify:
    case Keyword::Limit:
    case Keyword::Offset:
    case Keyword::From:
    case Keyword::Set:
      break;
    default:
      return false;
  }
  if (is_reserved_as_name()) return false;
  const Token& first = builder_.tokens()[statement_begin_];
  switch (first.keyword) {
    case Keyword::Select:
    case Keyword::From:
    case Keyword::With:
    case Keyword::Insert:
    case Keyword::Update:
    case Keyword::Upsert:
    case Keyword::Delete:
    case Keyword::Relate:
    case Keyword::Explain:
    case Keyword::Live:
      break;
    default:
      return false;
  }
  const bool is_query =
      first.is(Keyword::Select) || first.is(Keyword::From) || first.is(Keyword::With);
  return fail_foreign(
      ErrorCode::E0104, fmt::format("{} is out of order", keyword_text(current().keyword)),
      is_query
          ? "the order is FROM, WHERE, GROUP BY, HAVING, WINDOW, QUALIFY, ORDER BY, LIMIT, OFFSET"
          : "the order is target, SET, FROM, WHERE, RETURNING");
}

// An attribute of a column; the list of fields goes on behind it.
bool Grammar::foreign_attribute() {
  for (const Attribute& attribute : kAttributes) {
    if (!word_is(current(), attribute.word)) continue;
    uint32_t count = 1;
    if (peek().is(Keyword::Key) || peek().is(Keyword::Null) || peek().is(Keyword::None)) count = 2;
    const Span span = {current().begin, peek(count - 1).end};
    fail({.code = ErrorCode::E0115,
          .message =
              fmt::format("{} is no attribute of a field", upper(builder_.source().slice(span))),
          .span = span,
          .help = std::string(attribute.help)});
    return true;
  }
  return false;
}

bool Grammar::foreign_type() {
  const bool is_serial = word_is(current(), "SERIAL") || word_is(current(), "BIGSERIAL");
  if (!is_serial) return false;
  const Start s = start();
  report({.code = ErrorCode::E0115,
          .message = fmt::format("there is no type {}", text_of(current())),
          .span = current().span(),
          .help = "ids are generated; for numbers in order use `int` and DEFINE SEQUENCE"});
  cursor_.advance();
  finish(NodeKind::ErrorType, s);
  return true;
}

// After an item or a source: a name that lacks AS. The parser takes it as the alias.
bool Grammar::missing_alias() {
  if (!at_ident() && !at(TokenKind::DoubleString)) return false;
  if (word_is(current(), "ISNULL") || word_is(current(), "NOTNULL")) return foreign_operator();
  if (foreign_limit()) return true;
  const Token& next = peek();
  switch (next.kind) {
    case TokenKind::Comma:
    case TokenKind::RightParen:
    case TokenKind::Semicolon:
    case TokenKind::EndOfInput:
      break;
    case TokenKind::Word:
      if (is_reserved(next.keyword)) break;
      return false;
    default:
      return false;
  }
  const Start s = start();
  const Token& token = current();
  const bool is_string = token.is(TokenKind::DoubleString);
  const std::string name = is_string
                               ? quote_name(decode_string(text_of(token)).value_or(std::string()))
                               : std::string(text_of(token));
  report({.code = ErrorCode::E0103,
          .message = "an alias needs AS",
          .span = token.span(),
          .help = "write AS " + name,
          .fixes = {{token.span(), "AS " + name, "write AS"}}});
  const Start ident = start();
  cursor_.advance();
  finish(NodeKind::Ident, ident);
  finish(NodeKind::Alias, s);
  return true;
}

void Grammar::comma_between_sources() {
  fail({.code = ErrorCode::E0107,
        .message = "a query has one source; others are joined to it",
        .span = current().span(),
        .help = "write CROSS JOIN for all pairs, or JOIN .. ON for those that match",
        .fixes = {{current().span(), " CROSS JOIN", "write CROSS JOIN"}}});
}

void Grammar::bad_record_key() {
  const bool is_loose = at(TokenKind::Colon) && is_word(peek());
  fail_foreign(
      ErrorCode::E0116, "no record id: a key follows the colon without blanks",
      is_loose
          ? "write `table:key`"
          : "a key is a word, an integer, a string, a uuid, a datetime, a parameter or an array");
}

void Grammar::foreign_cast(Start s) {
  const Span span = current().span();
  report({.code = ErrorCode::E0110,
          .message = "`::` is no operator of zeroql",
          .span = span,
          .help = "write CAST(x AS type)"});
  cursor_.advance();
  type();
  finish(NodeKind::Cast, s);
}

void Grammar::unexpected_after_statement() {
  // Behind a mistake that was reported, what is left over is an echo of it.
  if (statement_reports_ > 0) return cursor_.panic();
  if (foreign_exists() || foreign_limit() || misplaced_clause()) return;
  if (starts_statement(current())) {
    const uint32_t place = cursor_.before().end;
    report({.code = ErrorCode::E0101,
            .message = "a statement ends in `;`",
            .span = {place, place},
            .help = "write `;` between two statements",
            .fixes = {{{place, place}, ";", "end the statement"}}});
    return;
  }
  if (is_reserved_as_name()) {
    reserved_name();
    cursor_.panic();
    return;
  }
  expected("the end of the statement");
}

}  // namespace zerodb::zeroql
