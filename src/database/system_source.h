// SystemSource: the tables of `system::` that only the running database can tell: its settings,
// sessions, transactions, statements, jobs and live queries.
//
// Threading: belongs to the session's thread; what it reads of others is guarded there.
#pragma once

#include <string_view>
#include <vector>

#include "function/context.h"

namespace zerodb::database {

class Session;

class SystemSource final : public function::SystemSource {
 public:
  explicit SystemSource(Session& session) : session_(session) {}

  Result<std::vector<std::vector<Value>>> rows(std::string_view table) override;
  Result<Value> setting(std::string_view name) const override;

 private:
  using Rows = std::vector<std::vector<Value>>;

  Result<Rows> settings() const;
  Result<Rows> sessions() const;
  Result<Rows> transactions() const;
  Result<Rows> statements() const;
  Result<Rows> jobs() const;
  Result<Rows> live() const;

  Session& session_;
};

}  // namespace zerodb::database
