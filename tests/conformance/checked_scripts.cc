// checked_scripts FILE_OR_FOLDER...
//
// Checks the scripts without running them and compares with what running them gives: a statement
// that succeeds has no diagnostic, one that fails has none or one, of the code that it fails with.
// Then damages each statement, by leaving out, putting in or exchanging one token: never more than
// three diagnostics, the statement behind it is still checked, and the fixes that are offered help.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iterator>
#include <string>
#include <vector>

#include "base/property_test.h"
#include "case_file.h"
#include "sema/script_checker.h"
#include "zeroql/lexer.h"
#include "zeroql/render.h"

namespace {

namespace fs = std::filesystem;
using namespace zerodb;
using conformance::CaseFile;

constexpr std::string_view kSentinel = "\n;\nSELECT a FROM sentinel_nowhere";
constexpr size_t kDiagnosticsMax = 3;
// One of so many tokens is damaged.
constexpr size_t kTokenStep = kIsSanitized ? 7 : 1;

class Contest {
 public:
  void run(const CaseFile& file) {
    ++files_;
    compare(file);
    sema::ScriptChecker checker = fresh_;
    for (size_t i = 0; i < file.script.size(); ++i) {
      ++statements_;
      const std::string statement(file.script.text(i));
      damage(file, statement, checker);
      try_fixes(file, statement, checker);
      checker.check(zeroql::parse(statement));
    }
  }

  int report() const {
    std::printf("%zu files, %zu statements, %zu damaged statements, %zu fixes, %zu failures\n",
                files_, statements_, damaged_, fixes_, failures_);
    return failures_ == 0 && files_ > 0 ? 0 : 1;
  }

  void fail(const std::string& what) {
    if (++failures_ <= 30) std::printf("%s\n\n", what.c_str());
  }

 private:
  void compare(const CaseFile& file) {
    sema::ScriptChecker checker = fresh_;
    const zeroql::ParseResult script = zeroql::parse(file.script.source().text());
    const zeroql::Diagnostics diagnostics = zeroql::errors_of(checker.check(script));
    for (size_t i = 0; i < file.script.size(); ++i) {
      if (file.expectations[i].parse_only) continue;
      const uint32_t begin = file.script.span(i).begin;
      const uint32_t end = i + 1 < file.script.size() ? file.script.span(i + 1).begin : UINT32_MAX;
      // A statement may have several mistakes; running it stops at one.
      const auto& expected = file.expectations[i].error;
      size_t count = 0;
      bool has_expected = false;
      std::string found;
      for (const zeroql::Diagnostic& each : diagnostics) {
        if (each.span.begin < begin || each.span.begin >= end) continue;
        ++count;
        has_expected = has_expected || expected == each.code;
        found += zeroql::render(each, script.tree.source());
      }
      if (count == 0 || (has_expected && count <= kDiagnosticsMax)) continue;
      fail(file.path + ": expected " + (expected ? std::string(code_name(*expected)) : "success") +
           "\n" + found);
    }
  }

  void damage(const CaseFile& file, const std::string& text, const sema::ScriptChecker& checker) {
    constexpr std::string_view kInserted[] = {
        "(", ")", "SELECT", "x", ",", "]", "{", "->", "12", "WHERE", "=", ".", "'s'", "none", "AS"};
    const std::vector<zeroql::Token> tokens = zeroql::lex(text).tokens;
    const auto piece = [&](const zeroql::Token& token) {
      return text.substr(token.begin, token.end - token.begin);
    };
    for (size_t i = turn_ % kTokenStep; i + 1 < tokens.size(); i += kTokenStep) {
      const zeroql::Token& token = tokens[i];
      const std::string before = text.substr(0, token.begin);
      examine(file, before + " " + text.substr(token.end), checker);
      const std::string_view inserted = kInserted[turn_++ % std::size(kInserted)];
      examine(file, before + " " + std::string(inserted) + " " + text.substr(token.begin), checker);
      const zeroql::Token& next = tokens[i + 1];
      if (next.kind == zeroql::TokenKind::EndOfInput) continue;
      examine(file, before + piece(next) + " " + piece(token) + text.substr(next.end), checker);
    }
  }

  void examine(const CaseFile& file, const std::string& damaged, sema::ScriptChecker checker) {
    ++damaged_;
    const std::string text = damaged + std::string(kSentinel);
    const zeroql::ParseResult script = zeroql::parse(text);
    const zeroql::Diagnostics found = zeroql::errors_of(checker.check(script));
    const auto is_behind = [&](const zeroql::Diagnostic& each) {
      return each.span.begin > damaged.size() + 1;
    };
    const auto behind = static_cast<size_t>(std::ranges::count_if(found, is_behind));
    // The damage may have made it a statement that is right.
    if (found.size() - behind <= kDiagnosticsMax && behind == 1 &&
        found.back().code == ErrorCode::E0201)
      return;
    std::string all =
        file.path + ": " + std::to_string(found.size()) + " diagnostics\n" + text + "\n";
    for (const zeroql::Diagnostic& each : found) all += zeroql::render(each, script.tree.source());
    fail(all);
  }

  // With a fix applied the mistake is gone, and it brought no other.
  void try_fixes(const CaseFile& file, const std::string& text, const sema::ScriptChecker& before) {
    sema::ScriptChecker checker = before;
    const zeroql::Diagnostics found = zeroql::errors_of(checker.check(zeroql::parse(text)));
    for (const zeroql::Diagnostic& diagnostic : found) {
      for (const zeroql::Fix& fix : diagnostic.fixes)
        try_fix(file, text, diagnostic, fix, found.size(), before);
    }
  }

  void try_fix(const CaseFile& file, const std::string& text, const zeroql::Diagnostic& diagnostic,
               const zeroql::Fix& fix, size_t count, sema::ScriptChecker checker) {
    ++fixes_;
    const std::string fixed =
        text.substr(0, fix.span.begin) + fix.replacement + text.substr(fix.span.end);
    const zeroql::ParseResult script = zeroql::parse(fixed);
    const zeroql::Diagnostics found = zeroql::errors_of(checker.check(script));
    const bool is_there = std::ranges::any_of(found, [&](const zeroql::Diagnostic& each) {
      return each.code == diagnostic.code && each.span == diagnostic.span;
    });
    // What the parser could not read the checker had not seen.
    const bool is_syntax = code_name(diagnostic.code) < "E0200";
    if (!is_there && (is_syntax ? script.diagnostics.empty() : found.size() <= 1 || count > 1))
      return;
    std::string all =
        file.path + ": a fix does not help: " + fix.title + "\n" + text + "\n" + fixed + "\n";
    for (const zeroql::Diagnostic& each : found) all += zeroql::render(each, script.tree.source());
    fail(all);
  }

  const sema::ScriptChecker fresh_;
  size_t files_ = 0;
  size_t statements_ = 0;
  size_t damaged_ = 0;
  size_t fixes_ = 0;
  size_t failures_ = 0;
  size_t turn_ = 0;
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
  Contest contest;
  for (const std::string& path : files) {
    const auto file = conformance::read_case_file(path);
    if (file) {
      contest.run(*file);
    } else {
      contest.fail(path + ": " + file.error().to_string());
    }
  }
  return contest.report();
}
