#include "sema/definition_facility.h"

#include <algorithm>

#include "sema/availability.h"
#include "sema/expression.h"
#include "sema/stored_text.h"
#include "zeroql/literal.h"

namespace zerodb::sema {
namespace {

using catalog::Facility;

// What an option takes. Numbers are integers; `least` bounds them.
struct OptionRule {
  std::string_view name;
  Tag tag;
  std::optional<int64_t> least;
  std::vector<std::string_view> choices;
  bool admits_none = false;
};

std::vector<OptionRule> option_rules(Facility::Kind kind) {
  switch (kind) {
    case Facility::Kind::Sequence:
      return {{"start", Tag::I64, std::nullopt, {}},
              {"step", Tag::I64, std::nullopt, {}},
              {"cache", Tag::I64, 1, {}}};
    case Facility::Kind::Analyzer:
      return {{"tokenizer", Tag::String, std::nullopt, {"unicode", "whitespace", "ngram"}},
              {"language", Tag::String, std::nullopt, {}, true}};
    case Facility::Kind::Placement:
      return {{"replicas", Tag::I64, 1, {}},
              {"require", Tag::Object, std::nullopt, {}},
              {"leader", Tag::Object, std::nullopt, {}},
              {"survive", Tag::String, std::nullopt, {"node", "zone", "region"}}};
    case Facility::Kind::Role:
      return {};
  }
  UNREACHABLE();
}

// What is wrong with the value; empty if it is fine.
std::string mistake(const OptionRule& rule, const Value& value) {
  if (rule.admits_none && value.tag() == Tag::None) return {};
  const std::string name = "`" + std::string(rule.name) + "` ";
  if (value.tag() != rule.tag) {
    if (rule.tag == Tag::I64) return name + "is an integer";
    return name + (rule.tag == Tag::String ? "is a string" : "is an object of labels");
  }
  if (rule.tag == Tag::I64 && rule.least && value.as_int64() < *rule.least)
    return name + "is at least " + std::to_string(*rule.least);
  if (rule.name == "step" && value.as_int64() == 0) return name + "is not 0";
  if (rule.choices.empty()) return {};
  const auto same = [&](std::string_view choice) { return choice == value.as_string(); };
  if (std::any_of(rule.choices.begin(), rule.choices.end(), same)) return {};
  std::string text = name + "is one of";
  for (const std::string_view choice : rule.choices)
    text += (choice == rule.choices.front() ? " '" : ", '") + std::string(choice) + "'";
  return text;
}

void read_options(Checking& c, Facility& facility, std::optional<ast::Options> options) {
  if (!options) return;
  const std::vector<OptionRule> rules = option_rules(facility.kind);
  std::vector<std::string> seen;
  for (const ast::OptionEntry option : options->list()) {
    const std::string name = option.ident().name();
    const auto rule = std::find_if(rules.begin(), rules.end(),
                                   [&](const OptionRule& each) { return each.name == name; });
    if (rule == rules.end()) {
      auto& diagnostic = c.report(
          ErrorCode::E0210,
          "unknown option `" + name + "` of a " + std::string(facility_text(facility.kind)),
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
    const auto value = option_value(c, option);
    if (!value) continue;
    const std::string wrong = mistake(*rule, *value);
    if (!wrong.empty()) c.report(ErrorCode::E0317, wrong, option.value().span());
    facility.options[name] = stored_text(option.value());
  }
}

template <typename Node>
void define(Definition& d, const Node& node, Facility made, Span span) {
  Checking& c = d.checking();
  const Facility* found = c.schema().find_facility(made.kind, made.name);
  const Existing existing =
      d.existing(node, found != nullptr, facility_text(made.kind), made.name, span);
  if (existing == Existing::Nothing) return;
  made.id = found != nullptr ? found->id : d.new_id();
  read_options(c, made, node.options());
  made.comment = comment_text(node.comment());
  d.add(catalog::put_facility(d.database(), made));
}

template <typename Node>
void define_word(Definition& d, const Node& node, Facility::Kind kind) {
  Facility made;
  made.kind = kind;
  made.name = node.ident().name();
  define(d, node, std::move(made), node.ident().span());
}

}  // namespace

std::string_view facility_text(Facility::Kind kind) {
  switch (kind) {
    case Facility::Kind::Sequence:
      return "sequence";
    case Facility::Kind::Analyzer:
      return "analyzer";
    case Facility::Kind::Placement:
      return "placement";
    case Facility::Kind::Role:
      return "role";
  }
  UNREACHABLE();
}

std::optional<Facility::Kind> facility_kind(ast::ObjectKind kind) {
  switch (kind) {
    case ast::ObjectKind::Sequence:
      return Facility::Kind::Sequence;
    case ast::ObjectKind::Analyzer:
      return Facility::Kind::Analyzer;
    case ast::ObjectKind::Placement:
      return Facility::Kind::Placement;
    case ast::ObjectKind::Role:
      return Facility::Kind::Role;
    default:
      return std::nullopt;
  }
}

std::vector<std::string> facility_names(const Checking& c, Facility::Kind kind) {
  std::vector<std::string> names;
  for (const Facility& each : c.schema().facilities()) {
    if (each.kind == kind) names.push_back(each.name);
  }
  return names;
}

std::optional<std::string> user_of_sequence(const Checking& c, const Facility& facility) {
  if (facility.kind != Facility::Kind::Sequence) return std::nullopt;
  const auto uses = [&](const std::string& text) {
    return text.find("sequence::") != std::string::npos &&
           text.find(zeroql::quote_string(facility.name)) != std::string::npos;
  };
  for (const catalog::Table& table : c.schema().tables()) {
    for (const catalog::Field& field : table.fields) {
      if (uses(field.default_text) || uses(field.computed_text)) return table.name;
    }
  }
  for (const catalog::Function& function : c.schema().functions()) {
    if (uses(function.body_text)) return function.name;
  }
  return std::nullopt;
}

std::optional<Value> option_value(Checking& c, ast::OptionEntry option) {
  Scope scope;
  const ExprId value = check_expression(c, scope, option.value());
  if (c.is_poison(value)) return std::nullopt;
  if (c.is_literal(value)) return c.expr(value).literal;
  c.report(ErrorCode::E0317, "an option takes a literal", option.value().span());
  return std::nullopt;
}

void define_facility(Definition& d, ast::Statement node) {
  using Kind = ast::StatementKind;
  if (node.statement_kind() == Kind::DefineSequence) {
    const auto sequence = node.as<ast::DefineSequence>();
    Facility made;
    made.name = sequence.name().name();
    if (sequence.name().parts().size() > 1) {
      d.checking().report(ErrorCode::E0206, "a sequence belongs to the database in use",
                          sequence.name().span());
      return;
    }
    define(d, sequence, std::move(made), sequence.name().span());
  } else if (node.statement_kind() == Kind::DefineAnalyzer) {
    define_word(d, node.as<ast::DefineAnalyzer>(), Facility::Kind::Analyzer);
  } else if (node.statement_kind() == Kind::DefinePlacement) {
    define_word(d, node.as<ast::DefinePlacement>(), Facility::Kind::Placement);
  } else {
    define_word(d, node.as<ast::DefineRole>(), Facility::Kind::Role);
  }
}

void alter_facility(Definition& d, ast::Alter node) {
  Checking& c = d.checking();
  const Facility::Kind kind = *facility_kind(node.object_kind());
  const std::string kind_text(facility_text(kind));
  const std::string name = node.name().name();
  const Facility* found = c.schema().find_facility(kind, name);
  if (found == nullptr) {
    auto& diagnostic =
        c.report(ErrorCode::E0207, "unknown " + kind_text + " `" + name + "`", node.name().span());
    c.suggest(diagnostic, name, facility_names(c, kind));
    return;
  }
  Facility changed = *found;
  for (const ast::AlterAction action : node.actions()) {
    if (action.action_kind() == ast::ActionKind::SetOptions) {
      read_options(c, changed, action.options());
    } else if (action.action_kind() == ast::ActionKind::SetComment) {
      changed.comment = comment_text(action.comment());
    } else if (action.action_kind() == ast::ActionKind::Rename) {
      changed.name = action.ident()->name();
      if (changed.name != name && c.schema().find_facility(kind, changed.name) != nullptr) {
        c.report(ErrorCode::E0208, kind_text + " `" + changed.name + "` exists already",
                 action.span());
      } else if (const auto user = user_of_sequence(c, *found)) {
        c.report(ErrorCode::E0211, "`" + name + "` is used by `" + *user + "`", action.span());
      }
    } else {
      c.report(ErrorCode::E0101, "a " + kind_text + " has no such change", action.span()).help =
          "there are SET (..), COMMENT and RENAME TO";
      return;
    }
  }
  d.add(catalog::put_facility(d.database(), changed));
}

}  // namespace zerodb::sema
