#include "exec/module_files.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <optional>
#include <vector>

namespace zerodb::exec {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kKeyName = "key";
constexpr std::string_view kSuffix = ".cwasm";

std::optional<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::string out((std::istreambuf_iterator<char>(file)), {});
  if (file.bad()) return std::nullopt;
  return out;
}

// Readable by its owner alone, under its name only when it is whole. False if that did not work.
bool write_file(const std::string& path, std::string_view content) {
  const std::string part = path + "." + std::to_string(::getpid()) + ".part";
  const int file =
      ::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0) return false;
  size_t written = 0;
  while (written < content.size()) {
    const ssize_t count = ::write(file, content.data() + written, content.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    written += static_cast<size_t>(count);
  }
  const bool is_closed = ::close(file) == 0;
  if (written == content.size() && is_closed && ::rename(part.c_str(), path.c_str()) == 0)
    return true;
  ::unlink(part.c_str());
  return false;
}

std::string hex(std::string_view bytes) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (const char byte : bytes) {
    out += kDigits[static_cast<unsigned char>(byte) >> 4];
    out += kDigits[static_cast<unsigned char>(byte) & 15];
  }
  return out;
}

std::string sha256(std::string_view text) {
  std::string out(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         reinterpret_cast<unsigned char*>(out.data()));
  return out;
}

void remove_oldest(const std::string& folder, size_t files_max) {
  std::vector<std::pair<fs::file_time_type, fs::path>> files;
  std::error_code failure;
  for (const fs::directory_entry& each : fs::directory_iterator(folder, failure)) {
    if (each.path().extension() == kSuffix)
      files.emplace_back(each.last_write_time(failure), each.path());
  }
  if (files.size() <= files_max) return;
  std::ranges::sort(files);
  for (size_t i = 0; i < files.size() - files_max; ++i) fs::remove(files[i].second, failure);
}

// Over the code as well, so that a file counts under its own name only.
template <typename Key>
std::string mac_of(const Key& key, std::string_view code, std::string_view compiled) {
  const std::string text = sha256(code) + std::string(compiled);
  std::string out(SHA256_DIGEST_LENGTH, '\0');
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(),
       reinterpret_cast<unsigned char*>(out.data()), nullptr);
  return out;
}

}  // namespace

std::optional<ModuleFiles::Key> ModuleFiles::open(const std::string& folder) {
  std::error_code failure;
  fs::create_directory(folder, failure);
  if (failure) return std::nullopt;
  const std::string path = folder + "/" + std::string(kKeyName);
  Key key;
  std::optional<std::string> known = read_file(path);
  if (!known || known->size() != key.size()) {
    if (RAND_bytes(key.data(), static_cast<int>(key.size())) != 1) return std::nullopt;
    known.emplace(reinterpret_cast<const char*>(key.data()), key.size());
    if (!write_file(path, *known)) return std::nullopt;
  }
  std::ranges::copy(*known, key.begin());
  remove_oldest(folder, kFilesMax);
  return key;
}

const ModuleFiles::Key* ModuleFiles::key() const {
  std::call_once(opened_, [this] { key_ = open(folder_); });
  return key_ ? &*key_ : nullptr;
}

std::string ModuleFiles::path_of(std::string_view code) const {
  return folder_ + "/" + hex(sha256(code)) + std::string(kSuffix);
}

std::unique_ptr<WasmModule> ModuleFiles::load(const WasmEngine& engine,
                                              std::string_view code) const {
  const Key* const key = this->key();
  if (key == nullptr) return nullptr;
  const std::optional<std::string> content = read_file(path_of(code));
  if (!content || content->size() < SHA256_DIGEST_LENGTH) return nullptr;
  const std::string_view compiled = std::string_view(*content).substr(SHA256_DIGEST_LENGTH);
  if (!content->starts_with(mac_of(*key, code, compiled))) return nullptr;
  auto loaded = engine.load({reinterpret_cast<const uint8_t*>(compiled.data()), compiled.size()});
  return loaded ? std::move(*loaded) : nullptr;
}

void ModuleFiles::store(std::string_view code, const WasmModule& module) const {
  const Key* const key = this->key();
  if (key == nullptr) return;
  const Result<std::string> compiled = module.serialize();
  if (compiled) write_file(path_of(code), mac_of(*key, code, *compiled) + *compiled);
}

}  // namespace zerodb::exec
