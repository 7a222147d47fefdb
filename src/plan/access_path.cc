// Access paths: record ids, ranges of keys and indexes instead of a scan of the whole table.
#include <algorithm>

#include "plan/builder.h"
#include "plan/index_match.h"
#include "value/operator_types.h"

namespace zerodb::plan {

using sema::ExprId;
using sema::ExprKind;
using sema::Query;
using sema::Source;
using sema::SourceColumn;

namespace {

// What a condition says of one place of the record: `place op value`, or that it is one of
// `values`. The values need no row.
struct Comparison {
  IndexedPlace place;
  BinaryOp op = BinaryOp::Equal;
  std::vector<ExprId> values;
  bool is_list = false;  // the one value is an array of which the place is an element
  bool is_equality() const { return op == BinaryOp::Equal && values.size() == 1 && !is_list; }
  bool is_choice() const { return op == BinaryOp::Equal && !is_equality(); }
  bool is_low() const { return op == BinaryOp::Greater || op == BinaryOp::GreaterEqual; }
  bool is_inclusive() const { return op == BinaryOp::GreaterEqual || op == BinaryOp::LessEqual; }
};

// The comparisons that bound a walk over ordered columns, of an index or of the key.
struct Walk {
  std::vector<const Comparison*> equals;
  const Comparison* choice = nullptr;  // on the column after `equals`
  const Comparison* low = nullptr;
  const Comparison* high = nullptr;
  bool finds_links = false;

  bool is_bounded() const {
    return !equals.empty() || choice != nullptr || low != nullptr || high != nullptr;
  }
};

// `is_column(i, place)`: whether column i holds what is at the place.
template <typename IsColumn>
Walk walk_of(const std::vector<Comparison>& comparisons, size_t columns, IsColumn is_column) {
  Walk walk;
  const auto find = [&](size_t column, auto accepts) -> const Comparison* {
    for (const Comparison& each : comparisons) {
      if (accepts(each) && is_column(column, each.place)) return &each;
    }
    return nullptr;
  };
  while (walk.equals.size() < columns && !walk.finds_links) {
    const Comparison* equal =
        find(walk.equals.size(), [](const Comparison& each) { return each.is_equality(); });
    if (equal == nullptr) break;
    walk.equals.push_back(equal);
    walk.finds_links = equal->place.follows;
  }
  if (walk.equals.size() == columns || walk.finds_links) return walk;
  const size_t next = walk.equals.size();
  walk.choice = find(next, [](const Comparison& each) { return each.is_choice(); });
  if (walk.choice != nullptr) {
    walk.finds_links = walk.choice->place.follows;
    return walk;
  }
  // A link would have to be followed to know where it lies in a range.
  const auto is_bound = [](const Comparison& each, bool low) {
    return each.op != BinaryOp::Equal && each.is_low() == low && !each.place.follows;
  };
  walk.low = find(next, [&](const Comparison& each) { return is_bound(each, true); });
  walk.high = find(next, [&](const Comparison& each) { return is_bound(each, false); });
  return walk;
}

// A record without elements has no entry for a path through [*], so an index with such a column has
// the rows of a query only where that asks for an element.
bool has_all_rows(const catalog::Index& index, const Walk& walk) {
  const size_t asked = walk.equals.size() + (walk.choice != nullptr ? 1 : 0);
  for (size_t i = asked; i < index.columns.size(); ++i) {
    if (index.columns[i].multikey) return false;
  }
  return true;
}

// How good a walk is, and how many rows it may give. Without statistics an equality is taken to be
// worth more than any range.
struct Rating {
  int score = 0;
  double rows = 10'000;
};

// The part of a table's records that a comparison leaves; nothing if it is not known.
class Parts {
 public:
  Parts(const sema::Statement& statement, const Estimator& estimator, const catalog::Table& table)
      : statement_(statement), estimator_(estimator), table_(table) {}

