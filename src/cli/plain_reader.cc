#include <iostream>
#include <string_view>
#include <utility>

#include "cli/line_reader.h"
#include "cli/shell_text.h"

namespace zerodb::cli {
namespace {

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

class PlainReader final : public LineReader {
 public:
  Line read(const std::string& prompt) override {
    Line line;
    std::string next;
    line.text = std::exchange(start_, {});
    std::cout << prompt << line.text << std::flush;
    while (std::getline(std::cin, next)) {
      line.text += next + '\n';
      if (is_complete(line.text)) {
        line.status = Line::Status::Text;
        return line;
      }
      std::cout << "  ... " << std::flush;
    }
    line.status = is_blank(line.text) ? Line::Status::End : Line::Status::Text;
    return line;
  }
  void set_text(std::string text) override { start_ = std::move(text); }

 private:
  std::string start_;
};

}  // namespace

std::unique_ptr<LineReader> make_plain_reader() {
  return std::make_unique<PlainReader>();
}

}  // namespace zerodb::cli
