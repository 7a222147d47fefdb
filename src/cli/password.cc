#include "cli/password.h"

#include <termios.h>

#include <cstdio>
#include <cstdlib>

namespace zerodb::cli {

Result<std::string> ask_password(const std::string& user) {
  if (const char* given = std::getenv("ZERODB_PASSWORD")) return std::string(given);
  std::FILE* terminal = std::fopen("/dev/tty", "r+");
  if (terminal == nullptr) {
    return Error(ErrorCode::E0704, "there is no terminal to ask for the password")
        .with_help("set ZERODB_PASSWORD");
  }
  std::fprintf(terminal, "Password of %s: ", user.c_str());
  std::fflush(terminal);
  termios shown{};
  const bool can_hide = tcgetattr(fileno(terminal), &shown) == 0;
  termios hidden = shown;
  hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  if (can_hide) tcsetattr(fileno(terminal), TCSAFLUSH, &hidden);
  std::string password;
  for (int ch = std::fgetc(terminal); ch != EOF && ch != '\n'; ch = std::fgetc(terminal))
    password.push_back(static_cast<char>(ch));
  if (can_hide) tcsetattr(fileno(terminal), TCSAFLUSH, &shown);
  std::fputc('\n', terminal);
  std::fclose(terminal);
  return password;
}

}  // namespace zerodb::cli
