#include "exec/path_search.h"

#include <algorithm>
#include <unordered_set>

namespace zerodb::exec {

using plan::PathHop;
using plan::PathPlan;
using Mode = sema::GraphPath::Mode;

namespace {

bool is_of(const Value& vertex, const std::vector<TableId>& tables) {
  return std::ranges::find(tables, RecordIdView(vertex).table()) != tables.end();
}

// The vertices at which a hop may end.
class HopEnd {
 public:
  // `hop` must outlive this.
  static Result<HopEnd> make(ExecState& state, const PathHop& hop) {
    HopEnd out(hop);
    if (hop.ends.program != nullptr) out.filter_.emplace(TRY(PathFilter::make(state, hop.ends)));
    return out;
  }

  void set_row(std::vector<Value> values) {
    if (values.empty()) return;  // what is known holds for every row
    filter_->set_row(std::move(values));
    known_.clear();
  }

  Result<bool> admits(const Value& vertex, const std::string& key) {
    if (!is_of(vertex, hop_.targets)) return false;
    if (!filter_) return true;
    if (const auto found = known_.find(key); found != known_.end()) return found->second;
    const std::string_view view = key;
    const auto verdicts = TRY(filter_->judge(RecordIdView(vertex).table(), std::span(&view, 1)));
    const bool holds = verdicts[0] == PathFilter::Verdict::Holds;
    known_.emplace(key, holds);
    return holds;
  }

 private:
  explicit HopEnd(const PathHop& hop) : hop_(hop) {}

  const PathHop& hop_;
  std::optional<PathFilter> filter_;
  std::unordered_map<std::string, bool> known_;  // by vertex
};

// What both kinds of search share.
class Search : public PathSearch {
 public:
  Search(ExecState& state, const PathPlan& plan, std::vector<EdgeFinder> finders,
         std::vector<HopEnd> ends, MemoryHold hold)
      : state_(state),
        plan_(plan),
        finders_(std::move(finders)),
        ends_of_hops_(std::move(ends)),
        hold_(std::move(hold)) {}

 protected:
  Status begin(std::vector<HopValues> values) {
    for (size_t i = 0; i < finders_.size(); ++i) {
      finders_[i].set_row(std::move(values[i].each));
      ends_of_hops_[i].set_row(std::move(values[i].ends));
    }
    end_key_.reset();
    if (!plan_.end) return ok_status();
    const Value end = TRY(state_.evaluate(*plan_.end));
    if (end.tag() == Tag::RecordId) end_key_ = TRY(stored_key(state_.schema(), end));
    return ok_status();
  }

  const PathHop& hop(uint32_t i) const { return plan_.hops[i]; }
  bool is_last(uint32_t hop) const { return hop + 1 == plan_.hops.size(); }
  // Whether a hop that was made `count` times may end at the vertex.
  Result<bool> may_end(uint32_t hop_number, uint64_t count, const Value& vertex,
                       const std::string& key) {
    if (count < hop(hop_number).low) return false;
    if (is_last(hop_number) && end_key_ && *end_key_ != key) return false;
    return ends_of_hops_[hop_number].admits(vertex, key);
  }

  ExecState& state_;
  const PathPlan& plan_;
  std::vector<EdgeFinder> finders_;
  std::vector<HopEnd> ends_of_hops_;
  std::optional<std::string> end_key_;
  MemoryHold hold_;  // for the places that the search remembers
};

class DepthFirst final : public Search {
 public:
  using Search::Search;

  Status start(const Value& vertex, std::vector<HopValues> values) override {
    TRY(begin(std::move(values)));
    stack_.clear();
    edges_.clear();
    hop_ends_.clear();
    seen_.clear();
    std::string key = TRY(stored_key(state_.schema(), vertex));
    if (plan_.mode == Mode::Acyclic) seen_.insert(key);
    enter(0, 0, vertex, std::move(key));
    return ok_status();
  }

  Result<bool> next(FoundPath& out) override {
    while (!stack_.empty()) {
      Place& place = stack_.back();
      if (!place.has_ended) {
        place.has_ended = true;
        if (TRY(may_end(place.hop, place.count, place.vertex, place.key))) {
          if (is_last(place.hop)) {
            out.edges = edges_;
            out.hop_ends = hop_ends_;
            out.hop_ends.push_back(edges_.size());
            return true;
          }
          hop_ends_.push_back(edges_.size());
          enter(place.hop + 1, 0, place.vertex, place.key);
          stack_.back().begins_hop = true;
          continue;
        }
      }
      if (!TRY(go_on(place))) leave();
    }
    return false;
  }

