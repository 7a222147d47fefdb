// What the backslash commands of the shell do.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "base/clock.h"
#include "cli/input_file.h"
#include "cli/interrupt.h"
#include "cli/shell.h"
#include "cli/shell_copy.h"
#include "cli/text_editor.h"
#include "database/live_query.h"
#include "sema/error_reference.h"
#include "value/uuid.h"
#include "zeroql/literal.h"

namespace zerodb::cli {
namespace {

constexpr size_t kDepthMax = 16;
constexpr double kWatchSeconds = 2;
constexpr double kWatchSecondsMax = 86'400;
constexpr double kLiveSeconds = 0.05;  // between two looks
constexpr double kNanoseconds = 1e9;

int complain(const std::string& text) {
  std::fprintf(stderr, "%s\n", text.c_str());
  return kExitStatement;
}

// Nothing for what is no number of seconds.
std::optional<double> seconds_of(const std::string& argument, double otherwise) {
  if (argument.empty()) return otherwise;
  double seconds = 0;
  const char* end = argument.data() + argument.size();
  const auto read = std::from_chars(argument.data(), end, seconds);
  const bool is_fine =
      read.ec == std::errc() && read.ptr == end && seconds >= 0 && seconds <= kWatchSecondsMax;
  return is_fine ? std::optional(seconds) : std::nullopt;
}

// "0190a6c2-.. update acct:1 {n: 5}"
std::string line_of(const database::LiveQuery& query, const std::string& id,
                    const database::LiveEvent& event) {
  std::string line =
      id + " " + std::string(text_of(event.kind)) + " " + literal_text(event.id, query.names());
  if (!event.difference.is_none())
    return line + " " + literal_text(event.difference, query.names()) + "\n";
  line += " {";
  for (size_t i = 0; i < event.row.size(); ++i) {
    line += (i == 0 ? "" : ", ") + query.columns()[i].name + ": " +
            literal_text(event.row[i], query.names());
  }
  return line + "}\n";
}

// As a statement must write it; a name in backticks is taken as it is.
std::string written(const std::string& name) {
  if (name.starts_with('`') || name.find("::") != std::string::npos) return name;
  return zeroql::quote_name(name);
}

std::string bare(const std::string& name) {
  if (name.size() > 1 && name.starts_with('`') && name.ends_with('`'))
    return name.substr(1, name.size() - 2);
  return name;
}

}  // namespace

int Shell::help_on(const std::string& name) {
  if (name.empty()) return complain("\\h needs the name of a function or an error code");
  std::string text;
  if (const auto code = code_from_name(name)) {
    text = sema::explain_error(*code);
  } else {
    text = language_.explain_function(name);
  }
  if (text.empty()) return complain("no function or error code " + name);
  runner_.show(text);
  return kExitOk;
}

int Shell::list(const Call& call) {
  std::string text(call.command.query);
  if (!call.argument.empty() && call.command.argument == ShellCommand::Argument::Table)
    text += " ON " + written(call.argument);
  return run_query(text, call.name);
}

int Shell::describe_table(const catalog::Table& table) {
  const bool is_view = table.kind == catalog::Table::Kind::View;
  const std::string name = zeroql::quote_name(table.name);
  if (is_view) return run_query("DESCRIBE VIEW " + name, "\\d");
  std::string head = (table.is_edge() ? "edge " : "table ") + table.name;
  if (!table.comment.empty()) head += ": " + table.comment;
  runner_.show(head + "\n");
  const int code = run_query("DESCRIBE FIELDS ON " + name, "\\d");
  if (code != kExitOk || table.indexes.empty()) return code;
  runner_.show("indexes\n");
  return run_query("DESCRIBE INDEXES ON " + name, "\\d");
}

int Shell::describe(const std::string& name) {
  const catalog::Schema* schema = language_.schema();
  if (name.empty()) {
    const auto is_view = [](const catalog::Table& table) {
      return table.kind == catalog::Table::Kind::View;
    };
    const bool has_views = schema != nullptr && std::ranges::any_of(schema->tables(), is_view);
    return run_query(has_views ? "DESCRIBE TABLES; DESCRIBE VIEWS" : "DESCRIBE TABLES", "\\d");
  }
  const std::string plain = bare(name);
  if (schema != nullptr) {
    if (const catalog::Table* table = schema->find_table(plain)) return describe_table(*table);
    if (schema->find_enum(plain) != nullptr)
      return run_query("DESCRIBE ENUM " + written(name), "\\d");
    for (const catalog::NamedType& each : schema->types()) {
      if (each.name == plain) return run_query("DESCRIBE TYPE " + written(name), "\\d");
    }
    for (const catalog::Function& each : schema->functions()) {
      if (each.name == plain) return run_query("DESCRIBE FUNCTION " + name, "\\d");
    }
  }
  return run_query("DESCRIBE TABLE " + written(name), "\\d");
}

int Shell::connect(const std::string& database) {
  if (!database.empty()) return run_query("USE " + database, "\\c");
  runner_.show(std::string(session_.namespace_name()) + "." +
               std::string(session_.database_name()) + "\n");
  return kExitOk;
}

int Shell::edit(const Call& call) {
  const bool is_file = !call.argument.empty();
  std::string text = call.statement;
  if (is_file) text = read_file(call.argument).value_or("");
  const auto edited = is_file ? edit_file(call.argument) : edit_text(text);
  if (!edited) return complain("the editor failed; nothing was run");
  if (edited->find_first_not_of(" \t\r\n") == std::string::npos) return kExitOk;
  // As it will run, for who scrolls back.
  runner_.show(*edited + (edited->ends_with('\n') ? "" : "\n"));
  if (is_complete(*edited)) return run_text(*edited, is_file ? call.argument : "query");
  next_text_ = *edited;
  return kExitOk;
}

int Shell::include(const std::string& path) {
  if (depth_ == kDepthMax) return complain("files include each other more than 16 deep");
  const auto text = read_file(path);
  if (!text) return complain("cannot read " + path);
  ++depth_;
  const int code = run_text(*text, path);
  --depth_;
  return code;
}

int Shell::redirect(const std::string& target) {
  if (close_output_) close_output_();
  close_output_ = nullptr;
  runner_.settings().out = stdout;
  if (target.empty()) return kExitOk;
  const bool is_command = target.starts_with('|');
  std::fflush(nullptr);
  std::FILE* out = is_command ? popen(target.c_str() + 1, "w") : std::fopen(target.c_str(), "we");
  if (out == nullptr) return complain("cannot write " + target);
  close_output_ = [out, is_command] { is_command ? pclose(out) : std::fclose(out); };
  runner_.settings().out = out;
  return kExitOk;
}

int Shell::run_query(const std::string& text, const std::string& name) {
  const database::Script script(text, name);
  const int code = runner_.run(script);
  language_.forget();
  return code;
}

int Shell::go(const std::string& statement) {
  if (statement.empty()) return complain("there is no statement yet");
  return run_statements(statement, "query");
}

int Shell::go_expanded(const std::string& statement) {
  const auto before = std::exchange(runner_.settings().expanded, Settings::Expanded::On);
  const int code = go(statement);
  runner_.settings().expanded = before;
  return code;
}

int Shell::watch(const Call& call) {
  const auto seconds = seconds_of(call.argument, kWatchSeconds);
  if (!seconds) return complain("\\watch needs seconds, such as 0.5");
  while (true) {
    const int code = go(call.statement);
    if (code != kExitOk) return code;
    const InterruptScope interrupt(session_, InterruptScope::Second::DoesNothing);
    if (!interrupt.wait(*seconds)) return kExitInterrupted;
  }
}

int Shell::live(const Call& call) {
  const auto seconds = seconds_of(call.argument, kWatchSecondsMax);
  if (!seconds) return complain("\\live needs seconds, such as 0.5");
  if (session_.live_queries().empty())
    return complain("there is no live query; LIVE SELECT .. FROM a table begins one");
  SystemClock clock;
  const auto until = static_cast<double>(clock.monotonic_ns()) + *seconds * kNanoseconds;
  const InterruptScope interrupt(session_, InterruptScope::Second::DoesNothing);
  while (true) {
    if (const int code = show_changes(); code != kExitOk) return code;
    std::fflush(runner_.settings().out);
    const double left = (until - static_cast<double>(clock.monotonic_ns())) / kNanoseconds;
    if (left <= 0 || session_.live_queries().empty()) return kExitOk;
    if (!interrupt.wait(std::min(left, kLiveSeconds))) return kExitInterrupted;
  }
}

int Shell::show_changes() {
  int code = kExitOk;
  for (const auto& query : session_.live_queries()) {
    const std::string id = print_uuid(query->id());
    while (true) {
      const auto event = query->next(0);
      if (!event) {
        code = complain("live " + id + " has ended: " + event.error().to_string());
        session_.end_live_query(query->id());
        break;
      }
      if (!*event) break;
      runner_.show(line_of(*query, id, **event));
    }
  }
  return code;
}

int Shell::copy(const Call& call) {
  std::error_code failure;
  const auto statement = copy_statement(call.argument, std::filesystem::current_path(failure));
  if (!statement) return complain("\\copy needs a table or a query, FROM or TO, and a file");
  return run_statements(*statement, call.name);
}

int Shell::change_keys(const std::string& name) {
  if (name != "" && name != "emacs" && name != "vi") return complain("keys are emacs or vi");
  if (!name.empty()) keys_ = name == "vi" ? EditKeys::Vi : EditKeys::Emacs;
  if (runner_.settings().is_interactive)
    std::printf("lines are edited as in %s\n", keys_ == EditKeys::Vi ? "vi" : "emacs");
  return kExitOk;
}

int Shell::explain(std::string_view how, const Call& call) {
  const std::string& statement = call.argument.empty() ? call.statement : call.argument;
  if (statement.empty()) return complain("there is no statement yet");
  if (call.argument.empty()) return run_query(std::string(how) + statement, call.name);
  last_statement_ = statement;
  return run_query(std::string(how) + statement, call.name);
}

int Shell::write(const Call& call) {
  if (call.argument.empty()) return complain("\\w needs the name of a file");
  std::FILE* out = std::fopen(call.argument.c_str(), "we");
  const std::string text = call.statement + ";\n";
  const bool is_written =
      out != nullptr && std::fwrite(text.data(), 1, text.size(), out) == text.size();
  const bool is_closed = out != nullptr && std::fclose(out) == 0;
  return is_written && is_closed ? kExitOk : complain("cannot write " + call.argument);
}

int Shell::change_folder(const std::string& folder) {
  const char* home = std::getenv("HOME");
  const std::string target = folder.empty() && home != nullptr ? home : folder;
  std::error_code failure;
  std::filesystem::current_path(target, failure);
  return failure ? complain("cannot enter " + target) : kExitOk;
}

int Shell::turn(bool& setting, const Call& call, const char* what) {
  if (call.argument != "" && call.argument != "on" && call.argument != "off")
    return complain(call.name + " is on or off");
  setting = call.argument.empty() ? !setting : call.argument == "on";
  if (runner_.settings().is_interactive) std::printf("%s is %s\n", what, setting ? "on" : "off");
  return kExitOk;
}

int Shell::obey_setting(const Call& call) {
  using Kind = ShellCommand::Kind;
  using Expanded = Settings::Expanded;
  Settings& settings = runner_.settings();
  switch (call.command.kind) {
    case Kind::Timing:
      return turn(settings.timing, call, "timing");
    case Kind::Pager:
      return turn(settings.pages, call, "the pager");
    case Kind::Cut:
      return turn(settings.cuts, call, "cutting");
    case Kind::Expanded: {
      if (call.argument == "auto") {
        settings.expanded = Expanded::Auto;
      } else {
        bool is_on = settings.expanded == Expanded::On;
        if (const int code = turn(is_on, call, "a line a column"); code != kExitOk) return code;
        settings.expanded = is_on ? Expanded::On : Expanded::Off;
      }
      return kExitOk;
    }
    default: {
      const auto format = output_format_from_name(call.argument);
      if (!format) return complain("formats: " + std::string(kOutputFormats));
      settings.format = *format;
      return kExitOk;
    }
  }
}

}  // namespace zerodb::cli
