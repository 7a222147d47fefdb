#include "value/reserved_word.h"

#include <algorithm>

#include "value/text.h"

namespace zerodb {
namespace {

constexpr std::string_view kReserved[] = {
#define ZEROQL_RESERVED(name, text) text,
#define ZEROQL_CONTEXTUAL(name, text)
#include "base/keywords.def"
#undef ZEROQL_RESERVED
#undef ZEROQL_CONTEXTUAL
};
static_assert(std::ranges::is_sorted(kReserved));
constexpr size_t kBytesMax = std::ranges::max(kReserved, {}, &std::string_view::size).size();

}  // namespace

bool is_reserved_word(std::string_view word) {
  if (word.size() > kBytesMax) return false;
  std::string upper(word);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return std::ranges::binary_search(kReserved, std::string_view(upper));
}

std::string quoted_name(std::string_view name) {
  return is_reserved_word(name) ? "`" + std::string(name) + "`" : name_text(name);
}

}  // namespace zerodb
