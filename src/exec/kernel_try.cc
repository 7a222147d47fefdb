// try(e): the errors that single rows meet become values.
//
// The body runs over all rows at once. A kernel that fails names the first row that does, which
// has got through all before; that row gets its error, and what is left of the rows runs again in
// two halves. So a batch without errors costs one run, one with k of them at most 3k + 1, and each
// row runs through the body as often as the batch can be halved. Rows that run again call volatile
// functions again.
#include <algorithm>
#include <vector>

#include "base/assert.h"
#include "exec/interpreter.h"
#include "exec/kernel.h"
#include "exec/state.h"
#include "value/zval_builder.h"

namespace zerodb::exec {
namespace {

// Errors of values; not those of limits, permissions, conflicts and the store.
bool is_caught(ErrorCode code) {
  return (code >= ErrorCode::E0620 && code <= ErrorCode::E0628) ||
         (code >= ErrorCode::E0901 && code <= ErrorCode::E0908);
}

class Attempts {
 public:
  explicit Attempts(const Call& call)
      : instance_(call.instance),
        first_(static_cast<uint32_t>(&call.instr - instance_.program->instrs.data()) + 1),
        last_(first_ + call.instr.imm),
        batch_rows_(call.rows),
        fine_(call.column(call.instr.dst).as<uint8_t>()),
        valid_(call.column(call.instr.dst).valid),
        dst_(call.column(instance_.program->instrs[last_ - 1].dst)) {
    std::fill_n(fine_, batch_rows_, uint8_t{0});
    std::fill_n(valid_, batch_rows_, uint8_t{1});
    for (uint32_t row = 0; row < call.rows; ++row) {
      if (call.takes(row)) rows_.push_back(row);
    }
  }

  KernelResult run() {
    KernelResult result = run(0, rows_.size());
    instance_.header().rows = batch_rows_;
    return result;
  }

 private:
  // Rows by position in rows_; a body that succeeds has written their results.
  KernelResult run(size_t from, size_t to) {
    if (from == to) return std::nullopt;
    admit(from, to);
    const uint32_t top = instance_.arena->top();
    if (execute(instance_, first_, last_)) return std::nullopt;
    const uint32_t row = instance_.header().error_row;
    Error error = error_of(instance_);
    instance_.header().error_code = 0;
    if (!is_caught(error.code())) return KernelError(row, std::move(error));
    instance_.arena->rewind(top);
    if (Status stored = store_error(row, error); !stored)
      return KernelError(row, std::move(stored).error());
    return run_rest(from, to, row);
  }

  KernelResult run_rest(size_t from, size_t to, uint32_t failed) {
    const auto found = std::lower_bound(rows_.begin(), rows_.end(), failed);
    const auto at = static_cast<size_t>(found - rows_.begin());
    ASSERT(at >= from && at < to && rows_[at] == failed);
    const size_t middle = from + (to - from) / 2;
    KernelResult result = run(from, std::min(at, middle));
    if (!result && at > middle) result = run(middle, at);
    if (!result && at < middle) result = run(at + 1, middle);
    if (!result) result = run(std::max(at + 1, middle), to);
    return result;
  }

  void admit(size_t from, size_t to) {
    std::fill_n(fine_, batch_rows_, uint8_t{0});
    for (size_t i = from; i < to; ++i) fine_[rows_[i]] = 1;
    instance_.header().rows = rows_[to - 1] + 1;
  }

  Status store_error(uint32_t row, const Error& error) {
    const Value text = Value::string(error.message());
    const Value failure = TRY(make_err(text));
    return store_value(*instance_.arena, dst_, row, failure);
  }

  ProgramInstance& instance_;
  const uint32_t first_;  // of the body's instructions
  const uint32_t last_;   // one past the end; the Success stands right before
  const uint32_t batch_rows_;
  uint8_t* fine_;
  uint8_t* valid_;
  Column dst_;
  std::vector<uint32_t> rows_;
};

}  // namespace

KernelResult run_try(const Call& call) {
  return Attempts(call).run();
}

}  // namespace zerodb::exec
