#include "lsp/analysis.h"

#include <algorithm>

namespace zerodb::lsp {
namespace {

// Statements that change what is known between two checkpoints, each of which holds all of it.
constexpr size_t kChangesMax = 32;

void shift(Span& span, uint32_t from, int64_t by) {
  if (span.begin < from) return;
  span.begin = static_cast<uint32_t>(span.begin + by);
  span.end = static_cast<uint32_t>(span.end + by);
}

}  // namespace

Analysis::Analysis(TextDocument text, const std::string& uri, const sema::ScriptChecker& before,
                   const Analysis* previous)
    : document_(std::move(text)),
      parsed_(zeroql::parse(zeroql::SourceText(document_.text(), uri))),
      checker_(before) {
  check(before, previous);
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

void Analysis::check(const sema::ScriptChecker& before, const Analysis* previous) {
  const Statements statements = zeroql::split(parsed_);
  if (statements.empty()) {
    diagnostics_ = parsed_.diagnostics;
    return;
  }
  checkpoints_.push_back({0, before});
  Common common;
  // Behind bytes that are no text all is unsure.
  const auto is_no_text = [](const zeroql::Diagnostic& each) {
    return each.code == ErrorCode::E0007;
  };
  if (previous != nullptr && (std::ranges::any_of(parsed_.diagnostics, is_no_text) ||
                              std::ranges::any_of(previous->diagnostics_, is_no_text)))
    previous = nullptr;
  if (previous != nullptr) {
    common = common_with(*previous, statements);
    take_front(*previous, common.front);
  }
  // From the last checkpoint on, what changes nothing need not be looked at again.
  checker_ = checkpoints_.back().checker;
  for (size_t i = checkpoints_.back().statement; i < common.front; ++i) {
    if (!statements_[i].changes_state) continue;
    [[maybe_unused]] const auto known = checker_.check_one(parsed_, statements, i);
    ++checked_count_;
  }
  const size_t middle_end = statements.size() - common.back;
  bool changes_state = false;
  for (size_t i = common.front; i < middle_end; ++i) {
    check_statement(statements, i);
    changes_state |= statements_[i].changes_state;
  }
  if (previous != nullptr) {
    const size_t old_end = previous->statements_.size() - common.back;
    for (size_t i = common.front; i < old_end; ++i)
      changes_state |= previous->statements_[i].changes_state;
    if (!changes_state) return take_back(*previous, common.back, statements.size());
  }
  for (size_t i = middle_end; i < statements.size(); ++i) check_statement(statements, i);
}

// A statement at the edge may be read differently for what stands beside it, so it is not counted.
Analysis::Common Analysis::common_with(const Analysis& previous,
                                       const Statements& statements) const {
  const auto old_text = [&](size_t i) {
    return previous.tree().source().slice(previous.statements_[i].extent);
  };
  const auto new_text = [&](size_t i) { return tree().source().slice(statements[i].extent); };
  const size_t old_count = previous.statements_.size();
  const size_t new_count = statements.size();
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
  statements_.assign(previous.statements_.begin(),
                     previous.statements_.begin() + static_cast<ptrdiff_t>(count));
  const size_t found = statements_.back().diagnostics_end;
  diagnostics_.assign(previous.diagnostics_.begin(),
                      previous.diagnostics_.begin() + static_cast<ptrdiff_t>(found));
  for (const Checkpoint& each : previous.checkpoints_) {
    if (each.statement > 0 && each.statement <= count) checkpoints_.push_back(each);
  }
  for (size_t i = checkpoints_.back().statement; i < count; ++i)
    changes_since_checkpoint_ += statements_[i].changes_state ? 1 : 0;
}

// What stands there is known as it is; only the places have moved.
void Analysis::take_back(const Analysis& previous, size_t count, size_t total) {
  const size_t old_first = previous.statements_.size() - count;
  const size_t old_found = old_first == 0 ? 0 : previous.statements_[old_first - 1].diagnostics_end;
  const int64_t by = int64_t{document_.size()} - int64_t{previous.document_.size()};
  const uint32_t from = count == 0 ? 0 : previous.statements_[old_first].extent.begin;
  const size_t found = diagnostics_.size();
  for (size_t i = old_first; i < previous.statements_.size(); ++i) {
    Statement moved = previous.statements_[i];
    shift(moved.extent, 0, by);
    moved.diagnostics_end = moved.diagnostics_end - old_found + found;
    statements_.push_back(moved);
  }
  for (size_t i = old_found; count > 0 && i < previous.diagnostics_.size(); ++i) {
    zeroql::Diagnostic moved = previous.diagnostics_[i];
    shift(moved.span, from, by);
    for (zeroql::Label& label : moved.labels) shift(label.span, from, by);
    for (zeroql::Fix& fix : moved.fixes) shift(fix.span, from, by);
    diagnostics_.push_back(std::move(moved));
  }
  for (const Checkpoint& each : previous.checkpoints_) {
    if (each.statement <= old_first) continue;
    checkpoints_.push_back({each.statement - previous.statements_.size() + total, each.checker});
  }
  checker_ = previous.checker_;
}

void Analysis::check_statement(const Statements& statements, size_t index) {
  const uint64_t changes = checker_.changes();
  zeroql::Diagnostics own = checker_.check_one(parsed_, statements, index);
  std::ranges::move(own, std::back_inserter(diagnostics_));
  const bool changes_state = checker_.changes() != changes;
  statements_.push_back({statements[index].extent, diagnostics_.size(), changes_state});
  ++checked_count_;
  if (!changes_state || ++changes_since_checkpoint_ < kChangesMax) return;
  changes_since_checkpoint_ = 0;
  checkpoints_.push_back({index + 1, checker_});
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
