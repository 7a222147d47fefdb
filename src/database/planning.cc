#include "database/planning.h"

#include <algorithm>

#include "plan/planner.h"
#include "sema/availability.h"

namespace zerodb::database {
namespace {

// Everything that the plan depends on.
std::string cache_key(std::string_view text, const catalog::Schema& schema,
                      const PlanningInput& input) {
  std::string key(text);
  key += '\0';
  key += std::to_string(schema.database().id.value()) + '/' +
         std::to_string(schema.version().value()) + '/' +
         std::to_string(schema.root_version().value());
  key += input.unknown == sema::UnknownParameters::Infer ? '?' : '!';
  key += input.access_key;
  for (const sema::KnownParameter& parameter : input.known) {
    key += parameter.name + ':' + to_string(parameter.type) +
           (parameter.origin == sema::KnownParameter::Origin::Let ? "=" : ",");
  }
  return key;
}

// LET, SET and KILL evaluate a query and take its value.
bool takes_value(const sema::Statement& statement) {
  return std::holds_alternative<sema::LetStatement>(statement.body) ||
         std::holds_alternative<sema::SetStatement>(statement.body) ||
         std::holds_alternative<sema::KillStatement>(statement.body);
}

bool needs_plan(const sema::Statement& statement) {
  return takes_value(statement) || std::holds_alternative<sema::QueryStatement>(statement.body) ||
         std::holds_alternative<sema::InsertStatement>(statement.body) ||
         std::holds_alternative<sema::PutStatement>(statement.body) ||
         std::holds_alternative<sema::ModifyStatement>(statement.body) ||
         std::holds_alternative<sema::RelateStatement>(statement.body) ||
         std::holds_alternative<sema::DefinitionStatement>(statement.body) ||
         std::holds_alternative<sema::CopyStatement>(statement.body) ||
         std::holds_alternative<sema::ExplainStatement>(statement.body);
}

// Its text is not to stay in memory.
bool has_password(const sema::Statement& statement) {
  const auto* definition = std::get_if<sema::DefinitionStatement>(&statement.body);
  return definition != nullptr && definition->new_password.has_value();
}

bool has_joins(const sema::Statement& statement) {
  const auto* explain = std::get_if<sema::ExplainStatement>(&statement.body);
  const sema::Statement& asked = explain == nullptr ? statement : *explain->inner;
  return std::ranges::any_of(asked.queries, [](const sema::Query& query) {
    return query.sources.size() > 1 && query.sources[1].kind != sema::Source::Kind::GroupKeys;
  });
}

// One record by its id, and programs over it that read nothing else.
bool is_point_read(const plan::Plan& plan) {
  if (plan.write != nullptr || plan.explained != nullptr || !plan.subplans.empty() ||
      plan.root == plan::kNoNode)
    return false;
  for (const plan::Node& node : plan.nodes) {
    const bool single = node.kind == plan::Node::Kind::PointRead && node.records.size() == 1 &&
                        !node.records[0].is_list;
    const bool harmless =
        node.kind == plan::Node::Kind::Stage || node.kind == plan::Node::Kind::Cut;
    if (!single && !harmless) return false;
    if (node.program == nullptr) continue;
    for (const plan::Instr& instr : node.program->instrs) {
      if (instr.op == plan::Op::Fetch || instr.op == plan::Op::CommitStamp ||
          instr.op == plan::Op::Subquery)
        return false;
    }
  }
  return true;
}

}  // namespace

bool is_outdated(const Planned& planned, const StoredStatistics& statistics) {
  if (planned.checked->tells_sizes) return true;
  return planned.plan != nullptr && (planned.statistics != statistics.generation() ||
                                     have_changed(planned.sizes, *planned.schema, statistics));
}

Result<PlannedPtr> plan_statement(const Script& script, size_t index, const SchemaPtr& schema,
                                  const PlanningInput& input, const function::Library& library,
                                  StatementCache& cache) {
  std::string key = cache_key(script.text(index), *schema, input);
  // Spans of a cached plan count from the start of the script that it was made from, so only a
  // statement at the start can be reused.
  const bool is_cacheable = script.span(index).begin == 0;
  if (is_cacheable) {
    PlannedPtr cached = cache.find(key);
    if (cached != nullptr && cached->schema == schema &&
        (input.statistics == nullptr || !is_outdated(*cached, *input.statistics)))
      return cached;
  }
  sema::CheckContext context;
  context.library = &library;
  context.parameters = input.known;
  context.unknown_parameters = input.unknown;
  context.access = input.access;
  context.sizes = input.statistics;
  const zeroql::ast::Statement node{{&script.tree(), script.statement(index)}};
  sema::CheckResult checked = sema::check(node, schema, context);
  if (!checked.ok()) return zeroql::to_error(checked.diagnostics.front());
  if (auto unavailable = sema::availability_error(checked.statement))
    return std::move(*unavailable);

  auto planned = std::make_shared<Planned>();
  planned->schema = schema;
  planned->access_key = input.access_key;
  planned->checked = std::make_shared<const sema::Statement>(std::move(checked.statement));
  planned->takes_value = takes_value(*planned->checked);
  if (needs_plan(*planned->checked)) {
    if (input.statistics != nullptr) planned->statistics = input.statistics->generation();
    if (input.statistics != nullptr && has_joins(*planned->checked)) {
      const NotedSizes noted(*input.statistics);
      planned->plan = TRY(plan::make_plan(planned->checked, &noted, input.options));
      planned->sizes = noted.noted();
    } else {
      planned->plan = TRY(plan::make_plan(planned->checked, input.statistics, input.options));
    }
    planned->is_point_read = is_point_read(*planned->plan);
  }
  for (const sema::Output& column : planned->checked->columns)
    planned->columns.push_back({column.name, column.type});
  if (is_cacheable && !has_password(*planned->checked)) cache.insert(std::move(key), planned);
  return PlannedPtr(std::move(planned));
}

}  // namespace zerodb::database
