#include <algorithm>

#include "lsp/features.h"
#include "lsp/tree_walk.h"
#include "zeroql/trivia.h"

namespace zerodb::lsp {
namespace {

using zeroql::TokenId;
using zeroql::TokenKind;

// In the order of the legend.
enum class Kind : uint8_t {
  Keyword,
  String,
  Number,
  Comment,
  Operator,
  Regexp,
  Type,
  Class,
  Property,
  Function,
  Parameter,
  Variable,
  Enum,
  EnumMember,
  Namespace,
  None,
};

constexpr const char* kKinds[] = {"keyword",   "string",   "number", "comment",    "operator",
                                  "regexp",    "type",     "class",  "property",   "function",
                                  "parameter", "variable", "enum",   "enumMember", "namespace"};
constexpr const char* kModifiers[] = {"declaration", "defaultLibrary"};
constexpr uint32_t kDeclaration = 1;
constexpr uint32_t kDefaultLibrary = 2;

Kind kind_of(SymbolKind kind) {
  switch (kind) {
    case SymbolKind::Table:
    case SymbolKind::Edge:
    case SymbolKind::View:
      return Kind::Class;
    case SymbolKind::Field:
    case SymbolKind::Column:
      return Kind::Property;
    case SymbolKind::Type:
      return Kind::Type;
    case SymbolKind::Enum:
      return Kind::Enum;
    case SymbolKind::Variant:
      return Kind::EnumMember;
    case SymbolKind::Function:
    case SymbolKind::BuiltIn:
      return Kind::Function;
    case SymbolKind::Parameter:
    case SymbolKind::Argument:
      return Kind::Parameter;
    case SymbolKind::Source:
    case SymbolKind::Alias:
    case SymbolKind::Window:
      return Kind::Variable;
    default:
      return Kind::Namespace;
  }
}

Kind kind_of_token(const zeroql::Tree& tree, uint32_t at) {
  const zeroql::Token& token = tree.token(TokenId(at));
  switch (token.kind) {
    case TokenKind::Word:
      break;
    case TokenKind::QuotedName:
      return Kind::Variable;
    case TokenKind::Parameter:
      return Kind::Parameter;
    case TokenKind::Integer:
    case TokenKind::Float:
    case TokenKind::Decimal:
    case TokenKind::Duration:
      return Kind::Number;
    case TokenKind::String:
    case TokenKind::DoubleString:
    case TokenKind::Bytes:
    case TokenKind::DateTime:
    case TokenKind::Uuid:
      return Kind::String;
    case TokenKind::Regex:
      return Kind::Regexp;
    default:
      return token.kind >= TokenKind::Question ? Kind::Operator : Kind::None;
  }
  switch (tree.kind(owner_of(tree, at))) {
    case zeroql::NodeKind::Ident:
      return Kind::Variable;
    case zeroql::NodeKind::ObjectKey:
      return Kind::Property;
    default:
      return token.is(zeroql::Keyword::NotKeyword) ? Kind::None : Kind::Keyword;
  }
}

class Encoder {
 public:
  explicit Encoder(const Analysis& analysis) : analysis_(analysis) {}

  // A token of several lines is one on each of them.
  void add(Span span, Kind kind, uint32_t modifiers = 0) {
    const std::string_view text = analysis_.document().text();
    while (span.begin < span.end) {
      const size_t line_end = std::min<size_t>(text.find_first_of("\r\n", span.begin), span.end);
      const auto end = static_cast<uint32_t>(line_end);
      if (end > span.begin) emit(span.begin, end, kind, modifiers);
      span.begin = end + 1;
    }
  }
  std::vector<uint32_t> take() { return std::move(out_); }

 private:
  void emit(uint32_t begin, uint32_t end, Kind kind, uint32_t modifiers) {
    const Position at = analysis_.document().position(begin);
    const uint32_t lines = at.line - last_.line;
    const uint32_t length = analysis_.document().length(
        std::string_view(analysis_.document().text()).substr(begin, end - begin));
    out_.insert(out_.end(), {lines, lines == 0 ? at.character - last_.character : at.character,
                             length, static_cast<uint32_t>(kind), modifiers});
    last_ = at;
  }

  const Analysis& analysis_;
  Position last_;
  std::vector<uint32_t> out_;
};

}  // namespace

Json semantic_token_legend() {
  Json kinds = Json::array();
  for (const char* kind : kKinds) kinds.push(kind);
  Json modifiers = Json::array();
  for (const char* modifier : kModifiers) modifiers.push(modifier);
  return Json::object({{"tokenTypes", std::move(kinds)}, {"tokenModifiers", std::move(modifiers)}});
}

std::vector<uint32_t> semantic_tokens(const Analysis& analysis, Span span) {
  const zeroql::Tree& tree = analysis.tree();
  const auto& names = analysis.occurrences();
  Encoder encoder(analysis);
  auto name = names.begin();
  for (uint32_t i = 0; i < tree.token_count(); ++i) {
    const zeroql::Token& token = tree.token(TokenId(i));
    if (token.end < span.begin) continue;
    if (token.begin - tree.trivia(TokenId(i)).size() > span.end) break;
    for (const zeroql::Comment& comment : zeroql::gap_before(tree, TokenId(i)).comments)
      encoder.add(comment.span, Kind::Comment);
    while (name != names.end() && name->span.end <= token.begin) ++name;
    const bool is_name = name != names.end() && name->span.begin <= token.begin &&
                         token.end <= name->span.end && token.begin < token.end;
    if (is_name) {
      const uint32_t declaration = name->is_definition ? kDeclaration : 0;
      const uint32_t library = name->kind == SymbolKind::BuiltIn ? kDefaultLibrary : 0;
      encoder.add(token.span(), kind_of(name->kind), declaration | library);
      continue;
    }
    const Kind kind = kind_of_token(tree, i);
    if (kind != Kind::None) encoder.add(token.span(), kind);
  }
  return encoder.take();
}

}  // namespace zerodb::lsp
