// Drives the line editor through a pseudoterminal: keys in, submitted lines out. It also holds the
// C declarations of the header against the Rust ones, which are written by hand.
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zerodb_line_editor.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

namespace zerodb {
namespace {

bool ends_in_semicolon(void*, const char* text, size_t length) {
  return std::string_view(text, length).ends_with(';');
}

bool has_no_secret(void*, const char* text, size_t length) {
  return !std::string_view(text, length).contains("PASSWORD");
}

void highlight_select(void*, const char* text, size_t length, void* sink, zerodb_emit_piece emit) {
  if (std::string_view(text, length).starts_with("SELECT")) emit(sink, 0, 6, ZERODB_TEXT_KEYWORD);
}

// `user` is the word that is offered.
void complete_word(void* user, const char*, size_t, size_t, void* sink,
                   zerodb_emit_completion emit) {
  const auto* word = static_cast<const std::string*>(user);
  emit(sink, word->data(), word->size(), 0, "reads rows", 10);
}

// The child's side: prints each result as [status|text] until the input ends.
void edit_until_end(const std::string& history_path) {
  std::string word = "SELECT";
  zerodb_line_editor_options options{};
  options.history_path = history_path.c_str();
  options.history_entries_max = 100;
  options.with_colors = true;
  options.callbacks = {&word, ends_in_semicolon, highlight_select, complete_word, has_no_secret,
                       nullptr};
  char* warning = nullptr;
  zerodb_line_editor* editor = zerodb_line_editor_create(&options, &warning);
  if (warning != nullptr) std::printf("warning: %s\n", warning);
  std::fflush(stdout);
  zerodb_line_text_free(warning);
  bool is_done = false;
  while (!is_done) {
    const zerodb_line line = zerodb_line_editor_read(editor, "zerodb> ", "   ...> ");
    std::printf("[%d|%.*s]\n", line.status, static_cast<int>(line.length), line.text);
    std::fflush(stdout);
    is_done = line.status == ZERODB_LINE_ENDED || line.status == ZERODB_LINE_FAILED;
    zerodb_line_text_free(line.text);
  }
  zerodb_line_editor_destroy(editor);
}

class Terminal {
 public:
  explicit Terminal(const std::string& history_path) {
    winsize size{};
    size.ws_row = 24;
    size.ws_col = 80;
    child_ = forkpty(&master_, nullptr, nullptr, &size);
    if (child_ == 0) {
      edit_until_end(history_path);
      _exit(0);
    }
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal() {
    // Closing the terminal under a running child would kill it.
    while (read_more()) {
    }
    close(master_);
    int status = 0;
    waitpid(child_, &status, 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }

  // Reads until `expected` has appeared since the last call.
  void expect(std::string_view expected) {
    while (true) {
      const size_t found = shown_.find(expected);
      if (found != std::string::npos) {
        shown_.erase(0, found + expected.size());
        return;
      }
      if (!read_more()) {
        ADD_FAILURE() << "no `" << expected << "` in: " << shown_;
        return;
      }
    }
  }

  // Keys typed before the next prompt would meet a terminal that is not in raw mode.
  void expect_result(std::string_view result) {
    expect(result);
    expect("zerodb> ");
  }

  void type(std::string_view keys) {
    ASSERT_EQ(write(master_, keys.data(), keys.size()), static_cast<ssize_t>(keys.size()));
  }

 private:
  static constexpr int kSilenceMsMax = 10'000;

  bool read_more() {
    pollfd waiting{master_, POLLIN, 0};
    if (poll(&waiting, 1, kSilenceMsMax) <= 0) return false;
    char buffer[4096];
    const ssize_t got = read(master_, buffer, sizeof(buffer));
    if (got <= 0) return false;
    const std::string_view piece(buffer, static_cast<size_t>(got));
    // A terminal answers where its cursor is.
    if (piece.contains("\x1b[6n")) type("\x1b[1;1R");
    shown_ += piece;
    return true;
  }

  int master_ = -1;
  pid_t child_ = -1;
  std::string shown_;
};

class LineEditor : public testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        std::filesystem::temp_directory_path() / ("zerodb_line_editor_" + std::to_string(getpid()));
    std::filesystem::remove_all(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string history_path() const { return folder_ / "deep" / "history"; }

  std::filesystem::path folder_;
};

TEST_F(LineEditor, EditsLinesUntilTheInputEnds) {
  {
    Terminal terminal(history_path());
    terminal.expect("zerodb> ");
    terminal.type("SELECT 1\r");
    terminal.expect("   ...> ");
    terminal.type("+ 2;\r");
    terminal.expect_result("[0|SELECT 1\r\n+ 2;]");
    terminal.type("SEL\t");
    terminal.expect("SELECT\x1b[0m");
    terminal.type(" 5;\r");
    terminal.expect_result("[0|SELECT 5;]");
    terminal.type("given up\x03");
    terminal.expect_result("[1|]");
    terminal.type("\x1b[200~SELECT\n9;\x1b[201~");
    terminal.expect("9;");
    terminal.type("\r");
    terminal.expect_result("[0|SELECT\r\n9;]");
    terminal.type("SET PASSWORD 'x';\r");
    terminal.expect_result("[0|SET PASSWORD 'x';]");
    terminal.type("\x04");
    terminal.expect("[2|]");
  }
  std::ifstream file(history_path());
  std::stringstream history;
  history << file.rdbuf();
  EXPECT_EQ(history.str(), "SELECT 1<\\n>+ 2;\nSELECT 5;\nSELECT<\\n>9;\n");
  using std::filesystem::perms;
  EXPECT_EQ(std::filesystem::status(history_path()).permissions(),
            perms::owner_read | perms::owner_write);
}

TEST_F(LineEditor, WarnsAboutAHistoryItCannotUse) {
  std::filesystem::create_directories(history_path());
  Terminal terminal(history_path());
  terminal.expect_result("warning: history file ");
  terminal.type("\x04");
  terminal.expect("[2|]");
}

TEST_F(LineEditor, KeepsTheHistoryForTheNextRun) {
  {
    Terminal first(history_path());
    first.expect("zerodb> ");
    first.type("SELECT 7;\r");
    first.expect_result("[0|SELECT 7;]");
    first.type("\x04");
    first.expect("[2|]");
  }
  Terminal second(history_path());
  second.expect("zerodb> ");
  second.type("\x1b[A");
  second.expect(" 7;");
  second.type("\r");
  second.expect_result("[0|SELECT 7;]");
  second.type("\x04");
  second.expect("[2|]");
}

}  // namespace
}  // namespace zerodb
