#include "exec/wasm_runtime.h"

#include <gtest/gtest.h>

#include <functional>

#include "exec/wasm_runner.h"
#include "wasm/module_builder.h"

namespace zerodb::exec {
namespace wasm_runtime_test {

using wasm::FunctionBuilder;
using wasm::FunctionIndex;
using wasm::ModuleBuilder;
using wasm::Signature;
using wasm::ValueType;

// A module whose `run` has the given body.
wasm::Bytes module_of(const std::function<void(FunctionBuilder&, FunctionIndex host)>& write) {
  const Signature signature{.parameters = {ValueType::I32, ValueType::I32},
                            .results = {ValueType::I32}};
  ModuleBuilder module;
  module.import_memory("env", "memory", 1);
  const FunctionIndex host = module.import_function("env", "call", signature);
  const FunctionIndex run = module.declare(signature);
  FunctionBuilder code(signature);
  write(code, host);
  module.define(run, code);
  module.export_function("run", run);
  return module.bytes();
}

bool no_host(const Arena&, uint32_t, uint32_t) {
  return true;
}

std::string check(const WasmEngine& engine, WasmStore& store, const wasm::Bytes& bytes) {
  auto module = engine.compile(bytes);
  if (!module) return std::string(module.error().message());
  auto instance = store.instantiate(**module);
  if (!instance) return std::string(instance.error().message());
  auto outcome = store.run(*instance, 1 << 20, 3);
  if (outcome) return *outcome == WasmOutcome::Done ? "done" : "error in frame";
  EXPECT_EQ(outcome.error().code(), ErrorCode::E1299);
  return std::string(outcome.error().message());
}

struct Fixture {
  std::unique_ptr<WasmEngine> engine = WasmEngine::create().value();
  std::unique_ptr<WasmStore> store = WasmStore::create(*engine, no_host).value();
};

TEST(WasmRuntime, ResultsComeBack) {
  Fixture fixture;
  EXPECT_EQ(check(*fixture.engine, *fixture.store,
                  module_of([](FunctionBuilder& code, FunctionIndex) { code.i32_const(0); })),
            "done");
  EXPECT_EQ(check(*fixture.engine, *fixture.store,
                  module_of([](FunctionBuilder& code, FunctionIndex) { code.i32_const(1); })),
            "error in frame");
}

TEST(WasmRuntime, TrapsAreErrors) {
  Fixture fixture;
  const std::string unreachable =
      check(*fixture.engine, *fixture.store,
            module_of([](FunctionBuilder& code, FunctionIndex) { code.unreachable(); }));
  EXPECT_NE(unreachable.find("unreachable"), std::string::npos) << unreachable;
  // The last page of the address space is not part of the memory.
  const std::string outside =
      check(*fixture.engine, *fixture.store, module_of([](FunctionBuilder& code, FunctionIndex) {
        code.i32_const(-8);
        code.i32_load(16);
      }));
  EXPECT_NE(outside.find("out of bounds"), std::string::npos) << outside;
  const std::string division =
      check(*fixture.engine, *fixture.store, module_of([](FunctionBuilder& code, FunctionIndex) {
        code.i64_const(1);
        code.i64_const(0);
        code.i64_div_s();
        code.i32_wrap_i64();
      }));
  EXPECT_NE(division.find("divide by zero"), std::string::npos) << division;
  EXPECT_EQ(check(*fixture.engine, *fixture.store,
                  module_of([](FunctionBuilder& code, FunctionIndex) { code.i32_const(0); })),
            "done");
}

TEST(WasmRuntime, InvalidModulesAreErrors) {
  Fixture fixture;
  const std::string message =
      check(*fixture.engine, *fixture.store,
            module_of([](FunctionBuilder& code, FunctionIndex) { code.i64_const(0); }));
  EXPECT_NE(message.find("does not compile"), std::string::npos) << message;
  EXPECT_FALSE(fixture.engine->compile(wasm::Bytes{1, 2, 3}).has_value());
}

TEST(WasmRuntime, CodeAndHostShareTheMemory) {
  Fixture fixture;
  Arena& arena = fixture.store->arena();
  *arena.at<int32_t>((1 << 20) + 8) = 41;
  const std::string outcome =
      check(*fixture.engine, *fixture.store, module_of([](FunctionBuilder& code, FunctionIndex) {
        code.get(code.parameter(0));
        code.get(code.parameter(0));
        code.i32_load(8);
        code.i32_const(1);
        code.i32_add();
        code.i32_store(12);
        code.i32_const(0);
      }));
  EXPECT_EQ(outcome, "done");
  EXPECT_EQ(*arena.at<int32_t>((1 << 20) + 12), 42);
}

bool record_host(const Arena& arena, uint32_t frame, uint32_t instr) {
  arena.at<uint32_t>(frame)[instr] = 7;
  return instr == 2;
}

TEST(WasmRuntime, HostCallsGetFrameAndInstruction) {
  Fixture fixture;
  auto store = WasmStore::create(*fixture.engine, record_host).value();
  const auto call = [&](int32_t instr) {
    return check(*fixture.engine, *store,
                 module_of([instr](FunctionBuilder& code, FunctionIndex host) {
                   code.get(code.parameter(0));
                   code.i32_const(instr);
                   code.call(host);
                 }));
  };
  EXPECT_EQ(call(2), "done");
  EXPECT_EQ(call(5), "error in frame");
  EXPECT_EQ(store->arena().at<uint32_t>(1 << 20)[2], 7u);
  EXPECT_EQ(store->arena().at<uint32_t>(1 << 20)[5], 7u);
}

TEST(WasmRuntime, WholeAddressSpaceIsUsable) {
  Fixture fixture;
  Arena& arena = fixture.store->arena();
  EXPECT_EQ(arena.limit(), 0xffff0000u);
  *arena.at<char>(arena.limit() - 1) = 'x';
  EXPECT_EQ(*arena.at<char>(arena.limit() - 1), 'x');
  fixture.store->discard(1 << 20, arena.limit());
  EXPECT_EQ(*arena.at<char>(arena.limit() - 1), '\0');
}

}  // namespace wasm_runtime_test
}  // namespace zerodb::exec
