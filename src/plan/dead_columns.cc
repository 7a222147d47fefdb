#include "plan/dead_columns.h"

#include <algorithm>

namespace zerodb::plan {

namespace {

using Columns = std::vector<bool>;

class DeadColumns {
 public:
  explicit DeadColumns(Plan& plan) : plan_(plan), read_(plan.nodes.size()) {}

  void mark() {
    require_all(plan_.root);
    for (const Subplan& subplan : plan_.subplans) require_all(subplan.root);
    if (plan_.write != nullptr) require_all(plan_.write->query);
    for (size_t i = 0; i < plan_.nodes.size(); ++i) {
      Node& node = plan_.nodes[i];
      if (node.kind != Node::Kind::Join || read_[i].empty()) continue;
      if (std::ranges::all_of(read_[i], [](bool is_read) { return is_read; })) continue;
      node.dead = read_[i];
      node.dead.flip();
    }
  }

 private:
  void require_all(NodeId id) {
    if (id != kNoNode) require(id, Columns(plan_.node(id).columns.size(), true));
  }

  // Some reader of the node reads these of its columns. A node may have several.
  void require(NodeId id, const Columns& columns) {
    Columns& read = read_[id.value()];
    const bool is_new = read.empty();
    if (is_new) read.resize(columns.size());
    bool has_grown = is_new;
    for (size_t i = 0; i < columns.size(); ++i) {
      has_grown = has_grown || (columns[i] && !read[i]);
      if (columns[i]) read[i] = true;
    }
    if (has_grown) require_below(id, Columns(read));
  }

  void require_below(NodeId id, const Columns& read) {
    const Node& node = plan_.node(id);
    switch (node.kind) {
      case Node::Kind::Stage:
      case Node::Kind::Aggregate:
        return require(node.children[0], inputs_read(*node.program));
      case Node::Kind::Join:
        return require_sides(node, read);
      default:
        for (NodeId child : node.children) require_all(child);
    }
  }

  void require_sides(const Node& join, const Columns& read) {
    const size_t width = plan_.node(join.children[0]).columns.size();
    Columns left(width);
    Columns right(plan_.node(join.children[1]).columns.size());
    const auto side_of = [&](size_t column) -> Columns::reference {
      return column < width ? left[column] : right[column - width];
    };
    const size_t shown = join.marking == Node::Marking::Instead ? width : width + right.size();
    for (size_t i = 0; i < shown; ++i) {
      if (read[i]) side_of(i) = true;
    }
    for (uint32_t key : join.left_keys) left[key] = true;
    for (uint32_t key : join.right_keys) right[key] = true;
    if (join.program != nullptr) {
      const Columns inputs = inputs_read(*join.program);
      for (size_t i = 0; i < inputs.size(); ++i) {
        if (inputs[i]) side_of(i) = true;
      }
    }
    require(join.children[0], left);
    require(join.children[1], right);
  }

  static Columns inputs_read(const Program& program) {
    std::vector<bool> used(program.registers.size());
    const auto use = [&](Reg reg) {
      if (reg != kNoReg) used[reg.value()] = true;
    };
    for (const Instr& instr : program.instrs) {
      for (const Reg reg : {instr.a, instr.b, instr.mask}) use(reg);
      for (const Reg reg : instr.args) use(reg);
    }
    for (const Reg reg : program.outputs) use(reg);
    use(program.selection);
    Columns out;
    for (const Reg reg : program.inputs) out.push_back(used[reg.value()]);
    return out;
  }

  Plan& plan_;
  std::vector<Columns> read_;  // by node; empty: not reached
};

}  // namespace

void mark_dead_columns(Plan& plan) {
  DeadColumns(plan).mark();
}

}  // namespace zerodb::plan
