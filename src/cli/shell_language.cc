#include "cli/shell_language.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "cli/shell_text.h"
#include "database/settings.h"
#include "lsp/features.h"
#include "zeroql/lexer.h"

namespace zerodb::cli {
namespace {

using lsp::Json;

// What is longer is shown by its tokens alone: somebody pasted a script.
constexpr size_t kAnalysedBytesMax = size_t{64} << 10;
// Of the protocol.
constexpr int64_t kMethodItem = 2;
constexpr int64_t kFunctionItem = 3;

TextClass class_of(const std::string_view kind) {
  static constexpr std::array<std::pair<std::string_view, TextClass>, 14> kClasses = {{
      {"keyword", TextClass::Keyword},
      {"string", TextClass::String},
      {"regexp", TextClass::String},
      {"number", TextClass::Number},
      {"comment", TextClass::Comment},
      {"operator", TextClass::Operator},
      {"type", TextClass::Type},
      {"enum", TextClass::Type},
      {"enumMember", TextClass::Type},
      {"function", TextClass::Function},
      {"parameter", TextClass::Parameter},
      {"class", TextClass::Name},
      {"property", TextClass::Name},
      {"variable", TextClass::Name},
  }};
  for (const auto& [name, text_class] : kClasses) {
    if (name == kind) return text_class;
  }
  return TextClass::Name;
}

// Five numbers a token, in bytes of the text.
std::vector<TextPiece> pieces_of(const lsp::Analysis& analysis) {
  static const Json legend = lsp::semantic_token_legend();
  const auto& kinds = legend["tokenTypes"].as_array();
  const std::vector<uint32_t> numbers =
      lsp::semantic_tokens(analysis, {0, analysis.document().size()});
  std::vector<TextPiece> pieces;
  lsp::Position at;
  for (size_t i = 0; i + 4 < numbers.size(); i += 5) {
    at.character = numbers[i] == 0 ? at.character + numbers[i + 1] : numbers[i + 1];
    at.line += numbers[i];
    const uint32_t begin = analysis.document().offset(at);
    pieces.push_back(
        {{begin, begin + numbers[i + 2]}, class_of(kinds[numbers[i + 3]].as_string())});
  }
  return pieces;
}

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool is_word_byte(char c) {
  return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         static_cast<unsigned char>(c) >= 0x80;
}

// Where the word that ends at the cursor begins.
size_t word_begin(std::string_view text, size_t begin, size_t cursor) {
  while (cursor > begin && !is_blank(text[cursor - 1])) --cursor;
  return cursor;
}

std::string first_sentence(std::string_view text) {
  return std::string(text.substr(0, std::min(text.find(". "), text.find('\n'))));
}

struct Offer {
  std::string_view rank;
  std::string_view label;
  CompletionItem item;
};

// Those that begin with what was typed or, if none does, those that hold it.
std::vector<CompletionItem> choose(std::vector<Offer> offers, std::string_view typed) {
  const std::string wanted = lower_ascii(typed);
  std::vector<CompletionItem> chosen;
  std::stable_sort(offers.begin(), offers.end(),
                   [](const Offer& a, const Offer& b) { return a.rank < b.rank; });
  for (const bool anywhere : {false, true}) {
    for (Offer& offer : offers) {
      const size_t at = lower_ascii(offer.label).find(wanted);
      if (anywhere ? at != std::string::npos : at == 0) chosen.push_back(std::move(offer.item));
    }
    if (!chosen.empty()) return chosen;
  }
  return chosen;
}

}  // namespace

const std::shared_ptr<const function::Library>& ShellLanguage::library() {
  if (library_ == nullptr) library_ = function::Library::create();
  return library_;
}

void ShellLanguage::load() {
  if (is_known_) return;
  is_known_ = true;
  auto found = session_.definitions();
  if (found) {
    if (checker_ && schema_ == found->schema) return;
    schema_ = found->schema;
    auto made = sema::ScriptChecker::create(library(), std::move(found->rows), found->database);
    if (made) {
      checker_ = std::move(*made);
      return;
    }
  }
  // Keywords and functions are completed all the same.
  schema_ = nullptr;
  checker_.emplace(library());
}

const catalog::Schema* ShellLanguage::schema() {
  load();
  return schema_.get();
}

lsp::Analysis ShellLanguage::analyse(std::string_view text) {
  load();
  return {lsp::TextDocument(std::string(text), lsp::PositionEncoding::Utf8), "query", *checker_};
}

std::vector<TextPiece> ShellLanguage::highlight(std::string_view text) {
  std::vector<TextPiece> all;
  for (const ShellPiece& piece : cut(text)) {
    const auto base = static_cast<uint32_t>(piece.begin);
    if (piece.kind == ShellPiece::Kind::Command) {
      const size_t word = std::min(piece.text.find_first_of(" \t"), piece.text.size());
      all.push_back({{base, base + static_cast<uint32_t>(word)}, TextClass::Keyword});
      continue;
    }
    if (piece.text.size() > kAnalysedBytesMax) continue;
    for (TextPiece each : pieces_of(analyse(piece.text))) {
      each.span.begin += base;
      each.span.end += base;
      all.push_back(each);
    }
  }
  return all;
}

std::string ShellLanguage::hint(std::string_view text) {
  if (text.size() > kAnalysedBytesMax || text.find('(') == std::string_view::npos) return {};
  const auto pieces = cut(text);
  if (pieces.empty() || pieces.back().kind == ShellPiece::Kind::Command) return {};
  const lsp::Analysis analysis = analyse(pieces.back().text);
  const Json help = lsp::signature_help(analysis, *library(), analysis.document().size());
  const auto& signatures = help["signatures"].as_array();
  const auto active = static_cast<size_t>(help["activeSignature"].as_integer());
  if (active >= signatures.size()) return {};
  return "   " + std::string(signatures[active]["label"].as_string());
}

std::string ShellLanguage::explain_function(std::string_view name) {
  const auto found = lsp::find_built_in(*library(), name);
  if (!found) return {};
  std::string out;
  for (const std::string& signature : found->signatures) out += signature + "\n";
  out += "\n" + found->doc + "\n";
  if (!found->examples.empty()) out += "\n" + found->examples + "\n";
  return out;
}

std::vector<CompletionItem> ShellLanguage::complete(std::string_view text, size_t cursor) {
  Items items;
  cursor = std::min(cursor, text.size());
  const std::vector<ShellPiece> pieces = cut(text);
  for (const ShellPiece& piece : pieces) {
    const bool is_here = piece.begin <= cursor && cursor <= piece.begin + piece.text.size();
    if (!is_here || piece.kind != ShellPiece::Kind::Command) continue;
    complete_command(text, piece.begin, cursor, items);
    return items;
  }
  for (const ShellPiece& piece : pieces) {
    const bool is_here = piece.begin <= cursor && cursor <= piece.begin + piece.text.size();
    if (is_here && piece.kind == ShellPiece::Kind::Statements) {
      complete_statement(piece.text, piece.begin, cursor - piece.begin, items);
      return items;
    }
  }
  complete_statement("", cursor, 0, items);
  return items;
}

// SET exec.t: what stands there is a path to the analyser, which does not know the options.
std::vector<CompletionItem> ShellLanguage::options_before(std::string_view statement,
                                                          size_t cursor) const {
  const size_t begin = word_begin(statement, 0, cursor);
  const std::string_view before = statement.substr(0, begin);
  const zeroql::LexResult lexed = zeroql::lex(before);
  if (lexed.tokens.size() < 2) return {};
  const zeroql::Token& last = lexed.tokens[lexed.tokens.size() - 2];
  const bool is_first = lexed.tokens.size() == 2 ||
                        lexed.tokens[lexed.tokens.size() - 3].is(zeroql::TokenKind::Semicolon);
  using enum zeroql::Keyword;
  if (!is_first || !(last.is(Set) || last.is(Reset) || last.is(Show))) return {};
  const std::string_view typed = statement.substr(begin, cursor - begin);
  Items items;
  for (const database::OptionInfo& option : database::option_table()) {
    if (option.name.starts_with(typed))
      items.push_back({std::string(option.name), begin, std::string(option.doc)});
  }
  return items;
}

void ShellLanguage::complete_statement(std::string_view text, size_t begin, size_t cursor,
                                       Items& items) {
  if (text.size() > kAnalysedBytesMax) return;
  items = options_before(text, cursor);
  for (CompletionItem& each : items) each.begin += begin;
  if (!items.empty()) return;
  const lsp::Analysis analysis = analyse(text);
  const Json found =
      lsp::completion(analysis, *library(), static_cast<uint32_t>(cursor), {.snippets = false});
  std::vector<Offer> offers;
  size_t start = cursor;
  while (start > 0 && is_word_byte(text[start - 1])) --start;
  if (start > 0 && text[start - 1] == '$') --start;
  for (const std::string& name : session_.variable_names()) {
    if (text.substr(start).starts_with('$'))
      offers.push_back({"0", "", {"$" + name, begin + start, "LET"}});
  }
  std::vector<std::string> labels;  // of the variables, which have no text that lives on
  labels.reserve(offers.size());
  for (Offer& offer : offers) offer.label = labels.emplace_back(offer.item.text);
  const bool is_called = cursor < text.size() && text[cursor] == '(';
  for (const Json& each : found["items"].as_array()) {
    std::string written(each["textEdit"]["newText"].as_string());
    const int64_t kind = each["kind"].as_integer();
    if ((kind == kFunctionItem || kind == kMethodItem) && !is_called) written += '(';
    std::string description(each["detail"].as_string());
    const std::string doc = first_sentence(each["documentation"]["value"].as_string());
    if (!doc.empty()) description += (description.empty() ? "" : "\n") + doc;
    offers.push_back({each["sortText"].as_string(),
                      each["label"].as_string(),
                      {std::move(written), begin + start, std::move(description)}});
  }
  items = choose(std::move(offers), text.substr(start, cursor - start));
}

}  // namespace zerodb::cli
