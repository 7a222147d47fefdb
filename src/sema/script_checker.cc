#include "sema/script_checker.h"

#include <algorithm>
#include <iterator>

namespace zerodb::sema {
namespace {

zeroql::Diagnostic diagnostic(ErrorCode code, std::string message, Span span) {
  zeroql::Diagnostic made;
  made.code = code;
  made.message = std::move(message);
  made.span = span;
  return made;
}

// Codes of names that are not known.
bool is_unknown_name(ErrorCode code) {
  switch (code) {
    case ErrorCode::E0201:
    case ErrorCode::E0202:
    case ErrorCode::E0204:
    case ErrorCode::E0205:
    case ErrorCode::E0206:
    case ErrorCode::E0207:
    case ErrorCode::E0503:
    case ErrorCode::E0601:
      return true;
    default:
      return false;
  }
}

// The words and `quoted names` of a text.
std::vector<std::string> words_of(std::string_view text) {
  const auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
  };
  std::vector<std::string> words;
  for (size_t i = 0; i < text.size();) {
    size_t end = i;
    while (end < text.size() && is_word(text[end])) ++end;
    if (end > i) words.emplace_back(text.substr(i, end - i));
    i = std::max(end, i + 1);
  }
  return words;
}

// Whether only the `;` behind the statement is missing.
bool lacks_end(const zeroql::ParsedStatement& found) {
  const Span place = found.error->span;
  return found.error->code == ErrorCode::E0101 && place.begin == place.end &&
         place.begin == found.statement.span().end && place.end < found.extent.end;
}

bool is_definition(std::string_view text) {
  const std::vector<std::string> words = words_of(text.substr(0, 64));
  if (words.empty()) return false;
  std::string first = words.front();
  for (char& c : first) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return first == "DEFINE" || first == "ALTER" || first == "CREATE" || first == "LET";
}

// Mistakes of the grammar that stand in the statement, or behind the last one, in their order.
zeroql::Diagnostics mistakes_of(const zeroql::ParseResult& script,
                                std::span<const zeroql::ParsedStatement> statements, size_t index) {
  const auto begins_before = [](const zeroql::Diagnostic& each, uint32_t place) {
    return each.span.begin < place;
  };
  const auto& all = script.diagnostics;
  const bool is_last = index + 1 == statements.size();
  const auto begin = index == 0 ? all.begin()
                                : std::lower_bound(all.begin(), all.end(),
                                                   statements[index - 1].extent.end, begins_before);
  const auto end =
      is_last ? all.end()
              : std::lower_bound(begin, all.end(), statements[index].extent.end, begins_before);
  return {begin, end};
}

}  // namespace

ScriptChecker::ScriptChecker(std::shared_ptr<const function::Library> library)
    : library_(std::move(library)), state_{catalog::bootstrap_rows(), catalog::kMainDatabase} {
  rebuild();
}

Result<ScriptChecker> ScriptChecker::create(std::shared_ptr<const function::Library> library,
                                            catalog::Rows rows, DatabaseId database) {
  // Rows that are not the checker's own may be damaged.
  auto schema = TRY(catalog::build(rows, database));
  ScriptChecker checker(std::move(library));
  checker.state_ = {std::move(rows), database};
  checker.schema_ = std::move(schema);
  return checker;
}

void ScriptChecker::rebuild() {
  ++changes_;
  auto built = catalog::build(state_.rows, state_.database);
  // The rows are those of the checker itself.
  ASSERT(built.has_value());
  schema_ = std::move(built).value();
}

void ScriptChecker::restore(State state) {
  state_ = std::move(state);
  rebuild();
}

zeroql::Diagnostics ScriptChecker::check(const zeroql::ParseResult& script) {
  return check(script, [](const zeroql::ParsedStatement&, const CheckedStep&) {});
}

zeroql::Diagnostics ScriptChecker::check(const zeroql::ParseResult& script,
                                         const Observer& observe) {
  zeroql::Diagnostics all;
  const std::vector<zeroql::ParsedStatement> statements = zeroql::split(script);
  for (size_t i = 0; i < statements.size(); ++i) {
    zeroql::Diagnostics own = check_one(script, statements, i, observe);
    all.insert(all.end(), std::make_move_iterator(own.begin()), std::make_move_iterator(own.end()));
  }
  if (statements.empty()) return script.diagnostics;
  return all;
}

