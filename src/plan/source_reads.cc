#include "plan/source_reads.h"

#include "base/query_fault.h"

#include <algorithm>

namespace zerodb::plan {

using sema::JoinKind;
using sema::Query;
using sema::Source;
using sema::SourceColumn;
using sema::SourceId;

std::vector<SourceColumn> reads_of(const Query& query, uint32_t position,
                                   const QueryExtras& extras) {
  std::vector<SourceColumn> reads = query.sources[position].columns;
  for (const auto& extra : extras.columns) {
    if (extra.source.value() == position) reads.push_back(extra.column);
  }
  const auto starts_here = [&](const Source& other) {
    return other.hop && other.hop->from.value() == position;
  };
  const auto is_id = [](const SourceColumn& read) { return read.kind == SourceColumn::Kind::Id; };
  if (std::ranges::any_of(query.sources, starts_here) && std::ranges::none_of(reads, is_id)) {
    reads.push_back(
        {SourceColumn::Kind::Id, 0, "id", Type::record(query.sources[position].tables)});
  }
  return reads;
}

bool may_be_missing(const Query& query, uint32_t position) {
  if (planted(QueryFault::OuterJoinPushesFilter)) return false;
  if (position > 0) {
    const JoinKind kind = query.joins[position].kind;
    if (kind == JoinKind::Left || kind == JoinKind::Full) return true;
  }
  for (uint32_t i = position + 1; i < query.sources.size(); ++i) {
    if (query.joins[i].kind == JoinKind::Right || query.joins[i].kind == JoinKind::Full)
      return true;
  }
  return false;
}

void add_reads(Scope& scope, uint32_t position, const std::vector<SourceColumn>& reads) {
  for (uint32_t i = 0; i < reads.size(); ++i)
    scope.add(SourceId(position), i, {reads[i].name, reads[i].type});
}

}  // namespace zerodb::plan
