#include "exec/state.h"

#include <unordered_set>

#include "exec/frame.h"
#include "exec/operator.h"
#include "exec/record_gate.h"
#include "exec/record_reader.h"
#include "exec/shared_rows.h"
#include "value/key_codec.h"
#include "value/zval_builder.h"

namespace zerodb::exec {

// What a subplan gave: its rows, and for IN their keys.
struct ExecState::SubplanResult {
  explicit SubplanResult(MemoryBudget& budget) : hold(budget) {}

  std::vector<Value> values;
  uint64_t rows = 0;
  std::unordered_set<std::string> keys;
  uint64_t bytes = 0;
  MemoryHold hold;
};

ExecState::ExecState(std::shared_ptr<const plan::Plan> plan, const ExecContext& context,
                     std::unique_ptr<StatementMemory> memory)
    : plan_(std::move(plan)),
      context_(context),
      memory_(std::move(memory)),
      arena_(memory_->arena()),
      budget_(context.memory_max, context.budget),
      arena_hold_(budget_),
      outer_(plan_->outer_parameters),
      subplan_results_(plan_->subplans.size()) {}

ExecState::~ExecState() = default;

const Value& ExecState::parameter(uint32_t id) const {
  if (id >= plan::kFirstOuter) return outer_[id - plan::kFirstOuter];
  if (id >= plan::kFirstLiteral) return plan_->literals[id - plan::kFirstLiteral];
  ASSERT(id < context_.parameters.size());
  return context_.parameters[id];
}

Result<Value> ExecState::evaluate(const plan::Scalar& scalar) {
  if (scalar.parameter != plan::Scalar::kProgram) return parameter(scalar.parameter);
  const ArenaMark mark(arena_);
  const std::unique_ptr<Frame> frame = TRY(Frame::make(*this, scalar.program, 1));
  TRY(frame->run(1));
  const Column output = frame->output(0);
  return read_value(arena_, output.slot, 0, *output.type);
}

const RowBuffer* ExecState::last_round(sema::QueryId recursion) const {
  const auto found = last_rounds_.find(recursion.value());
  return found == last_rounds_.end() ? nullptr : found->second;
}

void ExecState::count_nodes() {
  actuals_.resize(plan_->nodes.size());
  held_.resize(plan_->nodes.size());
}

void ExecState::add_counts(const ExecState& part, uint32_t parts) {
  stats_.rows_read += part.stats_.rows_read;
  stats_.used_wasm = stats_.used_wasm || part.stats_.used_wasm;
  for (size_t i = 0; i < std::min(actuals_.size(), part.actuals_.size()); ++i) {
    actuals_[i].rows += part.actuals_[i].rows;
    actuals_[i].batches += part.actuals_[i].batches;
    actuals_[i].nanos += part.actuals_[i].nanos;
    actuals_[i].spilled_bytes += part.actuals_[i].spilled_bytes;
    held_[i].peak += part.held_[i].peak;
    if (part.actuals_[i].nanos > 0) actuals_[i].threads = parts;
  }
}

std::span<const plan::NodeActuals> ExecState::all_actuals() {
  for (size_t i = 0; i < actuals_.size(); ++i) actuals_[i].memory_bytes = held_[i].peak;
  return actuals_;
}

const SharedRows* ExecState::shared_rows(plan::NodeId node) const {
  const auto found = shared_rows_.find(node.value());
  return found == shared_rows_.end() ? nullptr : found->second.get();
}

const SharedRows* ExecState::share_rows(plan::NodeId node, std::unique_ptr<SharedRows> rows) {
  const auto [place, is_new] = shared_rows_.try_emplace(node.value(), std::move(rows));
  ASSERT(is_new);
  return place->second.get();
}

MemoryHold ExecState::hold(const plan::Node& node) {
  if (held_.empty()) return MemoryHold(budget_);
  const auto index = static_cast<size_t>(&node - plan_->nodes.data());
  ASSERT(index < held_.size());
  return MemoryHold(budget_, &held_[index]);
}

Result<SpillFile> ExecState::spill_file() const {
  if (context_.spill_folder.empty())
    return Error(ErrorCode::E1108, "the rows that the statement has to keep take too much memory");
  return SpillFile::create(std::string(context_.spill_folder));
}

void ExecState::count_spilled(const plan::Node& node, uint64_t bytes) {
  if (actuals_.empty()) return;
  const auto index = static_cast<size_t>(&node - plan_->nodes.data());
  actuals_[index].spilled_bytes += bytes;
}

const RecordLayouts& ExecState::layouts(TableId table) {
  const auto named = plan_->layouts.find(table);
  if (named != plan_->layouts.end()) return named->second;
  const auto found = layouts_.find(table);
  if (found != layouts_.end()) return found->second;
  return layouts_.emplace(table, plan::layouts_of(schema().table(table))).first->second;
}

Status ExecState::check_interrupt() {
  if (context_.cancel != nullptr && context_.cancel->is_cancelled())
    return Error(ErrorCode::E1107, "the statement was cancelled");
  if (context_.deadline_ns != INT64_MAX && call().clock->monotonic_ns() > context_.deadline_ns) {
    return Error(ErrorCode::E1107, "the statement ran out of time");
  }
  constexpr uint64_t kStep = 64 << 10;
  const uint64_t used = arena_.top() / kStep * kStep;
  // Operators may hold all that there is, though they could do with less; a batch goes on with
  // that.
  constexpr uint64_t kSlack = 1 << 20;
  if (used == arena_hold_.bytes() || arena_hold_.try_set(used)) return ok_status();
  return used <= arena_hold_.bytes() + kSlack ? ok_status() : arena_hold_.set(used);
}

// Where the record of a link lies, if its table is there.
Result<std::optional<std::string>> ExecState::store_key(const Value& link) const {
  const RecordIdView id(link);
  const catalog::Table* const table = schema().find_table(id.table());
  if (table == nullptr) return std::nullopt;
  std::string key = records_prefix(*table);
  TRY(append_key(key, id.key()));
  return key;
}

Result<Value> ExecState::commit_stamp(const Value& link) {
  const auto key = TRY(store_key(link));
  if (!key) return Value::none();
  const auto at = TRY(transaction().committed_at(txn::Family::Row, *key));
  return at ? Value::integer(Tag::U64, static_cast<i128>(at->raw())) : Value::none();
}

Status ExecState::fetch(std::span<const Value> links, Sight sight, std::vector<Value>& out) {
  out.assign(links.size(), Value());
  std::vector<std::string> keys;
  std::vector<size_t> positions;
  for (size_t i = 0; i < links.size(); ++i) {
    auto key = TRY(store_key(links[i]));
    if (!key) continue;
    keys.push_back(std::move(*key));
    positions.push_back(i);
  }
  const std::vector<std::string_view> wanted(keys.begin(), keys.end());
  storage::ValueList values;
  TRY(transaction().multi_get(txn::Family::Row, wanted, values));
  std::map<TableId, std::vector<LinkedRecord>> gated;
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (!values.has(i)) continue;
    ++stats_.rows_read;
    const Value& link = links[positions[i]];
    const TableId table = RecordIdView(link).table();
    if (sight == Sight::Gated && plan_->gates.contains(table)) {
      gated[table].push_back({positions[i], without_prefix(wanted[i]), values[i]});
      continue;
    }
    const RecordView view = TRY(RecordView::open(layouts(table), values[i]));
    out[positions[i]] = TRY(record_object(schema().table(table), view, link));
  }
  for (const auto& [table, records] : gated)
    TRY(show_records(*this, schema().table(table), plan_->gates.at(table), records, out));
  return ok_status();
}

