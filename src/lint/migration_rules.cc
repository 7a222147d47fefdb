// ZL4xx: changes of definitions that may stop on, block or break what is there.
//
// Tables that the script itself defined hold no old records, so they are left alone.
#include <algorithm>
#include <array>
#include <set>

#include "base/ascii.h"
#include "lint/context.h"
#include "lint/type_width.h"
#include "sema/stored_text.h"
#include "zeroql/literal.h"
#include "zeroql/parser.h"

namespace zerodb::lint {
namespace {

using zeroql::NodeKind;

bool is_table(ast::ObjectKind kind) {
  return kind == ast::ObjectKind::Table || kind == ast::ObjectKind::Edge;
}

// Calls `visit(table before, action)` for each action of ALTER TABLE or EDGE.
template <typename Visit>
void each_table_action(const StatementContext& context, Visit&& visit) {
  context.each<ast::Alter>([&](ast::Alter node) {
    if (!is_table(node.object_kind())) return;
    const catalog::Table* table = context.before.find_table(node.name().name());
    if (!context.may_hold_records(table)) return;
    for (const ast::AlterAction action : node.actions()) visit(*table, action);
  });
}

const catalog::Field* field_after(const StatementContext& context, TableId table,
                                  const std::string& name) {
  const catalog::Table* now = context.after.find_table(table);
  if (now == nullptr) return nullptr;
  const auto position = now->field_position(name);
  return position ? &now->fields[*position] : nullptr;
}

// ---- ZL401

void check_new_field(const StatementContext& context, const catalog::Table& table,
                     const std::string& name, Span span, Reporter& reporter) {
  const catalog::Field* field = field_after(context, table.id, name);
  if (field == nullptr || table.field_position(name) || field->type.admits_none()) return;
  if (!field->default_text.empty() || !field->computed_text.empty()) return;
  reporter.add(span, "records that `" + table.name + "` holds already have no `" + name + "`")
      .help = "give it a DEFAULT, or make it `" + field->type_text + "?`";
}

void check_required_field(const StatementContext& context, Reporter& reporter) {
  each_table_action(context, [&](const catalog::Table& table, ast::AlterAction action) {
    if (action.action_kind() != ast::ActionKind::AddField || !action.field()) return;
    const ast::Ident ident = action.field()->ident();
    check_new_field(context, table, ident.name(), ident.span(), reporter);
  });
  context.each<ast::DefineField>([&](ast::DefineField node) {
    const catalog::Table* table = context.before.find_table(node.table().name());
    if (!context.may_hold_records(table) || !node.path().steps().empty()) return;
    const ast::Ident ident = node.path().first();
    check_new_field(context, *table, ident.name(), ident.span(), reporter);
  });
}

// ---- ZL402

void check_narrowing_type(const StatementContext& context, Reporter& reporter) {
  each_table_action(context, [&](const catalog::Table& table, ast::AlterAction action) {
    if (action.action_kind() != ast::ActionKind::AlterFieldType || !action.path()) return;
    const std::string name = action.path()->first().name();
    const auto position = table.field_position(name);
    const catalog::Field* now = field_after(context, table.id, name);
    if (!position || now == nullptr || !action.path()->steps().empty()) return;
    const catalog::Field& was = table.fields[*position];
    if (admits_all(now->type, was.type)) return;
    reporter
        .add(action.type()->span(),
             "not every `" + was.type_text + "` is a `" + now->type_text + "`")
        .help = "look for records that do not fit first; this fails on one with E1011";
  });
}

// ---- ZL403

// Whether a stored text takes a member of this name of some value.
bool takes_member(const std::string& text, const std::string& name, std::string_view prefix) {
  if (!sema::has_word(text, name)) return false;
  const zeroql::ParseResult parsed = zeroql::parse(std::string(prefix) + text);
  const TreeIndex index(parsed.tree);
  bool found = false;
  index.each<ast::FieldAccess>(parsed.tree.root(), [&](ast::FieldAccess access) {
    found = found || access.field().name() == name;
  });
  return found;
}

// The view or function that may mean the field.
std::optional<std::string> user_of(const catalog::Schema& schema, const std::string& field) {
  for (const catalog::Function& function : schema.functions()) {
    if (takes_member(function.body_text, field, "SELECT "))
      return "function `" + function.name + "`";
  }
  for (const catalog::Table& table : schema.tables()) {
    const bool is_view = table.kind == catalog::Table::Kind::View;
    if (is_view && takes_member(table.view_text, field, "")) return "view `" + table.name + "`";
  }
  return std::nullopt;
}

void check_rename(const StatementContext& context, Reporter& reporter) {
  each_table_action(context, [&](const catalog::Table&, ast::AlterAction action) {
    const bool goes = action.action_kind() == ast::ActionKind::RenameField ||
                      action.action_kind() == ast::ActionKind::DropField;
    if (!goes || !action.path()) return;
    const std::string name = action.path()->first().name();
    const auto user = user_of(context.before, name);
    if (!user) return;
    reporter.add(action.path()->span(), *user + " takes a member `" + name + "`, perhaps this one")
        .help =
        "what is known to use the field is E0211; a value of type any is not known. Change the "
        "user first";
  });
}

// ---- ZL404

void check_enum_removal(const StatementContext& context, Reporter& reporter) {
  context.each<ast::DefineEnum>([&](ast::DefineEnum node) {
    const catalog::Enum* was = context.before.find_enum(node.name().name());
    if (!node.or_replace() || was == nullptr) return;
    std::set<std::string> kept;
    for (const ast::Ident variant : node.variants().idents()) kept.insert(variant.name());
    for (const EnumType::Variant& variant : was->type->variants) {
      if (kept.contains(variant.name)) continue;
      reporter
          .add(node.variants().span(),
               "`" + variant.name + "` goes, and with it what is stored of it")
          .help = "keep the variant; ALTER ENUM .. ADD VARIANT adds others";
    }
  });
}

// ---- ZL405, ZL406

void check_blocking_build(const StatementContext& context, Reporter& reporter) {
  if (context.facts.transaction) return;  // the build begins at the commit and runs by itself
  context.each<ast::DefineIndex>([&](ast::DefineIndex node) {
    const catalog::Table* table = context.before.find_table(node.table().name());
    if (!context.may_hold_records(table) || node.is_unique()) return;
    reporter
        .add(node.ident().span(),
             "the script waits until all records of `" + table->name + "` are indexed")
        .help =
        "inside BEGIN and COMMIT the build begins at the commit and does not hold the script up";
  });
  context.each<ast::Alter>([&](ast::Alter node) {
    for (const ast::AlterAction action : node.actions()) {
      if (action.action_kind() == ast::ActionKind::Rebuild)
        reporter.add(action.span(), "REBUILD waits until all records are indexed anew");
    }
  });
}

void check_unique_on_existing(const StatementContext& context, Reporter& reporter) {
  const auto report = [&](Span span, const catalog::Table& table) {
    reporter.add(span, "this fails if records of `" + table.name + "` are equal here").help =
        "look for duplicates first: GROUP BY .. HAVING count(*) > 1";
  };
  context.each<ast::DefineIndex>([&](ast::DefineIndex node) {
    const catalog::Table* table = context.before.find_table(node.table().name());
    if (context.may_hold_records(table) && node.is_unique()) report(node.ident().span(), *table);
  });
  each_table_action(context, [&](const catalog::Table& table, ast::AlterAction action) {
    const bool adds_rule = action.action_kind() == ast::ActionKind::AddRule && action.unique_rule();
    const bool sets = action.action_kind() == ast::ActionKind::AlterFieldSet && action.modifier() &&
                      action.modifier()->kind() == NodeKind::FieldUnique;
    if (adds_rule || sets) report(action.span(), table);
  });
}

// ---- ZL407

void check_consistency(const StatementContext& context, const std::string& name,
                       const std::optional<ast::Options>& options, Reporter& reporter) {
  const catalog::Namespace* was = context.before.find_namespace(name);
  if (was == nullptr || was->consistency != catalog::Consistency::Strong || !options) return;
  for (const ast::OptionEntry option : options->list()) {
    if (lower_ascii(option.ident().name()) != "consistency" ||
        option.value().text() != "'eventual'")
      continue;
    reporter.add(option.span(), "namespace `" + name + "` loses strong consistency").help =
        "transactions, unique rules and references then hold only within one node's view";
  }
}

// Options of the session that weaken what transactions promise.
void check_session_promise(const ast::Set& node, Reporter& reporter) {
  const std::string name = lower_ascii(node.name().name());
  const std::string value = lower_ascii(node.value().text());
  const bool is_weak = (name == "transaction.durability" && value == "'relaxed'") ||
                       (name == "transaction.isolation" && value == "'snapshot'");
  if (!is_weak) return;
  reporter.add(node.span(), "all later transactions of the session promise less").help =
      name == "transaction.durability"
          ? "a commit may be lost when the machine stops"
          : "two transactions that read what the other writes may both commit";
}

void check_consistency_downgrade(const StatementContext& context, Reporter& reporter) {
  context.each<ast::Set>([&](ast::Set node) { check_session_promise(node, reporter); });
  context.each<ast::DefineNamespace>([&](ast::DefineNamespace node) {
    if (node.or_replace()) check_consistency(context, node.name().name(), node.options(), reporter);
  });
  context.each<ast::Alter>([&](ast::Alter node) {
    if (node.object_kind() != ast::ObjectKind::Namespace) return;
    for (const ast::AlterAction action : node.actions())
      check_consistency(context, node.name().name(), action.options(), reporter);
  });
}

// ---- ZL408

bool has_other_signature(const catalog::Function& was, const ast::DefineFunction& node) {
  if (sema::stored_text(node.returns()) != was.returns_text) return true;
  if (node.parameters().size() != was.parameters.size()) return true;
  size_t i = 0;
  for (const ast::FunctionParameter parameter : node.parameters()) {
    const catalog::FunctionParameter& known = was.parameters[i++];
    if (parameter.ident().name() != known.name ||
        sema::stored_text(parameter.type()) != known.type_text)
      return true;
  }
  return false;
}

void check_module_export(const StatementContext& context, Reporter& reporter) {
  context.each<ast::DefineModule>([&](ast::DefineModule node) {
    if (!node.or_replace()) return;
    for (const catalog::Function& function : context.before.functions()) {
      if (function.module != node.ident().name()) continue;
      Finding& finding =
          reporter.add(node.ident().span(), "function `" + function.name + "` is export '" +
                                                function.export_name + "' of this module");
      finding.help = "see that the new module exports it with the same types";
    }
  });
  context.each<ast::DefineFunction>([&](ast::DefineFunction node) {
    const catalog::Function* was = context.before.find_function(node.name());
    if (!node.or_replace() || was == nullptr || was->module.empty()) return;
    if (!has_other_signature(*was, node)) return;
    reporter.add(node.span(), "`" + was->name + "` gets another signature than its callers know");
  });
}

// ---- ZL409

void check_key_type(const StatementContext& context, Reporter& reporter) {
  constexpr std::array<std::string_view, 6> kSmall = {"i8", "i16", "i32", "u8", "u16", "u32"};
  context.each<ast::KeyColumn>([&](ast::KeyColumn column) {
    const std::string name = lower_ascii(column.type().text());
    if (std::find(kSmall.begin(), kSmall.end(), name) == kSmall.end()) return;
    reporter.add(column.type().span(), "a key of type `" + name + "` runs out of numbers").help =
        "write `int`: keys are stored by their value, so it takes no more room";
  });
}

// ---- ZL410

bool begins_with(const catalog::Index& longer, const catalog::Index& shorter) {
  if (longer.columns.size() < shorter.columns.size()) return false;
  for (size_t i = 0; i < shorter.columns.size(); ++i) {
    if (longer.columns[i].text != shorter.columns[i].text) return false;
    if (longer.columns[i].descending != shorter.columns[i].descending) return false;
  }
  return longer.condition_text == shorter.condition_text && longer.method == shorter.method;
}

void check_redundant_index(const StatementContext& context, Reporter& reporter) {
  context.each<ast::DefineIndex>([&](ast::DefineIndex node) {
    const catalog::Table* table = context.after.find_table(node.table().name());
    const catalog::Index* made = table == nullptr ? nullptr : table->index(node.ident().name());
    if (made == nullptr || !made->method.empty()) return;
    for (const catalog::Index& other : table->indexes) {
      if (other.id == made->id || !other.method.empty()) continue;
      const bool covers_made = !made->unique && begins_with(other, *made);
      const bool covers_other = !other.unique &&
                                other.origin == catalog::Index::Origin::Definition &&
                                begins_with(*made, other);
      if (covers_made) {
        reporter.add(node.ident().span(), "index `" + other.name + "` begins with the same columns")
            .help = "leave this one out";
      } else if (covers_other) {
        reporter
            .add(node.ident().span(), "index `" + other.name + "` is not needed beside this one")
            .help = "REMOVE INDEX " + other.name + " ON " + table->name;
      }
    }
  });
}

constexpr std::array kMigrationRules = {
    Rule{
        .code = "ZL401",
        .name = "required-field-without-default",
        .severity = Severity::Error,
        .summary = "a field that must have a value is added to a table that may hold records",
        .detail =
            "The change fails with E1011 on the first record. It goes well on the empty table of a "
            "test.",
        .triggers = "ALTER TABLE person ADD FIELD nick string",
        .nearly = "ALTER TABLE person ADD FIELD nick string DEFAULT ''",
        .check = check_required_field},
    Rule{.code = "ZL402",
         .name = "narrowing-type",
         .severity = Severity::Warning,
         .summary = "a field gets a type that does not admit every value of the old one",
         .detail = "All records are read and checked, and one that does not fit stops the change.",
         .triggers = "ALTER TABLE person ALTER FIELD age TYPE u8?",
         .nearly = "ALTER TABLE person ALTER FIELD age TYPE i128?",
         .check = check_narrowing_type},
    Rule{.code = "ZL403",
         .name = "rename-breaks-view-or-function",
         .severity = Severity::Warning,
         .summary =
             "a field goes or changes its name, and a view or function takes a member of that name",
         .detail = "Users that the types show are found by the checker (E0211). Those that reach "
                   "the field "
                   "through a value of type any read none afterwards.",
         .triggers = "ALTER TABLE person RENAME FIELD score TO points",
         .nearly = "ALTER TABLE person RENAME FIELD active TO enabled",
         .check = check_rename},
    Rule{.code = "ZL404",
         .name = "enum-removal",
         .severity = Severity::Warning,
         .summary = "an enum is defined anew without some of its variants",
         .detail =
             "What is stored, and what clients send, may be one of them. ALTER ENUM .. ADD VARIANT "
             "only adds.",
         .triggers = "DEFINE OR REPLACE ENUM mood AS (good)",
         .nearly = "DEFINE OR REPLACE ENUM mood AS (good, bad, mixed)",
         .check = check_enum_removal},
    Rule{.code = "ZL405",
         .name = "blocking-index-build",
         .severity = Severity::Info,
         .summary = "an index of a table that may hold records is built while the script waits",
         .detail = "On a large table that takes long. In a transaction the build begins at the "
                   "commit, as a "
                   "job.",
         .triggers = "DEFINE INDEX person_score ON person (score)",
         .nearly = "BEGIN; DEFINE INDEX person_score ON person (score); COMMIT",
         .check = check_blocking_build},
    Rule{.code = "ZL406",
         .name = "unique-on-existing-data",
         .severity = Severity::Warning,
         .summary = "a unique rule is added to a table that may hold records",
         .detail = "Two records with the same value stop the change with E1002.",
         .triggers = "DEFINE INDEX person_name ON person (name) UNIQUE",
         .nearly = "DEFINE TABLE fresh SCHEMAFULL ( name string ); DEFINE INDEX fresh_name ON "
                   "fresh (name) UNIQUE",
         .check = check_unique_on_existing},
    Rule{.code = "ZL407",
         .name = "consistency-downgrade",
         .severity = Severity::Warning,
         .summary = "a namespace, or all later transactions of a session, get weaker promises",
         .detail = "A namespace that is there keeps its consistency: the checker refuses the "
                   "change as well "
                   "(E0810). The options transaction.durability and transaction.isolation may "
                   "change at any "
                   "time, and hold for every transaction after that.",
         .triggers = "SET transaction.durability = 'relaxed'",
         .nearly = "SET transaction.durability = 'synced'",
         .check = check_consistency_downgrade},
    Rule{.code = "ZL408",
         .name = "module-export-changed",
         .severity = Severity::Warning,
         .summary = "a module, or the signature of a function of one, is replaced",
         .detail = "Functions name exports of the module, views and fields name the functions. A "
                   "type that "
                   "changed shows only when one is called.",
         .triggers = "DEFINE OR REPLACE FUNCTION geo_dist(a: float) RETURNS float FROM MODULE geo "
                     "EXPORT 'dist' IMMUTABLE",
         .nearly = "DEFINE OR REPLACE FUNCTION geo_dist(a: float, b: float) RETURNS float FROM "
                   "MODULE geo EXPORT 'dist' STABLE",
         .check = check_module_export},
    Rule{.code = "ZL409",
         .name = "prefer-i64-key",
         .severity = Severity::Warning,
         .summary = "a key has an integer type of at most 32 bits",
         .detail = "The day it runs out every link to the table must change. `int` takes no more "
                   "room: keys "
                   "are stored by their value.",
         .triggers = "DEFINE TABLE ticket SCHEMAFULL ( title string ) KEY (no u32)",
         .nearly = "DEFINE TABLE ticket SCHEMAFULL ( title string ) KEY (no int)",
         .check = check_key_type},
    Rule{.code = "ZL410",
         .name = "redundant-index",
         .severity = Severity::Warning,
         .summary = "an index begins with all columns of another",
         .detail =
             "The longer one answers what the shorter one does; both are written with each record.",
         .triggers = "BEGIN; DEFINE INDEX city_name ON person (city, name); COMMIT",
         .nearly = "BEGIN; DEFINE INDEX score_city ON person (score, city); COMMIT",
         .check = check_redundant_index},
};

}  // namespace

std::span<const Rule> migration_rules() {
  return kMigrationRules;
}

}  // namespace zerodb::lint
