#include "cli/lint.h"

#include <cstdio>
#include <filesystem>
#include <optional>

#include "cli/error_printer.h"
#include "cli/input_file.h"
#include "cli/options.h"
#include "cli/replaced_file.h"
#include "cli/script_files.h"
#include "lint/fixer.h"
#include "lint/report.h"

namespace zerodb::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kConfigName = "zerodb.toml";

void print(const std::string& text, std::FILE* to = stdout) {
  std::fwrite(text.data(), 1, text.size(), to);
}

// The configuration file of this folder, or of the nearest above it that has one.
std::optional<fs::path> nearest_config() {
  std::error_code failure;
  fs::path folder = fs::current_path(failure);
  while (!folder.empty()) {
    // A file that is not there is no failure.
    if (fs::is_regular_file(folder / kConfigName, failure)) return folder / kConfigName;
    if (folder == folder.root_path()) break;
    folder = folder.parent_path();
  }
  return std::nullopt;
}

// Says on standard error what cannot be read.
std::optional<zeroql::SourceText> read_script(const std::string& name) {
  std::optional<std::string> text = name == "-" ? read_standard_input() : read_file(name);
  if (!text) {
    std::fprintf(stderr, "zerodb: cannot read %s\n", name.c_str());
    return std::nullopt;
  }
  return zeroql::SourceText(std::move(*text), name == "-" ? "standard input" : name);
}

class Lint {
 public:
  explicit Lint(const LintOptions& options) : options_(options), sarif_(ZERODB_VERSION) {}

  int run() {
    if (!read_config()) return kExitUsage;
    bool is_well = true;
    for (const std::string& name : configuration_.schemas)
      is_well &= learn((root_ / name).string());
    for (const std::string& name : options_.schemas) is_well &= learn(name);
    if (options_.format == LintOptions::Format::Json && !is_fixing_input()) print("[");
    for (const std::string& name : options_.files) is_well &= examine_all(name);
    finish();
    if (!is_well) return kExitUsage;
    return failures_ > 0 ? kExitStatement : kExitOk;
  }

 private:
  // Standard input that is mended goes to standard output, which then holds nothing else.
  bool is_fixing_input() const {
    return options_.fix && options_.files.size() == 1 && options_.files.front() == "-";
  }

  bool read_config() {
    std::optional<fs::path> path;
    if (!options_.config.empty()) path = options_.config;
    if (!path) path = nearest_config();
    if (path) {
      const auto text = read_file(path->string());
      if (!text) {
        std::fprintf(stderr, "zerodb: cannot read %s\n", path->c_str());
        return false;
      }
      auto read = lint::read_configuration(*text, path->string());
      if (!read) {
        print_error(read.error(), stderr);
        return false;
      }
      configuration_ = std::move(*read);
      root_ = path->parent_path();
    }
    linter_.emplace(configuration_);
    return true;
  }

  bool is_excluded(const std::string& name) const {
    if (name == "-") return false;
    std::error_code failure;
    const fs::path root = fs::weakly_canonical(root_.empty() ? fs::path(".") : root_, failure);
    const fs::path path = fs::weakly_canonical(name, failure).lexically_relative(root);
    return configuration_.excludes(path.generic_string());
  }

  bool learn(const std::string& name) {
    const auto source = read_script(name);
    if (!source) return false;
    linter_->learn(zeroql::parse(*source));
    return true;
  }

  bool examine_all(const std::string& name) {
    const auto scripts = scripts_of(name);
    if (!scripts) {
      std::fprintf(stderr, "zerodb: cannot read the folder %s\n", name.c_str());
      return false;
    }
    bool is_well = true;
    for (const std::string& script : *scripts) {
      if (!is_excluded(script)) is_well &= examine(script);
    }
    return is_well;
  }

  bool examine(const std::string& name) {
    auto source = read_script(name);
    if (!source) return false;
    if (options_.fix && !mend(name, *source)) return false;
    const zeroql::ParseResult parsed = zeroql::parse(*source);
    report(linter_->lint(parsed), parsed.tree.source());
    return true;
  }

  bool mend(const std::string& name, zeroql::SourceText& source) {
    const lint::FixedScript fixed = lint::apply_fixes(*linter_, std::string(source.text()));
    fixed_ += fixed.applied;
    if (name == "-") {
      print(fixed.text);
    } else if (fixed.applied > 0) {
      if (const Status status = replace_file(name, fixed.text); !status) {
        print_error(status.error(), stderr);
        return false;
      }
    }
    source = zeroql::SourceText(fixed.text, std::string(source.name()));
    return true;
  }

  void report(const lint::LintResult& result, const zeroql::SourceText& source) {
    failures_ += result.errors.size();
    for (const lint::Finding& each : result.findings)
      failures_ += each.severity >= options_.fail_on ? 1 : 0;
    findings_ += result.findings.size() + result.errors.size();
    if (options_.format == LintOptions::Format::Sarif) {
      sarif_.add(result, source, source.name());
      return;
    }
    for (const zeroql::Diagnostic& each : result.errors) {
      show(zeroql::to_json(each, source, source.name()), zeroql::render(each, source, colour()));
    }
    for (const lint::Finding& each : result.findings)
      show(lint::to_json(each, source, source.name()), lint::render(each, source, colour()));
  }

  zeroql::Colour colour() const { return colour_of(is_fixing_input() ? stderr : stdout); }

  void show(const std::string& json, const std::string& text) {
    if (options_.format == LintOptions::Format::Human) {
      print(text, is_fixing_input() ? stderr : stdout);
      return;
    }
    if (!is_fixing_input()) print((shown_++ > 0 ? ",\n" : "\n") + json);
  }

  void finish() {
    if (options_.fix)
      std::fprintf(stderr, "zerodb: %zu fixes, %zu findings left\n", fixed_, findings_);
    if (is_fixing_input()) return;
    if (options_.format == LintOptions::Format::Json) print(shown_ > 0 ? "\n]\n" : "]\n");
    if (options_.format == LintOptions::Format::Sarif) print(std::move(sarif_).finish());
  }

  const LintOptions& options_;
  lint::Configuration configuration_;
  fs::path root_;  // the folder of the configuration file
  std::optional<lint::Linter> linter_;
  lint::SarifLog sarif_;
  size_t shown_ = 0;
  size_t findings_ = 0;
  size_t failures_ = 0;
  size_t fixed_ = 0;
};

}  // namespace

int run_lint(const LintOptions& options) {
  return Lint(options).run();
}

}  // namespace zerodb::cli
