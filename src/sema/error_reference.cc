#include "sema/error_reference.h"

#include <array>

#include "sema/error_examples.h"

namespace zerodb::sema {
namespace {

constexpr std::array kCodes{
#define ZERODB_ERROR(code, sqlstate, error_class, meaning) ErrorCode::code,
#include "base/error_codes.def"
#undef ZERODB_ERROR
};

struct Chapter {
  std::string_view prefix;
  std::string_view title;
};

constexpr std::array kChapters{
    Chapter{"E00", "Characters and words"},
    Chapter{"E01", "Grammar"},
    Chapter{"E02", "Names"},
    Chapter{"E03", "Types"},
    Chapter{"E04", "Number of rows, safety"},
    Chapter{"E05", "Graph patterns"},
    Chapter{"E06", "Functions and Wasm"},
    Chapter{"E07", "Permissions"},
    Chapter{"E08", "Transactions and consistency"},
    Chapter{"E09", "Values at run time"},
    Chapter{"E10", "Constraints"},
    Chapter{"E11", "Limits and resources"},
    Chapter{"E12", "Storage and cluster"},
};

std::string_view effect_of(ErrorCode code) {
  switch (error_class(code)) {
    case ErrorClass::Definite:
      return "nothing was kept";
    case ErrorClass::Retryable:
      return "nothing was kept; the transaction may be run again";
    case ErrorClass::MaybeCommitted:
      return "the commit may have happened";
  }
  return {};
}

void append_entry(std::string& page, ErrorCode code) {
  page += "\n### " + std::string(code_name(code)) + "\n\n" + std::string(code_meaning(code)) +
          "\n\nSQLSTATE " + std::string(sqlstate(code)) + "; " + std::string(effect_of(code)) +
          ".\n";
  const ErrorExample* example = find_error_example(code);
  if (example == nullptr) return;
  page += "\n```\n" + std::string(example->wrong) + "\n```\n\nRight:\n\n```\n" +
          std::string(example->right) + "\n```\n";
}

}  // namespace

std::string explain_error(ErrorCode code) {
  std::string text = std::string(code_name(code)) + ": " + std::string(code_meaning(code)) +
                     "\nSQLSTATE " + std::string(sqlstate(code)) + "; " +
                     std::string(effect_of(code)) + ".\n";
  if (const ErrorExample* example = find_error_example(code)) {
    text += "\n  wrong:  " + std::string(example->wrong) +
            "\n  right:  " + std::string(example->right) + "\n";
  }
  return text;
}

std::string error_reference_page() {
  std::string page =
      "# Error codes\n\nA code names the rule that is broken. The checker reports it where it can "
      "prove it, else the engine does when the\nstatement runs. `zerodb explain E0203` shows an "
      "entry of this page, which is made from `src/base/error_codes.def` and\n"
      "`src/sema/error_examples.cc`. The examples know these definitions:\n\n```\n" +
      std::string(error_example_schema()) + "```\n";
  for (const Chapter& chapter : kChapters) {
    page += "\n## " + std::string(chapter.prefix) + "xx " + std::string(chapter.title) + "\n";
    for (const ErrorCode code : kCodes) {
      if (code_name(code).starts_with(chapter.prefix)) append_entry(page, code);
    }
  }
  return page;
}

}  // namespace zerodb::sema
