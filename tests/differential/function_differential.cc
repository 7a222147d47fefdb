// function_differential [--seed N] [--cases N]
//
// Calls each function of function_pairs.cc with random arguments in both tiers of zerodb and in
// SQLite. The answers must be the same; where zerodb has an error, SQLite has NULL or no finite
// number. Prints the seed and what differs.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "base/random.h"
#include "function_pairs.h"
#include "subject.h"

namespace zerodb::differential {
namespace {

// An argument as each language writes it.
struct Argument {
  std::string zeroql;
  std::string sql;
};

class Arguments {
 public:
  explicit Arguments(uint64_t seed) : random_(seed) {}

  Argument make(char kind) {
    switch (kind) {
      case 'i':
        return same(signed_text(std::to_string(whole())));
      case 'n':
        return same(std::to_string(random_.below(7)));
      case 'b':
        return same(std::to_string(2 + random_.below(15)));
      case 'f':
        return number((unit() - 0.5) * (random_.below(2) == 0 ? 10 : 1e6));
      case 'q':
        return number((static_cast<double>(random_.below(4000)) - 2000) / 4);
      case 'u':
        return number(unit() * 2 - 1);
      case 'p':
        return number((unit() + 1e-9) * 1000);
      case 's':
        return quoted(8, true);
      case 'a':
        return quoted(8, false);
      case 'c':
        return quoted(2, true);
      case 'd':
        return datetime();
      default:
        return json();
    }
  }

 private:
  static Argument same(const std::string& text) { return {text, text}; }
  static std::string signed_text(const std::string& text) {
    return text.front() == '-' ? "(" + text + ")" : text;
  }
  double unit() { return static_cast<double>(random_.below(uint64_t{1} << 53)) / 0x1p53; }
  int64_t whole() {
    const auto size = static_cast<int64_t>(random_.below(3) == 0 ? 1'000'000'000 : 20);
    return static_cast<int64_t>(random_.below(static_cast<uint64_t>(2 * size))) - size;
  }

  static Argument number(double value) {
    std::array<char, 40> text;
    std::snprintf(text.data(), text.size(), "%.17e", value);
    return same(signed_text(text.data()));
  }

  Argument quoted(uint64_t length, bool any) {
    constexpr std::array<std::string_view, 12> kCharacters{"a", "b", "b", "A", "Z",  " ",
                                                           "-", "7", "c", "é", "表", "😀"};
    std::string text = "'";
    for (uint64_t left = length > 2 ? random_.below(length + 1) : 1 + random_.below(2); left > 0;
         --left)
      text += kCharacters[random_.below(any ? kCharacters.size() : 9)];
    return same(text + "'");
  }

  Argument datetime() {
    std::array<char, 60> text;
    std::snprintf(text.data(), text.size(), "%04u-%02u-%02u %02u:%02u:%02u", part(1901, 2199),
                  part(1, 12), part(1, 28), part(0, 23), part(0, 59), part(0, 59));
    std::string ours = text.data();
    ours[10] = 'T';
    return {"d'" + ours + "Z'", "'" + std::string(text.data()) + "'"};
  }
  unsigned part(uint64_t low, uint64_t high) {
    return static_cast<unsigned>(low + random_.below(high - low + 1));
  }

  Argument json() {
    std::string text = "'[";
    const uint64_t count = 1 + random_.below(4);
    for (uint64_t i = 0; i < count; ++i) text += (i > 0 ? ", " : "") + std::to_string(whole());
    return same(text + "]'");
  }

  SeededRandom random_;
};

// The template with its arguments put in; those that are new are made.
std::string filled(std::string_view text, std::map<std::string, Argument>& known,
                   Arguments& arguments, std::string Argument::* language) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '$' || i + 2 >= text.size() || text[i + 2] < '1' || text[i + 2] > '9') {
      out += text[i];
      continue;
    }
    const std::string name(text.substr(i + 1, 2));
    if (!known.contains(name)) known[name] = arguments.make(name.front());
    out += known[name].*language;
    i += 2;
  }
  return out;
}

// Equal, or floats whose last digits differ.
bool agree(const std::string& left, const std::string& right) {
  if (left == right) return true;
  if (left.empty() || right.empty() || left.front() == '\'' || right.front() == '\'') return false;
  char* end = nullptr;
  const double a = std::strtod(left.c_str(), &end);
  if (*end != 0) return false;
  const double b = std::strtod(right.c_str(), &end);
  if (*end != 0) return false;
  return std::abs(a - b) <= 1e-13 * std::max({1.0, std::abs(a), std::abs(b)});
}

class Contest {
 public:
  explicit Contest(uint64_t seed) : arguments_(seed) {
    auto opened = database::Database::open_memory();
    if (!opened) fail("open", opened.error());
    database_ = std::move(*opened);
    for (const std::string tier : {"interpreter", "wasm"}) {
      auto session = database_->create_session();
      if (!session) fail("session", session.error());
      subjects_.push_back({tier, std::move(*session)});
      subjects_.back().must("SET exec.tier = '" + tier + "'");
    }
  }

  // How many cases differed.
  uint64_t run(const FunctionPair& pair, uint64_t cases) {
    uint64_t wrong = 0;
    for (uint64_t i = 0; i < cases && wrong < 3; ++i) {
      std::map<std::string, Argument> known;
      const std::string ours =
          "SELECT " + filled(pair.zeroql, known, arguments_, &Argument::zeroql) + " AS x";
      const std::string theirs = "SELECT " + filled(pair.sql, known, arguments_, &Argument::sql);
      const std::string expected = sqlite_.run(theirs).front().front();
      for (const Subject& subject : subjects_) {
        const Result<Rows> rows = subject.run(ours);
        const std::string found = rows ? rows->front().front() : "none";
        if (agree(found, expected) || (!rows && is_no_number(expected))) continue;
        std::printf("%s, %s\n  %s\n    %s\n  SQLite: %s\n    %s\n", std::string(pair.name).c_str(),
                    subject.name.c_str(), ours.c_str(),
                    rows ? found.c_str() : rows.error().to_string().c_str(), theirs.c_str(),
                    expected.c_str());
        ++wrong;
        break;
      }
    }
    return wrong;
  }

 private:
  static bool is_no_number(const std::string& text) { return text == "inf" || text == "-inf"; }

  Arguments arguments_;
  SqliteConnection sqlite_;
  std::unique_ptr<database::Database> database_;
  std::vector<Subject> subjects_;  // they go before their database
};

}  // namespace
}  // namespace zerodb::differential

int main(int argc, char** argv) {
  uint64_t seed = 1;
  uint64_t cases = 200;
  for (int i = 1; i + 1 < argc; i += 2)
    (std::string_view(argv[i]) == "--seed" ? seed : cases) =
        std::strtoull(argv[i + 1], nullptr, 10);
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  zerodb::differential::Contest contest(seed);
  uint64_t wrong = 0;
  const auto pairs = zerodb::differential::function_pairs();
  for (const auto& pair : pairs) wrong += contest.run(pair, cases);
  std::printf("%zu functions, %llu cases each, %llu differ\n", pairs.size(),
              static_cast<unsigned long long>(cases), static_cast<unsigned long long>(wrong));
  return wrong == 0 ? 0 : 1;
}
