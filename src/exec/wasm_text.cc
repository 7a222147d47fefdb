#include "exec/wasm_text.h"

#include <zerodb_wasm_text.h>

#include "plan/explain.h"
#include "wasm/codegen.h"

namespace zerodb::exec {
namespace {

void take(void* sink, const char* text, size_t length) {
  static_cast<std::string*>(sink)->append(text, length);
}

Status append_module(const plan::Program& program, const std::string& title, std::string& out) {
  out += ";; " + title + "\n";
  if (program.instrs.size() > plan::kCompiledInstrsMax) {
    out += ";; not compiled: so many instructions are left to the interpreter\n";
    return ok_status();
  }
  const std::vector<uint8_t> code = wasm::compile(program, plan::layout_of(program));
  if (!zerodb_wasm_text(code.data(), code.size(), &out, take))
    return Error(ErrorCode::E1299, "generated code is not valid: " + title);
  if (!out.ends_with('\n')) out += '\n';
  return ok_status();
}

}  // namespace

Result<std::string> wasm_text(const plan::Plan& plan) {
  std::string out;
  for (size_t i = 0; i < plan.nodes.size(); ++i) {
    const plan::NodeId id(static_cast<uint32_t>(i));
    const plan::ProgramPtr& program = plan.node(id).program;
    if (program != nullptr && !program->instrs.empty())
      TRY(append_module(*program, plan::node_title(plan, id), out));
  }
  return out;
}

}  // namespace zerodb::exec
