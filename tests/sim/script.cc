// Scripts of scenarios as text and files.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "scenario.h"

namespace zerodb::sim {

namespace {

constexpr const char* kFolder = "src/raft/testdata";

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::vector<Block> parse_script(const std::string& text) {
  std::vector<Block> blocks;
  Block block;
  bool is_output = false;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    if (line == "----") {
      is_output = true;
    } else if (line.empty() && is_output) {
      blocks.push_back(std::exchange(block, {}));
      is_output = false;
    } else {
      (is_output ? block.expected : block.commands) += line + "\n";
    }
  }
  if (is_output) blocks.push_back(block);
  return blocks;
}

}  // namespace

std::string print_script(const std::vector<Block>& blocks) {
  std::string out;
  for (const Block& block : blocks) {
    if (!out.empty()) out += "\n";
    out += block.commands + "----\n" + block.expected;
  }
  return out;
}

std::vector<std::string> script_files() {
  std::vector<std::string> files;
  for (const auto& file : std::filesystem::directory_iterator(kFolder)) {
    if (file.path().extension() == ".txt") files.push_back(file.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<Block> run_script(const std::string& file, raft::Fault fault) {
  std::vector<Block> blocks = parse_script(read_file(file));
  Scenario scenario(fault);
  for (Block& block : blocks) block.expected = scenario.run(block.commands);
  return blocks;
}

std::vector<Block> expected_script(const std::string& file) {
  return parse_script(read_file(file));
}

std::string first_failing_scenario(raft::Fault fault) {
  for (const std::string& file : script_files()) {
    const std::vector<Block> expected = expected_script(file);
    const std::vector<Block> found = run_script(file, fault);
    for (size_t i = 0; i < expected.size(); ++i) {
      if (expected[i].expected == found[i].expected) continue;
      return std::filesystem::path(file).stem().string() + ", block " + std::to_string(i + 1);
    }
  }
  return "";
}

}  // namespace zerodb::sim
