// What may be written at a place.
//
// Names: a mark is put where the cursor is, and the resolver says what that place admits. Keywords:
// each is tried; the parser that runs statements says which it takes as a keyword there.
#include <algorithm>
#include <set>

#include "lsp/features.h"
#include "lsp/tree_walk.h"
#include "value/text.h"
#include "zeroql/lexer.h"
#include "zeroql/literal.h"

namespace zerodb::lsp {
namespace {

using zeroql::Keyword;
using zeroql::TokenKind;

// Of the protocol.
enum class ItemKind : uint8_t {
  Method = 2,
  Function = 3,
  Field = 5,
  Variable = 6,
  Class = 7,
  Interface = 8,
  Module = 9,
  Property = 10,
  Enum = 13,
  Keyword = 14,
  Snippet = 15,
  Reference = 18,
  EnumMember = 20,
  Struct = 22,
  TypeParameter = 25,
};

bool is_word_byte(char c) {
  return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         static_cast<unsigned char>(c) >= 0x80;
}

// Statements to be filled in, where one begins.
struct Skeleton {
  const char* label;
  const char* text;
};
constexpr Skeleton kSkeletons[] = {
    {"select from", "SELECT ${2:*}\nFROM ${1:table}$0;"},
    {"select by group",
     "SELECT ${2:column}, count(*) AS n\nFROM ${1:table}\nGROUP BY ${2:column}\nORDER BY n "
     "DESC$0;"},
    {"select along a path",
     "SELECT $0\nFROM MATCH ${1:table} AS a -> ${2:edge} -> ${3:table} AS b;"},
    {"with common table",
     "WITH ${1:name} AS (\n  SELECT ${2:*} FROM ${3:table}\n)\nSELECT * FROM ${1:name}$0;"},
    {"insert", "INSERT INTO ${1:table} (${2:column}) VALUES (${3:value})$0;"},
    {"create", "CREATE ${1:table}:${2:id} SET ${3:field} = ${4:value}$0;"},
    {"update", "UPDATE ${1:table} SET ${2:field} = ${3:value} WHERE ${4:condition}$0;"},
    {"delete", "DELETE ${1:table} WHERE ${2:condition}$0;"},
    {"define table", "DEFINE TABLE ${1:name} SCHEMAFULL (\n  ${2:field} ${3:string}$0,\n);"},
    {"define edge", "DEFINE EDGE ${1:name} FROM ${2:table} TO ${3:table}$0;"},
    {"define index", "DEFINE INDEX ${1:name} ON ${2:table} (${3:field})$0;"},
    {"define function",
     "DEFINE FUNCTION ${1:name}(${2:argument}: ${3:int}) RETURNS ${4:int} AS $0;"},
};

class Completion {
 public:
  Completion(const Analysis& analysis, const function::Library& library, uint32_t offset,
             CompletionOptions options)
      : analysis_(analysis), library_(library), options_(options), word_{offset, offset} {
    const std::string_view text = analysis.document().text();
    while (word_.begin > 0 && is_word_byte(text[word_.begin - 1])) --word_.begin;
    while (word_.end < text.size() && is_word_byte(text[word_.end])) ++word_.end;
    if (word_.begin > 0 && text[word_.begin - 1] == '$') --word_.begin;
    statement_ = statement_around(offset);
  }

  Json run() {
    if (!is_in_literal()) {
      offer_place();
      offer_keywords();
      offer_skeletons();
    }
    return Json::object({{"isIncomplete", false}, {"items", std::move(items_)}});
  }

 private:
  // From the first word of the statement to that of the next one.
  Span statement_around(uint32_t offset) const {
    Span out{0, analysis_.document().size()};
    for (const zeroql::ParsedStatement& each : analysis_.statements()) {
      if (each.extent.begin > offset) break;
      out = each.extent;
    }
    // Behind its semicolon another statement begins.
    const std::string_view text = analysis_.document().text();
    const zeroql::Tree& tree = analysis_.tree();
    for (uint32_t i = 0; i + 1 < tree.token_count(); ++i) {
      const zeroql::Token& token = tree.token(zeroql::TokenId(i));
      if (token.begin < out.begin) continue;
      if (token.end > offset || token.begin >= out.end) break;
      if (token.is(TokenKind::Semicolon)) out.begin = token.end;
    }
    out.end = std::max(out.end, std::min(word_.end, static_cast<uint32_t>(text.size())));
    return out;
  }

