#include "function/signature.h"

#include <algorithm>
#include <array>

#include "value/cast.h"
#include "value/number_text.h"
#include "value/operator_types.h"

namespace zerodb::function {
namespace {

struct NamedType {
  std::string_view name;
  TypeKind kind;
};
constexpr std::array<NamedType, 27> kTypes{{{"any", TypeKind::Any},
                                            {"bool", TypeKind::Bool},
                                            {"int", TypeKind::I64},
                                            {"i8", TypeKind::I8},
                                            {"i16", TypeKind::I16},
                                            {"i32", TypeKind::I32},
                                            {"i64", TypeKind::I64},
                                            {"i128", TypeKind::I128},
                                            {"u8", TypeKind::U8},
                                            {"u16", TypeKind::U16},
                                            {"u32", TypeKind::U32},
                                            {"u64", TypeKind::U64},
                                            {"u128", TypeKind::U128},
                                            {"float", TypeKind::F64},
                                            {"f32", TypeKind::F32},
                                            {"f64", TypeKind::F64},
                                            {"decimal", TypeKind::Decimal},
                                            {"string", TypeKind::String},
                                            {"bytes", TypeKind::Bytes},
                                            {"datetime", TypeKind::Datetime},
                                            {"duration", TypeKind::Duration},
                                            {"uuid", TypeKind::Uuid},
                                            {"regex", TypeKind::Regex},
                                            {"record", TypeKind::RecordId},
                                            {"object", TypeKind::Object},
                                            {"none", TypeKind::None},
                                            {"enum", TypeKind::Enum}}};

struct NamedGeneric {
  std::string_view name;
  TypePattern::Kind kind;
  size_t parts;
};
constexpr std::array<NamedGeneric, 6> kGenerics{{{"array", TypePattern::Kind::Array, 1},
                                                 {"vector", TypePattern::Kind::Vector, 1},
                                                 {"hashset", TypePattern::Kind::HashSet, 1},
                                                 {"hashmap", TypePattern::Kind::HashMap, 2},
                                                 {"range", TypePattern::Kind::Range, 1},
                                                 {"result", TypePattern::Kind::Result, 2}}};

bool is_word_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

class SignatureParser {
 public:
  explicit SignatureParser(std::string_view text) : text_(text), rest_(text) {}

  Result<Signature> parse() {
    Signature signature;
    signature.text = text_;
    signature.name = word();
    while (accept("::")) signature.name += "::" + std::string(word());
    if (signature.name.empty() || !accept("(")) return malformed();
    while (!accept(")")) {
      if (!signature.parameters.empty() && !accept(",")) return malformed();
      signature.parameters.push_back(TRY(parameter()));
    }
    if (!accept("->")) return malformed();
    signature.result = TRY(type());
    skip_blanks();
    if (!rest_.empty()) return malformed();
    return signature;
  }

 private:
  Error malformed() const {
    return Error(ErrorCode::E1299, "malformed signature `" + std::string(text_) + "` before `" +
                                       std::string(rest_) + "`");
  }
  void skip_blanks() {
    while (rest_.starts_with(' ')) rest_.remove_prefix(1);
  }
  bool accept(std::string_view token) {
    skip_blanks();
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }
  std::string_view word() {
    skip_blanks();
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_word_char);
    const std::string_view found(rest_.data(), static_cast<size_t>(end - rest_.begin()));
    rest_.remove_prefix(found.size());
    return found;
  }

  Result<Parameter> parameter() {
    Parameter parameter;
    std::string_view name = word();
    parameter.is_constant = name == "const";
    parameter.is_lazy = name == "lazy";
    if (parameter.is_constant || parameter.is_lazy) name = word();
    parameter.name = name;
    if (name.empty() || !accept(":")) return malformed();
    parameter.pattern = TRY(type());
    parameter.is_rest = accept("...");
    if (accept("=")) parameter.default_value = TRY(literal());
    return parameter;
  }

  Result<Value> literal() {
    if (accept("'")) {
      const size_t end = rest_.find('\'');
      if (end == std::string_view::npos) return malformed();
      const Value value = Value::string(rest_.substr(0, end));
      rest_.remove_prefix(end + 1);
      return value;
    }
    const bool negative = accept("-");
    std::string number(word());
    if (number == "none") return Value::none();
    if (number == "true" || number == "false") return Value::boolean(number == "true");
    if (accept(".")) {
      number += "." + std::string(word());
      const auto value = parse_float64(number);
      if (!value) return malformed();
      return Value::float64(negative ? -*value : *value);
    }
    const auto value = parse_int128(number);
    if (!value) return malformed();
    return Value::int64(static_cast<int64_t>(negative ? -*value : *value));
  }

  Result<TypePattern> type() {
    TypePattern first = TRY(optional_type());
    if (!accept("|")) return first;
    TypePattern either;
    either.kind = TypePattern::Kind::Union;
    either.parts.push_back(std::move(first));
    do {
      either.parts.push_back(TRY(optional_type()));
    } while (accept("|"));
    return either;
  }