zeroql::Diagnostics ScriptChecker::check_one(const zeroql::ParseResult& script,
                                             std::span<const zeroql::ParsedStatement> statements,
                                             size_t index) {
  return check_one(script, statements, index,
                   [](const zeroql::ParsedStatement&, const CheckedStep&) {});
}

zeroql::Diagnostics ScriptChecker::check_one(const zeroql::ParseResult& script,
                                             std::span<const zeroql::ParsedStatement> statements,
                                             size_t index, const Observer& observe) {
  const zeroql::ParsedStatement& found = statements[index];
  zeroql::Diagnostics all = mistakes_of(script, statements, index);
  // The statement before lacks its end: this one may be a part of it.
  const bool was_piece =
      index > 0 && statements[index - 1].error != nullptr && lacks_end(statements[index - 1]);
  if (found.error != nullptr) {
    remember_failure(found);
    abort_transaction();
    observe(found, {nullptr, schema_.get(), schema_.get()});
    return all;
  }
  zeroql::Diagnostics own = check_statement(found, observe);
  const zeroql::SourceText& source = script.tree.source();
  const bool is_known = std::any_of(own.begin(), own.end(), [&](const zeroql::Diagnostic& each) {
    return follows_from_failure(each, source);
  });
  if (!own.empty() && own.front().is_error()) {
    remember_failure(found);
    abort_transaction();
  }
  if (!is_known && !was_piece) all.insert(all.end(), own.begin(), own.end());
  return all;
}

void ScriptChecker::abort_transaction() {
  const bool is_open = !savepoints_.empty();
  if (is_aborted_ != is_open) ++changes_;
  is_aborted_ = is_open;
}

zeroql::Diagnostics ScriptChecker::check_statement(const zeroql::ParsedStatement& found,
                                                   const Observer& observe) {
  CheckContext context;
  context.library = library_.get();
  context.parameters = parameters_;
  // Clients bind parameters that the script does not.
  context.unknown_parameters = UnknownParameters::Infer;
  CheckResult checked = sema::check(found.statement, schema_, context);
  zeroql::Diagnostics out = std::move(checked.diagnostics);
  const std::shared_ptr<const catalog::Schema> before = schema_;
  if (out.empty()) apply_transaction(checked.statement, found.statement.span(), out);
  if (!out.empty()) {
    observe(found, {nullptr, before.get(), before.get()});
    return out;
  }
  apply(checked.statement);
  observe(found, {&checked.statement, before.get(), schema_.get()});
  return std::move(checked.warnings);
}

void ScriptChecker::apply(const Statement& statement) {
  if (const auto* let = std::get_if<LetStatement>(&statement.body)) {
    ++changes_;
    parameters_.push_back({let->name, let->type, KnownParameter::Origin::Let});
    return;
  }
  if (const auto* use = std::get_if<UseStatement>(&statement.body)) {
    const catalog::Namespace* space = schema_->find_namespace(use->namespace_name);
    if (space == nullptr) return;
    const catalog::Database* database = schema_->find_database(space->id, use->database_name);
    if (database == nullptr) return;
    state_.database = database->id;
    rebuild();
    return;
  }
  const auto* definition = std::get_if<DefinitionStatement>(&statement.body);
  if (definition == nullptr || definition->changes.empty()) return;
  put(definition->changes);
  rebuild();
}

void ScriptChecker::put(std::span<const catalog::Change> changes) {
  for (const catalog::Change& change : changes) {
    if (change.kind == catalog::Change::Kind::Put) {
      state_.rows[change.key] = change.row;
    } else {
      state_.rows.erase(change.key);
    }
  }
}

void ScriptChecker::take_over(std::span<const Definitions> definitions) {
  if (definitions.empty()) return;
  for (const Definitions& each : definitions) put(*each);
  rebuild();
}

