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
  columns_.insert(columns_.end(), other.columns_.begin(), other.columns_.end());
}

std::optional<uint32_t> Scope::find(sema::SourceId source, uint32_t index) const {
  for (const Entry& entry : entries_) {
    if (entry.source == source && entry.index == index) return entry.position;
  }
  return std::nullopt;
}

}  // namespace zerodb::plan
