// Library: the built-in scalar functions and aggregates, each declared once for checker, both
// execution tiers, editor and docs.
//
// A declaration names its signature, what it may see, its price, one sentence of documentation,
// examples that hold (each is an expression of the language and runs as a test), and a kernel for
// one row. Names are found in any case. Threading: immutable after create(); kernels keep no state.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "function/aggregate.h"
#include "function/context.h"
#include "function/signature.h"
#include "function/window.h"
#include "value/type.h"
#include "value/value.h"

namespace zerodb::function {

enum class Volatility : uint8_t {
  Immutable,  // same answer everywhere, for ever
  Stable,     // same answer within a statement
  Volatile,   // each row anew
};

// What an argument of none does.
enum class Absence : uint8_t {
  Propagates,  // the result is none and the kernel is not called (but for parameters whose default
               // is none)
  Seen,        // the kernel sees none as a value
};

// Functions that generated code may compute in place instead of calling the kernel.
enum class InlineOp : uint8_t {
  None,
  AbsInt,
  AbsFloat,
  SqrtFloat,
  FloorFloat,
  CeilFloat,
  TruncFloat,
  Now
};

struct Domain;

// Has one argument a parameter, defaults filled in, each of the parameter's type; a rest parameter
// gives zero or more at the end.
using Kernel = Result<Value> (*)(std::span<const Value> arguments, CallContext& context);

// How the tables of the domains write what most functions are.
inline constexpr auto kExact = Volatility::Immutable;
inline constexpr auto kStable = Volatility::Stable;
inline constexpr auto kVolatile = Volatility::Volatile;
inline constexpr auto kNone = Absence::Propagates;

// As it stands in the tables of the domains.
struct Declaration {
  std::string_view signature;
  Volatility volatility;
  Absence absence;
  uint32_t cost;  // in additions of two ints, roughly
  std::string_view doc;
  std::string_view examples;  // one or more, each on its own line
  Kernel kernel;
  InlineOp inline_op = InlineOp::None;
};

struct Function {
  Signature signature;
  Volatility volatility;
  Absence absence;
  uint32_t cost;
  std::string_view doc;
  std::string_view examples;
  Kernel kernel;
  InlineOp inline_op;
  std::string_view domain;  // its chapter in the reference
};

// An argument of a call as the checker knows it.
struct Argument {
  Type type;
  std::string_view name = {};  // of a named argument, else empty
  bool is_constant = false;    // a literal or a parameter
};

// A call with its overload chosen. The kernel takes inputs in the order of `inputs`.
struct Call {
  struct Input {
    static constexpr uint32_t kDefault = UINT32_MAX;
    uint32_t argument = kDefault;  // index of the given argument, or kDefault: take `value`
    Value value;
    Type type;            // of the parameter after binding
    bool needs_coercion;  // coerce() to `type` before the call (E0602 when it fails)
  };
  const Function* function =
      nullptr;  // null: choose by the values at run time, with call_dynamic()
  std::vector<Input> inputs;
  Type result;
};

// A window function that is no aggregate. Its `function` has no kernel.
struct WindowFunction {
  Function function;
  WindowOp op;
};

class Library {
 public:
  static std::unique_ptr<const Library> create();

  // All overloads of a name, any case; empty for an unknown one.
  std::span<const Function* const> find(std::string_view name) const;
  const AggregateFunction* find_aggregate(std::string_view name) const;
  const WindowFunction* find_window(std::string_view name) const;
  // In the order of the reference: by domain, then as declared.
  const std::vector<Function>& functions() const { return functions_; }
  std::span<const AggregateFunction> aggregates() const;
  const std::vector<WindowFunction>& windows() const { return windows_; }

  // E0601 with a rewrite or the nearest name as help, E0602, E0603, E0604, E0607. An argument of a
  // union must fit with each of its members (E0311).
  Result<Call> resolve(std::string_view name, std::span<const Argument> arguments) const;
  // `receiver.name(..)`: arguments[0] is the receiver.
  Result<Call> resolve_method(std::string_view name, std::span<const Argument> arguments) const;
  // E0602, E0604.
  Result<Call> resolve_window(const WindowFunction& function,
                              std::span<const Argument> arguments) const;
  // The full name that `receiver.name(..)` means for this type: "string::split"; nothing if there
  // is none.
  std::optional<std::string> method_name(const Type& receiver, std::string_view name) const;
  // Whether some value has such a method.
  bool has_method(std::string_view name) const;
  // The E0601 for a name.
  Error unknown_function(std::string_view name) const;

  // Runs a function on its inputs, one a parameter and each of the parameter's type: absence, then
  // the kernel.
  static Result<Value> run(const Function& function, std::span<const Value> inputs,
                           CallContext& context);
  // Runs a resolved call: absence, coercion and the kernel. `arguments` are those given, in the
  // order they were written.
  static Result<Value> invoke(const Call& call, std::span<const Value> arguments,
                              CallContext& context);
  // Chooses the overload by the values, for calls with operands of type any; the second, which
  // function it is, too, by the first value. E0602 where there is none for it.
  Result<Value> call_dynamic(std::string_view name, std::span<const Value> arguments,
                             std::span<const std::string_view> names, CallContext& context) const;
  Result<Value> call_method_dynamic(std::string_view name, std::span<const Value> arguments,
                                    std::span<const std::string_view> names,
                                    CallContext& context) const;

 private:
  Result<Call> resolve_whole(std::string_view name, std::span<const Argument> arguments) const;
  Library() = default;
  void add(const Domain& domain);

  std::vector<Function> functions_;
  std::vector<WindowFunction> windows_;
  std::unordered_map<std::string, std::vector<const Function*>> by_name_;
};

}  // namespace zerodb::function
