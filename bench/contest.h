// Contest: us and peers doing the same work in turn, several times, in one process; medians, spread
// and the ratio are printed.
//
// Absolute times depend on the machine and its neighbours; the ratio of one run does not, so that
// is the figure to quote.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace zerodb::bench {

struct Contestant {
  std::string name;
  // Does the work once; gives nanoseconds, of only the part that counts.
  std::function<double()> run;
  double operations = 0;  // in one run; 0: as many as the contest says
};

struct Contest {
  std::string title;
  std::string unit;                     // what one operation is
  double operations = 1;                // in one run
  int runs = 5;                         // after one that warms up
  std::vector<Contestant> contestants;  // ours first
};

// Runs the contestants alternately and prints a table.
void hold(const Contest& contest);

// Nanoseconds since some start.
double now_ns();
// Ends the benchmark with a message: a figure from a failed run would be worse than none.
[[noreturn]] void fail(const std::string& what);

// Keeps the compiler from removing work whose result nobody uses.
template <typename T>
inline void keep(const T& value) {
  asm volatile("" : : "g"(&value) : "memory");
}

// A fresh folder for one benchmark, removed when the guard goes.
class Scratch {
 public:
  Scratch();
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  std::string path(const std::string& name) const { return folder_ + "/" + name; }

 private:
  std::string folder_;
};

void point_read();       // P1
void durable_writes();   // P2
void bulk_load();        // P3
void copy_csv();         // COPY
void filter_count();     // P4
void queries();          // P5, P7, P8
void compile_latency();  // P12
void resident_memory();  // P17
void clear_table();      // P18
void front_end();        // lexing, parsing, checking

}  // namespace zerodb::bench
