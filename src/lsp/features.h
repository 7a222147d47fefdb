// The features of the server: each takes an analysis and gives the result in the form of the
// protocol (Language Server Protocol 3.18).
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

// ---- definition_actions.cc
// Appends, for findings in the span that a definition would mend, an action that writes it behind
// that of its table, or else before the statement.
void add_definition_actions(Workspace& workspace, const std::string& uri, Span span, Json& actions);

// ---- refactoring.cc
// Appends what may be written another way in the statements that touch the span.
void add_refactorings(const Analysis& analysis, const std::string& uri, Span span, Json& actions);

// ---- completion.cc
struct CompletionOptions {
  bool snippets = false;
  // Of functions it is left out, and given for an item that the client asks about.
  bool defers_documentation = false;
};
Json completion(const Analysis& analysis, const function::Library& library, uint32_t offset,
                CompletionOptions options);
// The item with all that is known of it.
Json resolve_completion(const function::Library& library, Json item);

// ---- hover.cc
Json hover(const Analysis& analysis, const function::Library& library, uint32_t offset);
Json signature_help(const Analysis& analysis, const function::Library& library, uint32_t offset);
// The names of parameters before arguments that are literals.
Json inlay_hints(const Analysis& analysis, const function::Library& library, Span span);
// ---- query_hints.cc
// Appends the types of computed columns and how many rows a query can give.
void add_query_hints(const Analysis& analysis, Span span, Json& out);
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

// ---- call_hierarchy.cc
// The definitions of the function or view at a place; null for anything else.
Json call_items(Workspace& workspace, const std::string& uri, uint32_t offset);
// Of an item: the definitions and scripts that use it, and what it uses itself.
Json incoming_calls(Workspace& workspace, const Json& item);
Json outgoing_calls(Workspace& workspace, const Json& item);

// ---- code_lens.cc
inline constexpr const char* kRunCommand = "zerodb.run";
// Commands above the statements that a database could run; each has its text as argument.
Json code_lenses(const Analysis& analysis);

// ---- document_links.cc
// To the files that statements name; those that are not absolute are below the folder.
Json document_links(const Analysis& analysis, const std::string& folder_uri);

// ---- schema_document.cc
// The address and the text of what a schema knows by a key, and no script holds.
std::optional<std::string> schema_uri(const catalog::Schema& schema, const std::string& key);
std::optional<std::string> schema_document(const catalog::Schema& schema, std::string_view uri);

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
