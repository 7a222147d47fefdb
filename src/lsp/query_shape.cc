#include "lsp/query_shape.h"

namespace zerodb::lsp {

std::optional<QueryShape> shape_of(const Analysis& analysis, std::string_view query) {
  const zeroql::ParseResult parsed = zeroql::parse(query);
  const auto statements = zeroql::split(parsed);
  if (statements.size() != 1 || statements.front().error != nullptr) return std::nullopt;
  sema::ScriptChecker checker = analysis.checker();
  std::optional<QueryShape> out;
  checker.check_one(parsed, statements, 0,
                    [&](const zeroql::ParsedStatement&, const sema::CheckedStep& step) {
                      if (step.statement == nullptr) return;
                      const auto* found = std::get_if<sema::QueryStatement>(&step.statement->body);
                      if (found == nullptr) return;
                      out.emplace();
                      out->rows = step.statement->query(found->query).cardinality;
                      for (const sema::Output& each : step.statement->columns)
                        out->columns.push_back({each.name, to_string(each.type, step.before)});
                    });
  return out;
}

}  // namespace zerodb::lsp
