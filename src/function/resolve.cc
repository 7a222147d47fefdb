// Overload resolution: which function a call means, and how its arguments reach the parameters.
#include <algorithm>

#include "base/assert.h"
#include "function/library.h"
#include "value/cast.h"

namespace zerodb::function {
namespace {

constexpr int kDynamicScore = 8;

// One overload tried against the arguments.
struct Candidate {
  const Function* function = nullptr;
  std::vector<uint32_t> arguments;  // for each input the argument, or Call::Input::kDefault
  Bindings bindings;
  int score = 0;
  bool is_dynamic = false;  // fits only if values of type any turn out well
};

const Parameter& parameter_of(const Signature& signature, size_t input) {
  return signature.parameters[std::min(input, signature.parameters.size() - 1)];
}

Error call_error(ErrorCode code, const Signature& signature, const std::string& what) {
  return Error(code, "`" + signature.name + "`: " + what).with_help(signature.text);
}

// Puts positional and named arguments in their places.
Result<std::vector<uint32_t>> place_arguments(const Signature& signature,
                                              std::span<const Argument> arguments) {
  const auto& parameters = signature.parameters;
  const size_t fixed = parameters.size() - (signature.has_rest() ? 1 : 0);
  std::vector<uint32_t> places(fixed, Call::Input::kDefault);
  bool saw_name = false;
  for (uint32_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i].name.empty()) {
      if (saw_name)
        return call_error(ErrorCode::E0604, signature,
                          "a positional argument stands behind a named one");
      if (i < fixed) {
        places[i] = i;
      } else if (signature.has_rest()) {
        places.push_back(i);
      } else {
        return call_error(ErrorCode::E0602, signature,
                          "takes at most " + std::to_string(fixed) + " arguments");
      }
      continue;
    }
    saw_name = true;
    const auto found = std::find_if(parameters.begin(), parameters.end(), [&](const Parameter& p) {
      return p.name == arguments[i].name;
    });
    if (found == parameters.end() || found->is_rest) {
      return call_error(ErrorCode::E0604, signature,
                        "has no parameter `" + std::string(arguments[i].name) + "`");
    }
    uint32_t& place = places[static_cast<size_t>(found - parameters.begin())];
    if (place != Call::Input::kDefault)
      return call_error(ErrorCode::E0604, signature, "`" + found->name + "` is given twice");
    place = i;
  }
  for (size_t i = 0; i < fixed; ++i) {
    if (places[i] == Call::Input::kDefault && !parameters[i].default_value) {
      return call_error(ErrorCode::E0602, signature,
                        "argument `" + parameters[i].name + "` is missing");
    }
  }
  return places;
}

Result<Candidate> try_overload(const Function& function, std::span<const Argument> arguments) {
  const Signature& signature = function.signature;
  Candidate candidate;
  candidate.function = &function;
  candidate.arguments = TRY(place_arguments(signature, arguments));
  for (size_t i = 0; i < candidate.arguments.size(); ++i) {
    const uint32_t index = candidate.arguments[i];
    if (index == Call::Input::kDefault) continue;
    const Parameter& parameter = parameter_of(signature, i);
    if (parameter.is_constant && !arguments[index].is_constant) {
      return call_error(ErrorCode::E0607, signature,
                        "`" + parameter.name + "` must be a literal or a parameter");
    }
    const auto score = match(parameter.pattern, arguments[index].type, candidate.bindings);
    if (!score) {
      return call_error(
          ErrorCode::E0602, signature,
          "`" + parameter.name + "` cannot be a value of type " + to_string(arguments[index].type));
    }
    candidate.score += *score;
    candidate.is_dynamic = candidate.is_dynamic || *score >= kDynamicScore;
  }
  return candidate;
}

// Calls whose unions come together in more ways are judged by each argument for itself.
constexpr size_t kCombinationsMax = 64;

bool is_plain_scalar(const Type& type) {
  switch (type.kind()) {
    case TypeKind::String:
    case TypeKind::Bytes:
    case TypeKind::Datetime:
    case TypeKind::Duration:
    case TypeKind::Uuid:
      return true;
    default:
      return type.is_number();
  }
}

// What an argument that may be none, or whose type is not known, does to the type of the result.
Type result_type(const Candidate& candidate, std::span<const Argument> arguments) {
  const Type type = substitute(candidate.function->signature.result, candidate.bindings);
  if (candidate.function->absence == Absence::Seen || type.is_any()) return type;
  bool may_be_none = false;
  bool has_any = false;
  for (size_t i = 0; i < candidate.arguments.size(); ++i) {
    const uint32_t index = candidate.arguments[i];
    const Parameter& parameter = parameter_of(candidate.function->signature, i);
    const bool is_seen = parameter.pattern.kind == TypePattern::Kind::Optional ||
                         (parameter.default_value && parameter.default_value->is_none());
    if (index == Call::Input::kDefault || is_seen) continue;
    has_any = has_any || arguments[index].type.is_any();
    may_be_none = may_be_none || arguments[index].type.admits_none();
  }
  // A condition or a path built on values of unknown type stays dynamic, as the values themselves
  // are.
  if (has_any && !is_plain_scalar(type)) return Type::any();
  return may_be_none ? type.optional() : type;
}

