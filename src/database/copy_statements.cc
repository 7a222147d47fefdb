// COPY: between the files of the host and the transactions of a session.
#include <algorithm>
#include <filesystem>

#include "database/bulk_load.h"
#include "database/copy_feed.h"
#include "database/statement_runner.h"
#include "exec/copy_writer.h"
#include "value/json.h"
#include "value/utf8.h"

namespace zerodb::database {
namespace {

using sema::CopyStatement;

constexpr size_t kWriteBytes = size_t{64} << 10;

Result<std::string> file_name(const CopyStatement& copy, const ResultState& state) {
  if (copy.is_standard_stream) {
    return Error(ErrorCode::E0610,
                 "STDIN and STDOUT belong to the protocol of a server: name a file here")
        .at(copy.span);
  }
  if (state.call.files == nullptr)
    return Error(ErrorCode::E0610, "this host lets nobody read or write files").at(copy.span);
  if (copy.file) return *copy.file;
  const Value& name = state.parameters[*copy.parameter];
  if (name.tag() != Tag::String)
    return Error(ErrorCode::E0306, "the name of a file is a string").at(copy.span);
  return std::string(name.as_string());
}

CopyStatement::Format format_of(const CopyStatement& copy, std::string_view name) {
  if (copy.format) return *copy.format;
  if (name.ends_with(".ndjson") || name.ends_with(".jsonl")) return CopyStatement::Format::Ndjson;
  if (name.ends_with(".json")) return CopyStatement::Format::Json;
  return CopyStatement::Format::Csv;
}

// Whether a row read for one table fits the other: the same table, perhaps with another index.
bool is_same_shape(const catalog::Table& a, const catalog::Table& b) {
  return std::ranges::equal(a.fields, b.fields, {}, &catalog::Field::id, &catalog::Field::id) &&
         std::ranges::equal(a.fields, b.fields, {}, &catalog::Field::type, &catalog::Field::type) &&
         std::ranges::equal(a.key, b.key, {}, &catalog::KeyColumn::name, &catalog::KeyColumn::name);
}

// Whether it can be read again from its begin, as pipes cannot.
bool is_plain_file(const std::string& path) {
  std::error_code failure;
  return std::filesystem::is_regular_file(path, failure);
}

// What the row itself is to blame for: conversions, rules, uniqueness, references, sizes. Not:
// permissions, conflicts, limits of the statement, the host.
bool is_fault_of_row(const Error& error) {
  const std::string_view code = code_name(error.code());
  if (code == "E0610" || code == "E0611") return false;
  const std::string_view group = code.substr(0, 3);
  return group == "E02" || group == "E03" || group == "E04" || group == "E05" || group == "E06" ||
         group == "E09" || group == "E10" || code == "E1103" || code == "E1104" || code == "E1105";
}

// The rows that did not fit, one JSON document a line: where, why, and the row as it was, but for
// bytes that are no text.
class RejectFile {
 public:
  explicit RejectFile(FileWriter file) : file_(std::move(file)) {}

  void note(const exec::CopyBatch& batch, size_t row, const Error& error) {
    pending_ += "{\"place\":";
    append_json_string(pending_, utf8::lossy(batch.place(row)));
    pending_ += ",\"code\":";
    append_json_string(pending_, code_name(error.code()));
    pending_ += ",\"error\":";
    append_json_string(pending_, utf8::lossy(error.message()));
    pending_ += ",\"row\":";
    append_json_string(pending_, utf8::lossy(batch.rows[row].text));
    pending_ += "}\n";
    ++count_;
  }
  // What was noted since the last call, for a transaction that is run again.
  void forget() {
    pending_.clear();
    count_ = 0;
  }
  uint64_t count() const { return count_; }
  Status write() {
    TRY(file_.write(pending_));
    forget();
    return {};
  }
  Status finish() { return file_.finish(); }

 private:
  FileWriter file_;
  std::string pending_;
  uint64_t count_ = 0;
};

}  // namespace

// One COPY FROM.
class CopyFrom {
 public:
  CopyFrom(StatementRunner& runner, const Script& script, size_t index, PlannedPtr planned,
           txn::Transaction* open)
      : runner_(runner),
        script_(script),
        index_(index),
        first_(planned),
        planned_(std::move(planned)),
        open_(open),
        copy_(std::get<CopyStatement>(first_->checked->body)) {}

  Result<StatementRunner::ResultPtr> run() {
    StatementRunner::ResultPtr state = TRY(runner_.copy_state(first_));
    const std::string name = TRY(file_name(copy_, *state));
    exec::CopyInput input;
    input.format = format_of(copy_, name);
    Result<std::vector<std::string>> paths = state->call.files->find(name);
    if (!paths) return std::move(paths).error().at(copy_.span);
    input.paths = std::move(*paths);
    input.schema = first_->schema.get();
    input.table = &first_->schema->table(copy_.table);
    input.keeps_text = copy_.rejects.has_value();
    if (copy_.rejects) TRY(open_rejects(*state->call.files));
    is_repeatable_ = std::ranges::all_of(input.paths, is_plain_file);
    input_ = std::move(input);
    Status copied = copy_all();
    if (!copied && has_lost_load_) {
      // Somebody else was there: the table is as others left it, so once more, row by row.
      kept_ = 0;
      copied = copy_all();
    }
    // Also what was rejected before a failure is told.
    if (rejects_) TRY(rejects_->finish());
    if (!copied) return std::move(copied).error().at(copy_.span);
    state->statistics.affected = kept_;
    return state;
  }

