#include "exec/executor.h"

#include <algorithm>

#include "exec/definition.h"
#include "exec/operator.h"
#include "exec/wasm_text.h"
#include "exec/write.h"
#include "plan/explain.h"
#include "value/json.h"

namespace zerodb::exec {

namespace {

// Rows of a query, computed as they are asked for.
class QueryStream final : public RowStream {
 public:
  QueryStream(std::unique_ptr<ExecState> state, uint32_t capacity)
      : state_(std::move(state)), capacity_(capacity) {}

  Status open() {
    const plan::Plan& plan = state_->plan();
    const plan::Node& root = plan.node(plan.root);
    columns_ = TRY(OwnColumns::make(*state_, root.columns, capacity_));
    tree_ = TRY(make_operator(*state_, plan.root, capacity_));
    mark_ = state_->arena().top();
    return ok_status();
  }

  const std::vector<plan::OutputColumn>& columns() const override { return state_->plan().columns; }

  Result<RowBatch> next() override {
    if (error_) return Error(*error_);
    state_->arena().rewind(mark_);
    const auto compute = [&]() -> Result<uint32_t> {
      TRY(state_->check_interrupt());
      return tree_->next({columns_.slots, capacity_});
    };
    Result<uint32_t> rows = compute();
    if (!rows) {
      error_ = rows.error();
      return std::move(rows).error();
    }
    return RowBatch(&state_->arena(), &columns_.slots, &columns_.types, *rows);
  }

  std::optional<uint64_t> affected() const override { return std::nullopt; }
  ExecStats stats() const override { return state_->stats(); }

 private:
  std::unique_ptr<ExecState> state_;
  uint32_t capacity_;
  OwnColumns columns_;
  std::unique_ptr<Operator> tree_;
  uint32_t mark_ = 0;
  std::optional<Error> error_;
};

// Rows that are there already.
class ReadyStream final : public RowStream {
 public:
  ReadyStream(std::unique_ptr<ExecState> state, std::vector<plan::OutputColumn> columns,
              RowBuffer rows, std::optional<uint64_t> affected)
      : state_(std::move(state)),
        columns_(std::move(columns)),
        rows_(std::move(rows)),
        affected_(affected) {}

  Status open() {
    if (rows_.rows() == 0) return ok_status();
    capacity_ = static_cast<uint32_t>(std::min<size_t>(rows_.rows(), limits::kBatchRowsMax));
    own_ = TRY(OwnColumns::make(*state_, columns_, capacity_));
    mark_ = state_->arena().top();
    return ok_status();
  }

  const std::vector<plan::OutputColumn>& columns() const override { return columns_; }

  Result<RowBatch> next() override {
    state_->arena().rewind(mark_ == 0 ? state_->arena().top() : mark_);
    uint32_t rows = 0;
    for (; rows < capacity_ && at_ < rows_.rows(); ++rows, ++at_) {
      TRY(rows_.emit(state_->arena(), at_, {own_.slots, capacity_}, rows, 0, columns_));
    }
    return RowBatch(&state_->arena(), &own_.slots, &own_.types, rows);
  }

  std::optional<uint64_t> affected() const override { return affected_; }
  ExecStats stats() const override { return state_->stats(); }

