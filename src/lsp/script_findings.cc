#include "lsp/script_findings.h"

#include <algorithm>

namespace zerodb::lsp {
namespace {

constexpr int kStatementsAStep = 16;

void move(Span& span, uint32_t from, int64_t by) {
  if (span.begin < from) return;
  span.begin = static_cast<uint32_t>(span.begin + by);
  span.end = static_cast<uint32_t>(span.end + by);
}

// The findings that do not touch what differs between the texts.
lint::Findings carried(const lint::Findings& old, std::string_view before, std::string_view after) {
  const size_t most = std::min(before.size(), after.size());
  size_t front = 0;
  while (front < most && before[front] == after[front]) ++front;
  size_t back = 0;
  while (back < most - front && before[before.size() - 1 - back] == after[after.size() - 1 - back])
    ++back;
  const auto changed_end = static_cast<uint32_t>(before.size() - back);
  const int64_t by = static_cast<int64_t>(after.size()) - static_cast<int64_t>(before.size());
  lint::Findings out;
  for (lint::Finding each : old) {
    const auto is_outside = [&](Span span) {
      return span.end <= front || span.begin >= changed_end;
    };
    const auto has_moved = [&](const auto& part) { return !is_outside(part.span); };
    if (!is_outside(each.span) || std::ranges::any_of(each.labels, has_moved) ||
        std::ranges::any_of(each.fixes, has_moved))
      continue;
    move(each.span, changed_end, by);
    for (zeroql::Label& label : each.labels) move(label.span, changed_end, by);
    for (zeroql::Fix& fix : each.fixes) move(fix.span, changed_end, by);
    out.push_back(std::move(each));
  }
  return out;
}

}  // namespace

ScriptFindings::ScriptFindings(const zeroql::ParseResult& script, const ScriptFindings* previous)
    : script_(script) {
  if (previous != nullptr)
    known_ = carried(previous->known_, previous->script_.tree.source().text(),
                     script.tree.source().text());
}

bool ScriptFindings::step(const lint::Linter& linter, const sema::ScriptChecker& before) {
  if (is_complete_) return true;
  if (run_ == nullptr) {
    lint::Linter own = linter;
    own.learn(before);
    run_ = std::make_unique<lint::LintRun>(std::move(own), script_);
    return false;
  }
  for (int i = 0; i < kStatementsAStep; ++i) {
    if (run_->step()) continue;
    known_ = run_->finish().findings;
    run_.reset();
    is_complete_ = true;
    return true;
  }
  return false;
}

}  // namespace zerodb::lsp
