// Graph patterns: MATCH becomes vertex and edge sources, hops between them, and conditions.

#include <algorithm>

#include "sema/availability.h"
#include "sema/expression.h"
#include "sema/query_check.h"
#include "sema/query_select.h"
#include "zeroql/literal.h"

namespace zerodb::sema {
namespace {

using Table = catalog::Table;
using Tables = std::vector<const Table*>;

constexpr uint64_t kHopsMax = 16;  // of one `{n}`

bool contains(const std::vector<TableId>& ids, TableId id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

bool meets(const std::vector<TableId>& ids, const Tables& tables) {
  return std::any_of(tables.begin(), tables.end(),
                     [&](const Table* table) { return contains(ids, table->id); });
}

// A vertex as it was found: the scope's source, and the tables it may be of.
struct Vertex {
  size_t position = 0;
  Tables tables;
};

// What a node asks for.
struct NodeWants {
  Tables tables;                     // empty: any vertex
  std::optional<size_t> variable;    // a vertex of this scope
  std::optional<FoundSource> outer;  // a source of a query around
  std::optional<ast::RecordId> record;
  std::optional<ast::RecordRange> range;
  bool failed = false;
};

class PatternChecker {
 public:
  PatternChecker(Checking& c, Scope& scope, ast::Match match)
      : c_(c), scope_(scope), match_(match) {}

  void check() {
    if (match_.mode() == ast::PathMode::Shortest || match_.mode() == ast::PathMode::AllShortest) {
      refuse_unavailable(c_, Feature::ShortestPaths, match_.span());
    }
    for (const ast::MatchPath path : match_.paths()) {
      if (path.variable()) refuse_unavailable(c_, Feature::PathVariables, path.variable()->span());
      check_path(path);
    }
  }

 private:
  void check_path(ast::MatchPath path) {
    edges_.clear();
    vertices_.clear();
    const auto nodes = path.nodes();
    const auto edges = path.edges();
    auto current = first_vertex(nodes[0]);
    if (!current) return;
    vertices_.push_back(*current);
    for (size_t i = 0; i < edges.size(); ++i) {
      current = follow(*current, edges[i], nodes[i + 1]);
      if (!current) return;
    }
    forbid_repeats(path.span());
  }

  NodeWants wants(ast::MatchNode node) {
    NodeWants found;
    const auto atoms = node.atoms();
    for (const ast::MatchAtom atom : atoms) {
      if (atom.parameter()) {
        refuse_unavailable(c_, Feature::PatternParameters, atom.span());
        found.failed = true;
      } else if (atom.record_id() || atom.record_range()) {
        add_record(atom, atoms.size(), found);
      } else {
        add_name(*atom.name(), atoms.size() == 1 && !node.alias(), found);
      }
    }
    return found;
  }

  void add_record(ast::MatchAtom atom, size_t count, NodeWants& found) {
    found.record = atom.record_id();
    found.range = atom.record_range();
    const Table* table =
        find_table(c_, found.record ? found.record->table() : found.range->table());
    if (table == nullptr || count > 1) {
      if (table != nullptr) refuse_unavailable(c_, Feature::PatternParameters, atom.span());
      found.failed = true;
      return;
    }
    found.tables.push_back(table);
  }

  void add_name(ast::Name name, bool may_be_variable, NodeWants& found) {
    const std::string text = name.name();
    const auto source = find_source(scope_, text);
    const bool is_variable = source && source->source().has_alias &&
                             source->source().shape == ScopeSource::Shape::Record;
    const Table* table = c_.schema().find_table(text);
    if (is_variable && may_be_variable) {
      if (table != nullptr) {
        c_.report(ErrorCode::E0209, "`" + text + "` is a variable here and a table", name.span())
            .help = "rename the variable";
        found.failed = true;
        return;
      }
      found.tables = source->source().tables;
      if (source->depth == 0)
        found.variable = source->position;
      else
        found.outer = source;
      return;
    }
    table = find_table(c_, name);
    if (table == nullptr)
      found.failed = true;
    else
      found.tables.push_back(table);
  }

  std::string variable_name(ast::MatchNode node) {
    return node.alias() ? node.alias()->name() : std::string();
  }

  std::optional<Vertex> first_vertex(ast::MatchNode node) {
    const NodeWants wanted = wants(node);
    if (wanted.failed) return std::nullopt;
    Vertex vertex{0, wanted.tables};
    if (wanted.variable) {
      vertex.position = *wanted.variable;
    } else {
      if (vertex.tables.empty()) {
        for (const Table& table : c_.schema().tables()) {
          if (!table.is_edge() && table.kind != Table::Kind::View) vertex.tables.push_back(&table);
        }
      }
      vertex.position = add_table_source(c_, scope_, vertex.tables, variable_name(node),
                                         node.alias().has_value(), node.span());
      if (wanted.record) restrict_to_record(c_, scope_, vertex.position, *wanted.record);
      if (wanted.range)
        restrict_to_range(c_, scope_, vertex.position, *vertex.tables.front(), *wanted.range);
      if (wanted.outer) restrict_to_outer(vertex.position, *wanted.outer, node.span());
    }
    add_where(node.where());
    return vertex;
  }

  // A pattern in a subquery that starts at a vertex of the query around: exactly that record.
  void restrict_to_outer(size_t position, FoundSource outer, Span span) {
    const ExprId id = column_of(c_, outer, "id", span);
    c_.query(scope_.query).sources[scope_.sources[position].id.value()].record = id;
  }

  void add_where(std::optional<ast::Where> where) {
    if (where) add_condition(c_, scope_.query, check_condition(c_, scope_, where->condition()));
  }

  Tables edge_tables(ast::MatchEdge edge) {
    Tables tables;
    for (const ast::Ident ident : edge.tables()) {
      const std::string name = ident.name();
      const Table* table = c_.schema().find_table(name);
      if (table == nullptr) {
        auto& diagnostic =
            c_.report(ErrorCode::E0201, "unknown edge table `" + name + "`", ident.span());
        std::vector<std::string> candidates;
        for (const Table& each : c_.schema().tables()) {
          if (each.is_edge()) candidates.push_back(each.name);
        }
        c_.suggest(diagnostic, name, candidates);
      } else if (!table->is_edge()) {
        c_.report(ErrorCode::E0503, "`" + name + "` is not an edge table", ident.span());
      } else {
        tables.push_back(table);
      }
    }
    return tables;
  }

  // How often the hop is made; nothing after a mistake.
  std::optional<uint64_t> hop_count(ast::MatchEdge edge) {
    const auto quantifier = edge.quantifier();
    if (!quantifier) return 1;
    using Kind = ast::QuantifierKind;
    const Kind kind = quantifier->quantifier_kind();
    const bool unbounded = kind == Kind::Star || kind == Kind::Plus || kind == Kind::AtLeast;
    if (unbounded && match_.mode() == ast::PathMode::Walk) {
      c_.report(ErrorCode::E0502, "under WALK a quantifier needs an upper bound",
                quantifier->span())
          .help = "write `{1,5}`, or leave WALK out";
      return std::nullopt;
    }
    if (kind == Kind::Exactly && !edge.alias() && !edge.where()) {
      const auto count = zeroql::decode_integer(quantifier->low().text());
      if (count.has_value() && count->value >= 1 && count->value <= kHopsMax)
        return static_cast<uint64_t>(count->value);
    }
    refuse_unavailable(c_, Feature::VariablePaths, quantifier->span());
    return std::nullopt;
  }

  std::optional<Vertex> follow(Vertex from, ast::MatchEdge edge, ast::MatchNode node) {
    const Tables edges = edge_tables(edge);
    const NodeWants wanted = wants(node);
    const auto count = hop_count(edge);
    if (wanted.failed || c_.failed() || !count) return std::nullopt;
    for (uint64_t i = 1; i < *count; ++i) {
      const auto next = hop(from, edge, edges, {}, std::string(), std::string(), node.span());
      if (!next) return std::nullopt;
      from = *next;
    }
    const std::string edge_name = edge.alias() ? edge.alias()->name() : std::string();
    const auto last =
        hop(from, edge, edges, wanted.tables, edge_name, variable_name(node), node.span());
    if (!last) return std::nullopt;
    add_where(edge.where());
    bind_node(*last, wanted, node);
    add_where(node.where());
    return last;
  }

  // The far end must be a vertex that is known already, a record, or within a range.
  void bind_node(const Vertex& vertex, const NodeWants& wanted, ast::MatchNode node) {
    const auto compare_id = [&](BinaryOp op, ExprId other) {
      const ExprId id = column_of(c_, local_source(scope_, vertex.position), "id", node.span());
      add_condition(c_, scope_.query, make_binary(c_, op, id, other, node.span()));
    };
    if (wanted.variable)
      compare_id(BinaryOp::Equal,
                 column_of(c_, local_source(scope_, *wanted.variable), "id", node.span()));
    if (wanted.outer) compare_id(BinaryOp::Equal, column_of(c_, *wanted.outer, "id", node.span()));
    if (wanted.record) compare_id(BinaryOp::Equal, check_record_id(c_, scope_, *wanted.record));
    if (!wanted.range) return;
    const Table& table = *wanted.tables.front();
    if (const auto low = wanted.range->from()) {
      compare_id(BinaryOp::GreaterEqual, check_record_key(c_, scope_, table, *low, low->span()));
    }
    if (const auto high = wanted.range->to()) {
      const BinaryOp op = wanted.range->is_inclusive() ? BinaryOp::LessEqual : BinaryOp::Less;
      compare_id(op, check_record_key(c_, scope_, table, *high, high->span()));
    }
  }

  static bool may_join(const Table& edge, Hop::Direction direction, const Tables& from,
                       const Tables& to) {
    const bool out = meets(edge.ends.from, from) && (to.empty() || meets(edge.ends.to, to));
    const bool in = meets(edge.ends.to, from) && (to.empty() || meets(edge.ends.from, to));
    switch (direction) {
      case Hop::Direction::Out:
        return out;
      case Hop::Direction::In:
        return in;
      case Hop::Direction::Both:
        break;
    }
    return out || in;
  }

  static void add_reached(const Table& edge, Hop::Direction direction, const Tables& to,
                          const catalog::Schema& schema, Tables& reached) {
    const auto add = [&](const std::vector<TableId>& ends) {
      for (const TableId id : ends) {
        const Table* table = &schema.table(id);
        const bool wanted = to.empty() || std::find(to.begin(), to.end(), table) != to.end();
        if (wanted && std::find(reached.begin(), reached.end(), table) == reached.end())
          reached.push_back(table);
      }
    };
    if (direction != Hop::Direction::In) add(edge.ends.to);
    if (direction != Hop::Direction::Out) add(edge.ends.from);
  }

  static Hop::Direction direction_of(ast::MatchEdge edge) {
    switch (edge.direction()) {
      case ast::EdgeDirection::Right:
        return Hop::Direction::Out;
      case ast::EdgeDirection::Left:
        return Hop::Direction::In;
      case ast::EdgeDirection::Either:
        break;
    }
    return Hop::Direction::Both;
  }

  std::optional<Vertex> hop(const Vertex& from, ast::MatchEdge edge, const Tables& edges,
                            const Tables& to, std::string edge_name, std::string vertex_name,
                            Span node_span) {
    Hop made;
    made.direction = direction_of(edge);
    made.from = scope_.sources[from.position].id;
    Tables usable;
    Tables reached;
    for (const Table* table : edges) {
      if (!may_join(*table, made.direction, from.tables, to)) continue;
      usable.push_back(table);
      made.edges.push_back(table->id);
      add_reached(*table, made.direction, to, c_.schema(), reached);
    }
    if (usable.empty()) {
      c_.report(ErrorCode::E0501, "`" + edges.front()->name + "` never joins these tables",
                edge.span())
          .help = describe_ends(*edges.front());
      return std::nullopt;
    }
    for (const Table* table : reached) made.targets.push_back(table->id);
    const size_t edge_position = add_table_source(c_, scope_, usable, std::move(edge_name),
                                                  edge.alias().has_value(), edge.span());
    made.edge = scope_.sources[edge_position].id;
    c_.query(scope_.query).sources[made.edge.value()].kind = Source::Kind::Edge;
    const bool named = !vertex_name.empty();
    const size_t position =
        add_table_source(c_, scope_, reached, std::move(vertex_name), named, node_span);
    Source& vertex = c_.query(scope_.query).sources[scope_.sources[position].id.value()];
    vertex.kind = Source::Kind::Vertex;
    vertex.hop = std::move(made);
    edges_.push_back(edge_position);
    vertices_.push_back({position, reached});
    return vertices_.back();
  }

  std::string describe_ends(const Table& edge) {
    const auto list = [&](const std::vector<TableId>& ids) {
      std::string text;
      for (const TableId id : ids) text += (text.empty() ? "" : " | ") + c_.schema().table(id).name;
      return text;
    };
    return "it goes FROM " + list(edge.ends.from) + " TO " + list(edge.ends.to);
  }

  static bool may_be_same(const Tables& a, const Tables& b) {
    return std::any_of(a.begin(), a.end(), [&](const Table* table) {
      return std::find(b.begin(), b.end(), table) != b.end();
    });
  }

  void forbid_same(size_t first, size_t second, Span span) {
    if (!may_be_same(scope_.sources[first].tables, scope_.sources[second].tables)) return;
    const ExprId left = column_of(c_, local_source(scope_, first), "id", span);
    const ExprId right = column_of(c_, local_source(scope_, second), "id", span);
    add_condition(c_, scope_.query, make_binary(c_, BinaryOp::NotEqual, left, right, span));
  }

  // TRAIL: no edge twice in one path; ACYCLIC: no vertex twice.
  void forbid_repeats(Span span) {
    if (match_.mode() == ast::PathMode::Trail) {
      for (size_t i = 0; i < edges_.size(); ++i) {
        for (size_t j = i + 1; j < edges_.size(); ++j) forbid_same(edges_[i], edges_[j], span);
      }
    }
    if (match_.mode() == ast::PathMode::Acyclic) {
      for (size_t i = 0; i < vertices_.size(); ++i) {
        for (size_t j = i + 1; j < vertices_.size(); ++j)
          forbid_same(vertices_[i].position, vertices_[j].position, span);
      }
    }
  }

  Checking& c_;
  Scope& scope_;
  ast::Match match_;
  std::vector<size_t> edges_;  // positions of the path being checked
  std::vector<Vertex> vertices_;
};

}  // namespace

void check_match(Checking& c, Scope& scope, ast::Match match) {
  PatternChecker(c, scope, match).check();
}

QueryId check_pattern_query(Checking& c, Scope* parent, ast::Match match,
                            std::optional<ast::Where> where) {
  const InnerNarrowings narrowings(c);
  const QueryId id = c.add_query(Query::Kind::Select, match.span());
  Scope scope;
  scope.parent = parent;
  scope.query = id;
  if (parent != nullptr) scope.common_tables = parent->common_tables;
  check_match(c, scope, match);
  if (where) add_condition(c, id, check_condition(c, scope, where->condition()));
  const ExprId one = c.literal(Value::boolean(true), Type::boolean(), match.span());
  c.query(id).outputs.push_back({"found", one, Type::boolean()});
  c.query(id).cardinality = cardinality_of(c, id);
  return id;
}

}  // namespace zerodb::sema