 private:
  std::unique_ptr<ExecState> state_;
  std::vector<plan::OutputColumn> columns_;
  RowBuffer rows_;
  std::optional<uint64_t> affected_;
  uint32_t capacity_ = 0;
  OwnColumns own_;
  uint32_t mark_ = 0;
  size_t at_ = 0;
};

using StreamPtr = std::unique_ptr<RowStream>;

Result<StreamPtr> ready(std::unique_ptr<ExecState> state, RowBuffer rows,
                        std::optional<uint64_t> affected) {
  std::vector<plan::OutputColumn> columns = state->plan().columns;
  auto stream = std::make_unique<ReadyStream>(std::move(state), std::move(columns), std::move(rows),
                                              affected);
  TRY(stream->open());
  return StreamPtr(std::move(stream));
}

Result<StreamPtr> run_query(std::unique_ptr<ExecState> state) {
  constexpr uint32_t kSmallResult = 16;
  const bool is_small = state->plan().node(state->plan().root).rows_max <= kSmallResult;
  auto stream = std::make_unique<QueryStream>(std::move(state),
                                              is_small ? kSmallResult : limits::kBatchRowsMax);
  TRY(stream->open());
  return StreamPtr(std::move(stream));
}

std::string tier_name(TierPolicy policy, const ExecStats& stats, bool was_run) {
  if (was_run) return stats.used_wasm ? "wasm" : "interpreter";
  switch (policy) {
    case TierPolicy::Interpreter:
      return "interpreter";
    case TierPolicy::Wasm:
      return "wasm";
    case TierPolicy::Auto:
      break;
  }
  return "auto (interpreter, then wasm)";
}

// With ANALYZE the plan is run; its rows are dropped, its writes are kept.
Status analyze(ExecState& state) {
  state.count_nodes();
  if (state.plan().write != nullptr) {
    RowBuffer returned(static_cast<uint32_t>(state.plan().columns.size()));
    TRY(run_write(state, returned));
    return ok_status();
  }
  if (state.plan().root == plan::kNoNode) return ok_status();
  const std::vector<plan::OutputColumn>& types = state.plan().node(state.plan().root).columns;
  const OwnColumns columns = TRY(OwnColumns::make(state, types, limits::kBatchRowsMax));
  const std::unique_ptr<Operator> tree =
      TRY(make_operator(state, state.plan().root, limits::kBatchRowsMax));
  while (true) {
    TRY(state.check_interrupt());
    const ArenaMark mark(state.arena());
    const uint32_t rows = TRY(tree->next({columns.slots, limits::kBatchRowsMax}));
    if (rows == 0) return ok_status();
  }
}

// A row for each line.
void append_lines(std::string_view text, RowBuffer& rows) {
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const Value line = Value::string(text.substr(begin, end - begin));
    rows.append_row(std::span(&line, 1));
    begin = end + 1;
  }
}

Result<StreamPtr> run_explain(const sema::ExplainStatement& statement,
                              std::unique_ptr<ExecState> state, const ExecContext& context) {
  const std::shared_ptr<const plan::Plan> inner = state->plan().explained;
  std::unique_ptr<StatementMemory> memory = TRY(context.memory->acquire());
  ExecState inner_state(inner, context, std::move(memory));
  if (statement.analyze) TRY(analyze(inner_state));
  plan::ExplainInput input;
  input.tier = tier_name(context.tier, inner_state.stats(), statement.analyze);
  input.actuals = inner_state.all_actuals();
  input.parameters = context.parameters;
  RowBuffer rows(1);
  switch (statement.format) {
    case sema::ExplainStatement::Format::Text:
      append_lines(plan::explain_text(*inner, input), rows);
      break;
    case sema::ExplainStatement::Format::Wasm:
      append_lines(TRY(wasm_text(*inner)), rows);
      break;
    case sema::ExplainStatement::Format::Json: {
      const Value value = TRY(parse_json(plan::explain_json(*inner, input)));
      rows.append_row(std::span(&value, 1));
    }
  }
  return ready(std::move(state), std::move(rows), std::nullopt);
}

}  // namespace

Result<std::unique_ptr<RowStream>> execute(std::shared_ptr<const plan::Plan> plan,
                                           const ExecContext& context) {
  std::unique_ptr<StatementMemory> memory = TRY(context.memory->acquire());
  auto state = std::make_unique<ExecState>(plan, context, std::move(memory));
  const auto& body = plan->statement->body;
  if (const auto* explain = std::get_if<sema::ExplainStatement>(&body))
    return run_explain(*explain, std::move(state), context);
  if (const auto* definition = std::get_if<sema::DefinitionStatement>(&body)) {
    TRY(run_definition(*state, *definition));
    return ready(std::move(state), RowBuffer(0), std::nullopt);
  }
  if (const auto* describe = std::get_if<sema::DescribeStatement>(&body)) {
    RowBuffer rows(static_cast<uint32_t>(describe->columns.size()));
    for (const auto& row : describe->rows) rows.append_row(row);
    return ready(std::move(state), std::move(rows), std::nullopt);
  }
  if (plan->write != nullptr) {
    RowBuffer returned(static_cast<uint32_t>(plan->columns.size()));
    const uint64_t affected = TRY(run_write(*state, returned));
    return ready(std::move(state), std::move(returned), affected);
  }
  if (plan->root == plan::kNoNode)
    return Error(ErrorCode::E1299, "a session statement is not for the executor");
  return run_query(std::move(state));
}

}  // namespace zerodb::exec
