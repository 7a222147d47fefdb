#include "sema/table_function.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/ascii.h"
#include "sema/availability.h"
#include "sema/conversion.h"
#include "sema/expression.h"

namespace zerodb::sema {
namespace {

enum class Wanted : uint8_t { Anything, Elements, Range, Step, Text, Constant, Bool };

struct TableParameter {
  std::string_view name;
  Wanted wanted;
  bool is_required = false;
  bool is_named_only = false;
};

struct TableFunction {
  std::string_view name;
  std::span<const TableParameter> parameters;
  std::string_view signature;
  std::string_view doc;
  std::string_view example;
};

constexpr std::array kUnnest{TableParameter{"x", Wanted::Elements, true}};
constexpr std::array kSeries{TableParameter{"range", Wanted::Range, true},
                             TableParameter{"step", Wanted::Step},
                             TableParameter{"zone", Wanted::Text, false, true}};
constexpr std::array kEach{TableParameter{"v", Wanted::Anything, true},
                           TableParameter{"deep", Wanted::Bool, false, true}};
constexpr std::array kReadCsv{TableParameter{"path", Wanted::Constant, true},
                              TableParameter{"delimiter", Wanted::Text, false, true},
                              TableParameter{"header", Wanted::Bool, false, true},
                              TableParameter{"infer", Wanted::Bool, false, true},
                              TableParameter{"none_text", Wanted::Text, false, true}};
constexpr std::array kReadJson{TableParameter{"path", Wanted::Constant, true}};

constexpr std::array kFunctions{
    TableFunction{"unnest", kUnnest, "unnest(x: any) -> rows of its elements",
                  "The elements of an array, vector, hashset or finite range of whole numbers, "
                  "`{key, value}` of an object or hashmap; no row for none.",
                  "SELECT x, i FROM unnest(['a', 'b']) AS x AT i"},
    TableFunction{"series", kSeries,
                  "series(range: range<T>, step: any = none, zone: string = none) -> rows of T",
                  "Whole numbers by a number, times by a duration or the name of a unit; the range "
                  "says whether its end counts. E0623 for a step that is not positive.",
                  "SELECT x FROM series(1..=9, 3) AS x"},
    TableFunction{"json::each", kEach,
                  "json::each(v: any, deep: bool = false) -> rows of {path, key, value}",
                  "What stands in an array or object; with `deep` all below it too, parents before "
                  "children.",
                  "SELECT x.path FROM json::each({a: [1, 2]}, deep => true) AS x"},
    TableFunction{
        "read_csv", kReadCsv,
        "read_csv(const path: string, delimiter: string = ',', header: bool = true, "
        "infer: bool = true, none_text: string = '') -> rows of objects",
        "The rows of CSV files, as objects. The cells of a column are bool, int, float, datetime "
        "or string, as its first 10,000 rows say (`infer => false`: strings); a later "
        "misfit is E0624 with its line. A cell that is `none_text` and not quoted is "
        "none. The path may be a pattern such as `data/*.csv`.",
        "SELECT x FROM read_csv('a.csv') AS x"},
    TableFunction{"read_json", kReadJson, "read_json(const path: string) -> rows of values",
                  "The elements of the array that a file is, else its documents, one a line. The "
                  "path may be a pattern.",
                  "SELECT x FROM read_json('a.json') AS x"}};

const TableFunction* find_function(Checking& c, ast::Call call) {
  const std::string name = lower_ascii(call.name());
  for (const TableFunction& function : kFunctions) {
    if (function.name == name) return &function;
  }
  auto& diagnostic =
      c.report(ErrorCode::E0605, "`" + call.name() + "` is no table function", call.name_span());
  std::vector<std::string> candidates;
  for (const TableFunction& function : kFunctions) candidates.emplace_back(function.name);
  c.suggest(diagnostic, name, candidates);
  return nullptr;
}

// Where each argument goes: by position, then by name. Nothing after E0602 or E0604.
std::optional<size_t> parameter_of(Checking& c, const TableFunction& function,
                                   ast::Argument argument, size_t position) {
  const auto& parameters = function.parameters;
  const auto label = argument.label();
  if (!label) {
    if (position < parameters.size() && !parameters[position].is_named_only) return position;
    c.report(ErrorCode::E0602, "`" + std::string(function.name) + "` takes fewer arguments",
             argument.span());
    return std::nullopt;
  }
  const std::string name = label->name();
  for (size_t i = 0; i < parameters.size(); ++i) {
    if (parameters[i].name == name) return i;
  }
  auto& diagnostic = c.report(
      ErrorCode::E0604, "`" + std::string(function.name) + "` has no parameter `" + name + "`",
      label->span());
  std::vector<std::string> candidates;
  for (const TableParameter& each : parameters) candidates.emplace_back(each.name);
  c.suggest(diagnostic, name, candidates);
  return std::nullopt;
}

bool fits(const Type& type, Wanted wanted) {
  if (type.is_any()) return true;
  switch (wanted) {
    case Wanted::Anything:
      return true;
    case Wanted::Elements:
      return element_of(type).has_value();
    case Wanted::Range: {
      if (type.kind() != TypeKind::Range) return false;
      const Type element = type.element();
      return element.is_any() || element.is_integer() || element.kind() == TypeKind::Datetime;
    }
    case Wanted::Step:
      return type.is_integer() || type.is_text() || type.kind() == TypeKind::Duration;
    case Wanted::Text:
    case Wanted::Constant:
      return type.is_text();
    case Wanted::Bool:
      break;
  }
  return type.kind() == TypeKind::Bool;
}

// A constant of the statement: it reads no row.
bool is_known_argument(const Checking& c, ExprId id) {
  const ExprKind kind = c.expr(id).kind;
  return kind == ExprKind::Literal || kind == ExprKind::Parameter;
}

bool check_argument(Checking& c, const TableFunction& function, const TableParameter& parameter,
                    ExprId value) {
  if (c.is_poison(value)) return false;
  const Span span = c.expr(value).span;
  if (parameter.wanted == Wanted::Text || parameter.wanted == Wanted::Constant)
    infer_parameter(c, value, Type::string());
  if (!fits(c.type(value).required(), parameter.wanted)) {
    c.report(ErrorCode::E0602,
             "`" + std::string(parameter.name) + "` of `" + std::string(function.name) +
                 "` does not take `" + c.text(c.type(value)) + "`",
             span);
    return false;
  }
  if (parameter.wanted == Wanted::Constant && !is_known_argument(c, value)) {
    c.report(ErrorCode::E0607, "`" + std::string(parameter.name) + "` must be constant", span);
    return false;
  }
  return true;
}

bool check_arguments_of(Checking& c, Scope& scope, const TableFunction& function, ast::Call call,
                        std::vector<ExprId>& args) {
  std::vector<bool> given(function.parameters.size(), false);
  bool is_sound = true;
  bool is_named = false;
  size_t position = 0;
  for (const ast::Argument argument : call.arguments().list()) {
    const ExprId value = check_expression(c, scope, argument.value());
    if (is_named && !argument.label()) {
      c.report(ErrorCode::E0604, "named arguments come last", argument.span());
      return false;
    }
    is_named |= argument.label().has_value();
    const auto at = parameter_of(c, function, argument, position++);
    if (!at) return false;
    if (given[*at]) {
      c.report(ErrorCode::E0604,
               "`" + std::string(function.parameters[*at].name) + "` is given twice",
               argument.span());
      return false;
    }
    given[*at] = true;
    is_sound &= check_argument(c, function, function.parameters[*at], value);
    args[*at] = value;
  }
  for (size_t i = 0; i < given.size(); ++i) {
    if (given[i] || !function.parameters[i].is_required) continue;
    c.report(ErrorCode::E0602,
             "`" + std::string(function.name) + "` wants `" +
                 std::string(function.parameters[i].name) + "`",
             call.span());
    return false;
  }
  return is_sound;
}

// Whole numbers go by a number, times by a duration or the name of a unit.
Type series_element(Checking& c, const std::vector<ExprId>& args) {
  const Type range = c.type(args[0]).required();
  if (range.kind() != TypeKind::Range) return Type::any();
  const Type element = range.element();
  const Type step = c.type(args[1]).required();
  const bool has_step = step.kind() != TypeKind::None && !step.is_any();
  if (!has_step || element.is_any()) return element;
  if (step.is_integer() != element.is_integer()) {
    c.report(ErrorCode::E0602,
             "a series of `" + c.text(element) + "` has no step of `" + c.text(step) + "`",
             c.expr(args[1]).span);
  }
  return element;
}

Type result_of(Checking& c, const TableFunction& function, const std::vector<ExprId>& args) {
  if (function.name == "unnest") return *element_of(c.type(args[0]));
  if (function.name == "series") return series_element(c, args);
  if (function.name == "json::each")
    return Type::shape({{"path", Type::string(), false},
                        {"key", Type::any(), false},
                        {"value", Type::any(), false}});
  return Type::any();
}

// Columns as `name: type`, where a word without type is a string.
struct SystemTable {
  std::string_view name;
  std::string_view columns;
};

constexpr std::array kSystemTables{
    SystemTable{"namespaces", "name consistency comment"},
    SystemTable{"databases", "namespace name comment"},
    SystemTable{"tables",
                "database name kind schemafull:bool rows_estimate:int? bytes:int? comment"},
    SystemTable{"fields",
                "table name type default:string? computed:string? assert:string? readonly:bool "
                "comment"},
    SystemTable{"indexes",
                "table name fields:strings kind unique:bool condition:string? state progress:float "
                "bytes:int?"},
    SystemTable{"functions", "name signature kind volatility origin doc example"},
    SystemTable{"modules", "name world hash allow:strings fuel:int? memory:int?"},
    SystemTable{"users", "name roles:strings"},
    SystemTable{"grants", "role privilege object fields:strings? condition:string?"},
    SystemTable{"settings", "name value:any default:any origin live:bool doc"},
    SystemTable{"sessions",
                "id:any user namespace database address:string? since:datetime state "
                "statement:string?"},
    SystemTable{"transactions",
                "id:any session:any since:datetime mode isolation snapshot:any writes:int"},
    SystemTable{"statements",
                "digest text tier calls:int total:duration p95:duration rows:int bytes_read:int? "
                "errors:int"},
    SystemTable{"live", "id:any session:any query since:datetime lag:duration"},
    SystemTable{"partitions",
                "id:any table lower:any upper:any replica_set:any leader:any rows_estimate:int "
                "bytes:int state"},
    SystemTable{"replicas",
                "replica_set:any node:any role term:int last:int commit:int applied:int"},
    SystemTable{"nodes", "id:any address version state labels:object since:datetime"},
    SystemTable{"jobs", "id:any kind object state progress:float started:datetime? error:string?"}};

Type column_type(std::string_view word) {
  const bool is_optional = word.ends_with('?');
  if (is_optional) word.remove_suffix(1);
  Type type = Type::string();
  if (word == "any") return Type::any();
  if (word == "bool") type = Type::boolean();
  if (word == "int") type = Type::int64();
  if (word == "float") type = Type::float64();
  if (word == "object") type = Type::object();
  if (word == "strings") type = Type::array(Type::string());
  if (word == "datetime") type = Type(TypeKind::Datetime);
  if (word == "duration") type = Type(TypeKind::Duration);
  return is_optional ? type.optional() : type;
}

std::vector<Output> read_columns(std::string_view text) {
  std::vector<Output> columns;
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    const size_t colon = word.find(':');
    Output column;
    column.name = std::string(word.substr(0, colon));
    column.expr = kNoExpr;
    column.type = colon == word.npos ? Type::string() : column_type(word.substr(colon + 1));
    columns.push_back(std::move(column));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return columns;
}

}  // namespace

std::optional<Type> element_of(const Type& type) {
  switch (type.kind()) {
    case TypeKind::None:
    case TypeKind::Any:
      return Type::any();
    case TypeKind::Array:
    case TypeKind::Vector:
    case TypeKind::HashSet:
      return type.element();
    case TypeKind::Range:
      return type.element().is_integer() ? std::optional<Type>(type.element()) : std::nullopt;
    case TypeKind::Object:
    case TypeKind::Shape:
      return Type::shape({{"key", Type::string(), false}, {"value", Type::any(), false}});
    case TypeKind::HashMap:
      return Type::shape({{"key", type.parts()[0], false}, {"value", type.parts()[1], false}});
    case TypeKind::Union: {
      std::vector<Type> elements;
      for (const Type& part : type.parts()) {
        if (part.kind() == TypeKind::None) continue;
        const auto element = element_of(part);
        if (!element) return std::nullopt;
        elements.push_back(*element);
      }
      return Type::union_of(elements);
    }
    default:
      return std::nullopt;
  }
}

bool is_table_function(std::string_view name) {
  return std::ranges::find(kFunctions, name, &TableFunction::name) != kFunctions.end();
}

std::vector<TableFunctionEntry> table_functions() {
  std::vector<TableFunctionEntry> entries;
  for (const TableFunction& each : kFunctions)
    entries.push_back({each.signature, each.doc, each.example});
  return entries;
}

Type check_table_function(Checking& c, Scope& scope, ast::Call call, Source& source) {
  source.function = lower_ascii(call.name());
  const TableFunction* function = find_function(c, call);
  if (function == nullptr) return Type::any();
  for (size_t i = 0; i < function->parameters.size(); ++i)
    source.args.push_back(c.literal(Value::none(), Type::none(), call.span()));
  if (!check_arguments_of(c, scope, *function, call, source.args)) return Type::any();
  return result_of(c, *function, source.args);
}

std::optional<std::vector<Output>> system_columns(Checking& c, std::string& name, Span span) {
  const std::string known = lower_ascii(name);
  std::vector<std::string> candidates;
  for (const SystemTable& table : kSystemTables) {
    candidates.push_back("system::" + std::string(table.name));
    if (candidates.back() != known) continue;
    name = known;
    return read_columns(table.columns);
  }
  auto& diagnostic = c.report(ErrorCode::E0201, "unknown table `" + name + "`", span);
  c.suggest(diagnostic, known, candidates);
  return std::nullopt;
}

}  // namespace zerodb::sema
