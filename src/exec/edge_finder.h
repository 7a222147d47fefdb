// EdgeFinder: the edges that one hop of a searched path may take from a vertex.
//
// Threading: belongs to one statement.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "exec/path_filter.h"
#include "exec/record_reader.h"

namespace zerodb::exec {

// An edge and the vertex at its other end. Keys are those of the store, with the table.
struct PathEdge {
  std::string key;
  Value end;
  std::string end_key;
};
using PathEdges = std::shared_ptr<const std::vector<PathEdge>>;  // also kept by the finder

class EdgeFinder {
 public:
  // `hop` must outlive this.
  static Result<EdgeFinder> make(ExecState& state, const plan::PathHop& hop);

  // For what follows: the values of the left row that the edges' condition mentions.
  void set_row(std::vector<Value> values);
  // In the order of the vertices they lead to, then of the edges.
  Result<PathEdges> find(const Value& vertex, const std::string& vertex_key);

 private:
  EdgeFinder(ExecState& state, const plan::PathHop& hop) : state_(state), hop_(hop) {}

  Status append(const plan::Node::LookupPath& path, const Value& vertex,
                std::vector<PathEdge>& out);
  // Takes out those of one table, from `begin` on, that do not fulfil the condition.
  Status filter(TableId table, size_t begin, std::vector<PathEdge>& edges);

  ExecState& state_;
  const plan::PathHop& hop_;
  std::optional<PathFilter> filter_;
  std::unordered_map<std::string, PathEdges> known_;  // by vertex
  size_t known_edges_ = 0;
};

// The key of a record in the store, with its table, and back.
Result<std::string> stored_key(const catalog::Schema& schema, const Value& record_id);
Result<Value> record_id_of_stored(const catalog::Schema& schema, std::string_view stored_key);

}  // namespace zerodb::exec
