#include "cli/input_file.h"

#include <fstream>
#include <iostream>
#include <sstream>
#include <utility>

namespace zerodb::cli {
namespace {

// Whether reading came to the end without a failure. An empty stream sets the fail bit of the sink
// although nothing is wrong.
bool copy(std::istream& in, std::ostringstream& text) {
  if (in.peek() == std::istream::traits_type::eof()) return !in.bad();
  return static_cast<bool>(text << in.rdbuf());
}

}  // namespace

std::optional<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  if (!in || !copy(in, text)) return std::nullopt;
  return std::move(text).str();
}

std::string read_standard_input() {
  std::ostringstream text;
  copy(std::cin, text);
  return std::move(text).str();
}

}  // namespace zerodb::cli
