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

std::string visible_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      out += "\\x";
      out += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
      out += "0123456789abcdef"[c & 15];
    } else {
      out += c;
    }
  }
  return out;
}

std::string affected_text(uint64_t count) {
  if (count == 0) return "ok\n";
  return "ok, " + std::to_string(count) + (count == 1 ? " record\n" : " records\n");
}

}  // namespace zerodb::cli
