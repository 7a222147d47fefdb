#include "plan/scope.h"

namespace zerodb::plan {

void Scope::add(sema::SourceId source, uint32_t index, OutputColumn column) {
  entries_.push_back({source, index, size()});
  columns_.push_back(std::move(column));
}

uint32_t Scope::add_unnamed(OutputColumn column) {
  columns_.push_back(std::move(column));
  return size() - 1;
}

void Scope::append(const Scope& other) {
  const uint32_t base = size();
  for (const Entry& entry : other.entries_)
    entries_.push_back({entry.source, entry.index, base + entry.position});
  for (const Entry& entry : other.outer_entries_)
    outer_entries_.push_back({entry.source, entry.index, base + entry.position});
  for (const auto& [subquery, joined] : other.joined_) {
    Joined moved = joined;
    moved.value += base;
    if (moved.found) *moved.found += base;
    joined_[subquery] = moved;
  }
  columns_.insert(columns_.end(), other.columns_.begin(), other.columns_.end());
}

Scope Scope::as_outer() const {
  Scope out;
  out.columns_ = columns_;
  out.outer_entries_ = entries_;
  return out;
}

std::optional<uint32_t> Scope::find(sema::SourceId source, uint32_t index) const {
  return find_in(entries_, source, index);
}

std::optional<uint32_t> Scope::find_outer(sema::SourceId source, uint32_t index) const {
  return find_in(outer_entries_, source, index);
}

std::optional<uint32_t> Scope::find_in(const std::vector<Entry>& entries, sema::SourceId source,
                                       uint32_t index) {
  for (const Entry& entry : entries) {
    if (entry.source == source && entry.index == index) return entry.position;
  }
  return std::nullopt;
}

const Scope::Joined* Scope::joined(sema::ExprId subquery) const {
  const auto found = joined_.find(subquery.value());
  return found == joined_.end() ? nullptr : &found->second;
}

}  // namespace zerodb::plan
