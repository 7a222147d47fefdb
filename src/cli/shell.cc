#include "cli/shell.h"

#include <cstdio>
#include <sstream>

#include "cli/input_file.h"

namespace zerodb::cli {
namespace {

constexpr std::string_view kHelp =
    "Statements end with a semicolon. Commands:\n"
    "  \\?               this help\n"
    "  \\d               tables;   \\d NAME  one table\n"
    "  \\l               databases\n"
    "  \\i FILE          run a file\n"
    "  \\format NAME     form of the results\n"
    "  \\x               vertical results on or off\n"
    "  \\timing          times on or off\n"
    "  \\q               end (so does Ctrl-D)\n";

// The first word and the rest, without blanks around them.
std::pair<std::string, std::string> split_command(std::string_view text) {
  std::istringstream in{std::string(text)};
  std::string word;
  std::string rest;
  in >> word;
  std::getline(in >> std::ws, rest);
  while (!rest.empty() &&
         (rest.back() == ' ' || rest.back() == ';' || rest.back() == '\n' || rest.back() == '\r'))
    rest.pop_back();
  return {word, rest};
}

}  // namespace

std::string Shell::prompt() const {
  std::string text(session_.namespace_name());
  text += '.';
  text += session_.database_name();
  if (session_.in_transaction()) text += session_.is_aborted() ? '!' : '*';
  return text + "> ";
}

Shell::After Shell::obey(std::string_view command) {
  const auto [word, rest] = split_command(command);
  Runner::Settings& settings = runner_.settings();
  if (word == "\\q") return After::Quit;
  if (word == "\\?") {
    std::fwrite(kHelp.data(), 1, kHelp.size(), stdout);
  } else if (word == "\\d") {
    runner_.run(rest.empty() ? "DESCRIBE TABLES;" : "DESCRIBE TABLE " + rest + ";", "\\d");
  } else if (word == "\\l") {
    runner_.run("DESCRIBE DATABASES;", "\\l");
  } else if (word == "\\timing") {
    settings.timing = !settings.timing;
    std::printf("timing is %s\n", settings.timing ? "on" : "off");
  } else if (word == "\\x") {
    settings.format =
        settings.format == OutputFormat::Vertical ? OutputFormat::Table : OutputFormat::Vertical;
  } else if (word == "\\format") {
    if (const auto format = output_format_from_name(rest)) {
      settings.format = *format;
    } else {
      std::fprintf(stderr, "formats: %s\n", std::string(kOutputFormats).c_str());
    }
  } else if (word == "\\i") {
    if (auto text = read_file(rest)) {
      runner_.run(std::move(*text), rest);
    } else {
      std::fprintf(stderr, "cannot read %s\n", rest.c_str());
    }
  } else {
    std::fprintf(stderr, "unknown command %s; \\? lists them\n", word.c_str());
  }
  return After::Continue;
}

int Shell::run(LineReader& reader) {
  while (true) {
    Line line = reader.read(prompt());
    if (line.status == Line::Status::End) return kExitOk;
    if (line.status == Line::Status::Interrupted) continue;
    const size_t start = line.text.find_first_not_of(" \t\r\n");
    if (start == std::string::npos) continue;
    if (line.text[start] != '\\') {
      runner_.run(std::move(line.text), "query");
    } else if (obey(std::string_view(line.text).substr(start)) == After::Quit) {
      return kExitOk;
    }
  }
}

}  // namespace zerodb::cli
