#include "zeroql/keyword_guess.h"

#include <algorithm>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "base/ascii.h"
#include "zeroql/grammar.h"
#include "zeroql/lexer.h"
#include "zeroql/suggest.h"

namespace zerodb::zeroql {

namespace {

constexpr std::string_view kKeywords[] = {
#define ZEROQL_RESERVED(name, text) text,
#define ZEROQL_CONTEXTUAL(name, text)
#include "base/keywords.def"
#undef ZEROQL_RESERVED
#undef ZEROQL_CONTEXTUAL
#define ZEROQL_RESERVED(name, text)
#define ZEROQL_CONTEXTUAL(name, text) text,
#include "base/keywords.def"
#undef ZEROQL_RESERVED
#undef ZEROQL_CONTEXTUAL
};

// Nearly every word of two or three letters is one letter away from some keyword: of those only
// one that lacks a letter or has a wrong one behind the first, or all letters in another order.
bool resembles(std::string_view word, std::string_view keyword) {
  if (!suggest(word, std::span(&keyword, 1))) return false;
  if (word.size() > 3) return true;
  const std::string written = lower_ascii(word);
  const std::string meant = lower_ascii(keyword);
  const bool begins_alike = meant.size() >= 3 && written.front() == meant.front();
  return (begins_alike && meant.size() >= written.size()) ||
         std::ranges::is_permutation(written, meant);
}

class KeywordGuess {
 public:
  KeywordGuess(const Diagnostic& mistake, const SourceText& source, std::span<const Token> tokens)
      : mistake_(mistake),
        source_(source),
        tokens_(tokens),
        text_(source.slice({tokens.front().begin, tokens.back().end})) {}

  // The word, and the keyword in its place.
  std::optional<Fix> find() {
    const auto at = std::ranges::lower_bound(tokens_, mistake_.span.begin, {}, &Token::begin);
    if (at == tokens_.end() || at->is(TokenKind::Semicolon)) return std::nullopt;
    at_ = static_cast<size_t>(at - tokens_.begin());
    size_t left_max = text_.size() + 1;
    if (!mistake_.fixes.empty()) left_max = left_behind_own_fix();
    // The word before was taken for a name, or the one behind misses from a pair such as ORDER BY.
    for (const size_t word : {at_, at_ - 1, at_ + 1}) {
      if (word >= tokens_.size()) continue;
      if (auto fix = replace(word, left_max)) return fix;
    }
    return std::nullopt;
  }

 private:
  std::string_view text_of(const Token& token) const { return source_.slice(token.span()); }

  // How much of the statement the parser has not understood with this edit: one more than the bytes
  // from the first mistake on, 0 for none.
  size_t left_with(const Fix& fix) const {
    std::string text(text_);
    const uint32_t begin = tokens_.front().begin;
    text.replace(fix.span.begin - begin, fix.span.end - fix.span.begin, fix.replacement);
    LexResult lexed = lex(text);
    const size_t size = text.size();
    Grammar grammar(SourceText(std::move(text)), std::move(lexed.tokens),
                    std::move(lexed.diagnostics), Memoization::On, Guessing::Off);
    ParseStatistics work;
    const ParseResult result = std::move(grammar).parse(work);
    return result.diagnostics.empty() ? 0 : 1 + size - result.diagnostics.front().span.begin;
  }

  // A keyword must do better than the fix that there is. An alias that nothing is read from is no
  // better than a keyword.
  size_t left_behind_own_fix() const {
    const size_t left = left_with(mistake_.fixes.front());
    return mistake_.code == ErrorCode::E0103 && !is_alias_used() ? left + 1 : left;
  }

  bool is_alias_used() const {
    for (size_t i = 0; i + 1 < tokens_.size(); ++i) {
      if (i != at_ && text_of(tokens_[i]) == text_of(tokens_[at_]) &&
          tokens_[i + 1].is(TokenKind::Dot))
        return true;
    }
    return false;
  }

  std::optional<Fix> replace(size_t word, size_t left_max) const {
    const Token& token = tokens_[word];
    const bool is_keyword_already = word < at_ && is_reserved(token.keyword);
    if (!token.is(TokenKind::Word) || is_keyword_already) return std::nullopt;
    // The mistake and the word itself must be behind the parser.
    const size_t place = std::max(token.end - 1, tokens_[at_].begin) - tokens_.front().begin;
    left_max = std::min(left_max, 1 + text_.size() - place);
    // The first letter is seldom the wrong one.
    const char first = lower_ascii(text_of(token)).front();
    std::vector<std::string_view> candidates;
    std::vector<std::string_view> unlikely;
    for (const std::string_view keyword : kKeywords) {
      if (keyword == keyword_text(token.keyword) || !resembles(text_of(token), keyword)) continue;
      // Before any operand a NOT could stand.
      if (word < at_ && keyword == keyword_text(Keyword::Not)) continue;
      if (left_with(made(token, keyword)) >= left_max) continue;
      (lower_ascii(keyword).front() == first ? candidates : unlikely).push_back(keyword);
    }
    candidates.insert(candidates.end(), unlikely.begin(), unlikely.end());
    const auto nearest = suggest(text_of(token), std::span<const std::string_view>(candidates));
    if (!nearest) return std::nullopt;
    return made(token, *nearest);
  }

  // In small letters where the word is.
  Fix made(const Token& token, std::string_view keyword) const {
    const std::string_view word = text_of(token);
    std::string written = word == lower_ascii(word) ? lower_ascii(keyword) : std::string(keyword);
    std::string title = fmt::format("did you mean `{}`?", written);
    return {token.span(), std::move(written), std::move(title)};
  }

  const Diagnostic& mistake_;
  const SourceText& source_;
  std::span<const Token> tokens_;
  std::string_view text_;
  size_t at_ = 0;  // the token at the mistake
};

}  // namespace

void guess_keyword(Diagnostic& mistake, const SourceText& source, std::span<const Token> tokens) {
  const bool is_candidate = mistake.code == ErrorCode::E0101 || mistake.code == ErrorCode::E0102 ||
                            mistake.code == ErrorCode::E0103;
  if (!is_candidate || mistake.span.begin == mistake.span.end) return;
  auto fix = KeywordGuess(mistake, source, tokens).find();
  if (!fix) return;
  const bool is_expected = mistake.code == ErrorCode::E0101 && mistake.span == fix->span;
  if (!is_expected) {
    std::string message =
        fmt::format("expected {}, found `{}`", keyword_text(keyword_of(fix->replacement)),
                    source.slice(fix->span));
    mistake = {.code = ErrorCode::E0101, .message = std::move(message), .span = fix->span};
  }
  mistake.help = fix->title;
  mistake.fixes = {*std::move(fix)};
}

}  // namespace zerodb::zeroql
