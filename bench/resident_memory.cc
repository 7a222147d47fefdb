// P17: memory that a process holds, and what lies on the disk, after a load of a million documents.
#include <malloc.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "our_session.h"
#include "sqlite_peer.h"

namespace zerodb::bench {
namespace {

constexpr int64_t kRows = 1'000'000;
constexpr size_t kBudgets[] = {size_t{64} << 20, size_t{256} << 20, size_t{1} << 30};

struct Held {
  uint64_t resident = 0;  // at the end
  uint64_t most = 0;      // ever
  uint64_t on_disk = 0;
};

uint64_t status_bytes(const std::string& field) {
  std::ifstream status("/proc/self/status");
  std::string name;
  uint64_t kilobytes = 0;
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(field)) kilobytes = std::stoull(line.substr(field.size()));
  }
  return kilobytes << 10;
}

uint64_t bytes_under(const std::string& path) {
  if (std::filesystem::is_regular_file(path)) return std::filesystem::file_size(path);
  uint64_t bytes = 0;
  for (const auto& each : std::filesystem::recursive_directory_iterator(path)) {
    // The engine removes files meanwhile: what is gone takes nothing.
    std::error_code is_gone;
    const uint64_t size = each.is_regular_file(is_gone) ? each.file_size(is_gone) : 0;
    if (!is_gone) bytes += size;
  }
  return bytes;
}

// Runs the load in a process of its own, so that nothing else counts.
template <typename Load>
Held in_own_process(const Load& load) {
  int ends[2];
  if (pipe(ends) != 0) fail("no pipe");
  const pid_t process = fork();
  if (process < 0) fail("no process");
  if (process == 0) {
    const Held held = load();
    const bool is_told = write(ends[1], &held, sizeof(held)) == sizeof(held);
    _exit(is_told ? 0 : 1);
  }
  close(ends[1]);
  Held held;
  const bool is_told = read(ends[0], &held, sizeof(held)) == sizeof(held);
  close(ends[0]);
  int status = 0;
  waitpid(process, &status, 0);
  if (!is_told || status != 0) fail("the load failed");
  return held;
}

Held load_ours(size_t budget) {
  const Scratch scratch;
  const std::string path = scratch.path("ours");
  database::DatabaseOptions options;
  options.memory_budget = budget;
  OurSession ours(path, options);
  ours.execute("DEFINE TABLE item SCHEMALESS");
  ours.execute("DEFINE INDEX by_number ON item (number)");
  ours.execute("SET transaction.durability = 'relaxed'");
  for (int64_t id = 0; id < kRows; id += 1000)
    ours.execute("INSERT INTO item CONTENT $rows", {{"rows", row_objects(id, 1000)}});
  // Everything once more through the caches.
  const auto count = must(ours.session->prepare("SELECT count(*) FROM item WHERE number > 10"));
  const auto read = must(ours.session->prepare("SELECT text FROM item:$id"));
  ours.number(*count);
  for (int64_t id = 0; id < kRows; id += 3)
    must(must(ours.session->execute(*read, {{"id", Value::int64(id)}}))->collect());
  Held held{status_bytes("VmRSS:"), status_bytes("VmHWM:"), 0};
  must(ours.database->flush());
  held.on_disk = bytes_under(path);
  return held;
}

Held load_sqlite() {
  const Scratch scratch;
  const std::string path = scratch.path("peer.sqlite");
  SqlitePeer peer(path);
  peer.execute("PRAGMA journal_mode = WAL");
  peer.execute("CREATE TABLE item (id INTEGER PRIMARY KEY, document TEXT)");
  peer.execute("CREATE INDEX by_number ON item (json_extract(document, '$.number'))");
  sqlite3_stmt* insert = peer.prepare("INSERT INTO item VALUES (?, ?)");
  peer.execute("BEGIN");
  for (int64_t id = 0; id < kRows; ++id) {
    const std::string document =
        "{\"number\":" + std::to_string(row_number(id)) + ",\"text\":\"" + row_text(id) + "\"}";
    sqlite3_bind_int64(insert, 1, id);
    sqlite3_bind_text(insert, 2, document.data(), static_cast<int>(document.size()), SQLITE_STATIC);
    peer.check(sqlite3_step(insert));
    sqlite3_reset(insert);
  }
  sqlite3_finalize(insert);
  peer.execute("COMMIT");
  Held held{status_bytes("VmRSS:"), status_bytes("VmHWM:"), 0};
  peer.execute("PRAGMA wal_checkpoint(TRUNCATE)");
  held.on_disk = bytes_under(path);
  return held;
}

void print(const std::string& name, const Held& held, size_t budget) {
  const auto megabytes = [](uint64_t bytes) { return static_cast<double>(bytes) / (1 << 20); };
  char part[32] = "";
  if (budget > 0) {
    std::snprintf(part, sizeof(part), "%.2f",
                  static_cast<double>(held.most) / static_cast<double>(budget));
  }
  std::printf("  %-44s %10.0f %10.0f %10.0f %10s\n", name.c_str(), megabytes(held.resident),
              megabytes(held.most), megabytes(held.on_disk), part);
}

}  // namespace

void resident_memory() {
  std::printf("\nP17 memory and disk after a load of 1,000,000 documents with one index, MiB\n");
  std::printf("  %-44s %10s %10s %10s %10s\n", "", "resident", "at most", "on disk", "most/limit");
  for (const size_t budget : kBudgets) {
    print("zerodb, memory_budget = " + std::to_string(budget >> 20) + " MiB",
          in_own_process([&] { return load_ours(budget); }), budget);
  }
  print(SqlitePeer::version() + ", default cache", in_own_process(load_sqlite), 0);
}

}  // namespace zerodb::bench
