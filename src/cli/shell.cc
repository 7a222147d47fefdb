#include "cli/shell.h"

#include <algorithm>
#include <cstdio>

#include "cli/error_printer.h"

namespace zerodb::cli {
namespace {

std::string_view trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") + 1 - begin);
}

// The word of a command, without its backslash, and the rest without blanks around it.
std::pair<std::string, std::string> split_command(std::string_view text) {
  text.remove_prefix(1);
  size_t end = std::min(text.find_first_of(" \t"), text.size());
  // \!ls is two things.
  if (text.starts_with('!')) end = 1;
  const std::string_view word = text.substr(0, end);
  std::string_view rest = trimmed(text.substr(end));
  // By the habit of ending everything so.
  const bool is_plain = word != "!" && word != "echo";
  while (is_plain && rest.ends_with(';')) rest = trimmed(rest.substr(0, rest.size() - 1));
  return {std::string(is_plain && word.ends_with(';') ? word.substr(0, word.size() - 1) : word),
          std::string(rest)};
}

// The part of a text, at its place: messages give lines and columns of the whole.
std::string at_its_place(std::string_view whole, size_t begin, std::string_view part) {
  std::string out;
  const std::string_view before = whole.substr(0, begin);
  out.assign(static_cast<size_t>(std::ranges::count(before, '\n')), '\n');
  const size_t line = before.rfind('\n');
  out.append(line == std::string_view::npos ? begin : begin - line - 1, ' ');
  out += part;
  return out;
}

}  // namespace

Shell::~Shell() {
  if (close_output_) close_output_();
}

std::string Shell::prompt() const {
  std::string text(session_.namespace_name());
  text += '.';
  text += session_.database_name();
  if (session_.in_transaction()) text += session_.is_aborted() ? '!' : '*';
  return text + "> ";
}

int Shell::run_statements(const std::string& text, const std::string& name) {
  const database::Script script(text, name);
  if (script.size() > 0) last_statement_ = script.text(script.size() - 1);
  const int code = runner_.run(script);
  language_.forget();
  return code;
}

int Shell::run_text(const std::string& text, const std::string& name) {
  const bool keeps_going = runner_.settings().keep_going;
  const std::vector<ShellPiece> pieces = cut(text);
  int exit_code = kExitOk;
  std::string_view unfinished;
  for (size_t i = 0; i < pieces.size() && !has_quit_; ++i) {
    const ShellPiece& piece = pieces[i];
    int code = kExitOk;
    if (piece.kind == ShellPiece::Kind::Command) {
      code = obey({text, name, piece}, unfinished);
      unfinished = {};
    } else {
      if (i + 1 < pieces.size()) unfinished = unfinished_statement(piece.text);
      const std::string_view finished = piece.text.substr(0, piece.text.size() - unfinished.size());
      if (!trimmed(finished).empty())
        code = run_statements(at_its_place(text, piece.begin, finished), name);
    }
    if (code == kExitOk) continue;
    exit_code = code;
    if (!keeps_going || code == kExitInterrupted) break;
  }
  return exit_code;
}

int Shell::refuse(const Place& place, std::string message) {
  const auto begin = static_cast<uint32_t>(place.piece.begin);
  const Error error = Error(ErrorCode::E0001, std::move(message))
                          .at(Span{begin, begin + static_cast<uint32_t>(place.piece.text.size())})
                          .with_help("\\? lists the commands of the shell");
  std::fflush(runner_.settings().out);
  print_error(error, zeroql::SourceText(place.text, place.name), stderr);
  return kExitStatement;
}

int Shell::obey(const Place& place, std::string_view unfinished) {
  auto [word, argument] = split_command(place.piece.text);
  const ShellCommand* command = find_shell_command(word);
  // psql's way to ask for more.
  if (command == nullptr && word.ends_with('+'))
    command = find_shell_command(std::string_view(word).substr(0, word.size() - 1));
  if (command == nullptr) return refuse(place, "unknown command \\" + word);
  std::string statement(trimmed(unfinished));
  if (command->statement == ShellCommand::Statement::Refused) {
    if (!statement.empty() && !runner_.settings().is_interactive)
      return refuse(place, "the statement in front of \\" + word + " is not finished");
    // It goes on behind the command.
    if (!statement.empty()) next_text_ = statement + "\n";
  } else if (statement.empty()) {
    statement = last_statement_;
  }
  return obey({*command, std::move(argument), std::move(statement), "\\" + word});
}

int Shell::obey(const Call& call) {
  using Kind = ShellCommand::Kind;
  switch (call.command.kind) {
    case Kind::Help:
      runner_.show(shell_help());
      return kExitOk;
    case Kind::HelpOn:
      return help_on(call.argument);
    case Kind::Quit:
      has_quit_ = true;
      return kExitOk;
    case Kind::Describe:
      return describe(call.argument);
    case Kind::List:
      return list(call);
    case Kind::Connect:
      return connect(call.argument);
    case Kind::Edit:
      return edit(call);
    case Kind::Include:
      return include(call.argument);
    case Kind::Output:
      return redirect(call.argument);
    case Kind::Write:
      return write(call);
    case Kind::Print:
      runner_.show(call.statement + "\n");
      return kExitOk;
    case Kind::Reset:
      return kExitOk;
    case Kind::Go:
      return go(call.statement);
    case Kind::GoExpanded:
      return go_expanded(call.statement);
    case Kind::Watch:
      return watch(call);
    case Kind::Live:
      return live(call);
    case Kind::Copy:
      return copy(call);
    case Kind::Explain:
      return explain("EXPLAIN ", call);
    case Kind::Profile:
      return explain("EXPLAIN ANALYZE ", call);
    case Kind::Keys:
      return change_keys(call.argument);
    case Kind::ChangeFolder:
      return change_folder(call.argument);
    case Kind::Echo:
      runner_.show(call.argument + "\n");
      return kExitOk;
    case Kind::System:
      std::fflush(nullptr);
      return std::system(call.argument.c_str()) == 0 ? kExitOk : kExitStatement;
    case Kind::Expanded:
    case Kind::Format:
    case Kind::Timing:
    case Kind::Pager:
    case Kind::Cut:
      return obey_setting(call);
  }
  return kExitOk;
}

int Shell::run(const MakeReader& make_reader) {
  EditKeys keys = keys_;
  auto reader = make_reader(keys);
  while (!has_quit_) {
    if (keys != keys_) {
      keys = keys_;
      reader.reset();  // the history is written before it is read again
      reader = make_reader(keys);
    }
    if (!next_text_.empty()) reader->set_text(std::exchange(next_text_, {}));
    Line line = reader->read(prompt());
    if (line.status == Line::Status::End) return kExitOk;
    if (line.status == Line::Status::Interrupted) continue;
    run_text(line.text, "query");
    show_changes();
    std::fflush(stdout);
  }
  return kExitOk;
}

}  // namespace zerodb::cli