  // In a comment or a string nothing is offered.
  bool is_in_literal() const {
    const zeroql::Tree& tree = analysis_.tree();
    const zeroql::TokenId at = analysis_.token_at(word_.begin);
    const zeroql::Token& token = tree.token(at);
    const bool is_inside = token.begin < word_.begin && word_.begin < token.end;
    if (is_inside && token.kind >= TokenKind::Integer && token.kind <= TokenKind::Regex)
      return true;
    const std::string before(
        analysis_.document().text().substr(statement_.begin, word_.begin - statement_.begin));
    const zeroql::LexResult lexed = zeroql::lex(before + "x");
    return lexed.tokens.size() < 2 || lexed.tokens[lexed.tokens.size() - 2].begin != before.size();
  }

  std::string before() const {
    return analysis_.document().text().substr(statement_.begin, word_.begin - statement_.begin);
  }

  void offer_place() {
    std::string text = before() + std::string(kPlaceMark);
    if (word_.end < statement_.end)
      text += analysis_.document().text().substr(word_.end, statement_.end - word_.end);
    const zeroql::ParseResult parsed = zeroql::parse(text);
    auto place = resolve(parsed.tree, analysis_.schema()).place;
    // What follows may hide the place; then what stands before has to do.
    if (!place) {
      const zeroql::ParseResult shorter = zeroql::parse(before() + std::string(kPlaceMark));
      place = resolve(shorter.tree, analysis_.schema()).place;
    }
    if (place) offer(*place);
  }

  void offer(const Place& place) {
    switch (place.kind) {
      case Place::Kind::Expression:
        offer_join_conditions(place);
        offer_sources(place);
        offer_functions("");
        offer_enums();
        offer_tables(false, "8");
        return offer_parameters();
      case Place::Kind::Member:
        return offer_members(place);
      case Place::Kind::Table:
      case Place::Kind::Vertex:
        for (const std::string& name : place.common_tables)
          add(name, ItemKind::Variable, "common table", "0");
        if (place.kind == Place::Kind::Vertex) {
          for (const Place::Source& source : place.sources)
            add(source.name, ItemKind::Variable, source.table, "0");
        }
        return offer_tables(false, "1", place);
      case Place::Kind::Edge:
        return offer_tables(true, "1", place);
      case Place::Kind::Field:
        return offer_fields(place.owner_table, "0");
      case Place::Kind::Type:
        return offer_types();
      case Place::Kind::Variant:
        return offer_path(place.path);
      case Place::Kind::Object:
        return offer_objects(place.object);
      case Place::Kind::NewName:
        return;
    }
  }

  void add(std::string_view label, ItemKind kind, std::string detail, std::string_view rank,
           std::string text = {}, std::string doc = {}, std::string_view built_in = {}) {
    if (label.empty() || !seen_.emplace(label, kind).second) return;
    Json item = Json::object({{"label", label},
                              {"kind", static_cast<int>(kind)},
                              {"sortText", std::string(rank) + std::string(label)}});
    if (!detail.empty()) item.set("detail", std::move(detail));
    // Of built-in functions, which are hundreds, it is given when it is asked for.
    if (!built_in.empty()) item.set("data", std::string(built_in));
    const bool is_deferred = options_.defers_documentation && !built_in.empty();
    if (!doc.empty() && !is_deferred)
      item.set("documentation", Json::object({{"kind", "markdown"}, {"value", std::move(doc)}}));
    const bool is_call = kind == ItemKind::Function || kind == ItemKind::Method;
    if (text.empty())
      text = is_call || kind == ItemKind::Keyword ? std::string(label) : zeroql::quote_name(label);
    if (is_call && options_.snippets) {
      text += "($0)";
      item.set("insertTextFormat", 2);
    }
    item.set("filterText", label);
    item.set("textEdit", Json::object({{"range", analysis_.document().range(word_)},
                                       {"newText", std::move(text)}}));
    items_.push(std::move(item));
  }