  // About how many records the walk gives; nothing if that is not known.
  std::optional<double> rows(const Walk& walk) const {
    if (!estimator_.knows(table_.id)) return std::nullopt;
    double part = 1;
    for (const Comparison* each : walk.equals) {
      const auto known = part_of(*each);
      if (!known) return std::nullopt;
      part *= *known;
    }
    double range = 1;
    for (const Comparison* each : {walk.choice, walk.low, walk.high}) {
      if (each == nullptr) continue;
      const auto known = part_of(*each);
      if (!known) return std::nullopt;
      range -= 1 - *known;
    }
    constexpr double kLeast = 1e-9;
    return std::max(1.0, estimator_.rows(table_.id) * part * std::max(range, kLeast));
  }

 private:
  std::optional<double> part_of(const Comparison& comparison) const {
    if (comparison.place.path.size() != 1 || comparison.is_list) return std::nullopt;
    const auto position = table_.field_position(comparison.place.path[0].name);
    if (!position) return std::nullopt;
    const auto* field = estimator_.field(table_.id, table_.fields[*position].id);
    if (field == nullptr) return std::nullopt;
    double part = 0;
    for (ExprId id : comparison.values) {
      const sema::Expr& value = statement_.exprs[id];
      const bool is_known = value.kind == ExprKind::Literal;
      part += part_that_compares(*field, comparison.op, is_known ? &value.literal : nullptr);
    }
    return std::min(part, 1.0);
  }

