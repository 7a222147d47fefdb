#include "wasm/module_builder.h"

#include <gtest/gtest.h>

#include "wasm/validate_test.h"

namespace zerodb::wasm {
namespace module_builder_test {

void check_signed(int64_t value, const Bytes& expected) {
  Bytes out;
  put_signed(out, value);
  EXPECT_EQ(out, expected) << value;
}

TEST(Leb128, Signed) {
  check_signed(0, {0x00});
  check_signed(63, {0x3f});
  check_signed(64, {0xc0, 0x00});
  check_signed(-1, {0x7f});
  check_signed(-64, {0x40});
  check_signed(-65, {0xbf, 0x7f});
  check_signed(-123456, {0xc0, 0xbb, 0x78});
  check_signed(INT64_MIN, {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f});
  check_signed(INT64_MAX, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00});
}

TEST(Leb128, Unsigned) {
  Bytes out;
  put_unsigned(out, 0);
  put_unsigned(out, 127);
  put_unsigned(out, 128);
  put_unsigned(out, 624485);
  EXPECT_EQ(out, (Bytes{0x00, 0x7f, 0x80, 0x01, 0xe5, 0x8e, 0x26}));
}

TEST(ModuleBuilder, SmallestFunction) {
  const Signature signature{.parameters = {ValueType::I32}, .results = {ValueType::I32}};
  ModuleBuilder module;
  FunctionBuilder code(signature);
  code.get(code.parameter(0));
  const FunctionIndex function = module.declare(signature);
  module.define(function, code);
  module.export_function("f", function);
  EXPECT_EQ(module.bytes(), (Bytes{0,  'a', 's', 'm',  1,   0,    0, 0,        // head
                                   1,  6,   1,   0x60, 1,   0x7f, 1, 0x7f,     // one type
                                   3,  2,   1,   0,                            // one function of it
                                   7,  5,   1,   1,    'f', 0,    0,           // exported
                                   10, 6,   1,   4,    0,   0x20, 0, 0x0b}));  // local.get 0
}

TEST(ModuleBuilder, LocalsOfOneTypeAreDeclaredTogether) {
  FunctionBuilder code(Signature{});
  const Local first = code.local(ValueType::I64);
  EXPECT_EQ(code.local(ValueType::I64), Local{1});
  EXPECT_EQ(code.local(ValueType::F64), Local{2});
  code.reset_locals();
  EXPECT_EQ(code.local(ValueType::I64), first);
  EXPECT_EQ(code.body(), (Bytes{2, 2, 0x7e, 1, 0x7c, 0x0b}));
}

TEST(ModuleBuilder, LabelsCountFromTheInside) {
  const Signature signature{.parameters = {ValueType::I32}, .results = {}};
  FunctionBuilder code(signature);
  const Label outer = code.block();
  const Label inner = code.loop();
  code.get(code.parameter(0));
  code.br_if(outer);
  code.get(code.parameter(0));
  code.br_if(inner);
  code.end();
  code.end();
  EXPECT_EQ(code.body(), (Bytes{0, 0x02, 0x40, 0x03, 0x40, 0x20, 0, 0x0d, 1, 0x20, 0, 0x0d, 0, 0x0b,
                                0x0b, 0x0b}));
  ModuleBuilder module;
  module.define(module.declare(signature), code);
  expect_valid(module.bytes());
}

// Every instruction once, in code that nothing can reach, where operands may have any type.
TEST(ModuleBuilder, EveryInstructionIsKnownToTheValidator) {
  FunctionBuilder code(Signature{});
#define ZERODB_PLAIN(method, code_byte, text) \
  code.block();                               \
  code.unreachable();                         \
  code.method();                              \
  code.unreachable();                         \
  code.end();
#define ZERODB_MEMORY(method, code_byte, alignment, text) \
  code.block();                                           \
  code.unreachable();                                     \
  code.method(1 << 20);                                   \
  code.unreachable();                                     \
  code.end();
#include "wasm/opcodes.def"
  ModuleBuilder module;
  module.import_memory("env", "memory", 1);
  module.define(module.declare(Signature{}), code);
  expect_valid(module.bytes());
}

TEST(ModuleBuilder, ValidatorRefusesNonsense) {
  FunctionBuilder code(Signature{.parameters = {}, .results = {ValueType::I32}});
  code.i64_const(1);
  ModuleBuilder module;
  module.define(module.declare(code.signature()), code);
  EXPECT_FALSE(is_valid(module.bytes()));
}

}  // namespace module_builder_test
}  // namespace zerodb::wasm
