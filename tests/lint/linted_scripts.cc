// linted_scripts FILE_OR_FOLDER...
//
// Lints the scripts of the corpus. A statement that succeeds there is right and says what it gives,
// so the rules of correctness must find nothing in it, but for what the table below excuses: places
// where a test asks for just what a rule warns of. Then every fix that claims to change nothing is
// applied, and the mended script must give what the script says.
#include <stdlib.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "case_file.h"
#include "case_runner.h"
#include "lint/fixer.h"
#include "lint/report.h"

namespace {

namespace fs = std::filesystem;
using namespace zerodb;

// Where tests of the language do on purpose what a rule of correctness warns of.
struct Excuse {
  std::string_view code;
  std::string_view file;
  std::string_view reason;
};
constexpr Excuse kExcuses[] = {
    {"ZL201", "expression/absence.zql", "what NOT makes of an order with none"},
    {"ZL201", "select/joins_and_subqueries.zql", "the same as a condition"},
    {"ZL211", "permission/fail_reading.zql", "to its user a hidden field is none"},
    {"ZL202", "select/common_tables.zql", "a recursion that only LIMIT ends"},
    {"ZL202", "select/joins_and_subqueries.zql", "offsets behind the last row"},
    {"ZL202", "select/table_functions.zql", "a series that is not made as a whole"},
    {"ZL203", "lint/fixes.zql", "the rule's own"},
    {"ZL207", "match/paths.zql", "quantifiers of all kinds, on a few edges"},
    {"ZL208", "select/correlated.zql", "halves of small numbers"},
    {"ZL210", "match/paths.zql", "paths that are only counted"},
    {"ZL210", "lint/fixes.zql", "the rule's own"},
    {"ZL210", "match/fail_graph_and_transactions.zql", "paths that are only counted"},
    {"ZL210", "session/fail_session.zql", "a parameter that is bound twice"},
    {"ZL211", "create/create.zql", "a generated id is there"},
    {"ZL211", "expression/composite.zql", "constants in CASE"},
    {"ZL211", "expression/limits.zql", "a branch that is not taken may fail"},
    {"ZL211", "insert/fail_rules.zql", "a default that differs each time is there"},
    {"ZL211", "insert/rules.zql", "the same"},
    {"ZL212", "update/fail_paths_and_ids.zql", "the order of assignments"},
    {"ZL212", "update/paths_and_ids.zql", "the same"},
    {"ZL213", "expression/case_of_all.zql", "a CASE that leaves a variant out gives none"},
};

std::string read_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// Only rules whose fixes claim that nothing changes.
lint::Configuration equivalent_only() {
  lint::Configuration configuration;
  for (const lint::Rule* rule : lint::rules()) {
    if (rule->fix != lint::FixKind::Equivalent)
      configuration.severities[rule->code] = lint::Severity::Off;
  }
  return configuration;
}

class Contest {
 public:
  explicit Contest(fs::path scratch)
      : scratch_(std::move(scratch)), equivalent_(equivalent_only()) {}

  void run(const std::string& path) {
    ++files_;
    const auto file = conformance::read_case_file(path);
    if (!file) {
      fail(path + ": " + file.error().to_string());
      return;
    }
    examine(*file);
    mend(*file);
  }

  int report() const {
    for (const auto& [code, count] : findings_)
      std::printf("%s %zu\n", std::string(code).c_str(), count);
    std::printf("%zu files, %zu fixes, %zu failures\n", files_, fixes_, failures_);
    size_t idle = 0;
    for (const lint::Rule* rule : lint::rules()) {
      if (rule->fix != lint::FixKind::Equivalent || mended_.contains(rule->code)) continue;
      ++idle;
      std::printf("%s mended nothing\n", std::string(rule->code).c_str());
    }
    for (size_t i = 0; i < std::size(kExcuses); ++i) {
      if (used_.contains(i)) continue;
      ++idle;
      std::printf("%s excuses nothing in %s\n", std::string(kExcuses[i].code).c_str(),
                  std::string(kExcuses[i].file).c_str());
    }
    return failures_ == 0 && idle == 0 && files_ > 0 && fixes_ > 0 ? 0 : 1;
  }

