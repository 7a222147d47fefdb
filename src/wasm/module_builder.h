// ModuleBuilder and FunctionBuilder: write a WebAssembly module byte by byte.
//
// A FunctionBuilder has one method an instruction and appends its code; it knows locals and labels
// but does not check types: the validator of the runtime does, and wasm-validate in the tests. A
// ModuleBuilder collects types, imports, functions and exports and joins them into the binary.
// Imports come before functions in every index space, so they are declared first. Invariant:
// bytes() is called once, after every function was defined and every block ended. Threading:
// belongs to one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/assert.h"
#include "base/strong_id.h"

namespace zerodb::wasm {

using Bytes = std::vector<uint8_t>;

enum class ValueType : uint8_t { I32 = 0x7f, I64 = 0x7e, F64 = 0x7c, V128 = 0x7b };

// A local of the function that is being written, parameters first.
using Local = StrongId<struct LocalTag, uint32_t>;
using FunctionIndex = StrongId<struct FunctionIndexTag, uint32_t>;

struct Signature {
  std::vector<ValueType> parameters;
  std::vector<ValueType> results;
  bool operator==(const Signature&) const = default;
};

// Appends an integer in LEB128.
void put_unsigned(Bytes& out, uint64_t value);
void put_signed(Bytes& out, int64_t value);

// A block that br() may leave, or a loop that it may repeat.
struct Label {
  uint32_t depth = 0;
};

class FunctionBuilder {
 public:
  explicit FunctionBuilder(Signature signature) : signature_(std::move(signature)) {}

  const Signature& signature() const { return signature_; }
  Local parameter(uint32_t position) const { return Local{position}; }
  // A local that nothing else uses until reset_locals(); it may hold a value of an earlier user.
  Local local(ValueType type);
  // Makes every local but the parameters available again.
  void reset_locals();

#define ZERODB_PLAIN(method, code, text) \
  void method() { put_opcode(code); }
#define ZERODB_MEMORY(method, code, alignment, text) \
  void method(uint32_t offset) { put_memory(code, alignment, offset); }
#include "wasm/opcodes.def"

  void i32_const(int32_t value);
  void i64_const(int64_t value);
  void f64_const(double value);
  void i64x2_extract_lane(uint8_t lane);
  void get(Local local);
  void set(Local local);
  void tee(Local local);
  void call(FunctionIndex function);

  // Control. `if_` takes its condition from the stack; none of them leaves values.
  Label block();
  Label loop();
  Label if_();
  void else_();
  void end();
  void br(Label label);
  void br_if(Label label);

  // Local declarations and code, as they stand in the code section.
  Bytes body() const;

 private:
  void put_opcode(uint32_t code);
  void put_memory(uint32_t code, uint32_t alignment, uint32_t offset);
  Label open(uint8_t code);
  void put_depth(Label label);

  Signature signature_;
  std::vector<ValueType> locals_;
  std::vector<bool> in_use_;
  uint32_t depth_ = 0;
  Bytes code_;
};

class ModuleBuilder {
 public:
  void import_memory(std::string_view module, std::string_view name, uint32_t pages_min);
  FunctionIndex import_function(std::string_view module, std::string_view name,
                                const Signature& signature);
  // Reserves the index of a function; define() gives it its body.
  FunctionIndex declare(const Signature& signature);
  void define(FunctionIndex function, const FunctionBuilder& body);
  void export_function(std::string_view name, FunctionIndex function);

  Bytes bytes() const;

 private:
  struct Function {
    uint32_t type = 0;
    Bytes body;
  };

  uint32_t type_index(const Signature& signature);

  std::vector<Signature> types_;
  Bytes imports_;
  uint32_t import_count_ = 0;
  uint32_t imported_functions_ = 0;
  std::vector<Function> functions_;
  Bytes exports_;
  uint32_t export_count_ = 0;
};

}  // namespace zerodb::wasm
