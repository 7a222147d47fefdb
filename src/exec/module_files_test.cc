#include "exec/module_files.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "exec/module_cache.h"
#include "wasm/module_builder.h"

namespace zerodb::exec {
namespace module_files_test {

namespace fs = std::filesystem;

// A folder of its own that goes with the test.
class Folder {
 public:
  Folder() {
    char name[] = "/tmp/zerodb_modules_XXXXXX";
    path_ = ::mkdtemp(name);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { fs::remove_all(path_); }
  std::string modules() const { return path_ + "/modules"; }
  std::vector<fs::path> files() const {
    std::vector<fs::path> out;
    for (const auto& each : fs::directory_iterator(modules())) {
      if (each.path().extension() == ".cwasm") out.push_back(each.path());
    }
    return out;
  }

 private:
  std::string path_;
};

// A module whose `run` gives the number.
std::vector<uint8_t> module_of(int32_t number) {
  const wasm::Signature signature{.parameters = {wasm::ValueType::I32, wasm::ValueType::I32},
                                  .results = {wasm::ValueType::I32}};
  wasm::ModuleBuilder module;
  module.import_memory("env", "memory", 1);
  module.import_function("env", "call", signature);
  const wasm::FunctionIndex run = module.declare(signature);
  wasm::FunctionBuilder code(signature);
  code.i32_const(number);
  module.define(run, code);
  module.export_function("run", run);
  return module.bytes();
}

std::string text_of(const std::vector<uint8_t>& code) {
  return {reinterpret_cast<const char*>(code.data()), code.size()};
}

bool no_host(const Arena&, uint32_t, uint32_t) {
  return true;
}

// What `run` gives: whether it says that all is done.
bool is_done(const WasmEngine& engine, const WasmModule& module) {
  const auto store = WasmStore::create(engine, no_host).value();
  const auto instance = store->instantiate(module).value();
  return store->run(instance, 1 << 20, 0).value() == WasmOutcome::Done;
}

TEST(ModuleFiles, WhatWasStoredIsLoaded) {
  const Folder folder;
  const auto engine = WasmEngine::create().value();
  const std::vector<uint8_t> codes[] = {module_of(0), module_of(1)};
  {
    const ModuleFiles files(folder.modules());
    EXPECT_EQ(files.load(*engine, text_of(codes[0])), nullptr);
    for (const auto& code : codes) files.store(text_of(code), *engine->compile(code).value());
  }
  const ModuleFiles files(folder.modules());
  for (int i = 0; i < 2; ++i) {
    const auto loaded = files.load(*engine, text_of(codes[i]));
    ASSERT_NE(loaded, nullptr);
    EXPECT_EQ(is_done(*engine, *loaded), i == 0);
  }
  EXPECT_EQ(files.load(*engine, text_of(module_of(2))), nullptr);
}

TEST(ModuleFiles, DamagedFilesCountForNothing) {
  const Folder folder;
  const auto engine = WasmEngine::create().value();
  const std::vector<uint8_t> code = module_of(0);
  const ModuleFiles files(folder.modules());
  files.store(text_of(code), *engine->compile(code).value());
  ASSERT_EQ(folder.files().size(), 1u);
  const fs::path path = folder.files().front();
  const auto size = fs::file_size(path);
  for (uintmax_t at = 0; at < size; at += 1 + size / 50) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(at));
    const char byte = static_cast<char>(file.get());
    file.seekp(static_cast<std::streamoff>(at));
    file.put(static_cast<char>(byte ^ 4)).flush();
    EXPECT_EQ(files.load(*engine, text_of(code)), nullptr) << at;
    file.seekp(static_cast<std::streamoff>(at));
    file.put(byte);
  }
  EXPECT_NE(files.load(*engine, text_of(code)), nullptr);
  // A file counts under its own name only.
  files.store(text_of(module_of(1)), *engine->compile(module_of(1)).value());
  for (const fs::path& each : folder.files()) {
    if (each != path) fs::copy_file(each, path, fs::copy_options::overwrite_existing);
  }
  EXPECT_EQ(files.load(*engine, text_of(code)), nullptr);
  files.store(text_of(code), *engine->compile(code).value());
  EXPECT_NE(files.load(*engine, text_of(code)), nullptr);
  for (const uintmax_t left : {size - 1, uintmax_t{32}, uintmax_t{31}, uintmax_t{0}}) {
    fs::resize_file(path, left);
    EXPECT_EQ(files.load(*engine, text_of(code)), nullptr) << left;
  }
}

TEST(ModuleFiles, AnotherKeyMakesAllForeign) {
  const Folder folder;
  const auto engine = WasmEngine::create().value();
  const std::vector<uint8_t> code = module_of(0);
  ModuleFiles(folder.modules()).store(text_of(code), *engine->compile(code).value());
  fs::remove(folder.modules() + "/key");
  EXPECT_EQ(ModuleFiles(folder.modules()).load(*engine, text_of(code)), nullptr);
  const auto allowed = fs::status(folder.modules() + "/key").permissions();
  EXPECT_EQ(allowed, fs::perms::owner_read | fs::perms::owner_write);
}

TEST(ModuleFiles, WithoutAFolderNothingIsKept) {
  const auto engine = WasmEngine::create().value();
  const std::vector<uint8_t> code = module_of(0);
  const ModuleFiles files("/dev/null/modules");
  files.store(text_of(code), *engine->compile(code).value());
  EXPECT_EQ(files.load(*engine, text_of(code)), nullptr);
}

TEST(ModuleFiles, ACacheCompilesOnceForAllItsLives) {
  const Folder folder;
  const auto engine = WasmEngine::create().value();
  const std::vector<uint8_t> code = module_of(0);
  for (int life = 0; life < 2; ++life) {
    ModuleCache cache(*engine, std::make_unique<ModuleFiles>(folder.modules()));
    const auto found = cache.find(code, Readiness::Wait);
    ASSERT_EQ(found->state(), CachedModule::State::Ready);
    EXPECT_TRUE(is_done(*engine, found->module()));
    EXPECT_EQ(folder.files().size(), 1u);
  }
}

}  // namespace module_files_test
}  // namespace zerodb::exec
