// OutputFormat: the forms in which the shell prints results.
#pragma once

#include <optional>
#include <string_view>

namespace zerodb::cli {

enum class OutputFormat : uint8_t {
  Table,
  Box,
  Vertical,
  Json,
  JsonLines,
  JsonCompact,
  Csv,
  Tsv,
  Markdown
};

inline constexpr std::string_view kOutputFormats =
    "table|box|vertical|json|jsonl|json-compact|csv|tsv|markdown";

std::optional<OutputFormat> output_format_from_name(std::string_view name);

}  // namespace zerodb::cli
