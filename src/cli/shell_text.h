// ShellText: what is typed or stands in a script, cut into statements and backslash commands.
//
// A backslash outside of texts, names, expressions between slashes and comments begins a command,
// which ends with its line. Threading: free functions.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace zerodb::cli {

struct ShellPiece {
  enum class Kind : uint8_t { Statements, Command } kind = Kind::Statements;
  std::string_view text;  // within the text that was cut; a command without its line break
  size_t begin = 0;       // of the piece in that text
};

// Pieces that hold more than blanks and comments, in order. Borrows the text.
std::vector<ShellPiece> cut(std::string_view text);

// Whether the text can be run as it is: only blanks, or it ends in a semicolon or a command.
bool is_complete(std::string_view text);

// What follows the last semicolon, for a command behind it; empty if nothing does.
std::string_view unfinished_statement(std::string_view statements);

}  // namespace zerodb::cli
