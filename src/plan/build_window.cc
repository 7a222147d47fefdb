// Windows: what calls with OVER need becomes columns of a stage, a Window node adds their values.
#include <map>

#include "plan/builder.h"

namespace zerodb::plan {

using sema::ExprId;
using sema::Query;

Result<std::map<uint32_t, uint32_t>> Builder::columns_for(Built& built,
                                                          std::span<const ExprId> ids) {
  std::map<uint32_t, uint32_t> places;
  std::vector<ExprId> missing;
  uint32_t next = built.scope.size();
  for (ExprId id : ids) {
    if (places.contains(id.value())) continue;
    const sema::Expr& e = expr(id);
    if (e.kind == sema::ExprKind::Column && e.depth == 0) {
      if (const auto position = built.scope.find(e.source, e.index)) {
        places[id.value()] = *position;
        continue;
      }
    }
    places[id.value()] = next++;
    missing.push_back(id);
  }
  if (!missing.empty()) built = TRY(extend(std::move(built), missing));
  return places;
}

Result<WindowBound> Builder::window_bound(sema::WindowFrame::Bound kind, ExprId offset) {
  WindowBound bound;
  bound.kind = kind;
  if (offset != sema::kNoExpr) bound.offset = TRY(scalar(offset));
  return bound;
}

Result<Built> Builder::windows(const Query& query, Built built) {
  std::vector<ExprId> needed;
  for (const sema::WindowDefinition& window : query.window_definitions) {
    needed.insert(needed.end(), window.partition.begin(), window.partition.end());
    for (const sema::OrderKey& key : window.order) needed.push_back(key.expr);
  }
  for (const sema::WindowCall& call : query.windows) {
    needed.insert(needed.end(), call.args.begin(), call.args.end());
    if (call.filter != sema::kNoExpr) needed.push_back(call.filter);
  }
  const std::map<uint32_t, uint32_t> places = TRY(columns_for(built, needed));
  const auto place = [&](ExprId id) { return places.at(id.value()); };

  auto plan = std::make_shared<WindowPlan>();
  plan->calls = static_cast<uint32_t>(query.windows.size());
  for (const sema::WindowDefinition& window : query.window_definitions) {
    WindowGroup& group = plan->groups.emplace_back();
    for (ExprId key : window.partition) group.partition.push_back(place(key));
    for (const sema::OrderKey& key : window.order)
      group.order.push_back({place(key.expr), key.descending, key.nulls_first});
    group.unit = window.frame.unit;
    group.start = TRY(window_bound(window.frame.start, window.frame.start_offset));
    group.end = TRY(window_bound(window.frame.end, window.frame.end_offset));
  }
  std::vector<OutputColumn> columns = plan_->node(built.node).columns;
  built.scope.first_window = built.scope.size();
  for (uint32_t i = 0; i < query.windows.size(); ++i) {
    const sema::WindowCall& call = query.windows[i];
    WindowGroup::Call made{call.function, call.is_aggregate, {}, std::nullopt, i,
                           call.type,     call.span};
    for (ExprId arg : call.args) made.args.push_back(place(arg));
    if (call.filter != sema::kNoExpr) made.filter = place(call.filter);
    plan->groups[call.definition].calls.push_back(std::move(made));
    built.scope.add_unnamed({call.function, call.type});
    columns.push_back({call.function, call.type});
  }
  // A window that only the WINDOW clause names is checked, not computed.
  std::erase_if(plan->groups, [](const WindowGroup& group) { return group.calls.empty(); });
  const double below = plan_->node(built.node).estimated_rows;
  const uint32_t rows_max = plan_->node(built.node).rows_max;
  Node& node = add(Node::Kind::Window);
  node.children = {built.node};
  node.columns = std::move(columns);
  node.windows = std::move(plan);
  node.estimated_rows = below;
  node.rows_max = rows_max;
  return Built{last(), std::move(built.scope)};
}

}  // namespace zerodb::plan
