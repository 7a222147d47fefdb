#include "plan/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "value/text.h"

namespace zerodb::plan {

namespace {

class Explainer {
 public:
  Explainer(const Plan& plan, const ExplainInput& input)
      : plan_(plan), input_(input), names_(plan.schema().names()) {}

  std::string text(NodeId id, int depth) {
    const Node& node = plan_.node(id);
    std::string out = fmt::format("{:{}}{}", "", depth * 2, title(node));
    out += fmt::format("  (about {} rows", whole(node.estimated_rows));
    if (id.value() < input_.actuals.size()) {
      const NodeActuals& actual = input_.actuals[id.value()];
      out += fmt::format("; was {} rows, {:.3f} ms", actual.rows,
                         static_cast<double>(actual.nanos) / 1e6);
      if (actual.spilled_bytes > 0) {
        out +=
            fmt::format(", spilled {:.1f} KiB", static_cast<double>(actual.spilled_bytes) / 1024);
      }
      if (actual.memory_bytes > 0) {
        out += fmt::format(", held {:.1f} KiB", static_cast<double>(actual.memory_bytes) / 1024);
      }
      if (actual.threads > 1) out += fmt::format(", {} threads", actual.threads);
    }
    out += ")\n";
    if (was_shown(id)) return out;
    for (NodeId child : node.children) out += text(child, depth + 1);
    return out;
  }

  std::string json(NodeId id) {
    const Node& node = plan_.node(id);
    std::string out = fmt::format(R"({{"operator":"{}","estimated_rows":{})", escaped(title(node)),
                                  whole(node.estimated_rows));
    if (id.value() < input_.actuals.size()) {
      const NodeActuals& actual = input_.actuals[id.value()];
      out += fmt::format(
          R"(,"rows":{},"milliseconds":{:.3f},"memory_bytes":{},"spilled_bytes":{},"threads":{})",
          actual.rows, static_cast<double>(actual.nanos) / 1e6, actual.memory_bytes,
          actual.spilled_bytes, actual.threads);
    }
    if (!node.children.empty() && !was_shown(id)) {
      out += R"(,"inputs":[)";
      for (size_t i = 0; i < node.children.size(); ++i)
        out += (i == 0 ? "" : ",") + json(node.children[i]);
      out += "]";
    }
    return out + "}";
  }

  std::string write_title(const WritePlan& write) const {
    static constexpr const char* kNames[] = {
        "insert rows into", "insert content into", "put", "update", "delete", "relate"};
    return fmt::format("{} {}", kNames[static_cast<size_t>(write.kind)], table(write.table));
  }

  std::string escaped(std::string_view text) const {
    std::string out;
    for (char c : text) {
      if (c == '"' || c == '\\') out += '\\';
      if (static_cast<unsigned char>(c) < 0x20) {
        out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
      } else {
        out += c;
      }
    }
    return out;
  }

  std::string operator_title(NodeId id) const { return title(plan_.node(id)); }

 private:
  // The inputs of shared rows are shown where they are met first.
  bool was_shown(NodeId id) {
    return plan_.node(id).kind == Node::Kind::Shared && !shown_.insert(id.value()).second;
  }

  // Estimates of long chains of joins leave the range of whole numbers.
  static uint64_t whole(double rows) { return static_cast<uint64_t>(std::min(rows, 1e18)); }

  std::string table(TableId id) const {
    const auto name = plan_.schema().table_name(id);
    return name ? std::string(*name) : fmt::format("#{}", id.value());
  }

  std::string tables(const Node& node) const {
    std::string out;
    for (TableId id : node.tables) out += (out.empty() ? "" : " | ") + table(id);
    if (!node.label.empty() && node.label != out) out += " as " + node.label;
    return out;
  }

