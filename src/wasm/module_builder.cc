#include "wasm/module_builder.h"

#include <bit>

namespace zerodb::wasm {

namespace {

constexpr uint8_t kEmptyBlock = 0x40;
constexpr uint8_t kFunctionForm = 0x60;

enum Section : uint8_t {
  kTypeSection = 1,
  kImportSection = 2,
  kFunctionSection = 3,
  kExportSection = 7,
  kCodeSection = 10
};

void put_bytes(Bytes& out, const Bytes& bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

void put_name(Bytes& out, std::string_view name) {
  put_unsigned(out, name.size());
  out.insert(out.end(), name.begin(), name.end());
}

void put_types(Bytes& out, const std::vector<ValueType>& types) {
  put_unsigned(out, types.size());
  for (const ValueType type : types) out.push_back(static_cast<uint8_t>(type));
}

void put_section(Bytes& out, Section section, uint64_t count, const Bytes& entries) {
  if (count == 0) return;
  Bytes content;
  put_unsigned(content, count);
  put_bytes(content, entries);
  out.push_back(section);
  put_unsigned(out, content.size());
  put_bytes(out, content);
}

}  // namespace

void put_unsigned(Bytes& out, uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<uint8_t>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<uint8_t>(value));
}

void put_signed(Bytes& out, int64_t value) {
  // Ends when what remains is only copies of the sign that the last group's top bit shows.
  while (value < -0x40 || value >= 0x40) {
    out.push_back(static_cast<uint8_t>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<uint8_t>(value & 0x7f));
}

Local FunctionBuilder::local(ValueType type) {
  const auto parameters = static_cast<uint32_t>(signature_.parameters.size());
  for (uint32_t i = 0; i < locals_.size(); ++i) {
    if (!in_use_[i] && locals_[i] == type) {
      in_use_[i] = true;
      return Local{parameters + i};
    }
  }
  locals_.push_back(type);
  in_use_.push_back(true);
  return Local{parameters + static_cast<uint32_t>(locals_.size()) - 1};
}

void FunctionBuilder::reset_locals() {
  in_use_.assign(in_use_.size(), false);
}

void FunctionBuilder::put_opcode(uint32_t code) {
  if (code > 0xff) {
    code_.push_back(0xfd);
    put_unsigned(code_, code & 0xff);
    return;
  }
  code_.push_back(static_cast<uint8_t>(code));
}

void FunctionBuilder::put_memory(uint32_t code, uint32_t alignment, uint32_t offset) {
  put_opcode(code);
  put_unsigned(code_, alignment);
  put_unsigned(code_, offset);
}

void FunctionBuilder::i32_const(int32_t value) {
  code_.push_back(0x41);
  put_signed(code_, value);
}

void FunctionBuilder::i64_const(int64_t value) {
  code_.push_back(0x42);
  put_signed(code_, value);
}

void FunctionBuilder::f64_const(double value) {
  code_.push_back(0x44);
  const auto bits = std::bit_cast<uint64_t>(value);
  for (uint32_t shift = 0; shift < 64; shift += 8)
    code_.push_back(static_cast<uint8_t>(bits >> shift));
}

void FunctionBuilder::i64x2_extract_lane(uint8_t lane) {
  put_opcode(0x11d);
  code_.push_back(lane);
}

void FunctionBuilder::get(Local local) {
  code_.push_back(0x20);
  put_unsigned(code_, local.value());
}

void FunctionBuilder::set(Local local) {
  code_.push_back(0x21);
  put_unsigned(code_, local.value());
}

void FunctionBuilder::tee(Local local) {
  code_.push_back(0x22);
  put_unsigned(code_, local.value());
}

void FunctionBuilder::call(FunctionIndex function) {
  code_.push_back(0x10);
  put_unsigned(code_, function.value());
}

Label FunctionBuilder::open(uint8_t code) {
  code_.push_back(code);
  code_.push_back(kEmptyBlock);
  return Label{depth_++};
}

Label FunctionBuilder::block() {
  return open(0x02);
}
Label FunctionBuilder::loop() {
  return open(0x03);
}
Label FunctionBuilder::if_() {
  return open(0x04);
}
void FunctionBuilder::else_() {
  code_.push_back(0x05);
}

void FunctionBuilder::end() {
  ASSERT(depth_ > 0);
  --depth_;
  code_.push_back(0x0b);
}

void FunctionBuilder::put_depth(Label label) {
  ASSERT(label.depth < depth_);
  put_unsigned(code_, depth_ - 1 - label.depth);
}

void FunctionBuilder::br(Label label) {
  code_.push_back(0x0c);
  put_depth(label);
}

void FunctionBuilder::br_if(Label label) {
  code_.push_back(0x0d);
  put_depth(label);
}

Bytes FunctionBuilder::body() const {
  ASSERT(depth_ == 0);
  Bytes groups;
  uint64_t count = 0;
  for (size_t i = 0; i < locals_.size();) {
    size_t next = i;
    while (next < locals_.size() && locals_[next] == locals_[i]) ++next;
    put_unsigned(groups, next - i);
    groups.push_back(static_cast<uint8_t>(locals_[i]));
    ++count;
    i = next;
  }
  Bytes out;
  put_unsigned(out, count);
  put_bytes(out, groups);
  put_bytes(out, code_);
  out.push_back(0x0b);
  return out;
}

uint32_t ModuleBuilder::type_index(const Signature& signature) {
  for (uint32_t i = 0; i < types_.size(); ++i) {
    if (types_[i] == signature) return i;
  }
  types_.push_back(signature);
  return static_cast<uint32_t>(types_.size()) - 1;
}

void ModuleBuilder::import_memory(std::string_view module, std::string_view name,
                                  uint32_t pages_min) {
  put_name(imports_, module);
  put_name(imports_, name);
  imports_.push_back(0x02);  // a memory
  imports_.push_back(0x00);  // with a minimum only
  put_unsigned(imports_, pages_min);
  ++import_count_;
}

FunctionIndex ModuleBuilder::import_function(std::string_view module, std::string_view name,
                                             const Signature& signature) {
  ASSERT(functions_.empty());
  put_name(imports_, module);
  put_name(imports_, name);
  imports_.push_back(0x00);
  put_unsigned(imports_, type_index(signature));
  ++import_count_;
  return FunctionIndex{imported_functions_++};
}

FunctionIndex ModuleBuilder::declare(const Signature& signature) {
  functions_.push_back({.type = type_index(signature), .body = {}});
  return FunctionIndex{imported_functions_ + static_cast<uint32_t>(functions_.size()) - 1};
}

void ModuleBuilder::define(FunctionIndex function, const FunctionBuilder& body) {
  Function& declared = functions_.at(function.value() - imported_functions_);
  ASSERT(declared.body.empty());
  ASSERT(types_[declared.type] == body.signature());
  declared.body = body.body();
}

void ModuleBuilder::export_function(std::string_view name, FunctionIndex function) {
  put_name(exports_, name);
  exports_.push_back(0x00);
  put_unsigned(exports_, function.value());
  ++export_count_;
}

Bytes ModuleBuilder::bytes() const {
  Bytes types;
  for (const Signature& signature : types_) {
    types.push_back(kFunctionForm);
    put_types(types, signature.parameters);
    put_types(types, signature.results);
  }
  Bytes declarations;
  Bytes code;
  for (const Function& function : functions_) {
    ASSERT(!function.body.empty());
    put_unsigned(declarations, function.type);
    put_unsigned(code, function.body.size());
    put_bytes(code, function.body);
  }
  Bytes out = {0x00, 'a', 's', 'm', 0x01, 0x00, 0x00, 0x00};
  put_section(out, kTypeSection, types_.size(), types);
  put_section(out, kImportSection, import_count_, imports_);
  put_section(out, kFunctionSection, functions_.size(), declarations);
  put_section(out, kExportSection, export_count_, exports_);
  put_section(out, kCodeSection, functions_.size(), code);
  return out;
}

}  // namespace zerodb::wasm
