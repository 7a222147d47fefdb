// Narrowing: what a condition says of the types of the expressions that it tests, where it guards
// others.
//
// Threading: as Checking. Invariant: a fact is about a column, a member or a parameter, and holds
// only while the scope that added it lives.
#pragma once

#include "sema/checking.h"

namespace zerodb::sema {

// What an expression has been narrowed to by the condition that guards it.
ExprId narrowed(Checking& c, ExprId id);
// What holds where `condition` is true, or false: from x IS NONE, x IS T, tests that no none passes
// (`x > 1`, `x = 1`, `x LIKE 'a%'`, `x IN (1, 2)`), and what AND, OR and NOT make of them.
void add_narrowings(Checking& c, ExprId condition, bool outcome);
// Forgets narrowings added during its life.
class NarrowingScope {
 public:
  explicit NarrowingScope(Checking& c) : c_(c), size_(c.narrowings.size()) {}
  ~NarrowingScope() { c_.narrowings.resize(size_, Narrowing{kNoExpr, Type::any()}); }
  NarrowingScope(const NarrowingScope&) = delete;
  NarrowingScope& operator=(const NarrowingScope&) = delete;

 private:
  Checking& c_;
  size_t size_;
};

// What a query around knows of its own columns says nothing inside: there the same place means
// another column. Only what is known of parameters holds.
class InnerNarrowings {
 public:
  explicit InnerNarrowings(Checking& c);
  ~InnerNarrowings() { c_.narrowings = std::move(outer_); }
  InnerNarrowings(const InnerNarrowings&) = delete;
  InnerNarrowings& operator=(const InnerNarrowings&) = delete;

 private:
  Checking& c_;
  std::vector<Narrowing> outer_;
};

}  // namespace zerodb::sema
