// Batch layout: columns of at most 2,048 rows in one arena, the form in which both execution tiers
// see data.
//
// An arena is a block of memory addressed by 32-bit offsets from its base; it is either plain
// memory or the linear memory of a Wasm store, so generated code, host kernels and the interpreter
// read and write the same columns in place, and a running statement can change tiers at a batch
// boundary. Plain structs only; all offsets are relative to the base.
//
// A column has a physical form, and arrays in the arena:
//   values   one fixed-width element a row (see width())
//   valid    one byte a row, 1 = a value is there, 0 = none (values element is then unspecified but
//   readable) tags     only Any: the Tag of each row (None where valid is 0) scales   only Decimal
//   and Any: decimal scale of each row
// A row excluded by the mask under which a column was computed has unspecified but readable
// contents. Threading: an arena and its columns belong to one executing thread.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/assert.h"
#include "base/limits.h"
#include "value/type.h"
#include "value/value.h"

namespace zerodb {

enum class Physical : uint8_t {
  Bool,      // u8 0/1
  I64,       // every integer type of at most 64 bits but u64, sign-extended
  I128,      // u64, i128: two's complement, low half first
  U128,      // u128
  F64,       // f64, and f32 widened
  Decimal,   // i128 coefficient; scale in scales[]
  Text,      // TextView: string, literal, bytes, regex
  Temporal,  // {i64 seconds, u32 nanos, u32 0}: datetime, duration
  Uuid,      // 16 bytes
  Any,  // tag in tags[], scale in scales[], 16-byte payload: the forms above, or a TextView of the
        // encoded body
};

inline constexpr uint32_t width(Physical physical) {
  switch (physical) {
    case Physical::Bool:
      return 1;
    case Physical::I64:
    case Physical::F64:
      return 8;
    default:
      return 16;
  }
}

// The physical form of a type (optional or not). Enums, record ids and every composite are Any.
Physical physical_of(const Type& type);
// The tag of every value of a type; None where the type leaves it open (any, unions).
Tag tag_of(const Type& type);

// 16 bytes: up to 12 bytes inline, or the first 4 bytes and an offset into the arena.
struct TextView {
  struct Far {
    uint32_t offset;
    uint32_t unused;
  };
  uint32_t size;
  char prefix[4];
  union {
    Far far;
    char rest[8];
  };
};
inline constexpr uint32_t kTextInlineMax = 12;
static_assert(sizeof(TextView) == 16);

// Where the arrays of one column lie. Zero means "has no such array".
struct ColumnSlot {
  Physical physical = Physical::Any;
  uint32_t values = 0;
  uint32_t valid = 0;
  uint32_t tags = 0;
  uint32_t scales = 0;
};

// A bump allocator over a reserved block. Offsets below kArenaNullBytes are never handed out, so 0
// means "nowhere".
class Arena {
 public:
  static constexpr uint32_t kArenaNullBytes = 64 << 10;

  // Borrows the block. `limit` is at most 4 GiB - 1; the whole block must be readable and zero
  // where it was never written.
  Arena(char* base, uint32_t limit) : base_(base), limit_(limit) {}

  char* base() const { return base_; }
  uint32_t limit() const { return limit_; }
  uint32_t top() const { return top_; }
  // Offset of `size` bytes aligned to 16, or 0 when the arena is full (the statement then fails
  // with E1108).
  uint32_t allocate(uint32_t size) {
    const uint64_t start = (static_cast<uint64_t>(top_) + 15) & ~uint64_t{15};
    if (start + size > limit_) [[unlikely]]
      return 0;
    top_ = static_cast<uint32_t>(start + size);
    return static_cast<uint32_t>(start);
  }
  // Forgets what was allocated after top() was `mark`.
  void rewind(uint32_t mark) {
    if (top_ > peak_) peak_ = top_;
    top_ = mark;
  }
  // The greatest top() there ever was; beyond it nothing was written.
  uint32_t peak() const { return top_ > peak_ ? top_ : peak_; }
  template <typename T>
  T* at(uint32_t offset) const {
    return reinterpret_cast<T*>(base_ + offset);
  }
  std::string_view text(const TextView& view) const {
    return {view.size <= kTextInlineMax ? view.prefix : base_ + view.far.offset, view.size};
  }
  // Writes a view of `text` to *out, copying its bytes into the arena if they do not fit inline.
  // False when the arena is full.
  bool store_text(std::string_view text, TextView* out);

 private:
  char* base_;
  uint32_t limit_;
  uint32_t top_ = kArenaNullBytes;
  uint32_t peak_ = kArenaNullBytes;
};

// A datetime or a duration in a column.
struct TemporalCell {
  int64_t seconds;
  uint32_t nanos;
  uint32_t unused;
};
static_assert(sizeof(TemporalCell) == 16);

// Allocates the arrays of a column for `rows` rows. A slot with values == 0 means the arena is
// full.
ColumnSlot allocate_column(Arena& arena, Physical physical, uint32_t rows = limits::kBatchRowsMax);

// Row access for code that handles one value at a time. `type` gives the tag of typed columns
// (which integer width, datetime or duration, string or bytes).
Value read_value(const Arena& arena, const ColumnSlot& slot, uint32_t row, const Type& type);
// The value must be none or of the column's type. False when the arena is full.
bool write_value(Arena& arena, const ColumnSlot& slot, uint32_t row, const Value& value);

}  // namespace zerodb
