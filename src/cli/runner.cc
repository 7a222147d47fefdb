#include "cli/runner.h"

#include "cli/error_printer.h"
#include "cli/interrupt.h"
#include "value/utf8.h"
#include "zeroql/lexer.h"

namespace zerodb::cli {
namespace {

bool is_literal_mark(zeroql::TokenKind kind) {
  using enum zeroql::TokenKind;
  switch (kind) {
    case LeftParen:
    case RightParen:
    case LeftBracket:
    case RightBracket:
    case LeftBrace:
    case RightBrace:
    case Comma:
    case Colon:
    case RecordColon:
    case Integer:
    case Float:
    case Decimal:
    case Duration:
    case String:
    case DoubleString:
    case Bytes:
    case DateTime:
    case Uuid:
    case Regex:
      return true;
    default:
      return false;
  }
}

// Whether a word is a value, a key of an object, or part of a record id.
bool is_literal_word(const std::vector<zeroql::Token>& tokens, size_t index) {
  using enum zeroql::Keyword;
  const zeroql::Token& token = tokens[index];
  if (token.is(True) || token.is(False) || token.is(None) || token.is(Null)) return true;
  const zeroql::TokenKind next = tokens[index + 1].kind;  // the last token is the end
  return next == zeroql::TokenKind::Colon || next == zeroql::TokenKind::RecordColon ||
         (index > 0 && tokens[index - 1].is(zeroql::TokenKind::RecordColon));
}

// Whether the text is nothing but a literal. A value from the command line must never be read as an
// expression: it could reach into the database.
bool is_literal(std::string_view text) {
  using enum zeroql::TokenKind;
  const zeroql::LexResult lexed = zeroql::lex(text);
  const auto& tokens = lexed.tokens;
  if (!lexed.diagnostics.empty() || tokens.size() < 2) return false;
  for (size_t i = 0; i + 1 < tokens.size(); ++i) {
    const zeroql::TokenKind kind = tokens[i].kind;
    const bool is_word = kind == Word || kind == QuotedName;
    const zeroql::TokenKind before = i > 0 ? tokens[i - 1].kind : Comma;
    const bool is_sign =
        kind == Minus && (before == Comma || before == Colon || before == RecordColon ||
                          before == LeftBracket || before == LeftParen);
    if (!is_literal_mark(kind) && !is_sign && !(is_word && is_literal_word(tokens, i)))
      return false;
  }
  return true;
}

// The value of a literal such as 5, 'x' or d'2026-01-01'; nothing if the text is none.
std::optional<Value> literal_value(database::Session& session, const std::string& text) {
  if (!is_literal(text)) return std::nullopt;
  auto result = session.execute("SELECT " + text);
  if (!result) return std::nullopt;
  auto rows = (*result)->collect();
  if (!rows || rows->size() != 1 || rows->front().size() != 1) return std::nullopt;
  return rows->front().front();
}

int exit_code_of(const Error& error, const InterruptScope& interrupt) {
  if (interrupt.is_interrupted()) return kExitInterrupted;
  return error.code() == ErrorCode::E1107 ? kExitCancelled : kExitStatement;
}

}  // namespace

Runner::Runner(database::Session& session, Settings settings)
    : session_(session), settings_(std::move(settings)) {}

Status Runner::set_option(const std::string& name, const std::string& value) {
  const auto literal = literal_value(session_, value);
  const std::string text = literal ? value : quoted_text(value);
  const auto result = TRY(session_.execute("SET " + name + " = " + text));
  static_cast<void>(result);
  return ok_status();
}

Status Runner::bind_parameter(const std::string& name, const std::string& value) {
  if (!utf8::is_valid(value))
    return Error(ErrorCode::E0007, "the value of parameter " + name + " is not UTF-8");
  const auto literal = literal_value(session_, value);
  const std::string key = name.starts_with('$') ? name.substr(1) : name;
  parameters_[key] = literal ? *literal : Value::string(value);
  return ok_status();
}

std::unique_ptr<ResultStream> Runner::make_stream() const {
  const auto screen = terminal_size(settings_.out);
  if (!screen || !settings_.pages) return std::make_unique<ResultStream>(settings_.out);
  return std::make_unique<ResultStream>(settings_.out, *screen, settings_.pager);
}

std::unique_ptr<ResultPrinter> Runner::make_printer(std::FILE* out) const {
  using Expanded = Settings::Expanded;
  const bool is_table =
      settings_.format == OutputFormat::Table || settings_.format == OutputFormat::Box;
  if (!is_table) return make_result_printer(settings_.format, out);
  if (settings_.expanded == Expanded::On) return make_vertical_printer(out);
  const auto screen = terminal_size(settings_.out);
  if (!screen) return make_result_printer(settings_.format, out);
  return make_fitting_printer(settings_.format, out,
                              {.columns = screen->columns,
                               .may_cut = settings_.cuts,
                               .may_turn = settings_.expanded == Expanded::Auto});
}

void Runner::show(std::string_view text) {
  const auto stream = make_stream();
  std::fwrite(text.data(), 1, text.size(), stream->file());
}

int Runner::run(const database::Script& script) {
  int exit_code = kExitOk;
  // A text without a single statement can still be wrong, such as a comment that is not closed.
  if (script.size() == 0 && !script.diagnostics().empty()) {
    const Error error = zeroql::to_error(script.diagnostics().front());
    const auto printer = make_printer(settings_.out);
    if (!printer->error(error, position_of(error, script.source(), 0)))
      print_error(error, script.source(), stderr);
    return kExitStatement;
  }
  for (size_t i = 0; i < script.size(); ++i) {
    const int code = run_statement(script, i);
    std::fflush(settings_.out);
    if (code == kExitOk) continue;
    exit_code = code;
    if (!settings_.keep_going || code == kExitInterrupted) break;
  }
  return exit_code;
}

Status Runner::print(database::ResultSet& result, ResultPrinter& printer,
                     const ResultStream& stream) {
  if (!result.has_rows()) {
    printer.affected(result.statistics().affected);
    return ok_status();
  }
  printer.begin(result.columns(), session_.names());
  std::vector<Value> row;
  while (TRY(result.next(row))) {
    printer.row(row);
    // The rest is read by nobody.
    if (stream.is_closed()) return ok_status();
  }
  printer.end();
  return ok_status();
}

int Runner::run_statement(const database::Script& script, size_t index) {
  using Second = InterruptScope::Second;
  const InterruptScope interrupt(
      session_, settings_.is_interactive ? Second::DoesNothing : Second::EndsProcess);
  auto result = session_.execute(script, index, parameters_);
  Status status = ok_status();
  {
    // Gone before an error is told, so that what was written stands before it.
    const auto stream = make_stream();
    const auto printer = make_printer(stream->file());
    status = result ? print(**result, *printer, *stream) : Status(std::move(result).error());
    if (!status && printer->error(status.error(), position_of(status.error(), script.source(),
                                                              script.span(index).begin)))
      return exit_code_of(status.error(), interrupt);
  }
  if (status) {
    print_timing(**result);
    return interrupt.is_interrupted() ? kExitInterrupted : kExitOk;
  }
  std::fflush(settings_.out);
  print_error(status.error(), script.source(), stderr);
  return exit_code_of(status.error(), interrupt);
}

void Runner::print_timing(const database::ResultSet& result) const {
  if (!settings_.timing) return;
  const database::Statistics statistics = result.statistics();
  const double milliseconds = static_cast<double>(statistics.elapsed_ns) / 1e6;
  const bool machine_readable = settings_.format != OutputFormat::Table &&
                                settings_.format != OutputFormat::Box &&
                                settings_.format != OutputFormat::Vertical;
  std::fprintf(machine_readable ? stderr : settings_.out, "Time: %.3f ms (%s)\n", milliseconds,
               std::string(statistics.tier).c_str());
}

}  // namespace zerodb::cli
