#include "zeroql/ast_session.h"
#include "zeroql/literal.h"

namespace zerodb::zeroql::ast {

namespace {

// Grouping parentheses mean nothing beyond the shape of the tree.
View without(NodeKind wrapper, View view) {
  while (view.kind() == wrapper) {
    const auto children = view.tree->children(view.id);
    if (children.empty()) return {view.tree, kNothing};
    view.id = children[0];
  }
  return view;
}

template <typename V>
std::string joined(Children<V> parts, std::string_view separator) {
  std::string out;
  for (const auto part : parts) {
    if (!out.empty()) out += separator;
    out += part.name();
  }
  return out;
}

}  // namespace

std::string Ident::name() const {
  return decode_name(text());
}
bool Ident::is_quoted() const {
  return !is_nothing() && token_count() > 0 && token(0).is(TokenKind::QuotedName);
}

Ident Name::last() const {
  Ident last{{tree, kNothing}};
  for (const Ident part : parts()) last = part;
  return last;
}
std::string Name::name() const {
  return joined(parts(), ".");
}
std::string Path::name() const {
  return joined(parts(), "::");
}

Children<Statement> statements(const Tree& tree) {
  return Children<Statement>(View{&tree, tree.root()});
}

Type::Type(View view) : View(without(NodeKind::ParenType, view)) {}
Expr::Expr(View view) : View(without(NodeKind::Paren, view)) {}

std::string ObjectKey::name() const {
  if (is_nothing() || token_count() == 0) return {};
  if (token(0).is(TokenKind::String) || token(0).is(TokenKind::DoubleString)) {
    return decode_string(text()).value_or(std::string());
  }
  return decode_name(text());
}

std::optional<OrderBy> Arguments::order_by() const {
  return find<OrderBy>();
}
std::optional<OrderBy> WindowSpec::order_by() const {
  return find<OrderBy>();
}
std::optional<Frame> WindowSpec::frame() const {
  return find<Frame>();
}

std::string Call::name() const {
  if (const auto p = path()) return p->name();
  if (const auto i = ident()) return i->name();
  return {};
}
Span Call::name_span() const {
  if (const auto p = path()) return p->span();
  if (const auto i = ident()) return i->span();
  return span();
}
std::optional<Where> Call::filter() const {
  const auto filter = find<ViewOf<NodeKind::Filter>>();
  if (!filter) return std::nullopt;
  for (const Where where : Children<Where>(*filter)) return where;
  return std::nullopt;
}

std::optional<Expr> Case::otherwise() const {
  const auto arm = find<ViewOf<NodeKind::ElseArm>>();
  if (!arm) return std::nullopt;
  for (const Expr value : Children<Expr>(*arm)) return value;
  return Expr(View{tree, kNothing});
}

Query Subquery::query() const {
  return get<Query>();
}
Query ArraySubquery::query() const {
  return get<Query>();
}
std::optional<Query> Exists::query() const {
  return find<Query>();
}
std::optional<Match> Exists::match() const {
  return find<Match>();
}
std::optional<Where> Exists::where() const {
  return find<Where>();
}

std::string_view binary_op_text(BinaryOp op) {
  static constexpr std::string_view kTexts[] = {
      "OR", "AND", "=",  "!=", "<", "<=", ">",  ">=", "~", "!~", "??",  "|",
      "^",  "&",   "<<", ">>", "+", "-",  "||", "*",  "/", "%",  "DIV", "**"};
  return kTexts[static_cast<size_t>(op)];
}

Span Binary::op_span() const {
  const auto children = tree->children(id);
  if (children.empty()) return span();
  const uint32_t first = tree->node(children[0]).token_end;
  const bool is_double = op() == BinaryOp::ShiftLeft || op() == BinaryOp::ShiftRight;
  return {tree->token(TokenId(first)).begin, tree->token(TokenId(first + (is_double ? 1 : 0))).end};
}

std::optional<Expr> Limit::part(NodeKind kind) const {
  for (const NodeId child : tree->children(id)) {
    if (tree->kind(child) != kind) continue;
    for (const Expr value : Children<Expr>(View{tree, child})) return value;
    return Expr(View{tree, kNothing});
  }
  return std::nullopt;
}

Query CommonTable::query() const {
  return get<Query>();
}
Query QuerySource::query() const {
  return get<Query>();
}

std::optional<SelectItem> AnyItem::item() const {
  if (!SelectItem::accepts(kind())) return std::nullopt;
  return SelectItem{{tree, id}};
}
std::optional<StarItem> AnyItem::star() const {
  if (!StarItem::accepts(kind())) return std::nullopt;
  return StarItem{{tree, id}};
}

std::optional<Expr> GroupItem::expr() const {
  if (!Expr::accepts(kind())) return std::nullopt;
  return Expr(View{tree, id});
}
std::optional<GroupingSets> GroupItem::grouping_sets() const {
  if (!GroupingSets::accepts(kind())) return std::nullopt;
  return GroupingSets{{tree, id}};
}

std::optional<SetOperation> QueryBody::set_operation() const {
  return of<SetOperation>();
}
std::optional<Query> QueryBody::query() const {
  return of<Query>();
}

std::optional<Ident> PathStep::field() const {
  if (kind() != NodeKind::PathField) return std::nullopt;
  return PathField{{tree, id}}.ident();
}
std::optional<Expr> PathStep::index() const {
  if (kind() != NodeKind::PathIndex) return std::nullopt;
  return PathIndex{{tree, id}}.index();
}

std::string DefineFunction::name() const {
  if (const auto p = path()) return p->name();
  if (const auto i = ident()) return i->name();
  return {};
}

std::string_view object_kind_text(ObjectKind kind) {
  static constexpr std::string_view kTexts[] = {
      "namespace", "database", "table",    "edge",      "view", "field",
      "index",     "analyzer", "sequence", "placement", "type", "enum",
      "module",    "function", "param",    "role",      "user", "keyspace"};
  return kTexts[static_cast<size_t>(kind)];
}

std::string ObjectName::to_string() const {
  if (const auto n = name()) return n->name();
  if (const auto p = path()) return p->name();
  return std::string(text());
}

NodeKind AlterAction::dropped() const {
  switch (tree->token(TokenId(tree->node(id).token_end - 1)).keyword) {
    case Keyword::Default:
      return NodeKind::FieldDefault;
    case Keyword::Computed:
      return NodeKind::FieldComputed;
    case Keyword::Assert:
      return NodeKind::FieldAssert;
    case Keyword::Unique:
      return NodeKind::FieldUnique;
    case Keyword::Readonly:
      return NodeKind::FieldReadonly;
    case Keyword::Reference:
      return NodeKind::FieldReference;
    default:
      return NodeKind::Comment;
  }
}

}  // namespace zerodb::zeroql::ast