Status ExecState::run_subplan(const plan::Subplan& subplan, SubplanResult& out) {
  const ArenaMark mark(arena_);
  const plan::Node& root = plan_->node(subplan.root);
  const uint32_t capacity = root.rows_max < 16 ? 16 : limits::kBatchRowsMax;
  const OwnColumns columns = TRY(OwnColumns::make(*this, root.columns, capacity));
  const std::unique_ptr<Operator> tree = TRY(make_operator(*this, subplan.root, capacity));
  while (true) {
    TRY(check_interrupt());
    const ArenaMark batch(arena_);
    const uint32_t rows = TRY(tree->next({columns.slots, capacity}));
    if (rows == 0) return ok_status();
    out.rows += rows;
    if (subplan.kind == plan::Subplan::Kind::Exists) return ok_status();
    if (subplan.kind == plan::Subplan::Kind::Scalar && out.rows > 1) {
      return Error(ErrorCode::E0406, "a subquery used as a value gave more than one row")
          .at(subplan.span);
    }
    for (uint32_t row = 0; row < rows; ++row) {
      const auto cell = [&](uint32_t i) {
        return read_value(arena_, columns.slots[i], row, columns.types[i]);
      };
      if (subplan.kind == plan::Subplan::Kind::In) {
        std::string key;
        TRY(append_key(key, cell(0)));
        const auto [place, is_new] = out.keys.insert(std::move(key));
        if (is_new) out.bytes += hash_entry_bytes(*place);
      } else if (subplan.kind == plan::Subplan::Kind::Array && !subplan.as_value) {
        ObjectBuilder object;
        for (uint32_t i = 0; i < columns.slots.size(); ++i) object.set(subplan.names[i], cell(i));
        out.values.push_back(TRY(object.build()));
        out.bytes += far_bytes(out.values.back());
      } else {
        out.values.push_back(cell(0));
        out.bytes += far_bytes(out.values.back());
      }
    }
    TRY(out.hold.set(out.bytes + out.values.capacity() * sizeof(Value)));
  }
}

Result<Value> ExecState::answer(const plan::Subplan& subplan, const SubplanResult& result,
                                const Value& needle) const {
  switch (subplan.kind) {
    case plan::Subplan::Kind::Exists:
      return Value::boolean((result.rows > 0) != subplan.negated);
    case plan::Subplan::Kind::Scalar:
      return result.values.empty() ? Value::none() : result.values[0];
    case plan::Subplan::Kind::In: {
      std::string key;
      TRY(append_key(key, needle));
      return Value::boolean((!needle.is_none() && result.keys.contains(key)) != subplan.negated);
    }
    case plan::Subplan::Kind::Array: {
      ArrayBuilder builder;
      for (const Value& value : result.values) builder.add(value);
      return builder.build();
    }
  }
  UNREACHABLE();
}

Result<Value> ExecState::subquery(uint32_t index, const Value& needle,
                                  std::span<const Value> outer) {
  const plan::Subplan& subplan = plan_->subplans[index];
  if (!subplan.correlated) {
    std::unique_ptr<SubplanResult>& kept = subplan_results_[index];
    if (kept == nullptr) {
      auto made = std::make_unique<SubplanResult>(budget_);
      TRY(run_subplan(subplan, *made));
      kept = std::move(made);
    }
    return answer(subplan, *kept, needle);
  }
  for (size_t i = 0; i < subplan.outer.size(); ++i) set_outer(subplan.outer[i], outer[i]);
  SubplanResult result(budget_);
  TRY(run_subplan(subplan, result));
  return answer(subplan, result, needle);
}

}  // namespace zerodb::exec
