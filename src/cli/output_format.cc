#include "cli/output_format.h"

#include <array>
#include <utility>

namespace zerodb::cli {

std::optional<OutputFormat> output_format_from_name(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, OutputFormat>, 9> kNames = {{
      {"table", OutputFormat::Table},
      {"box", OutputFormat::Box},
      {"vertical", OutputFormat::Vertical},
      {"json", OutputFormat::Json},
      {"jsonl", OutputFormat::JsonLines},
      {"json-compact", OutputFormat::JsonCompact},
      {"csv", OutputFormat::Csv},
      {"tsv", OutputFormat::Tsv},
      {"markdown", OutputFormat::Markdown},
  }};
  for (const auto& [known, format] : kNames) {
    if (known == name) return format;
  }
  return std::nullopt;
}

}  // namespace zerodb::cli
