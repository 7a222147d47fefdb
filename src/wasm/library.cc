#include "wasm/library.h"

#include "value/batch.h"

namespace zerodb::wasm {

namespace {

constexpr ValueType I32 = ValueType::I32;
constexpr ValueType I64 = ValueType::I64;

// local = (from & mask) << bits | (from >> bits) & mask, one step of turning the bytes around.
void swap_groups(FunctionBuilder& code, Local local, uint64_t mask, int64_t bits) {
  const auto signed_mask = static_cast<int64_t>(mask);
  code.get(local);
  code.i64_const(signed_mask);
  code.i64_and();
  code.i64_const(bits);
  code.i64_shl();
  code.get(local);
  code.i64_const(bits);
  code.i64_shr_u();
  code.i64_const(signed_mask);
  code.i64_and();
  code.i64_or();
  code.set(local);
}

// to = address of the bytes of the text whose view is at `view`.
void find_bytes(FunctionBuilder& code, Local view, Local size, Local to) {
  code.get(view);
  code.i32_load(0);
  code.set(size);
  code.get(view);
  code.i32_const(4);
  code.i32_add();
  code.get(view);
  code.i32_load(8);
  code.get(size);
  code.i32_const(kTextInlineMax);
  code.i32_le_u();
  code.select();
  code.set(to);
}

void advance(FunctionBuilder& code, Local local, int32_t by) {
  code.get(local);
  code.i32_const(by);
  code.i32_add();
  code.set(local);
}

struct Cursors {
  Local a;
  Local b;
  Local left;  // bytes that remain
};

// Loops over both texts eight bytes at a time, then byte by byte; `on_difference` is written where
// two pieces, which lie in x and y as 64-bit integers, differ.
template <typename OnDifference>
void write_walk(FunctionBuilder& code, const Cursors& at, Local x, Local y,
                OnDifference&& on_difference) {
  for (const int32_t step : {8, 1}) {
    const auto load = [&](Local from, Local to) {
      code.get(from);
      if (step == 8) {
        code.i64_load(0);
      } else {
        code.i32_load8_u(0);
        code.i64_extend_i32_u();
      }
      code.set(to);
    };
    const Label done = code.block();
    const Label again = code.loop();
    code.get(at.left);
    code.i32_const(step);
    code.i32_lt_u();
    code.br_if(done);
    load(at.a, x);
    load(at.b, y);
    code.get(x);
    code.get(y);
    code.i64_ne();
    code.if_();
    on_difference(step);
    code.end();
    advance(code, at.a, step);
    advance(code, at.b, step);
    advance(code, at.left, -step);
    code.br(again);
    code.end();
    code.end();
  }
}

}  // namespace

FunctionIndex Library::add(const FunctionBuilder& body) {
  const FunctionIndex function = module_.declare(body.signature());
  module_.define(function, body);
  return function;
}

// Hacker's Delight, 8-2: the high half of a signed product from 32-bit halves.
FunctionIndex Library::multiply_wide() {
  if (multiply_wide_) return *multiply_wide_;
  FunctionBuilder code({.parameters = {I64, I64}, .results = {I64, I64}});
  const Local a = code.parameter(0);
  const Local b = code.parameter(1);
  const Local t = code.local(I64);
  const Local w = code.local(I64);
  constexpr int64_t kLow = 0xffffffff;
  const auto low = [&](Local local) {
    code.get(local);
    code.i64_const(kLow);
    code.i64_and();
  };
  const auto high = [&](Local local) {
    code.get(local);
    code.i64_const(32);
    code.i64_shr_s();
  };
  code.get(a);
  code.get(b);
  code.i64_mul();  // the low half, which stays on the stack
  high(a);
  low(b);
  code.i64_mul();
  low(a);
  low(b);
  code.i64_mul();
  code.i64_const(32);
  code.i64_shr_u();
  code.i64_add();
  code.set(t);
  low(t);
  low(a);
  high(b);
  code.i64_mul();
  code.i64_add();
  code.set(w);
  high(a);
  high(b);
  code.i64_mul();
  high(t);
  code.i64_add();
  high(w);
  code.i64_add();
  multiply_wide_ = add(code);
  return *multiply_wide_;
}

FunctionIndex Library::byte_swap() {
  if (byte_swap_) return *byte_swap_;
  FunctionBuilder code({.parameters = {I64}, .results = {I64}});
  const Local value = code.parameter(0);
  swap_groups(code, value, 0x00ff00ff00ff00ff, 8);
  swap_groups(code, value, 0x0000ffff0000ffff, 16);
  swap_groups(code, value, 0x00000000ffffffff, 32);
  code.get(value);
  byte_swap_ = add(code);
  return *byte_swap_;
}

FunctionIndex Library::bytes_equal() {
  if (bytes_equal_) return *bytes_equal_;
  FunctionBuilder code({.parameters = {I32, I32, I32}, .results = {I32}});
  const Local x = code.local(I64);
  const Local y = code.local(I64);
  write_walk(code, {code.parameter(0), code.parameter(1), code.parameter(2)}, x, y, [&](int32_t) {
    code.i32_const(0);
    code.return_();
  });
  code.i32_const(1);
  bytes_equal_ = add(code);
  return *bytes_equal_;
}

FunctionIndex Library::compare_texts() {
  if (compare_texts_) return *compare_texts_;
  const FunctionIndex swap = byte_swap();
  FunctionBuilder code({.parameters = {I32, I32}, .results = {I32}});
  const Local size_a = code.local(I32);
  const Local size_b = code.local(I32);
  const Cursors at = {code.local(I32), code.local(I32), code.local(I32)};
  const Local x = code.local(I64);
  const Local y = code.local(I64);
  find_bytes(code, code.parameter(0), size_a, at.a);
  find_bytes(code, code.parameter(1), size_b, at.b);
  code.get(size_a);
  code.get(size_b);
  code.get(size_a);
  code.get(size_b);
  code.i32_lt_u();
  code.select();
  code.set(at.left);
  write_walk(code, at, x, y, [&](int32_t step) {
    code.i32_const(-1);
    code.i32_const(1);
    for (const Local piece : {x, y}) {
      code.get(piece);
      if (step == 8) code.call(swap);  // the first byte decides
    }
    code.i64_lt_u();
    code.select();
    code.return_();
  });
  code.get(size_a);
  code.get(size_b);
  code.i32_gt_u();
  code.get(size_a);
  code.get(size_b);
  code.i32_lt_u();
  code.i32_sub();
  compare_texts_ = add(code);
  return *compare_texts_;
}

}  // namespace zerodb::wasm
