#include "exec/own_write.h"

#include "plan/planner.h"
#include "sema/check.h"
#include "zeroql/parser.h"

namespace zerodb::exec {
namespace {

using SchemaPtr = std::shared_ptr<const catalog::Schema>;

std::string quoted(const catalog::Table& table) {
  std::string name = "`";
  for (char c : table.name) name += c == '`' ? std::string("``") : std::string(1, c);
  return name + "`";
}

Result<std::shared_ptr<const plan::Plan>> plan_of(const function::Library& library,
                                                  SchemaPtr schema, const std::string& text) {
  const zeroql::ParseResult parsed = zeroql::parse(text);
  sema::CheckContext context;
  context.library = &library;
  sema::CheckResult checked =
      sema::check(zeroql::ast::statements(parsed.tree)[0], std::move(schema), context);
  if (!checked.ok()) return zeroql::to_error(checked.diagnostics.front());
  return plan::make_plan(std::make_shared<const sema::Statement>(std::move(checked.statement)));
}

}  // namespace

Result<std::shared_ptr<const plan::Plan>> plan_of_update(const function::Library& library,
                                                         SchemaPtr schema,
                                                         const catalog::Table& table) {
  return plan_of(library, std::move(schema), "UPDATE " + quoted(table) + " MERGE {} WHERE true");
}

Result<std::shared_ptr<const plan::Plan>> plan_of_delete(const function::Library& library,
                                                         SchemaPtr schema,
                                                         const catalog::Table& table) {
  return plan_of(library, std::move(schema), "DELETE FROM " + quoted(table) + " WHERE true");
}

}  // namespace zerodb::exec
