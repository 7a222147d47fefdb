// Quotas: what a namespace or a database may use at most: the options `storage_max`,
// `statements_max` and `memory_max` of DEFINE NAMESPACE and DEFINE DATABASE.
//
// Storage is what the records and index entries take in the store, about; a write that would go
// beyond it is refused (E1110), DELETE and REMOVE are not. Statements are counted while they run
// and while their result is being read (E1109, may be tried again). Memory is that of the rows that
// their operators keep; beyond it they go on on disk, or end with E1108. Threading: may be shared
// by all threads.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "base/result.h"
#include "catalog/schema.h"
#include "exec/memory_budget.h"
#include "storage/engine.h"

namespace zerodb::database {

class Quotas {
 public:
  // Counts a statement as long as it lives.
  class Ticket {
   public:
    Ticket() = default;
    Ticket(Ticket&& other) noexcept { swap(other); }
    Ticket& operator=(Ticket&& other) noexcept {
      swap(other);
      return *this;
    }
    ~Ticket();

   private:
    friend class Quotas;
    void swap(Ticket& other) noexcept;
    Quotas* owner_ = nullptr;
    std::vector<uint64_t*> counts_;  // of the namespace and the database; owned by owner_
  };

  explicit Quotas(storage::Engine& engine) : engine_(engine) {}
  Quotas(const Quotas&) = delete;
  Quotas& operator=(const Quotas&) = delete;

  // A statement begins. E1109.
  Result<Ticket> admit(const catalog::Schema& schema);
  // A transaction that has written so many bytes goes on, or commits. E1110.
  Status check_storage(const catalog::Schema& schema, uint64_t written_bytes) const;
  // What statements of the database draw on: its own budget within that of its namespace within
  // `all`, as far as there are quotas. Lives as long as this and `all`.
  exec::MemoryBudget* memory(const catalog::Schema& schema, exec::MemoryBudget* all);

 private:
  using Limits = std::map<std::string, std::string>;
  uint64_t storage_of(DatabaseId database) const;
  exec::MemoryBudget* within(uint64_t id, const Limits& limits, exec::MemoryBudget* above);

  storage::Engine& engine_;
  std::mutex mutex_;  // guards the counts
  std::map<NamespaceId, uint64_t> of_namespaces_;
  std::map<DatabaseId, uint64_t> of_databases_;
  // By what they are of and their limit: statements may still draw on those of an earlier limit.
  struct BudgetKey {
    uint64_t id;
    uint64_t limit;
    exec::MemoryBudget* above;
    auto operator<=>(const BudgetKey&) const = default;
  };
  std::map<BudgetKey, std::unique_ptr<exec::MemoryBudget>> budgets_;
};

}  // namespace zerodb::database
