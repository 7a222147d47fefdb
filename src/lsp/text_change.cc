#include "lsp/text_change.h"

namespace zerodb::lsp {

TextChange change_of(std::string_view before, std::string_view after) {
  const size_t most = std::min(before.size(), after.size());
  size_t front = 0;
  while (front < most && before[front] == after[front]) ++front;
  size_t back = 0;
  while (back < most - front && before[before.size() - 1 - back] == after[after.size() - 1 - back])
    ++back;
  return {static_cast<uint32_t>(front), static_cast<uint32_t>(before.size() - back),
          static_cast<int64_t>(after.size()) - static_cast<int64_t>(before.size())};
}

}  // namespace zerodb::lsp
