#include "sema/type_places.h"

#include <algorithm>
#include <utility>

#include "sema/stored_text.h"
#include "sema/type_names.h"

namespace zerodb::sema {
namespace {

using catalog::PlaceStep;
using Step = PlaceStep::Kind;

catalog::Place below(catalog::Place place, PlaceStep step) {
  place.push_back(std::move(step));
  return place;
}

bool is_number(const Type& type) {
  return type.is_integer() || type.is_float() || type.kind() == TypeKind::Decimal;
}

// Whether a value may be of both types; true where that is not plain to see.
bool may_overlap(const Type& a, const Type& b) {
  const auto takes_many = [](const Type& type) {
    return type.is_any() || type.kind() == TypeKind::Union;
  };
  return takes_many(a) || takes_many(b) || a.kind() == b.kind() || (is_number(a) && is_number(b)) ||
         (a.is_text() && b.is_text());
}

class PlaceFinder {
 public:
  explicit PlaceFinder(Checking& c) : c_(c) {}

  void visit(ast::Type node, const catalog::Place& place, bool asks) {
    switch (node.type_kind()) {
      case ast::TypeKind::OptionalType:
        visit(node.as<ast::OptionalType>().inner(), place, asks);
        return;
      case ast::TypeKind::TupleType: {
        int64_t position = 0;
        for (const ast::Type part : node.as<ast::TupleType>().elements())
          visit(part, below(place, {Step::Element, {}, position++}), true);
        return;
      }
      case ast::TypeKind::ObjectType:
        for (const ast::TypeField field : node.as<ast::ObjectType>().fields())
          visit(field.type(), below(place, {Step::Member, field.ident().name()}), true);
        return;
      case ast::TypeKind::UnionType:
        visit_union(node.as<ast::UnionType>(), place);
        return;
      case ast::TypeKind::NamedType:
        visit_named(node.as<ast::NamedType>(), place, asks);
        return;
      default:
        return;
    }
  }

  TypePlaces take() { return std::move(found_); }

 private:
  struct Member {
    ast::Type node;
    TypePlace::Alternative whole;  // its rules as a whole
    bool has_inner_rules = false;
    bool has_rules() const { return has_inner_rules || !whole.asserts.empty(); }
  };

  void visit_named(ast::NamedType node, const catalog::Place& place, bool asks) {
    if (const catalog::NamedType* named = named_type(c_, node)) {
      if (asks && !named->assert_texts.empty())
        found_.places.push_back({place, {{named->type.required(), named->assert_texts}}});
      // What its own text is made of, such as another named type.
      visit(parse_stored_type(c_, named->type_text), place, true);
      return;
    }
    const auto steps = steps_into(node);
    const auto arguments = node.arguments();
    for (size_t i = 0; i < steps.size() && i < arguments.size(); ++i)
      visit(arguments[i], steps[i] ? below(place, {*steps[i], {}}) : place, true);
  }

  // The way from a value of the type to those of its arguments; nothing: it is the value itself.
  static std::vector<std::optional<Step>> steps_into(ast::NamedType node) {
    const std::string name = folded_name(node);
    if (is_list_type(node)) return {Step::AllElements};
    if (name == "hashmap") return {Step::Keys, Step::Values};
    if (name == "result") return {Step::Success, Step::Failure};
    if (name == "range") return {Step::Bounds};
    if (name == "option") return {std::nullopt};
    return {};
  }

  void visit_union(ast::UnionType node, const catalog::Place& place) {
    std::vector<Member> members;
    for (const ast::Type part : node.members()) members.push_back(member(part));
    if (std::ranges::none_of(members, &Member::has_rules)) return;
    if (std::ranges::any_of(members,
                            [](const Member& each) { return !each.whole.asserts.empty(); })) {
      TypePlace whole{place, {}};
      for (Member& each : members) whole.alternatives.push_back(each.whole);
      found_.places.push_back(std::move(whole));
    }
    for (const Member& each : members) {
      if (each.has_inner_rules) visit_variant(each, members, place);
    }
  }

  Member member(ast::Type node) {
    Member out{node, {check_type(c_, node).required(), {}}};
    if (const catalog::NamedType* named = named_type(c_, node))
      out.whole.asserts = named->assert_texts;
    const TypePlaces inner = type_places(c_, node, {}, false);
    out.has_inner_rules = !inner.places.empty();
    found_.is_ambiguous |= inner.is_ambiguous;
    return out;
  }

  // What is inside a member of a union is asked of values that no other member takes as they are.
  void visit_variant(const Member& chosen, const std::vector<Member>& members,
                     const catalog::Place& place) {
    PlaceStep step{Step::Variant, {}, 0, chosen.whole.type};
    for (const Member& each : members) {
      if (&each == &chosen) continue;
      if (!each.has_rules()) {
        step.others.push_back(each.whole.type);
      } else if (may_overlap(each.whole.type, chosen.whole.type)) {
        found_.is_ambiguous = true;
      }
    }
    visit(chosen.node, below(place, std::move(step)), false);
  }

  Checking& c_;
  TypePlaces found_;
};

}  // namespace

TypePlaces type_places(Checking& c, ast::Type node, const catalog::Place& top, bool asks) {
  PlaceFinder finder(c);
  finder.visit(node, top, asks);
  return finder.take();
}

}  // namespace zerodb::sema
