// What people write out of habit from other languages, each with the code and the words that help.
#include <algorithm>
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
    {"INFO", ErrorCode::E0111, "write DESCRIBE TABLES, or DESCRIBE TABLE and its name"},
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

// The start of the definition that does what CREATE of this kind does elsewhere, if it goes on in
// the same way.
std::optional<std::string> definition_of(std::string_view kind) {
  if (kind == "UNIQUE" || kind == "TEMPORARY" || kind == "TEMP") return std::nullopt;
  return fmt::format("DEFINE {}", kind == "SCHEMA" ? "NAMESPACE" : kind);
}

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

bool Grammar::fail_foreign(ErrorCode code, std::string message, std::string help, uint32_t tokens,
                           std::optional<std::string> replacement) {
  const Span span = {current().begin, peek(tokens - 1).end};
  Diagnostic diagnostic = {
      .code = code, .message = std::move(message), .span = span, .help = std::move(help)};
  if (replacement) {
    std::string title =
        replacement->empty() ? "leave it out" : fmt::format("write `{}`", *replacement);
    diagnostic.fixes.push_back({span, *std::move(replacement), std::move(title)});
  }
  fail(std::move(diagnostic));
  return true;
}

std::string Grammar::tokens_text(uint32_t first, uint32_t end) const {
  if (first >= end) return {};
  const auto& tokens = builder_.tokens();
  return std::string(builder_.source().slice({tokens[first].begin, tokens[end - 1].end}));
}

// Reports the operator that stands here and steps over it; the parser goes on as if the right one
// stood there.
bool Grammar::report_operator(std::string_view replacement, std::string help) {
  const bool is_doubled = at(TokenKind::EqualEqual) && peek().is(TokenKind::Equal) && peek().glued;
  const Span span = {current().begin, is_doubled ? peek().end : current().end};
  Diagnostic diagnostic = {
      .code = ErrorCode::E0110,
      .message = fmt::format("`{}` is no operator of zeroql", builder_.source().slice(span)),
      .span = span,
      .help = std::move(help)};
  if (!replacement.empty()) {
    diagnostic.fixes.push_back(
        {span, std::string(replacement), fmt::format("write `{}`", replacement)});
  }
  report(std::move(diagnostic));
  cursor_.advance();
  if (is_doubled) cursor_.advance();
  return true;
}

bool Grammar::foreign_operator() {
  const Token& token = current();
  const auto refuse = [&](std::string_view written, std::string help, uint32_t tokens = 1,
                          std::optional<std::string> replacement = std::nullopt) {
    return fail_foreign(ErrorCode::E0110, fmt::format("`{}` is no operator of zeroql", written),
                        std::move(help), tokens, std::move(replacement));
  };
  switch (token.kind) {
    case TokenKind::EqualEqual:
      return refuse("==", "equality is written `=`", 1, "=");
    case TokenKind::AmpersandAmpersand:
      return refuse("&&", "write AND", 1, "AND");
    case TokenKind::Bang:
      return refuse("!", "write NOT", 1, "NOT ");
    case TokenKind::SlashSlash:
      return refuse("//", "a regex is written `re'..'`, a comment begins with `--`");
    case TokenKind::BarGreater:
      return refuse("|>", "write the clauses one after another: FROM t SELECT a WHERE b");
    case TokenKind::DoubleColon:
      return refuse("::", "write CAST(x AS type)");
    case TokenKind::Question:
      if (peek().is(TokenKind::Colon) && peek().glued)
        return refuse("?:", "write `??` for a default, or CASE", 2, "??");
      return refuse("?", "write CASE WHEN .. THEN .. ELSE .. END; parameters are `$name` or `$1`");
    case TokenKind::Minus:
    case TokenKind::Less:
      if (foreign_arrow()) return true;
      break;
    default:
      break;
  }
  if (word_is(token, "ISNULL")) return refuse("ISNULL", "write `IS none`", 1, "IS none");
  if (word_is(token, "NOTNULL")) return refuse("NOTNULL", "write `IS NOT none`", 1, "IS NOT none");
  return false;
}

