#include "zeroql/document.h"

#include <algorithm>

#include "base/assert.h"
#include "zeroql/render.h"

namespace zerodb::zeroql {

namespace {

constexpr size_t kIndent = 2;

// Of a text with several lines, the widest of its first and last: what stands beside others.
uint32_t width_of(std::string_view text) {
  const size_t first_end = text.find('\n');
  if (first_end == std::string_view::npos) return static_cast<uint32_t>(display_width(text));
  const size_t last_begin = text.rfind('\n') + 1;
  return static_cast<uint32_t>(
      std::max(display_width(text.substr(0, first_end)), display_width(text.substr(last_begin))));
}

}  // namespace

void Document::text(std::string_view text) {
  add(Op::Text, Blank::No, text, width_of(text));
}

void Document::line(Flat flat, Blank blank) {
  const bool is_space = flat == Flat::Space;
  add(is_space ? Op::Line : Op::SoftLine, blank, {}, is_space ? 1 : 0);
}

void Document::fill(Blank blank) {
  add(Op::Fill, blank, {}, 1);
}

void Document::comment_break(Blank blank) {
  add(Op::CommentBreak, blank);
}

void Document::comment_line_end(Blank blank) {
  add(Op::CommentLineEnd, blank);
}

void Document::trailing_text(std::string_view text) {
  add(Op::TrailingText, Blank::No, text);
}

void Document::if_broken(std::string_view text) {
  add(Op::IfBroken, Blank::No, text);
}

// One run over the commands of a document.
class Layout {
 public:
  Layout(const Document& document, size_t width) : commands_(document.commands_), width_(width) {}

  std::string run() && {
    measure();
    for (size_t i = 0; i < commands_.size(); ++i) apply(i);
    return std::move(out_);
  }

 private:
  using Op = Document::Op;
  using Command = Document::Command;

  static bool is_place(Op op) { return op == Op::Line || op == Op::SoftLine || op == Op::Fill; }
  static bool ends_line(Op op) {
    return is_place(op) || op == Op::CommentBreak || op == Op::CommentLineEnd;
  }
  static bool forces(Op op) {
    return op == Op::CommentBreak || op == Op::CommentLineEnd || op == Op::ForceBreak;
  }

  // From the end: the width of each group, whether it must break, and the width from each command
  // to the next place to break.
  void measure() {
    struct Open {
      size_t flat;
      bool must_break;
    };
    fits_in_.assign(commands_.size(), 0);
    rest_.assign(commands_.size() + 1, 0);
    std::vector<Open> open;
    std::vector<size_t> rest_at_end;
    for (size_t i = commands_.size(); i-- > 0;) {
      const Command& command = commands_[i];
      rest_[i] = ends_line(command.op) ? 0 : rest_[i + 1] + rest_width(command);
      if (command.op == Op::EndGroup) {
        open.push_back({0, false});
        rest_at_end.push_back(rest_[i]);
      } else if (command.op == Op::BeginGroup) {
        const Open group = open.back();
        open.pop_back();
        fits_in_[i] = group.must_break ? SIZE_MAX : group.flat + rest_at_end.back();
        rest_at_end.pop_back();
        if (open.empty()) continue;
        open.back().flat += group.flat;
        open.back().must_break |= group.must_break;
      } else if (!open.empty()) {
        open.back().flat += flat_width(command);
        open.back().must_break |= forces(command.op);
      }
    }
    ASSERT(open.empty());
  }

  static size_t flat_width(const Command& command) {
    return command.op == Op::Space ? 1 : command.width;
  }
  // A comma that is there only in a broken group counts, for then it is.
  static size_t rest_width(const Command& command) {
    return command.op == Op::IfBroken ? command.text.size() : flat_width(command);
  }

  void apply(size_t i) {
    const Command& command = commands_[i];
    switch (command.op) {
      case Op::Text:
        return write(command.text);
      case Op::TrailingText:
        if (pending_.newline) return write(command.text);
        out_ += ' ';
        out_ += command.text;
        return;
      case Op::Space:
        pending_.space = true;
        return;
      case Op::Line:
      case Op::SoftLine:
        if (is_broken()) return break_here(command.blank);
        pending_.space |= command.op == Op::Line;
        return;
      case Op::Fill:
        pending_.space = true;
        if (is_broken() && (pending_.newline || column() + rest_[i + 1] > width_))
          break_here(command.blank);
        return;
      case Op::CommentBreak:
        pending_.newline = true;
        pending_.blank |= command.blank == Document::Blank::Yes;
        return;
      case Op::CommentLineEnd:
        pending_ = {.newline = true,
                    .structural = was_structural_,
                    .blank = command.blank == Document::Blank::Yes};
        return;
      case Op::IfBroken:
        if (is_broken()) write(command.text);
        return;
      case Op::ForceBreak:
        return;
      case Op::BeginGroup: {
        const bool fits = fits_in_[i] != SIZE_MAX && column() + fits_in_[i] <= width_;
        broken_.push_back(!fits);
        return;
      }
      case Op::EndGroup:
        broken_.pop_back();
        return;
      case Op::Indent:
        indent_ += kIndent;
        return;
      case Op::Dedent:
        indent_ -= kIndent;
        return;
    }
  }

  bool is_broken() const { return !broken_.empty() && broken_.back(); }

  void break_here(Document::Blank blank) {
    pending_.newline = true;
    pending_.structural = true;
    pending_.blank |= blank == Document::Blank::Yes;
  }

  // Where the next text begins.
  size_t column() const {
    if (pending_.newline) return line_indent();
    return column_ + (pending_.space ? 1 : 0);
  }
  size_t line_indent() const { return indent_ + (pending_.structural ? 0 : kIndent); }

  void write(std::string_view text) {
    if (out_.empty()) {
      pending_ = {};
    } else if (pending_.newline) {
      out_ += pending_.blank ? "\n\n" : "\n";
      column_ = line_indent();
      out_.append(column_, ' ');
      was_structural_ = pending_.structural;
    } else if (pending_.space) {
      out_ += ' ';
      ++column_;
    }
    pending_ = {};
    out_ += text;
    const size_t last_line = text.rfind('\n');
    if (last_line == std::string_view::npos) {
      column_ += display_width(text, column_);
    } else {
      column_ = display_width(text.substr(last_line + 1));
    }
  }

  struct Pending {
    bool newline = false;
    bool structural = false;  // a place to break, not only a comment
    bool blank = false;
    bool space = false;
  };

  const std::vector<Command>& commands_;
  size_t width_;
  // Of a BeginGroup: the columns it needs to stay on the line; SIZE_MAX if it must break.
  std::vector<size_t> fits_in_;
  std::vector<size_t> rest_;
  std::vector<bool> broken_;  // the groups that are open
  Pending pending_;
  bool was_structural_ = true;
  size_t indent_ = 0;
  size_t column_ = 0;
  std::string out_;
};

std::string Document::lay_out(size_t width) const {
  return Layout(*this, width).run();
}

}  // namespace zerodb::zeroql