  void offer_sources(const Place& place) {
    for (const Place::Source& source : place.sources) {
      offer_fields(source.table, "1");
      for (const std::string& column : source.columns)
        add(column, ItemKind::Field, source.name, "1");
      add(source.name, ItemKind::Variable, source.table, "2");
    }
    for (const std::string& alias : place.aliases) add(alias, ItemKind::Variable, "alias", "2");
  }

  // ON |: what links the joined table with those before it.
  void offer_join_conditions(const Place& place) {
    if (place.joined < 2) return;
    const Place::Source& joined = place.sources[place.joined - 1];
    for (size_t i = place.joined - 1; i-- > 0;) {
      offer_links(joined, place.sources[i]);
      offer_links(place.sources[i], joined);
    }
  }

  void offer_links(const Place::Source& from, const Place::Source& to) {
    const catalog::Table* table = analysis_.schema().find_table(from.table);
    const catalog::Table* other = analysis_.schema().find_table(to.table);
    if (table == nullptr || other == nullptr) return;
    const auto called = [](const Place::Source& source) {
      return zeroql::quote_name(source.name.empty() ? source.table : source.name);
    };
    const auto is_link = [&](const Type& type) {
      return type.kind() == TypeKind::RecordId && type.tables().size() == 1 &&
             type.tables().front() == other->id;
    };
    const auto offer_one = [&](const std::string& name) {
      const std::string text =
          called(from) + "." + zeroql::quote_name(name) + " = " + called(to) + ".id";
      add(text, ItemKind::Reference, "join", "0", text);
    };
    for (const catalog::KeyColumn& each : table->key)
      if (is_link(each.type)) offer_one(each.name);
    for (const catalog::Field& each : table->fields)
      if (is_link(each.type)) offer_one(each.name);
  }

  void offer_fields(const std::string& name, std::string_view rank) {
    const catalog::Table* table = analysis_.schema().find_table(name);
    if (table == nullptr) return;
    for (const catalog::KeyColumn& column : table->key)
      add(column.name, ItemKind::Field, column.type_text, rank);
    for (const catalog::Field& field : table->fields)
      add(field.name, ItemKind::Field, field.type_text, rank, {}, field.comment);
    add("id", ItemKind::Field, "record<" + name + ">", rank);
  }

  void offer_members(const Place& place) {
    offer_fields(place.owner_table, "0");
    const bool is_shape = place.owner_type && place.owner_type->kind() == TypeKind::Shape;
    if (is_shape) {
      for (const Type::Field& field : place.owner_type->fields())
        add(field.name, ItemKind::Field, to_string(field.type, &analysis_.schema()), "0");
    }
    if (!place.owner_type || place.owner_type->is_any()) return;
    for (const function::Function& each : library_.functions()) {
      const std::string& name = each.signature.name;
      const size_t colons = name.rfind("::");
      const std::string method = name.substr(colons == std::string::npos ? 0 : colons + 2);
      if (library_.method_name(*place.owner_type, method) == name)
        add(method, ItemKind::Method, each.signature.text, "5", {}, std::string(each.doc), name);
    }
  }

  // In a pattern: whether the edges between them allow the table behind what stands before it.
  bool can_follow(const Place& place, const catalog::Table& table) const {
    const catalog::Table* before = analysis_.schema().find_table(place.hop_table);
    if (before == nullptr) return true;
    const bool is_edge = place.kind == Place::Kind::Edge;
    const catalog::Table& edge = is_edge ? table : *before;
    const TableId vertex = is_edge ? before->id : table.id;
    if (!edge.is_edge()) return true;
    const auto is_end = [&](const std::vector<TableId>& ends) {
      return std::ranges::find(ends, vertex) != ends.end();
    };
    // An arrow to the right leads from its vertex into the edge, and from the edge to the next.
    const bool is_source = (place.hop == Place::Hop::Right) == is_edge;
    if (place.hop == Place::Hop::Either) return is_end(edge.ends.from) || is_end(edge.ends.to);
    return is_end(is_source ? edge.ends.from : edge.ends.to);
  }

