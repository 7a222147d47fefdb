#include "cli/fmt.h"

#include <algorithm>
#include <cstdio>
#include <optional>

#include "cli/input_file.h"
#include "cli/options.h"
#include "cli/replaced_file.h"
#include "cli/script_files.h"
#include "cli/unified_diff.h"

namespace zerodb::cli {
namespace {

void print(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
}

class Fmt {
 public:
  explicit Fmt(const FmtOptions& options) : options_(options) {}

  int run() {
    if (options_.files.empty()) format("-");
    for (const std::string& name : options_.files) {
      const auto scripts = scripts_of(name);
      if (!scripts) fail("cannot read the folder " + name);
      for (const std::string& script : scripts.value_or(std::vector<std::string>())) format(script);
    }
    if (has_failed_ || (options_.check && would_change_)) return kExitUsage;
    return has_mistakes_ ? kExitStatement : kExitOk;
  }

 private:
  void fail(const std::string& message) {
    std::fprintf(stderr, "zerodb: %s\n", message.c_str());
    has_failed_ = true;
  }

  void format(const std::string& name) {
    const bool is_input = name == "-";
    const std::string shown = is_input ? "standard input" : name;
    const std::optional<std::string> text = is_input ? read_standard_input() : read_file(name);
    if (!text) return fail("cannot read " + shown);
    const auto formatted = zeroql::format(*text, options_.layout);
    if (!formatted) return refuse(shown, *text, formatted.error());
    tell_mistakes(shown, *text);
    const bool changes = *formatted != *text;
    would_change_ |= changes;
    if (options_.diff) print(unified_diff(*text, *formatted, shown));
    if (options_.check || options_.diff) {
      if (changes && !options_.diff) print(shown + "\n");
      return;
    }
    if (is_input) return print(*formatted);
    if (!changes) return;
    if (const Status status = replace_file(name, *formatted); !status)
      return fail(std::string(status.error().message()));
    print(name + "\n");
  }

  void refuse(const std::string& shown, const std::string& text, const Error& error) {
    const uint32_t at = error.span() ? error.span()->begin : 0;
    const auto place = zeroql::SourceText(text).position(at);
    fail(shown + ":" + std::to_string(place.line) + ":" + std::to_string(place.column) + ": " +
         error.to_string() + "; the script is left as it is");
  }

  void tell_mistakes(const std::string& shown, const std::string& text) {
    const zeroql::ParseResult parsed = zeroql::parse(text);
    const auto statements = zeroql::split(parsed);
    const auto broken = std::ranges::count_if(
        statements, [](const zeroql::ParsedStatement& each) { return each.error != nullptr; });
    const bool is_unreadable = statements.empty() && !parsed.diagnostics.empty();
    if (broken == 0 && !is_unreadable) return;
    has_mistakes_ = true;
    const auto first = parsed.tree.source().position(parsed.diagnostics.front().span.begin);
    std::fprintf(stderr, "zerodb: %s:%u: %zu %s; see zerodb check\n", shown.c_str(), first.line,
                 static_cast<size_t>(std::max<ptrdiff_t>(broken, 1)),
                 broken <= 1 ? "statement with a mistake is left as it is"
                             : "statements with mistakes are left as they are");
  }

  const FmtOptions& options_;
  bool has_failed_ = false;
  bool would_change_ = false;
  bool has_mistakes_ = false;
};

}  // namespace

int run_fmt(const FmtOptions& options) {
  return Fmt(options).run();
}

}  // namespace zerodb::cli
