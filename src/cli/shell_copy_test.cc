#include "cli/shell_copy.h"

#include <gtest/gtest.h>

namespace zerodb::cli {
namespace shell_copy_test {

void check(std::string_view arguments, std::string_view expected) {
  EXPECT_EQ(copy_statement(arguments, "/srv/ann").value_or("none"), expected) << arguments;
}

TEST(ShellCopy, FindsTheFile) {
  check("person FROM a.csv", "COPY person FROM '/srv/ann/a.csv'");
  check("person (name, age) from 'a b.csv' WITH (format = 'csv')",
        "COPY person (name, age) from '/srv/ann/a b.csv' WITH (format = 'csv')");
  check("(SELECT name FROM person) TO out/it's.json",
        "COPY (SELECT name FROM person) TO '/srv/ann/out/it''s.json'");
  check("person TO /tmp/x.csv", "COPY person TO '/tmp/x.csv'");
  check("person FROM ../a-1.csv WITH (header = true)",
        "COPY person FROM '/srv/ann/../a-1.csv' WITH (header = true)");
}

TEST(ShellCopy, LeavesWhatIsNoFile) {
  check("person TO stdout", "COPY person TO stdout");
  check("person FROM $file", "COPY person FROM $file");
  check("person", "none");
  check("person FROM", "none");
  check("person FROM ''", "none");
  check("(SELECT 1 FROM person", "none");
}

}  // namespace shell_copy_test
}  // namespace zerodb::cli