 private:
  struct Place {
    uint32_t hop = 0;
    uint64_t count = 0;  // how often the hop was made on the way here
    Value vertex;
    std::string key;
    bool has_ended = false;   // the hop's end here was tried
    bool begins_hop = false;  // came here by the end of a hop, not by an edge
    PathEdges edges;
    size_t next_edge = 0;
  };

  // What a step of the path takes: its place, its edge, and its entry among those seen.
  static uint64_t place_bytes(const Place& place) {
    return sizeof(Place) + sizeof(PathEdge) + 4 * place.key.size() + hash_entry_bytes(place.key);
  }

  // The arguments are taken by value: the stack may move when it grows.
  void enter(uint32_t hop_number, uint64_t count, Value vertex, std::string key) {
    Place& place = stack_.emplace_back();
    place.hop = hop_number;
    place.count = count;
    place.vertex = std::move(vertex);
    place.key = std::move(key);
  }

  // Over the next edge that the mode allows. False: there is none.
  Result<bool> go_on(Place& place) {
    if (place.count >= hop(place.hop).high) return false;
    if (place.edges == nullptr)
      place.edges = TRY(finders_[place.hop].find(place.vertex, place.key));
    while (place.next_edge < place.edges->size()) {
      const PathEdge& edge = (*place.edges)[place.next_edge++];
      if (plan_.mode == Mode::Trail && !seen_.insert(edge.key).second) continue;
      if (plan_.mode == Mode::Acyclic && !seen_.insert(edge.end_key).second) continue;
      TRY(state_.check_interrupt());
      edges_.push_back(edge);
      enter(place.hop, place.count + 1, edge.end, edge.end_key);
      TRY(hold_.set(stack_.size() * place_bytes(stack_.back())));
      return true;
    }
    return false;
  }

  void leave() {
    const bool came_by_edge = stack_.size() > 1 && !stack_.back().begins_hop;
    if (stack_.back().begins_hop) hop_ends_.pop_back();
    if (came_by_edge) {
      if (plan_.mode == Mode::Trail) seen_.erase(edges_.back().key);
      if (plan_.mode == Mode::Acyclic) seen_.erase(edges_.back().end_key);
      edges_.pop_back();
    }
    stack_.pop_back();
  }

  std::vector<Place> stack_;
  std::vector<PathEdge> edges_;
  std::vector<size_t> hop_ends_;
  std::unordered_set<std::string> seen_;  // edges of a trail, vertices of an acyclic path
};

class ShortestPaths final : public Search {
 public:
  using Search::Search;

  Status start(const Value& vertex, std::vector<HopValues> values) override {
    TRY(begin(std::move(values)));
    states_.clear();
    by_key_.clear();
    shortest_.clear();
    ends_.clear();
    chains_.clear();
    next_end_ = 0;
    bytes_ = 0;
    TRY(hold_.set(0));
    std::string key = TRY(stored_key(state_.schema(), vertex));
    std::vector<uint32_t> round;
    TRY(reach({0, 0, vertex, std::move(key), 0, {}}, {}, round));
    for (uint32_t length = 0; !round.empty(); ++length) {
      std::vector<uint32_t> next;
      for (uint32_t at : round) TRY(expand(at, length + 1, next));
      if (end_key_ && !ends_.empty()) break;
      round = std::move(next);
    }
    return ok_status();
  }

  Result<bool> next(FoundPath& out) override {
    while (true) {
      TRY(state_.check_interrupt());
      if (chains_.empty()) {
        if (next_end_ == ends_.size()) return false;
        chains_.push_back({{}, ends_[next_end_++]});
      }
      // Backwards from the end, by each way on which the state was reached.
      Chain chain = std::move(chains_.back());
      chains_.pop_back();
      const State& state = states_[chain.at];
      if (state.ways.empty()) {
        show(chain, out);
        return true;
      }
      const size_t ways = plan_.mode == Mode::Shortest ? 1 : state.ways.size();
      for (size_t i = ways; i-- > 0;) {
        Chain longer = chain;
        longer.ways.push_back({chain.at, i});
        longer.at = state.ways[i].from;
        chains_.push_back(std::move(longer));
      }
    }
  }

 private:
  struct Way {
    uint32_t from = 0;             // a state
    std::optional<PathEdge> edge;  // none: the end of a hop
  };
  struct State {
    uint32_t hop = 0;
    uint64_t count = 0;
    Value vertex;
    std::string key;
    uint32_t length = 0;  // edges on the shortest way here
    std::vector<Way> ways;
  };
  struct Chain {
    std::vector<std::pair<uint32_t, size_t>> ways;  // (state, way into it), from the end backwards
    uint32_t at = 0;
  };

