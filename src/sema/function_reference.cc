#include "sema/function_reference.h"

#include "sema/table_function.h"

namespace zerodb::sema {
namespace {

constexpr std::string_view kHead = R"(# Functions

Made from the declarations; do not edit. Each entry has its signatures, what it does, and examples that the tests run.

- `T`, `K`, `V` and `E` stand for any type, `N` for a type of numbers, `number` for any number. `...` takes any count of arguments, `= value` may be left
  out, and arguments may be given by name: `round(x, digits => 2)`. `const` wants a literal or a parameter; `lazy` is evaluated only if it is needed.
- `x.f(a)` is `f(x, a)`, also without the namespace of the type of `x`: `'a,b'.split(',')` is `string::split('a,b', ',')`.
- An argument of none gives none, unless the entry says more.
- *Stable* functions give the same within a statement, *volatile* ones anew for each row; all others depend on nothing but their arguments.

)";

void append_block(std::string& page, std::string_view text) {
  page += "\n```\n" + std::string(text) + "\n```\n";
}

std::string_view note_of(function::Volatility volatility) {
  switch (volatility) {
    case function::Volatility::Immutable:
      return "";
    case function::Volatility::Stable:
      return " *Stable.*";
    case function::Volatility::Volatile:
      return " *Volatile.*";
  }
  return "";
}

// All overloads of a name in one entry.
void append_entry(std::string& page, std::span<const function::Function* const> overloads) {
  page += "\n### " + overloads.front()->signature.name + "\n";
  std::string signatures;
  for (const function::Function* each : overloads)
    signatures += (signatures.empty() ? "" : "\n") + each->signature.text;
  append_block(page, signatures);
  std::string_view doc;
  for (const function::Function* each : overloads) {
    if (each->doc != doc) page += "\n" + std::string(each->doc);
    if (each->doc != doc) page += std::string(note_of(each->volatility)) + "\n";
    doc = each->doc;
  }
  std::string examples;
  for (const function::Function* each : overloads) {
    if (each->examples.empty()) continue;
    examples += (examples.empty() ? "" : "\n") + std::string(each->examples);
  }
  if (!examples.empty()) append_block(page, examples);
}

void append_chapter(std::string& page, std::string_view title) {
  page += "\n## " + std::string(title) + "\n";
}

void append_plain(std::string& page, std::string_view signature, std::string_view doc,
                  std::string_view examples) {
  page += "\n### " + std::string(signature.substr(0, signature.find('('))) + "\n";
  append_block(page, signature);
  page += "\n" + std::string(doc) + "\n";
  if (!examples.empty()) append_block(page, examples);
}

}  // namespace

std::string function_reference_page(const function::Library& library) {
  std::string page(kHead);
  page.pop_back();
  std::string_view domain;
  for (const function::Function& each : library.functions()) {
    const auto overloads = library.find(each.signature.name);
    if (overloads.front() != &each) continue;
    if (each.domain != domain) append_chapter(page, each.domain);
    domain = each.domain;
    append_entry(page, overloads);
  }
  append_chapter(page, "Aggregates");
  for (const function::AggregateFunction& each : library.aggregates())
    append_plain(page, each.signature, each.doc, each.examples);
  append_chapter(page, "Window functions");
  for (const function::WindowFunction& each : library.windows()) {
    const function::Function* const only = &each.function;
    append_entry(page, {&only, 1});
  }
  append_chapter(page, "Table functions");
  page +=
      "\n`FROM f(..) AS x AT i`: `x` is the element and `i` its position from 0. The arguments may "
      "use the sources before it.\n";
  for (const TableFunctionEntry& each : table_functions())
    append_plain(page, each.signature, each.doc, each.example);
  return page;
}

}  // namespace zerodb::sema