Call finish(Candidate candidate, std::span<const Argument> arguments) {
  Call call;
  call.function = candidate.function;
  call.result = result_type(candidate, arguments);
  for (size_t i = 0; i < candidate.arguments.size(); ++i) {
    const Parameter& parameter = parameter_of(candidate.function->signature, i);
    Call::Input input;
    input.argument = candidate.arguments[i];
    input.type = substitute(parameter.pattern, candidate.bindings);
    if (input.argument == Call::Input::kDefault) {
      input.value = *parameter.default_value;
      input.needs_coercion = false;
      if (!input.value.is_none()) {
        // Defaults are written as ints where a parameter of another number type may stand.
        if (auto adapted = coerce(input.value, input.type)) input.value = std::move(*adapted);
      }
    } else {
      const Type& given = arguments[input.argument].type;
      const Type present = given.is_optional() ? given.required() : given;
      input.needs_coercion =
          present.kind() != TypeKind::None && storing(present, input.type) != Storing::Same;
    }
    call.inputs.push_back(std::move(input));
  }
  return call;
}

bool is_union(const Argument& argument) {
  return argument.type.required().kind() == TypeKind::Union;
}

// In how many ways the members of the unions can come together.
size_t combinations(std::span<const Argument> arguments) {
  size_t count = 1;
  for (const Argument& argument : arguments) {
    if (is_union(argument)) count *= argument.type.required().parts().size();
    if (count > kCombinationsMax) break;
  }
  return count;
}

}  // namespace

Result<Call> Library::resolve(std::string_view name, std::span<const Argument> arguments) const {
  auto whole = resolve_whole(name, arguments);
  const auto first = std::ranges::find_if(arguments, is_union);
  if (first == arguments.end() || combinations(arguments) > kCombinationsMax) return whole;
  // Which overload runs, only the value tells; each member must have one.
  std::vector<Argument> narrowed(arguments.begin(), arguments.end());
  Type& type = narrowed[static_cast<size_t>(first - arguments.begin())].type;
  size_t fitting = 0;
  const auto members = first->type.required().parts();
  for (const Type& member : members) {
    type = first->type.is_optional() ? member.optional() : member;
    if (resolve(name, narrowed)) ++fitting;
  }
  if (fitting == 0) return whole;
  if (fitting < members.size()) {
    return Error(ErrorCode::E0311, "a value of type " + to_string(first->type) +
                                       " may be one that `" + std::string(name) + "` does not take")
        .with_help("narrow it with IS first");
  }
  if (whole) return whole;
  Call dynamic;
  dynamic.result = Type::any();
  return dynamic;
}

Result<Call> Library::resolve_whole(std::string_view name,
                                    std::span<const Argument> arguments) const {
  const auto overloads = find(name);
  if (overloads.empty()) return unknown_function(name);
  std::vector<Candidate> fitting;
  std::optional<Error> refusal;
  for (const Function* function : overloads) {
    auto candidate = try_overload(*function, arguments);
    if (candidate) {
      fitting.push_back(std::move(*candidate));
    } else if (!refusal) {
      refusal = std::move(candidate.error());
    }
  }
  if (fitting.empty()) {
    if (overloads.size() == 1) return std::move(*refusal);
    std::string signatures;
    for (const Function* function : overloads)
      signatures += (signatures.empty() ? "" : "\n") + function->signature.text;
    std::string types;
    for (const Argument& argument : arguments)
      types += (types.empty() ? "" : ", ") + to_string(argument.type);
    return Error(ErrorCode::E0602, "no `" + std::string(name) + "` takes (" + types + ")")
        .with_help(signatures);
  }
  if (fitting.size() == 1) return finish(std::move(fitting[0]), arguments);
  const auto best =
      std::min_element(fitting.begin(), fitting.end(),
                       [](const auto& a, const auto& b) { return a.score < b.score; });
  if (best->is_dynamic) {
    Call call;
    call.result = Type::any();
    return call;
  }
  const auto ties = std::count_if(fitting.begin(), fitting.end(), [&](const Candidate& other) {
    return other.score == best->score;
  });
  const bool has_none = std::any_of(arguments.begin(), arguments.end(), [](const Argument& a) {
    return a.type.kind() == TypeKind::None;
  });
  if (ties > 1 && !has_none) {
    std::string signatures;
    for (const Candidate& other : fitting) {
      if (other.score == best->score)
        signatures += (signatures.empty() ? "" : "\n") + other.function->signature.text;
    }
    return Error(ErrorCode::E0603,
                 "this call of `" + std::string(name) + "` fits two overloads equally")
        .with_help(signatures);
  }
  return finish(std::move(*best), arguments);
}

Result<Call> Library::resolve_window(const WindowFunction& function,
                                     std::span<const Argument> arguments) const {
  return finish(TRY(try_overload(function.function, arguments)), arguments);
}

Result<Call> Library::resolve_method(std::string_view name,
                                     std::span<const Argument> arguments) const {
  ASSERT(!arguments.empty());
  const Type& receiver = arguments[0].type;
  if (receiver.is_any() || receiver.kind() == TypeKind::Union) {
    if (!has_method(name)) return unknown_function(name);
    Call call;
    call.result = Type::any();
    return call;
  }
  const auto full = method_name(receiver.required(), name);
  if (!full) return unknown_function(name);
  return resolve(*full, arguments);
}

}  // namespace zerodb::function
