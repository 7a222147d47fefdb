// check(): one statement of a syntax tree becomes a checked Statement, or diagnostics say why not.
//
// The checker sees a snapshot of the schema and what the session knows; it changes nothing. A
// statement that has diagnostics is not to be executed. Threading: free functions over their
// arguments.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "function/library.h"
#include "sema/statement.h"
#include "zeroql/ast.h"
#include "zeroql/diagnostic.h"

namespace zerodb::sema {

// A parameter that has a value when the statement runs.
struct KnownParameter {
  enum class Origin : uint8_t { Client, Let };
  std::string name;  // without the dollar sign
  Type type;
  Origin origin = Origin::Client;
};

struct Access;

// What a parameter is that nobody has bound.
enum class UnknownParameters : uint8_t {
  Refuse,  // E0204
  Infer,   // supplied later; its type follows from its use, else it is any
};

// What a database knows of its tables, for `system::tables`.
class TableSizes {
 public:
  virtual ~TableSizes() = default;
  virtual double rows(const catalog::Table& table) const = 0;         // about how many there are
  virtual double store_bytes(const catalog::Table& table) const = 0;  // that they take, about
};

struct CheckContext {
  const function::Library* library = nullptr;
  std::span<const KnownParameter> parameters;
  UnknownParameters unknown_parameters = UnknownParameters::Refuse;
  const Access* access = nullptr;     // borrowed; null: everything is allowed
  const TableSizes* sizes = nullptr;  // borrowed; null: nothing is known of them
};

// The parameter that stands for `$auth` in the conditions of grants. No client can bind the name.
inline constexpr std::string_view kAuthParameter = "$auth";

struct CheckResult {
  Statement statement;
  zeroql::Diagnostics diagnostics;  // errors
  zeroql::Diagnostics warnings;     // only those of a statement without errors
  bool ok() const { return diagnostics.empty(); }
};

// The parser must have found no fault with the statement.
CheckResult check(zeroql::ast::Statement node, std::shared_ptr<const catalog::Schema> schema,
                  const CheckContext& context);

}  // namespace zerodb::sema
