// Generated loops against the same loops in C++ on the same columns (P13), and what a module costs
// until it runs (P12).
//
// The C++ loops keep the promises of the language: checked products, sums of 128 bits, counts
// beside sums, absence tested.
#include <benchmark/benchmark.h>

#include "base/random.h"
#include "exec/arena_wasm.h"
#include "exec/interpreter.h"
#include "wasm/codegen.h"

namespace zerodb::exec {
namespace {

using plan::AggregateSlot;
using plan::kNoReg;
using plan::Op;
using plan::Program;
using plan::Reg;

constexpr uint32_t kRows = limits::kBatchRowsMax;
constexpr uint32_t kGroups = 4;
// So many different batches in turn, that no branch predictor learns them by heart.
constexpr size_t kBatches = 64;
constexpr int64_t kParameters[] = {8766, 9131, 5, 7, 24};
enum Input : uint16_t { kShipped, kDiscount, kQuantity, kPrice, kFlag };

class Builder {
 public:
  Builder() {
    for (int i = 0; i < 5; ++i) program_->inputs.push_back(add(Physical::I64));
    for (uint32_t i = 0; i < 5; ++i) {
      program_->parameters.push_back(add(Physical::I64));
      program_->parameter_ids.push_back(i);
    }
  }
  Reg input(Input which) const { return program_->inputs[which]; }
  Reg parameter(size_t which) const { return program_->parameters[which]; }
  Reg emit(Op op, Reg a, Reg b, Reg mask, Physical gives) {
    const Reg dst = add(gives);
    program_->instrs.push_back(
        {.op = op, .physical = Physical::I64, .dst = dst, .a = a, .b = b, .mask = mask});
    return dst;
  }
  // The next condition of a conjunction.
  Reg narrow(Reg mask, Op op, Reg a, Reg b) {
    const Reg holds = emit(op, a, b, mask, Physical::Bool);
    return emit(Op::MaskAnd, mask, holds, kNoReg, Physical::Bool);
  }
  void aggregate(AggregateSlot::Kind kind, Reg group, Reg argument, Reg mask) {
    AggregateSlot slot;
    slot.kind = kind;
    slot.offset = program_->state_stride;
    program_->state_stride += plan::state_width(kind);
    program_->aggregates.push_back(slot);
    const auto imm = static_cast<uint32_t>(program_->aggregates.size() - 1);
    program_->instrs.push_back({.op = Op::AggregateInline,
                                .physical = Physical::I64,
                                .a = group,
                                .b = argument,
                                .mask = mask,
                                .imm = imm});
  }
  std::shared_ptr<const Program> finish() { return std::move(program_); }

