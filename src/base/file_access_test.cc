#include "base/file_access.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <thread>

namespace zerodb {
namespace file_access_test {

namespace fs = std::filesystem;

class FileAccessTest : public testing::Test {
 protected:
  FileAccessTest() {
    std::string name = (fs::temp_directory_path() / "file_access_XXXXXX").string();
    root_ = ::mkdtemp(name.data());
    fs::create_directories(root_ / "open/deep");
    for (const char* file : {"secret.csv", "open/b.csv", "open/a.csv", "open/deep/[c].csv"})
      std::ofstream(root_ / file) << "text of " << file;
    fs::create_symlink("../secret.csv", root_ / "open/link.csv");
    fs::create_symlink("a.csv", root_ / "open/alias.txt");
  }
  ~FileAccessTest() override { fs::remove_all(root_); }

  // The names below the folder, or the code.
  std::string find(const std::string& pattern) const {
    const FileAccess access((root_ / "open").string(), (root_ / "open").string());
    const auto found = access.find(pattern);
    if (!found.has_value()) return std::string(code_name(found.error().code()));
    std::string names;
    for (const std::string& path : *found)
      names += (names.empty() ? "" : " ") + fs::relative(path, root_ / "open").string();
    return names;
  }

  fs::path root_;
};

TEST_F(FileAccessTest, FindsPathsAndPatterns) {
  EXPECT_EQ(find("a.csv"), "a.csv");
  EXPECT_EQ(find((root_ / "open/a.csv").string()), "a.csv");
  EXPECT_EQ(find("deep/../a.csv"), "a.csv");
  EXPECT_EQ(find("[ab].csv"), "a.csv b.csv");
  EXPECT_EQ(find("*/[[]c].csv"), "deep/[c].csv");
  EXPECT_EQ(find("deep/[c].csv"), "deep/[c].csv") << "no pattern matches, but the name is there";
  EXPECT_EQ(find("alias.txt"), "a.csv") << "as the link leads";
  EXPECT_EQ(find("nothing.csv"), "E0624");
  EXPECT_EQ(find("deep"), "E0624") << "a folder is no file";
}

TEST_F(FileAccessTest, LeadsNowhereElse) {
  EXPECT_EQ(find("../secret.csv"), "E0610");
  EXPECT_EQ(find("../nothing.csv"), "E0610") << "what is outside is not looked for";
  EXPECT_EQ(find("deep/../../secret.csv"), "E0610");
  EXPECT_EQ(find("*/../../secret.csv"), "E0610");
  EXPECT_EQ(find("link.csv"), "E0610");
  EXPECT_EQ(find("*.csv"), "E0610") << "the link is among them";
  EXPECT_EQ(find("/etc/passwd"), "E0610");
  EXPECT_EQ(find(std::string("a.csv\0b", 7)), "E0610");
  EXPECT_EQ(find(""), "E0624");
}

// What a pipe has given cannot be asked for again.
TEST_F(FileAccessTest, LooksAheadOnPipes) {
  const std::string path = (root_ / "pipe").string();
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  const auto check = [&](const std::string& sent, bool is_there, const std::string& rest) {
    std::thread writer([&] { std::ofstream(path, std::ios::binary) << sent; });
    auto reader = FileReader::open(path);
    ASSERT_TRUE(reader.has_value());
    EXPECT_EQ(reader->skip("\xef\xbb\xbf"), is_there) << sent;
    EXPECT_EQ(reader->column(), 1u);
    std::string got;
    while (reader->peek() != FileReader::kEnd) got += static_cast<char>(reader->next());
    writer.join();
    EXPECT_EQ(got, rest);
  };
  check("\xef\xbb\xbftext", true, "text");
  check("\xef\xbc\xa1", false, "\xef\xbc\xa1");
  check("\xef\xbb", false, "\xef\xbb");
  check("\xef", false, "\xef");
  check("", false, "");
  // The mark stands across the end of what is read at once.
  const std::string path_of_long = (root_ / "long").string();
  std::ofstream(path_of_long) << std::string((64 << 10) - 1, 'a') << "bcd";
  auto reader = FileReader::open(path_of_long);
  ASSERT_TRUE(reader.has_value());
  for (int i = 0; i < (64 << 10) - 1; ++i) reader->next();
  EXPECT_FALSE(reader->skip("bd"));
  EXPECT_TRUE(reader->skip("bc"));
  EXPECT_EQ(reader->next(), 'd');
  EXPECT_FALSE(reader->skip("e"));
}

TEST_F(FileAccessTest, ReadsBytesAndCountsLines) {
  const std::string path = (root_ / "open/lines").string();
  std::ofstream(path) << std::string(70'000, 'x') << "\n\ny";
  auto file = FileReader::open(path);
  ASSERT_TRUE(file.has_value());
  size_t bytes = 0;
  while (file->peek() != 'y') bytes += file->next() == FileReader::kEnd ? 0 : 1;
  EXPECT_EQ(bytes, 70'002u);
  EXPECT_EQ(file->line(), 3u);
  EXPECT_EQ(file->next(), 'y');
  EXPECT_EQ(file->next(), FileReader::kEnd);
  EXPECT_EQ(file->peek(), FileReader::kEnd);
  EXPECT_TRUE(file->status().has_value());
  EXPECT_FALSE(FileReader::open(path + "?").has_value());
  auto folder = FileReader::open(root_.string());
  ASSERT_TRUE(folder.has_value());
  EXPECT_EQ(folder->next(), FileReader::kEnd);
  EXPECT_EQ(folder->status().error().code(), ErrorCode::E1206);
}

TEST_F(FileAccessTest, TakesRunsOfBytesUpToAnEnd) {
  const std::string path = (root_ / "open/runs").string();
  const std::string_view umlaut = "\xc3\xa4";
  std::string text;
  for (int i = 0; i < 40'000; ++i) text += umlaut;  // more than is read at once
  std::ofstream(path) << text << ",b\n" << umlaut;
  ByteSet ends = {};
  for (const char end : {',', '\n'}) ends[static_cast<unsigned char>(end)] = true;
  auto file = FileReader::open(path);
  ASSERT_TRUE(file.has_value());
  const auto take = [&] {
    std::string taken;
    while (true) {
      const std::string_view run = file->take_until(ends);
      if (run.empty()) return taken;
      taken += run;
    }
  };
  EXPECT_EQ(take(), text);
  EXPECT_EQ(file->column(), 40'001u) << "in code points";
  EXPECT_EQ(file->next(), ',');
  EXPECT_EQ(take(), "b");
  EXPECT_EQ(take(), "");
  EXPECT_EQ(file->next(), '\n');
  EXPECT_EQ(take(), umlaut);
  EXPECT_EQ(file->line(), 2u);
  EXPECT_EQ(file->column(), 2u);
  EXPECT_EQ(take(), "") << "at the end of the file";
  EXPECT_EQ(file->next(), FileReader::kEnd);
}

}  // namespace file_access_test
}  // namespace zerodb
