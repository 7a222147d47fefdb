// LogFile over a file that loses, cuts and mixes up what was not synced, at every kind of moment.
#include "raft/log_file.h"

#include <gtest/gtest.h>

#include <deque>
#include <vector>

#include "base/random.h"

namespace zerodb::raft {
namespace log_file_test {

constexpr size_t kSectorBytes = 64;

class FaultyFile final : public AppendFile {
 public:
  Status append(std::string_view bytes) override {
    if (fails_) return Error(ErrorCode::E1206, "planned");
    contents_ += bytes;
    return ok_status();
  }
  Status sync() override {
    if (fails_) return Error(ErrorCode::E1206, "planned");
    durable_ = contents_.size();
    return ok_status();
  }
  Result<std::string> read_all() const override { return contents_; }
  Status replace(std::string_view bytes) override {
    if (fails_) return Error(ErrorCode::E1206, "planned");
    contents_ = bytes;
    durable_ = contents_.size();
    return ok_status();
  }

  // The power goes: of what was not synced any sectors may be there, and the end may be anywhere.
  void cut_power(Random& random) {
    const size_t kept = durable_ + random.below(contents_.size() - durable_ + 1);
    contents_.resize(kept);
    for (size_t at = durable_; at < kept; at += kSectorBytes - at % kSectorBytes) {
      if (random.below(4) != 0) continue;
      const size_t end = std::min(kept, at + kSectorBytes - at % kSectorBytes);
      std::fill(contents_.begin() + static_cast<std::ptrdiff_t>(at),
                contents_.begin() + static_cast<std::ptrdiff_t>(end), '\0');
    }
    durable_ = contents_.size();
  }
  void fail() { fails_ = true; }
  void heal() { fails_ = false; }
  std::string& contents() { return contents_; }

 private:
  std::string contents_;
  size_t durable_ = 0;
  bool fails_ = false;
};

// What a log should hold.
struct Model {
  HardState hard;
  LogPosition base;
  std::vector<Entry> entries;