  Result<TypePattern> optional_type() {
    TypePattern inner = TRY(plain_type());
    if (!accept("?")) return inner;
    TypePattern optional;
    optional.kind = TypePattern::Kind::Optional;
    optional.parts.push_back(std::move(inner));
    return optional;
  }

  Result<TypePattern> plain_type() {
    TypePattern pattern;
    if (accept("(")) {
      pattern.kind = TypePattern::Kind::Tuple;
      do {
        pattern.parts.push_back(TRY(type()));
      } while (accept(","));
      if (!accept(")")) return malformed();
      return pattern;
    }
    const std::string_view name = word();
    if (name == "number") {
      pattern.kind = TypePattern::Kind::Number;
      return pattern;
    }
    if (name.size() == 1 && name[0] >= 'A' && name[0] <= 'Z') {
      pattern.kind = TypePattern::Kind::Variable;
      pattern.variable = name[0];
      return pattern;
    }
    for (const NamedGeneric& generic : kGenerics) {
      if (generic.name != name) continue;
      pattern.kind = generic.kind;
      if (!accept("<")) return malformed();
      do {
        pattern.parts.push_back(TRY(type()));
      } while (accept(","));
      if (!accept(">") || pattern.parts.size() != generic.parts) return malformed();
      return pattern;
    }
    for (const NamedType& named : kTypes) {
      if (named.name != name) continue;
      pattern.type = Type(named.kind);
      return pattern;
    }
    return malformed();
  }

  std::string_view text_;
  std::string_view rest_;
};

constexpr int kDynamic = 8;
constexpr int kAnything = 6;

std::optional<int> match_concrete(const Type& wanted, const Type& given) {
  if (wanted.is_any()) return kAnything;
  if (wanted == given) return 0;
  if (wanted.kind() == given.kind()) return 1;  // digits of decimals, tables of records, any enum
  if (wanted.is_number() && given.is_number()) {
    const auto common = common_number(wanted.kind(), given.kind());
    if (!common || *common != wanted.kind()) return std::nullopt;
    return wanted.is_integer() ? 2 : wanted.is_float() ? 3 : 4;
  }
  if (wanted.kind() == TypeKind::String && given.is_text()) return 1;
  if (wanted.kind() == TypeKind::Object && given.is_object()) return 1;
  return std::nullopt;
}

std::optional<int> bind(char variable, const Type& given, Bindings& bindings) {
  if (variable == 'N' && !given.is_number()) return std::nullopt;
  const auto [place, is_new] = bindings.try_emplace(variable, given);
  if (is_new || place->second == given) return variable == 'N' ? 2 : 4;
  if (place->second.is_any()) return 5;
  const auto common = place->second.is_number() && given.is_number()
                          ? common_number(place->second.kind(), given.kind())
                          : std::nullopt;
  if (common) {
    place->second = Type(*common);
  } else if (variable == 'N') {
    return std::nullopt;
  } else {
    place->second = Type::union_of({place->second, given});
  }
  return 5;
}

// A part of a container: there a variable takes the question mark along, which for a whole argument
// means that none passes through.
std::optional<int> match_part(const TypePattern& pattern, const Type& type, Bindings& bindings) {
  const bool takes_all =
      pattern.kind == TypePattern::Kind::Variable && pattern.variable != 'N' && !type.is_any();
  return takes_all ? bind(pattern.variable, type, bindings) : match(pattern, type, bindings);
}

// Parts of a container: the worst of them.
std::optional<int> match_parts(const std::vector<TypePattern>& patterns,
                               const std::vector<Type>& types, Bindings& bindings) {
  if (patterns.size() != types.size()) return std::nullopt;
  int worst = 0;
  for (size_t i = 0; i < patterns.size(); ++i) {
    const auto score = match_part(patterns[i], types[i], bindings);
    if (!score) return std::nullopt;
    worst = std::max(worst, *score);
  }
  return worst;
}

std::optional<int> match_union(const TypePattern& pattern, const Type& type, Bindings& bindings) {
  std::optional<int> best;
  Bindings kept = bindings;
  for (const TypePattern& part : pattern.parts) {
    Bindings tried = bindings;
    const auto score = match(part, type, tried);
    if (!score || (best && *best <= *score)) continue;
    best = score;
    kept = std::move(tried);
  }
  bindings = std::move(kept);
  return best;
}

// A pattern against a type that is neither optional, any, none nor a union.
std::optional<int> match_plain(const TypePattern& pattern, const Type& type, Bindings& bindings) {
  using Kind = TypePattern::Kind;
  switch (pattern.kind) {
    case Kind::Concrete:
      return match_concrete(pattern.type, type);
    case Kind::Variable:
      return bind(pattern.variable, type, bindings);
    case Kind::Number:
      return type.is_number() ? std::optional(1) : std::nullopt;
    case Kind::Array: {
      if (!type.is_sequence()) return std::nullopt;
      const auto score = match_part(pattern.parts[0], type.element(), bindings);
      if (!score) return std::nullopt;
      return type.kind() == TypeKind::Array ? *score : *score + 2;
    }
    case Kind::Vector: {
      if (!type.is_sequence()) return std::nullopt;
      const auto score = match_part(pattern.parts[0], type.element(), bindings);
      if (!score) return std::nullopt;
      return type.kind() == TypeKind::Vector ? *score : *score + 2;
    }
    case Kind::HashSet:
      return type.kind() == TypeKind::HashSet
                 ? match_part(pattern.parts[0], type.element(), bindings)
                 : std::nullopt;
    case Kind::Range:
      return type.kind() == TypeKind::Range ? match_part(pattern.parts[0], type.element(), bindings)
                                            : std::nullopt;
    case Kind::HashMap:
      return type.kind() == TypeKind::HashMap ? match_parts(pattern.parts, type.parts(), bindings)
                                              : std::nullopt;
    case Kind::Result:
      return type.kind() == TypeKind::Result ? match_parts(pattern.parts, type.parts(), bindings)
                                             : std::nullopt;
    case Kind::Tuple:
      return type.kind() == TypeKind::Tuple ? match_parts(pattern.parts, type.parts(), bindings)
                                            : std::nullopt;
    case Kind::Union:
      return match_union(pattern, type, bindings);
    case Kind::Optional:
      return match(pattern.parts[0], type, bindings);
  }
  UNREACHABLE();
}

Type any_number() {
  std::vector<Type> numbers;
  for (int kind = static_cast<int>(TypeKind::I8); kind <= static_cast<int>(TypeKind::Decimal);
       ++kind) {
    numbers.emplace_back(static_cast<TypeKind>(kind));
  }
  return Type::union_of(numbers);
}

}  // namespace

