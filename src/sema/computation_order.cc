#include "sema/computation_order.h"

#include <map>
#include <set>
#include <vector>

#include "sema/query_visit.h"

namespace zerodb::sema {
namespace {

using Computation = TableRules::Computation;

class Sorter {
 public:
  Sorter(Checking& c, QueryId query, const std::vector<Computation>& computations)
      : c_(c),
        query_(query),
        computations_(computations),
        states_(computations.size(), State::New) {
    for (size_t i = 0; i < computations.size(); ++i) by_field_.emplace(computations[i].field, i);
  }

  ComputationOrder sort() {
    for (size_t i = 0; i < computations_.size(); ++i) visit(i);
    return std::move(out_);
  }

 private:
  enum class State : uint8_t { New, Open, Done };

  void visit(size_t position) {
    if (states_[position] == State::Done) return;
    const Computation& computation = computations_[position];
    if (states_[position] == State::Open) {
      if (!out_.circular) out_.circular = computation.field;
      return;
    }
    states_[position] = State::Open;
    for (const size_t each : needed_by(computation.value)) visit(each);
    states_[position] = State::Done;
    out_.sorted.push_back(computation);
  }

  // The computations whose fields the value reads.
  std::set<size_t> needed_by(ExprId value) {
    std::set<size_t> out;
    visit_expression(c_, value, 0, [&](ExprId id, uint32_t level) {
      const Expr& expr = c_.expr(id);
      if (expr.kind != ExprKind::Column || expr.depth != level || expr.source != SourceId(0))
        return;
      const SourceColumn& column = c_.query(query_).sources[0].columns[expr.index];
      if (column.kind == SourceColumn::Kind::Record) {
        for (const auto& [field, position] : by_field_) out.insert(position);
      } else if (column.kind == SourceColumn::Kind::Field) {
        const auto found = by_field_.find(column.index);
        if (found != by_field_.end()) out.insert(found->second);
      }
    });
    return out;
  }

  Checking& c_;
  QueryId query_;
  const std::vector<Computation>& computations_;
  std::map<uint32_t, size_t> by_field_;
  std::vector<State> states_;  // of the computations
  ComputationOrder out_;
};

}  // namespace

ComputationOrder order_computations(Checking& c, QueryId query,
                                    const std::vector<Computation>& computations) {
  return Sorter(c, query, computations).sort();
}

}  // namespace zerodb::sema
