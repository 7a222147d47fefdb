#include "lint/allowance.h"

#include <algorithm>

#include "lint/context.h"

namespace zerodb::lint {
namespace {

constexpr std::string_view kMark = "zerodb:allow";

// Calls `visit(span)` for each comment that runs to the end of its line.
template <typename Visit>
void each_line_comment(const zeroql::Tree& tree, Visit&& visit) {
  const std::string_view text = tree.source().text();
  uint32_t begin = 0;
  for (uint32_t i = 0; i < tree.token_count(); ++i) {
    const zeroql::Token& token = tree.token(zeroql::TokenId(i));
    for (size_t at = begin; at + 1 < token.begin;) {
      if (text[at] == '-' && text[at + 1] == '-') {
        const size_t end = std::min<size_t>(text.find('\n', at), token.begin);
        visit(Span{static_cast<uint32_t>(at), static_cast<uint32_t>(end)});
        at = end;
      } else if (text[at] == '/' && text[at + 1] == '*') {
        // Comments of this kind nest.
        size_t depth = 1;
        for (at += 2; depth > 0 && at + 1 < token.begin; ++at) {
          const std::string_view two = text.substr(at, 2);
          if (two == "/*" || two == "*/") depth = two == "/*" ? depth + 1 : depth - 1, ++at;
        }
      } else {
        ++at;
      }
    }
    begin = token.end;
  }
}

class Reader {
 public:
  Reader(const zeroql::ParseResult& script, std::span<const Span> statements, Allowances& out)
      : source_(script.tree.source()), statements_(statements), out_(out) {}

  void read(Span comment) {
    const std::string_view text = source_.slice(comment);
    size_t at = text.find_first_not_of("- \t");
    if (at == std::string_view::npos || !text.substr(at).starts_with(kMark)) return;
    at += kMark.size();
    if (at < text.size() && text[at] != ' ' && text[at] != '\t') return;
    read_codes(comment, text, at);
  }

 private:
  static bool is_code_char(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-';
  }

  void read_codes(Span comment, std::string_view text, size_t at) {
    std::vector<Allowance> found;
    bool is_more = true;
    while (is_more) {
      at = std::min(text.find_first_not_of(" \t", at), text.size());
      size_t end = at;
      while (end < text.size() && is_code_char(text[end])) ++end;
      const Rule* rule = find_rule(text.substr(at, end - at));
      const Span span = {comment.begin + static_cast<uint32_t>(at),
                         comment.begin + static_cast<uint32_t>(end)};
      if (rule == nullptr || rule->code < "ZL100") {
        refuse(end > at ? span : comment, "this names no rule that can be allowed");
        return;
      }
      found.push_back({rule, {}, span, owner_of(comment), false});
      is_more = end < text.size() && text[end] == ',';
      at = is_more ? end + 1 : end;
    }
    const size_t reason = text.find_first_not_of(" \t:", at);
    if (reason == std::string_view::npos || reason == at) {
      refuse(comment, "a rule is allowed for a reason, and none is given");
      return;
    }
    std::string words(text.substr(reason));
    while (!words.empty() && (words.back() == ' ' || words.back() == '\r')) words.pop_back();
    for (Allowance& each : found) {
      each.reason = words;
      out_.list.push_back(std::move(each));
    }
  }

  void refuse(Span span, std::string message) {
    Finding finding;
    finding.rule = find_rule(kMalformedAllowance);
    finding.severity = finding.rule->severity;
    finding.span = span;
    finding.message = std::move(message);
    finding.help = "write `-- zerodb:allow ZL301 reason`";
    out_.malformed.push_back(std::move(finding));
  }

  size_t owner_of(Span comment) const {
    const size_t last = statement_at(statements_, comment.begin);
    const Span span = statements_[last];
    if (span.end > comment.begin) return last;  // it stands in the statement, or before the first
    const bool is_same_line =
        source_.position(span.end).line == source_.position(comment.begin).line;
    return is_same_line ? last : last + 1;
  }

  const zeroql::SourceText& source_;
  std::span<const Span> statements_;
  Allowances& out_;
};

}  // namespace

std::vector<Span> statement_spans(const zeroql::ParseResult& script) {
  std::vector<Span> spans;
  for (const zeroql::ParsedStatement& each : zeroql::split(script))
    spans.push_back(each.statement.span());
  return spans;
}

size_t statement_at(std::span<const Span> statements, uint32_t offset) {
  const auto behind =
      std::upper_bound(statements.begin(), statements.end(), offset,
                       [](uint32_t place, const Span& span) { return place < span.begin; });
  return behind == statements.begin() ? 0 : static_cast<size_t>(behind - statements.begin()) - 1;
}

Allowances read_allowances(const zeroql::ParseResult& script, std::span<const Span> statements) {
  Allowances found;
  if (statements.empty()) return found;
  Reader reader(script, statements, found);
  each_line_comment(script.tree, [&](Span comment) { reader.read(comment); });
  return found;
}

}  // namespace zerodb::lint
