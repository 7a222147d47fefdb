#include "cli/line_reader.h"

#include <cctype>
#include <string_view>

namespace zerodb::cli {

bool is_for_history(std::string_view text) {
  std::string lower;
  for (const char c : text) lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower.find("password") == std::string::npos;
}

}  // namespace zerodb::cli
