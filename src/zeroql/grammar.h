// Grammar: the rules of zeroql as methods of one class, a source file a topic. Internal to the
// parser (parser.h is what others use).
//
// A rule consumes its tokens and leaves exactly one node waiting in the builder, even when what it
// wants is not there. It reports at most one mistake and then panics (token_cursor.h); lists,
// clauses and statements recover. Threading: one object, one parse.
#pragma once

#include <array>
#include <optional>

#include "base/limits.h"
#include "zeroql/ast_session.h"
#include "zeroql/backtrack.h"
#include "zeroql/memoize.h"
#include "zeroql/parser.h"
#include "zeroql/token_cursor.h"
#include "zeroql/tree_builder.h"

namespace zerodb::zeroql {

// The diagnostics as a part that backtracking restores.
struct DiagnosticSink {
  Diagnostics list;
  size_t mistakes = 0;  // also those at malformed tokens, of which the lexer has said enough
  struct Mark {
    size_t reports;
    size_t mistakes;
  };
  Mark mark() const { return {list.size(), mistakes}; }
  void restore(Mark mark) {
    list.erase(list.begin() + static_cast<std::ptrdiff_t>(mark.reports), list.end());
    mistakes = mark.mistakes;
  }
};

// Whether misspelled keywords are looked for, which takes parsing variants of a broken statement.
enum class Guessing : uint8_t { On, Off };

class Grammar {
 public:
  Grammar(SourceText source, std::vector<Token> tokens, Diagnostics lexical,
          Memoization memoization, Guessing guessing = Guessing::On);

  ParseResult parse(ParseStatistics& statistics) &&;

 private:
  using Start = TreeBuilder::Start;
  using Rule = void (Grammar::*)();

  // ---- tokens (grammar.cc)
  const Token& current() const { return cursor_.current(); }
  const Token& peek(uint32_t ahead = 1) const { return cursor_.peek(ahead); }
  bool at(TokenKind kind) const { return current().kind == kind; }
  bool at(Keyword keyword) const { return current().keyword == keyword; }
  bool at_ident() const { return is_ident(current()); }
  static bool is_ident(const Token& token) {
    return token.kind == TokenKind::QuotedName ||
           (token.kind == TokenKind::Word && !is_reserved(token.keyword));
  }
  static bool is_word(const Token& token) {
    return token.kind == TokenKind::QuotedName || token.kind == TokenKind::Word;
  }
  bool at_query() const;
  bool accept(TokenKind kind);
  bool accept(Keyword keyword);
  // Reports E0101 when the token is not there.
  bool expect(TokenKind kind);
  bool expect(Keyword keyword);

  // ---- nodes (grammar.cc)
  Start start() const { return builder_.start(cursor_.at()); }
  NodeId finish(NodeKind kind, Start start, uint8_t detail = 0);
  // A node without tokens for what is missing.
  void missing(NodeKind kind) { finish(kind, start()); }

  // ---- mistakes (grammar_recovery.cc, foreign.cc)
  // Reports, unless panicking, and panics.
  void fail(Diagnostic diagnostic);
  // Reports and goes on.
  void report(Diagnostic diagnostic);
  void expected(std::string_view what);
  // Whether the current reserved word stands where a name was meant.
  bool is_reserved_as_name() const;
  void reserved_name();
  // At a token that cannot follow a statement: names the habit of another language if it is one,
  // else E0101.
  void unexpected_after_statement();
  // Each says whether it found a habit of another language here.
  bool foreign_operator();
  bool foreign_arrow();
  bool foreign_statement();
  bool foreign_limit();
  bool foreign_exists();
  bool foreign_action();
  bool misplaced_clause();
  bool foreign_attribute();
  bool foreign_type();
  bool foreign_rule();
  void foreign_on_table();
  bool missing_alias();
  void comma_between_sources();
  void bad_record_key();
  void foreign_cast(Start start);
  // The text of tokens [first, end).
  std::string tokens_text(uint32_t first, uint32_t end) const;
  // The first `tokens` tokens are to blame. Without a replacement there is no fix.
  bool fail_foreign(ErrorCode code, std::string message, std::string help, uint32_t tokens = 1,
                    std::optional<std::string> replacement = std::nullopt);
  std::optional<Fix> limit_fix() const;
  std::optional<Fix> statement_fix() const;
  bool report_operator(std::string_view replacement, std::string help);
  std::string_view text_of(const Token& token) const {
    return builder_.source().slice(token.span());
  }
  bool word_is(const Token& token, std::string_view upper) const;
  bool begins_line(uint32_t token) const;
  // Names the keyword that a word at the statement's first mistake was meant for.
  void guess_keyword_at(size_t report);

  // ---- recovery (grammar_recovery.cc)
  // In panic: skips to a comma or the closing bracket of the list, and is calm if it finds one.
  void recover_in_list(TokenKind close);
  // In panic: skips to a word that begins a clause, outside brackets, and is calm if it finds one.
  void recover_at_clause();
  void skip_to_close(TokenKind closer);
  void recover_statement();
  bool starts_statement(const Token& token) const;
  // element { ',' element } [ ',' ] up to the closing bracket, which is consumed. `open` is the
  // token of the opening one.
  void list(Rule element, TokenKind close, uint32_t open);
  // element { ',' element }
  void comma_list(Rule element);
  void close(TokenKind close, uint32_t open);
  // ( a, b )
  void bracketed(Rule element);

  // ---- names (grammar.cc)
  void ident();
  void word();
  void name();
  void path();
  void ident_list();
  void table_items();
  void alias();
  void optional_alias();

  // ---- statements (grammar.cc)
  void script();
  void statement();
  void explained_statement();
  void statement_by_word();