  // Enters a state for the first time, or by one more way that is as short; new ones go into
  // `round`.
  Status reach(State state, std::optional<Way> way, std::vector<uint32_t>& round) {
    std::string key = std::to_string(state.hop) + '/' + std::to_string(state.count) + '/';
    key += state.key;
    const auto [place, is_new] =
        by_key_.try_emplace(std::move(key), static_cast<uint32_t>(states_.size()));
    if (!is_new) {
      State& known = states_[place->second];
      if (!way || known.length != state.length) return ok_status();
      bytes_ += sizeof(Way) + kKeysOfWay * state.key.size();
      known.ways.push_back(std::move(*way));
      return ok_status();
    }
    bytes_ += sizeof(State) + sizeof(Way) + (1 + kKeysOfWay) * state.key.size() +
              2 * hash_entry_bytes(place->first);
    const auto at = static_cast<uint32_t>(states_.size());
    if (way) state.ways.push_back(std::move(*way));
    states_.push_back(std::move(state));
    round.push_back(at);
    return end_hop(at, round);
  }

  // Where a hop may end here, the path ends or the next hop begins.
  Status end_hop(uint32_t at, std::vector<uint32_t>& round) {
    const State& state = states_[at];
    if (!TRY(may_end(state.hop, state.count, state.vertex, state.key))) return ok_status();
    if (!is_last(state.hop)) {
      State next{state.hop + 1, 0, state.vertex, state.key, state.length, {}};
      return reach(std::move(next), Way{at, std::nullopt}, round);
    }
    // A vertex may be reached by other counts of the hop; only the shortest ones count.
    const auto [place, is_new] = shortest_.try_emplace(state.key, state.length);
    if (is_new || (plan_.mode == Mode::AllShortest && place->second == state.length))
      ends_.push_back(at);
    return ok_status();
  }

  Status expand(uint32_t at, uint32_t length, std::vector<uint32_t>& round) {
    const uint32_t hop_number = states_[at].hop;
    const PathHop& made = hop(hop_number);
    const uint64_t count = states_[at].count;
    if (count >= made.high) return ok_status();
    // Without an end it only matters whether the hop was made often enough.
    const uint64_t more = made.high == PathHop::kNoEnd ? std::min(count + 1, made.low) : count + 1;
    const PathEdges edges = TRY(finders_[hop_number].find(states_[at].vertex, states_[at].key));
    for (const PathEdge& edge : *edges)
      TRY(reach({hop_number, more, edge.end, edge.end_key, length, {}}, Way{at, edge}, round));
    TRY(state_.check_interrupt());
    return hold_.set(bytes_);
  }

  void show(const Chain& chain, FoundPath& out) const {
    out.edges.clear();
    out.hop_ends.clear();
    for (size_t i = chain.ways.size(); i-- > 0;) {
      const Way& way = states_[chain.ways[i].first].ways[chain.ways[i].second];
      if (way.edge) {
        out.edges.push_back(*way.edge);
      } else {
        out.hop_ends.push_back(out.edges.size());
      }
    }
    out.hop_ends.push_back(out.edges.size());
  }

  static constexpr uint64_t kKeysOfWay = 3;  // an edge has a key of its own and those of its ends

  std::vector<State> states_;
  uint64_t bytes_ = 0;  // of all states and ways
  std::unordered_map<std::string, uint32_t> by_key_;
  std::unordered_map<std::string, uint32_t> shortest_;  // length, by the vertex at the end
  std::vector<uint32_t> ends_;
  size_t next_end_ = 0;
  std::vector<Chain> chains_;  // ways back from the end at hand that are still to be followed
};

}  // namespace

Result<std::unique_ptr<PathSearch>> PathSearch::make(ExecState& state, const PathPlan& plan,
                                                     MemoryHold hold) {
  std::vector<EdgeFinder> finders;
  std::vector<HopEnd> ends;
  for (const PathHop& hop : plan.hops) {
    finders.push_back(TRY(EdgeFinder::make(state, hop)));
    ends.push_back(TRY(HopEnd::make(state, hop)));
  }
  std::unique_ptr<PathSearch> made;
  if (plan.mode == Mode::Shortest || plan.mode == Mode::AllShortest) {
    made = std::make_unique<ShortestPaths>(state, plan, std::move(finders), std::move(ends),
                                           std::move(hold));
  } else {
    made = std::make_unique<DepthFirst>(state, plan, std::move(finders), std::move(ends),
                                        std::move(hold));
  }
  return made;
}

}  // namespace zerodb::exec
