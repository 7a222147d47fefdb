#include "exec/gather.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>

#include "exec/column_scan.h"
#include "exec/pipeline.h"

namespace zerodb::exec {

namespace {

// Batches that may wait for each thread, besides those of the morsel that the consumer takes.
constexpr uint32_t kBatchesAhead = 8;

struct GatheredBatch {
  std::vector<CachedColumn> columns;
  uint32_t rows = 0;
};

// Where threads put batches and the consumer takes them.
class Exchange {
 public:
  explicit Exchange(uint32_t workers) : workers_(workers) {}

  // False: nobody wants more.
  bool put(uint64_t morsel, GatheredBatch batch) {
    std::unique_lock lock(mutex_);
    moved_.wait(lock, [&] { return is_over_ || has_room(morsel); });
    if (is_over_) return false;
    waiting_[morsel].batches.push_back(std::move(batch));
    ++count_;
    arrived_.notify_one();
    return true;
  }

  void finish(const std::vector<uint64_t>& morsels) {
    if (morsels.empty()) return;
    const std::lock_guard lock(mutex_);
    for (const uint64_t morsel : morsels) waiting_[morsel].is_done = true;
    arrived_.notify_one();
  }

  void fail(uint64_t morsel, Error error) {
    const std::lock_guard lock(mutex_);
    waiting_[morsel].error = std::move(error);
    arrived_.notify_one();
  }

  // There are so many morsels.
  void end(uint64_t morsels) {
    const std::lock_guard lock(mutex_);
    total_ = morsels;
    arrived_.notify_one();
  }

  // The next batch: nothing yet after a while, or one without rows at the end.
  Result<std::optional<GatheredBatch>> take() {
    std::unique_lock lock(mutex_);
    const auto ready = [&] {
      while (current_ < total_) {
        const auto found = waiting_.find(current_);
        if (found == waiting_.end()) return false;
        if (!found->second.batches.empty() || found->second.error) return true;
        if (!found->second.is_done) return false;
        waiting_.erase(found);
        ++current_;
        moved_.notify_all();
      }
      return true;
    };
    constexpr std::chrono::milliseconds kPatience(10);
    if (!arrived_.wait_for(lock, kPatience, ready)) return std::optional<GatheredBatch>();
    if (current_ >= total_) return std::optional(GatheredBatch());
    Output& output = waiting_[current_];
    if (output.batches.empty()) return std::move(*output.error);
    GatheredBatch batch = std::move(output.batches.front());
    output.batches.pop_front();
    --count_;
    moved_.notify_all();
    return std::optional(std::move(batch));
  }

  void stop() {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
    moved_.notify_all();
  }

 private:
  struct Output {
    std::deque<GatheredBatch> batches;
    std::optional<Error> error;  // behind them
    bool is_done = false;
  };

  bool has_room(uint64_t morsel) {
    if (count_ < size_t{workers_} * kBatchesAhead) return true;
    return morsel == current_ && waiting_[morsel].batches.size() < kBatchesAhead;
  }

  const uint32_t workers_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable arrived_;
  std::condition_variable moved_;
  std::map<uint64_t, Output> waiting_;  // by morsel
  size_t count_ = 0;                    // batches in it
  uint64_t current_ = 0;
  uint64_t total_ = UINT64_MAX;
  bool is_over_ = false;
};

class GatherOperator final : public Operator {
 public:
  GatherOperator(ExecState& state, const plan::Node& node, std::unique_ptr<Operator> child)
      : state_(state), node_(node), child_(std::move(child)) {}

  ~GatherOperator() override {
    if (exchange_) exchange_->stop();
    crew_.reset();
  }

  Result<uint32_t> next(const Target& target) override {
    if (!is_open_) TRY(open());
    if (!exchange_) return child_->next(target);
    while (!is_over_ && row_ == batch_.rows) {
      TRY(state_.check_interrupt());
      std::optional<GatheredBatch> batch = TRY(exchange_->take());
      if (!batch) {
        if (!crew_->dismiss()) continue;
        exchange_.reset();
        return child_->next(target);
      }
      batch_ = std::move(*batch);
      row_ = 0;
      if (batch_.rows == 0) end();
    }
    if (is_over_) return 0u;
    const uint32_t rows = std::min(target.capacity, batch_.rows - row_);
    for (size_t i = 0; i < batch_.columns.size(); ++i)
      TRY(batch_.columns[i].copy(row_, rows, state_.arena(), target.columns[i]));
    row_ += rows;
    return rows;
  }

 private:
  Status open() {
    is_open_ = true;
    if (!TRY(child_->share())) return ok_status();
    const uint32_t members = state_.context().threads;
    for (uint32_t i = 0; i < members; ++i) {
      workers_.push_back(TRY(PipelineWorker::make(state_, *child_, members)));
      columns_.push_back(TRY(OwnColumns::make(workers_[i]->state(), node_.columns, kBatch)));
    }
    exchange_.emplace(members);
    crew_ = std::make_unique<Crew>(*state_.context().workers);
    crew_->start(members, [this](uint32_t member) { work(member); });
    return ok_status();
  }

  // On a thread of its own.
  void work(uint32_t member) {
    PipelineWorker& worker = *workers_[member];
    Arena& arena = worker.state().arena();
    const OwnColumns& columns = columns_[member];
    std::vector<uint64_t> done;
    while (true) {
      const ArenaMark mark(arena);
      Result<uint32_t> rows = worker.top().next({columns.slots, kBatch});
      worker.scan().take_done(done);
      const uint64_t morsel = worker.scan().morsel();
      if (!rows) {
        exchange_->finish(done);
        return exchange_->fail(morsel, std::move(rows).error());
      }
      if (*rows == 0) {
        exchange_->finish(done);
        return exchange_->end(morsel);
      }
      // The last one may have been given to its end with these rows.
      exchange_->finish(done);
      GatheredBatch batch;
      batch.rows = *rows;
      for (const ColumnSlot& slot : columns.slots) {
        batch.columns.emplace_back(slot.physical);
        batch.columns.back().append(arena, slot, *rows);
      }
      if (!exchange_->put(morsel, std::move(batch))) return;
    }
  }

  void end() {
    is_over_ = true;
    crew_->finish();
    for (const auto& worker : workers_) worker->count_into(state_);
  }

  ExecState& state_;
  const plan::Node& node_;
  std::unique_ptr<Operator> child_;
  bool is_open_ = false;
  bool is_over_ = false;
  std::vector<std::unique_ptr<PipelineWorker>> workers_;
  std::vector<OwnColumns> columns_;
  std::optional<Exchange> exchange_;  // nothing: the child works alone
  GatheredBatch batch_;               // that is being given, from row_ on
  uint32_t row_ = 0;
  std::unique_ptr<Crew> crew_;  // ends first
};

}  // namespace

Result<std::unique_ptr<Operator>> make_gathered(ExecState& state, plan::NodeId node,
                                                uint32_t capacity) {
  std::unique_ptr<Operator> made = TRY(make_operator(state, node, capacity));
  if (!is_pipeline(state, node)) return made;
  const plan::Node& top = state.plan().node(node);
  // To copy columns is all that there is to do.
  if (top.kind == plan::Node::Kind::TableScan &&
      TRY(ColumnScan::is_warm(state, top.tables[0], top.reads)))
    return made;
  made = std::make_unique<GatherOperator>(state, top, std::move(made));
  return made;
}

}  // namespace zerodb::exec
