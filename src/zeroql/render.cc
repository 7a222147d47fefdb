#include "zeroql/render.h"

#include <algorithm>

#include <fmt/format.h>
#include <utf8proc.h>

#include "value/json.h"

namespace zerodb::zeroql {

namespace {

constexpr size_t kTabWidth = 4;

struct Palette {
  std::string_view error, warning, place, help, bold, reset;
};
constexpr Palette kPlain = {"", "", "", "", "", ""};
constexpr Palette kColoured = {"\x1b[1;31m", "\x1b[1;33m", "\x1b[1;34m",
                               "\x1b[1;36m", "\x1b[1m",    "\x1b[0m"};

std::string_view severity_name(Severity severity) {
  return severity == Severity::Error ? "error" : "warning";
}

std::string_view severity_colour(const Palette& palette, Severity severity) {
  return severity == Severity::Error ? palette.error : palette.warning;
}

Heading heading_of(const Diagnostic& diagnostic) {
  return {severity_name(diagnostic.severity), code_name(diagnostic.code), diagnostic.severity};
}

// Calls `each(byte offset, length, width)` for each character; a tab is as wide as it takes to the
// next stop.
template <typename Each>
size_t walk(std::string_view text, size_t column, Each&& each) {
  for (size_t i = 0; i < text.size();) {
    utf8proc_int32_t code = 0;
    const auto found = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data() + i),
                                        static_cast<utf8proc_ssize_t>(text.size() - i), &code);
    const size_t length = found <= 0 ? 1 : static_cast<size_t>(found);
    size_t width = 1;
    if (found > 0 && code == '\t') {
      width = kTabWidth - column % kTabWidth;
    } else if (found > 0 && code >= 0x20) {
      width = static_cast<size_t>(std::max(0, utf8proc_charwidth(code)));
    }
    each(i, length, width);
    column += width;
    i += length;
  }
  return column;
}

// The line as a terminal shall show it: tabs as blanks, what is not text as a substitute.
std::string shown(std::string_view line) {
  std::string out;
  walk(line, 0, [&](size_t i, size_t length, size_t width) {
    const auto c = static_cast<unsigned char>(line[i]);
    if (line[i] == '\t') {
      out.append(width, ' ');
    } else if (c < 0x20 || c == 0x7f || (length == 1 && c >= 0x80)) {
      out += '?';
    } else {
      out += line.substr(i, length);
    }
  });
  return out;
}

// The part of a line that is shown: all of it, or of a very long one what is around the place.
Span cut_around(std::string_view line, uint32_t place) {
  constexpr uint32_t kBytesMax = 400;
  constexpr uint32_t kBytesBefore = 100;
  const auto size = static_cast<uint32_t>(line.size());
  if (size <= kBytesMax) return {0, size};
  const auto is_inside = [&](uint32_t at) {
    return at < size && (static_cast<unsigned char>(line[at]) & 0xc0) == 0x80;
  };
  Span cut;
  cut.begin = std::min(place, size) - std::min({place, size, kBytesBefore});
  while (is_inside(cut.begin)) ++cut.begin;
  cut.end = std::min(size, cut.begin + kBytesMax);
  while (is_inside(cut.end)) ++cut.end;
  return cut;
}

class Renderer {
 public:
  Renderer(const SourceText& source, const Palette& palette, size_t gutter)
      : source_(source), palette_(palette), gutter_(gutter) {}

  void header(const Heading& heading, const Diagnostic& diagnostic) {
    out_ += fmt::format("{}{}[{}]{}{}: {}{}\n", severity_colour(palette_, heading.colour_as),
                        heading.severity, heading.code, palette_.reset, palette_.bold,
                        diagnostic.message, palette_.reset);
    place(diagnostic.span, "-->");
    out_ += fmt::format("{}{} |{}\n", palette_.place, std::string(gutter_, ' '), palette_.reset);
  }

  void place(Span span, std::string_view arrow) {
    const LineColumn at = source_.position(span.begin);
    out_ += fmt::format("{}{}{}{} {}:{}:{}\n", palette_.place, std::string(gutter_, ' '), arrow,
                        palette_.reset, source_.name(), at.line, at.column);
  }

