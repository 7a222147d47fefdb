// Adapter of the line editor in native/.
#include <zerodb_line_editor.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "cli/line_reader.h"
#include "cli/shell_text.h"
#include "cli/terminal.h"

namespace zerodb::cli {
namespace {

constexpr size_t kHistoryEntriesMax = 10'000;

// The classes are those of the line editor, in the same order.
static_assert(static_cast<int>(TextClass::Keyword) == ZERODB_TEXT_KEYWORD);
static_assert(static_cast<int>(TextClass::Error) == ZERODB_TEXT_ERROR);

ShellLanguage& language_of(void* user) {
  return *static_cast<ShellLanguage*>(user);
}

bool on_is_complete(void*, const char* text, size_t length) {
  return is_complete({text, length});
}
bool on_is_for_history(void*, const char* text, size_t length) {
  return is_for_history({text, length});
}

void on_highlight(void* user, const char* text, size_t length, void* sink, zerodb_emit_piece emit) {
  for (const TextPiece& piece : language_of(user).highlight({text, length}))
    emit(sink, piece.span.begin, piece.span.end - piece.span.begin,
         static_cast<zerodb_text_class>(piece.text_class));
}

void on_complete(void* user, const char* text, size_t length, size_t cursor, void* sink,
                 zerodb_emit_completion emit) {
  for (const CompletionItem& item : language_of(user).complete({text, length}, cursor)) {
    const std::string& description = item.description;
    emit(sink, item.text.data(), item.text.size(), item.begin,
         description.empty() ? nullptr : description.data(), description.size());
  }
}

void on_hint(void* user, const char* text, size_t length, void* sink, zerodb_emit_hint emit) {
  const std::string hint = language_of(user).hint({text, length});
  emit(sink, hint.data(), hint.size());
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
  TerminalReader(ShellLanguage& language, EditKeys keys) {
    const std::string history = history_path();
    zerodb_line_editor_options options{};
    options.history_path = history.empty() ? nullptr : history.c_str();
    options.history_entries_max = kHistoryEntriesMax;
    options.with_colors = wants_colour();
    options.with_vi_keys = keys == EditKeys::Vi;
    options.callbacks.user = &language;
    options.callbacks.complete = on_complete;
    options.callbacks.hint = on_hint;
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

  void set_text(std::string text) override {
    if (fallback_ != nullptr) return fallback_->set_text(std::move(text));
    zerodb_line_editor_set_text(editor_, text.data(), text.size());
  }

 private:
  zerodb_line_editor* editor_ = nullptr;
  std::unique_ptr<LineReader> fallback_;
};

}  // namespace

std::unique_ptr<LineReader> make_terminal_reader(ShellLanguage& language, EditKeys keys) {
  return std::make_unique<TerminalReader>(language, keys);
}

}  // namespace zerodb::cli
