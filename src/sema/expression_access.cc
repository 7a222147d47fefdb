// Members, elements, slices and shapes: what follows a value.

#include <algorithm>

#include "sema/access.h"
#include "sema/conversion.h"
#include "sema/expression.h"
#include "sema/narrowing.h"
#include "value/operator_types.h"

namespace zerodb::sema {
namespace {

// After `[*]` members map over the elements.
bool is_mapped(ast::Expr node) {
  if (node.expr_kind() == ast::ExprKind::AllElements) return true;
  return node.expr_kind() == ast::ExprKind::FieldAccess &&
         is_mapped(node.as<ast::FieldAccess>().base());
}

ExprId may_be_none(Checking& c, ExprId base, std::string_view fix, Span span) {
  const std::string_view written = c.text_at(c.expr(base).span);
  const bool is_short =
      !written.empty() && written.size() <= 60 && written.find('\n') == std::string_view::npos;
  auto& diagnostic = c.report(ErrorCode::E0304,
                              (is_short ? "`" + std::string(written) + "`" : std::string("this")) +
                                  " is `" + c.text(c.type(base)) + "` and may be none",
                              span);
  diagnostic.help = "write `" + std::string(fix) + "`";
  return c.poison(span);
}

ExprId linked_member(Checking& c, ExprId link, const std::string& name, MemberForm form,
                     Span span) {
  const Type type = c.type(link);
  std::vector<const catalog::Table*> tables;
  for (const TableId id : type.tables()) {
    if (const catalog::Table* table = c.schema().find_table(id)) tables.push_back(table);
  }
  std::optional<Type> found = tables.empty() ? Type::any() : field_type(tables, name);
  const bool open = std::any_of(tables.begin(), tables.end(),
                                [](const auto* table) { return !table->schemafull; });
  if (!found && (open || form == MemberForm::Lenient)) found = Type::any();
  if (!found) {
    ScopeSource source;
    source.tables = tables;
    auto& diagnostic = c.report(
        ErrorCode::E0202, "`" + c.text(type.required()) + "` has no field `" + name + "`", span);
    c.suggest(diagnostic, name, column_names(source));
    return c.poison(span);
  }
  const ExprId record = make_fetch(c, link, span);
  const bool sure = c.sure_links.contains(link.value()) && !type.is_optional() &&
                    !c.expr(record).has(Expr::Gated);
  Expr made;
  made.kind = ExprKind::Member;
  made.text = name;
  made.type = sure ? *found : found->optional();
  made.span = span;
  made.flags = Expr::Optional;
  made.args = {record};
  return narrowed(c, c.add(std::move(made)));
}

// OLD.f and NEW.f have the type of the field.
std::optional<Type> version_member_type(const Checking& c, const Scope* scope, ExprId base,
                                        const std::string& name) {
  const ExprKind kind = c.expr(base).kind;
  if (kind != ExprKind::OldRecord && kind != ExprKind::NewRecord) return std::nullopt;
  for (; scope != nullptr; scope = scope->parent) {
    if (scope->versions_of != nullptr) return field_type({scope->versions_of}, name);
  }
  return std::nullopt;
}

ExprId check_version_member(Checking& c, Scope& scope, ExprId base, const std::string& name,
                            Span span) {
  const catalog::Table* table = nullptr;
  for (const Scope* at = &scope; at != nullptr && table == nullptr; at = at->parent)
    table = at->versions_of;
  const auto type = version_member_type(c, &scope, base, name);
  if (!type && table->schemafull) {
    ScopeSource source;
    source.tables = {table};
    auto& diagnostic =
        c.report(ErrorCode::E0202, "`" + table->name + "` has no field `" + name + "`", span);
    c.suggest(diagnostic, name, column_names(source));
    return c.poison(span);
  }
  Expr made;
  made.kind = ExprKind::Member;
  made.text = name;
  made.type = type.value_or(Type::any()).optional();
  made.span = span;
  made.flags = Expr::Optional;
  made.args = {base};
  return c.add(std::move(made));
}

ExprId check_members(Checking& c, ExprId base, const std::string& name, Span span) {
  auto type = members_type(c.type(base), name);
  const Type element = c.type(base).is_sequence() ? c.type(base).element() : Type::any();
  const bool links = element.is_any() || element.kind() == TypeKind::RecordId;
  if (!type.has_value() && !links) {
    c.report(type.error(), span);
    return c.poison(span);
  }
  Expr made;
  made.kind = ExprKind::Members;
  made.text = name;
  made.type =
      element.kind() == TypeKind::RecordId || !type.has_value() ? Type::array(Type::any()) : *type;
  if (links) {
    const bool is_typed = element.kind() == TypeKind::RecordId;
    made.flags =
        Expr::Follow | gate_of(c, is_typed ? element.tables() : std::vector<TableId>(), span);
  }
  made.span = span;
  made.args = {base};
  return c.add(std::move(made));
}

// Whether a table has a field of its own name that a dot can stand behind.
bool is_field_with_members(const ScopeSource& source, const std::string& name) {
  const auto type = field_type(source.tables, name);
  return type && may_have_members(*type);
}

ExprId check_field_access(Checking& c, Scope& scope, ast::FieldAccess node) {
  const std::string name = node.field().name();
  const Span span = node.field().span();
  const ast::Expr base_node = node.base();
  if (base_node.expr_kind() == ast::ExprKind::NameRef) {
    const std::string base_name = base_node.as<ast::NameRef>().name();
    const auto source = find_source(scope, base_name);
    if (source && scope.shapes.empty() &&
        (source->source().has_alias || !is_field_with_members(source->source(), base_name))) {
      return column_of(c, *source, name, span);
    }
    if (source && !scope.shapes.empty() && source->source().has_alias)
      return column_of(c, *source, name, span);
  }
  const ExprId base = check_expression(c, scope, base_node);
  if (c.is_poison(base)) return base;
  const ExprKind kind = c.expr(base).kind;
  if (kind == ExprKind::OldRecord || kind == ExprKind::NewRecord)
    return check_version_member(c, scope, base, name, span);
  if (is_mapped(base_node)) return check_members(c, base, name, span);
  const size_t mistakes = c.diagnostics.size();
  const ExprId made =
      member_of(c, base, name, node.is_optional() ? MemberForm::Optional : MemberForm::Plain, span);
  if (c.diagnostics.size() > mistakes && c.diagnostics.back().code == ErrorCode::E0304) {
    const Span dot{base_node.span().end, span.begin};
    if (c.text_at(dot) == ".") c.diagnostics.back().fixes.push_back({dot, "?.", "write `?.`"});
  }
  return made;
}

// A value that may be none, for what takes an array or a string.
ExprId needs_array(Checking& c, ExprId base, Span span) {
  const bool is_text = c.type(base).required().is_text();
  const std::string empty = is_text ? "''" : "[]";
  const ExprId made = may_be_none(c, base, "(.. ?? " + empty + ")[..]", span);
  const std::string written(c.text_at(span));
  if (!written.empty() && !c.diagnostics.empty() && c.diagnostics.back().code == ErrorCode::E0304)
    c.diagnostics.back().fixes.push_back(
        {span, "(" + written + " ?? " + empty + ")",
         is_text ? "count none as an empty string" : "count none as an empty array"});
  return made;
}

// A literal position tells which part of a tuple is meant.
std::optional<Type> tuple_part(const Checking& c, ExprId base, ExprId index) {
  if (c.type(base).kind() != TypeKind::Tuple || !c.is_literal(index)) return std::nullopt;
  const Value& position = c.expr(index).literal;
  const auto& parts = c.type(base).parts();
  if (position.tag() != Tag::I64 || position.as_int64() < 0) return std::nullopt;
  const auto at = static_cast<size_t>(position.as_int64());
  if (at >= parts.size()) return std::nullopt;
  return parts[at];
}

ExprId check_element(Checking& c, Scope& scope, ast::IndexAccess node) {
  const ExprId base = check_expression(c, scope, node.base());
  const ExprId index = check_expression(c, scope, node.index());
  if (c.is_poison(base) || c.is_poison(index)) return c.poison(node.span());
  if (c.type(base).is_optional()) return needs_array(c, base, node.base().span());
  auto type = element_type(c.type(base), c.type(index));
  if (const auto part = tuple_part(c, base, index)) type = *part;
  if (!type.has_value()) {
    c.report(type.error(), node.index().span());
    return c.poison(node.span());
  }
  Expr made;
  made.kind = ExprKind::Element;
  made.type = std::move(type).value();
  made.span = node.span();
  made.args = {base, index};
  return narrowed(c, c.add(std::move(made)));
}

ExprId check_bound(Checking& c, Scope& scope, std::optional<ast::Expr> node, Span span) {
  if (!node) return c.literal(Value::none(), Type::none(), span);
  const ExprId bound = check_expression(c, scope, *node);
  const Type type = c.type(bound);
  if (type.is_any() || type.is_integer() || type.kind() == TypeKind::None) return bound;
  c.report(ErrorCode::E0305, "a slice is bounded by whole numbers, not `" + c.text(type) + "`",
           node->span());
  return c.poison(span);
}

ExprId check_slice(Checking& c, Scope& scope, ast::Slice node) {
  const ExprId base = check_expression(c, scope, node.base());
  const ExprId from = check_bound(c, scope, node.from(), node.span());
  const ExprId to = check_bound(c, scope, node.to(), node.span());
  if (c.is_poison(base)) return base;
  if (c.type(base).is_optional()) return needs_array(c, base, node.base().span());
  auto type = slice_type(c.type(base));
  if (!type.has_value()) {
    c.report(type.error(), node.span());
    return c.poison(node.span());
  }
  Expr made;
  made.kind = ExprKind::Slice;
  made.type = std::move(type).value();
  made.span = node.span();
  made.flags = node.is_inclusive() ? Expr::Inclusive : 0;
  made.args = {base, from, to};
  return c.add(std::move(made));
}

// `a.b.c` inside a shape: every step may be missing.
ExprId copied_entry(Checking& c, Scope& scope, ast::ShapeEntry entry) {
  ExprId value = kNoExpr;
  for (const ast::Ident part : entry.path()) {
    if (value == kNoExpr) {
      value = resolve_name(c, scope, part.name(), part.span());
    } else if (!c.is_poison(value)) {
      value = member_of(c, value, part.name(), MemberForm::Lenient, part.span());
    }
  }
  return value;
}

std::string entry_name(ast::ShapeEntry entry) {
  if (entry.entry_kind() == ast::ShapeEntryKind::All) return "*";
  if (entry.entry_kind() == ast::ShapeEntryKind::Computed) return entry.key().name();
  const auto path = entry.path();
  return path[path.size() - 1].name();
}

}  // namespace

ExprId make_fetch(Checking& c, ExprId link, Span span) {
  Expr made;
  made.kind = ExprKind::Fetch;
  made.flags = gate_of(c, c.type(link).required().tables(), span);
  made.type = Type::object().optional();
  made.span = span;
  made.args = {link};
  return c.add(std::move(made));
}

bool may_have_members(const Type& type) {
  switch (type.required().kind()) {
    case TypeKind::Any:
    case TypeKind::Object:
    case TypeKind::Shape:
    case TypeKind::RecordId:
    case TypeKind::Union:
      return true;
    default:
      return false;
  }
}

ExprId member_of(Checking& c, ExprId base, const std::string& name, MemberForm form, Span span) {
  if (c.is_poison(base)) return base;
  const Type type = c.type(base);
  if (type.kind() == TypeKind::None) return c.literal(Value::none(), Type::none(), span);
  if (type.is_optional() && form == MemberForm::Plain)
    return may_be_none(c, base, "?." + name, span);
  if (type.kind() == TypeKind::RecordId) return linked_member(c, base, name, form, span);
  Expr made;
  made.kind = ExprKind::Member;
  made.text = name;
  made.span = span;
  if (type.is_any()) {
    made.flags = Expr::Follow | gate_of(c, {}, span);
    made.type = Type::any();
  } else {
    auto found = member_type(type.required(), name);
    if (!found.has_value()) {
      if (form != MemberForm::Lenient || !type.is_object()) {
        c.report(found.error(), span);
        return c.poison(span);
      }
      return c.literal(Value::none(), Type::none(), span);
    }
    made.type = type.is_optional() ? found->optional() : *found;
  }
  if (form != MemberForm::Plain || type.is_optional()) made.flags |= Expr::Optional;
  made.args = {base};
  return narrowed(c, c.add(std::move(made)));
}

ExprId check_access(Checking& c, Scope& scope, ast::Expr node) {
  switch (node.expr_kind()) {
    case ast::ExprKind::FieldAccess:
      return check_field_access(c, scope, node.as<ast::FieldAccess>());
    case ast::ExprKind::IndexAccess:
      return check_element(c, scope, node.as<ast::IndexAccess>());
    case ast::ExprKind::AllElements:
      return check_expression(c, scope, node.as<ast::AllElements>().base());
    default:
      return check_slice(c, scope, node.as<ast::Slice>());
  }
}

namespace {

// The value that a shape is cut from: a link stands for its record.
ExprId shape_base(Checking& c, ExprId value, bool is_optional, Span span) {
  if (c.is_poison(value)) return value;
  const Type type = c.type(value);
  if (type.is_optional() && !is_optional) return may_be_none(c, value, "?.{ .. }", span);
  if (type.is_any() || type.is_object() || type.kind() == TypeKind::RecordId ||
      type.kind() == TypeKind::None)
    return value;
  c.report(ErrorCode::E0305,
           "a shape is cut from an object or a link, not from `" + c.text(type) + "`", span);
  return c.poison(span);
}

// A value of type any may be a link, which only its rows tell.
ExprId spread_of(Checking& c, ExprId base, Span span) {
  const Type& type = c.type(base);
  return type.is_any() || type.kind() == TypeKind::RecordId ? make_fetch(c, base, span) : base;
}

}  // namespace

ExprId check_shape(Checking& c, Scope& scope, ast::Shape node) {
  ShapeBase base;
  base.value = kNoExpr;
  if (node.base().expr_kind() == ast::ExprKind::NameRef) {
    const auto source = find_source(scope, node.base().as<ast::NameRef>().name());
    if (source && source->depth == 0 && source->source().has_alias) base.source = source->source();
  }
  ExprId value = kNoExpr;
  if (!base.source) {
    value = shape_base(c, check_expression(c, scope, node.base()), node.is_optional(),
                       node.base().span());
    if (c.is_poison(value)) return value;
    base.value = value;
  }
  Expr made;
  made.kind = ExprKind::Object;
  made.span = node.span();
  bool spreads = false;
  std::vector<Type::Field> fields;
  for (const ast::ShapeEntry entry : node.entries()) {
    const std::string name = entry_name(entry);
    made.names.push_back(name);
    if (entry.entry_kind() == ast::ShapeEntryKind::All) {
      spreads = true;
      made.flags |= Expr::Spread;
      made.args.push_back(base.source ? check_expression(c, scope, node.base())
                                      : spread_of(c, value, entry.span()));
      continue;
    }
    scope.shapes.push_back(base);
    made.args.push_back(entry.entry_kind() == ast::ShapeEntryKind::Copied
                            ? copied_entry(c, scope, entry)
                            : check_expression(c, scope, entry.value()));
    scope.shapes.pop_back();
    fields.push_back({name, c.type(made.args.back()), false});
  }
  made.type = spreads ? Type::object() : Type::shape(std::move(fields));
  const ExprId object = c.add(std::move(made));
  if (value == kNoExpr || !c.type(value).admits_none() || !node.is_optional()) return object;
  Expr guard;
  guard.kind = ExprKind::IsNone;
  guard.flags = Expr::Negated;
  guard.type = Type::boolean();
  guard.span = node.span();
  guard.args = {value};
  Expr chosen;
  chosen.kind = ExprKind::Case;
  chosen.type = c.type(object).optional();
  chosen.span = node.span();
  chosen.args = {c.add(std::move(guard)), object};
  return c.add(std::move(chosen));
}

}  // namespace zerodb::sema
