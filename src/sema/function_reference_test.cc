#include "sema/function_reference.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "sema/test_page.h"

namespace zerodb::sema {
namespace function_reference_test {

const std::string kPage = ZERODB_SOURCE_DIR "/docs/reference/functions.md";

TEST(FunctionReference, PageIsCurrent) {
  const std::string page = function_reference_page(*function::Library::create());
  EXPECT_EQ(stored_page(kPage, page, std::getenv("ZERODB_UPDATE")), page)
      << "run this test with ZERODB_UPDATE=1";
}

// Every name has an entry, and every entry a sentence.
TEST(FunctionReference, ShowsAllFunctions) {
  const auto library = function::Library::create();
  const std::string page = function_reference_page(*library);
  for (const function::Function& each : library->functions()) {
    EXPECT_NE(page.find("\n### " + each.signature.name + "\n"), page.npos) << each.signature.name;
    EXPECT_NE(page.find(each.signature.text), page.npos) << each.signature.text;
    EXPECT_TRUE(each.doc.ends_with('.')) << each.signature.name;
  }
  for (const function::AggregateFunction& each : library->aggregates())
    EXPECT_NE(page.find("\n### " + std::string(each.name) + "\n"), page.npos) << each.name;
  EXPECT_NE(page.find("\n### json::each\n"), page.npos);
}

}  // namespace function_reference_test
}  // namespace zerodb::sema
