// What the tokens of zeroql need beyond regular expressions. The numbers and their rules are those of the lexer of zerodb
// (src/zeroql/scan_literal.cc): what is no number of it is no token here.
#include <string.h>

#include "tree_sitter/parser.h"

// In the order of `externals` in grammar.js.
enum TokenType {
  BLOCK_COMMENT,
  INTEGER,
  FLOAT,
  DECIMAL,
  DURATION,
  SINGLE_TEXT,
  DOUBLE_TEXT,
  REGEX_PATTERN,
  RECORD_COLON,
  KEY_MINUS,
  TYPE_CLOSE,
  EXPRESSION_END,
  QUERY_GOES_ON,
  SETS_GO_ON,
  ARGUMENT_GOES_ON,
  RESERVED_WORD,
  NEVER,
};

static bool is_digit(int32_t c) { return c >= '0' && c <= '9'; }
static bool is_letter(int32_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
static bool is_hex(int32_t c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
static bool is_blank(int32_t c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
static bool is_wide(int32_t c) { return c > 127; }

static void advance(TSLexer *lexer) { lexer->advance(lexer, false); }

static bool found(TSLexer *lexer, const bool *valid, enum TokenType type) {
  lexer->result_symbol = type;
  return valid[type];
}

static bool is_one_of(const char *word, const char *const *list) {
  for (; *list != NULL; ++list) {
    if (strcmp(word, *list) == 0) return true;
  }
  return false;
}

// ---- comments and texts

// After the first slash. Comments nest; one that is not closed is none.
static bool skip_block_comment(TSLexer *lexer) {
  if (lexer->lookahead != '*') return false;
  advance(lexer);
  unsigned depth = 1;
  while (depth > 0) {
    if (lexer->eof(lexer)) return false;
    const int32_t c = lexer->lookahead;
    advance(lexer);
    if (c == '/' && lexer->lookahead == '*') {
      advance(lexer);
      ++depth;
    } else if (c == '*' && lexer->lookahead == '/') {
      advance(lexer);
      --depth;
    }
  }
  return true;
}

// Up to the quote or an escape.
static bool scan_text(TSLexer *lexer, int32_t quote) {
  bool is_empty = true;
  while (!lexer->eof(lexer) && lexer->lookahead != quote && lexer->lookahead != '\\') {
    advance(lexer);
    is_empty = false;
  }
  lexer->mark_end(lexer);
  return !is_empty;
}

// Up to the closing quote; two quotes are one of the pattern.
static bool scan_pattern(TSLexer *lexer) {
  bool is_empty = true;
  while (!lexer->eof(lexer)) {
    lexer->mark_end(lexer);
    if (lexer->lookahead == '\'') {
      advance(lexer);
      if (lexer->lookahead != '\'') return !is_empty;
    }
    advance(lexer);
    is_empty = false;
  }
  return false;
}

// ---- signs

// A colon that stands between a name and a key. That it touches the name is known: no blank has been skipped.
static bool scan_record_colon(TSLexer *lexer) {
  advance(lexer);
  lexer->mark_end(lexer);
  const int32_t c = lexer->lookahead;
  if (c == '-') {
    advance(lexer);
    return is_digit(lexer->lookahead);
  }
  if (lexer->eof(lexer)) return false;
  return is_letter(c) || is_digit(c) || is_wide(c) || c == '\'' || c == '"' || c == '`' || c == '[' || c == '$' || c == '.';
}

// ---- words

static const char *const reserved_words[] = {
    // words begin
    "ALL", "AND", "ANY", "AS", "ASC", "BETWEEN", "BY", "CASE", "CAST", "CONTAINS", "CREATE", "CROSS", "DEFINE",
    "DELETE", "DESC", "DISTINCT", "ELSE", "END", "EXCEPT", "EXISTS", "FALSE", "FROM", "FULL", "GROUP", "HAVING",
    "ILIKE", "IN", "INNER", "INSERT", "INTERSECT", "INTO", "IS", "JOIN", "LATERAL", "LEFT", "LIKE", "LIMIT", "MATCH",
    "MATCHES", "NONE", "NOT", "NULL", "OFFSET", "ON", "OR", "ORDER", "OUTER", "QUALIFY", "RELATE", "RETURNING", "RIGHT",
    "SELECT", "SET", "THEN", "TRUE", "TRY_CAST", "UNION", "UNSET", "UPDATE", "UPSERT", "USING", "VALUES", "WHEN",
    "WHERE", "WINDOW", "WITH",
    // words end
    NULL};

// Words that go on with an expression.
static const char *const operator_words[] = {"AND", "BETWEEN", "CONTAINS", "DIV", "ESCAPE", "FILTER", "ILIKE", "IN",
                                             "IS", "LIKE", "MATCHES", "NOT", "OR", "OVER", NULL};

// Words that go on with a query in parentheses.
static const char *const query_words[] = {"EXCEPT", "INTERSECT", "LIMIT", "OFFSET", "ORDER", "UNION", NULL};

enum { WORD_MAX = 16 };

// A word of ASCII, in capitals. False if it is longer than the keywords in question, or not of ASCII.
static bool read_word(TSLexer *lexer, char *word) {
  unsigned length = 0;
  while (is_letter(lexer->lookahead) || is_digit(lexer->lookahead)) {
    if (length == WORD_MAX - 1) return false;
    const char c = (char)lexer->lookahead;
    word[length++] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    advance(lexer);
  }
  word[length] = '\0';
  return !is_wide(lexer->lookahead);
}

// All other words are left to the regular expression of a word.
static bool scan_reserved_word(TSLexer *lexer) {
  char word[WORD_MAX];
  if (!read_word(lexer, word)) return false;
  lexer->mark_end(lexer);
  return is_one_of(word, reserved_words);
}

// ---- the end of an expression

// To the next token. False at a sign that begins no comment, and at a comment that is not closed.
static bool skip_blanks_and_comments(TSLexer *lexer) {
  while (true) {
    while (is_blank(lexer->lookahead)) advance(lexer);
    if (lexer->lookahead == '-') {
      advance(lexer);
      if (lexer->lookahead != '-') return false;
      while (!lexer->eof(lexer) && lexer->lookahead != '\n') advance(lexer);
    } else if (lexer->lookahead == '/') {
      advance(lexer);
      if (!skip_block_comment(lexer)) return false;
    } else {
      return true;
    }
  }
}

// Behind the closing parentheses around a query in parentheses: whether one of them goes on as a query.
static bool query_goes_on(TSLexer *lexer) {
  while (lexer->lookahead == ')') {
    advance(lexer);
    if (!skip_blanks_and_comments(lexer)) return false;
  }
  char word[WORD_MAX];
  return read_word(lexer, word) && is_one_of(word, query_words);
}

// Looks at the next token, of which nothing is taken.
static bool scan_expression_end(TSLexer *lexer, const bool *valid) {
  if (!skip_blanks_and_comments(lexer)) return false;
  if (lexer->eof(lexer)) return true;
  const int32_t c = lexer->lookahead;
  if (c == '=') {
    advance(lexer);
    return lexer->lookahead == '>' && !valid[ARGUMENT_GOES_ON];
  }
  if (c == ')' && valid[QUERY_GOES_ON]) return !query_goes_on(lexer);
  if (is_letter(c)) {
    char word[WORD_MAX];
    if (!read_word(lexer, word)) return true;
    if (valid[QUERY_GOES_ON] && is_one_of(word, query_words)) return false;
    if (valid[SETS_GO_ON] && strcmp(word, "SETS") == 0) return false;
    return !is_one_of(word, operator_words);
  }
  return c == ')' || c == ']' || c == '}' || c == ',' || c == ';';
}

// ---- numbers

// Digits, with an underscore between two of them. False where an underscore has none behind it.
static bool skip_digits(TSLexer *lexer, bool (*is_of_radix)(int32_t)) {
  while (true) {
    if (is_of_radix(lexer->lookahead)) {
      advance(lexer);
    } else if (lexer->lookahead == '_') {
      advance(lexer);
      if (!is_of_radix(lexer->lookahead)) return false;
    } else {
      return true;
    }
  }
}

static bool is_octal(int32_t c) { return c >= '0' && c <= '7'; }
static bool is_binary(int32_t c) { return c == '0' || c == '1'; }

enum { SUFFIX_MAX = 8 };

// The letters and digits that touch the number. False where they are longer than any suffix.
static bool read_suffix(TSLexer *lexer, char *suffix) {
  unsigned length = 0;
  while (is_letter(lexer->lookahead) || is_digit(lexer->lookahead)) {
    if (length == SUFFIX_MAX - 1) return false;
    suffix[length++] = (char)lexer->lookahead;
    advance(lexer);
  }
  suffix[length] = '\0';
  return true;
}

static const char *const integer_suffixes[] = {"u8", "u16", "u32", "u64", "u128", "i8", "i16", "i32", "i64", "i128", NULL};
static const char *const units[] = {"ns", "us", "ms", "s", "m", "h", "d", "w", NULL};

// 1h30m: the number has been read, a letter stands here. Reads on to the end of the duration, or of the suffix of an integer: those
// that begin like a duration are none of its units.
static bool scan_word_behind_integer(TSLexer *lexer, const bool *valid) {
  bool is_first = true;
  while (true) {
    char word[SUFFIX_MAX];
    unsigned length = 0;
    while (is_letter(lexer->lookahead)) {
      if (length == SUFFIX_MAX - 1) return false;
      word[length++] = (char)lexer->lookahead;
      advance(lexer);
    }
    word[length] = '\0';
    if (!is_one_of(word, units)) {
      if (!is_first) return false;
      if (!read_suffix(lexer, word + length)) return false;
      lexer->mark_end(lexer);
      if (strcmp(word, "f32") == 0) return found(lexer, valid, FLOAT);
      if (strcmp(word, "dec") == 0) return found(lexer, valid, DECIMAL);
      return is_one_of(word, integer_suffixes) && found(lexer, valid, INTEGER);
    }
    if (!is_digit(lexer->lookahead)) {
      lexer->mark_end(lexer);
      return found(lexer, valid, DURATION);
    }
    while (is_digit(lexer->lookahead)) advance(lexer);
    is_first = false;
  }
}

static bool scan_radix_number(TSLexer *lexer, const bool *valid, bool (*is_of_radix)(int32_t)) {
  advance(lexer);
  if (!is_of_radix(lexer->lookahead) || !skip_digits(lexer, is_of_radix)) return false;
  char suffix[SUFFIX_MAX];
  if (!read_suffix(lexer, suffix)) return false;
  lexer->mark_end(lexer);
  return (suffix[0] == '\0' || is_one_of(suffix, integer_suffixes)) && found(lexer, valid, INTEGER);
}

// The end of a number that has a point or an exponent.
static bool scan_float_suffix(TSLexer *lexer, const bool *valid, bool has_exponent) {
  char suffix[SUFFIX_MAX];
  if (!read_suffix(lexer, suffix)) return false;
  lexer->mark_end(lexer);
  if (suffix[0] == '\0' || strcmp(suffix, "f32") == 0) return found(lexer, valid, FLOAT);
  return !has_exponent && strcmp(suffix, "dec") == 0 && found(lexer, valid, DECIMAL);
}

static bool scan_exponent(TSLexer *lexer, const bool *valid) {
  advance(lexer);
  if (lexer->lookahead == '+' || lexer->lookahead == '-') advance(lexer);
  if (!is_digit(lexer->lookahead) || !skip_digits(lexer, is_digit)) return false;
  return scan_float_suffix(lexer, valid, true);
}

static bool scan_number(TSLexer *lexer, const bool *valid) {
  const bool is_zero = lexer->lookahead == '0';
  advance(lexer);
  if (is_zero) {
    if (lexer->lookahead == 'x') return scan_radix_number(lexer, valid, is_hex);
    if (lexer->lookahead == 'o') return scan_radix_number(lexer, valid, is_octal);
    if (lexer->lookahead == 'b') return scan_radix_number(lexer, valid, is_binary);
  }
  if (!skip_digits(lexer, is_digit)) return false;
  lexer->mark_end(lexer);
  if (lexer->lookahead == '.') {
    advance(lexer);
    const int32_t c = lexer->lookahead;
    if (is_digit(c)) {
      if (!skip_digits(lexer, is_digit)) return false;
      if (lexer->lookahead == 'e' || lexer->lookahead == 'E') return scan_exponent(lexer, valid);
      return scan_float_suffix(lexer, valid, false);
    }
    // The point of a range, a member or a shape is not of the number. Any other needs a digit behind it.
    const bool is_of_number = c != '.' && !is_letter(c) && !is_wide(c) && c != '{' && c != '`';
    return !is_of_number && found(lexer, valid, INTEGER);
  }
  if (lexer->lookahead == 'e' || lexer->lookahead == 'E') return scan_exponent(lexer, valid);
  if (is_letter(lexer->lookahead)) return scan_word_behind_integer(lexer, valid);
  return found(lexer, valid, INTEGER);
}

// ---- what tree-sitter calls

bool tree_sitter_zeroql_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid) {
  (void)payload;
  // While it mends a mistake the parser takes any token, even texts of both quotes; then only those are given that do not hang on
  // their place.
  const bool is_mending = valid[SINGLE_TEXT] && valid[DOUBLE_TEXT];
  if (!is_mending) {
    if (valid[SINGLE_TEXT]) return found(lexer, valid, SINGLE_TEXT) && scan_text(lexer, '\'');
    if (valid[DOUBLE_TEXT]) return found(lexer, valid, DOUBLE_TEXT) && scan_text(lexer, '"');
    if (valid[REGEX_PATTERN]) return found(lexer, valid, REGEX_PATTERN) && scan_pattern(lexer);
    if (valid[RECORD_COLON] && lexer->lookahead == ':') {
      return found(lexer, valid, RECORD_COLON) && scan_record_colon(lexer);
    }
  }
  // An expression ends right behind its last token, before the blanks.
  lexer->mark_end(lexer);
  while (is_blank(lexer->lookahead)) lexer->advance(lexer, true);
  const int32_t c = lexer->lookahead;
  if (c == '/') {
    advance(lexer);
    if (!skip_block_comment(lexer)) return false;
    lexer->mark_end(lexer);
    return found(lexer, valid, BLOCK_COMMENT);
  }
  if (is_mending) return is_digit(c) && scan_number(lexer, valid);
  // Where an expression may end no other token of this scanner may stand.
  if (valid[EXPRESSION_END]) return found(lexer, valid, EXPRESSION_END) && scan_expression_end(lexer, valid);
  if (is_digit(c)) {
    if (!valid[INTEGER] && !valid[FLOAT] && !valid[DECIMAL] && !valid[DURATION]) return false;
    return scan_number(lexer, valid);
  }
  if (is_letter(c) && valid[RESERVED_WORD]) return found(lexer, valid, RESERVED_WORD) && scan_reserved_word(lexer);
  if (c == '-' && valid[KEY_MINUS]) {
    advance(lexer);
    lexer->mark_end(lexer);
    return found(lexer, valid, KEY_MINUS) && is_digit(lexer->lookahead);
  }
  if (c == '>' && valid[TYPE_CLOSE]) {
    advance(lexer);
    lexer->mark_end(lexer);
    return found(lexer, valid, TYPE_CLOSE) && lexer->lookahead != '=';
  }
  return false;
}

void *tree_sitter_zeroql_external_scanner_create(void) { return NULL; }
void tree_sitter_zeroql_external_scanner_destroy(void *payload) { (void)payload; }
unsigned tree_sitter_zeroql_external_scanner_serialize(void *payload, char *buffer) {
  (void)payload;
  (void)buffer;
  return 0;
}
void tree_sitter_zeroql_external_scanner_deserialize(void *payload, const char *buffer, unsigned length) {
  (void)payload;
  (void)buffer;
  (void)length;
}
