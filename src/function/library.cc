#include "function/library.h"

#include <algorithm>

#include "base/assert.h"
#include "function/domains.h"
#include "function/foreign_names.h"
#include "value/cast.h"
#include "value/operator_parts.h"

namespace zerodb::function {
namespace {

std::string lower_name(std::string_view name) {
  std::string lower(name);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return lower;
}

// Levenshtein distance, for suggestions.
size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

struct NameParts {
  std::string_view scope;
  std::string_view word;
};

NameParts parts_of(std::string_view name) {
  const size_t end = name.rfind("::");
  if (end == std::string_view::npos) return {{}, name};
  return {name.substr(0, end), name.substr(end + 2)};
}

// How far a known name is from an unknown one: a third of the letters of each part may differ.
// Where one of them has no namespace, the same word is as good.
std::optional<size_t> remoteness(std::string_view unknown, std::string_view known) {
  const NameParts a = parts_of(unknown);
  const NameParts b = parts_of(known);
  if (a.word == b.word && (a.scope.empty() || b.scope.empty())) return 0;
  const size_t scope = edit_distance(a.scope, b.scope);
  const size_t word = edit_distance(a.word, b.word);
  if (scope > a.scope.size() / 3 || word > a.word.size() / 3) return std::nullopt;
  return scope + word;
}

const char* namespace_of(const Type& type) {
  switch (type.kind()) {
    case TypeKind::String:
    case TypeKind::Literal:
      return "string";
    case TypeKind::Datetime:
    case TypeKind::Duration:
      return "time";
    case TypeKind::Array:
    case TypeKind::Vector:
    case TypeKind::HashSet:
      return "array";
    case TypeKind::Object:
    case TypeKind::Shape:
    case TypeKind::HashMap:
      return "object";
    case TypeKind::Uuid:
      return "uuid";
    case TypeKind::RecordId:
      return "record";
    case TypeKind::Range:
      return "range";
    default:
      return type.is_number() ? "math" : "";
  }
}

// All that namespace_of() gives, and `vector`, whose values also have the methods of `array`.
constexpr std::string_view kMethodNamespaces[] = {"string", "time",   "array", "vector", "object",
                                                  "uuid",   "record", "range", "math"};

bool sees_none(const Function& function, const Parameter& parameter) {
  return function.absence == Absence::Seen ||
         parameter.pattern.kind == TypePattern::Kind::Optional ||
         (parameter.default_value && parameter.default_value->is_none());
}

}  // namespace

std::unique_ptr<const Library> Library::create() {
  std::unique_ptr<Library> library(new Library());
  for (const auto domain : kDomains) library->add(domain);
  for (const Function& function : library->functions_)
    library->by_name_[function.signature.name].push_back(&function);
  for (const WindowDeclaration& declaration : window_functions()) {
    auto signature = parse_signature(declaration.signature);
    ASSERT(signature.has_value());
    library->windows_.push_back(
        {{std::move(*signature), Volatility::Immutable, Absence::Seen, 10, declaration.doc,
          declaration.examples, nullptr, InlineOp::None, "Window functions"},
         declaration.op});
  }
  return library;
}

void Library::add(const Domain& domain) {
  for (const Declaration& declaration : domain.declarations()) {
    auto signature = parse_signature(declaration.signature);
    ASSERT(signature.has_value());
    functions_.push_back({std::move(*signature), declaration.volatility, declaration.absence,
                          declaration.cost, declaration.doc, declaration.examples,
                          declaration.kernel, declaration.inline_op, domain.title});
  }
}

std::span<const Function* const> Library::find(std::string_view name) const {
  const auto found = by_name_.find(lower_name(name));
  if (found == by_name_.end()) return {};
  return found->second;
}

const WindowFunction* Library::find_window(std::string_view name) const {
  const std::string lower = lower_name(name);
  for (const WindowFunction& each : windows_) {
    if (each.function.signature.name == lower) return &each;
  }
  return nullptr;
}

const AggregateFunction* Library::find_aggregate(std::string_view name) const {
  const std::string lower = lower_name(name);
  for (const AggregateFunction& function : aggregate_functions()) {
    if (function.name == lower) return &function;
  }
  return nullptr;
}

std::span<const AggregateFunction> Library::aggregates() const {
  return aggregate_functions();
}

Error Library::unknown_function(std::string_view name) const {
  const std::string lower = lower_name(name);
  Error error(ErrorCode::E0601, "unknown function `" + std::string(name) + "`");
  if (const auto rewrite = foreign_rewrite(lower))
    return std::move(error).with_help("write " + std::string(*rewrite));
  std::string_view nearest;
  std::optional<size_t> best;
  const auto consider = [&](std::string_view candidate) {
    const auto distance = remoteness(lower, candidate);
    if (!distance || (best && *distance >= *best)) return;
    best = distance;
    nearest = candidate;
  };
  for (const Function& function : functions_) consider(function.signature.name);
  for (const AggregateFunction& function : aggregate_functions()) consider(function.name);
  if (nearest.empty()) {
    const auto rewrite = foreign_rewrite(parts_of(lower).word);
    return rewrite ? std::move(error).with_help("write " + std::string(*rewrite)) : error;
  }
  return std::move(error).with_help("did you mean `" + std::string(nearest) + "`?");
}

std::optional<std::string> Library::method_name(const Type& receiver, std::string_view name) const {
  const std::string lower = lower_name(name);
  const std::string scope = namespace_of(receiver);
  if (!scope.empty()) {
    if (std::string full = scope + "::" + lower; by_name_.contains(full)) return full;
    if (scope == "array" && receiver.kind() == TypeKind::Vector) {
      if (std::string full = "vector::" + lower; by_name_.contains(full)) return full;
    }
  }
  if (by_name_.contains(lower)) return lower;
  return std::nullopt;
}

bool Library::has_method(std::string_view name) const {
  const std::string lower = lower_name(name);
  return by_name_.contains(lower) ||
         std::ranges::any_of(kMethodNamespaces, [&](std::string_view scope) {
           return by_name_.contains(std::string(scope) + "::" + lower);
         });
}

Result<Value> Library::run(const Function& function, std::span<const Value> inputs,
                           CallContext& context) {
  if (function.absence == Absence::Propagates) {
    const auto& parameters = function.signature.parameters;
    for (size_t i = 0; i < inputs.size(); ++i) {
      if (inputs[i].is_none() &&
          !sees_none(function, parameters[std::min(i, parameters.size() - 1)]))
        return Value::none();
    }
  }
  return function.kernel(inputs, context);
}

Result<Value> Library::invoke(const Call& call, std::span<const Value> arguments,
                              CallContext& context) {
  ASSERT(call.function != nullptr);
  std::vector<Value> inputs;
  inputs.reserve(call.inputs.size());
  for (const Call::Input& input : call.inputs) {
    if (input.argument == Call::Input::kDefault) {
      inputs.push_back(input.value);
      continue;
    }
    const Value& given = arguments[input.argument];
    if (!input.needs_coercion || given.is_none()) {
      inputs.push_back(given);
      continue;
    }
    auto coerced = coerce(given, input.type.optional(), context.names);
    if (!coerced) {
      return Error(ErrorCode::E0602, "`" + call.function->signature.text +
                                         "`: " + std::string(coerced.error().message()));
    }
    inputs.push_back(std::move(*coerced));
  }
  return run(*call.function, inputs, context);
}

namespace {

std::vector<Argument> describe(std::span<const Value> values,
                               std::span<const std::string_view> names) {
  std::vector<Argument> arguments;
  for (size_t i = 0; i < values.size(); ++i) {
    arguments.push_back(
        {type_of(values[i]), i < names.size() ? names[i] : std::string_view(), true});
  }
  return arguments;
}

}  // namespace

Result<Value> Library::call_dynamic(std::string_view name, std::span<const Value> arguments,
                                    std::span<const std::string_view> names,
                                    CallContext& context) const {
  const Call call = TRY(resolve(name, describe(arguments, names)));
  if (call.function != nullptr) return invoke(call, arguments, context);
  // Values of an open container may still fit several overloads: the first that was declared takes
  // them.
  for (const Function* function : find(name)) {
    if (arguments.size() <= function->signature.parameters.size())
      return run(*function, arguments, context);
  }
  return Error(ErrorCode::E0602, "no overload of `" + std::string(name) + "` takes these values");
}

Result<Value> Library::call_method_dynamic(std::string_view name, std::span<const Value> arguments,
                                           std::span<const std::string_view> names,
                                           CallContext& context) const {
  ASSERT(!arguments.empty());
  const Value& receiver = arguments[0];
  if (receiver.is_none()) {
    // Whatever else it might be, none has none; only global functions see it as a value.
    const bool is_seen = std::ranges::any_of(
        find(name), [](const Function* each) { return each->absence == Absence::Seen; });
    return is_seen ? call_dynamic(name, arguments, names, context) : Value::none();
  }
  const auto full = method_name(type_of(receiver), name);
  if (!full) {
    return Error(ErrorCode::E0602, "no `" + std::string(name) + "` takes " +
                                       class_name(receiver.tag()) + " before the point");
  }
  return call_dynamic(*full, arguments, names, context);
}

}  // namespace zerodb::function