  // ---- queries (grammar_query.cc, grammar_source.cc, grammar_window.cc)
  void query();
  void paren_query();
  void live_query();
  void with_clause();
  void common_table();
  void set_operation();
  void intersection();
  void query_primary();
  void select();
  void select_body();
  void values();
  void values_row();
  void select_items();
  void select_item();
  bool at_star_item() const;
  void star_item();
  void replacement();
  bool starts_item() const;
  bool at_clause() const;
  static bool begins_expression(const Token& token);
  void order_by();
  void order_key();
  void limit();
  void from();
  void joins();
  void source();
  void table_source();
  void source_columns();
  bool at_function_source() const;
  bool at_join() const;
  void join();
  void where();
  void optional_where();
  void group_by();
  void group_item();
  void window_clause();
  void named_window();
  void window_spec();
  void frame();
  void frame_bound(bool may_follow);

  // ---- graph patterns (grammar_graph.cc)
  void match();
  void match_path();
  void match_node();
  void match_atom();
  void match_edge();
  bool at_hop() const;
  // The tokens of the arrow that stands here, 0 for none.
  uint32_t arrow_length() const;
  std::optional<ast::EdgeDirection> arrow();
  void expect_arrow(ast::EdgeDirection direction);
  void quantifier();

  // ---- writes (grammar_write.cc)
  void create();
  void insert();
  void upsert();
  void update();
  void delete_();
  void relate();
  void endpoint();
  void target(bool is_wide);
  void write_data(bool is_update);
  void set_clause(bool is_update);
  void assignment();
  void update_assignment();
  void field_path();
  void field_path_with_all();
  void path_steps(bool allows_all);
  void unset();
  void on_conflict();
  void optional_returning();
  void out_of_order_data();

  // ---- definitions (grammar_define.cc)
  void define();
  NodeKind define_kind();
  void define_body(NodeKind kind, uint8_t& flags);
  void define_table(uint8_t& flags);
  void define_index(uint8_t& flags);
  void define_function(uint8_t& flags);
  void function_parameter();
  void define_options();
  void options();
  void option();
  void comment();
  void table_item();
  void table_rule(bool is_named);
  void field();
  void field_modifiers();
  bool field_modifier();
  void table_key();
  void key_column();
  void partition_by();
  void partition_level();
  void partition_definition();
  void endpoint_tables();
  void index_part();
  void string_literal();
  void integer_literal();

  // ---- session and administration (grammar_session.cc)
  void let();
  void use();
  void set();
  void reset_or_show(NodeKind kind);
  void remove();
  void describe();
  void alter();
  void alter_action();
  uint8_t alter_add();
  uint8_t alter_drop();
  uint8_t alter_field();
  uint8_t alter_partition();
  void grant_or_revoke(NodeKind kind);
  std::optional<ast::ObjectKind> object_kind(bool is_list);
  void object_name(ast::ObjectKind kind);
  void on_table();
  void begin();
  void rollback_or_release(NodeKind kind);
  void explain();
  void analyze();
  void copy();
  void live();

  // ---- expressions (grammar_expr.cc)
  void expr();
  void expr_unmemoized();
  void or_chain();
  void and_chain();
  void negation();
  void comparison();
  void comparison_tail(Start start, bool is_negated);
  void is_tail(Start start);
  void in_right();
  void operators(int minimum);
  void unary();
  void postfix();
  void postfix_tail(Start start);
  void bracket_access(Start start);
  void shape_access(Start start);
  void shape_entry();
  void check_height();

  // ---- primary expressions (grammar_primary.cc)
  void primary();
  void word_primary();
  void name_primary();
  void paren();
  // In parentheses: a query, or an expression that only begins like one.
  bool paren_holds_query();
  bool bare_query();
  void literal(ast::LiteralKind kind);
  void parameter();
  void array();
  void object();
  void object_entry();
  void object_key();
  void hashmap_entry();
  void case_();
  void cast();
  void exists();
  bool at_record_id() const;
  void record_id(bool allows_range);
  void record_key();
  bool starts_record_key() const;
  bool at_data_word() const;
  void call(Start start);
  void arguments();
  void argument();

  // ---- types (grammar_type.cc)
  void type();
  void type_primary();
  void type_atom();
  void type_argument();
  void type_field();

  // Bounds the recursion of rules; E1102 when there are too many.
  class DepthGuard {
   public:
    explicit DepthGuard(Grammar& grammar) : grammar_(grammar) { ++grammar_.depth_; }
    ~DepthGuard() { --grammar_.depth_; }
    DepthGuard(const DepthGuard&) = delete;
    DepthGuard& operator=(const DepthGuard&) = delete;
    bool is_too_deep() const { return grammar_.depth_ > limits::kExpressionDepthMax; }

   private:
    Grammar& grammar_;
  };
  void fail_depth();

  enum class MemoRule : uint8_t { Expression, ParenQuery };
  struct Remembered {
    NodeId node;
    TokenCursor::Mark end;
    Diagnostics diagnostics;
    size_t mistakes;
  };
  void remember(MemoRule rule, Rule make);

  TreeBuilder builder_;
  TokenCursor cursor_;
  DiagnosticSink sink_;
  std::vector<uint32_t> lexical_places_;  // where the lexer found something, rising
  Backtrack<TreeBuilder, TokenCursor, DiagnosticSink> backtrack_{builder_, cursor_, sink_};
  Memoize<MemoRule, uint32_t, Remembered> memo_;
  Memoization memoization_;
  Guessing guessing_;
  ParseStatistics statistics_;
  size_t depth_ = 0;
  uint32_t statement_begin_ = 0;
  size_t statement_reports_ = 0;
  std::vector<uint32_t> broken_;  // see ParseResult
  // After E1102 or too many mistakes nothing before the next statement is read.
  bool is_abandoned_ = false;
};

}  // namespace zerodb::zeroql
