// The choice of line breaks, on documents made by hand.
#include "zeroql/document.h"

#include <gtest/gtest.h>

namespace zerodb::zeroql {
namespace document_test {

using Flat = Document::Flat;

// f(a, b) with a place to break at each element.
Document call() {
  Document out;
  out.begin_group();
  out.text("f(");
  out.indent();
  out.line(Flat::Nothing);
  out.text("aaa,");
  out.line(Flat::Space);
  out.text("bbb");
  out.if_broken(",");
  out.dedent();
  out.line(Flat::Nothing);
  out.text(")");
  out.end_group();
  return out;
}

TEST(Document, AGroupBreaksAllItsPlacesOrNone) {
  EXPECT_EQ(call().lay_out(11), "f(aaa, bbb)");
  EXPECT_EQ(call().lay_out(10), "f(\n  aaa,\n  bbb,\n)");
}

TEST(Document, WhatFollowsAGroupMustFitAsWell) {
  Document out = call();
  out.text(";;;");
  EXPECT_EQ(out.lay_out(14), "f(aaa, bbb);;;");
  EXPECT_EQ(out.lay_out(13), "f(\n  aaa,\n  bbb,\n);;;");
}

TEST(Document, FillBreaksOnlyWhereTheLineIsFull) {
  Document out;
  out.begin_group();
  out.text("1,");
  for (const char* each : {"22,", "333,", "4444"}) {
    out.fill();
    out.text(each);
  }
  out.end_group();
  EXPECT_EQ(out.lay_out(15), "1, 22, 333,\n4444");
  EXPECT_EQ(out.lay_out(16), "1, 22, 333, 4444");
  EXPECT_EQ(out.lay_out(5), "1,\n22,\n333,\n4444");
}

TEST(Document, AForcedBreakBreaksTheGroupsAround) {
  Document out;
  out.begin_group();
  out.text("a");
  out.line(Flat::Space);
  out.begin_group();
  out.text("b");
  out.trailing_text("-- a comment as long as it likes");
  out.comment_break();
  out.end_group();
  out.line(Flat::Space, Document::Blank::Yes);
  out.text("c");
  out.end_group();
  EXPECT_EQ(out.lay_out(80), "a\nb -- a comment as long as it likes\n\nc");
}

TEST(Document, ABreakOnlyForACommentGoesTwoColumnsDeeper) {
  Document out;
  out.text("a");
  out.trailing_text("-- c");
  out.comment_break();
  out.space();
  out.text("b");
  EXPECT_EQ(out.lay_out(80), "a -- c\n  b");
}

TEST(Document, WidthsAreColumnsAndTextsWithLinesCountAtTheirEnds) {
  Document out;
  out.begin_group();
  out.text("'表表'");
  out.line(Flat::Space);
  out.text("b");
  out.end_group();
  EXPECT_EQ(out.lay_out(8), "'表表' b");
  EXPECT_EQ(out.lay_out(7), "'表表'\nb");
  Document lines;
  lines.text("'a\nbb'");
  lines.begin_group();
  lines.text("(");
  lines.line(Flat::Nothing);
  lines.text("c");
  lines.end_group();
  EXPECT_EQ(lines.lay_out(5), "'a\nbb'(c");
  EXPECT_EQ(lines.lay_out(4), "'a\nbb'(\nc");
}

TEST(Document, NothingIsNothing) {
  EXPECT_EQ(Document().lay_out(80), "");
}

}  // namespace document_test
}  // namespace zerodb::zeroql
