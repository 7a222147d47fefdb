#include "wasm/codegen.h"

#include "wasm/fusion.h"
#include "wasm/library.h"
#include "wasm/loop_writer.h"
#include "wasm/module_builder.h"

namespace zerodb::wasm {

namespace {

constexpr size_t kFunctionInstrsMax = 512;

}  // namespace

std::vector<uint8_t> compile(const plan::Program& program, const plan::FrameLayout& layout) {
  const Signature signature{.parameters = {ValueType::I32, ValueType::I32},
                            .results = {ValueType::I32}};
  ModuleBuilder module;
  module.import_memory("env", "memory", 1);
  const FunctionIndex host_call = module.import_function("env", "call", signature);
  const FunctionIndex run = module.declare(signature);
  Library library(module);
  const Fusion fusion = fuse(program);
  FunctionBuilder code(signature);
  const HostCalls host(code, host_call);
  // The loops of a long program are functions of their own, as compiling one long function takes
  // longer than that of its parts.
  const bool is_divided = program.instrs.size() > kFunctionInstrsMax;
  for (const uint32_t instr : fusion.first_calls) host.write(instr, instr + 1);
  for (const Segment& segment : fusion.segments) {
    if (!segment.is_loop) {
      host.write(segment.first, segment.last);
    } else if (is_divided) {
      const FunctionIndex loop = module.declare(signature);
      FunctionBuilder part(signature);
      const HostCalls calls(part, host_call);
      LoopWriter(part, {program, layout, fusion, library, calls}, segment).write();
      part.i32_const(0);
      module.define(loop, part);
      code.get(code.parameter(0));
      code.get(code.parameter(1));
      code.call(loop);
      code.if_();
      code.i32_const(1);
      code.return_();
      code.end();
    } else {
      code.reset_locals();
      LoopWriter(code, {program, layout, fusion, library, host}, segment).write();
    }
  }
  code.i32_const(0);
  module.define(run, code);
  module.export_function("run", run);
  return module.bytes();
}

std::string describe_segments(const plan::Program& program) {
  const Fusion fusion = fuse(program);
  std::string out;
  for (const uint32_t instr : fusion.first_calls) out += "first " + std::to_string(instr) + "\n";
  for (const Segment& segment : fusion.segments) {
    out += segment.is_loop ? "loop " : "host ";
    out += std::to_string(segment.first) + ".." + std::to_string(segment.last) + "\n";
  }
  return out;
}

}  // namespace zerodb::wasm