  std::string value(const Scalar& scalar) const {
    if (scalar.parameter == Scalar::kProgram) return "..";
    if (scalar.parameter >= kFirstOuter) return "outer";
    if (scalar.parameter >= kFirstLiteral)
      return literal_text(plan_.literals[scalar.parameter - kFirstLiteral], names_);
    return "$" + plan_.statement->parameters[scalar.parameter].name;
  }

  std::string bounds(const std::string& column, const std::optional<Bound>& low,
                     const std::optional<Bound>& high) const {
    std::string out;
    if (low) out += fmt::format("{} {} {}", column, low->inclusive ? ">=" : ">", value(low->value));
    if (high)
      out += fmt::format("{}{} {} {}", out.empty() ? "" : ", ", column,
                         high->inclusive ? "<=" : "<", value(high->value));
    return out;
  }

  // What a scan takes of the columns by which it walks.
  template <typename Name>
  std::string walk(const Node& node, Name name) const {
    std::string out;
    for (size_t i = 0; i < node.equals.size(); ++i)
      out += fmt::format("{}{} = {}", i == 0 ? "" : ", ", name(i), value(node.equals[i]));
    const size_t next = node.equals.size();
    if (!node.one_of.empty()) {
      std::string values;
      for (const ListedValue& each : node.one_of)
        values += (values.empty() ? "" : ", ") + value(each.value);
      if (!node.one_of[0].is_list) values = "(" + values + ")";
      out += fmt::format("{}{} in {}", out.empty() ? "" : ", ", name(next), values);
    }
    if (node.low || node.high)
      out += (out.empty() ? "" : ", ") + bounds(name(next), node.low, node.high);
    return out;
  }

  std::string index_title(const Node& node) const {
    const catalog::Table& definition = plan_.schema().table(node.tables[0]);
    const catalog::Index& index = *definition.index(node.index);
    const std::string conditions =
        walk(node, [&](size_t column) { return index.columns[column].text; });
    return fmt::format("index scan {} on {}{}{}", index.name, tables(node),
                       conditions.empty() ? "" : " (" + conditions + ")",
                       node.descending ? " backwards" : "");
  }

  std::string sort_title(const Node& node) const {
    std::string out = node.limit ? "top " + value(*node.limit) + " by" : std::string("sort by");
    for (const SortKey& key : node.order) {
      const std::string& name = node.columns[key.column].name;
      out += fmt::format(" {}{}", name.empty() ? fmt::format("column {}", key.column + 1) : name,
                         key.descending ? " desc" : "");
    }
    return out;
  }

