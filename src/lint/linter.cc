#include "lint/linter.h"

#include <algorithm>

#include "lint/allowance.h"

namespace zerodb::lint {
namespace {

// The query of a view, checked at the place where it stands.
class ViewQuery {
 public:
  ViewQuery(const ast::DefineViewStatement& view,
            const std::shared_ptr<const catalog::Schema>& schema, const function::Library& library)
      : parsed_(zeroql::parse(padded(view))) {
    const auto statements = ast::statements(parsed_.tree);
    if (!parsed_.diagnostics.empty() || statements.empty()) return;
    sema::CheckContext context;
    context.library = &library;
    context.unknown_parameters = sema::UnknownParameters::Infer;
    sema::CheckResult result = sema::check(statements[0], schema, context);
    if (result.ok()) checked_ = std::move(result.statement);
  }

  const sema::Statement* checked() const { return checked_ ? &*checked_ : nullptr; }

 private:
  static std::string padded(const ast::DefineViewStatement& view) {
    return std::string(view.query().span().begin, ' ') + std::string(view.query().text());
  }

  zeroql::ParseResult parsed_;
  std::optional<sema::Statement> checked_;
};

// Adds what a statement shows to what is known of the script.
class FactCollector {
 public:
  FactCollector(const StatementContext& context, ScriptFacts& facts)
      : context_(context), facts_(facts) {}

  void collect() {
    follow_transaction();
    if (&context_.before != &context_.after) collect_tables();
    collect_parameters();
    if (context_.checked == nullptr) return;
    collect_reads(*context_.checked);
    collect_writes(context_.checked->statement());
  }

 private:
  void follow_transaction() {
    switch (context_.statement.statement_kind()) {
      case ast::StatementKind::Begin:
        if (!facts_.transaction) facts_.transaction = context_.statement.span();
        return;
      case ast::StatementKind::Commit:
        facts_.transaction.reset();
        return;
      case ast::StatementKind::Rollback:
        if (!context_.statement.as<ast::Rollback>().savepoint()) facts_.transaction.reset();
        return;
      default:
        return;
    }
  }

  void collect_tables() {
    for (const catalog::Table& table : context_.after.tables()) {
      if (context_.before.find_table(table.id) == nullptr) facts_.made_here.insert(table.id);
    }
  }

  void collect_parameters() {
    zeroql::NodeId bound = zeroql::kNothing;
    if (context_.statement.statement_kind() == ast::StatementKind::Let) {
      const ast::Parameter parameter = context_.statement.as<ast::Let>().parameter();
      bound = parameter.id;
      facts_.bindings.push_back({parameter.name(), parameter.span()});
    }
    context_.each<ast::Parameter>([&](ast::Parameter parameter) {
      if (parameter.id != bound) facts_.parameters_read.insert(parameter.name());
    });
  }

  ScriptFacts::KeyUse* use_of(TableId id, const std::string& key) {
    const catalog::Table* table = context_.checked->schema().find_table(id);
    if (table == nullptr || table->schemafull || table->field_position(key) || key.empty())
      return nullptr;
    facts_.table_names[id] = table->name;
    return &facts_.keys[id][key];
  }

  void collect_reads(const CheckedView& checked) {
    for (const Use& use : checked.uses()) {
      const sema::Expr& expr = checked.expr(use.expr);
      if (expr.kind != sema::ExprKind::Column || expr.depth != 0) continue;
      const sema::Query& query = checked.query(use.query);
      if (expr.source.value() >= query.sources.size()) continue;
      const sema::Source& source = query.sources[expr.source.value()];
      const sema::SourceColumn& column = source.columns[expr.index];
      if (column.kind != sema::SourceColumn::Kind::Extra || source.tables.size() != 1) continue;
      ScriptFacts::KeyUse* found = use_of(source.tables.front(), column.name);
      if (found != nullptr && found->reads++ == 0) found->first_read = expr.span;
    }
  }

  void collect_writes(const sema::Statement& statement) {
    if (const auto* put = std::get_if<sema::PutStatement>(&statement.body))
      add(put->table, put->change);
    if (const auto* modify = std::get_if<sema::ModifyStatement>(&statement.body))
      add(modify->table, modify->change);
    if (const auto* relate = std::get_if<sema::RelateStatement>(&statement.body))
      add(relate->edge, relate->change);
    if (const auto* insert = std::get_if<sema::InsertStatement>(&statement.body)) {
      add(insert->table, insert->on_conflict);
      for (const sema::Place& place : insert->places) add_write(insert->table, place.field);
      add_object_keys(insert->table);
    }
  }

  void add(TableId table, const sema::RecordChange& change) {
    for (const sema::Assignment& each : change.assignments) add_write(table, each.place.field);
    for (const sema::Place& each : change.unset) add_write(table, each.field);
    add_object_keys(table);
  }

  void add_object_keys(TableId table) {
    context_.each<ast::ObjectKey>([&](ast::ObjectKey key) { add_write(table, key.name()); });
  }

  void add_write(TableId table, const std::string& key) {
    if (ScriptFacts::KeyUse* found = use_of(table, key)) ++found->writes;
  }

