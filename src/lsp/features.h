// The features of the server: each takes an analysis and gives the result in the form of the
// protocol (Language Server Protocol 3.17).
//
// Threading: free functions.
#pragma once

#include "lsp/workspace.h"

namespace zerodb::lsp {

// ---- diagnostics.cc
// Of the checker and, as far as it has come, of the linter. `docs` is the address of the folder of
// the reference that codes link to; empty for no links.
Json diagnostics(const Analysis& analysis, const std::string& uri, const std::string& docs);
// The fixes of the mistakes and findings in the span, comments that allow findings, and all fixes
// of the script as one.
Json code_actions(const Analysis& analysis, const std::string& uri, Span span);

// ---- completion.cc
struct CompletionOptions {
  bool snippets = false;
};
Json completion(const Analysis& analysis, const function::Library& library, uint32_t offset,
                CompletionOptions options);

// ---- hover.cc
Json hover(const Analysis& analysis, const function::Library& library, uint32_t offset);
Json signature_help(const Analysis& analysis, const function::Library& library, uint32_t offset);
// The names of parameters before arguments that are literals.
Json inlay_hints(const Analysis& analysis, const function::Library& library, Span span);
// The declarations of a built-in function, aggregate or window function, with their documentation.
struct BuiltIn {
  std::vector<std::string> signatures;
  std::string doc;
  std::string examples;
};
std::optional<BuiltIn> find_built_in(const function::Library& library, std::string_view name);

// ---- type_definition.cc
// The keys of the tables and enums that the type of a name mentions.
std::vector<std::string> type_keys(const Analysis& analysis, const Occurrence& name);

// ---- semantic_tokens.cc
Json semantic_token_legend();
// Five numbers a token, as the protocol wants them.
std::vector<uint32_t> semantic_tokens(const Analysis& analysis, Span span);

// ---- formatting.cc
// Edits that make the statements that touch the span formatted.
Json format_edits(const Analysis& analysis, Span span);
Json format_document(const Analysis& analysis);
// Behind a `;`: the statement that it ends.
Json format_on_type(const Analysis& analysis, uint32_t offset);

// ---- structure.cc
Json folding_ranges(const Analysis& analysis);
Json selection_range(const Analysis& analysis, uint32_t offset);
Json document_symbols(const Analysis& analysis);
// Definitions whose name holds the query, in any case.
Json workspace_symbols(const Analysis& analysis, const std::string& uri, std::string_view query);
uint32_t protocol_symbol_kind(SymbolKind kind);

}  // namespace zerodb::lsp
