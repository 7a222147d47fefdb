// Any script is checked without a crash, against a schema with one of everything; what is found
// lies in the text and can be rendered. A statement that passes has a type for each column and
// parameter.
#include <cstdint>
#include <string>

#include "base/assert.h"
#include "sema/script_checker.h"
#include "zeroql/render.h"

namespace {

using namespace zerodb;

constexpr std::string_view kSchema = R"(
DEFINE TYPE email AS string ASSERT $value ~ re'@';
DEFINE ENUM color AS (red, green, blue);
DEFINE TABLE company SCHEMAFULL ( name string, founded datetime? );
DEFINE TABLE person SCHEMAFULL (
  name string, email email? UNIQUE, age u8?, employer record<company>? REFERENCE ON DELETE UNSET, tags array<string>?,
  home { street: string, city: string }?, likes color?, score decimal<10, 2> DEFAULT 0, label string COMPUTED name || '!',
  ASSERT (age IS none OR age < 150)
);
DEFINE INDEX by_age ON person (age DESC, name);
DEFINE TABLE reading SCHEMAFULL ( value f64 ) KEY (sensor string, at datetime);
DEFINE TABLE t SCHEMAFULL ( a int, b string?, c bool, d float, e any );
DEFINE TABLE u SCHEMALESS;
DEFINE EDGE knows FROM person TO person ( since datetime );
DEFINE EDGE owns FROM person | company TO t;
DEFINE VIEW adults (who) AS SELECT name FROM person WHERE age >= 18;
DEFINE FUNCTION tax(amount: decimal, rate: decimal = 0.2dec) RETURNS decimal AS amount * rate;
DEFINE PARAM $limit TYPE int VALUE 10;
DEFINE SEQUENCE ticket;
DEFINE ANALYZER english;
DEFINE ROLE analyst;
LET $x = 1;
)";

const sema::ScriptChecker& prepared() {
  static const sema::ScriptChecker made = [] {
    sema::ScriptChecker checker;
    ASSERT(checker.check(zeroql::parse(kSchema)).empty());
    return checker;
  }();
  return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const zeroql::ParseResult script = zeroql::parse(text);
  sema::ScriptChecker checker = prepared();
  for (const zeroql::Diagnostic& diagnostic : checker.check(script)) {
    ASSERT(diagnostic.span.begin <= diagnostic.span.end && diagnostic.span.end <= size);
    ASSERT(!zeroql::render(diagnostic, script.tree.source()).empty());
    ASSERT(!zeroql::to_json(diagnostic, script.tree.source()).empty());
  }
  return 0;
}
