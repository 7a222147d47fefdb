// Quotas: what a namespace or a database may use at most: the options `storage_max` and
// `statements_max` of DEFINE NAMESPACE and DEFINE DATABASE.
//
// Storage is what the records and index entries take in the store, about; a write that would go
// beyond it is refused (E1110), DELETE and REMOVE are not. Statements are counted while they run
// and while their result is being read (E1109, may be tried again). Threading: may be shared by all
// threads.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "base/result.h"
#include "catalog/schema.h"
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

 private:
  uint64_t storage_of(DatabaseId database) const;

  storage::Engine& engine_;
  std::mutex mutex_;  // guards the counts
  std::map<NamespaceId, uint64_t> of_namespaces_;
  std::map<DatabaseId, uint64_t> of_databases_;
};

}  // namespace zerodb::database
