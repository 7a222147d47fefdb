// ZL1xx: statements that may do more, or show more, than their author wants.
#include <algorithm>

#include <array>

#include "base/ascii.h"
#include "lint/context.h"
#include "zeroql/literal.h"

namespace zerodb::lint {
namespace {

using zeroql::NodeKind;
using zeroql::TokenKind;

// ---- ZL101, ZL102: how much a write touches

void check_write_without_where(const StatementContext& context, Reporter& reporter) {
  const auto report = [&](const ast::View& source, std::string_view verb) {
    reporter.add(source.span(), std::string(verb) + " runs for every row of this, without WHERE")
        .help = "say which rows are meant; write `WHERE true` for all of them";
  };
  context.each<ast::Relate>([&](ast::Relate node) {
    if (node.from() && !node.where()) report(*node.from(), "RELATE");
  });
  context.each<ast::Update>([&](ast::Update node) {
    if (node.from() && !node.where() && !node.target().name()) report(*node.from(), "UPDATE");
  });
  context.each<ast::Delete>([&](ast::Delete node) {
    if (node.using_clause() && !node.where() && !node.target().name())
      report(*node.using_clause(), "DELETE");
  });
}

bool is_true_literal(const ast::Expr& expr) {
  return expr.expr_kind() == ast::ExprKind::Literal &&
         expr.as<ast::Literal>().literal_kind() == ast::LiteralKind::True;
}

// Whether both sides are the same column.
bool is_same_column(const CheckedView& checked, const sema::Expr& expr) {
  if (expr.kind != sema::ExprKind::Binary || expr.args.size() != 2) return false;
  const sema::Expr& a = checked.plain(expr.args[0]);
  const sema::Expr& b = checked.plain(expr.args[1]);
  return a.kind == sema::ExprKind::Column && b.kind == sema::ExprKind::Column &&
         a.depth == b.depth && a.source == b.source && a.index == b.index;
}

bool is_always_true(const CheckedView& checked, sema::ExprId id) {
  const sema::Expr& expr = checked.plain(id);
  if (expr.kind == sema::ExprKind::Literal)
    return expr.literal.tag() == Tag::Bool && expr.literal.as_bool();
  if (expr.kind == sema::ExprKind::Or) {
    return std::any_of(expr.args.begin(), expr.args.end(),
                       [&](sema::ExprId arg) { return is_always_true(checked, arg); });
  }
  // `none = none` is true, so no value makes this false.
  return expr.kind == sema::ExprKind::Binary && expr.binary_op == BinaryOp::Equal &&
         is_same_column(checked, expr);
}

void check_always_true_where(const StatementContext& context, Reporter& reporter) {
  if (context.checked == nullptr) return;
  const CheckedView& checked = *context.checked;
  sema::ExprId where = sema::kNoExpr;
  const sema::Statement& statement = checked.statement();
  if (const auto* modify = std::get_if<sema::ModifyStatement>(&statement.body))
    where = checked.query(modify->query).where;
  if (const auto* relate = std::get_if<sema::RelateStatement>(&statement.body))
    where = checked.query(relate->query).where;
  if (where == sema::kNoExpr || !is_always_true(checked, where)) return;
  context.each<ast::Where>([&](ast::Where node) {
    const NodeKind owner = context.index.kind(context.index.parent(node.id));
    const bool is_own =
        owner == NodeKind::Update || owner == NodeKind::Delete || owner == NodeKind::Relate;
    if (!is_own || is_true_literal(node.condition())) return;
    const Span span = node.condition().span();
    Finding& finding = reporter.add(span, "this condition is true of every record");
    finding.help = "write `WHERE true` if the whole table is meant";
    add_fix(finding, span, "true", "write true");
  });
}

// ---- ZL103

void check_remove_without_if_exists(const StatementContext& context, Reporter& reporter) {
  context.each<ast::Remove>([&](ast::Remove node) {
    if (node.if_exists()) return;
    Finding& finding = reporter.add(node.span(), "REMOVE fails where the object is not there");
    finding.help = "IF EXISTS lets a script run twice";
    const uint32_t place = node.object().span().begin;
    const bool is_glued = context.tree().token(context.index.token_at(place)).glued;
    add_fix(finding, {place, place}, is_glued ? " IF EXISTS " : "IF EXISTS ", "add IF EXISTS");
  });
}

// ---- ZL104, ZL106: secrets in the text

bool is_string(const ast::Expr& expr) {
  return expr.expr_kind() == ast::ExprKind::Literal &&
         expr.as<ast::Literal>().literal_kind() == ast::LiteralKind::String &&
         expr.text().size() > 2;
}

bool is_user_option(const StatementContext& context, const ast::OptionEntry& option) {
  return context.index.above(option.id, NodeKind::DefineUser) != zeroql::kNothing ||
         context.index.above(option.id, NodeKind::Alter) != zeroql::kNothing;
}

void check_plain_text_password(const StatementContext& context, Reporter& reporter) {
  context.each<ast::OptionEntry>([&](ast::OptionEntry option) {
    if (lower_ascii(option.ident().name()) != "password" || !is_user_option(context, option))
      return;
    if (!is_string(option.value())) return;
    reporter.add(option.value().span(), "the password stands in the script").help =
        "pass it as a parameter: `password = $password`";
  });
}

bool is_secret_name(std::string_view name) {
  const std::string text = lower_ascii(name);
  constexpr std::array<std::string_view, 8> kWords = {"password",    "passwd",    "secret",
                                                      "api_key",     "apikey",    "access_key",
                                                      "private_key", "auth_token"};
  return std::any_of(kWords.begin(), kWords.end(),
                     [&](std::string_view word) { return text.find(word) != std::string::npos; });
}

// `scheme://user:password@host`
bool has_login(std::string_view text) {
  const size_t scheme = text.find("://");
  if (scheme == std::string_view::npos) return false;
  const std::string_view rest = text.substr(scheme + 3);
  const size_t at = rest.find('@');
  const size_t colon = rest.find(':');
  const size_t end = rest.find_first_of("/ ");
  return at != std::string_view::npos && colon < at && at < end && at > colon + 1;
}

size_t count_run(std::string_view text, size_t from, std::string_view more) {
  size_t end = from;
  const auto fits = [&](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           more.find(c) != std::string_view::npos;
  };
  while (end < text.size() && fits(text[end])) ++end;
  return end - from;
}

// Whether a text has the form of a credential that its issuer gave a recognisable prefix.
bool looks_like_secret(std::string_view text) {
  struct Form {
    std::string_view prefix;
    size_t length;  // of what follows
  };
  constexpr std::array<Form, 7> kForms = {
      Form{"AKIA", 16},  Form{"ASIA", 16},     Form{"ghp_", 36},  Form{"gho_", 36},
      Form{"xoxb-", 20}, Form{"sk_live_", 16}, Form{"glpat-", 20}};
  for (const Form& form : kForms) {
    const size_t at = text.find(form.prefix);
    if (at != std::string_view::npos &&
        count_run(text, at + form.prefix.size(), "-_") >= form.length)
      return true;
  }
  const bool is_token = text.starts_with("eyJ") && text.find(".eyJ") != std::string_view::npos;
  return is_token || text.find("PRIVATE KEY-----") != std::string_view::npos || has_login(text);
}

void report_secret(Reporter& reporter, Span span) {
  reporter.add(span, "this looks like a secret in the script").help =
      "pass it as a parameter, so that it stays out of files, logs and the history";
}

void check_secret_in_script(const StatementContext& context, Reporter& reporter) {
  context.each<ast::Let>([&](ast::Let node) {
    if (is_secret_name(node.parameter().name()) && is_string(node.value()))
      report_secret(reporter, node.value().span());
  });
  context.each<ast::DefineParam>([&](ast::DefineParam node) {
    if (is_secret_name(node.parameter().name()) && is_string(node.value()))
      report_secret(reporter, node.value().span());
  });
  context.each<ast::Literal>([&](ast::Literal node) {
    if (node.literal_kind() != ast::LiteralKind::String) return;
    const auto text = zeroql::decode_string(node.text());
    if (text && looks_like_secret(*text)) report_secret(reporter, node.span());
  });
}

// ---- ZL105

void check_grant_all(const StatementContext& context, Reporter& reporter) {
  context.each<ast::Grant>([&](ast::Grant node) {
    const zeroql::Token& token = node.token(1);
    if (!token.is(zeroql::Keyword::All)) return;
    reporter.add(token.span(), "this grants every privilege, also those of later versions").help =
        "name what the role needs: SELECT, CREATE, UPDATE, DELETE, EXECUTE";
  });
}

// ---- ZL107, ZL108: transactions of the script

void finish_uncommitted_transaction(const ScriptContext& context, Reporter& reporter) {
  if (!context.facts.transaction) return;
  reporter.add(*context.facts.transaction, "the script ends without COMMIT or ROLLBACK").help =
      "what it wrote is lost when the session ends";
}

void check_nested_begin(const StatementContext& context, Reporter& reporter) {
  if (context.statement.statement_kind() != ast::StatementKind::Begin) return;
  if (!context.facts.transaction) return;
  Finding& finding = reporter.add(context.statement.span(),
                                  "BEGIN inside a transaction fails; there are no nested ones");
  finding.labels.push_back({*context.facts.transaction, "the transaction began here"});
  finding.help = "write SAVEPOINT name, and ROLLBACK TO name";
}

constexpr std::array kSafetyRules = {
    Rule{
        .code = "ZL101",
        .name = "write-without-where",
        .severity = Severity::Warning,
        .summary = "a write that runs for every row of its sources has no WHERE",
        .detail =
            "UPDATE and DELETE of a whole table without WHERE are refused (E0410). RELATE .. FROM, "
            "and a write of a few records that is joined with others, are not, though they run as "
            "often. `WHERE true` says that all rows are meant.",
        .triggers = "RELATE p.id -> knows -> person:bob FROM person AS p",
        .nearly = "RELATE p.id -> knows -> person:bob FROM person AS p WHERE p.city = 'Oslo'",
        .check = check_write_without_where},
    Rule{.code = "ZL102",
         .name = "always-true-where",
         .severity = Severity::Warning,
         .fix = FixKind::Equivalent,
         .summary = "the condition of a write is true of every record without saying so",
         .detail = "`WHERE 1 = 1` gets around the rule that a write of a whole table must be "
                   "meant. `WHERE "
                   "true` is how to say it.",
         .triggers = "DELETE FROM pair WHERE no = no",
         .nearly = "DELETE FROM pair WHERE true",
         .check = check_always_true_where},
    Rule{
        .code = "ZL103",
        .name = "remove-without-if-exists",
        .severity = Severity::Info,
        .fix = FixKind::Mends,
        .summary = "REMOVE without IF EXISTS fails where the object is not there",
        .detail =
            "A migration that stopped half-way is run again. With IF EXISTS its first part does no "
            "harm the second time.",
        .triggers = "REMOVE INDEX person_city ON person",
        .nearly = "REMOVE INDEX IF EXISTS person_city ON person",
        .check = check_remove_without_if_exists},
    Rule{
        .code = "ZL104",
        .name = "plain-text-password",
        .severity = Severity::Error,
        .summary = "a user's password is written in the script",
        .detail = "Scripts are kept, copied and logged. A parameter is bound when the script runs.",
        .triggers = "DEFINE USER bob WITH (password = 'tiger')",
        .nearly = "DEFINE USER bob WITH (password = $password)",
        .check = check_plain_text_password},
    Rule{
        .code = "ZL105",
        .name = "grant-all",
        .severity = Severity::Warning,
        .summary = "GRANT ALL gives every privilege",
        .detail = "A role should hold what its users do. ALL on a database covers definitions too.",
        .triggers = "GRANT ALL ON TABLE person TO analyst",
        .nearly = "GRANT SELECT, UPDATE ON TABLE person TO analyst",
        .check = check_grant_all},
    Rule{.code = "ZL106",
         .name = "secret-in-script",
         .severity = Severity::Error,
         .summary = "a text looks like a key, a token or a login",
         .detail =
             "Found are the forms that issuers mark (such as AKIA.., ghp_.., private keys, signed "
             "tokens), addresses with a login in them, and texts bound to parameters with names "
             "like "
             "`api_key`.",
         .triggers = "LET $api_key = 'f00dfeed'; SELECT $api_key",
         .nearly = "LET $key_count = 'f00dfeed'; SELECT $key_count",
         .check = check_secret_in_script},
    Rule{.code = "ZL107",
         .name = "uncommitted-transaction",
         .severity = Severity::Error,
         .summary = "a script ends inside a transaction",
         .detail =
             "The session that ran it keeps the transaction open or, when it ends, drops what was "
             "written.",
         .triggers = "BEGIN; CREATE pair:1 SET no = 1, word = 'one'",
         .nearly = "BEGIN; CREATE pair:1 SET no = 1, word = 'one'; COMMIT",
         .finish = finish_uncommitted_transaction},
    Rule{.code = "ZL108",
         .name = "nested-begin",
         .severity = Severity::Error,
         .summary = "BEGIN stands inside a transaction",
         .detail = "It fails with E0804 and with it the transaction. SAVEPOINT and ROLLBACK TO "
                   "undo a part.",
         .triggers = "BEGIN; BEGIN; COMMIT",
         .nearly = "BEGIN; COMMIT; BEGIN; COMMIT",
         .check = check_nested_begin},
};

}  // namespace

std::span<const Rule> safety_rules() {
  return kSafetyRules;
}

}  // namespace zerodb::lint
