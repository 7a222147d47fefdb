// Places and edits, in each of the three encodings.
#include "lsp/text_document.h"

#include <gtest/gtest.h>

namespace zerodb::lsp {
namespace text_document_test {

// One character each of 1, 2, 3 and 4 bytes.
constexpr const char* kText = "aé表😀b\r\n\nlast";

void check(PositionEncoding encoding, uint32_t offset, Position expected) {
  const TextDocument document(kText, encoding);
  EXPECT_EQ(document.position(offset), expected) << offset;
  EXPECT_EQ(document.offset(expected), offset);
}

TEST(TextDocument, CountsInUnitsOfTheEncoding) {
  check(PositionEncoding::Utf8, 10, {0, 10});
  check(PositionEncoding::Utf16, 10, {0, 5});
  check(PositionEncoding::Utf32, 10, {0, 4});
  check(PositionEncoding::Utf16, 6, {0, 3});
  check(PositionEncoding::Utf16, 13, {1, 0});
  check(PositionEncoding::Utf16, 18, {2, 4});
}

TEST(TextDocument, TakesPlacesThatAreNone) {
  const TextDocument document(kText, PositionEncoding::Utf16);
  EXPECT_EQ(document.offset(Position{0, 4}), 6u);    // inside of a pair
  EXPECT_EQ(document.offset(Position{0, 99}), 11u);  // behind the line
  EXPECT_EQ(document.offset(Position{99, 0}), 18u);  // behind the text
  EXPECT_EQ(document.position(99), (Position{2, 4}));
  EXPECT_EQ(TextDocument("").offset(Position{0, 0}), 0u);
}

TEST(TextDocument, KnowsAllLineBreaks) {
  const TextDocument document("a\rb\nc\r\nd");
  ASSERT_EQ(document.line_count(), 4u);
  EXPECT_EQ(document.line(0), "a");
  EXPECT_EQ(document.line(2), "c");
  EXPECT_EQ(document.line(3), "d");
}

TEST(TextDocument, IsEdited) {
  TextDocument document("one\ntwo\n");
  document.replace({4, 7}, "2\n3");
  EXPECT_EQ(document.text(), "one\n2\n3\n");
  EXPECT_EQ(document.position(6), (Position{2, 0}));
  document.replace({100, 200}, "!");
  EXPECT_EQ(document.text(), "one\n2\n3\n!");
}

TEST(Json, ReadsAndWrites) {
  const char* text = R"({"a":[1,-2,true,null,"x\"\\\n\u0001é"],"b":{},"c":1.5})";
  const auto json = Json::parse(text);
  ASSERT_TRUE(json.has_value());
  EXPECT_EQ(json->dump(), text);
  EXPECT_EQ((*json)["a"].as_array().size(), 5u);
  EXPECT_TRUE((*json)["nothing"]["at"]["all"].is_null());
  EXPECT_FALSE(Json::parse("{").has_value());
  EXPECT_FALSE(Json::parse(std::string(1000, '[') + std::string(1000, ']')).has_value());
}

}  // namespace text_document_test
}  // namespace zerodb::lsp
