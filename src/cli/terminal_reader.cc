// Adapter of the line editor in native/.
#include <zerodb_line_editor.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "cli/line_reader.h"
#include "zeroql/lexer.h"

namespace zerodb::cli {
namespace {

constexpr size_t kHistoryEntriesMax = 10'000;

zerodb_text_class class_of(const zeroql::Token& token) {
  using zeroql::TokenKind;
  switch (token.kind) {
    case TokenKind::Error:
      return ZERODB_TEXT_ERROR;
    case TokenKind::Word:
      return token.keyword == zeroql::Keyword::NotKeyword ? ZERODB_TEXT_NAME : ZERODB_TEXT_KEYWORD;
    case TokenKind::QuotedName:
      return ZERODB_TEXT_NAME;
    case TokenKind::Parameter:
      return ZERODB_TEXT_PARAMETER;
    case TokenKind::Integer:
    case TokenKind::Float:
    case TokenKind::Decimal:
    case TokenKind::Duration:
      return ZERODB_TEXT_NUMBER;
    case TokenKind::String:
    case TokenKind::DoubleString:
    case TokenKind::Bytes:
    case TokenKind::DateTime:
    case TokenKind::Uuid:
    case TokenKind::Regex:
      return ZERODB_TEXT_STRING;
    default:
      return ZERODB_TEXT_OPERATOR;
  }
}

bool on_is_complete(void*, const char* text, size_t length) {
  return is_complete({text, length});
}
bool on_is_for_history(void*, const char* text, size_t length) {
  return is_for_history({text, length});
}

void on_highlight(void*, const char* text, size_t length, void* sink, zerodb_emit_piece emit) {
  const std::string_view view(text, length);
  if (!view.empty() && view.front() == '\\') return;
  const zeroql::LexResult lexed = zeroql::lex(view);
  for (const zeroql::Token& token : lexed.tokens) {
    if (token.end > token.begin) emit(sink, token.begin, token.end - token.begin, class_of(token));
  }
}

// ~/.local/state/zerodb/history, or nothing where there is no home.
std::string history_path() {
  std::filesystem::path folder;
  if (const char* state = std::getenv("XDG_STATE_HOME"); state != nullptr && *state != '\0') {
    folder = state;
  } else if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0') {
    folder = std::filesystem::path(home) / ".local" / "state";
  } else {
    return {};
  }
  folder /= "zerodb";
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  return error ? std::string() : (folder / "history").string();
}

class TerminalReader final : public LineReader {
 public:
  TerminalReader() {
    const std::string history = history_path();
    zerodb_line_editor_options options{};
    options.history_path = history.empty() ? nullptr : history.c_str();
    options.history_entries_max = kHistoryEntriesMax;
    options.with_colors = std::getenv("NO_COLOR") == nullptr;
    options.callbacks.is_complete = on_is_complete;
    options.callbacks.highlight = on_highlight;
    options.callbacks.is_for_history = on_is_for_history;
    char* warning = nullptr;
    editor_ = zerodb_line_editor_create(&options, &warning);
    if (warning != nullptr) std::fprintf(stderr, "zerodb: the history is not kept: %s\n", warning);
    zerodb_line_text_free(warning);
  }
  ~TerminalReader() override { zerodb_line_editor_destroy(editor_); }
  TerminalReader(const TerminalReader&) = delete;
  TerminalReader& operator=(const TerminalReader&) = delete;

  Line read(const std::string& prompt) override {
    if (fallback_ != nullptr) return fallback_->read(prompt);
    const zerodb_line got = zerodb_line_editor_read(editor_, prompt.c_str(), "  ... ");
    Line line;
    const std::string text(got.text == nullptr ? "" : got.text, got.length);
    zerodb_line_text_free(got.text);
    switch (got.status) {
      case ZERODB_LINE_SUBMITTED:
        line = {Line::Status::Text, text};
        break;
      case ZERODB_LINE_INTERRUPTED:
        line = {Line::Status::Interrupted, {}};
        break;
      case ZERODB_LINE_ENDED:
        line = {Line::Status::End, {}};
        break;
      case ZERODB_LINE_FAILED:
        std::fprintf(stderr, "zerodb: no line editing: %s\n", text.c_str());
        fallback_ = make_plain_reader();
        return fallback_->read(prompt);
    }
    return line;
  }

 private:
  zerodb_line_editor* editor_ = nullptr;
  std::unique_ptr<LineReader> fallback_;
};

}  // namespace

std::unique_ptr<LineReader> make_terminal_reader() {
  return std::make_unique<TerminalReader>();
}

}  // namespace zerodb::cli
