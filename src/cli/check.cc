#include "cli/check.h"

#include <cstdio>
#include <optional>

#include "cli/error_printer.h"
#include "cli/input_file.h"
#include "cli/options.h"
#include "cli/script_files.h"
#include "sema/script_checker.h"
#include "zeroql/render.h"

namespace zerodb::cli {
namespace {

class Check {
 public:
  explicit Check(const CheckOptions& options) : options_(options) {}

  int run() {
    if (options_.json) std::fputs("[", stdout);
    bool is_readable = true;
    for (const std::string& name : options_.schemas) is_readable &= check(name, Report::Nothing);
    for (const std::string& name : options_.files) {
      const auto scripts = scripts_of(name);
      if (!scripts) std::fprintf(stderr, "zerodb: cannot read the folder %s\n", name.c_str());
      is_readable &= scripts.has_value();
      for (const std::string& script : scripts.value_or(std::vector<std::string>()))
        is_readable &= check(script, Report::Everything);
    }
    if (options_.json) std::fputs(count_ > 0 ? "\n]\n" : "]\n", stdout);
    if (!is_readable) return kExitUsage;
    return errors_ > 0 ? kExitStatement : kExitOk;
  }

 private:
  enum class Report : uint8_t { Nothing, Everything };

  bool check(const std::string& name, Report report) {
    std::optional<std::string> text = name == "-" ? read_standard_input() : read_file(name);
    if (!text) {
      std::fprintf(stderr, "zerodb: cannot read %s\n", name.c_str());
      return false;
    }
    const std::string shown = name == "-" ? "standard input" : name;
    const zeroql::ParseResult parsed = zeroql::parse(zeroql::SourceText(std::move(*text), shown));
    for (const zeroql::Diagnostic& each : checker_.check(parsed)) {
      if (report == Report::Nothing) continue;
      ++count_;
      errors_ += each.is_error() ? 1 : 0;
      print(each, parsed.tree.source());
    }
    return true;
  }

  void print(const zeroql::Diagnostic& diagnostic, const zeroql::SourceText& source) const {
    if (!options_.json) {
      const std::string text = zeroql::render(diagnostic, source, colour_of(stdout));
      std::fwrite(text.data(), 1, text.size(), stdout);
      return;
    }
    const std::string text =
        (count_ > 1 ? ",\n" : "\n") + zeroql::to_json(diagnostic, source, source.name());
    std::fwrite(text.data(), 1, text.size(), stdout);
  }

  const CheckOptions& options_;
  sema::ScriptChecker checker_;
  size_t count_ = 0;   // of what was printed
  size_t errors_ = 0;  // of those, what is no warning
};

}  // namespace

int run_check(const CheckOptions& options) {
  return Check(options).run();
}

}  // namespace zerodb::cli
