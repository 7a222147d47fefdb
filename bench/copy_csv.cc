// COPY of a million CSV rows with their ids, on disk and in memory, without and with an index.
#include <fstream>
#include <string>

#include "our_session.h"

namespace zerodb::bench {
namespace {

constexpr int64_t kRows = 1'000'000;

void write_rows(const std::string& path) {
  std::ofstream file(path);
  file << "id,number,text\n";
  for (int64_t id = 0; id < kRows; ++id)
    file << id << ',' << row_number(id) << ',' << row_text(id) << '\n';
}

double copy(const std::string& file, const std::string& store, bool with_index) {
  database::DatabaseOptions options;
  options.files.emplace("/", "/");
  const auto database = must(store.empty() ? database::Database::open_memory(options)
                                           : database::Database::open(store, options));
  const auto session = must(database->create_session());
  const auto execute = [&](const std::string& text) {
    must(must(session->execute(text))->collect());
  };
  execute("DEFINE TABLE item SCHEMAFULL ( number int, text string )");
  if (with_index) execute("DEFINE INDEX by_number ON item (number)");
  const double start = now_ns();
  execute("COPY item FROM '" + file + "'");
  return now_ns() - start;
}

}  // namespace

void copy_csv() {
  const Scratch scratch;
  const std::string file = scratch.path("rows.csv");
  write_rows(file);
  const auto on_disk = [&](bool with_index) {
    const Scratch store;
    return copy(file, store.path("store"), with_index);
  };
  hold({"COPY of 1,000,000 CSV rows",
        "row",
        static_cast<double>(kRows),
        1,
        {{"on disk", [&] { return on_disk(false); }},
         {"on disk, one index", [&] { return on_disk(true); }},
         {"in memory", [&] { return copy(file, "", false); }},
         {"in memory, one index", [&] { return copy(file, "", true); }}}});
}

}  // namespace zerodb::bench
