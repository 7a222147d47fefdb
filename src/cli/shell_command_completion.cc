// Completion of backslash commands and what stands behind them.
#include <algorithm>
#include <filesystem>

#include "cli/output_format.h"
#include "cli/shell_command.h"
#include "cli/shell_language.h"

namespace zerodb::cli {
namespace {

using Items = std::vector<CompletionItem>;

// Where the last word of a command's line begins.
size_t last_word(std::string_view text, size_t begin, size_t cursor) {
  const size_t blank = text.substr(0, cursor).find_last_of(" \t");
  return blank == std::string_view::npos || blank < begin ? begin : blank + 1;
}

void offer_commands(std::string_view typed, size_t begin, Items& items) {
  for (const ShellCommand& each : shell_commands()) {
    const std::string word = "\\" + std::string(each.name);
    if (!word.starts_with(typed)) continue;
    items.push_back({word + (each.arguments.empty() ? "" : " "), begin, std::string(each.doc)});
  }
}

void offer_words(std::string_view words, char separator, std::string_view typed, size_t begin,
                 Items& items) {
  while (!words.empty()) {
    const size_t end = std::min(words.find(separator), words.size());
    const std::string_view word = words.substr(0, end);
    if (word.starts_with(typed)) items.push_back({std::string(word), begin, ""});
    words.remove_prefix(std::min(end + 1, words.size()));
  }
}

void offer_names(const catalog::Schema* schema, ShellCommand::Argument argument,
                 std::string_view typed, size_t begin, Items& items) {
  if (schema == nullptr) return;
  const auto add = [&](std::string_view name, std::string_view kind) {
    if (name.starts_with(typed)) items.push_back({std::string(name), begin, std::string(kind)});
  };
  if (argument == ShellCommand::Argument::Database) {
    for (const catalog::Database& each : schema->databases()) add(each.name, each.comment);
    return;
  }
  for (const catalog::Table& each : schema->tables())
    add(each.name, each.is_edge()                            ? "edge"
                   : each.kind == catalog::Table::Kind::View ? "view"
                                                             : "table");
  if (argument == ShellCommand::Argument::Table) return;
  for (const catalog::Enum& each : schema->enums()) add(each.type->name, "enum");
  for (const catalog::NamedType& each : schema->types()) add(each.name, "type");
  for (const catalog::Function& each : schema->functions()) add(each.name, "function");
}

// Names below the folder that the word names so far.
void offer_files(std::string_view typed, bool folders_only, size_t begin, Items& items) {
  const size_t slash = typed.rfind('/');
  const bool has_folder = slash != std::string_view::npos;
  const std::string folder(has_folder ? typed.substr(0, slash + 1) : "");
  const std::string_view name = has_folder ? typed.substr(slash + 1) : typed;
  std::error_code failure;
  std::filesystem::directory_iterator entries(folder.empty() ? "." : folder, failure);
  for (; !failure && entries != std::filesystem::directory_iterator(); entries.increment(failure)) {
    const std::string found = entries->path().filename().string();
    std::error_code unreadable;
    const bool is_folder = entries->is_directory(unreadable);
    const bool is_hidden = found.starts_with('.') && !name.starts_with('.');
    if (!found.starts_with(name) || is_hidden || (folders_only && !is_folder)) continue;
    items.push_back({folder + found + (is_folder ? "/" : ""), begin, ""});
  }
  std::ranges::sort(items, {}, &CompletionItem::text);
}

}  // namespace

void ShellLanguage::complete_command(std::string_view text, size_t begin, size_t cursor,
                                     Items& items) {
  const size_t word_end = std::min(text.find_first_of(" \t", begin), text.size());
  if (cursor <= word_end) return offer_commands(text.substr(begin, cursor - begin), begin, items);
  const ShellCommand* command = find_shell_command(text.substr(begin + 1, word_end - begin - 1));
  if (command == nullptr) return;
  const size_t start = last_word(text, begin, cursor);
  const std::string_view typed = text.substr(start, cursor - start);
  switch (command->argument) {
    case ShellCommand::Argument::None:
      return;
    case ShellCommand::Argument::Text: {
      const bool is_statement = command->kind == ShellCommand::Kind::Explain ||
                                command->kind == ShellCommand::Kind::Profile;
      const size_t from = word_end + 1;
      if (is_statement) complete_statement(text.substr(from), from, cursor - from, items);
      if (command->kind != ShellCommand::Kind::Copy) return;
      if (start == from)
        return offer_names(schema(), ShellCommand::Argument::Table, typed, start, items);
      offer_words("FROM|TO|WITH", '|', typed, start, items);
      return offer_files(typed, false, start, items);
    }
    case ShellCommand::Argument::Table:
    case ShellCommand::Argument::Object:
    case ShellCommand::Argument::Database:
      return offer_names(schema(), command->argument, typed, start, items);
    case ShellCommand::Argument::File:
      return offer_files(typed, false, start, items);
    case ShellCommand::Argument::Folder:
      return offer_files(typed, true, start, items);
    case ShellCommand::Argument::Format:
      return offer_words(kOutputFormats, '|', typed, start, items);
    case ShellCommand::Argument::Keys:
      return offer_words("emacs|vi", '|', typed, start, items);
    case ShellCommand::Argument::Switch:
      return offer_words(command->kind == ShellCommand::Kind::Expanded ? "on|off|auto" : "on|off",
                         '|', typed, start, items);
  }
}

}  // namespace zerodb::cli
