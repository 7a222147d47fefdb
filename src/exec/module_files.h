// ModuleFiles: compiled modules on disk, so that a database that is opened again need not compile
// what it ran before.
//
// One file a module, named by the SHA-256 of the code it was made from. What a file holds would run
// as it is, so it counts only with its MAC (HMAC-SHA256): a torn, flipped or foreign file is as
// good as none. The key lies in the folder and is readable by its owner alone, like the store
// beside it. Files of another build of the compiler are refused by it and written anew. All of it
// is best effort: what cannot be read or written is compiled. Threading: may be shared by all
// threads and processes.
#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "exec/wasm_runtime.h"

namespace zerodb::exec {

class ModuleFiles {
 public:
  // Files beyond that are removed at the first use, those first that were written first.
  static constexpr size_t kFilesMax = 4096;

  // The folder and its key are made when they are needed first.
  explicit ModuleFiles(std::string folder) : folder_(std::move(folder)) {}

  // The module that was made from the code, or null.
  std::unique_ptr<WasmModule> load(const WasmEngine& engine, std::string_view code) const;
  void store(std::string_view code, const WasmModule& module) const;

 private:
  using Key = std::array<unsigned char, 32>;

  // Null where there is no folder to be had.
  const Key* key() const;
  static std::optional<Key> open(const std::string& folder);
  std::string path_of(std::string_view code) const;

  const std::string folder_;
  mutable std::once_flag opened_;
  mutable std::optional<Key> key_;
};

}  // namespace zerodb::exec
