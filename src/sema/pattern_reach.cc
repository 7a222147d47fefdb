#include "sema/pattern_reach.h"

#include <algorithm>

namespace zerodb::sema {
namespace {

using catalog::Table;
using Tables = PatternReach::Tables;

// So many hops are followed one by one; what lies beyond is taken as what can be reached at all.
constexpr uint64_t kExactHopsMax = 64;

bool contains(const Tables& tables, const Table* table) {
  return std::find(tables.begin(), tables.end(), table) != tables.end();
}

bool add(Tables& tables, const Table* table) {
  if (contains(tables, table)) return false;
  tables.push_back(table);
  return true;
}

bool add_all(Tables& tables, const Tables& more) {
  bool grown = false;
  for (const Table* table : more) grown |= add(tables, table);
  return grown;
}

// Both sides of a hop over one edge table in one direction.
void follow_edge(const catalog::Schema& schema, const Table& edge, bool is_out,
                 const HopRequest& request, PatternReach& reach) {
  const std::vector<TableId>& near = is_out ? edge.ends.from : edge.ends.to;
  const std::vector<TableId>& far = is_out ? edge.ends.to : edge.ends.from;
  const bool starts =
      std::any_of(request.from.begin(), request.from.end(), [&](const Table* table) {
        return std::find(near.begin(), near.end(), table->id) != near.end();
      });
  if (!starts) return;
  for (const TableId id : far) {
    const Table* table = &schema.table(id);
    if (!request.wanted.empty() && !contains(request.wanted, table)) continue;
    add(reach.vertices, table);
    add(reach.edges, &edge);
  }
}

Tables restricted(const Tables& tables, const Tables& wanted) {
  if (wanted.empty()) return tables;
  Tables kept;
  for (const Table* table : tables) {
    if (contains(wanted, table)) kept.push_back(table);
  }
  return kept;
}

}  // namespace

PatternReach reach_once(const catalog::Schema& schema, const HopRequest& request) {
  PatternReach reach;
  for (const Table* edge : request.edges) {
    if (request.direction != Hop::Direction::In) follow_edge(schema, *edge, true, request, reach);
    if (request.direction != Hop::Direction::Out) follow_edge(schema, *edge, false, request, reach);
  }
  return reach;
}

PatternReach reach_repeatedly(const catalog::Schema& schema, const HopRequest& request,
                              const Hop::Repetition& repetition) {
  PatternReach all;
  HopRequest step = request;
  step.wanted.clear();
  const auto advance = [&] {
    const PatternReach once = reach_once(schema, step);
    add_all(all.edges, once.edges);
    return once.vertices;
  };
  const bool is_exact = repetition.low <= kExactHopsMax;
  const uint64_t first = std::min(repetition.low, kExactHopsMax);
  for (uint64_t i = 0; i < first; ++i) step.from = advance();
  // From here each round adds what one more hop reaches, until nothing is new.
  const bool is_bounded = is_exact && repetition.high.has_value();
  for (uint64_t i = first; !is_bounded || i < *repetition.high; ++i) {
    if (!add_all(step.from, advance())) break;
  }
  all.vertices = restricted(step.from, request.wanted);
  return all;
}

std::string describe_ends(const catalog::Schema& schema, const Table& edge) {
  const auto list = [&](const std::vector<TableId>& ids) {
    std::string text;
    for (const TableId id : ids) text += (text.empty() ? "" : " | ") + schema.table(id).name;
    return text;
  };
  return "it goes FROM " + list(edge.ends.from) + " TO " + list(edge.ends.to);
}

}  // namespace zerodb::sema
