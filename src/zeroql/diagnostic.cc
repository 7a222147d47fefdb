#include "zeroql/diagnostic.h"

namespace zerodb::zeroql {

Error to_error(const Diagnostic& diagnostic) {
  Error error = Error(diagnostic.code, diagnostic.message).at(diagnostic.span);
  if (diagnostic.help.empty()) return error;
  return std::move(error).with_help(diagnostic.help);
}

}  // namespace zerodb::zeroql