 private:
  Reg add(Physical physical) {
    program_->registers.push_back(
        {physical, physical == Physical::Bool ? Type::boolean() : Type::int64()});
    return Reg{static_cast<Reg::rep>(program_->registers.size() - 1)};
  }
  std::shared_ptr<Program> program_ = std::make_shared<Program>();
};

// sum(price * discount) under five conditions, after TPC-H query 6.
std::shared_ptr<const Program> filter_and_sum() {
  Builder build;
  Reg mask = build.emit(Op::GreaterEqual, build.input(kShipped), build.parameter(0), kNoReg,
                        Physical::Bool);
  mask = build.narrow(mask, Op::Less, build.input(kShipped), build.parameter(1));
  mask = build.narrow(mask, Op::GreaterEqual, build.input(kDiscount), build.parameter(2));
  mask = build.narrow(mask, Op::LessEqual, build.input(kDiscount), build.parameter(3));
  mask = build.narrow(mask, Op::Less, build.input(kQuantity), build.parameter(4));
  const Reg product = build.emit(Op::MultiplyChecked, build.input(kPrice), build.input(kDiscount),
                                 mask, Physical::I64);
  build.aggregate(AggregateSlot::Kind::SumI64, kNoReg, product, mask);
  return build.finish();
}

// Five sums and a count for each of four groups, after TPC-H query 1.
std::shared_ptr<const Program> group_and_sum() {
  using Kind = AggregateSlot::Kind;
  Builder build;
  const Reg mask = build.emit(Op::GreaterEqual, build.input(kShipped), build.parameter(0), kNoReg,
                              Physical::Bool);
  const Reg product = build.emit(Op::MultiplyChecked, build.input(kPrice), build.input(kDiscount),
                                 mask, Physical::I64);
  const Reg charge =
      build.emit(Op::MultiplyChecked, product, build.input(kQuantity), mask, Physical::I64);
  for (const Reg summand :
       {build.input(kQuantity), build.input(kPrice), product, charge, build.input(kDiscount)}) {
    build.aggregate(Kind::SumI64, build.input(kFlag), summand, mask);
  }
  build.aggregate(Kind::Count, build.input(kFlag), kNoReg, mask);
  return build.finish();
}

// A program with kBatches filled frames in one memory, all of which share their group states.
struct Bound {
  explicit Bound(std::shared_ptr<const Program> bound)
      : program(std::move(bound)), instances(kBatches) {
    Arena& arena = memory->arena();
    const uint32_t states = arena.allocate(kGroups * program->state_stride);
    std::memset(arena.at<char>(states), 0, kGroups * program->state_stride);
    SeededRandom random(1);
    for (ProgramInstance& instance : instances) {
      instance.program = program.get();
      instance.layout = &layout;
      instance.arena = &arena;
      instance.frame = arena.allocate(layout.size);
      plan::FrameHeader& header = instance.header();
      header = {};
      header.rows = kRows;
      header.host = reinterpret_cast<uint64_t>(&instance);
      header.group_count = kGroups;
      header.group_states = states;
      fill(instance, random);
    }
  }
  void fill(ProgramInstance& instance, Random& random) {
    const uint64_t ranges[] = {2500, 11, 50, 10'000'000, kGroups};
    const int64_t starts[] = {8000, 0, 1, 90'000, 0};
    for (size_t i = 0; i < 5; ++i) {
      for (uint32_t row = 0; row < kRows; ++row) {
        values(instance, program->inputs[i])[row] =
            starts[i] + static_cast<int64_t>(random.below(ranges[i]));
        values(instance, program->parameters[i])[row] = kParameters[i];
        valid(instance, program->inputs[i])[row] = valid(instance, program->parameters[i])[row] = 1;
      }
    }
  }
  ProgramInstance& next() { return instances[at++ % kBatches]; }
  int64_t* values(ProgramInstance& instance, Reg reg) {
    return memory->arena().at<int64_t>(instance.slot(reg).values);
  }
  uint8_t* valid(ProgramInstance& instance, Reg reg) {
    return memory->arena().at<uint8_t>(instance.slot(reg).valid);
  }

  WasmMemoryProvider provider;
  std::shared_ptr<const Program> program;
  plan::FrameLayout layout = plan::layout_of(*program);
  std::unique_ptr<StatementMemory> memory = provider.acquire().value();
  std::vector<ProgramInstance> instances;
  size_t at = 0;
};

// The input columns of the next batch as plain arrays.
struct Arrays {
  explicit Arrays(Bound& bound) {
    ProgramInstance& instance = bound.next();
    for (size_t i = 0; i < 5; ++i) {
      columns[i] = bound.values(instance, bound.program->inputs[i]);
      valid[i] = bound.valid(instance, bound.program->inputs[i]);
    }
  }
  const int64_t* columns[5];
  const uint8_t* valid[5];
};

void count_rows(benchmark::State& state) {
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()) * kRows);
}

void run_tier(benchmark::State& state, std::shared_ptr<const Program> program, Tier tier) {
  Bound bound(std::move(program));
  InterpreterRunner interpreter;
  const auto generated =
      bound.memory->generated(bound.program, bound.layout, Readiness::Wait).value();
  ProgramRunner& runner = tier == Tier::Wasm ? *generated : interpreter;
  for (auto _ : state) {
    const Status status = runner.run(bound.next());
    ASSERT(status.has_value());
  }
  count_rows(state);
}

void filter_and_sum_native(benchmark::State& state) {
  Bound bound(filter_and_sum());
  i128 sum = 0;
  uint64_t count = 0;
  for (auto _ : state) {
    const auto [columns, valid] = Arrays(bound);
    const int64_t* shipped = columns[kShipped];
    const int64_t* discount = columns[kDiscount];
    const int64_t* quantity = columns[kQuantity];
    const int64_t* price = columns[kPrice];
    for (uint32_t row = 0; row < kRows; ++row) {
      if (!valid[0][row] || shipped[row] < kParameters[0] || shipped[row] >= kParameters[1])
        continue;
      if (!valid[1][row] || discount[row] < kParameters[2] || discount[row] > kParameters[3])
        continue;
      if (!valid[2][row] || quantity[row] >= kParameters[4] || !valid[3][row]) continue;
      int64_t product = 0;
      ASSERT(!__builtin_mul_overflow(price[row], discount[row], &product));
      sum += product;
      ++count;
    }
    benchmark::DoNotOptimize(sum);
    benchmark::DoNotOptimize(count);
  }
  count_rows(state);
}

void group_and_sum_native(benchmark::State& state) {
  struct Sum {
    i128 sum = 0;
    uint64_t count = 0;
  };
  struct Group {
    Sum sums[5];
    uint64_t count = 0;
  };
  Bound bound(group_and_sum());
  std::vector<Group> groups(kGroups);
  for (auto _ : state) {
    const auto [columns, valid] = Arrays(bound);
    for (uint32_t row = 0; row < kRows; ++row) {
      if (!valid[kShipped][row] || columns[kShipped][row] < kParameters[0]) continue;
      Group& group = groups[static_cast<size_t>(columns[kFlag][row])];
      const auto add = [](Sum& sum, int64_t value) {
        sum.sum += value;
        ++sum.count;
      };
      const bool has_quantity = valid[kQuantity][row] != 0;
      const bool has_product = valid[kPrice][row] != 0 && valid[kDiscount][row] != 0;
      if (has_quantity) add(group.sums[0], columns[kQuantity][row]);
      if (valid[kPrice][row]) add(group.sums[1], columns[kPrice][row]);
      int64_t product = 0;
      int64_t charge = 0;
      if (has_product) {
        ASSERT(!__builtin_mul_overflow(columns[kPrice][row], columns[kDiscount][row], &product));
        add(group.sums[2], product);
      }
      if (has_product && has_quantity) {
        ASSERT(!__builtin_mul_overflow(product, columns[kQuantity][row], &charge));
        add(group.sums[3], charge);
      }
      if (valid[kDiscount][row]) add(group.sums[4], columns[kDiscount][row]);
      ++group.count;
    }
    benchmark::DoNotOptimize(groups.data());
    benchmark::ClobberMemory();
  }
  count_rows(state);
}

BENCHMARK_CAPTURE(run_tier, filter_and_sum_wasm, filter_and_sum(), Tier::Wasm);
BENCHMARK(filter_and_sum_native);
BENCHMARK_CAPTURE(run_tier, filter_and_sum_interpreter, filter_and_sum(), Tier::Interpreter);
BENCHMARK_CAPTURE(run_tier, group_and_sum_wasm, group_and_sum(), Tier::Wasm);
BENCHMARK(group_and_sum_native);
BENCHMARK_CAPTURE(run_tier, group_and_sum_interpreter, group_and_sum(), Tier::Interpreter);

void emit_module(benchmark::State& state) {
  const auto program = filter_and_sum();
  const plan::FrameLayout layout = plan::layout_of(*program);
  for (auto _ : state) benchmark::DoNotOptimize(wasm::compile(*program, layout));
}
BENCHMARK(emit_module);

void compile_module(benchmark::State& state) {
  const auto program = state.range(0) == 0 ? filter_and_sum() : group_and_sum();
  const auto bytes = wasm::compile(*program, plan::layout_of(*program));
  const auto engine = WasmEngine::create().value();
  for (auto _ : state) benchmark::DoNotOptimize(engine->compile(bytes).value());
}
BENCHMARK(compile_module)->Arg(0)->Arg(1);

void start_instance(benchmark::State& state) {
  const auto program = filter_and_sum();
  const auto engine = WasmEngine::create().value();
  const auto module = engine->compile(wasm::compile(*program, plan::layout_of(*program))).value();
  auto store = WasmStore::create(*engine, nullptr).value();
  for (auto _ : state) {
    if (store->instance_count() == WasmMemoryProvider::kInstancesMax) {
      state.PauseTiming();
      store = WasmStore::create(*engine, nullptr).value();
      state.ResumeTiming();
    }
    benchmark::DoNotOptimize(store->instantiate(*module).value());
  }
}
BENCHMARK(start_instance);

}  // namespace
}  // namespace zerodb::exec
