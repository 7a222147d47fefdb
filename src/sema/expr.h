// Checked expressions: names resolved, types known, sugar gone.
//
// An ExprPool holds the expressions of one statement in a vector; an Expr names its operands by
// ExprId. An operand always has a smaller id than the expression that uses it. Constants are folded
// where folding cannot fail. Threading: built by one thread, then immutable and shared by all that
// execute the statement.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/ids.h"
#include "base/strong_id.h"
#include "value/operators.h"
#include "value/type.h"
#include "value/value.h"

namespace zerodb::sema {

using ExprId = StrongId<struct ExprIdTag, uint32_t>;
inline constexpr ExprId kNoExpr{UINT32_MAX};
// A source of the query that an expression belongs to, by position in Query::sources.
using SourceId = StrongId<struct SourceIdTag, uint32_t>;
using QueryId = StrongId<struct QueryIdTag, uint32_t>;
using ParameterId = StrongId<struct ParameterIdTag, uint32_t>;

enum class ExprKind : uint8_t {
  Literal,    // literal
  Parameter,  // index: ParameterId
  Column,  // source, index: position in Source::columns; depth: 0 this query, 1 the one around it,
           // ..
  Unary,   // unary_op; args[0]
  Binary,  // binary_op; args[0], args[1]; never And, Or, Coalesce. Regex and LIKE patterns may be
           // any expression.
  And,     // args: two or more, evaluated left to right, a later one only where all before are true
  Or,      // args: two or more, a later one only where all before are false
  Coalesce,    // args: two or more, a later one only where all before are none
  Like,        // args[0], args[1]; text: escape character; flags Negated, FoldCase
  Matches,     // args[0] MATCHES args[1]; flag Negated
  ModuleCall,  // the function `text` of a module over args
  InList,      // args[0] IN (args[1..]); flag Negated
  IsType,      // args[0]; target; flag Negated
  IsNone,      // args[0]; flag Negated
  Case,        // args: when, then, when, then, .., [else]; conditions are bool; evaluated lazily
  Cast,        // args[0]; target
  TryCast,     // args[0]; target; none where the cast fails
  Coerce,      // args[0]; target: the implicit conversion into a typed place; E0306, E0307 where it
               // fails at run time
  // function: position in the library's functions(); args: one for each parameter, defaults filled
  // in. Or function is kDynamicFunction: chosen by the values at run time; text: its name,
  // names[i]: that of a named argument (else empty), flag Method if it was called as
  // args[0].text(..).
  Call,
  // args[0].text; flag Optional for ?. . With the flag Follow args[0] is of type any, and a record
  // id there is followed as by Fetch.
  Member,
  Try,      // ok of args[0], or err of the text of the error that args[0] meets in a row
  Element,  // args[0][args[1]]
  Slice,    // args[0][args[1]..args[2]]; an open bound is the literal none; flag Inclusive
  Members,  // args[0][*].text : the member of every element; flag Follow: elements that are record
            // ids are followed
  Array,    // args
  Tuple,    // args
  HashSet,  // args
  HashMap,  // args: key, value, key, value, ..
  Object,  // args; names[i] is the key of args[i]. A name "*" (with flag Spread) copies all keys of
           // args[i].
  RecordId,  // table; args[0]: the key
  Fetch,     // the record that the link args[0] points to, as an object with id; none if the link
          // dangles or is none. With the flag Gated the user sees no more of it than grants allow
  CommitStamp,  // when the record that the link args[0] points to was committed, as u64; none if
                // there is none or this transaction has written it. It asks no grants
  Aggregate,    // index: position in Query::aggregates
  Window,       // index: position in Query::windows
  Poison,       // stands for what could not be checked; only where there are diagnostics
  ScalarQuery,  // query: one column, at most one row, else E0406; none without a row
  ArrayQuery,   // query: array of the rows (values with SELECT AS VALUE, else objects)
  ExistsQuery,  // query
  InQuery,      // args[0] IN (query); flag Negated
  OldRecord,    // RETURNING and DO UPDATE: OLD, the record before, as an object; none if there was
                // none
  NewRecord,    // RETURNING: the record after; DO UPDATE: the proposed record
};

struct Expr {
  enum Flag : uint8_t {
    Negated = 1,
    FoldCase = 2,
    Optional = 4,
    Inclusive = 8,
    Spread = 16,
    Method = 32,
    Follow = 64,
    Gated = 128  // with Fetch and Follow; a Case that stands for a column which not every row shows
  };
  static constexpr uint32_t kDynamicFunction = UINT32_MAX;
  static constexpr uint32_t kValueParameter = UINT32_MAX;  // index of $value, which no client binds

  ExprKind kind = ExprKind::Literal;
  uint8_t flags = 0;
  BinaryOp binary_op = BinaryOp::Add;
  UnaryOp unary_op = UnaryOp::Plus;
  uint32_t depth = 0;
  uint32_t index = 0;
  SourceId source;
  QueryId query;
  TableId table;
  uint32_t function = 0;  // Call
  Type type;              // of the result
  Type target;            // IsType, Cast, TryCast, Coerce
  Span span;              // of the source text that errors point to
  Value literal;
  std::string text;
  std::vector<ExprId> args;
  std::vector<std::string> names;

  bool has(Flag flag) const { return (flags & flag) != 0; }
};

class ExprPool {
 public:
  ExprId add(Expr expr) {
    exprs_.push_back(std::move(expr));
    return ExprId(static_cast<uint32_t>(exprs_.size() - 1));
  }
  const Expr& operator[](ExprId id) const { return exprs_[id.value()]; }
  Expr& edit(ExprId id) { return exprs_[id.value()]; }
  size_t size() const { return exprs_.size(); }

 private:
  std::vector<Expr> exprs_;
};

}  // namespace zerodb::sema
