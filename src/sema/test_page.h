// For tests of the pages in docs/reference that are made from declarations.
//
// Threading: free functions.
#pragma once

#include <fstream>
#include <sstream>
#include <string>

namespace zerodb::sema {

// What the file holds. If `update` is set (the variable ZERODB_UPDATE), the page is written first.
inline std::string stored_page(const std::string& path, const std::string& page,
                               const char* update) {
  if (update != nullptr) std::ofstream(path, std::ios::binary) << page;
  std::ifstream in(path, std::ios::binary);
  std::ostringstream written;
  written << in.rdbuf();
  return written.str();
}

}  // namespace zerodb::sema
