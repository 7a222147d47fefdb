// Records what concurrent sessions see, for a judge that knows nothing of the store.
//
//   history_recorder list-append|bank SECONDS FILE [--engine memory|rocksdb]
//                    [--isolation serializable|snapshot] [--seed N] [--plant FAULT]
//
// Eight threads run transactions against one database. list-append: one to five appends to lists
// and reads of them, over a few keys that are replaced by new ones when their lists have grown.
// bank: a transfer between two of eight accounts, whose sums the client computes, or one scan of
// all, whose total stands in the history. An account also holds the number of its last write, so
// that the bank is judged as registers too. The seed decides what each thread asks for, not how
// they interleave. --plant exists in a build with the mistakes of base/store_fault.def.
#include <fmt/format.h>

#include <atomic>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/store_fault.h"
#include "database/database.h"
#include "database/result_set.h"
#include "database/session.h"
#include "history_log.h"
#include "value/json.h"

namespace zerodb::histories {
namespace {

using database::Database;
using database::DatabaseOptions;
using database::Session;
using Client = HistoryLog::Client;
using Rows = std::vector<std::vector<Value>>;

constexpr int64_t kThreads = 8;
constexpr int64_t kLists = 16;           // in use at a time
constexpr int64_t kAppendsPerList = 64;  // then a new key takes its place
constexpr int64_t kAccounts = 8;
constexpr int64_t kOpeningBalance = 100;

struct Options {
  std::string kind;
  int64_t seconds = 0;
  std::string file;
  std::string engine = "memory";
  std::string isolation = "serializable";
  uint64_t seed = 1;
  std::string fault;
};

[[noreturn]] void fail(const std::string& message) {
  fmt::print(stderr, "history_recorder: {}\n", message);
  std::_Exit(2);
}

template <typename T>
T must(Result<T> result) {
  if (!result) fail(result.error().to_string());
  return std::move(*result);
}

Result<Rows> run(Session& session, const std::string& text) {
  auto result = session.execute(text);
  if (!result) return std::unexpected(result.error());
  return (*result)->collect();
}

// What all threads share.
struct Run {
  Options options;
  std::string begin;  // the statement
  Database& database;
  int64_t end_ns;
  std::atomic<int64_t> next_value = 1;
  std::atomic<int64_t> appends[kLists] = {};
};

// How a transaction ended whose statement failed. What is neither a conflict nor an unknown outcome
// must not happen here.
Ending ending_of(const Error& error) {
  if (error.is_retryable()) return Ending::Fail;
  if (error.is_maybe_committed()) return Ending::Info;
  fail(error.to_string());
}

// Runs `body` (Status) between BEGIN and COMMIT.
template <typename Body>
Ending transact(Session& session, const std::string& begin, const Body& body) {
  must(run(session, begin));
  const Status status = body();
  Ending ending = status ? Ending::Ok : ending_of(status.error());
  if (ending == Ending::Ok) {
    const auto committed = run(session, "COMMIT");
    if (!committed) ending = ending_of(committed.error());
  }
  if (session.in_transaction()) must(run(session, "ROLLBACK"));
  return ending;
}

Steps random_list_steps(Run& shared, Random& random) {
  Steps steps(1 + random.below(5));
  for (Step& step : steps) {
    const size_t place = random.below(kLists);
    const bool appends = random.below(2) == 0;
    const int64_t before = appends ? shared.appends[place]++ : shared.appends[place].load();
    step.key = int64_t(place) + kLists * (before / kAppendsPerList);
    if (!appends) continue;
    step.kind = Step::Kind::Append;
    step.value = shared.next_value++;
  }
  return steps;
}

Status run_list_step(Session& session, Step& step) {
  if (step.kind == Step::Kind::Append) {
    const auto done =
        run(session, fmt::format("UPSERT list:{} SET items += [{}]", step.key, step.value));
    return done ? Status() : Status(std::unexpected(done.error()));
  }
  const auto rows = run(session, fmt::format("SELECT items FROM list:{}", step.key));
  if (!rows) return std::unexpected(rows.error());
  step.answer = rows->empty() ? "[]" : zerodb::to_json(rows->at(0).at(0));
  return {};
}

void append_to_lists(Run& shared, Session& session, Random& random, Client& client) {
  Steps steps = random_list_steps(shared, random);
  client.begin(steps);
  const Ending ending = transact(session, shared.begin, [&]() -> Status {
    for (Step& step : steps) {
      const Status status = run_list_step(session, step);
      if (!status) return status;
    }
    return {};
  });
  client.end(ending, steps);
}

// Reads all accounts at once.
void count_money(Run& shared, Session& session, Client& client) {
  Steps steps(kAccounts);
  for (int64_t account = 0; account < kAccounts; ++account) steps[size_t(account)].key = account;
  client.begin(steps);
  int64_t total = 0;
  const Ending ending = transact(session, shared.begin, [&]() -> Status {
    const auto rows = run(session, "SELECT number, balance, version FROM account ORDER BY number");
    if (!rows) return std::unexpected(rows.error());
    for (const auto& row : *rows) {
      total += row[1].as_int64();
      steps.at(size_t(row[0].as_int64())).answer = zerodb::to_json(row[2]);
    }
    return {};
  });
  client.end(ending, steps, ending == Ending::Ok ? fmt::format(R"(,"total":{})", total) : "");
}

Status run_transfer(Session& session, Steps& steps, int64_t amount) {
  int64_t balances[2] = {};
  for (size_t side = 0; side < 2; ++side) {
    const auto rows =
        run(session, fmt::format("SELECT balance, version FROM account:{}", steps[side].key));
    if (!rows) return std::unexpected(rows.error());
    balances[side] = rows->at(0).at(0).as_int64() + (side == 0 ? -amount : amount);
    steps[side].answer = zerodb::to_json(rows->at(0).at(1));
  }
  for (size_t side = 0; side < 2; ++side) {
    const Step& step = steps[2 + side];
    const auto done = run(session, fmt::format("UPDATE account:{} SET balance = {}, version = {}",
                                               step.key, balances[side], step.value));
    if (!done) return std::unexpected(done.error());
  }
  return {};
}

void transfer(Run& shared, Session& session, Random& random, Client& client) {
  const auto from = int64_t(random.below(kAccounts));
  const int64_t to = (from + 1 + int64_t(random.below(kAccounts - 1))) % kAccounts;
  Steps steps(4);
  for (size_t i = 0; i < steps.size(); ++i) steps[i].key = i % 2 == 0 ? from : to;
  for (size_t i = 2; i < steps.size(); ++i) {
    steps[i].kind = Step::Kind::Write;
    steps[i].value = shared.next_value++;
  }
  const auto amount = int64_t(1 + random.below(10));
  client.begin(steps);
  const Ending ending =
      transact(session, shared.begin, [&] { return run_transfer(session, steps, amount); });
  client.end(ending, steps);
}

// The tables; the bank's first transaction is part of the history.
void prepare(Run& shared, Client& client) {
  const auto session = must(shared.database.create_session());
  if (shared.options.kind == "list-append") {
    must(run(*session, "DEFINE TABLE list SCHEMAFULL (items array<int>)"));
    return;
  }
  must(run(*session, "DEFINE TABLE account SCHEMAFULL (number int, balance int, version int)"));
  Steps steps(kAccounts);
  for (int64_t account = 0; account < kAccounts; ++account)
    steps[size_t(account)] = {Step::Kind::Write, account, shared.next_value++};
  client.begin(steps);
  must(run(*session, "BEGIN"));
  for (const Step& step : steps)
    must(run(*session,
             fmt::format("CREATE account:{0} SET number = {0}, balance = {1}, version = {2}",
                         step.key, kOpeningBalance, step.value)));
  must(run(*session, "COMMIT"));
  client.end(Ending::Ok, steps);
}

void work(Run& shared, Client& client, uint64_t seed) {
  const auto session = must(shared.database.create_session());
  SeededRandom random(seed);
  SystemClock clock;
  const bool lists = shared.options.kind == "list-append";
  while (clock.monotonic_ns() < shared.end_ns) {
    if (lists)
      append_to_lists(shared, *session, random, client);
    else if (random.below(4) == 0)
      count_money(shared, *session, client);
    else
      transfer(shared, *session, random, client);
  }
}

int record(const Options& options) {
  const std::string folder = options.file + ".store";
  std::filesystem::remove_all(folder);
  const auto database =
      must(options.engine == "memory" ? Database::open_memory() : Database::open(folder, {}));
  const std::string isolation = options.isolation == "snapshot" ? "SNAPSHOT" : "SERIALIZABLE";
  SystemClock clock;
  Run shared{options, "BEGIN ISOLATION " + isolation, *database,
             clock.monotonic_ns() + options.seconds * 1'000'000'000};
  HistoryLog log;
  std::vector<Client> clients;
  for (int64_t process = 0; process < kThreads; ++process)
    clients.emplace_back(log, process, kThreads);
  prepare(shared, clients[0]);
  std::vector<std::thread> threads;
  for (size_t i = 0; i < clients.size(); ++i)
    threads.emplace_back([&, i] { work(shared, clients[i], options.seed * kThreads + i); });
  for (std::thread& thread : threads) thread.join();

  uint64_t counts[kEndings] = {};
  for (const Client& client : clients)
    for (size_t i = 0; i < kEndings; ++i) counts[i] += client.count(Ending(i));
  if (!HistoryLog::write(options.file, clients)) fail("cannot write " + options.file);
  fmt::print("{} on {}, {}, seed {}: {} committed, {} refused, {} unknown\n", options.kind,
             options.engine, options.isolation, options.seed, counts[0], counts[1], counts[2]);
  return 0;
}

[[noreturn]] void usage() {
  fail(
      "list-append|bank SECONDS FILE [--engine memory|rocksdb] "
      "[--isolation serializable|snapshot] [--seed N] [--plant FAULT]");
}

template <typename T>
T number_of(std::string_view text) {
  T number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) usage();
  return number;
}

Options parse(const std::vector<std::string>& words) {
  if (words.size() < 3 || words.size() % 2 == 0) usage();
  Options options;
  options.kind = words[0];
  options.seconds = number_of<int64_t>(words[1]);
  options.file = words[2];
  for (size_t i = 3; i < words.size(); i += 2) {
    const std::string& value = words[i + 1];
    if (words[i] == "--engine")
      options.engine = value;
    else if (words[i] == "--isolation")
      options.isolation = value;
    else if (words[i] == "--seed")
      options.seed = number_of<uint64_t>(value);
    else if (words[i] == "--plant")
      options.fault = value;
    else
      usage();
  }
  const bool sound = (options.kind == "list-append" || options.kind == "bank") &&
                     (options.engine == "memory" || options.engine == "rocksdb") &&
                     (options.isolation == "serializable" || options.isolation == "snapshot");
  if (!sound) usage();
  return options;
}

void plant(std::string_view name) {
#ifdef ZERODB_STORE_FAULTS
#define ZERODB_STORE_FAULT(fault, meaning, killer) \
  if (name == #fault) planted_store_fault = StoreFault::fault;
#include "base/store_fault.def"
#undef ZERODB_STORE_FAULT
  if (planted_store_fault == StoreFault::None) fail(fmt::format("no fault is called {}", name));
#else
  fail(fmt::format("built without faults; cannot plant {}", name));
#endif
}

}  // namespace
}  // namespace zerodb::histories

int main(int count, char** words) {
  const auto options = zerodb::histories::parse(std::vector<std::string>(words + 1, words + count));
  if (!options.fault.empty()) zerodb::histories::plant(options.fault);
  return zerodb::histories::record(options);
}
