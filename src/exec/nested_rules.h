// NestedRules: what DEFINE FIELD says of places inside fields: `address.city`, `items[*].sku`, and
// what types with ASSERT say of places inside the values of fields, also where no path leads.
//
// A place is reached through objects, positions and, behind [*], each element of a list. Its type
// is asked wherever it holds something; a type that does not admit none is required wherever the
// value around it is there. DEFAULT makes the objects that it lacks, but no list and no element.
// Errors: those of the rules of declared fields, with the path as the name. Threading: belongs to
// one statement.
#pragma once

#include <span>
#include <vector>

#include "exec/draft.h"
#include "exec/record_frame.h"

namespace zerodb::exec {

class NestedRules {
 public:
  // Table and rules must outlive this.
  static Result<NestedRules> make(ExecState& state, const DraftTable& table,
                                  const plan::RuleSet& rules);

  bool is_empty() const { return rules_.empty(); }
  // Gives each value its type. E0306 where that cannot be.
  Status check_types(Draft& draft) const;
  // DEFAULT where the key is absent. At most RecordFrame::kRowsMax drafts, as below.
  Status apply_defaults(std::span<Draft* const> drafts);
  Status check_required(const Draft& draft) const;                        // E1004
  Status check_asserts(std::span<Draft* const> drafts);                   // E1003
  Status check_read_only(const Draft& before, const Draft& after) const;  // E1005

 private:
  struct Rule {
    const catalog::PlaceRule* field;    // borrowed from the rules
    const plan::RuleSet::Nested* plan;  // borrowed from the rules
    RecordFrame default_frame;
    RecordFrame assert_frame;
  };

  NestedRules(ExecState& state, const DraftTable& table) : state_(state), table_(table) {}
  Status ask(Rule& rule, std::span<const RecordRow> rows) const;

  ExecState& state_;
  const DraftTable& table_;
  std::vector<Rule> rules_;
};

}  // namespace zerodb::exec
