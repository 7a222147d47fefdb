// ShellLanguage: what the shell knows of a text that is being typed: completions, colours, hints.
//
// All of it comes from the analyser of the language server, over the definitions of the open
// database as the session's next statement will see them. They are read when they are first needed
// after forget(). Threading: belongs to the main thread, like the session.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "database/session.h"
#include "lsp/analysis.h"

namespace zerodb::cli {

// How a piece of a text is shown.
enum class TextClass : uint8_t {
  Plain,
  Keyword,
  Name,
  Function,
  Type,
  Number,
  String,
  Parameter,
  Operator,
  Comment,
  Error,
};

struct TextPiece {
  Span span;
  TextClass text_class = TextClass::Plain;
};

// Replaces the text from `begin` to the cursor.
struct CompletionItem {
  std::string text;
  size_t begin = 0;
  std::string description;
};

class ShellLanguage {
 public:
  // Borrows the session.
  explicit ShellLanguage(database::Session& session) : session_(session) {}

  // Something ran: the definitions may be others.
  void forget() { is_known_ = false; }

  std::vector<CompletionItem> complete(std::string_view text, size_t cursor);
  // In order, without overlaps; gaps are plain.
  std::vector<TextPiece> highlight(std::string_view text);
  // What the call that is being written takes; empty for none.
  std::string hint(std::string_view text);
  // What a function is, for a person; empty for none of this name.
  std::string explain_function(std::string_view name);
  // Null if the definitions cannot be read.
  const catalog::Schema* schema();

 private:
  using Items = std::vector<CompletionItem>;
  lsp::Analysis analyse(std::string_view text);
  void complete_statement(std::string_view text, size_t begin, size_t cursor, Items& items);
  void complete_command(std::string_view text, size_t begin, size_t cursor, Items& items);
  Items options_before(std::string_view statement, size_t cursor) const;
  void load();
  const std::shared_ptr<const function::Library>& library();

  database::Session& session_;
  // Immutable, shared with the checkers. Made when it is first needed: scripts do without.
  std::shared_ptr<const function::Library> library_;
  std::optional<sema::ScriptChecker> checker_;
  database::SchemaPtr schema_;
  bool is_known_ = false;
};

}  // namespace zerodb::cli
