#include "cli/store_commands.h"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>

#include "cli/error_printer.h"
#include "cli/options.h"
#include "database/database.h"
#include "database/store_check.h"
#include "value/temporal.h"

namespace zerodb::cli {

using database::Database;

namespace {

int fail(const Error& error, int code) {
  print_error(error, stderr);
  return code;
}

// Opening would make a store where there is none.
Result<std::unique_ptr<Database>> open_existing(const std::string& path) {
  std::error_code failure;
  if (!std::filesystem::exists(path, failure))
    return Error(ErrorCode::E1208, path + " does not exist");
  return Database::open(path, {});
}

}  // namespace

int run_check_store(const StoreOptions& options) {
  auto opened = open_existing(options.path);
  if (!opened) return fail(opened.error(), kExitOpen);
  const auto print = [](const std::string& problem) { fmt::print("{}\n", problem); };
  const auto report = database::StoreCheck(**opened, nullptr, print).run();
  if (!report) return fail(report.error(), kExitStatement);
  fmt::print("{} databases, {} tables, {} records, {} index entries, {} versions: {}\n",
             report->databases, report->tables, report->records, report->entries, report->versions,
             report->problems == 0 ? "no problem" : fmt::format("{} problems", report->problems));
  return report->problems == 0 ? kExitOk : kExitStatement;
}

int run_backup(const StoreOptions& options) {
  auto opened = open_existing(options.path);
  if (!opened) return fail(opened.error(), kExitOpen);
  if (const Status made = (*opened)->backup(options.folder); !made)
    return fail(made.error(), kExitStatement);
  const auto backups = Database::backups(options.folder);
  if (!backups) return fail(backups.error(), kExitStatement);
  fmt::print("backup {} in {}, {} bytes\n", backups->back().number, options.folder,
             backups->back().bytes);
  return kExitOk;
}

int run_restore(const StoreOptions& options) {
  if (options.list) {
    const auto backups = Database::backups(options.folder);
    if (!backups) return fail(backups.error(), kExitStatement);
    for (const auto& each : *backups) {
      fmt::print("{}\t{}\t{} bytes\n", each.number,
                 print_datetime(Datetime{each.made_unix_seconds, 0}), each.bytes);
    }
    return kExitOk;
  }
  if (options.path.empty()) {
    std::fprintf(stderr, "zerodb: restore expects the folder of backups and where to restore to\n");
    return kExitUsage;
  }
  if (const Status made = Database::restore(options.folder, options.path); !made)
    return fail(made.error(), kExitStatement);
  fmt::print("restored {} to {}\n", options.folder, options.path);
  return kExitOk;
}

}  // namespace zerodb::cli