// A path outside of MATCH, also one that begins with its arrow.
bool Grammar::foreign_arrow() {
  const uint32_t length = arrow_length();
  if (length == 0) return false;
  const std::string_view written = builder_.source().slice({current().begin, peek(length - 1).end});
  return fail_foreign(
      ErrorCode::E0108, "an arrow cannot stand here",
      fmt::format("paths are written in MATCH: `FROM MATCH a {0} edge {0} b`", written), length);
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
                          2, definition_of(kind));
    }
    if (is_ident(next) && peek(2).is(TokenKind::LeftParen)) {
      return fail_foreign(ErrorCode::E0111, "CREATE takes SET or CONTENT",
                          "write `INSERT INTO t (a) VALUES (..)`, or `CREATE t SET a = ..`", 1,
                          "INSERT INTO");
    }
    return false;
  }
  if (token.is(Keyword::Insert)) {
    if (next.is(Keyword::Into) || !(is_ident(next) || next.is(Keyword::Or))) return false;
    // A second name behind it: the first is a misspelled INTO.
    if (is_ident(next) && is_ident(peek(2)) && !peek(2).is(Keyword::Content)) return false;
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
                        fmt::format("without the word {}", upper(text_of(next))), 2,
                        std::string(keyword_text(token.keyword)));
  }
  if (token.is(Keyword::Show) && next.is(Keyword::Create)) {
    return fail_foreign(ErrorCode::E0111, "SHOW shows options of the session",
                        "write DESCRIBE TABLE and its name", 2, "DESCRIBE");
  }
  if (token.is(Keyword::Set) && next.is(TokenKind::Parameter)) {
    return fail_foreign(ErrorCode::E0113, "a parameter is bound once and never assigned",
                        fmt::format("write LET {} = ..", text_of(next)), 2,
                        fmt::format("LET {}", text_of(next)));
  }
  for (const Habit& habit : kStatements) {
    if (!word_is(token, habit.word)) continue;
    Diagnostic diagnostic = {.code = habit.code,
                             .message = fmt::format("there is no statement {}", habit.word),
                             .span = token.span(),
                             .help = std::string(habit.help)};
    if (auto fix = statement_fix()) diagnostic.fixes.push_back(*std::move(fix));
    fail(std::move(diagnostic));
    return true;
  }
  return false;
}

// For a statement of another language of which ours differs in the first words only.
std::optional<Fix> Grammar::statement_fix() const {
  const Token& token = current();
  const Token& next = peek();
  const auto replaced = [&](uint32_t tokens, std::string replacement) {
    std::string title = fmt::format("write `{}`", replacement);
    return Fix{{token.begin, peek(tokens - 1).end}, std::move(replacement), std::move(title)};
  };
  if (word_is(token, "DROP") && is_ident(next) && is_ident(peek(2))) return replaced(1, "REMOVE");
  if (word_is(token, "TRUNCATE")) {
    const uint32_t name = next.is(Keyword::Table) && is_ident(peek(2)) ? 2 : 1;
    if (!is_ident(peek(name))) return std::nullopt;
    return replaced(name + 1, fmt::format("DELETE {} WHERE true", text_of(peek(name))));
  }
  if (word_is(token, "START") && word_is(next, "TRANSACTION")) return replaced(2, "BEGIN");
  if (token.is(Keyword::Desc) && is_ident(next))
    return replaced(1, next.is(Keyword::Table) ? "DESCRIBE" : "DESCRIBE TABLE");
  if (word_is(token, "RETURN")) return replaced(1, "SELECT");
  return std::nullopt;
}

// LIMIT and OFFSET for what stands here, where single tokens tell the numbers.
std::optional<Fix> Grammar::limit_fix() const {
  const auto is_number = [](const Token& token) {
    return token.is(TokenKind::Integer) || token.is(TokenKind::Parameter);
  };
  if (at(TokenKind::Comma)) {
    const Token& skipped = cursor_.before();
    if (!is_number(skipped) || !is_number(peek())) return std::nullopt;
    std::string made = fmt::format("{} OFFSET {}", text_of(peek()), text_of(skipped));
    return Fix{{skipped.begin, peek().end}, std::move(made), "write OFFSET"};
  }
  if (word_is(current(), "FETCH") && is_number(peek(2)) &&
      (word_is(peek(3), "ROWS") || word_is(peek(3), "ROW")) && word_is(peek(4), "ONLY")) {
    return Fix{
        {current().begin, peek(4).end}, fmt::format("LIMIT {}", text_of(peek(2))), "write LIMIT"};
  }
  if (word_is(current(), "START")) {
    const Token& last = peek().is(Keyword::At) ? peek() : current();
    return Fix{{current().begin, last.end}, "OFFSET", "write OFFSET"};
  }
  return std::nullopt;
}

