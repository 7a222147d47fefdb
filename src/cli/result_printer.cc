#include "cli/result_printer.h"

#include "base/assert.h"

namespace zerodb::cli {

std::unique_ptr<ResultPrinter> make_result_printer(OutputFormat format, std::FILE* out) {
  switch (format) {
    case OutputFormat::Table:
    case OutputFormat::Box:
    case OutputFormat::Markdown:
      return make_aligned_printer(format, out);
    case OutputFormat::Vertical:
      return make_vertical_printer(out);
    case OutputFormat::Json:
    case OutputFormat::JsonLines:
    case OutputFormat::JsonCompact:
      return make_json_printer(format, out);
    case OutputFormat::Csv:
    case OutputFormat::Tsv:
      return make_delimited_printer(format, out);
  }
  UNREACHABLE();
}

std::string affected_text(uint64_t count) {
  if (count == 0) return "ok\n";
  return "ok, " + std::to_string(count) + (count == 1 ? " record\n" : " records\n");
}

}  // namespace zerodb::cli