  const StatementContext& context_;
  ScriptFacts& facts_;
};

}  // namespace

// One pass over one script.
class Linter::Run {
 public:
  Run(Linter& linter, const zeroql::ParseResult& script)
      : linter_(linter),
        script_(script),
        index_(script.tree),
        parts_(zeroql::split(script)),
        statements_(statement_spans(script)) {}

  bool step() {
    if (next_ == parts_.size()) return false;
    zeroql::Diagnostics own = zeroql::errors_of(
        linter_.checker_.check_one(script_, parts_, next_++,
                                   [&](const zeroql::ParsedStatement& found,
                                       const sema::CheckedStep& step) { examine(found, step); }));
    std::ranges::move(own, std::back_inserter(result_.errors));
    return true;
  }

  LintResult finish() {
    if (parts_.empty()) result_.errors = zeroql::errors_of(script_.diagnostics);
    const ScriptContext context{script_.tree, facts_};
    for (const Rule* rule : rules()) {
      Reporter reporter(*rule, found_);
      if (rule->finish != nullptr && is_on(*rule)) rule->finish(context, reporter);
    }
    sort_out();
    return std::move(result_);
  }

 private:
  bool is_on(const Rule& rule) const {
    return linter_.configuration_.severity_of(rule) != Severity::Off;
  }

  void examine(const zeroql::ParsedStatement& found, const sema::CheckedStep& step) {
    // Nothing is to be said about the manner of what cannot be read.
    if (found.error != nullptr) return;
    const sema::Statement* checked = step.statement;
    if (checked != nullptr) {
      if (const auto* explain = std::get_if<sema::ExplainStatement>(&checked->body))
        checked = explain->inner.get();
    }
    std::optional<ViewQuery> view;
    if (checked != nullptr && found.statement.statement_kind() == ast::StatementKind::DefineView) {
      view.emplace(found.statement.as<ast::DefineViewStatement>(), checked->schema,
                   *linter_.library_);
      checked = view->checked();
    }
    std::optional<CheckedView> seen;
    if (checked != nullptr) seen.emplace(*checked, index_);
    const StatementContext context{index_,       found.statement, seen ? &*seen : nullptr,
                                   *step.before, *step.after,     *linter_.library_,
                                   facts_};
    for (const Rule* rule : rules()) {
      Reporter reporter(*rule, found_);
      if (rule->check != nullptr && is_on(*rule)) rule->check(context, reporter);
    }
    FactCollector(context, facts_).collect();
  }

  void sort_out() {
    Allowances allowances = read_allowances(script_, statements_);
    for (Finding& finding : found_) allow(finding, allowances.list);
    for (const Allowance& each : allowances.list) add_unused(each);
    for (Finding& each : allowances.malformed) found_.push_back(std::move(each));
    std::stable_sort(found_.begin(), found_.end(), [](const Finding& a, const Finding& b) {
      return a.span.begin != b.span.begin ? a.span.begin < b.span.begin
                                          : a.rule->code < b.rule->code;
    });
    const auto repeats = [](const Finding& a, const Finding& b) {
      return a.rule == b.rule && a.span == b.span;
    };
    found_.erase(std::unique(found_.begin(), found_.end(), repeats), found_.end());
    for (Finding& each : found_) {
      if (!is_on(*each.rule)) continue;
      each.severity = linter_.configuration_.severity_of(*each.rule);
      (each.allowed ? result_.allowed : result_.findings).push_back(std::move(each));
    }
  }

  // `list` is in the order of the statements.
  void allow(Finding& finding, std::vector<Allowance>& list) const {
    const size_t statement = statement_at(statements_, finding.span.begin);
    const auto is_before = [](const Allowance& each, size_t at) { return each.statement < at; };
    for (auto at = std::lower_bound(list.begin(), list.end(), statement, is_before);
         at != list.end() && at->statement == statement; ++at) {
      if (at->rule != finding.rule) continue;
      at->is_used = true;
      finding.allowed = at->reason;
    }
  }

  void add_unused(const Allowance& each) {
    if (each.is_used || !is_on(*each.rule)) return;
    Reporter reporter(*find_rule(kUnusedAllowance), found_);
    reporter.add(each.span, "the statement gives no " + std::string(each.rule->code)).help =
        "take the comment away";
  }

  Linter& linter_;
  const zeroql::ParseResult& script_;
  TreeIndex index_;
  std::vector<zeroql::ParsedStatement> parts_;
  size_t next_ = 0;
  std::vector<Span> statements_;
  ScriptFacts facts_;
  Findings found_;
  LintResult result_;
};

Linter::Linter(Configuration configuration, std::shared_ptr<const function::Library> library)
    : configuration_(std::move(configuration)), library_(library), checker_(std::move(library)) {}

void Linter::learn(const zeroql::ParseResult& script) {
  checker_.check(script);
}

LintResult Linter::lint(const zeroql::ParseResult& script) {
  Run run(*this, script);
  while (run.step()) continue;
  return run.finish();
}

LintRun::LintRun(Linter linter, const zeroql::ParseResult& script)
    : linter_(std::move(linter)), run_(std::make_unique<Linter::Run>(linter_, script)) {}

LintRun::~LintRun() = default;

bool LintRun::step() {
  return run_->step();
}

LintResult LintRun::finish() {
  return run_->finish();
}

}  // namespace zerodb::lint