bool Grammar::foreign_limit() {
  const auto refuse = [&](std::string help, uint32_t tokens) {
    Diagnostic diagnostic = {.code = ErrorCode::E0114,
                             .message = "row limits are written LIMIT n OFFSET m",
                             .span = {current().begin, peek(tokens - 1).end},
                             .help = std::move(help)};
    if (auto fix = limit_fix()) diagnostic.fixes.push_back(*std::move(fix));
    fail(std::move(diagnostic));
    return true;
  };
  if (at(TokenKind::Comma))
    return refuse("the number after the comma is the LIMIT, the one before it the OFFSET", 1);
  if (word_is(current(), "TOP") &&
      (peek().is(TokenKind::Integer) || peek().is(TokenKind::Parameter))) {
    return refuse("write LIMIT at the end of the query", 2);
  }
  const bool is_fetch =
      word_is(current(), "FETCH") && (peek().is(Keyword::First) || word_is(peek(), "NEXT"));
  const bool is_start =
      word_is(current(), "START") && (peek().is(Keyword::At) || peek().is(TokenKind::Integer));
  if (is_fetch) return refuse("write LIMIT n", 2);
  if (is_start) return refuse("write OFFSET n", 2);
  return false;
}

bool Grammar::foreign_exists() {
  const bool is_not = peek().is(Keyword::Not) && peek(2).is(Keyword::Exists);
  if (!at(Keyword::If) || !(is_not || peek().is(Keyword::Exists))) return false;
  const uint32_t count = is_not ? 3 : 2;
  Diagnostic diagnostic = {
      .code = ErrorCode::E0109,
      .message = fmt::format("IF {}EXISTS stands right after the kind", is_not ? "NOT " : ""),
      .span = {current().begin, peek(count - 1).end},
      .help = is_not ? "write DEFINE TABLE IF NOT EXISTS t" : "write REMOVE TABLE IF EXISTS t"};
  // Behind the verb and the kind only the name was read.
  const uint32_t name = statement_begin_ + 2;
  if (cursor_.at() > name) {
    const Span all = {builder_.tokens()[name].begin, diagnostic.span.end};
    diagnostic.fixes.push_back(
        {all, fmt::format("IF {}EXISTS {}", is_not ? "NOT " : "", tokens_text(name, cursor_.at())),
         "put it before the name"});
  }
  fail(std::move(diagnostic));
  return true;
}

bool Grammar::foreign_action() {
  if (!word_is(current(), "COLUMN") || peek().is(Keyword::Assert) || peek().is(Keyword::Unique))
    return false;
  return fail_foreign(ErrorCode::E0111, "columns are called fields",
                      "write FIELD instead of COLUMN", 1, "FIELD");
}

// The word TABLE between ON and the name of the table; the definition goes on behind it.
void Grammar::foreign_on_table() {
  if (!word_is(current(), "TABLE") || !is_ident(peek()) || peek().is(Keyword::Type)) return;
  const Span span = {current().begin, peek().begin};
  report({.code = ErrorCode::E0111,
          .message = "ON is followed by the name of the table",
          .span = current().span(),
          .help = "leave out TABLE",
          .fixes = {{span, "", "leave it out"}}});
  cursor_.advance();
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
    case Keyword::Union:
    case Keyword::Except:
    case Keyword::Intersect:
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
    case Keyword::Values:
      break;
    default:
      return false;
  }
  const bool is_query = first.is(Keyword::Select) || first.is(Keyword::From) ||
                        first.is(Keyword::With) || first.is(Keyword::Values);
  const bool is_operation = at(Keyword::Union) || at(Keyword::Except) || at(Keyword::Intersect);
  return fail_foreign(
      ErrorCode::E0104, fmt::format("{} is out of order", keyword_text(current().keyword)),
      is_operation ? "a side with ORDER BY or LIMIT of its own stands in parentheses"
      : is_query
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
    const bool is_not_null = count == 2 && at(Keyword::Not);
    return fail_foreign(
        ErrorCode::E0115,
        fmt::format("{} is no attribute of a field", upper(builder_.source().slice(span))),
        std::string(attribute.help), count,
        is_not_null ? std::optional<std::string>("") : std::nullopt);
  }
  return false;
}

