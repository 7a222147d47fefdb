// Library: the functions that a generated module carries along because its loops need them more
// than once.
//
// Only those that a loop asked for are put into the module.
// Threading: belongs to one thread.
#pragma once

#include <optional>

#include "wasm/module_builder.h"

namespace zerodb::wasm {

class Library {
 public:
  explicit Library(ModuleBuilder& module) : module_(module) {}

  // (i64 a, i64 b) -> (i64 low, i64 high) of the signed product.
  FunctionIndex multiply_wide();
  // (i64) -> i64 with its bytes in the opposite order.
  FunctionIndex byte_swap();
  // (i32 a, i32 b, i32 size) -> i32: whether the bytes at two addresses are equal.
  FunctionIndex bytes_equal();
  // (i32 a, i32 b) -> i32: order of the texts whose TextViews lie at two addresses, below, at or
  // above 0.
  FunctionIndex compare_texts();

 private:
  FunctionIndex add(const FunctionBuilder& body);

  ModuleBuilder& module_;
  std::optional<FunctionIndex> multiply_wide_;
  std::optional<FunctionIndex> byte_swap_;
  std::optional<FunctionIndex> bytes_equal_;
  std::optional<FunctionIndex> compare_texts_;
};

}  // namespace zerodb::wasm
