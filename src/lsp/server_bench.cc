// One keystroke in a script of 10,000 lines, until its diagnostics are out, and completion behind
// it.
#include <benchmark/benchmark.h>

#include <algorithm>

#include "base/clock.h"
#include "lsp/server.h"

namespace zerodb::lsp {
namespace {

constexpr const char* kUri = "file:///w/q.zql";

class NoFiles final : public FileSource {
 public:
  std::vector<std::string> scripts(const std::string& /*folder*/) override { return {}; }
  std::optional<std::string> read(const std::string& /*uri*/) override { return std::nullopt; }
};

std::string script_of(int lines) {
  std::string text = "DEFINE TABLE person SCHEMAFULL ( name string, age int, city string? );\n";
  for (int i = 1; i < lines; ++i)
    text += "SELECT name, age + 1 AS next FROM person AS p WHERE p.age > 18 ORDER BY name;\n";
  return text;
}

void run(Server& server, const Json& message) {
  server.receive(message.dump());
  while (server.has_work()) server.step();
}

Json at(int line, int character) {
  return Json::object({{"line", line}, {"character", character}});
}

// Types a digit in the middle of the script and takes it out again.
Json keystroke(int version, int line) {
  const bool types = version % 2 == 0;
  Json changes = Json::array();
  changes.push(Json::object(
      {{"range", Json::object({{"start", at(line, 62)}, {"end", at(line, types ? 62 : 63)}})},
       {"text", types ? "0" : ""}}));
  return Json::object(
      {{"method", "textDocument/didChange"},
       {"params",
        Json::object({{"textDocument", Json::object({{"uri", kUri}, {"version", version}})},
                      {"contentChanges", std::move(changes)}})}});
}

void open(Server& server, int lines) {
  run(server, Json::object({{"id", 1},
                            {"method", "initialize"},
                            {"params", Json::object({{"capabilities", Json::object({})}})}}));
  run(server,
      Json::object(
          {{"method", "textDocument/didOpen"},
           {"params",
            Json::object(
                {{"textDocument",
                  Json::object({{"uri", kUri}, {"version", 1}, {"text", script_of(lines)}})}})}}));
}

void keystroke_to_diagnostics(benchmark::State& state) {
  NoFiles files;
  const auto lines = static_cast<int>(state.range(0));
  size_t sent = 0;
  Server server(files, [&](const std::string&) { ++sent; }, "bench");
  open(server, lines);
  int version = 2;
  for (auto _ : state) {
    const size_t before = sent;
    server.receive(keystroke(version++, lines / 2).dump());
    while (sent == before) server.step();
  }
}
BENCHMARK(keystroke_to_diagnostics)->Arg(100)->Arg(10'000)->Unit(benchmark::kMillisecond);

// Types a digit in a name of the only definition, on which every other statement depends.
void keystroke_in_definition(benchmark::State& state) {
  NoFiles files;
  const auto lines = static_cast<int>(state.range(0));
  size_t sent = 0;
  Server server(files, [&](const std::string&) { ++sent; }, "bench");
  open(server, lines);
  int version = 2;
  for (auto _ : state) {
    const size_t before = sent;
    server.receive(keystroke(version++, 0).dump());
    while (sent == before) server.step();
  }
}
BENCHMARK(keystroke_in_definition)->Arg(100)->Arg(10'000)->Unit(benchmark::kMillisecond);

// Until the linter is done as well.
void keystroke_to_findings(benchmark::State& state) {
  NoFiles files;
  const auto lines = static_cast<int>(state.range(0));
  Server server(files, [](const std::string&) {}, "bench");
  open(server, lines);
  int version = 2;
  for (auto _ : state) run(server, keystroke(version++, lines / 2));
}
BENCHMARK(keystroke_to_findings)->Arg(100)->Arg(10'000)->Unit(benchmark::kMillisecond);

// The longest that a message waits while the linter works.
void longest_step_of_the_linter(benchmark::State& state) {
  NoFiles files;
  const auto lines = static_cast<int>(state.range(0));
  size_t sent = 0;
  SystemClock clock;
  Server server(files, [&](const std::string&) { ++sent; }, "bench");
  open(server, lines);
  int version = 2;
  for (auto _ : state) {
    const size_t before = sent;
    server.receive(keystroke(version++, lines / 2).dump());
    while (sent == before) server.step();
    int64_t longest_ns = 0;
    while (server.has_work()) {
      const int64_t begin = clock.monotonic_ns();
      server.step();
      longest_ns = std::max(longest_ns, clock.monotonic_ns() - begin);
    }
    state.SetIterationTime(static_cast<double>(longest_ns) / 1e9);
  }
}
BENCHMARK(longest_step_of_the_linter)->Arg(10'000)->UseManualTime()->Unit(benchmark::kMillisecond);

void completion(benchmark::State& state) {
  NoFiles files;
  const auto lines = static_cast<int>(state.range(0));
  Server server(files, [](const std::string&) {}, "bench");
  open(server, lines);
  for (auto _ : state) {
    run(server,
        Json::object({{"id", 2},
                      {"method", "textDocument/completion"},
                      {"params", Json::object({{"textDocument", Json::object({{"uri", kUri}})},
                                               {"position", at(lines / 2, 9)}})}}));
  }
}
BENCHMARK(completion)->Arg(100)->Arg(10'000)->Unit(benchmark::kMillisecond);

// What an editor asks for when typing pauses: of so many lines in the middle of a long script.
void ask(benchmark::State& state, const char* method) {
  NoFiles files;
  Server server(files, [](const std::string&) {}, "bench");
  constexpr int kLines = 10'000;
  open(server, kLines);
  const auto lines = static_cast<int>(state.range(0));
  const int first = (kLines - lines) / 2;
  const Json range = Json::object({{"start", at(first, 0)}, {"end", at(first + lines - 1, 10)}});
  for (auto _ : state) {
    run(server,
        Json::object({{"id", 2},
                      {"method", method},
                      {"params", Json::object({{"textDocument", Json::object({{"uri", kUri}})},
                                               {"range", range}})}}));
  }
}
BENCHMARK_CAPTURE(ask, hints, "textDocument/inlayHint")
    ->Arg(50)
    ->Arg(10'000)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(ask, colours, "textDocument/semanticTokens/range")
    ->Arg(50)
    ->Arg(10'000)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(ask, actions, "textDocument/codeAction")->Arg(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace zerodb::lsp
