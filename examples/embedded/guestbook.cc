// guestbook FOLDER GUEST TEXT: signs a guest book that is kept in a folder, and shows it.
//
// The whole of embedding: open, define, write in a transaction that is tried again, read with
// parameters row by row, and say what went wrong. docs/guide/embedding.md walks through it.
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "database/database.h"
#include "database/session.h"

namespace {

using zerodb::Result;
using zerodb::Status;
using zerodb::Value;
using zerodb::database::Database;
using zerodb::database::Session;

// Definitions are statements like all others; this one may run at each start.
Status define(Session& session) {
  for (const char* text : {
           "DEFINE TABLE IF NOT EXISTS guest SCHEMAFULL (visits int DEFAULT 0) KEY (name string)",
           "DEFINE TABLE IF NOT EXISTS entry SCHEMAFULL (guest record<guest> REFERENCE, "
           "text string ASSERT length($value) > 0, at datetime DEFAULT now())",
       }) {
    TRY(session.execute(text));
  }
  return zerodb::ok_status();
}

// A guest and an entry, or neither of them.
Status sign(Session& session, std::string_view guest, std::string_view text) {
  TRY(session.execute("BEGIN"));
  TRY(session.execute("UPSERT guest:$guest SET visits += 1", {{"guest", Value::string(guest)}}));
  TRY(session.execute("CREATE entry SET guest = guest:$guest, text = $text",
                      {{"guest", Value::string(guest)}, {"text", Value::string(text)}}));
  TRY(session.execute("COMMIT"));
  return zerodb::ok_status();
}

// Sessions that change the same records at once conflict: the one that commits later is told to try
// again.
Status sign_until_done(Session& session, std::string_view guest, std::string_view text) {
  while (true) {
    const Status status = sign(session, guest, text);
    if (status.has_value()) return status;
    if (session.in_transaction()) TRY(session.execute("ROLLBACK"));
    if (!status.error().is_retryable()) return status;
  }
}

Status show(Session& session, int64_t newest) {
  // Checked and planned once; `statement->columns()` and `parameters()` tell the types.
  auto statement = TRY(session.prepare(
      "SELECT e.guest.name AS guest, e.guest.visits AS visits, e.text FROM entry AS e "
      "ORDER BY e.at DESC LIMIT $newest"));
  auto rows = TRY(session.execute(*statement, {{"newest", Value::int64(newest)}}));
  std::vector<Value> row;  // one of the columns each
  while (TRY(rows->next(row))) {
    const std::string_view guest = row[0].as_string();
    const std::string_view text = row[2].as_string();
    std::printf("%.*s (%lld): %.*s\n", static_cast<int>(guest.size()), guest.data(),
                static_cast<long long>(row[1].as_int64()), static_cast<int>(text.size()),
                text.data());
  }
  return zerodb::ok_status();
}

Status run(const std::string& folder, std::string_view guest, std::string_view text) {
  auto database = TRY(Database::open(folder, {.memory_budget = size_t{256} << 20}));
  auto session = TRY(database->create_session());
  TRY(define(*session));
  TRY(sign_until_done(*session, guest, text));
  return show(*session, 10);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: guestbook FOLDER GUEST TEXT\n");
    return 1;
  }
  const Status status = run(argv[1], argv[2], argv[3]);
  if (status.has_value()) return 0;
  std::fprintf(stderr, "%s\n", status.error().to_string().c_str());
  return 2;
}
