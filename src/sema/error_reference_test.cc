#include "sema/error_reference.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "sema/error_examples.h"
#include "sema/script_checker.h"
#include "sema/test_page.h"

namespace zerodb::sema {
namespace error_reference_test {

const std::string kPage = ZERODB_SOURCE_DIR "/docs/reference/errors.md";

// The codes that the text gives after the definitions of the examples.
std::string codes_of(std::string_view text) {
  ScriptChecker checker;
  const std::string schema(error_example_schema());
  EXPECT_TRUE(checker.check(zeroql::parse(schema)).empty());
  std::string codes;
  for (const zeroql::Diagnostic& each : checker.check(zeroql::parse(text)))
    codes += (codes.empty() ? "" : " ") + std::string(code_name(each.code));
  return codes;
}

TEST(ErrorExamples, EachWrongOneGivesItsCodeAlone) {
  for (const ErrorExample& example : error_examples())
    EXPECT_EQ(codes_of(example.wrong), code_name(example.code)) << example.wrong;
}

TEST(ErrorExamples, EachRightOneGivesNothing) {
  for (const ErrorExample& example : error_examples())
    EXPECT_EQ(codes_of(example.right), "") << example.right;
}

// With any one of its fixes applied, nothing is wrong with a script.
TEST(ErrorExamples, FixesMakeItRight) {
  size_t fixes = 0;
  for (const ErrorExample& example : error_examples()) {
    ScriptChecker checker;
    checker.check(zeroql::parse(error_example_schema()));
    for (const zeroql::Diagnostic& each : checker.check(zeroql::parse(example.wrong))) {
      for (const zeroql::Fix& fix : each.fixes) {
        ++fixes;
        std::string fixed(example.wrong.substr(0, fix.span.begin));
        fixed += fix.replacement;
        fixed += example.wrong.substr(fix.span.end);
        EXPECT_EQ(codes_of(fixed), "") << example.wrong << "\n" << fixed;
      }
    }
  }
  EXPECT_GE(fixes, 15u);
}

// Up to E0609 the codes belong to the language: the checker alone gives them.
TEST(ErrorExamples, EveryCodeOfTheLanguageIsShown) {
  constexpr std::array kCodes{
#define ZERODB_ERROR(code, sqlstate, error_class, meaning) ErrorCode::code,
#include "base/error_codes.def"
#undef ZERODB_ERROR
  };
  for (const ErrorCode code : kCodes) {
    if (code_name(code) > "E0609") continue;
    const auto unshown = unshown_codes();
    const bool is_unshown = std::any_of(unshown.begin(), unshown.end(),
                                        [&](const UnshownCode& each) { return each.code == code; });
    EXPECT_NE(find_error_example(code) != nullptr, is_unshown) << code_name(code);
  }
}

TEST(ErrorReference, PageIsCurrent) {
  const std::string page = error_reference_page();
  EXPECT_EQ(stored_page(kPage, page, std::getenv("ZERODB_UPDATE")), page)
      << "run this test with ZERODB_UPDATE=1";
}

TEST(ErrorReference, Explanation) {
  EXPECT_EQ(explain_error(ErrorCode::E0410),
            "E0410: write to a whole table without WHERE (`WHERE true`)\n"
            "SQLSTATE 42601; nothing was kept.\n\n"
            "  wrong:  DELETE FROM t\n"
            "  right:  DELETE FROM t WHERE true\n");
}

}  // namespace error_reference_test
}  // namespace zerodb::sema
