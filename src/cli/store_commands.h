// check-store, backup and restore: commands about a store as a whole.
#pragma once

#include <string>

namespace zerodb::cli {

struct StoreOptions {
  std::string path;    // of the store
  std::string folder;  // of backups
  bool list = false;   // restore: only say what is there
};

// Each prints what it did and gives the exit code of the program.
int run_check_store(const StoreOptions& options);
int run_backup(const StoreOptions& options);
int run_restore(const StoreOptions& options);

}  // namespace zerodb::cli
