#include <algorithm>

#include <fmt/format.h>

#include "base/ascii.h"
#include "lsp/features.h"
#include "lsp/query_shape.h"
#include "lsp/tree_walk.h"
#include "sema/definition_text.h"
#include "zeroql/ast_session.h"
#include "zeroql/format.h"

namespace zerodb::lsp {
namespace {

using zeroql::TokenId;
using zeroql::TokenKind;

std::string code(const std::string& text) {
  return "```zeroql\n" + text + (text.ends_with('\n') ? "```" : "\n```");
}

// A definition as the formatter writes it.
std::string defined(const std::string& text, const std::string& comment) {
  const std::string shown = code(zeroql::format(text).value_or(text));
  return comment.empty() ? shown : shown + "\n\n" + comment;
}

// The indexes that begin with the field, which answer conditions on it.
std::string indexes_of(const catalog::Table& table, const std::string& name) {
  std::string out;
  for (const catalog::Index& each : table.indexes) {
    if (each.columns.empty() || each.columns.front().text != name) continue;
    out += (out.empty() ? "\n\nIndexed by `" : ", `") + each.name + "`";
    if (each.unique) out += " (unique)";
  }
  return out.empty() ? out : out + ".";
}

std::string field_hover(const catalog::Schema& schema, const Occurrence& at) {
  const catalog::Table* table = schema.find_table(at.table);
  if (table == nullptr) return "";
  if (const auto position = table->field_position(at.name)) {
    const catalog::Field& field = table->fields[*position];
    const std::string text = code(table->name + "." + sema::field_text(*table, field));
    const std::string comment = field.comment.empty() ? "" : "\n\n" + field.comment;
    return text + comment + indexes_of(*table, at.name);
  }
  if (const auto position = table->key_position(at.name)) {
    const catalog::KeyColumn& key = table->key[*position];
    return code(table->name + "." + key.name + " " + key.type_text) + "\n\nPart of the key.";
  }
  return "";
}

std::string built_in_hover(const function::Library& library, std::string_view name) {
  const auto found = find_built_in(library, name);
  if (!found) return "";
  std::string text;
  for (const std::string& signature : found->signatures) text += signature + "\n";
  std::string out = code(text) + "\n\n" + found->doc;
  if (!found->examples.empty()) out += "\n\n" + code(found->examples);
  return out;
}

// A column of the statement's result is shown with its type.
std::string column_hover(const Analysis& analysis, const Occurrence& at) {
  for (const zeroql::ParsedStatement& each : analysis.statements()) {
    const Span span = each.statement.span();
    if (at.span.begin < span.begin || span.end < at.span.end) continue;
    const auto shape = shape_of(analysis, analysis.tree().source().slice(span));
    if (!shape) break;
    const auto found = std::ranges::find(shape->columns, at.name, &QueryShape::Column::name);
    if (found != shape->columns.end()) return code(found->name + " " + found->type);
  }
  return "A column of the query.";
}

std::string hover_text(const Analysis& analysis, const function::Library& library,
                       const Occurrence& at) {
  const catalog::Schema& schema = analysis.schema();
  switch (at.kind) {
    case SymbolKind::Table:
    case SymbolKind::Edge:
    case SymbolKind::View: {
      const catalog::Table* table = schema.find_table(at.name);
      return table == nullptr ? "" : defined(sema::definition_text(schema, *table), table->comment);
    }
    case SymbolKind::Field:
      return field_hover(schema, at);
    case SymbolKind::Enum:
    case SymbolKind::Type:
      if (const catalog::Enum* found = schema.find_enum(at.name))
        return defined(sema::definition_text(*found), found->comment);
      if (const catalog::NamedType* found = schema.find_type(at.name))
        return defined(sema::definition_text(*found), found->comment);
      return "";
    case SymbolKind::Variant:
      return code(at.key.substr(at.key.find(' ') + 1));
    case SymbolKind::Function: {
      const catalog::Function* found = schema.find_function(at.key.substr(at.key.find(' ') + 1));
      return found == nullptr ? "" : defined(sema::definition_text(*found), found->comment);
    }
    case SymbolKind::BuiltIn:
      return built_in_hover(library, at.key.substr(at.key.find(' ') + 1));
    case SymbolKind::Parameter: {
      const catalog::Param* found = schema.find_param(at.name.substr(at.name.empty() ? 0 : 1));
      return found == nullptr ? "A parameter of the session."
                              : defined(sema::definition_text(*found), found->comment);
    }
    case SymbolKind::Source: {
      const catalog::Table* table = schema.find_table(at.table);
      return table == nullptr ? "The rows of a query."
                              : defined(sema::definition_text(schema, *table), table->comment);
    }
    case SymbolKind::Column:
    case SymbolKind::Alias:
      return column_hover(analysis, at);
    case SymbolKind::Argument:
      return "A parameter of the function.";
    case SymbolKind::Window:
      return "A window of the query.";
    default:
      return "";
  }
}

// The call whose parentheses are around a place.
struct OpenCall {
  std::string name;
  uint32_t arguments = 0;  // before the place
  bool is_method = false;
};

std::optional<OpenCall> call_around(const zeroql::Tree& tree, uint32_t offset) {
  OpenCall call;
  size_t depth = 0;
  for (size_t i = tree.token_count() - 1; i-- > 0;) {
    const zeroql::Token& token = tree.token(TokenId(static_cast<uint32_t>(i)));
    if (token.end > offset) continue;
    const bool closes = token.is(TokenKind::RightParen) || token.is(TokenKind::RightBracket) ||
                        token.is(TokenKind::RightBrace);
    const bool opens = token.is(TokenKind::LeftParen) || token.is(TokenKind::LeftBracket) ||
                       token.is(TokenKind::LeftBrace);
    if (token.is(TokenKind::Semicolon)) return std::nullopt;
    if (closes) ++depth;
    if (token.is(TokenKind::Comma) && depth == 0) ++call.arguments;
    if (!opens) continue;
    if (depth > 0) {
      --depth;
      continue;
    }
    if (!token.is(TokenKind::LeftParen) || i == 0) return std::nullopt;
    auto at = static_cast<uint32_t>(i - 1);
    if (!tree.token(TokenId(at)).is(TokenKind::Word)) return std::nullopt;
    call.name = tree.text(TokenId(at));
    while (at >= 2 && tree.token(TokenId(at - 1)).is(TokenKind::DoubleColon)) {
      call.name = std::string(tree.text(TokenId(at - 2))) + "::" + call.name;
      at -= 2;
    }
    call.is_method = at >= 1 && tree.token(TokenId(at - 1)).is(TokenKind::Dot);
    return call;
  }
  return std::nullopt;
}

// The texts of the parameters of `f(a: int, b: array<T>) -> T`.
std::vector<std::string> parameters_of(std::string_view signature) {
  std::vector<std::string> out;
  size_t at = signature.find('(');
  if (at == std::string_view::npos) return out;
  size_t depth = 0;
  std::string part;
  for (++at; at < signature.size(); ++at) {
    const char c = signature[at];
    if (c == ')' && depth == 0) break;
    if (c == '(' || c == '<' || c == '[' || c == '{') ++depth;
    if ((c == ')' || c == '>' || c == ']' || c == '}') && depth > 0) --depth;
    if (c == ',' && depth == 0) {
      out.push_back(std::move(part));
      part.clear();
    } else if (c != ' ' || !part.empty()) {
      part += c;
    }
  }
  if (!part.empty()) out.push_back(std::move(part));
  return out;
}

std::string signature_of(const catalog::Function& function) {
  std::string out = function.name + "(";
  for (const catalog::FunctionParameter& each : function.parameters) {
    if (!out.ends_with('(')) out += ", ";
    out += each.name + ": " + each.type_text;
    if (!each.default_text.empty()) out += " = " + each.default_text;
  }
  return out + ") -> " + function.returns_text;
}

BuiltIn find_function(const Analysis& analysis, const function::Library& library,
                      const OpenCall& call) {
  if (const catalog::Function* found = analysis.schema().find_function(call.name))
    return {{signature_of(*found)}, found->comment, ""};
  if (auto found = find_built_in(library, lower_ascii(call.name))) return *found;
  BuiltIn methods;
  if (!call.is_method) return methods;
  const std::string tail = "::" + lower_ascii(call.name);
  for (const function::Function& each : library.functions()) {
    if (each.signature.name.ends_with(tail)) methods.signatures.push_back(each.signature.text);
  }
  return methods;
}

}  // namespace

std::optional<BuiltIn> find_built_in(const function::Library& library, std::string_view name) {
  BuiltIn out;
  for (const function::Function* each : library.find(name)) {
    out.signatures.push_back(each->signature.text);
    out.doc = each->doc;
    out.examples = each->examples;
  }
  if (const function::AggregateFunction* found = library.find_aggregate(name)) {
    out.signatures.emplace_back(found->signature);
    out.doc = found->doc;
    out.examples = found->examples;
  }
  if (const function::WindowFunction* found = library.find_window(name)) {
    out.signatures.push_back(found->function.signature.text);
    out.doc = found->function.doc;
    out.examples = found->function.examples;
  }
  if (out.signatures.empty()) return std::nullopt;
  return out;
}

Json hover(const Analysis& analysis, const function::Library& library, uint32_t offset) {
  const Occurrence* at = analysis.occurrence_at(offset);
  if (at == nullptr) return nullptr;
  std::string text = hover_text(analysis, library, *at);
  if (text.empty()) return nullptr;
  return Json::object(
      {{"contents", Json::object({{"kind", "markdown"}, {"value", std::move(text)}})},
       {"range", analysis.document().range(at->span)}});
}

Json signature_help(const Analysis& analysis, const function::Library& library, uint32_t offset) {
  const auto call = call_around(analysis.tree(), offset);
  if (!call) return nullptr;
  const BuiltIn found = find_function(analysis, library, *call);
  if (found.signatures.empty()) return nullptr;
  const uint32_t active = call->arguments + (call->is_method ? 1 : 0);
  Json signatures = Json::array();
  size_t best = 0;
  for (size_t i = 0; i < found.signatures.size(); ++i) {
    Json parameters = Json::array();
    const std::vector<std::string> texts = parameters_of(found.signatures[i]);
    for (const std::string& text : texts) parameters.push(Json::object({{"label", text}}));
    if (parameters_of(found.signatures[best]).size() <= active && texts.size() > active) best = i;
    signatures.push(Json::object({{"label", found.signatures[i]},
                                  {"documentation", found.doc},
                                  {"parameters", std::move(parameters)}}));
  }
  return Json::object({{"signatures", std::move(signatures)},
                       {"activeSignature", best},
                       {"activeParameter", active}});
}

Json inlay_hints(const Analysis& analysis, const function::Library& library, Span span) {
  Json out = Json::array();
  const zeroql::Tree& tree = analysis.tree();
  walk(tree, [&](zeroql::NodeId id) {
    const Span place = tree.span(id);
    const bool is_here = place.end >= span.begin && place.begin <= span.end;
    if (tree.kind(id) != zeroql::NodeKind::Call || !is_here) return;
    const zeroql::ast::Call call{{&tree, id}};
    const BuiltIn found = find_function(analysis, library, {call.name()});
    if (found.signatures.size() != 1) return;
    const std::vector<std::string> parameters = parameters_of(found.signatures.front());
    size_t index = 0;
    for (const zeroql::ast::Argument argument : call.arguments().list()) {
      const bool is_literal = argument.value().expr_kind() == zeroql::ast::ExprKind::Literal;
      if (parameters.size() >= 2 && index < parameters.size() && is_literal && !argument.label()) {
        const std::string& text = parameters[index];
        out.push(Json::object({{"position", analysis.document().range(argument.span())["start"]},
                               {"label", text.substr(0, text.find(':')) + " =>"},
                               {"kind", 2},
                               {"paddingRight", true}}));
      }
      ++index;
    }
  });
  add_query_hints(analysis, span, out);
  return out;
}

}  // namespace zerodb::lsp
