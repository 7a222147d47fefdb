#include "exec/edge_finder.h"

#include <algorithm>

#include "base/bytes.h"
#include "index/entry.h"
#include "value/key_codec.h"
#include "value/operators.h"
#include "value/zval.h"

namespace zerodb::exec {

using txn::Direction;
using txn::Family;
using txn::Range;

namespace {

// Vertices are met again and again; beyond so many edges they are read again instead.
constexpr size_t kKnownEdgesMax = 1 << 20;

}  // namespace

Result<std::string> stored_key(const catalog::Schema& schema, const Value& record_id) {
  const RecordIdView view(record_id);
  const catalog::Table* const table = schema.find_table(view.table());
  std::string out = table != nullptr ? records_prefix(*table) : store_prefix(view.table().value());
  TRY(append_key(out, view.key()));
  return out;
}

Result<Value> record_id_of_stored(const catalog::Schema& schema, std::string_view stored_key) {
  const catalog::Table* const table =
      schema.find_table(SpaceId(get_be<uint64_t>(stored_key.data())));
  // Of a table that is gone the key says the id, as above.
  const TableId id = table != nullptr ? table->id : TableId(get_be<uint64_t>(stored_key.data()));
  return record_id_of(id, without_prefix(stored_key));
}

Result<EdgeFinder> EdgeFinder::make(ExecState& state, const plan::PathHop& hop) {
  EdgeFinder out(state, hop);
  if (hop.each.program != nullptr) out.filter_.emplace(TRY(PathFilter::make(state, hop.each)));
  return out;
}

void EdgeFinder::set_row(std::vector<Value> values) {
  if (values.empty()) return;  // what is known holds for every row
  filter_->set_row(std::move(values));
  known_.clear();
  known_edges_ = 0;
}

Result<PathEdges> EdgeFinder::find(const Value& vertex, const std::string& vertex_key) {
  if (const auto found = known_.find(vertex_key); found != known_.end()) return found->second;
  std::vector<PathEdge> edges;
  for (const plan::Node::LookupPath& path : hop_.paths) {
    const size_t begin = edges.size();
    TRY(append(path, vertex, edges));
    if (filter_) TRY(filter(path.table, begin, edges));
  }
  std::ranges::sort(edges, [](const PathEdge& left, const PathEdge& right) {
    return std::tie(left.end_key, left.key) < std::tie(right.end_key, right.key);
  });
  auto made = std::make_shared<const std::vector<PathEdge>>(std::move(edges));
  if (known_edges_ > kKnownEdgesMax) {
    known_.clear();
    known_edges_ = 0;
  }
  known_edges_ += made->size();
  known_.emplace(vertex_key, made);
  return PathEdges(std::move(made));
}

Status EdgeFinder::append(const plan::Node::LookupPath& path, const Value& vertex,
                          std::vector<PathEdge>& out) {
  TRY(state_.check_interrupt());
  const catalog::Index& index = *state_.schema().table(path.table).index(path.index);
  std::string prefix = store_prefix(index.id.value());
  if (!TRY(index::append_column(prefix, index.columns[0], vertex))) return ok_status();
  const std::string table = records_prefix(state_.schema().table(path.table));
  const auto cursor =
      state_.transaction().scan(Family::Index, Range::prefix(prefix), Direction::Forward);
  while (const txn::Entry* entry = cursor->next()) {
    const std::string_view record = TRY(index::record_key_of(entry->key, entry->value));
    PathEdge edge;
    edge.end = zval::read_element(index::other_end_of(entry->value));
    if (edge.end.tag() != Tag::RecordId)
      return Error(ErrorCode::E1205, "an index entry of an edge does not say where it leads");
    if (path.skip_loops && equals(edge.end, vertex)) continue;
    edge.key = table + std::string(record);
    edge.end_key = TRY(stored_key(state_.schema(), edge.end));
    out.push_back(std::move(edge));
    ++state_.stats().rows_read;
  }
  return cursor->status();
}

Status EdgeFinder::filter(TableId table, size_t begin, std::vector<PathEdge>& edges) {
  std::vector<std::string_view> keys;
  for (size_t i = begin; i < edges.size(); ++i) keys.push_back(edges[i].key);
  const std::vector<PathFilter::Verdict> verdicts = TRY(filter_->judge(table, keys));
  size_t kept = begin;
  for (size_t i = 0; i < verdicts.size(); ++i) {
    if (verdicts[i] == PathFilter::Verdict::Missing)
      return Error(ErrorCode::E1205, "an index names an edge that is not there");
    if (verdicts[i] == PathFilter::Verdict::Fails) continue;
    if (kept != begin + i) edges[kept] = std::move(edges[begin + i]);
    ++kept;
  }
  edges.resize(kept);
  return ok_status();
}

}  // namespace zerodb::exec
