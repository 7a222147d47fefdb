#include "zeroql/diagnostic.h"

namespace zerodb::zeroql {

Diagnostics errors_of(Diagnostics all) {
  std::erase_if(all, [](const Diagnostic& each) { return !each.is_error(); });
  return all;
}

Error to_error(const Diagnostic& diagnostic) {
  Error error = Error(diagnostic.code, diagnostic.message).at(diagnostic.span);
  if (diagnostic.help.empty()) return error;
  return std::move(error).with_help(diagnostic.help);
}

}  // namespace zerodb::zeroql