 private:
  Status open_rejects(const FileAccess& files) {
    Result<std::string> path = files.place(*copy_.rejects);
    if (!path) return std::move(path).error().at(copy_.span);
    rejects_.emplace(TRY(FileWriter::create(*path)));
    return {};
  }

  // Finds what is wrong with the files as such before the first row is kept. What rules of the
  // table refuse is found when a row is written.
  Status check_files() {
    if (!checked_) checked_ = check_all();
    return *checked_;
  }

  Status check_all() const {
    if (open_ != nullptr || rejects_ || !is_repeatable_) return {};
    const auto reader = exec::make_copy_reader(input_, copy_);
    // Of a statement that is to end, whoever writes the first rows says why.
    while (!runner_.is_cancelled() && !runner_.is_late()) {
      const Result<bool> checked = reader->check();
      if (!checked) {
        const Error& error = checked.error();
        return Error(error.code(), std::string(error.message()) + "; nothing is kept")
            .at(copy_.span);
      }
      if (!*checked) break;
    }
    return {};
  }

  Status copy_all() {
    CopyFeed feed(exec::make_copy_reader(input_, copy_));
    while (std::optional<CopyFeed::Item> item = feed.next()) {
      const exec::CopyBatch& batch = item->batch;
      Status kept = item->failure ? Status(*item->failure) : take(batch);
      if (!kept) {
        if (Status files = check_files(); !files) {
          load_.reset();
          return files;
        }
        // The rows before are kept.
        TRY(finish_load());
        return not_kept(batch, kept.error());
      }
      kept_ += batch.rows.size() - (rejects_ ? rejects_->count() : 0);
      if (rejects_) TRY(rejects_->write());
    }
    return finish_load();
  }

  Status take(const exec::CopyBatch& batch) {
    if (open_ != nullptr) return write(*open_, planned_, batch);
    const bool is_large = batch.rows.size() >= exec::kCopyRowsMax && kept_ == 0;
    if (is_large && !rejects_ && is_repeatable_ && !has_lost_load_) {
      Result<std::unique_ptr<BulkLoad>> started = runner_.start_load(copy_.table);
      if (started) {
        load_ = std::move(*started);
      } else if (!started.error().is_retryable()) {
        return std::move(started).error();
      }
    }
    if (load_ != nullptr && TRY(load(batch))) return {};
    TRY(check_files());
    TRY(finish_load());
    return keep(batch);
  }

  // False: the rows have to go in as usual.
  Result<bool> load(const exec::CopyBatch& batch) {
    auto transaction = runner_.begin(txn::Access::ReadWrite);
    TRY(plan_anew(transaction));
    if (planned_->schema->version() != load_->schema()) {
      load_.reset();
      has_lost_load_ = true;
      return Error(ErrorCode::E0801, "the definitions changed while COPY ran");
    }
    transaction.start_load(load_->old_prefix());
    {
      const txn::ReadGuard guard(transaction);
      TRY(write(transaction, planned_, batch));
    }
    // Rules that read records would miss the rows before, and changes of others till the end.
    if (transaction.reads_beside_writes()) return false;
    TRY(runner_.check_storage(*planned_, transaction, load_->byte_count()));
    return load_->add(transaction.take_writes());
  }

  Status finish_load() {
    if (load_ == nullptr) return {};
    const std::unique_ptr<BulkLoad> load = std::move(load_);
    if (!load->has_rows()) return {};
    Status finished = load->finish(runner_.options(txn::Access::ReadWrite).durability);
    has_lost_load_ = !finished && finished.error().code() == ErrorCode::E0801;
    return finished;
  }

  // Says from where on the rows have to be copied again.
  Error not_kept(const exec::CopyBatch& batch, const Error& error) const {
    if (open_ != nullptr || batch.is_empty()) return error;
    const std::string from = batch.place(0);
    std::string message(error.message());
    message += error.is_maybe_committed()
                   ? "; the rows before " + from + " are kept, of those behind it is not known"
                   : "; nothing from " + from + " on is kept";
    return Error(error.code(), std::move(message));
  }

  // The batch in a transaction of its own, which is run again on a definite conflict.
  Status keep(const exec::CopyBatch& batch) {
    for (int attempt = 1;; ++attempt) {
      Status kept = attempt_batch(batch);
      if (kept || !kept.error().is_retryable() || kept.error().code() == ErrorCode::E0808 ||
          attempt == StatementRunner::kAttemptsMax || runner_.is_cancelled())
        return kept;
      if (rejects_) rejects_->forget();
    }
  }

  Status attempt_batch(const exec::CopyBatch& batch) {
    auto transaction = runner_.begin(txn::Access::ReadWrite);
    TRY(plan_anew(transaction));
    TRY(write(transaction, planned_, batch));
    TRY(runner_.check_storage(*planned_, transaction));
    const auto committed = transaction.commit();
    return committed ? ok_status() : Status(committed.error());
  }

