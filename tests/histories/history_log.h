// HistoryLog: what clients asked of the store and what it answered, in the order in which that
// happened.
//
// Clients call begin() before a transaction's first statement and end() after its last, so that a
// transaction which ends before another begins stands before it in the file: a judge may hold the
// store to real time. The format is that of Jepsen as JSON lines: an operation of type invoke, then
// one of type ok, fail (certainly not committed) or info (nobody knows) by the same process.
// Threading: each client belongs to one thread; write() comes after all of them.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

namespace zerodb::histories {

enum class Ending : uint8_t { Ok, Fail, Info };
inline constexpr size_t kEndings = 3;

// One step of a transaction: an append of `value` to a list, a write of it to a register, or a
// read, whose `answer` is JSON; `null` until it is known.
struct Step {
  enum class Kind : uint8_t { Append, Write, Read };
  Kind kind = Kind::Read;
  int64_t key = 0;
  int64_t value = 0;
  std::string answer = "null";
};
using Steps = std::vector<Step>;

inline std::string to_json(const Steps& steps) {
  std::string text = "[";
  for (const Step& step : steps) {
    if (text.size() > 1) text += ',';
    if (step.kind == Step::Kind::Read)
      text += fmt::format(R"(["r",{},{}])", step.key, step.answer);
    else
      text += fmt::format(R"(["{}",{},{}])", step.kind == Step::Kind::Append ? "append" : "w",
                          step.key, step.value);
  }
  return text + "]";
}

class HistoryLog {
 public:
  class Client {
   public:
    // `process` is different from those of all clients and less than `clients`.
    Client(HistoryLog& log, int64_t process, int64_t clients)
        : log_(log), process_(process), clients_(clients) {}

    void begin(const Steps& steps) { add("invoke", steps, ""); }
    // `more` is further members of the line's object, each with a comma before it.
    void end(Ending ending, const Steps& steps, const std::string& more = "") {
      static constexpr const char* kNames[kEndings] = {"ok", "fail", "info"};
      add(kNames[static_cast<size_t>(ending)], steps, more);
      ++counts_[static_cast<size_t>(ending)];
      // What nobody knows may still happen; its process does nothing more.
      if (ending == Ending::Info) process_ += clients_;
    }
    uint64_t count(Ending ending) const { return counts_[static_cast<size_t>(ending)]; }

   private:
    friend class HistoryLog;
    void add(const char* type, const Steps& steps, const std::string& more) {
      const uint64_t moment = log_.moment_.fetch_add(1);
      lines_.emplace_back(
          moment, fmt::format(R"({{"index":{},"type":"{}","process":{},"value":{}{}}})", moment,
                              type, process_, to_json(steps), more));
    }

    HistoryLog& log_;
    int64_t process_;
    int64_t clients_;
    uint64_t counts_[kEndings] = {};
    std::vector<std::pair<uint64_t, std::string>> lines_;
  };

  // False where the file cannot be written.
  static bool write(const std::string& path, const std::vector<Client>& clients) {
    std::vector<const std::pair<uint64_t, std::string>*> lines;
    for (const Client& client : clients)
      for (const auto& line : client.lines_) lines.push_back(&line);
    std::ranges::sort(lines, {}, [](const auto* line) { return line->first; });
    std::ofstream file(path, std::ios::binary);
    for (const auto* line : lines) file << line->second << '\n';
    return bool(file.flush());
  }

 private:
  std::atomic<uint64_t> moment_ = 0;
};

}  // namespace zerodb::histories