  void offer_tables(bool only_edges, std::string_view rank, const Place& place = {}) {
    for (const catalog::Table& table : analysis_.schema().tables()) {
      if ((only_edges && !table.is_edge()) || !can_follow(place, table)) continue;
      const std::string_view kind = table.is_edge()                            ? "edge"
                                    : table.kind == catalog::Table::Kind::View ? "view"
                                                                               : "table";
      add(table.name, table.is_edge() ? ItemKind::Interface : ItemKind::Class, std::string(kind),
          rank, {}, table.comment);
    }
  }

  // Those whose name begins with the namespace, without it.
  void offer_functions(const std::string& space) {
    const std::string prefix = space.empty() ? "" : space + "::";
    const auto offer_one = [&](std::string_view name, std::string_view signature,
                               std::string_view doc) {
      if (!name.starts_with(prefix)) return;
      add(name.substr(prefix.size()), ItemKind::Function, std::string(signature), "6", {},
          std::string(doc), name);
    };
    for (const function::Function& each : library_.functions())
      offer_one(each.signature.name, each.signature.text, each.doc);
    for (const function::AggregateFunction& each : library_.aggregates())
      offer_one(each.name, each.signature, each.doc);
    for (const function::WindowFunction& each : library_.windows())
      offer_one(each.function.signature.name, each.function.signature.text, each.function.doc);
    for (const catalog::Function& each : analysis_.schema().functions()) {
      if (each.name.starts_with(prefix))
        add(each.name.substr(prefix.size()), ItemKind::Function, "function of the database", "6",
            {}, each.comment);
    }
  }

  void offer_enums() {
    for (const catalog::Enum& each : analysis_.schema().enums())
      add(each.type->name, ItemKind::Enum, "enum", "4",
          zeroql::quote_name(each.type->name) + "::", each.comment);
  }

  void offer_path(const std::string& path) {
    if (const catalog::Enum* found = analysis_.schema().find_enum(path)) {
      for (const EnumType::Variant& variant : found->type->variants)
        add(variant.name, ItemKind::EnumMember, path, "0");
    }
    offer_functions(path);
  }

  void offer_types() {
    for (const char* name :
         {"int",     "float",   "string", "bool",   "bytes", "datetime", "duration", "uuid",
          "regex",   "u8",      "u16",    "u32",    "u64",   "u128",     "i8",       "i16",
          "i32",     "i64",     "i128",   "f32",    "f64",   "decimal",  "array",    "vector",
          "hashset", "hashmap", "object", "record", "edge",  "range",    "option",   "result"})
      add(name, ItemKind::TypeParameter, "type", "2", name);
    for (const catalog::Enum& each : analysis_.schema().enums())
      add(each.type->name, ItemKind::Enum, "enum", "0", {}, each.comment);
    for (const catalog::NamedType& each : analysis_.schema().types())
      add(each.name, ItemKind::Struct, each.type_text, "0", {}, each.comment);
  }

  void offer_parameters() {
    std::set<std::string> names;
    const zeroql::Tree& tree = analysis_.tree();
    for (uint32_t i = 0; i < tree.token_count(); ++i) {
      const zeroql::TokenId id(i);
      if (tree.token(id).is(TokenKind::Parameter) && tree.token(id).begin != word_.begin)
        names.emplace(tree.text(id));
    }
    for (const catalog::Param& each : analysis_.schema().params()) names.insert("$" + each.name);
    for (const std::string& name : names) add(name, ItemKind::Variable, "parameter", "3", name);
  }