void ScriptChecker::apply_transaction(const Statement& statement, Span span,
                                      zeroql::Diagnostics& out) {
  const bool is_open = !savepoints_.empty();
  const auto need_open = [&] {
    if (!is_open) out.push_back(diagnostic(ErrorCode::E0803, "no transaction is open", span));
    return is_open;
  };
  if (is_open && is_read_only_ && statement.writes) {
    out.push_back(diagnostic(ErrorCode::E0805, "this transaction is READ ONLY", span));
    return;
  }
  const bool is_of_transaction = std::holds_alternative<BeginStatement>(statement.body) ||
                                 std::holds_alternative<CommitStatement>(statement.body) ||
                                 std::holds_alternative<RollbackStatement>(statement.body) ||
                                 std::holds_alternative<SavepointStatement>(statement.body) ||
                                 std::holds_alternative<ReleaseStatement>(statement.body);
  if (is_of_transaction) ++changes_;
  if (const auto* begin = std::get_if<BeginStatement>(&statement.body)) {
    if (is_open) {
      out.push_back(diagnostic(ErrorCode::E0804, "a transaction is open already", span));
    } else {
      savepoints_.push_back({"", state_});
      is_read_only_ = begin->read_only;
      is_aborted_ = false;
      is_commit_last_ = false;
    }
  } else if (std::holds_alternative<CommitStatement>(statement.body)) {
    if (need_open() && !is_aborted_) savepoints_.clear();
    is_commit_last_ = savepoints_.empty();
  } else if (const auto* rollback = std::get_if<RollbackStatement>(&statement.body)) {
    const bool may_be_open = is_commit_last_ && rollback->savepoint.empty();
    is_commit_last_ = false;
    if (is_open || !may_be_open) {
      if (need_open()) roll_back(*rollback, span, out);
    }
  } else if (const auto* savepoint = std::get_if<SavepointStatement>(&statement.body)) {
    if (need_open()) savepoints_.push_back({savepoint->name, state_});
  } else if (const auto* released = std::get_if<ReleaseStatement>(&statement.body)) {
    if (need_open()) release(*released, span, out);
  }
}

size_t ScriptChecker::find_savepoint(const std::string& name, Span span,
                                     zeroql::Diagnostics& out) const {
  for (size_t i = savepoints_.size(); i > 1; --i) {
    if (savepoints_[i - 1].name == name) return i - 1;
  }
  out.push_back(diagnostic(ErrorCode::E0212, "unknown savepoint `" + name + "`", span));
  return 0;
}

void ScriptChecker::roll_back(const RollbackStatement& rollback, Span span,
                              zeroql::Diagnostics& out) {
  // USE is no part of the transaction.
  const DatabaseId database = state_.database;
  size_t target = 0;
  if (!rollback.savepoint.empty()) {
    target = find_savepoint(rollback.savepoint, span, out);
    if (target == 0) return;
  }
  is_aborted_ = false;
  State before = savepoints_[target].state;
  savepoints_.resize(rollback.savepoint.empty() ? 0 : target + 1);
  before.database = database;
  restore(std::move(before));
}

void ScriptChecker::release(const ReleaseStatement& release, Span span, zeroql::Diagnostics& out) {
  const size_t target = find_savepoint(release.name, span, out);
  if (target > 0) savepoints_.resize(target);
}

void ScriptChecker::remember_failure(const zeroql::ParsedStatement& found) {
  const std::string_view text = found.statement.tree->source().slice(found.extent);
  if (!is_definition(text)) return;
  for (std::string& word : words_of(text)) {
    if (failed_names_.insert(std::move(word)).second) ++changes_;
  }
}

bool ScriptChecker::follows_from_failure(const zeroql::Diagnostic& diagnostic,
                                         const zeroql::SourceText& source) const {
  if (!is_unknown_name(diagnostic.code)) return false;
  const std::vector<std::string> words = words_of(source.slice(diagnostic.span));
  return std::any_of(words.begin(), words.end(),
                     [&](const std::string& word) { return failed_names_.contains(word); });
}

}  // namespace zerodb::sema
