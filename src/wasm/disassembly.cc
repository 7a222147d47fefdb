#include "wasm/disassembly.h"

#include <bit>
#include <cstring>
#include <optional>
#include <string_view>

namespace zerodb::wasm {

namespace {

class Reader {
 public:
  explicit Reader(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  bool is_at_end() const { return at_ >= bytes_.size(); }
  uint8_t byte() { return is_at_end() ? uint8_t{0} : bytes_[at_++]; }
  uint64_t number() {
    uint64_t value = 0;
    for (uint32_t shift = 0; shift < 64; shift += 7) {
      const uint8_t group = byte();
      value |= static_cast<uint64_t>(group & 0x7f) << shift;
      if ((group & 0x80) == 0) break;
    }
    return value;
  }
  int64_t signed_number() {
    uint64_t value = 0;
    uint32_t shift = 0;
    uint8_t group = 0;
    do {
      group = byte();
      value |= static_cast<uint64_t>(group & 0x7f) << shift;
      shift += 7;
    } while ((group & 0x80) != 0 && shift < 64);
    if (shift < 64 && (group & 0x40) != 0) value |= ~uint64_t{0} << shift;
    return static_cast<int64_t>(value);
  }
  double float64() {
    uint64_t bits = 0;
    for (uint32_t shift = 0; shift < 64; shift += 8) bits |= static_cast<uint64_t>(byte()) << shift;
    return std::bit_cast<double>(bits);
  }
  Reader part(uint64_t size) {
    const size_t left = bytes_.size() - at_;
    const size_t taken = size < left ? static_cast<size_t>(size) : left;
    Reader out(bytes_.subspan(at_, taken));
    at_ += taken;
    return out;
  }
  std::string name() {
    Reader run = part(number());
    return std::string(reinterpret_cast<const char*>(run.bytes_.data()), run.bytes_.size());
  }

 private:
  std::span<const uint8_t> bytes_;
  size_t at_ = 0;
};

struct Instruction {
  std::string_view text;
  bool has_offset = false;
};

std::optional<Instruction> find(uint32_t code) {
  switch (code) {
#define ZERODB_PLAIN(method, number, text) \
  case number:                             \
    return Instruction{text, false};
#define ZERODB_MEMORY(method, number, alignment, text) \
  case number:                                         \
    return Instruction{text, true};
#include "wasm/opcodes.def"
    default:
      return std::nullopt;
  }
}

std::string_view type_name(uint8_t type) {
  switch (type) {
    case 0x7f:
      return "i32";
    case 0x7e:
      return "i64";
    case 0x7c:
      return "f64";
    case 0x7b:
      return "v128";
    default:
      return "?";
  }
}

class Printer {
 public:
  std::string take() { return std::move(out_); }

  void print_imports(Reader section) {
    for (uint64_t left = section.number(); left > 0 && !section.is_at_end(); --left) {
      const std::string module = section.name();
      const std::string name = section.name();
      const bool is_function = section.byte() == 0;
      if (!is_function) section.byte();
      section.number();
      out_ += is_function ? "import function " + std::to_string(functions_++) : "import memory";
      out_ += " " + module + "." + name + "\n";
    }
  }

  void print_code(Reader section) {
    for (uint64_t left = section.number(); left > 0 && !section.is_at_end(); --left) {
      Reader body = section.part(section.number());
      out_ += "function " + std::to_string(functions_++) + "\n";
      depth_ = 1;
      for (uint64_t groups = body.number(); groups > 0 && !body.is_at_end(); --groups) {
        const uint64_t count = body.number();
        line("locals " + std::to_string(count) + " " + std::string(type_name(body.byte())));
      }
      while (!body.is_at_end()) {
        if (print_instruction(body)) continue;
        line("; unknown instruction");
        break;
      }
    }
  }

 private:
  void line(const std::string& text) { out_ += std::string(depth_ * 2, ' ') + text + "\n"; }

  void leave() {
    if (depth_ > 0) --depth_;
  }

  bool print_instruction(Reader& body) {
    const uint8_t first = body.byte();
    switch (first) {
      case 0x02:
      case 0x03:
      case 0x04:
        body.byte();
        line(first == 0x02 ? "block" : first == 0x03 ? "loop" : "if");
        ++depth_;
        return true;
      case 0x05:
        leave();
        line("else");
        ++depth_;
        return true;
      case 0x0b:
        leave();
        line("end");
        return true;
      case 0x0c:
      case 0x0d:
        line((first == 0x0c ? "br " : "br_if ") + std::to_string(body.number()));
        return true;
      case 0x10:
        line("call " + std::to_string(body.number()));
        return true;
      case 0x20:
      case 0x21:
      case 0x22:
        line((first == 0x20   ? "local.get "
              : first == 0x21 ? "local.set "
                              : "local.tee ") +
             std::to_string(body.number()));
        return true;
      case 0x41:
      case 0x42:
        line((first == 0x41 ? "i32.const " : "i64.const ") + std::to_string(body.signed_number()));
        return true;
      case 0x44:
        line("f64.const " + std::to_string(body.float64()));
        return true;
      default:
        return print_listed(first, body);
    }
  }

  bool print_listed(uint8_t first, Reader& body) {
    const uint32_t code = first == 0xfd ? 0x100 + static_cast<uint32_t>(body.number()) : first;
    if (code == 0x11d) {
      line("i64x2.extract_lane " + std::to_string(body.byte()));
      return true;
    }
    const auto found = find(code);
    if (!found) return false;
    std::string text(found->text);
    if (found->has_offset) {
      body.number();
      text += " offset=" + std::to_string(body.number());
    }
    line(text);
    return true;
  }

  std::string out_;
  uint64_t functions_ = 0;
  size_t depth_ = 0;
};

}  // namespace

std::string disassemble(std::span<const uint8_t> module) {
  constexpr size_t kHeadBytes = 8;
  constexpr uint8_t kImportSection = 2;
  constexpr uint8_t kCodeSection = 10;
  Reader reader(module);
  reader.part(kHeadBytes);
  Printer printer;
  while (!reader.is_at_end()) {
    const uint8_t id = reader.byte();
    const Reader section = reader.part(reader.number());
    if (id == kImportSection) printer.print_imports(section);
    if (id == kCodeSection) printer.print_code(section);
  }
  return printer.take();
}

}  // namespace zerodb::wasm