  void offer_objects(SymbolKind kind) {
    const catalog::Schema& schema = analysis_.schema();
    switch (kind) {
      case SymbolKind::Table:
      case SymbolKind::View:
        return offer_tables(false, "0");
      case SymbolKind::Edge:
        return offer_tables(true, "0");
      case SymbolKind::Enum:
      case SymbolKind::Type:
        for (const catalog::Enum& each : schema.enums())
          add(each.type->name, ItemKind::Enum, "enum", "0");
        for (const catalog::NamedType& each : schema.types())
          add(each.name, ItemKind::Struct, each.type_text, "0");
        return;
      case SymbolKind::Function:
        for (const catalog::Function& each : schema.functions())
          add(each.name, ItemKind::Module, "function", "0", each.name);
        return;
      default:
        for (const catalog::Facility& each : schema.facilities())
          add(each.name, ItemKind::Module, "", "0");
    }
  }

  // Whether the parser takes the word as a keyword behind what stands there.
  static bool takes(const std::string& before, Keyword keyword) {
    const std::string_view word = zeroql::keyword_text(keyword);
    const zeroql::ParseResult parsed = zeroql::parse(before + std::string(word));
    for (const zeroql::Diagnostic& each : parsed.diagnostics) {
      // Behind the word something may be missing; the word itself must fit.
      if (each.span.begin < before.size() + word.size()) return false;
    }
    const zeroql::Tree& tree = parsed.tree;
    switch (tree.kind(owner_of(tree, static_cast<uint32_t>(tree.token_count() - 2)))) {
      case zeroql::NodeKind::Ident:
      case zeroql::NodeKind::ObjectKey:
      case zeroql::NodeKind::Skipped:
        return false;
      default:
        return true;
    }
  }

  void offer_keywords() {
    const std::string text = before();
    if (!text.empty() && text.back() == '.') return;
    for (const Keyword keyword : all_keywords()) {
      if (!takes(text, keyword)) continue;
      add(zeroql::keyword_text(keyword), ItemKind::Keyword, "", "7");
    }
  }

  void offer_skeletons() {
    const std::string text = before();
    if (!options_.snippets || text.find_first_not_of(" \t\r\n") != std::string::npos) return;
    for (const Skeleton& each : kSkeletons) {
      if (!seen_.emplace(each.label, ItemKind::Snippet).second) continue;
      items_.push(
          Json::object({{"label", each.label},
                        {"kind", static_cast<int>(ItemKind::Snippet)},
                        {"sortText", std::string("9") + each.label},
                        {"insertTextFormat", 2},
                        {"textEdit", Json::object({{"range", analysis_.document().range(word_)},
                                                   {"newText", each.text}})}}));
    }
  }

  static std::vector<Keyword> all_keywords() {
    std::vector<Keyword> out;
#define ZEROQL_RESERVED(name, text) out.push_back(Keyword::name);
#define ZEROQL_CONTEXTUAL(name, text) out.push_back(Keyword::name);
#include "base/keywords.def"
#undef ZEROQL_RESERVED
#undef ZEROQL_CONTEXTUAL
    return out;
  }

  const Analysis& analysis_;
  const function::Library& library_;
  CompletionOptions options_;
  Span word_;
  Span statement_;
  std::set<std::pair<std::string, ItemKind>> seen_;
  Json items_ = Json::array();
};

}  // namespace

Json completion(const Analysis& analysis, const function::Library& library, uint32_t offset,
                CompletionOptions options) {
  return Completion(analysis, library, offset, options).run();
}

Json resolve_completion(const function::Library& library, Json item) {
  const auto found = find_built_in(library, item["data"].as_string());
  if (!found) return item;
  std::string text;
  for (const std::string& each : found->signatures) text += each + "\n";
  text = "```zeroql\n" + text + "```\n\n" + found->doc;
  if (!found->examples.empty()) text += "\n\n```zeroql\n" + found->examples + "\n```";
  item.set("documentation", Json::object({{"kind", "markdown"}, {"value", std::move(text)}}));
  return item;
}

}  // namespace zerodb::lsp