  std::string title(const Node& node) const {
    switch (node.kind) {
      case Node::Kind::OneRow:
        return "one row";
      case Node::Kind::TableScan: {
        const std::string range =
            node.by_key_columns
                ? walk(node,
                       [&](size_t column) {
                         return plan_.schema().table(node.tables[0]).key[column].name;
                       })
                : bounds("key", node.low, node.high);
        return fmt::format("{} {}{}{}", range.empty() ? "scan" : "key range of", tables(node),
                           range.empty() ? "" : " (" + range + ")",
                           node.descending ? " backwards" : "");
      }
      case Node::Kind::PointRead: {
        std::string out = "point read " + tables(node) + " (";
        for (size_t i = 0; i < node.records.size(); ++i)
          out += (i == 0 ? "" : ", ") + value(node.records[i].value);
        return out + ")";
      }
      case Node::Kind::IndexScan:
        return index_title(node);
      case Node::Kind::Rows:
        return fmt::format("{} given rows", node.rows.size());
      case Node::Kind::Elements:
        return "elements of " + value(node.args[0]);
      case Node::Kind::Function:
        return "table function " + node.label;
      case Node::Kind::Stage:
        return node.program->selection == kNoReg ? "project" : "filter and project";
      case Node::Kind::Aggregate:
        return fmt::format("{}aggregate ({} keys, {} aggregates)",
                           node.is_clustered ? "streaming " : "", node.width,
                           node.program->aggregates.size());
      case Node::Kind::Expand:
        return fmt::format("expand to {} grouping sets", node.grouping_sets.size());
      case Node::Kind::Recursive:
        return fmt::format("recursive union{}", node.all ? " all" : "");
      case Node::Kind::LastRound:
        return "rows of the last round";
      case Node::Kind::Shared:
        return "shared rows";
      case Node::Kind::Window:
        return fmt::format("window ({} orders, {} calls)", node.windows->groups.size(),
                           node.windows->calls);
      case Node::Kind::Distinct:
        return node.is_clustered ? "streaming distinct" : "distinct";
      case Node::Kind::Sort:
        return sort_title(node);
      case Node::Kind::Limit:
        return "limit " + (node.limit ? value(*node.limit) : std::string("none"));
      case Node::Kind::Cut:
        return "drop sort columns";
      case Node::Kind::SetOperation: {
        static constexpr const char* kNames[] = {"union", "except", "intersect"};
        return fmt::format("{}{}", kNames[static_cast<size_t>(node.set_op)],
                           node.all ? " all" : "");
      }
      case Node::Kind::Join: {
        static constexpr const char* kNames[] = {"inner", "left", "right", "full", "cross"};
        const char* method = node.merges ? "merge" : "hash";
        if (node.marking == Node::Marking::Instead)
          return fmt::format("{} join for whether there is a match", method);
        if (node.marking == Node::Marking::Behind)
          return fmt::format("{} join with groups", method);
        return fmt::format("{} {} join", node.left_keys.empty() ? "nested loop" : method,
                           kNames[static_cast<size_t>(node.join)]);
      }
      case Node::Kind::LateralJoin:
        return "lateral join";
      case Node::Kind::LookupJoin:
        return "hop over " + tables(node) + " by index";
      case Node::Kind::PathJoin: {
        static constexpr const char* kModes[] = {"walks", "trails", "acyclic paths",
                                                 "shortest paths", "all shortest paths"};
        return fmt::format("{} to {}", kModes[static_cast<size_t>(node.path->mode)], node.label);
      }
      case Node::Kind::FetchJoin:
        return "fetch " + tables(node) + " by id";
    }
    UNREACHABLE();
  }

  const Plan& plan_;
  const ExplainInput& input_;
  Names names_;
  std::set<uint32_t> shown_;
};

}  // namespace

std::string node_title(const Plan& plan, NodeId node) {
  const ExplainInput none;
  return Explainer(plan, none).operator_title(node);
}

std::string explain_text(const Plan& plan, const ExplainInput& input) {
  Explainer explainer(plan, input);
  std::string out;
  if (plan.write) out += explainer.write_title(*plan.write) + "\n";
  const NodeId root = plan.write ? plan.write->query : plan.root;
  if (root != kNoNode) out += explainer.text(root, plan.write ? 1 : 0);
  for (size_t i = 0; i < plan.subplans.size(); ++i) {
    out +=
        fmt::format("subquery {}{}\n", i + 1, plan.subplans[i].correlated ? " (for each row)" : "");
    out += explainer.text(plan.subplans[i].root, 1);
  }
  out += "tier: " + input.tier + "\n";
  return out;
}

std::string explain_json(const Plan& plan, const ExplainInput& input) {
  Explainer explainer(plan, input);
  std::string out = fmt::format(R"({{"tier":"{}")", input.tier);
  if (plan.write)
    out += fmt::format(R"(,"write":"{}")", explainer.escaped(explainer.write_title(*plan.write)));
  const NodeId root = plan.write ? plan.write->query : plan.root;
  if (root != kNoNode) out += R"(,"plan":)" + explainer.json(root);
  if (!plan.subplans.empty()) {
    out += R"(,"subqueries":[)";
    for (size_t i = 0; i < plan.subplans.size(); ++i)
      out += (i == 0 ? "" : ",") + explainer.json(plan.subplans[i].root);
    out += "]";
  }
  return out + "}";
}

}  // namespace zerodb::plan
