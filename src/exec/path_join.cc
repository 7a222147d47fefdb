// Path join: the paths that start at the vertex of each left row.
#include "exec/operator.h"
#include "exec/path_search.h"
#include "value/zval_builder.h"

namespace zerodb::exec {

using plan::Node;
using plan::PathHop;

namespace {

class PathJoinOperator final : public Operator {
 public:
  PathJoinOperator(ExecState& state, const Node& node, std::unique_ptr<Operator> left,
                   OwnColumns left_columns, std::unique_ptr<PathSearch> search)
      : state_(state),
        node_(node),
        left_(std::move(left)),
        left_columns_(std::move(left_columns)),
        left_rows_(static_cast<uint32_t>(left_columns_.slots.size())),
        search_(std::move(search)) {}

  Result<uint32_t> next(const Target& target) override {
    uint32_t rows = 0;
    while (rows < target.capacity && TRY(advance())) {
      RowBuffer row(static_cast<uint32_t>(node_.columns.size()));
      row.append_row(TRY(cells()));
      TRY(row.emit(state_.arena(), 0, target, rows, 0, node_.columns));
      ++rows;
    }
    return rows;
  }

 private:
  const plan::PathPlan& plan() const { return *node_.path; }

  // To the next path, of the left row at hand or of one behind it; false at the end.
  Result<bool> advance() {
    while (true) {
      TRY(state_.check_interrupt());
      if (is_searching_ && TRY(search_->next(path_))) return true;
      is_searching_ = false;
      if (left_at_ == left_rows_.rows()) {
        const ArenaMark mark(state_.arena());
        left_rows_.clear();
        left_at_ = 0;
        const uint32_t rows = TRY(left_->next({left_columns_.slots, limits::kBatchRowsMax}));
        if (rows == 0) return false;
        left_rows_.append(state_.arena(), left_columns_, rows);
      }
      row_ = left_at_++;
      start_ = left_rows_.at(row_, node_.left_keys[0]);
      if (start_.tag() != Tag::RecordId) continue;
      std::vector<HopValues> values(plan().hops.size());
      for (size_t i = 0; i < values.size(); ++i) {
        for (uint32_t column : plan().hops[i].each.left)
          values[i].each.push_back(left_rows_.at(row_, column));
        for (uint32_t column : plan().hops[i].ends.left)
          values[i].ends.push_back(left_rows_.at(row_, column));
      }
      TRY(search_->start(start_, std::move(values)));
      is_searching_ = true;
    }
  }

  Result<std::vector<Value>> cells() {
    std::vector<Value> out;
    for (uint32_t i = 0; i < left_rows_.width(); ++i) out.push_back(left_rows_.at(row_, i));
    size_t begin = 0;
    for (size_t i = 0; i < plan().hops.size(); ++i) {
      const size_t end = path_.hop_ends[i];
      if (plan().hops[i].shows_edges) out.push_back(TRY(edges_of(plan().hops[i], begin, end)));
      out.push_back(end == 0 ? start_ : path_.edges[end - 1].end);
      begin = end;
    }
    if (plan().shows_path) out.push_back(TRY(path_value()));
    return out;
  }

  Result<Value> edges_of(const PathHop& hop, size_t begin, size_t end) {
    if (!hop.is_list) return record_id_of_stored(state_.schema(), path_.edges[begin].key);
    return edge_records(begin, end);
  }

  Result<Value> edge_records(size_t begin, size_t end) {
    std::vector<Value> links;
    for (size_t i = begin; i < end; ++i)
      links.push_back(TRY(record_id_of_stored(state_.schema(), path_.edges[i].key)));
    return records(links);
  }

  Result<Value> records(const std::vector<Value>& links) {
    std::vector<Value> objects;
    TRY(state_.fetch(links, HostServices::Sight::Whole, objects));
    ArrayBuilder builder;
    for (const Value& object : objects) builder.add(object);
    return builder.build();
  }

  Result<Value> path_value() {
    std::vector<Value> vertices{start_};
    for (const PathEdge& edge : path_.edges) vertices.push_back(edge.end);
    ObjectBuilder builder;
    Value nodes = TRY(records(vertices));
    Value edges = TRY(edge_records(0, path_.edges.size()));
    builder.set("nodes", std::move(nodes));
    builder.set("edges", std::move(edges));
    return builder.build();
  }

  ExecState& state_;
  const Node& node_;
  std::unique_ptr<Operator> left_;
  OwnColumns left_columns_;
  RowBuffer left_rows_;
  std::unique_ptr<PathSearch> search_;
  size_t left_at_ = 0;
  size_t row_ = 0;  // the left row at hand
  Value start_;
  FoundPath path_;
  bool is_searching_ = false;
};

}  // namespace

Result<std::unique_ptr<Operator>> make_path_join(ExecState& state, const Node& node) {
  OwnColumns columns = TRY(
      OwnColumns::make(state, state.plan().node(node.children[0]).columns, limits::kBatchRowsMax));
  std::unique_ptr<Operator> left =
      TRY(make_operator(state, node.children[0], limits::kBatchRowsMax));
  std::unique_ptr<PathSearch> search = TRY(PathSearch::make(state, *node.path, state.hold(node)));
  std::unique_ptr<Operator> made = std::make_unique<PathJoinOperator>(
      state, node, std::move(left), std::move(columns), std::move(search));
  return made;
}

}  // namespace zerodb::exec
