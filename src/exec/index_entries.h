// IndexEntries: the index entries of drafts of one table, with the expressions and conditions of
// its indexes computed.
//
// Threading: belongs to one statement.
#pragma once

#include <map>
#include <vector>

#include "exec/draft.h"
#include "exec/record_frame.h"
#include "index/entry.h"
#include "plan/plan.h"

namespace zerodb::exec {

class IndexEntries {
 public:
  // `programs`, those of the table, must outlive this, as must the others.
  static Result<IndexEntries> make(ExecState& state, const DraftTable& table,
                                   std::span<const plan::IndexProgram> programs);

  // The programs that a plan has for a table.
  static std::span<const plan::IndexProgram> programs_of(const plan::Plan& plan, TableId table);

  // Appends the entries that the index has for the record: none if its condition does not hold.
  Status append(const Draft& draft, const catalog::Index& index, std::vector<index::Entry>& out);

 private:
  struct Computed {
    const plan::IndexProgram* program;
    RecordFrame frame;
  };

  IndexEntries(ExecState& state, const DraftTable& table) : state_(state), table_(table) {}

  // Fills in the values of the columns that are expressions. False: the index leaves the record
  // out.
  Result<bool> compute(Computed& computed, const Draft& draft, const catalog::Index& index,
                       std::vector<Value>& values);

  ExecState& state_;
  const DraftTable& table_;
  std::map<IndexId, Computed> computed_;
};

}  // namespace zerodb::exec