  // The line of the span, and the span underlined.
  void excerpt(Span span, char mark, std::string_view text, std::string_view colour) {
    const LineColumn at = source_.position(span.begin);
    const uint32_t line_begin = source_.line_start(at.line);
    if (at.line != shown_line_) cut_ = cut_around(source_.line(at.line), span.begin - line_begin);
    const std::string_view line = source_.line(at.line).substr(cut_.begin, cut_.end - cut_.begin);
    const size_t cut_begin = line_begin + cut_.begin;
    const size_t begin = std::min(std::max<size_t>(span.begin, cut_begin) - cut_begin, line.size());
    const size_t end =
        std::clamp(std::max<size_t>(span.end, cut_begin) - cut_begin, begin, line.size());
    const size_t from = display_width(line.substr(0, begin));
    const size_t width = std::max<size_t>(display_width(line.substr(begin, end - begin), from), 1);
    if (at.line != shown_line_) {
      out_ += fmt::format("{}{:>{}} |{} {}\n", palette_.place, at.line, gutter_, palette_.reset,
                          shown(line));
    }
    shown_line_ = at.line;
    out_ += fmt::format("{}{} |{} {}{}{}{}{}{}\n", palette_.place, std::string(gutter_, ' '),
                        palette_.reset, std::string(from, ' '), colour, std::string(width, mark),
                        text.empty() ? "" : " ", text, palette_.reset);
  }

  void help(std::string_view text) {
    out_ += fmt::format("{}{} ={} {}help{}: {}\n", palette_.place, std::string(gutter_, ' '),
                        palette_.reset, palette_.help, palette_.reset, text);
  }

  std::string take() && { return std::move(out_); }

 private:
  const SourceText& source_;
  const Palette& palette_;
  size_t gutter_;
  uint32_t shown_line_ = 0;
  Span cut_;  // the part of that line that is shown, from its begin
  std::string out_;
};

}  // namespace

size_t display_width(std::string_view text, size_t start) {
  return walk(text, start, [](size_t, size_t, size_t) {}) - start;
}

std::string render(const Diagnostic& diagnostic, const SourceText& source, Colour colour) {
  return render(heading_of(diagnostic), diagnostic, source, colour);
}

std::string render(const Heading& heading, const Diagnostic& diagnostic, const SourceText& source,
                   Colour colour) {
  const Palette& palette = colour == Colour::On ? kColoured : kPlain;
  uint32_t last_line = source.position(diagnostic.span.begin).line;
  for (const Label& label : diagnostic.labels)
    last_line = std::max(last_line, source.position(label.span.begin).line);
  Renderer renderer(source, palette, fmt::format("{}", last_line).size());
  renderer.header(heading, diagnostic);
  renderer.excerpt(diagnostic.span, '^', diagnostic.note,
                   severity_colour(palette, heading.colour_as));
  for (const Label& label : diagnostic.labels)
    renderer.excerpt(label.span, '-', label.text, palette.place);
  if (!diagnostic.help.empty()) renderer.help(diagnostic.help);
  return std::move(renderer).take();
}

std::string to_json(const Diagnostic& diagnostic, const SourceText& source) {
  return to_json(heading_of(diagnostic), diagnostic, source);
}

std::string to_json(const Heading& heading, const Diagnostic& diagnostic,
                    const SourceText& source) {
  const LineColumn begin = source.position(diagnostic.span.begin);
  const LineColumn end = source.position(diagnostic.span.end);
  std::string out =
      fmt::format(R"({{"severity":"{}","code":"{}","message":)", heading.severity, heading.code);
  append_json_string(out, diagnostic.message);
  out += fmt::format(
      R"(,"line":{},"column":{},"end_line":{},"end_column":{},"begin":{},"end":{},"note":)",
      begin.line, begin.column, end.line, end.column, diagnostic.span.begin, diagnostic.span.end);
  append_json_string(out, diagnostic.note);
  out += R"(,"labels":[)";
  for (const Label& label : diagnostic.labels) {
    if (out.back() == '}') out += ',';
    out += fmt::format(R"({{"begin":{},"end":{},"text":)", label.span.begin, label.span.end);
    append_json_string(out, label.text);
    out += '}';
  }
  out += R"(],"help":)";
  append_json_string(out, diagnostic.help);
  out += R"(,"fixes":[)";
  for (const Fix& fix : diagnostic.fixes) {
    if (out.back() == '}') out += ',';
    out += fmt::format(R"({{"begin":{},"end":{},"replacement":)", fix.span.begin, fix.span.end);
    append_json_string(out, fix.replacement);
    out += R"(,"title":)";
    append_json_string(out, fix.title);
    out += '}';
  }
  return out + "]}";
}

std::string to_json(const Diagnostic& diagnostic, const SourceText& source, std::string_view file) {
  std::string out = R"({"file":)";
  append_json_string(out, file);
  return out + "," + to_json(diagnostic, source).substr(1);
}

}  // namespace zerodb::zeroql
