#include "sema/checking.h"

#include <algorithm>

#include "zeroql/suggest.h"

namespace zerodb::sema {

namespace {

// Below the catalog a type of record ids is written with the numbers of its tables: record<#7>.
std::string with_table_names(const catalog::Schema& schema, std::string message) {
  for (size_t at = message.find("<#"); at != message.npos; at = message.find("<#", at + 1)) {
    size_t begin = at + 1;
    while (begin < message.size() && message[begin] == '#') {
      size_t end = begin + 1;
      uint64_t id = 0;
      while (end < message.size() && message[end] >= '0' && message[end] <= '9')
        id = id * 10 + static_cast<uint64_t>(message[end++] - '0');
      const auto name = schema.table_name(TableId(id));
      const std::string written(name ? *name : std::string_view("a table that is gone"));
      message.replace(begin, end - begin, written);
      begin += written.size();
      if (message.compare(begin, 3, " | ") == 0) begin += 3;
    }
  }
  return message;
}

// Codes whose message names what is not there.
bool names_what_is_unknown(ErrorCode code) {
  switch (code) {
    case ErrorCode::E0201:
    case ErrorCode::E0202:
    case ErrorCode::E0204:
    case ErrorCode::E0205:
    case ErrorCode::E0207:
    case ErrorCode::E0304:
    case ErrorCode::E0601:
      return true;
    default:
      return false;
  }
}

}  // namespace

Checking::Checking(const CheckContext& given, std::shared_ptr<const catalog::Schema> schema,
                   const zeroql::SourceText* source)
    : context(given), source_(source) {
  statement.schema = std::move(schema);
}

zeroql::Diagnostic& Checking::report(ErrorCode code, std::string message, Span span) {
  zeroql::Diagnostic diagnostic;
  diagnostic.code = code;
  diagnostic.message = std::move(message);
  diagnostic.span = place(span);
  const auto is_known = [&](const zeroql::Diagnostic& each) {
    return each.code == code && each.message == diagnostic.message;
  };
  if (names_what_is_unknown(code) &&
      std::any_of(diagnostics.begin(), diagnostics.end(), is_known)) {
    repeated_ = std::move(diagnostic);
    return repeated_;
  }
  diagnostics.push_back(std::move(diagnostic));
  return diagnostics.back();
}

zeroql::Diagnostic& Checking::report(const Error& error, Span span) {
  zeroql::Diagnostic& diagnostic =
      report(error.code(), with_table_names(schema(), std::string(error.message())), span);
  diagnostic.help = std::string(error.help());
  return diagnostic;
}

void Checking::warn(const Error& error, Span span, std::string help) {
  if (foreign_) return;
  const auto is_there = [&](const zeroql::Diagnostic& each) {
    return each.span == span && each.code == error.code();
  };
  if (std::any_of(warnings.begin(), warnings.end(), is_there)) return;
  zeroql::Diagnostic warning;
  warning.severity = zeroql::Severity::Warning;
  warning.code = error.code();
  warning.message = std::string(error.message());
  warning.span = span;
  warning.help = std::move(help);
  warnings.push_back(std::move(warning));
}

std::string_view Checking::text_at(Span span) const {
  return foreign_ || source_ == nullptr ? std::string_view() : source_->slice(span);
}

void Checking::add_type_label(zeroql::Diagnostic& diagnostic, ExprId value) const {
  if (foreign_) return;
  const Expr& shown = expr(value);
  std::string label = "`" + text(shown.type) + "`";
  const auto table = declared_in.find(value.value());
  if (table != declared_in.end()) {
    if (const auto name = schema().table_name(table->second))
      label = "declared " + label + " in `" + std::string(*name) + "`";
  }
  diagnostic.labels.push_back({shown.span, std::move(label)});
}

void Checking::suggest(zeroql::Diagnostic& diagnostic, std::string_view name,
                       const std::vector<std::string>& candidates) {
  const auto nearest = zeroql::suggest(name, std::span<const std::string>(candidates));
  if (!nearest) return;
  diagnostic.help = "did you mean `" + *nearest + "`?";
  if (!foreign_) diagnostic.fixes.push_back({diagnostic.span, *nearest, diagnostic.help});
}

ExprId Checking::add(Expr made) {
  made.span = place(made.span);
  return statement.exprs.add(std::move(made));
}

ExprId Checking::literal(Value value, Type type, Span span) {
  Expr made;
  made.kind = ExprKind::Literal;
  made.literal = std::move(value);
  made.type = std::move(type);
  made.span = span;
  return add(std::move(made));
}

ExprId Checking::poison(Span span) {
  Expr made;
  made.kind = ExprKind::Poison;
  made.span = span;
  return add(std::move(made));
}

bool Checking::are_literals(const std::vector<ExprId>& ids) const {
  for (const ExprId id : ids) {
    if (!is_literal(id)) return false;
  }
  return true;
}

bool Checking::is_same(ExprId left, ExprId right) const {
  uint32_t budget = kComparedExprsMax;
  return is_same(left, right, budget);
}

bool Checking::is_same(ExprId left, ExprId right, uint32_t& budget) const {
  if (left == right) return true;
  if (budget == 0) return false;
  --budget;
  const Expr& a = expr(left);
  const Expr& b = expr(right);
  if (a.kind != b.kind || a.flags != b.flags || a.depth != b.depth || a.index != b.index ||
      a.source != b.source || a.query != b.query || a.table != b.table ||
      a.function != b.function || a.text != b.text || a.names != b.names ||
      a.args.size() != b.args.size() || is_poison(left)) {
    return false;
  }
  if (a.kind == ExprKind::Binary && a.binary_op != b.binary_op) return false;
  if (a.kind == ExprKind::Unary && a.unary_op != b.unary_op) return false;
  if (a.kind == ExprKind::Literal &&
      (a.literal.tag() != b.literal.tag() || !equals(a.literal, b.literal)))
    return false;
  if (!(a.target == b.target)) return false;
  for (size_t i = 0; i < a.args.size(); ++i) {
    if (!is_same(a.args[i], b.args[i], budget)) return false;
  }
  return true;
}

QueryId Checking::add_query(Query::Kind kind, Span span) {
  Query made;
  made.kind = kind;
  made.span = place(span);
  statement.queries.push_back(std::move(made));
  return QueryId(static_cast<uint32_t>(statement.queries.size() - 1));
}

}  // namespace zerodb::sema
