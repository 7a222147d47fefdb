#include "sema/data_check.h"

#include "sema/expression.h"

namespace zerodb::sema {

using catalog::Table;

AnalyzeStatement check_analyze(Checking& c, ast::Analyze node) {
  AnalyzeStatement analyze;
  if (node.name()) {
    const Table* table = find_stored_table(c, *node.name());
    if (table != nullptr) analyze.tables.push_back(table->id);
    return analyze;
  }
  for (const Table& table : c.schema().tables()) {
    if (table.kind != Table::Kind::View) analyze.tables.push_back(table.id);
  }
  return analyze;
}

}  // namespace zerodb::sema
