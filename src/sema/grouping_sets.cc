#include "sema/grouping_sets.h"

#include <algorithm>
#include <string>

#include "base/ascii.h"
#include "base/limits.h"

namespace zerodb::sema {
namespace {

enum class Shorthand : uint8_t { None, Rollup, Cube };

Shorthand shorthand_of(ast::Expr node) {
  if (node.expr_kind() != ast::ExprKind::Call) return Shorthand::None;
  const std::string name = lower_ascii(node.as<ast::Call>().name());
  if (name == "rollup") return Shorthand::Rollup;
  return name == "cube" ? Shorthand::Cube : Shorthand::None;
}

std::vector<uint32_t> joined(std::vector<uint32_t> left, const std::vector<uint32_t>& right) {
  left.insert(left.end(), right.begin(), right.end());
  std::sort(left.begin(), left.end());
  left.erase(std::unique(left.begin(), left.end()), left.end());
  return left;
}

void refuse_many(Checking& c, Span span) {
  c.report(ErrorCode::E1112,
           "more than " + std::to_string(limits::kGroupingSetsMax) + " grouping sets", span);
}

class Sets {
 public:
  Sets(Checking& c, const AddGroupKey& add) : c_(c), add_(add) {}

  GroupingSets of(ast::Expr node) {
    switch (shorthand_of(node)) {
      case Shorthand::Rollup:
        return rollup(parts_of(node.as<ast::Call>()));
      case Shorthand::Cube:
        return cube(parts_of(node.as<ast::Call>()), node.span());
      case Shorthand::None:
        break;
    }
    return {keys_of(node)};
  }

  // The keys of one element: `a`, `(a, b)` or `()`.
  std::vector<uint32_t> keys_of(ast::Expr node) {
    std::vector<uint32_t> keys;
    if (node.expr_kind() == ast::ExprKind::Tuple) {
      for (const ast::Expr part : node.as<ast::Tuple>().elements())
        keys = joined(std::move(keys), keys_of(part));
      return keys;
    }
    if (const auto key = add_(node)) keys.push_back(*key);
    return keys;
  }

 private:
  GroupingSets parts_of(ast::Call call) {
    GroupingSets parts;
    for (const ast::Argument argument : call.arguments().list())
      parts.push_back(keys_of(argument.value()));
    return parts;
  }

  static GroupingSets rollup(const GroupingSets& parts) {
    GroupingSets sets{{}};
    for (const auto& part : parts) sets.push_back(joined(sets.back(), part));
    std::reverse(sets.begin(), sets.end());
    return sets;
  }

  GroupingSets cube(const GroupingSets& parts, Span span) {
    GroupingSets sets{{}};
    for (const auto& part : parts) {
      if (sets.size() * 2 > limits::kGroupingSetsMax) {
        refuse_many(c_, span);
        return sets;
      }
      GroupingSets more;
      for (const auto& set : sets) more.push_back(joined(set, part));
      more.insert(more.end(), sets.begin(), sets.end());
      sets = std::move(more);
    }
    return sets;
  }

  Checking& c_;
  const AddGroupKey& add_;
};

}  // namespace

bool has_grouping_sets(ast::GroupItem item) {
  return item.grouping_sets() || shorthand_of(*item.expr()) != Shorthand::None;
}

GroupingSets sets_of(Checking& c, ast::GroupItem item, const AddGroupKey& add) {
  Sets sets(c, add);
  if (!item.grouping_sets()) {
    // Only inside the shorthands is a tuple a list of keys.
    if (shorthand_of(*item.expr()) != Shorthand::None) return sets.of(*item.expr());
    const auto key = add(*item.expr());
    return key ? GroupingSets{{*key}} : GroupingSets{{}};
  }
  GroupingSets all;
  for (const ast::Expr node : item.grouping_sets()->sets()) {
    const GroupingSets more = sets.of(node);
    all.insert(all.end(), more.begin(), more.end());
    if (all.size() > limits::kGroupingSetsMax) {
      refuse_many(c, item.span());
      break;
    }
  }
  return all;
}

GroupingSets product(Checking& c, const GroupingSets& left, const GroupingSets& right, Span span) {
  if (left.size() * right.size() > limits::kGroupingSetsMax) {
    refuse_many(c, span);
    return left;
  }
  GroupingSets all;
  for (const auto& a : left) {
    for (const auto& b : right) all.push_back(joined(a, b));
  }
  return all;
}

}  // namespace zerodb::sema
