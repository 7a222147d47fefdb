// Where the type of a name is defined.
#include "lsp/features.h"

namespace zerodb::lsp {
namespace {

void add_keys(const catalog::Schema& schema, const Type& type, std::vector<std::string>& out) {
  switch (type.kind()) {
    case TypeKind::RecordId:
      for (const TableId table : type.tables()) {
        if (const auto name = schema.table_name(table))
          out.push_back(symbol_key(SymbolKind::Table, *name));
      }
      return;
    case TypeKind::Enum:
      return out.push_back(symbol_key(SymbolKind::Enum, type.enum_type().name));
    case TypeKind::Array:
    case TypeKind::Vector:
    case TypeKind::HashSet:
      return add_keys(schema, type.element(), out);
    case TypeKind::Union:
      for (const Type& part : type.parts()) add_keys(schema, part, out);
      return;
    default:
      return;
  }
}

}  // namespace

std::vector<std::string> type_keys(const Analysis& analysis, const Occurrence& name) {
  std::vector<std::string> out;
  const catalog::Table* table = analysis.schema().find_table(name.table);
  if (name.kind == SymbolKind::Source && table != nullptr)
    out.push_back(symbol_key(SymbolKind::Table, table->name));
  if (name.kind != SymbolKind::Field || table == nullptr) return out;
  if (const auto position = table->field_position(name.name)) {
    add_keys(analysis.schema(), table->fields[*position].type, out);
  } else if (const auto key = table->key_position(name.name)) {
    add_keys(analysis.schema(), table->key[*key].type, out);
  }
  return out;
}

}  // namespace zerodb::lsp
