#include "wasm/disassembly.h"

#include <gtest/gtest.h>

#include "wasm/codegen.h"
#include "wasm/module_builder.h"
#include "wasm/program_generator.h"

namespace zerodb::wasm {
namespace disassembly_test {

void check(const Bytes& module, const std::string& expected) {
  EXPECT_EQ(disassemble(module), expected);
}

TEST(Disassembly, SmallModule) {
  const Signature signature{.parameters = {ValueType::I32}, .results = {ValueType::I32}};
  ModuleBuilder module;
  module.import_memory("env", "memory", 1);
  const FunctionIndex host = module.import_function("env", "call", signature);
  FunctionBuilder code(signature);
  code.local(ValueType::V128);
  const Label block = code.block();
  code.get(code.parameter(0));
  code.br_if(block);
  code.i64_const(-123456789012);
  code.i64x2_splat();
  code.i64x2_extract_lane(1);
  code.drop();
  code.end();
  code.get(code.parameter(0));
  code.i32_load(70000);
  code.call(host);
  module.define(module.declare(signature), code);
  check(module.bytes(),
        "import memory env.memory\n"
        "import function 0 env.call\n"
        "function 1\n"
        "  locals 1 v128\n"
        "  block\n"
        "    local.get 0\n"
        "    br_if 0\n"
        "    i64.const -123456789012\n"
        "    i64x2.splat\n"
        "    i64x2.extract_lane 1\n"
        "    drop\n"
        "  end\n"
        "  local.get 0\n"
        "  i32.load offset=70000\n"
        "  call 0\n"
        "end\n");
}

TEST(Disassembly, KnowsEverythingThatIsGenerated) {
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    SeededRandom random(seed);
    const GeneratedProgram generated = generate_program(random);
    const std::string text =
        disassemble(compile(generated.program, plan::layout_of(generated.program)));
    EXPECT_EQ(text.find("unknown"), std::string::npos) << "seed " << seed << "\n" << text;
  }
}

TEST(Disassembly, DamagedModulesDoNotCrash) {
  SeededRandom random(1);
  const GeneratedProgram generated = generate_program(random);
  const Bytes module = compile(generated.program, plan::layout_of(generated.program));
  for (uint64_t round = 0; round < 2000; ++round) {
    Bytes damaged = module;
    damaged.resize(random.below(module.size() + 1));
    if (!damaged.empty())
      damaged[random.below(damaged.size())] = static_cast<uint8_t>(random.next());
    disassemble(damaged);
  }
}

}  // namespace disassembly_test
}  // namespace zerodb::wasm
