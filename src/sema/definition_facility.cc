#include "sema/definition_facility.h"

#include <algorithm>

#include "sema/access.h"
#include "sema/availability.h"
#include "sema/conversion.h"
#include "sema/expression.h"
#include "sema/options.h"
#include "sema/stored_text.h"
#include "value/zval.h"
#include "zeroql/literal.h"

namespace zerodb::sema {
namespace {

using catalog::Facility;

std::vector<OptionRule> option_rules(Facility::Kind kind) {
  switch (kind) {
    case Facility::Kind::Sequence:
      return {{"start", Tag::I64},
              {.name = "step", .tag = Tag::I64, .is_nonzero = true},
              {"cache", Tag::I64, 1}};
    case Facility::Kind::Analyzer:
      return {{"tokenizer", Tag::String, std::nullopt, {"unicode", "whitespace", "ngram"}},
              {"language", Tag::String, std::nullopt, {}, true}};
    case Facility::Kind::Placement:
      return {{"replicas", Tag::I64, 1},
              {"require", Tag::Object},
              {"leader", Tag::Object},
              {"survive", Tag::String, std::nullopt, {"node", "zone", "region"}}};
    case Facility::Kind::Role:
      return {};
    case Facility::Kind::User:
      return {{.name = "password", .tag = Tag::String, .is_secret = true}, {"roles", Tag::Array}};
    case Facility::Kind::Module:
      return {{"world", Tag::String},
              {"allow", Tag::Array},
              {"fuel", Tag::I64, 1},
              {"memory", Tag::I64, 1}};
  }
  UNREACHABLE();
}

// The roles that a user shall have, each once.
void read_roles(Checking& c, Facility& user, ast::OptionEntry option) {
  Scope scope;
  std::vector<uint32_t> roles;
  const ExprId value = check_expression(c, scope, option.value());
  if (!c.is_literal(value) || c.expr(value).literal.tag() != Tag::Array) return;
  const SequenceView names(c.expr(value).literal);
  for (uint32_t i = 0; i < names.size(); ++i) {
    if (names.at(i).tag() != Tag::String) return;
    const std::string name(names.at(i).as_string());
    if (const Facility* role = c.schema().find_facility(Facility::Kind::Role, name)) {
      if (std::ranges::find(roles, role->id) == roles.end()) roles.push_back(role->id);
      continue;
    }
    auto& diagnostic =
        c.report(ErrorCode::E0207, "unknown role `" + name + "`", option.value().span());
    c.suggest(diagnostic, name, facility_names(c, Facility::Kind::Role));
    diagnostic.fixes.clear();
  }
  user.roles = std::move(roles);
}

// Where the password comes from. It is hashed when the statement runs, for the salt is random.
void read_password(Definition& d, const Facility& user, ast::OptionEntry option) {
  Checking& c = d.checking();
  Scope scope;
  const ExprId value = check_expression(c, scope, option.value());
  if (c.failed()) return;
  sema::DefinitionStatement::NewPassword made;
  made.user = user;
  const Expr& expr = c.expr(value);
  if (expr.kind == ExprKind::Parameter) {
    made.parameter = ParameterId(expr.index);
  } else if (c.is_literal(value)) {
    made.literal = expr.literal;
  } else {
    c.report(ErrorCode::E0317, "a password is a literal or a parameter", option.value().span());
    return;
  }
  d.statement().new_password = std::move(made);
}

// What of a user stands apart from the options that are kept as text.
void read_user(Definition& d, Facility& user, std::optional<ast::Options> options) {
  user.options.erase("roles");
  if (const auto roles = find_option(options, "roles")) read_roles(d.checking(), user, *roles);
  if (const auto password = find_option(options, "password")) read_password(d, user, *password);
}

void read_options(Definition& d, Facility& facility, std::optional<ast::Options> options,
                  Span span) {
  Checking& c = d.checking();
  const std::string kind(facility_text(facility.kind));
  const bool has_vowel = kind.starts_with('a');
  read_options(c, (has_vowel ? "an " : "a ") + kind, option_rules(facility.kind), options,
               facility.options);
  if (facility.kind == Facility::Kind::User) read_user(d, facility, options);
  if (facility.kind == Facility::Kind::Module) require_feature(c, Feature::Modules, span);
}

template <typename Node>
void define(Definition& d, const Node& node, Facility made, Span span) {
  Checking& c = d.checking();
  const Facility* found = c.schema().find_facility(made.kind, made.name);
  if (made.kind == Facility::Kind::User && made.name == kRootUser) {
    c.report(ErrorCode::E0208, "the user `root` is always there", span);
    return;
  }
  const Existing existing =
      d.existing(node, found != nullptr, facility_text(made.kind), made.name, span);
  if (existing == Existing::Nothing) return;
  made.id = found != nullptr ? found->id : d.new_id();
  made.comment = comment_text(node.comment());
  read_options(d, made, node.options(), node.span());
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
    case Facility::Kind::User:
      return "user";
    case Facility::Kind::Module:
      return "module";
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
    case ast::ObjectKind::User:
      return Facility::Kind::User;
    case ast::ObjectKind::Module:
      return Facility::Kind::Module;
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

void require_analyzer(Checking& c, ast::OptionEntry option) {
  Scope scope;
  const ExprId value = check_expression(c, scope, option.value());
  if (!c.is_literal(value) || c.expr(value).literal.tag() != Tag::String) return;
  const std::string name(c.expr(value).literal.as_string());
  // Each language that stemmers are made for has an analyzer of its name.
  constexpr std::string_view kBuiltIn[] = {
      "unicode", "arabic",  "basque",     "catalan", "danish",    "dutch",      "english",
      "finnish", "french",  "german",     "greek",   "hindi",     "hungarian",  "indonesian",
      "irish",   "italian", "lithuanian", "nepali",  "norwegian", "portuguese", "romanian",
      "russian", "serbian", "spanish",    "swedish", "tamil",     "turkish",    "yiddish"};
  if (std::find(std::begin(kBuiltIn), std::end(kBuiltIn), name) != std::end(kBuiltIn)) return;
  if (c.schema().find_facility(Facility::Kind::Analyzer, name) != nullptr) return;
  auto& diagnostic =
      c.report(ErrorCode::E0207, "unknown analyzer `" + name + "`", option.value().span());
  c.suggest(diagnostic, name, facility_names(c, Facility::Kind::Analyzer));
  diagnostic.fixes.clear();
}

void require_placement(Checking& c, const std::string& name, Span span) {
  if (c.schema().find_facility(Facility::Kind::Placement, name) != nullptr) return;
  auto& diagnostic = c.report(ErrorCode::E0207, "unknown placement `" + name + "`", span);
  c.suggest(diagnostic, name, facility_names(c, Facility::Kind::Placement));
  diagnostic.fixes.clear();
}

void require_placement(Checking& c, std::optional<ast::Options> options) {
  const auto option = find_option(options, "placement");
  if (!option) return;
  Scope scope;
  const ExprId value = check_expression(c, scope, option->value());
  if (c.is_literal(value) && c.expr(value).literal.tag() == Tag::String)
    require_placement(c, std::string(c.expr(value).literal.as_string()), option->value().span());
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

namespace {

// The bytes of a module: from a file that the one who defines it names, or a value.
void check_module_source(Checking& c, ast::Expr source) {
  Scope scope;
  scope.query = c.add_query(Query::Kind::Select, source.span());
  if (source.expr_kind() == ast::ExprKind::Call) {
    const auto call = source.as<ast::Call>();
    std::vector<ast::Expr> arguments;
    for (const ast::Argument argument : call.arguments().list())
      arguments.push_back(argument.value());
    if (call.name() == "file") {
      const ExprId path =
          arguments.size() == 1 ? check_expression(c, scope, arguments[0]) : kNoExpr;
      if (path == kNoExpr ||
          !(c.is_poison(path) || c.type(path).is_text() || c.type(path).is_any()))
        c.report(ErrorCode::E0602, "`file` takes the path of a file, a string", source.span());
      return;
    }
  }
  const ExprId value = check_expression(c, scope, source);
  const Type type = c.type(value).required();
  if (c.is_poison(value) || type.is_any() || type.kind() == TypeKind::Bytes) return;
  c.report(ErrorCode::E0306, "a module is `bytes` or file('..'), not `" + c.text(type) + "`",
           source.span());
}

}  // namespace

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
  } else if (node.statement_kind() == Kind::DefineUser) {
    define_word(d, node.as<ast::DefineUser>(), Facility::Kind::User);
  } else if (node.statement_kind() == Kind::DefineModule) {
    check_module_source(d.checking(), node.as<ast::DefineModule>().source());
    define_word(d, node.as<ast::DefineModule>(), Facility::Kind::Module);
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
      read_options(d, changed, action.options(), action.span());
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
  if (d.statement().new_password) d.statement().new_password->user = changed;
  d.add(catalog::put_facility(d.database(), changed));
}

}  // namespace zerodb::sema
