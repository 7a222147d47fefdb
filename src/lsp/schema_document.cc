// Definitions that no script of the workspace holds, as documents of their own:
// zerodb://schema/table/person.zql.
#include <algorithm>
#include <optional>

#include "lsp/features.h"
#include "lsp/uri.h"
#include "sema/definition_text.h"
#include "zeroql/format.h"

namespace zerodb::lsp {
namespace {

constexpr std::string_view kScheme = "zerodb://schema/";
constexpr std::string_view kSuffix = ".zql";

// The table of a field, else the object itself.
std::string object_of(const std::string& key) {
  constexpr std::string_view kField = "field ";
  if (!key.starts_with(kField)) return key;
  const size_t dot = key.rfind('.');
  return symbol_key(SymbolKind::Table, std::string_view(key).substr(0, dot).substr(kField.size()));
}

std::optional<std::string> definition_of(const catalog::Schema& schema, const std::string& key) {
  for (const catalog::Table& each : schema.tables()) {
    if (symbol_key(SymbolKind::Table, each.name) != key) continue;
    std::string text = sema::definition_text(schema, each) + ";\n";
    for (const catalog::Index& index : each.indexes) {
      if (index.origin == catalog::Index::Origin::Definition)
        text += sema::definition_text(schema, index) + ";\n";
    }
    return text;
  }
  for (const catalog::Enum& each : schema.enums()) {
    if (symbol_key(SymbolKind::Enum, each.type->name) == key) return sema::definition_text(each);
  }
  for (const catalog::NamedType& each : schema.types()) {
    if (symbol_key(SymbolKind::Type, each.name) == key) return sema::definition_text(each);
  }
  for (const catalog::Function& each : schema.functions()) {
    if (symbol_key(SymbolKind::Function, each.name) == key) return sema::definition_text(each);
  }
  for (const catalog::Param& each : schema.params()) {
    if (symbol_key(SymbolKind::Parameter, "$" + each.name) == key)
      return sema::definition_text(each);
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> schema_uri(const catalog::Schema& schema, const std::string& key) {
  std::string object = object_of(key);
  if (!definition_of(schema, object)) return std::nullopt;
  const size_t blank = object.find(' ');
  if (blank != std::string::npos) object[blank] = '/';
  return std::string(kScheme) + uri_path(object) + std::string(kSuffix);
}

std::optional<std::string> schema_document(const catalog::Schema& schema, std::string_view uri) {
  if (!uri.starts_with(kScheme) || !uri.ends_with(kSuffix)) return std::nullopt;
  const auto find = [&](const std::string& key) {
    const auto made = schema_uri(schema, key);
    return made && *made == uri;
  };
  std::vector<std::string> keys;
  for (const auto& each : schema.tables()) keys.push_back(symbol_key(SymbolKind::Table, each.name));
  for (const auto& each : schema.enums())
    keys.push_back(symbol_key(SymbolKind::Enum, each.type->name));
  for (const auto& each : schema.types()) keys.push_back(symbol_key(SymbolKind::Type, each.name));
  for (const auto& each : schema.functions())
    keys.push_back(symbol_key(SymbolKind::Function, each.name));
  for (const auto& each : schema.params())
    keys.push_back(symbol_key(SymbolKind::Parameter, "$" + each.name));
  const auto found = std::find_if(keys.begin(), keys.end(), find);
  if (found == keys.end()) return std::nullopt;
  const std::string text = *definition_of(schema, *found);
  return zeroql::format(text).value_or(text);
}

}  // namespace zerodb::lsp
