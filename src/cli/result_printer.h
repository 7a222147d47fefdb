// ResultPrinter: writes the results of statements in one of the output formats.
//
// For each statement either begin(), any number of row() and end() are called, or affected().
// Errors are written here only in the json-compact format, where they are results; elsewhere they
// go to the error stream (error_printer.h). Threading: belongs to one thread.
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/output_format.h"
#include "database/result_set.h"
#include "value/text.h"
#include "value/value.h"
#include "zeroql/source.h"

namespace zerodb::cli {

class ResultPrinter {
 public:
  virtual ~ResultPrinter() = default;
  virtual void begin(const std::vector<database::Column>& columns, const Names& names) = 0;
  virtual void row(const std::vector<Value>& values) = 0;
  virtual void end() = 0;
  // A statement that gives no rows; formats that other programs read print nothing. Definitions
  // have count 0.
  virtual void affected(uint64_t count) = 0;
  // True if the error was written as a result.
  virtual bool error(const Error& error, zeroql::LineColumn position) = 0;
};

// The stream is borrowed.
std::unique_ptr<ResultPrinter> make_result_printer(OutputFormat format, std::FILE* out);

// For the eyes of a person: control characters as \n, \t or \x1b, so that a value cannot speak to
// the terminal.
std::string visible_text(std::string_view text);
// What a person is told after a statement without rows; a line.
std::string affected_text(uint64_t count);

// The printers by family; see make_result_printer.
// Table, box, markdown. Cells of a column are cut to `widths_max` where it names one.
std::unique_ptr<ResultPrinter> make_aligned_printer(OutputFormat format, std::FILE* out,
                                                    std::vector<size_t> widths_max = {});
// A table (or box) for a screen.
struct Fitting {
  size_t columns = 80;    // of the screen
  bool may_cut = false;   // long values to fit
  bool may_turn = false;  // a line a column where it cannot fit
};
std::unique_ptr<ResultPrinter> make_fitting_printer(OutputFormat format, std::FILE* out,
                                                    Fitting fitting);
std::unique_ptr<ResultPrinter> make_vertical_printer(std::FILE* out);
std::unique_ptr<ResultPrinter> make_json_printer(OutputFormat format,
                                                 std::FILE* out);  // json, jsonl, json-compact
std::unique_ptr<ResultPrinter> make_delimited_printer(OutputFormat format,
                                                      std::FILE* out);  // csv, tsv

}  // namespace zerodb::cli
