// `zerodb lsp`: the language server on standard input and output, as editors start it.
//
// Threading: one thread.
#pragma once

namespace zerodb::cli {

// Runs until the client says `exit` or closes the input. Exit code: kExitOk after `shutdown`, else
// kExitUsage.
int run_lsp();

}  // namespace zerodb::cli
