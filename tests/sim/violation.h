// Violation: an invariant does not hold. Thrown out of a simulation and caught by who runs it.
#pragma once

#include <stdexcept>
#include <string>

namespace zerodb::sim {

class Violation : public std::runtime_error {
 public:
  Violation(std::string rule, const std::string& detail)
      : std::runtime_error(rule + ": " + detail), rule_(std::move(rule)) {}
  const std::string& rule() const { return rule_; }

 private:
  std::string rule_;
};

inline void require(bool holds, const char* rule, const std::string& detail) {
  if (!holds) throw Violation(rule, detail);
}

}  // namespace zerodb::sim
