// For tests: whether the independent validator of Debian's wabt accepts a module.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <string>
#include <vector>

#include "wasm/module_builder.h"

namespace zerodb::wasm {

class ModuleValidator {
 public:
  ModuleValidator() {
    std::string pattern = testing::TempDir() + "zerodb_wasm_XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~ModuleValidator() {
    const std::string command = "rm -rf '" + folder_ + "'";
    [[maybe_unused]] const int status = std::system(command.c_str());
  }
  void add(const Bytes& module, const std::string& name) {
    const std::string path = folder_ + "/" + name + ".wasm";
    FILE* file = std::fopen(path.c_str(), "wb");
    ASSERT_NE(file, nullptr);
    ASSERT_EQ(std::fwrite(module.data(), 1, module.size(), file), module.size());
    std::fclose(file);
    names_.push_back(path);
  }
  // What the tool has to say about the modules added since the last call; nothing when all are
  // valid.
  std::string failures() {
    if (names_.empty()) return "";
    std::string out;
    for (const std::string& name : names_) {
      FILE* pipe = popen(("wasm-validate '" + name + "' 2>&1").c_str(), "r");
      char buffer[4096];
      while (const size_t size = std::fread(buffer, 1, sizeof(buffer), pipe))
        out.append(buffer, size);
      if (pclose(pipe) != 0) out += name + " is not valid\n";
    }
    names_.clear();
    return out;
  }

 private:
  std::string folder_;
  std::vector<std::string> names_;
};

inline bool is_valid(const Bytes& module) {
  ModuleValidator validator;
  validator.add(module, "module");
  return validator.failures().empty();
}

inline void expect_valid(const Bytes& module) {
  ModuleValidator validator;
  validator.add(module, "module");
  EXPECT_EQ(validator.failures(), "");
}

}  // namespace zerodb::wasm