 private:
  void examine(const conformance::CaseFile& file) {
    lint::Linter linter = fresh_;
    const zeroql::ParseResult script =
        zeroql::parse(zeroql::SourceText(read_text(file.path), file.path));
    for (const lint::Finding& finding : linter.lint(script).findings) {
      ++findings_[finding.rule->code];
      if (!finding.rule->code.starts_with("ZL2") || !succeeds(file, finding.span.begin)) continue;
      if (is_excused(finding, file.path)) continue;
      fail(lint::render(finding, script.tree.source()));
    }
  }

  bool is_excused(const lint::Finding& finding, const std::string& path) {
    for (size_t i = 0; i < std::size(kExcuses); ++i) {
      if (kExcuses[i].code != finding.rule->code || !path.ends_with(kExcuses[i].file)) continue;
      used_.insert(i);
      return true;
    }
    return false;
  }

  static bool succeeds(const conformance::CaseFile& file, uint32_t place) {
    size_t at = 0;
    while (at + 1 < file.script.size() && file.script.span(at + 1).begin <= place) ++at;
    return file.script.size() > 0 && !file.expectations[at].error &&
           !file.expectations[at].parse_only;
  }

  void mend(const conformance::CaseFile& file) {
    const std::string text = read_text(file.path);
    const lint::FixedScript fixed = lint::apply_fixes(equivalent_, text);
    if (fixed.applied == 0) return;
    fixes_ += fixed.applied;
    note_mended(text, fixed.text);
    const std::string path = (scratch_ / fs::path(file.path).filename()).string();
    std::ofstream(path, std::ios::binary) << fixed.text;
    const auto mended = conformance::read_case_file(path);
    if (!mended || mended->script.size() != file.script.size()) {
      fail(file.path + ": with its fixes the script falls apart in other statements");
      return;
    }
    conformance::RunOptions options;
    options.scratch = scratch_.string();
    if (conformance::run_case_file(file, options).failures > 0)
      fail(file.path + ": the script gives something else than it says");
    if (conformance::run_case_file(*mended, options).failures > 0)
      fail(file.path + ": with its fixes the script gives something else");
  }

  // The rules that have fewer findings after the fixes.
  void note_mended(const std::string& before, const std::string& after) {
    std::map<std::string_view, int> counts;
    for (const auto& [text, step] : {std::pair(&before, 1), std::pair(&after, -1)}) {
      lint::Linter linter = equivalent_;
      for (const lint::Finding& finding : linter.lint(zeroql::parse(*text)).findings)
        counts[finding.rule->code] += step;
    }
    for (const auto& [code, count] : counts) {
      if (count > 0) mended_.insert(code);
    }
  }

  void fail(const std::string& what) {
    if (++failures_ <= 40) std::printf("%s\n", what.c_str());
  }

  fs::path scratch_;
  const lint::Linter fresh_;
  const lint::Linter equivalent_;
  std::map<std::string_view, size_t> findings_;
  std::set<std::string_view> mended_;  // codes of rules
  std::set<size_t> used_;              // positions in kExcuses
  size_t files_ = 0;
  size_t fixes_ = 0;
  size_t failures_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> files;
  for (int i = 1; i < argc; ++i) {
    if (!fs::is_directory(argv[i])) {
      files.emplace_back(argv[i]);
      continue;
    }
    for (const auto& entry : fs::recursive_directory_iterator(argv[i])) {
      if (entry.path().extension() == ".zql") files.push_back(entry.path().string());
    }
  }
  std::ranges::sort(files);
  std::string scratch = (fs::temp_directory_path() / "zerodb_linted_XXXXXX").string();
  if (mkdtemp(scratch.data()) == nullptr) return 2;
  Contest contest{fs::path(scratch)};
  for (const std::string& path : files) contest.run(path);
  std::error_code ignored;
  fs::remove_all(scratch, ignored);
  return contest.report();
}
