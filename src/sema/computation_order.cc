#include "sema/computation_order.h"

#include <algorithm>

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
        states_(computations.size(), State::New) {}

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
    for (size_t i = 0; i < computations_.size(); ++i) {
      if (reads(computation.value, computations_[i].field)) visit(i);
    }
    states_[position] = State::Done;
    out_.sorted.push_back(computation);
  }

  bool reads(ExprId value, uint32_t field) {
    bool found = false;
    visit_expression(c_, value, 0, [&](ExprId id, uint32_t level) {
      const Expr& expr = c_.expr(id);
      if (expr.kind != ExprKind::Column || expr.depth != level || expr.source != SourceId(0))
        return;
      const SourceColumn& column = c_.query(query_).sources[0].columns[expr.index];
      found = found || column.kind == SourceColumn::Kind::Record ||
              (column.kind == SourceColumn::Kind::Field && column.index == field);
    });
    return found;
  }

  Checking& c_;
  QueryId query_;
  const std::vector<Computation>& computations_;
  std::vector<State> states_;  // of the computations
  ComputationOrder out_;
};

}  // namespace

ComputationOrder order_computations(Checking& c, QueryId query,
                                    const std::vector<Computation>& computations) {
  return Sorter(c, query, computations).sort();
}

}  // namespace zerodb::sema
