// Graph patterns: MATCH becomes vertex and edge sources, hops between them, and conditions.

#include <algorithm>

#include "sema/access.h"
#include "sema/availability.h"
#include "sema/expression.h"
#include "sema/narrowing.h"
#include "sema/pattern_node.h"
#include "sema/pattern_reach.h"
#include "sema/query_check.h"
#include "sema/query_select.h"
#include "zeroql/literal.h"

namespace zerodb::sema {
namespace {

using Table = catalog::Table;
using Tables = std::vector<const Table*>;
using Repetition = Hop::Repetition;

constexpr uint64_t kHopsMax = 16;  // of one `{n}` that is written out

// A vertex as it was found: the scope's source, and the tables it may be of.
struct Vertex {
  size_t position = 0;
  Tables tables;
};

GraphPath::Mode mode_of(ast::PathMode mode) {
  switch (mode) {
    case ast::PathMode::Walk:
      return GraphPath::Mode::Walk;
    case ast::PathMode::Acyclic:
      return GraphPath::Mode::Acyclic;
    case ast::PathMode::Shortest:
      return GraphPath::Mode::Shortest;
    case ast::PathMode::AllShortest:
      return GraphPath::Mode::AllShortest;
    case ast::PathMode::Trail:
      break;
  }
  return GraphPath::Mode::Trail;
}

Hop::Direction direction_of(ast::MatchEdge edge) {
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

// One hop as it is written, or one of the hops that `{n}` is written out to.
struct HopPart {
  Hop hop;
  PatternReach reach;
  std::string edge_name;
  std::string vertex_name;
};

// Of a vertex in its path, behind the first.
enum class Place : uint8_t { Inner, Last };

class PatternChecker {
 public:
  PatternChecker(Checking& c, Scope& scope, ast::Match match)
      : c_(c), scope_(scope), match_(match), mode_(mode_of(match.mode())) {}

  void check() {
    for (const ast::MatchPath path : match_.paths()) check_path(path);
  }

 private:
  void check_path(ast::MatchPath path) {
    edges_.clear();
    vertices_.clear();
    has_repetition_ = false;
    const auto nodes = path.nodes();
    const auto edges = path.edges();
    auto current = first_vertex(nodes[0]);
    if (current) vertices_.push_back(*current);
    for (size_t i = 0; current && i < edges.size(); ++i) {
      const bool goes_on = i + 1 < edges.size();
      current = follow(*current, edges[i], nodes[i + 1], goes_on ? Place::Inner : Place::Last);
    }
    if (!current) {
      see_unknown(path);
      return;
    }
    if (!has_repetition_) forbid_repeats(path.span());
    add_path(path);
  }

  // After a mistake: what the path would have named is known, so that its uses are no mistakes.
  void see_unknown(ast::MatchPath path) {
    const auto see = [&](const std::optional<ast::Alias>& alias) {
      if (!alias) return;
      const std::string name = alias->name();
      const bool is_known =
          std::any_of(scope_.sources.begin(), scope_.sources.end(),
                      [&](const ScopeSource& source) { return source.name == name; });
      if (!is_known) add_unknown_source(c_, scope_, name, alias->span());
    };
    for (const ast::MatchNode node : path.nodes()) see(node.alias());
    for (const ast::MatchEdge edge : path.edges()) see(edge.alias());
  }

  // What a search asks on its way is not asked of grants, so all that it may pass must be open.
  void require_open(ast::MatchPath path) {
    const bool is_searched = has_repetition_ || path.variable() || is_shortest();
    if (!is_searched || c_.access() == nullptr) return;
    Tables passed;
    const auto add = [&](TableId id) { passed.push_back(&c_.schema().table(id)); };
    for (const Vertex& vertex : vertices_) {
      const Source& source =
          c_.query(scope_.query).sources[scope_.sources[vertex.position].id.value()];
      for (TableId id : source.tables) add(id);
      if (!source.hop) continue;
      for (TableId id : source.hop->edges) add(id);
      if (!source.hop->repetition) continue;
      for (TableId id : source.hop->edges) {
        const Table& edge = c_.schema().table(id);
        for (TableId end : edge.ends.from) add(end);
        for (TableId end : edge.ends.to) add(end);
      }
    }
    require_whole_records(c_, passed, path.span());
  }

  // What holds for the path as a whole, and its variable.
  void add_path(ast::MatchPath path) {
    require_open(path);
    GraphPath made;
    made.mode = mode_;
    for (const Vertex& vertex : vertices_)
      made.vertices.push_back(scope_.sources[vertex.position].id);
    if (const auto variable = path.variable()) {
      const Type records = Type::array(Type::object());
      Source source;
      source.kind = Source::Kind::Path;
      source.name = variable->ident().name();
      source.span = c_.place(variable->span());
      const Type type = Type::shape({{"nodes", records, false}, {"edges", records, false}});
      made.variable = add_value_source(c_, scope_, std::move(source), type);
    }
    c_.query(scope_.query).paths.push_back(std::move(made));
  }

  std::optional<Vertex> first_vertex(ast::MatchNode node) {
    const auto wanted = PatternNode::read(c_, scope_, node);
    if (!wanted) return std::nullopt;
    Vertex vertex{0, wanted->tables()};
    if (wanted->variable()) {
      vertex.position = *wanted->variable();
    } else {
      if (vertex.tables.empty()) {
        for (const Table& table : c_.schema().tables()) {
          if (!table.is_edge() && table.kind != Table::Kind::View) vertex.tables.push_back(&table);
        }
      }
      vertex.position = add_table_source(c_, scope_, vertex.tables, wanted->name(),
                                         wanted->has_alias(), node.span());
      wanted->restrict(vertex.position);
    }
    add_where(node.where());
    return vertex;
  }

  bool is_shortest() const {
    return mode_ == GraphPath::Mode::Shortest || mode_ == GraphPath::Mode::AllShortest;
  }

  Hop& last_hop() {
    const SourceId vertex = scope_.sources[vertices_.back().position].id;
    return *c_.query(scope_.query).sources[vertex.value()].hop;
  }

  void add_where(std::optional<ast::Where> where) {
    if (where) add_condition(c_, scope_.query, check_condition(c_, scope_, where->condition()));
  }

  // Nothing after a mistake.
  std::optional<Tables> edge_tables(ast::MatchEdge edge) {
    Tables tables;
    bool is_sound = true;
    for (const ast::Ident ident : edge.tables()) {
      const std::string name = ident.name();
      const Table* table = c_.schema().find_table(name);
      is_sound &= table != nullptr && table->is_edge();
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
    if (!is_sound) return std::nullopt;
    return tables;
  }

  static std::optional<uint64_t> hop_number(ast::Literal literal) {
    const auto count = zeroql::decode_integer(literal.text());
    if (!count.has_value() || count->value > UINT32_MAX) return std::nullopt;
    return static_cast<uint64_t>(count->value);
  }

  static std::optional<Repetition> written_repetition(ast::Quantifier quantifier) {
    using Kind = ast::QuantifierKind;
    switch (quantifier.quantifier_kind()) {
      case Kind::Star:
        return Repetition{0, std::nullopt};
      case Kind::Plus:
        return Repetition{1, std::nullopt};
      case Kind::Optional:
        return Repetition{0, 1};
      case Kind::Exactly:
      case Kind::AtLeast:
      case Kind::Between:
        break;
    }
    const auto low = hop_number(quantifier.low());
    if (!low) return std::nullopt;
    if (quantifier.quantifier_kind() == Kind::AtLeast) return Repetition{*low, std::nullopt};
    if (quantifier.quantifier_kind() == Kind::Exactly) return Repetition{*low, *low};
    const auto high = hop_number(quantifier.high());
    if (!high || *high < *low) return std::nullopt;
    return Repetition{*low, *high};
  }

  // Nothing after a mistake.
  std::optional<Repetition> repetition(ast::MatchEdge edge) {
    const auto quantifier = edge.quantifier();
    if (!quantifier) return Repetition{1, 1};
    const auto found = written_repetition(*quantifier);
    if (!found) {
      c_.report(ErrorCode::E0623, "a quantifier counts hops from few to many: `{1,5}`",
                quantifier->span());
    } else if (!found->high && mode_ == GraphPath::Mode::Walk) {
      c_.report(ErrorCode::E0502, "under WALK a quantifier needs an upper bound",
                quantifier->span())
          .help = "write `{1,5}`, or leave WALK out";
      return std::nullopt;
    }
    return found;
  }

  // `{2}` is two hops, if nothing is said of the edges.
  static bool is_written_out(ast::MatchEdge edge, const Repetition& repetition) {
    return repetition.low == repetition.high && repetition.low >= 1 && repetition.low <= kHopsMax &&
           !edge.alias() && !edge.where();
  }

  // What the vertex is to be. On the way of a shortest path it belongs to the search: whether a
  // path is the shortest depends on it.
  void restrict_end(const PatternNode& wanted, ast::MatchNode node, Place place) {
    const ExprId known = c_.query(scope_.query).where;
    const bool is_searched = is_shortest() && place == Place::Inner;
    if (is_searched) c_.query(scope_.query).where = kNoExpr;
    wanted.bind(vertices_.back().position);
    add_where(node.where());
    if (!is_searched) return;
    last_hop().ends = c_.query(scope_.query).where;
    c_.query(scope_.query).where = known;
  }

  void restrict_edge(ast::MatchEdge edge) {
    if (!is_shortest()) return add_where(edge.where());
    if (!edge.where()) return;
    const ExprId each = check_condition(c_, scope_, edge.where()->condition());
    last_hop().each = each;
  }

  std::optional<Vertex> follow(Vertex from, ast::MatchEdge edge, ast::MatchNode node, Place place) {
    const auto edges = edge_tables(edge);
    const auto wanted = PatternNode::read(c_, scope_, node);
    const auto times = repetition(edge);
    if (!edges || !wanted || !times) return std::nullopt;
    HopPart part;
    part.edge_name = edge.alias() ? edge.alias()->name() : std::string();
    part.vertex_name = wanted->name();
    std::optional<Vertex> last;
    if (edge.quantifier() && !is_written_out(edge, *times)) {
      part.hop.repetition = *times;
      last = hop(from, {*edges, direction_of(edge), from.tables, wanted->tables()}, edge,
                 std::move(part), node);
      if (last) see_as_list(edge);
    } else {
      for (uint64_t i = 1; i < times->low; ++i) {
        const auto next =
            hop(from, {*edges, direction_of(edge), from.tables, {}}, edge, HopPart(), node);
        if (!next) return std::nullopt;
        from = *next;
      }
      last = hop(from, {*edges, direction_of(edge), from.tables, wanted->tables()}, edge,
                 std::move(part), node);
      if (last) restrict_edge(edge);
    }
    if (last) restrict_end(*wanted, node, place);
    return last;
  }

  // The condition of a repeated edge is asked of each; to all else the edges are a list.
  void see_as_list(ast::MatchEdge edge) {
    const size_t position = edges_.back();
    has_repetition_ = true;
    if (edge.where()) {
      const ExprId each = check_condition(c_, scope_, edge.where()->condition());
      last_hop().each = each;
    }
    ScopeSource& source = scope_.sources[position];
    source.shape = ScopeSource::Shape::Element;
    source.element = Type::array(Type::object());
    source.is_list = true;
    source.tables.clear();
  }

  std::optional<Vertex> hop(const Vertex& from, const HopRequest& request, ast::MatchEdge edge,
                            HopPart part, ast::MatchNode node) {
    Hop& made = part.hop;
    made.direction = request.direction;
    made.from = scope_.sources[from.position].id;
    part.reach = made.repetition ? reach_repeatedly(c_.schema(), request, *made.repetition)
                                 : reach_once(c_.schema(), request);
    if (part.reach.vertices.empty()) {
      const Table& first = *request.edges.front();
      c_.report(ErrorCode::E0501, "`" + first.name + "` never joins these tables", edge.span())
          .help = describe_ends(c_.schema(), first);
      return std::nullopt;
    }
    // No hop at all is possible over edges that do not start here.
    if (part.reach.edges.empty()) part.reach.edges = request.edges;
    for (const Table* table : part.reach.edges) made.edges.push_back(table->id);
    for (const Table* table : part.reach.vertices) made.targets.push_back(table->id);
    return add_hop(edge, std::move(part), node);
  }

  Vertex add_hop(ast::MatchEdge edge, HopPart part, ast::MatchNode node) {
    const bool edge_is_named = !part.edge_name.empty();
    const size_t edge_position = add_table_source(
        c_, scope_, part.reach.edges, std::move(part.edge_name), edge_is_named, edge.span());
    part.hop.edge = scope_.sources[edge_position].id;
    c_.query(scope_.query).sources[part.hop.edge.value()].kind = Source::Kind::Edge;
    const bool vertex_is_named = !part.vertex_name.empty();
    const size_t position = add_table_source(
        c_, scope_, part.reach.vertices, std::move(part.vertex_name), vertex_is_named, node.span());
    Source& vertex = c_.query(scope_.query).sources[scope_.sources[position].id.value()];
    vertex.kind = Source::Kind::Vertex;
    vertex.hop = std::move(part.hop);
    edges_.push_back(edge_position);
    vertices_.push_back({position, std::move(part.reach.vertices)});
    return vertices_.back();
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
    if (mode_ == GraphPath::Mode::Trail) {
      for (size_t i = 0; i < edges_.size(); ++i) {
        for (size_t j = i + 1; j < edges_.size(); ++j) forbid_same(edges_[i], edges_[j], span);
      }
    }
    if (mode_ == GraphPath::Mode::Acyclic) {
      for (size_t i = 0; i < vertices_.size(); ++i) {
        for (size_t j = i + 1; j < vertices_.size(); ++j)
          forbid_same(vertices_[i].position, vertices_[j].position, span);
      }
    }
  }

  Checking& c_;
  Scope& scope_;
  ast::Match match_;
  GraphPath::Mode mode_;
  // Of the path being checked.
  std::vector<size_t> edges_;  // positions in the scope
  std::vector<Vertex> vertices_;
  bool has_repetition_ = false;
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