  void write(const std::optional<HardState>& new_hard, std::span<const Entry> added) {
    if (new_hard) hard = *new_hard;
    for (const Entry& entry : added) {
      entries.resize(distance(base.index, entry.index) - 1);
      entries.push_back(entry);
    }
  }
  bool is_same(const MemoryStorage& log) const {
    if (log.hard() != hard || log.base() != base) return false;
    if (distance(base.index, log.last()) != entries.size()) return false;
    for (const Entry& entry : entries) {
      if (!(log.entries(entry.index, entry.index, 1).entries.front() == entry)) return false;
    }
    return true;
  }
};

std::vector<Entry> random_entries(const Model& model, Random& random) {
  std::vector<Entry> entries;
  const uint64_t replaced = random.below(4) == 0 ? random.below(model.entries.size() + 1) : 0;
  LogIndex index = model.base.index + (model.entries.size() - replaced);
  for (uint64_t i = random.below(4); i > 0; --i) {
    index = next(index);
    entries.push_back({index, Term(1 + random.below(9)), EntryKind::Normal,
                       Payload(std::string(random.below(150), static_cast<char>('a' + i)))});
  }
  return entries;
}

// Whether the file holds one of the states since the last sync; that one is the model then.
bool adopt(std::vector<Model>& possible, const MemoryStorage& log) {
  for (const Model& model : possible) {
    if (!model.is_same(log)) continue;
    possible = {model};
    return true;
  }
  return false;
}

TEST(LogFile, KeepsWhatWasSyncedThroughPowerCuts) {
  int cuts = 0;
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    SeededRandom random(seed);
    FaultyFile file;
    // The newest state last; a cut leaves any one of them.
    std::vector<Model> possible(1);
    auto log = LogFile::open(file);
    ASSERT_TRUE(log.has_value());
    for (int step = 0; step < 150; ++step) {
      Model model = possible.back();
      const uint64_t dice = random.below(12);
      if (dice < 6) {
        std::optional<HardState> hard;
        if (random.below(2) == 0) hard = HardState{Term(random.below(99)), NodeId(1), LogIndex(2)};
        const std::vector<Entry> entries = random_entries(model, random);
        ASSERT_TRUE(log.value().write(hard, entries).has_value());
        model.write(hard, entries);
        possible.push_back(model);
      } else if (dice < 9) {
        ASSERT_TRUE(log.value().sync().has_value());
        possible = {model};
      } else if (dice == 9 && !model.entries.empty()) {
        const uint64_t count = 1 + random.below(model.entries.size());
        model.base = model.entries[count - 1].position();
        model.entries.erase(model.entries.begin(),
                            model.entries.begin() + static_cast<std::ptrdiff_t>(count));
        ASSERT_TRUE(log.value().compact(model.base.index).has_value());
        possible = {model};
      } else {
        ++cuts;
        file.cut_power(random);
        log = LogFile::open(file);
        ASSERT_TRUE(log.has_value()) << "seed " << seed << ": " << log.error().to_string();
        ASSERT_TRUE(adopt(possible, log.value().storage())) << "seed " << seed << ", step " << step;
      }
    }
  }
  EXPECT_GT(cuts, 200);
}

TEST(LogFile, EveryCutOfTheEndLeavesAPrefix) {
  FaultyFile file;
  auto log = LogFile::open(file).value();
  std::vector<Model> possible(1);
  ASSERT_TRUE(log.sync().has_value());
  const size_t synced = file.contents().size();
  for (uint64_t i = 1; i <= 3; ++i) {
    const std::vector<Entry> entries = {{LogIndex(i), Term(i), EntryKind::Normal, Payload("abc")}};
    const HardState hard{Term(i), NodeId(2), LogIndex()};
    ASSERT_TRUE(log.write(hard, entries).has_value());
    Model model = possible.back();
    model.write(hard, entries);
    possible.push_back(model);
  }
  const std::string whole = file.contents();
  for (size_t size = synced; size <= whole.size(); ++size) {
    FaultyFile cut;
    cut.contents() = whole.substr(0, size);
    const auto recovered = LogFile::open(cut);
    ASSERT_TRUE(recovered.has_value());
    std::vector<Model> candidates = possible;
    EXPECT_TRUE(adopt(candidates, recovered.value().storage())) << size;
  }
}

TEST(LogFile, TellsDamageFromATornEnd) {
  FaultyFile file;
  auto log = LogFile::open(file).value();
  for (uint64_t i = 1; i <= 4; ++i) {
    const std::vector<Entry> entries = {{LogIndex(i), Term(1), EntryKind::Normal, Payload("abc")}};
    ASSERT_TRUE(log.write(std::nullopt, entries).has_value());
    ASSERT_TRUE(log.sync().has_value());
  }
  const std::string whole = file.contents();
  int refused = 0;
  for (size_t at = 0; at < whole.size(); ++at) {
    FaultyFile rotten;
    rotten.contents() = whole;
    rotten.contents()[at] = static_cast<char>(rotten.contents()[at] ^ 0x40);
    const auto opened = LogFile::open(rotten);
    if (opened.has_value()) {
      // Only the last record can be taken for one that was never finished.
      EXPECT_EQ(opened.value().storage().last(), LogIndex(3));
    } else {
      EXPECT_EQ(opened.error().code(), ErrorCode::E1205);
      ++refused;
    }
  }
  EXPECT_GT(refused, static_cast<int>(whole.size()) / 2);
}

TEST(LogFile, RefusesEverythingAfterAFailure) {
  FaultyFile file;
  auto log = LogFile::open(file).value();
  ASSERT_TRUE(log.write(HardState{Term(3), NodeId(1), LogIndex()}, {}).has_value());
  file.fail();
  EXPECT_EQ(log.sync().error().code(), ErrorCode::E1206);
  file.heal();
  EXPECT_EQ(log.sync().error().code(), ErrorCode::E1206);
  EXPECT_EQ(log.write(std::nullopt, {}).error().code(), ErrorCode::E1206);
  EXPECT_EQ(log.reset({LogIndex(5), Term(1)}).error().code(), ErrorCode::E1206);
}

TEST(LogFile, BeginsAgainAfterASnapshot) {
  FaultyFile file;
  auto log = LogFile::open(file).value();
  const HardState hard{Term(7), NodeId(2), LogIndex(1)};
  ASSERT_TRUE(
      log.write(hard, std::vector<Entry>{{LogIndex(1), Term(1), EntryKind::Noop, {}}}).has_value());
  ASSERT_TRUE(log.reset({LogIndex(90), Term(6)}).has_value());
  const auto again = LogFile::open(file).value();
  EXPECT_EQ(again.storage().base(), (LogPosition{LogIndex(90), Term(6)}));
  EXPECT_EQ(again.storage().last(), LogIndex(90));
  EXPECT_EQ(again.storage().hard(), hard);
}

}  // namespace log_file_test
}  // namespace zerodb::raft