Result<Signature> parse_signature(std::string_view text) {
  return SignatureParser(text).parse();
}

std::optional<int> match(const TypePattern& pattern, const Type& type, Bindings& bindings) {
  if (pattern.kind == TypePattern::Kind::Optional && type.admits_none()) {
    return match(pattern.parts[0], type.is_optional() ? type.required() : type, bindings);
  }
  if (type.is_any()) {
    const bool takes_any = pattern.kind == TypePattern::Kind::Variable ||
                           (pattern.kind == TypePattern::Kind::Concrete && pattern.type.is_any());
    if (pattern.kind == TypePattern::Kind::Variable && pattern.variable != 'N')
      bindings[pattern.variable] = type;
    return takes_any && pattern.variable != 'N' ? kAnything : kDynamic;
  }
  if (type.kind() == TypeKind::None) return 1;
  if (type.is_optional()) {
    const auto score = match(pattern, type.required(), bindings);
    if (!score) return std::nullopt;
    return *score + 1;
  }
  if (type.kind() == TypeKind::Union && pattern.kind != TypePattern::Kind::Variable) {
    int worst = 0;
    bool fits_some = false;
    bool fits_all = true;
    for (const Type& member : type.parts()) {
      const auto score = match(pattern, member, bindings);
      fits_some = fits_some || score;
      fits_all = fits_all && score;
      worst = std::max(worst, score.value_or(0));
    }
    if (!fits_some) return std::nullopt;
    return fits_all ? worst + 1 : kDynamic;
  }
  return match_plain(pattern, type, bindings);
}

Type substitute(const TypePattern& pattern, const Bindings& bindings) {
  using Kind = TypePattern::Kind;
  const auto part = [&](size_t index) { return substitute(pattern.parts[index], bindings); };
  switch (pattern.kind) {
    case Kind::Concrete:
      return pattern.type;
    case Kind::Number:
      return any_number();
    case Kind::Variable: {
      const auto found = bindings.find(pattern.variable);
      if (found != bindings.end()) return found->second;
      return pattern.variable == 'N' ? any_number() : Type::any();
    }
    case Kind::Array:
      return Type::array(part(0));
    case Kind::Vector:
      return Type::vector(part(0));
    case Kind::HashSet:
      return Type::hash_set(part(0));
    case Kind::HashMap:
      return Type::hash_map(part(0), part(1));
    case Kind::Range:
      return Type::range(part(0));
    case Kind::Result:
      return Type::result(part(0), part(1));
    case Kind::Tuple: {
      std::vector<Type> parts;
      for (size_t i = 0; i < pattern.parts.size(); ++i) parts.push_back(part(i));
      return Type::tuple(std::move(parts));
    }
    case Kind::Union: {
      std::vector<Type> parts;
      for (size_t i = 0; i < pattern.parts.size(); ++i) parts.push_back(part(i));
      return Type::union_of(parts);
    }
    case Kind::Optional:
      return part(0).optional();
  }
  UNREACHABLE();
}

}  // namespace zerodb::function
