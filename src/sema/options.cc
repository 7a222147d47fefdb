#include "sema/options.h"

#include <algorithm>

#include "sema/conversion.h"
#include "sema/expression.h"
#include "sema/stored_text.h"
#include "value/zval.h"

namespace zerodb::sema {
namespace {

std::string_view class_text(Tag tag) {
  switch (tag) {
    case Tag::I64:
      return "is an integer";
    case Tag::Bool:
      return "is true or false";
    case Tag::Duration:
      return "is a duration";
    case Tag::Object:
      return "is an object of labels";
    case Tag::Array:
      return "is an array of strings";
    default:
      return "is a string";
  }
}

bool holds_strings(const Value& array) {
  const SequenceView elements(array);
  for (uint32_t i = 0; i < elements.size(); ++i) {
    if (elements.at(i).tag() != Tag::String) return false;
  }
  return true;
}

// What is wrong with the value; empty if it is fine.
std::string mistake(const OptionRule& rule, const Value& value) {
  if (rule.admits_none && value.tag() == Tag::None) return {};
  const std::string name = "`" + std::string(rule.name) + "` ";
  if (value.tag() != rule.tag || (rule.tag == Tag::Array && !holds_strings(value)))
    return name + std::string(class_text(rule.tag));
  if (rule.tag == Tag::I64 && rule.least && value.as_int64() < *rule.least)
    return name + "is at least " + std::to_string(*rule.least);
  if (rule.is_positive && value.as_duration() <= Duration{}) return name + "is more than 0s";
  if (rule.is_nonzero && value.as_int64() == 0) return name + "is not 0";
  if (rule.choices.empty()) return {};
  const auto same = [&](std::string_view choice) { return choice == value.as_string(); };
  if (std::any_of(rule.choices.begin(), rule.choices.end(), same)) return {};
  std::string text = name + "is one of";
  for (const std::string_view choice : rule.choices)
    text += (choice == rule.choices.front() ? " '" : ", '") + std::string(choice) + "'";
  return text;
}

// A secret comes as a literal or from a parameter.
void check_secret(Checking& c, const OptionRule& rule, ast::OptionEntry option) {
  Scope scope;
  const ExprId value = check_expression(c, scope, option.value());
  infer_parameter(c, value, Type::string());
  const Type type = c.type(value);
  if (c.is_poison(value) || type.is_any() || type.required().is_text()) return;
  c.report(ErrorCode::E0317, "`" + std::string(rule.name) + "` is a string", option.value().span());
}

}  // namespace

void read_options(Checking& c, std::string_view kind, std::span<const OptionRule> rules,
                  std::optional<ast::Options> options, std::map<std::string, std::string>& out) {
  if (!options) return;
  std::vector<std::string> seen;
  for (const ast::OptionEntry option : options->list()) {
    const std::string name = option.ident().name();
    const auto rule = std::find_if(rules.begin(), rules.end(),
                                   [&](const OptionRule& each) { return each.name == name; });
    if (rule == rules.end()) {
      auto& diagnostic =
          c.report(ErrorCode::E0210, "unknown option `" + name + "` of " + std::string(kind),
                   option.ident().span());
      std::vector<std::string> known;
      for (const OptionRule& each : rules) known.emplace_back(each.name);
      c.suggest(diagnostic, name, known);
      continue;
    }
    if (std::find(seen.begin(), seen.end(), name) != seen.end()) {
      c.report(ErrorCode::E0412, "option `" + name + "` is given twice", option.ident().span());
      continue;
    }
    seen.push_back(name);
    if (rule->is_secret) {
      check_secret(c, *rule, option);
      continue;
    }
    const auto value = option_value(c, option);
    if (!value) continue;
    const std::string wrong = mistake(*rule, *value);
    if (!wrong.empty()) c.report(ErrorCode::E0317, wrong, option.value().span());
    out[name] = stored_text(option.value());
  }
}

std::optional<Value> option_value(Checking& c, ast::OptionEntry option) {
  Scope scope;
  const ExprId value = check_expression(c, scope, option.value());
  if (c.is_poison(value)) return std::nullopt;
  if (c.is_literal(value)) return c.expr(value).literal;
  c.report(ErrorCode::E0317, "an option takes a literal", option.value().span());
  return std::nullopt;
}

std::optional<ast::OptionEntry> find_option(std::optional<ast::Options> options,
                                            std::string_view name) {
  if (!options) return std::nullopt;
  for (const ast::OptionEntry option : options->list()) {
    if (option.ident().name() == name) return option;
  }
  return std::nullopt;
}

}  // namespace zerodb::sema
