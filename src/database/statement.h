// Statement: a prepared statement: checked and planned once, run many times.
//
// It checks and plans itself again when a definition changed the schema it was made for. Its plan
// and compiled modules are shared with every statement of the same text. Threading: belongs to its
// session's thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "database/result_set.h"
#include "database/script.h"
#include "database/statement_cache.h"

namespace zerodb::database {

struct ParameterInfo {
  std::string name;
  Type type;
};

class Statement {
 public:
  const Script& script() const { return script_; }
  const std::vector<Column>& columns() const;
  std::vector<ParameterInfo> parameters() const;

 private:
  friend class Session;
  Statement(Script script, PlannedPtr planned, uint64_t epoch)
      : script_(std::move(script)), planned_(std::move(planned)), epoch_(epoch) {}

  Script script_;
  PlannedPtr planned_;
  uint64_t epoch_;  // of definitions, when it was planned
};

}  // namespace zerodb::database
