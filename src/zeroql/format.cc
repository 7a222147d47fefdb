#include "zeroql/format.h"

#include <algorithm>

#include <fmt/format.h>

#include "zeroql/format_difference.h"
#include "zeroql/statement_printer.h"

namespace zerodb::zeroql {

namespace {

// A statement and the tokens up to the next one.
struct Segment {
  uint32_t first_token = 0;
  uint32_t token_end = 0;
  NodeId statement = kNothing;  // nothing: only semicolons, or tokens that are no statement
  bool is_sound = true;
  // Nothing is known of what follows: a comment is open, or bytes are no text.
  bool ends_text = false;
};

bool ends_text(const Diagnostic& diagnostic) {
  return diagnostic.code == ErrorCode::E0003 || diagnostic.code == ErrorCode::E0007;
}

bool are_semicolons(const Tree& tree, uint32_t begin, uint32_t end) {
  for (uint32_t i = begin; i < end; ++i) {
    if (!tree.token(TokenId(i)).is(TokenKind::Semicolon)) return false;
  }
  return true;
}

std::vector<Segment> segments_of(const ParseResult& parsed) {
  const Tree& tree = parsed.tree;
  std::vector<Segment> out;
  const auto end_last_at = [&](uint32_t token) {
    if (!out.empty()) out.back().token_end = token;
  };
  for (const ParsedStatement& found : split(parsed)) {
    const uint32_t first = tree.node(found.statement.id).first_token;
    if (out.empty() && first > 0)
      out.push_back({0, first, kNothing, are_semicolons(tree, 0, first), false});
    end_last_at(first);
    out.push_back({first, first, found.statement.id, found.error == nullptr,
                   found.error != nullptr && ends_text(*found.error)});
  }
  const auto end = static_cast<uint32_t>(tree.token_count() - 1);
  if (out.empty() && end > 0)
    out.push_back({0, end, kNothing, are_semicolons(tree, 0, end), false});
  end_last_at(end);
  for (Segment& segment : out) {
    const uint32_t behind = segment.statement == kNothing ? segment.first_token
                                                          : tree.node(segment.statement).token_end;
    segment.is_sound &=
        behind <= segment.token_end && are_semicolons(tree, behind, segment.token_end);
  }
  return out;
}

Span span_of(const Tree& tree, const Segment& segment) {
  return {tree.token(TokenId(segment.first_token)).begin,
          tree.token(TokenId(segment.token_end - 1)).end};
}

class ScriptFormatter {
 public:
  ScriptFormatter(const ParseResult& parsed, FormatOptions options)
      : parsed_(parsed), tree_(parsed.tree), options_(options) {}

  std::string statement(const Segment& segment) const {
    if (!segment.is_sound) return std::string(source().slice(span_of(tree_, segment)));
    StatementPrinter printer(tree_, segment.first_token);
    if (segment.statement != kNothing) printer.statement(segment.statement);
    printer.tail(segment.token_end);
    return printer.document().lay_out(options_.width);
  }

  std::string script() && {
    const std::vector<Segment> segments = segments_of(parsed_);
    const bool is_cut = std::ranges::any_of(parsed_.diagnostics, ends_text);
    if (segments.empty() && is_cut) return std::string(source().text());
    if (source().text().starts_with(kByteOrderMark)) out_ = kByteOrderMark;
    for (const Segment& segment : segments) {
      separate(segment.first_token);
      if (segment.ends_text) {
        out_ += source().text().substr(tree_.token(TokenId(segment.first_token)).begin);
        return std::move(out_);
      }
      out_ += statement(segment);
      if (segment.token_end == segment.first_token) continue;
      // Where a broken statement ends, its line break may tell; so it stays.
      const bool is_closed = tree_.token(TokenId(segment.token_end - 1)).is(TokenKind::Semicolon);
      keeps_gap_ = !segment.is_sound && !is_closed;
    }
    keeps_gap_ = false;
    separate(static_cast<uint32_t>(tree_.token_count() - 1));
    return std::move(out_);
  }

 private:
  static constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

  const SourceText& source() const { return tree_.source(); }
  bool is_at_start() const { return out_.empty() || out_ == kByteOrderMark; }

  // The comments and line breaks before a statement or the end of the text.
  void separate(uint32_t token) {
    // Such a token would be the mark of the file if nothing stood before it.
    const bool looks_like_mark =
        out_.empty() && tree_.text(TokenId(token)).starts_with(kByteOrderMark);
    if (keeps_gap_ || looks_like_mark) {
      out_ += tree_.trivia(TokenId(token));
      keeps_gap_ = false;
      return;
    }
    const bool is_end = token + 1 == tree_.token_count();
    const Gap gap = gap_before(tree_, TokenId(token));
    bool on_same_line = false;
    for (const Comment& comment : gap.comments) {
      if (comment.begins_line) {
        break_line(comment.after_blank_line);
      } else if (!is_at_start()) {
        out_ += ' ';
      }
      out_ += source().slice(comment.span);
      on_same_line = comment.begins_line || on_same_line;
      if (comment.is_line) on_same_line = false;
    }
    if (is_end) {
      if (!is_at_start()) out_ += '\n';
      return;
    }
    if (on_same_line && !gap.newline) {
      out_ += ' ';
    } else {
      break_line(gap.blank_line);
    }
  }

  void break_line(bool has_blank_line) {
    if (!is_at_start()) out_ += has_blank_line ? "\n\n" : "\n";
  }

  const ParseResult& parsed_;
  const Tree& tree_;
  FormatOptions options_;
  std::string out_;
  bool keeps_gap_ = false;
};

}  // namespace

std::string format_script(const ParseResult& parsed, FormatOptions options) {
  return ScriptFormatter(parsed, options).script();
}

std::vector<FormattedStatement> format_statements(const ParseResult& parsed,
                                                  FormatOptions options) {
  const ScriptFormatter formatter(parsed, options);
  std::vector<FormattedStatement> out;
  for (const Segment& segment : segments_of(parsed)) {
    if (segment.token_end == segment.first_token) continue;
    out.push_back({span_of(parsed.tree, segment), formatter.statement(segment), segment.is_sound});
    if (segment.ends_text) break;
  }
  return out;
}

Result<std::string> format(std::string_view text, FormatOptions options) {
  const ParseResult before = parse(text);
  std::string formatted = format_script(before, options);
  const ParseResult after = parse(formatted);
  if (const auto difference = format_difference(before.tree, after.tree)) {
    return Error(ErrorCode::E1299, "the formatted text is not the same script: " + difference->what)
        .at(difference->span);
  }
  return formatted;
}

}  // namespace zerodb::zeroql
