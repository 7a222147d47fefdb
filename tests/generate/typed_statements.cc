// typed_statements [--seed N] [--statements N]
//
// The checker's verdict against what running shows. Each query is asked of a table whose columns
// have types and of its twin that has none, with the same records: the checker knows everything of
// the one and nothing of the other. What it accepts of the typed table must not fail of a type when
// it runs, and must give the rows that the twin gives. What it refuses for the type of an operand
// must fail on the twin too; mistakes that are only unsafe (listed below) need not. Runs in each
// tier. Prints the seed and what disagrees.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "database/database.h"
#include "database/session.h"
#include "generate/typed_expressions.h"
#include "value/text.h"

namespace zerodb::generate {
namespace {

struct Options {
  uint64_t seed = 1;
  uint64_t statements = 10'000;
};

constexpr const char* kRecords[] = {
    "{ i: 5, f: 1.5, d: 2.25dec, s: 'abc', b: true, o: 3, a: [1, 2, 3], "
    "w: d'2026-01-01T00:00:00Z', u: 3h, y: b'00ff', ob: { k: 1, l: 'z' } }",
    "{ i: -7, f: -0.5, d: -1dec, s: '', b: false, a: [9], "
    "w: d'1969-07-20T20:17:40Z', u: 1d, y: b'', ob: { k: 7, l: 'ä' } }"};

// Refused because the answer is no use or may be missing, though a run can go well: a comparison
// that is never true, a condition or member that may be none, narrowing, decimal with float (the
// values may be equal in kind at run time), a union that is not narrowed.
bool is_unsafe(ErrorCode code) {
  switch (code) {
    case ErrorCode::E0301:
    case ErrorCode::E0303:
    case ErrorCode::E0304:
    case ErrorCode::E0307:
    case ErrorCode::E0308:
    case ErrorCode::E0311:
      return true;
    default:
      return false;
  }
}

// Whether running failed because a value was of the wrong type.
bool is_type_error(ErrorCode code) {
  const std::string_view name = code_name(code);
  return code == ErrorCode::E0904 || name.starts_with("E03") || name.starts_with("E060");
}

using Rows = std::vector<std::vector<Value>>;

struct Outcome {
  bool is_refused = false;  // before it ran
  std::optional<Error> error = {};
  Rows rows = {};
};

std::string text_of(const Rows& rows) {
  std::string text;
  for (const auto& row : rows) {
    for (const Value& value : row) text += literal_text(value) + " | ";
    text += "; ";
  }
  return text;
}

// Whether the rows are equal; numbers may be of other types, as literals adapt to known ones.
bool same(const Rows& left, const Rows& right) {
  return std::ranges::equal(left, right, [](const auto& one, const auto& other) {
    return std::ranges::equal(one, other, [](const Value& a, const Value& b) {
      return equals(a, b) || compare(a, b) == 0;
    });
  });
}

class Contest {
 public:
  Contest() : database_(must(database::Database::open_memory())) {
    session_ = must(database_->create_session());
    run(std::string("DEFINE TABLE typed SCHEMAFULL ( ") + TypedExpressions::kColumns + " )");
    run("DEFINE TABLE twin SCHEMALESS");
    for (size_t i = 0; i < std::size(kRecords); ++i) {
      for (const char* table : {"typed", "twin"})
        run("CREATE " + std::string(table) + ":" + std::to_string(i) + " CONTENT " + kRecords[i]);
    }
  }

  void check(const std::string& statement) {
    const Outcome typed = ask(statement, "typed");
    const Outcome twin = ask(statement, "twin");
    if (typed.is_refused) {
      ++refused_;
      if (!is_unsafe(typed.error->code()) && !twin.error) {
        fail("refused, but runs without types", statement, typed.error->to_string(), twin.rows);
      }
      return;
    }
    if (typed.error) {
      ++failed_;
      if (is_type_error(typed.error->code()))
        fail("accepted, but fails of a type", statement, typed.error->to_string(), {});
      return;
    }
    ++ran_;
    if (!twin.error && !same(twin.rows, typed.rows))
      fail("gives other rows without types", statement, text_of(typed.rows), twin.rows);
  }

  uint64_t failures() const { return failures_; }
  void report(const Options& options) const {
    std::printf(
        "%llu statements: %llu ran, %llu failed of their values, %llu refused; "
        "%llu disagreements\n",
        static_cast<unsigned long long>(options.statements), static_cast<unsigned long long>(ran_),
        static_cast<unsigned long long>(failed_), static_cast<unsigned long long>(refused_),
        static_cast<unsigned long long>(failures_));
  }
  // Each verdict must have been met, or the statements test nothing.
  bool is_balanced(const Options& options) const {
    const uint64_t few = options.statements / 50;
    return ran_ > few && failed_ > few && refused_ > few;
  }

 private:
  template <typename T>
  static T must(Result<T> result) {
    if (!result) {
      std::fprintf(stderr, "%s\n", result.error().to_string().c_str());
      std::exit(1);
    }
    return std::move(*result);
  }

  void run(const std::string& text) { must(must(session_->execute(text))->collect()); }

  Outcome ask(std::string statement, std::string_view table) {
    statement.replace(statement.find('@'), 1, table);
    auto prepared = session_->prepare(statement);
    if (!prepared) return {true, prepared.error()};
    const auto result = session_->execute(**prepared);
    if (!result) return {false, result.error()};
    const auto rows = (*result)->collect();
    if (!rows) return {false, rows.error()};
    return {false, std::nullopt, *rows};
  }

  void fail(std::string_view what, const std::string& statement, const std::string& said,
            const Rows& rows) {
    constexpr uint64_t kReports = 20;
    if (++failures_ > kReports) return;
    std::fprintf(stderr, "%.*s:\n  %s\n  %s\n  %s\n", static_cast<int>(what.size()), what.data(),
                 statement.c_str(), said.c_str(), text_of(rows).c_str());
  }

  std::unique_ptr<database::Database> database_;
  std::unique_ptr<database::Session> session_;
  uint64_t ran_ = 0;
  uint64_t failed_ = 0;
  uint64_t refused_ = 0;
  uint64_t failures_ = 0;
};

}  // namespace
}  // namespace zerodb::generate

int main(int argc, char** argv) {
  using namespace zerodb::generate;
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    (name == "--seed" ? options.seed : options.statements) =
        std::strtoull(argv[i + 1], nullptr, 10);
  }
  std::printf("seed %llu\n", static_cast<unsigned long long>(options.seed));
  TypedExpressions source(options.seed);
  Contest contest;
  for (uint64_t i = 0; i < options.statements; ++i) contest.check(source.select());
  contest.report(options);
  return contest.failures() == 0 && contest.is_balanced(options) ? 0 : 1;
}