// A type with a length or a precision in parentheses, or one that counts by itself.
bool Grammar::foreign_type() {
  const bool has_size = peek().is(TokenKind::LeftParen) && peek(2).is(TokenKind::Integer);
  const auto is_any_of = [&](std::initializer_list<std::string_view> words) {
    return std::ranges::any_of(words, [&](auto word) { return word_is(current(), word); });
  };
  std::string help;
  if (is_any_of({"SERIAL", "BIGSERIAL"})) {
    help = "ids are generated; for numbers in order use `int` and DEFINE SEQUENCE";
  } else if (has_size && is_any_of({"VARCHAR", "CHAR", "CHARACTER", "NVARCHAR", "STRING"})) {
    help = fmt::format("write `string ASSERT length($value) <= {}`", text_of(peek(2)));
  } else if (has_size && is_any_of({"DECIMAL", "NUMERIC"})) {
    const bool has_scale = peek(3).is(TokenKind::Comma) && peek(4).is(TokenKind::Integer);
    help = fmt::format("write `decimal<{}, {}>`", text_of(peek(2)),
                       has_scale ? text_of(peek(4)) : "0");
  } else if (has_size && is_any_of({"INT", "INTEGER", "BIGINT", "SMALLINT", "TINYINT"})) {
    help = "write `int`, or a type of a fixed width such as `i32`";
  } else {
    return false;
  }
  const Start s = start();
  report(
      {.code = ErrorCode::E0115,
       .message = fmt::format("there is no type {}{}", text_of(current()), has_size ? "(..)" : ""),
       .span = current().span(),
       .help = std::move(help)});
  cursor_.advance();
  if (has_size) {
    while (!at(TokenKind::RightParen) && !at(TokenKind::EndOfInput)) cursor_.advance();
    accept(TokenKind::RightParen);
  }
  finish(NodeKind::ErrorType, s);
  return true;
}

// A rule of the table as SQL writes it; the list of items goes on behind it.
bool Grammar::foreign_rule() {
  static constexpr Attribute kRules[] = {
      {"PRIMARY", "the key is declared behind the fields: KEY (name type, ..)"},
      {"FOREIGN", "write a field of type record<table> with REFERENCE"},
      {"CHECK", "write ASSERT (condition)"},
      {"CONSTRAINT", "write the name of the rule before ASSERT or UNIQUE"},
  };
  for (const Attribute& rule : kRules) {
    if (!word_is(current(), rule.word)) continue;
    const bool has_key = peek().is(Keyword::Key) && peek(2).is(TokenKind::LeftParen);
    // A field may have one of these names and a tuple as its type.
    const bool is_condition = !peek(3).is(TokenKind::Comma) && !peek(3).is(TokenKind::RightParen) &&
                              !peek(3).is(TokenKind::Question) && !peek(3).is(TokenKind::Less) &&
                              !peek(3).is(TokenKind::Bar);
    const bool is_list = rule.word == "CHECK" && peek().is(TokenKind::LeftParen) && is_condition;
    const bool is_named = rule.word == "CONSTRAINT" && is_ident(peek()) &&
                          (word_is(peek(2), "PRIMARY") || word_is(peek(2), "FOREIGN") ||
                           word_is(peek(2), "CHECK") || peek(2).is(Keyword::Unique));
    if (!has_key && !is_list && !is_named) continue;
    return fail_foreign(ErrorCode::E0115, fmt::format("{} is no rule of a table", rule.word),
                        std::string(rule.help), has_key ? 2 : 1);
  }
  return false;
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
  if (peek().is(TokenKind::Word) && peek().glued && is_reserved(peek().keyword)) {
    const std::string quoted = quote_string(text_of(peek()));
    fail_foreign(ErrorCode::E0116, fmt::format("`{}` is a reserved word", text_of(peek())),
                 "as the key of a record it is quoted: `table:" + quoted + "`", 2, ":" + quoted);
    return;
  }
  const bool is_loose = at(TokenKind::Colon) && is_ident(peek());
  fail_foreign(
      ErrorCode::E0116, "no record id: a key follows the colon without blanks",
      is_loose
          ? "write `table:key`"
          : "a key is a word, an integer, a string, a uuid, a datetime, a parameter or an array",
      is_loose ? 2 : 1,
      is_loose ? std::optional(fmt::format(":{}", text_of(peek()))) : std::nullopt);
}

void Grammar::foreign_cast(Start s) {
  const size_t reported = sink_.list.size();
  report({.code = ErrorCode::E0110,
          .message = "`::` is no operator of zeroql",
          .span = current().span(),
          .help = "write CAST(x AS type)"});
  const std::string operand = tokens_text(s.token, cursor_.at());
  cursor_.advance();
  const uint32_t type_begin = cursor_.at();
  type();
  finish(NodeKind::Cast, s);
  if (sink_.list.size() != reported + 1 || cursor_.is_panicking()) return;
  std::string made = fmt::format("CAST({} AS {})", operand, tokens_text(type_begin, cursor_.at()));
  std::string title = fmt::format("write `{}`", made);
  const Span all = {builder_.tokens()[s.token].begin, cursor_.before().end};
  sink_.list[reported].fixes.push_back({all, std::move(made), std::move(title)});
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