  const sema::Statement& statement_;
  const Estimator& estimator_;
  const catalog::Table& table_;
};

Rating rate(const Walk& walk, bool is_point) {
  Rating rating;
  rating.score = (is_point ? 1000 : 0) + 10 * static_cast<int>(walk.equals.size()) +
                 (walk.choice != nullptr ? 8 : 0) +
                 (walk.low != nullptr || walk.high != nullptr ? 5 : 0);
  if (is_point) {
    rating.rows = 1;
  } else if (!walk.equals.empty()) {
    rating.rows = 10;
  } else if (walk.choice != nullptr) {
    rating.rows = 10.0 * static_cast<double>(walk.choice->values.size());
  } else if (walk.is_bounded()) {
    rating.rows = 1000;
  }
  return rating;
}

// Appends what a condition says of places of the source; nothing if it says nothing that helps.
template <typename IsRowFree>
void append_comparisons(const sema::Statement& statement, const IndexMatch& match, ExprId id,
                        IsRowFree is_row_free, std::vector<Comparison>& out) {
  const sema::Expr& e = statement.exprs[id];
  if (e.kind == ExprKind::InList && !e.has(sema::Expr::Negated)) {
    if (!std::all_of(e.args.begin() + 1, e.args.end(), is_row_free)) return;
    out.push_back({match.place(e.args[0]), BinaryOp::Equal, {e.args.begin() + 1, e.args.end()}});
    return;
  }
  if (e.kind != ExprKind::Binary) return;
  const ExprId left = e.args[0];
  const ExprId right = e.args[1];
  if (e.binary_op == BinaryOp::In) {
    if (is_row_free(right) && statement.exprs[right].type.kind() == TypeKind::Array)
      out.push_back({match.place(left), BinaryOp::Equal, {right}, true});
    if (is_row_free(left)) out.push_back({match.elements(right), BinaryOp::Equal, {left}});
    return;
  }
  if (e.binary_op == BinaryOp::Contains) {
    if (is_row_free(right)) out.push_back({match.elements(left), BinaryOp::Equal, {right}});
    return;
  }
  if (!is_comparison(e.binary_op) || e.binary_op == BinaryOp::NotEqual) return;
  if (is_row_free(right)) {
    out.push_back({match.place(left), e.binary_op, {right}});
  } else if (is_row_free(left)) {
    out.push_back({match.place(right), mirrored(e.binary_op), {left}});
  }
}

// Whether a value of the place names one record as its key does. A record id in a key of any type
// would stand for the record itself.
bool is_point_key(const catalog::Table& table, const IndexedPlace& place) {
  return place.path.size() == 1 && table.key.size() == 1 &&
         place.path[0].name == table.key[0].name &&
         table.key[0].type.kind() != TypeKind::RecordId && !table.key[0].type.is_any();
}

Walk walk_over_key(const catalog::Table& table, const std::vector<Comparison>& comparisons) {
  return walk_of(comparisons, table.key.size(), [&](size_t i, const IndexedPlace& place) {
    return place.path.size() == 1 && place.path[0].name == table.key[i].name;
  });
}

// Nothing if the index does not have all rows for which the conditions hold.
std::optional<Walk> walk_over(const catalog::Index& index, const IndexMatch& match,
                              const std::vector<ExprId>& conditions,
                              const std::vector<Comparison>& comparisons) {
  if (index.state != catalog::Index::State::Ready || !index.method.empty() ||
      !match.has_rows_of(index, conditions))
    return std::nullopt;
  Walk walk = walk_of(comparisons, index.columns.size(), [&](size_t i, const IndexedPlace& place) {
    return match.is_column(index, i, place);
  });
  return has_all_rows(index, walk) ? std::optional(std::move(walk)) : std::nullopt;
}

bool is_id(const IndexedPlace& place) {
  return place.path.size() == 1 && place.path[0].kind == catalog::PathStep::Kind::Member &&
         place.path[0].name == "id";
}

}  // namespace

Status Builder::choose_access(const Query& query, uint32_t position,
                              const std::vector<Conjunct>& conjuncts, Node& node) {
  const Source& source = query.sources[position];
  const auto set_point = [&](RecordRef ref) {
    const bool is_list = ref.is_list;
    node.kind = Node::Kind::PointRead;
    node.records.push_back(std::move(ref));
    node.estimated_rows = is_list ? 10 : 1;
    if (!is_list) node.rows_max = 1;
  };
  const auto bound_of = [&](const Comparison& comparison) -> Result<std::optional<Bound>> {
    return std::optional(Bound {
      TRY(scalar(comparison.values[0]))
      , comparison.is_inclusive()
    });
  };
  if (source.record) {
    const sema::Expr& id = expr(*source.record);
    // t:$key needs no record id to be built.
    const bool is_key =
        id.kind == ExprKind::RecordId && node.tables.size() == 1 && id.table == node.tables[0];
    set_point({
      TRY(scalar(is_key ? id.args[0] : *source.record))
      , is_key, false
    });
    return ok_status();
  }
  if (source.low || source.high) {
    if (source.low && source.low->key != sema::kNoExpr) node.low = Bound {
        TRY(scalar(source.low->key))
        , source.low->inclusive
      };
    if (source.high && source.high->key != sema::kNoExpr) node.high = Bound {
        TRY(scalar(source.high->key))
        , source.high->inclusive
      };
    node.estimated_rows = 1000;
    return ok_status();
  }
  if (node.tables.size() != 1) return ok_status();

  const IndexMatch match(*statement_, query, position);
  std::vector<Comparison> comparisons;
  std::vector<ExprId> conditions;
  for (const Conjunct& conjunct : conjuncts) {
    conditions.push_back(conjunct.expr);
    append_comparisons(
        *statement_, match, conjunct.expr, [&](ExprId id) { return is_row_free(id); }, comparisons);
  }
  const catalog::Table& table = plan_->schema().table(node.tables[0]);
  for (const Comparison& each : comparisons) {
    if (each.op != BinaryOp::Equal) continue;
    const bool is_key = is_point_key(table, each.place);
    if (!is_key && !is_id(each.place)) continue;
    // The elements of an array of keys are found by a walk over the key.
    if (is_key && each.is_list) continue;
    for (ExprId value : each.values)
      node.records.push_back({
        TRY(scalar(value))
        , is_key, each.is_list
      });
    node.kind = Node::Kind::PointRead;
    node.estimated_rows = each.is_list ? 10 : static_cast<double>(each.values.size());
    if (each.is_equality()) node.rows_max = 1;
    return ok_status();
  }

  // The key as the first of the indexes: no entry stands between it and the record.
  const catalog::Index* best = nullptr;
  Walk best_walk = walk_over_key(table, comparisons);
  Rating best_rating =
      rate(best_walk, !table.key.empty() && best_walk.equals.size() == table.key.size());
  const Parts parts(*statement_, estimator_, table);
  std::optional<double> best_rows = best_walk.is_bounded() ? parts.rows(best_walk) : std::nullopt;
  for (const catalog::Index& index : table.indexes) {
    const bool is_hinted =
        std::ranges::find(source.index_hint, index.name) != source.index_hint.end();
    if (source.no_index || (!source.index_hint.empty() && !is_hinted)) continue;
    const auto walk = walk_over(index, match, conditions, comparisons);
    if (!walk) continue;
    Rating rating = rate(*walk, index.unique && walk->equals.size() == index.columns.size());
    // A partial index leaves out what the conditions leave out.
    if (!index.condition_text.empty()) rating.score += 2;
    if (is_hinted && rating.score > 0) rating.score += 2000;
    const std::optional<double> rows = is_hinted ? std::nullopt : parts.rows(*walk);
    if (rows) {
      // Where most records have to be read it is quicker to read all.
      if (*rows * kScannedMeanwhile > estimator_.rows(table.id)) continue;
      rating.rows = *rows;
    }
    const bool is_better = rows && best_rows && *rows != *best_rows
                               ? *rows < *best_rows
                               : rating.score > best_rating.score;
    if (!is_better || rating.score == 0) continue;
    best = &index;
    best_walk = *walk;
    best_rating = rating;
    best_rows = rows;
  }
  if (best != nullptr) {
    node.kind = Node::Kind::IndexScan;
    node.index = best->id;
  } else if (best_walk.is_bounded()) {
    node.by_key_columns = true;
  } else {
    // A range of ids.
    for (const Comparison& each : comparisons) {
      if (!is_id(each.place)) continue;
      std::optional<Bound>& bound = each.is_low() ? node.low : node.high;
      if (!bound) bound = TRY(bound_of(each));
      node.estimated_rows = 1000;
    }
    return ok_status();
  }
  for (const Comparison* each : best_walk.equals)
    node.equals.push_back(TRY(scalar(each->values[0])));
  if (best_walk.choice != nullptr) {
    for (ExprId value : best_walk.choice->values) {
      const Scalar listed = TRY(scalar(value));
      node.one_of.push_back({listed, best_walk.choice->is_list});
    }
  }
  node.finds_links = best_walk.finds_links;
  if (best_walk.low != nullptr) node.low = TRY(bound_of(*best_walk.low));
  if (best_walk.high != nullptr) node.high = TRY(bound_of(*best_walk.high));
  node.estimated_rows = best_rating.rows;
  return ok_status();
}

bool Builder::has_access(const Query& query) const {
  const bool is_alone =
      query.sources.size() == 1 ||
      (query.sources.size() > 1 && query.sources[1].kind == Source::Kind::GroupKeys);
  return is_alone && has_access(query, 0, conjuncts_of(query.where));
}

bool Builder::has_access(const Query& query, uint32_t position,
                         const std::vector<Conjunct>& conjuncts) const {
  const Source& source = query.sources[position];
  if (source.kind != Source::Kind::Table) return false;
  if (source.record) return true;
  if (source.low || source.high || source.tables.size() != 1) return false;
  const IndexMatch match(*statement_, query, position);
  std::vector<Comparison> comparisons;
  std::vector<ExprId> conditions;
  for (const Conjunct& conjunct : conjuncts) {
    conditions.push_back(conjunct.expr);
    append_comparisons(
        *statement_, match, conjunct.expr, [&](ExprId id) { return is_row_free(id); }, comparisons);
  }
  const catalog::Table& table = plan_->schema().table(source.tables[0]);
  const auto is_point = [&](const Comparison& each) {
    return each.op == BinaryOp::Equal && (is_id(each.place) || is_point_key(table, each.place));
  };
  if (std::ranges::any_of(comparisons, is_point)) return true;
  if (!walk_over_key(table, comparisons).equals.empty()) return true;
  return std::ranges::any_of(table.indexes, [&](const catalog::Index& index) {
    if (source.no_index) return false;
    const auto walk = walk_over(index, match, conditions, comparisons);
    return walk && !walk->equals.empty();
  });
}

}  // namespace zerodb::plan
