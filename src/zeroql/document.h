// Document: text with the places where its lines may break, and the choice of those breaks for a
// width.
//
// A group is printed on one line if it fits, together with what follows it up to the next place to
// break; otherwise all its own places break. So a group that breaks lies in groups that break: a
// forced break says no more than a width that is too small, and laying out a text that was laid out
// changes nothing. After D. C. Oppen, "Prettyprinting", TOPLAS 2(4), 1980, and P. Wadler, "A
// prettier printer", 2003. Time is linear in the length. Texts are borrowed. Threading: plain
// value.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace zerodb::zeroql {

class Document {
 public:
  // What a place to break is where its group stays on one line.
  enum class Flat : uint8_t { Space, Nothing };
  // Whether a blank line stands at the place if it breaks.
  enum class Blank : uint8_t { No, Yes };

  // Never broken, though it may hold line breaks of its own. Borrowed.
  void text(std::string_view text);
  // Spaces and breaks that meet count once, the widest of them.
  void space() { add(Op::Space); }
  // Breaks with its group.
  void line(Flat flat, Blank blank = Blank::No);
  // In a group that breaks: breaks only if what follows does not fit on the line.
  void fill(Blank blank = Blank::No);
  // A break that is no place of the layout, demanded by a comment: the line goes on two columns
  // deeper unless a place to break is here as well.
  void comment_break(Blank blank = Blank::No);
  // Behind a comment on a line of its own, whose depth the next line takes.
  void comment_line_end(Blank blank = Blank::No);
  // At the end of a line without regard to its width.
  void trailing_text(std::string_view text);
  // Only where the group breaks.
  void if_broken(std::string_view text);
  void force_break() { add(Op::ForceBreak); }

  void begin_group() { add(Op::BeginGroup); }
  void end_group() { add(Op::EndGroup); }
  void indent() { add(Op::Indent); }
  void dedent() { add(Op::Dedent); }

  // Without a line break at the end; no line ends in blanks unless a text does.
  std::string lay_out(size_t width) const;

 private:
  friend class Layout;

  enum class Op : uint8_t {
    Text,
    TrailingText,
    Space,
    Line,
    SoftLine,
    Fill,
    CommentBreak,
    CommentLineEnd,
    IfBroken,
    ForceBreak,
    BeginGroup,
    EndGroup,
    Indent,
    Dedent,
  };
  struct Command {
    Op op;
    Blank blank = Blank::No;
    uint32_t width = 0;  // in columns, on one line
    std::string_view text = {};
  };
  void add(Op op, Blank blank = Blank::No, std::string_view text = {}, uint32_t width = 0) {
    commands_.push_back({op, blank, width, text});
  }

  std::vector<Command> commands_;
};

}  // namespace zerodb::zeroql
