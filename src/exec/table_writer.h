// TableWriter: puts records of one table into the transaction: rules, uniqueness, references, index
// entries.
//
// Order of checks: types, DEFAULT, COMPUTED, required fields, ASSERT, then UNIQUE and REFERENCE. A
// record is written once by a statement (E0416). Threading: belongs to one statement.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

#include "exec/draft.h"
#include "exec/index_entries.h"
#include "exec/nested_rules.h"
#include "exec/record_frame.h"
#include "exec/write_grants.h"

namespace zerodb::exec {

class TableWriter {
 public:
  static Result<std::unique_ptr<TableWriter>> make(ExecState& state, const catalog::Table& table,
                                                   const plan::RuleSet& rules);

  const DraftTable& drafts() const { return drafts_; }
  const catalog::Table& table() const { return table_; }

  // What the user may write; asked by those who know what the statement itself gave.
  WriteGrants& grants() { return *grants_; }

  // Brings the drafts into the shape of the table and asks its rules. Any number of drafts.
  Status apply_rules(std::span<Draft* const> drafts);

  // E1001 if there is such a record already.
  Status insert(const Draft& draft, bool may_exist_already);
  Status update(const Draft& before, const Draft& after);
  // A record that a definition changes: by what its DEFAULT and COMPUTED give, or by new types.
  Status refill(const Draft& before, const Draft& after);
  // With its edges, and what its references say; records whose links are unset meet the rules of
  // their tables.
  Status erase(const Draft& draft);
  // What can only be said of the outcome: uniqueness where entries wait, links to records that were
  // not there, RESTRICT. Called once, after the last record.
  Status finish();
  // Which insert(), from 0, made the link that finish() found to lead nowhere.
  std::optional<uint64_t> unlinked_insert() const { return unlinked_insert_; }
  // Index entries of updates wait for finish(), so that records may exchange values that are
  // unique.
  void defer_entries() { defers_entries_ = true; }

  Result<std::optional<Draft>> load(std::string_view key_bytes);
  // The record that the draft clashes with in a unique index whose columns are `fields` (empty:
  // any), or by its id.
  Result<std::optional<Draft>> find_conflict(const Draft& draft,
                                             const std::vector<std::string>& fields);
  // Without it records that insert() made are not remembered: nothing else can meet them again.
  void remember_inserts() { remembers_inserts_ = true; }
  bool was_written(const std::string& key_bytes) const { return written_.contains(key_bytes); }

  // E1008 where a link of REFERENCE leads to no record; for records that are stored already.
  Status verify_links(const Draft& draft);

 private:
  Status check_references(const Draft& draft, const Draft* before);
  Status check_pending_links();
  TableWriter(ExecState& state, const catalog::Table& table, const plan::RuleSet& rules);

  Status check_types(Draft& draft);
  Status run_computations(const std::vector<plan::RuleSet::Computation>& computations,
                          std::vector<RecordFrame>& frames, std::span<Draft* const> drafts,
                          bool only_absent);
  Status check_required(const Draft& draft) const;
  Status check_rules(std::span<Draft* const> drafts);
  Status check_link(const Value& link, const catalog::Field& field);
  Status note_write(const std::string& key_bytes);
  Status put_record(const Draft& draft);
  Status change_entries(const Draft* before, const Draft* after);
  Status add_entry(index::Entry entry, const catalog::Index& index, const std::string& record_key);
  Status put_entry(const index::Entry& entry, const catalog::Index& index,
                   const std::string& record_key);
  Status erase_with_all(const Draft& draft);
  Status put_change(const Draft& before, const Draft& after);
  Status erase_edges(const Value& vertex);
  Status apply_references(const Draft& draft);
  Status apply_rules_to_unset();
  Result<std::vector<Draft>> referring(TableWriter& other, uint32_t field, const Value& target);
  Result<TableWriter*> other(TableId table);

  ExecState& state_;
  const catalog::Table& table_;
  DraftTable drafts_;
  const plan::RuleSet& rules_;
  std::vector<RecordFrame> default_frames_;
  std::vector<RecordFrame> computed_frames_;
  std::vector<RecordFrame> condition_frames_;  // none or one
  std::optional<NestedRules> nested_;          // made with the writer
  std::optional<WriteGrants> grants_;          // made with the writer
  std::optional<IndexEntries> entries_;        // made with the writer
  std::string prefix_;
  struct PendingEntry {
    index::Entry entry;
    const catalog::Index* index;  // borrowed from the schema
    std::string record_key;
  };
  struct PendingLink {
    std::string key;
    std::string field;
    uint64_t insert;  // the one under way, if it is one
  };
  struct PendingRestriction {
    catalog::ReferenceUse use;
    Value target;
  };
  Status check_restriction(const PendingRestriction& restriction);

  bool defers_entries_ = false;
  std::vector<PendingEntry> pending_entries_;
  uint64_t inserts_ = 0;         // that are done
  std::set<std::string> unset_;  // keys of records that lost a link by ON DELETE UNSET
  std::vector<PendingLink> pending_links_;
  std::optional<uint64_t> unlinked_insert_;
  std::vector<PendingRestriction> pending_restrictions_;
  bool remembers_inserts_ = false;
  std::unordered_set<std::string> written_;
  std::map<TableId, std::unique_ptr<TableWriter>>
      others_;  // of edges and referring records that go with this table's
};

}  // namespace zerodb::exec
