#include "lsp/analysis.h"

#include <algorithm>

#include "lsp/text_change.h"
#include "zeroql/reparse.h"

namespace zerodb::lsp {
namespace {

// Statements that change what is known between two checkpoints, each of which holds all of it.
constexpr size_t kChangesMax = 128;
// What a statement that changes the schema takes longer than others.
constexpr size_t kChangeWeight = 16;

// Behind bytes that are no text all is unsure.
bool is_text(const zeroql::Diagnostics& diagnostics) {
  return std::ranges::none_of(
      diagnostics, [](const zeroql::Diagnostic& each) { return each.code == ErrorCode::E0007; });
}

zeroql::ParseResult parse(std::string text, const std::string& uri, const Analysis* previous) {
  zeroql::SourceText source(std::move(text), uri);
  return previous == nullptr ? zeroql::parse(std::move(source))
                             : zeroql::reparse(previous->parsed(), std::move(source));
}

}  // namespace

Analysis::Analysis(TextDocument text, const std::string& uri, const sema::ScriptChecker& before,
                   const Analysis* previous, Before sees)
    : document_(std::move(text)),
      parsed_(parse(document_.text(), uri, previous)),
      statements_(zeroql::split(parsed_)),
      checker_(before) {
  check(before, previous, sees);
  findings_ = std::make_unique<ScriptFindings>(
      parsed_, previous == nullptr ? nullptr : previous->findings_.get());
}

bool Analysis::lint_some(const lint::Linter& linter) const {
  return findings_->step(linter, checkpoints_.empty() ? checker_ : checkpoints_.front().checker);
}

const std::vector<Occurrence>& Analysis::occurrences() const {
  if (!occurrences_) occurrences_ = resolve(parsed_.tree, schema()).occurrences;
  return *occurrences_;
}

const zeroql::Diagnostics& Analysis::diagnostics() const {
  if (is_checked()) return diagnostics_;
  if (!shown_) {
    shown_ = diagnostics_;
    const uint32_t unchecked = statements_[checked_.size()].extent.begin;
    for (const zeroql::Diagnostic& each : stale_) {
      if (each.span.begin >= unchecked) shown_->push_back(each);
    }
  }
  return *shown_;
}

void Analysis::check(const sema::ScriptChecker& before, const Analysis* previous, Before sees) {
  if (statements_.empty()) {
    diagnostics_ = parsed_.diagnostics;
    return;
  }
  checkpoints_.push_back({0, before});
  if (previous != nullptr &&
      !(is_text(parsed_.diagnostics) && is_text(previous->parsed_.diagnostics)))
    previous = nullptr;
  if (previous == nullptr) {
    while (!is_checked()) check_next();
    return;
  }
  if (sees == Before::Same) {
    const Common common = common_with(*previous);
    take_front(*previous, std::min(common.front, previous->checked_.size()));
    catch_up(checked_.size());
    const bool is_known_to_edit = checked_.size() == common.front;
    if (is_known_to_edit && check_changed(*previous, common) && previous->is_checked())
      return take_back(*previous, common.back);
  }
  if (!is_checked()) stand_in(*previous);
}

bool Analysis::check_changed(const Analysis& previous, Common common) {
  bool is_the_same = true;
  while (checked_.size() < statements_.size() - common.back) {
    check_next();
    is_the_same &= !checked_.back().changes_state;
  }
  const size_t old_end = previous.statements_.size() - common.back;
  if (old_end > previous.checked_.size()) return false;
  for (size_t i = common.front; i < old_end; ++i)
    is_the_same &= !previous.checked_[i].changes_state;
  return is_the_same;
}

// A statement at the edge may be read differently for what stands beside it, so it is not counted.
Analysis::Common Analysis::common_with(const Analysis& previous) const {
  const auto old_text = [&](size_t i) {
    return previous.tree().source().slice(previous.statements_[i].extent);
  };
  const auto new_text = [&](size_t i) { return tree().source().slice(statements_[i].extent); };
  const size_t old_count = previous.statements_.size();
  const size_t new_count = statements_.size();
  const size_t most = std::min(old_count, new_count);
  Common out;
  while (out.front < most && old_text(out.front) == new_text(out.front)) ++out.front;
  if (out.front > 0) --out.front;
  while (out.back < most - out.front &&
         old_text(old_count - 1 - out.back) == new_text(new_count - 1 - out.back))
    ++out.back;
  if (out.back > 0) --out.back;
  return out;
}

void Analysis::take_front(const Analysis& previous, size_t count) {
  if (count == 0) return;
  checked_.assign(previous.checked_.begin(),
                  previous.checked_.begin() + static_cast<ptrdiff_t>(count));
  const size_t found = checked_.back().diagnostics_end;
  diagnostics_.assign(previous.diagnostics_.begin(),
                      previous.diagnostics_.begin() + static_cast<ptrdiff_t>(found));
  for (const Checkpoint& each : previous.checkpoints_) {
    if (each.statement > 0 && each.statement <= count) checkpoints_.push_back(each);
  }
  for (size_t i = checkpoints_.back().statement; i < count; ++i)
    changes_since_checkpoint_ += checked_[i].changes_state ? 1 : 0;
}

// What stands there is known as it is; only the places have moved.
void Analysis::take_back(const Analysis& previous, size_t count) {
  const size_t old_first = previous.statements_.size() - count;
  const size_t old_found = old_first == 0 ? 0 : previous.checked_[old_first - 1].diagnostics_end;
  const uint32_t from = count == 0 ? 0 : previous.statements_[old_first].extent.begin;
  const TextChange moved = {from, from,
                            int64_t{document_.size()} - int64_t{previous.document_.size()}};
  const size_t found = diagnostics_.size();
  for (size_t i = old_first; i < previous.statements_.size(); ++i) {
    Checked known = previous.checked_[i];
    known.diagnostics_end = known.diagnostics_end - old_found + found;
    checked_.push_back(std::move(known));
  }
  for (size_t i = old_found; count > 0 && i < previous.diagnostics_.size(); ++i) {
    diagnostics_.push_back(previous.diagnostics_[i]);
    move_places(diagnostics_.back(), moved);
  }
  for (const Checkpoint& each : previous.checkpoints_) {
    if (each.statement <= old_first) continue;
    checkpoints_.push_back(
        {each.statement - previous.statements_.size() + statements_.size(), each.checker});
  }
  checker_ = previous.checker_;
}

void Analysis::stand_in(const Analysis& previous) {
  const TextChange change = change_of(previous.document_.text(), document_.text());
  stale_ = carried(previous.diagnostics(), change);
  stale_schema_ = previous.stale_schema_ == nullptr ? previous.checker_.shared_schema()
                                                    : previous.stale_schema_;
}

// To what is known before a statement. From the last checkpoint on, what changes nothing need not
// be looked at again.
void Analysis::catch_up(size_t count) {
  checker_ = checkpoints_.back().checker;
  std::vector<sema::Definitions> defined;
  for (size_t i = checkpoints_.back().statement; i < count; ++i) {
    if (!checked_[i].changes_state) continue;
    if (checked_[i].defines != nullptr) {
      defined.push_back(checked_[i].defines);
      continue;
    }
    checker_.take_over(defined);
    defined.clear();
    [[maybe_unused]] const auto known = checker_.check_one(parsed_, statements_, i);
    ++checked_count_;
  }
  checker_.take_over(defined);
}

void Analysis::check_next() {
  const uint64_t changes = checker_.changes();
  Checked made;
  const auto remember = [&](const zeroql::ParsedStatement&, const sema::CheckedStep& step) {
    if (step.statement == nullptr) return;
    const auto* definition = std::get_if<sema::DefinitionStatement>(&step.statement->body);
    if (definition != nullptr && !definition->changes.empty())
      made.defines = std::make_shared<const std::vector<catalog::Change>>(definition->changes);
  };
  zeroql::Diagnostics own = checker_.check_one(parsed_, statements_, checked_.size(), remember);
  std::ranges::move(own, std::back_inserter(diagnostics_));
  made.diagnostics_end = diagnostics_.size();
  made.changes_state = checker_.changes() != changes;
  checked_.push_back(std::move(made));
  ++checked_count_;
  if (!checked_.back().changes_state || ++changes_since_checkpoint_ < kChangesMax) return;
  changes_since_checkpoint_ = 0;
  checkpoints_.push_back({checked_.size(), checker_});
}

bool Analysis::check_some(size_t statements_max) {
  if (is_checked()) return true;
  for (size_t done = 0; done < statements_max && !is_checked();) {
    check_next();
    done += checked_.back().changes_state ? kChangeWeight : 1;
  }
  shown_.reset();
  if (!is_checked()) return false;
  stale_.clear();
  stale_schema_.reset();
  occurrences_.reset();
  return true;
}

const Occurrence* Analysis::occurrence_at(uint32_t offset) const {
  const std::vector<Occurrence>& all = occurrences();
  const auto after = std::ranges::upper_bound(
      all, offset, {}, [](const Occurrence& each) { return each.span.begin; });
  if (after == all.begin()) return nullptr;
  const Occurrence& found = *(after - 1);
  return offset <= found.span.end ? &found : nullptr;
}

zeroql::TokenId Analysis::token_at(uint32_t offset) const {
  size_t low = 0;
  size_t high = tree().token_count() - 1;
  while (low < high) {
    const size_t middle = (low + high) / 2;
    if (tree().token(zeroql::TokenId(static_cast<uint32_t>(middle))).end <= offset) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  const auto at = static_cast<uint32_t>(low);
  const bool covers = tree().token(zeroql::TokenId(at)).begin <= offset;
  const bool ends_here = at > 0 && tree().token(zeroql::TokenId(at - 1)).end == offset;
  const bool is_word = tree().token(zeroql::TokenId(at)).is(zeroql::TokenKind::Word);
  if (ends_here && !(covers && is_word)) return zeroql::TokenId(at - 1);
  if (covers) return zeroql::TokenId(at);
  return zeroql::TokenId(static_cast<uint32_t>(tree().token_count() - 1));
}

}  // namespace zerodb::lsp