  // For the definitions that the transaction sees.
  Status plan_anew(txn::Transaction& transaction) {
    const SchemaPtr schema = TRY(runner_.schema_for(script_, index_, transaction));
    if (schema == planned_->schema && runner_.access_key() == planned_->access_key) return {};
    planned_ = TRY(runner_.plan_for(script_, index_, schema));
    const auto& now = std::get<CopyStatement>(planned_->checked->body);
    if (now.table != copy_.table ||
        !is_same_shape(schema->table(now.table), first_->schema->table(copy_.table)))
      return Error(ErrorCode::E0808, "the table was changed while COPY ran");
    return {};
  }

  Status write(txn::Transaction& transaction, const PlannedPtr& planned,
               const exec::CopyBatch& batch) {
    exec::CopyRange range{&batch, 0, batch.rows.size(), std::nullopt};
    if (!rejects_) return execute(transaction, planned, range);
    const txn::SavepointId before = transaction.savepoint();
    Status written = execute(transaction, planned, range);
    if (!written && is_fault_of_row(written.error())) {
      transaction.rollback_to(before);
      written = write_one_by_one(transaction, planned, batch);
    }
    transaction.release(before);
    return written;
  }

  Status write_one_by_one(txn::Transaction& transaction, const PlannedPtr& planned,
                          const exec::CopyBatch& batch) {
    for (size_t row = 0; row < batch.rows.size(); ++row) {
      const txn::SavepointId before = transaction.savepoint();
      exec::CopyRange range{&batch, row, row + 1, std::nullopt};
      Status written = execute(transaction, planned, range);
      if (!written) {
        if (!is_fault_of_row(written.error())) return written;
        transaction.rollback_to(before);
        rejects_->note(batch, row, written.error());
      }
      transaction.release(before);
    }
    return {};
  }

  Status execute(txn::Transaction& transaction, const PlannedPtr& planned, exec::CopyRange& range) {
    const StatementRunner::ResultPtr state = TRY(runner_.copy_state(planned));
    exec::ExecContext context = runner_.exec_context(*state, transaction);
    context.copy = &range;
    const auto stream = exec::execute(planned->plan, context);
    if (stream) return {};
    const bool is_placed = !range.failed || range.batch->rows[*range.failed].misfit;
    if (is_placed) return stream.error();
    return Error(stream.error().code(),
                 range.batch->place(*range.failed) + ": " + std::string(stream.error().message()));
  }

  StatementRunner& runner_;
  const Script& script_;
  size_t index_;
  PlannedPtr first_;    // what the reader reads for
  PlannedPtr planned_;  // for the schema of the last transaction
  txn::Transaction* open_;
  const CopyStatement& copy_;
  exec::CopyInput input_;
  std::optional<Status> checked_;  // what check_files() found
  bool is_repeatable_ = false;     // the files can be read once more
  std::optional<RejectFile> rejects_;
  std::unique_ptr<BulkLoad> load_;  // while the rows of a first large batch and on go in so
  bool has_lost_load_ = false;      // another transaction came in between
  uint64_t kept_ = 0;
};

Result<std::unique_ptr<BulkLoad>> StatementRunner::start_load(TableId table) {
  return BulkLoad::start(session_.database_, session_.current_, table);
}

Result<StatementRunner::ResultPtr> StatementRunner::copy_state(const PlannedPtr& planned) {
  ResultPtr state = new_state(planned);
  session_.schema_ = planned->schema;
  state->parameters = TRY(bind_parameters(*planned));
  return state;
}

Result<StatementRunner::ResultPtr> StatementRunner::copy_from(const Script& script, size_t index,
                                                              PlannedPtr planned,
                                                              txn::Transaction* open) {
  return CopyFrom(*this, script, index, std::move(planned), open).run();
}

Status StatementRunner::copy_to(const CopyStatement& copy, ResultState& state) {
  const std::string name = TRY(file_name(copy, state));
  Result<std::string> path = state.call.files->place(name);
  if (!path) return std::move(path).error().at(copy.span);
  FileWriter file = TRY(FileWriter::create(*path));
  std::vector<std::string> columns;
  for (const sema::Output& output : state.planned->checked->query(copy.query).outputs)
    columns.push_back(output.name);
  exec::CopyWriter writer(copy, format_of(copy, name), std::move(columns),
                          state.planned->schema->names());
  std::string text;
  uint64_t rows = 0;
  writer.begin(text);
  for (;;) {
    const exec::RowBatch batch = TRY(state.stream->next());
    if (batch.is_empty()) break;
    writer.append(batch, text);
    rows += batch.rows();
    if (text.size() < kWriteBytes) continue;
    TRY(file.write(text));
    text.clear();
  }
  writer.end(text);
  TRY(file.write(text));
  TRY(file.finish());
  state.finish_stream();
  state.stream.reset();
  state.own_transaction.reset();
  state.statistics.affected = rows;
  return {};
}

}  // namespace zerodb::database
