// HostServices: what instructions may ask of the statement that runs them, beyond the columns of
// their own program.
//
// Threading: belongs to the thread that executes the statement.
#pragma once

#include <span>

#include "base/result.h"
#include "function/context.h"
#include "function/library.h"
#include "value/text.h"
#include "value/value.h"

namespace zerodb::exec {

class HostServices {
 public:
  virtual ~HostServices() = default;
  virtual const function::Library& library() const = 0;
  virtual function::CallContext& call() = 0;
  virtual Names names() const = 0;
  // The records that links point to, as objects with id; none where a link dangles. One read for
  // all. Behind its gates the user sees what grants allow.
  enum class Sight : uint8_t { Whole, Gated };
  virtual Status fetch(std::span<const Value> links, Sight sight, std::vector<Value>& out) = 0;
  // When the record that a link points to was committed, as u64; none if there is none or the
  // transaction has written it.
  virtual Result<Value> commit_stamp(const Value& link) = 0;
  // Runs a subplan with its outer parameters set; `needle` is the left side of IN.
  virtual Result<Value> subquery(uint32_t subplan, const Value& needle,
                                 std::span<const Value> outer) = 0;
};

}  // namespace zerodb::exec
