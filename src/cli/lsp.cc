#include "cli/lsp.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>

#include "cli/input_file.h"
#include "cli/options.h"
#include "cli/result_printer.h"
#include "cli/script_files.h"
#include "database/session.h"
#include "lsp/server.h"

namespace zerodb::cli {
namespace {

constexpr std::string_view kScheme = "file://";
constexpr size_t kMessageBytesMax = size_t{256} << 20;
// Of the caches of a database that is only asked for its definitions.
constexpr size_t kDatabaseBytesMax = size_t{64} << 20;
// Of a statement that is run from the editor, which waits for it.
constexpr const char* kRunTimeout = "SET statement.timeout = 10s";
constexpr size_t kRowsShownMax = 100;

bool stays_in_uri(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view("-._~/").find(c) != std::string_view::npos;
}

std::string uri_of(std::string_view path) {
  std::string out(kScheme);
  for (const char c : path) {
    char hex[4];
    std::snprintf(hex, sizeof hex, "%%%02X", static_cast<unsigned>(static_cast<unsigned char>(c)));
    stays_in_uri(c) ? out.push_back(c) : static_cast<void>(out.append(hex));
  }
  return out;
}

// Nothing for what is no file.
std::optional<std::string> path_of(std::string_view uri) {
  if (!uri.starts_with(kScheme)) return std::nullopt;
  uri.remove_prefix(kScheme.size());
  std::string out;
  for (size_t i = 0; i < uri.size(); ++i) {
    unsigned byte = 0;
    const bool is_coded =
        uri[i] == '%' && i + 2 < uri.size() &&
        std::from_chars(uri.data() + i + 1, uri.data() + i + 3, byte, 16).ptr == uri.data() + i + 3;
    out += is_coded ? static_cast<char>(byte) : uri[i];
    if (is_coded) i += 2;
  }
  return out;
}

class Disk final : public lsp::FileSource {
 public:
  std::vector<std::string> scripts(const std::string& folder_uri) override {
    std::vector<std::string> out;
    const auto path = path_of(folder_uri);
    if (!path) return out;
    for (const std::string& script : scripts_of(*path).value_or(std::vector<std::string>()))
      if (script.ends_with(".zql")) out.push_back(uri_of(script));
    return out;
  }
  std::optional<std::string> read(const std::string& uri) override {
    const auto path = path_of(uri);
    return path ? read_file(*path) : std::nullopt;
  }
  Result<Definitions> definitions(const std::string& folder_uri, const std::string& path) override {
    const auto opened = TRY(open(folder_uri, path));
    const auto session = TRY(opened->create_session());
    auto found = TRY(session->definitions());
    return Definitions{std::move(found.rows), found.database};
  }
  Result<std::string> run(const std::string& folder_uri, const std::string& path,
                          const std::string& statements) override {
    const auto opened = TRY(open(folder_uri, path));
    const auto session = TRY(opened->create_session());
    const auto limited = TRY(session->execute(kRunTimeout));
    static_cast<void>(limited);
    const database::Script script(statements, "statement");
    std::string out;
    for (size_t i = 0; i < script.size(); ++i) {
      const auto result = TRY(session->execute(script, i, {}));
      out += TRY(shown(*result, session->names()));
    }
    return out;
  }

 private:
  // The database is open only while it is read, so that others can use it again.
  static Result<std::unique_ptr<database::Database>> open(const std::string& folder_uri,
                                                          const std::string& path) {
    namespace fs = std::filesystem;
    const fs::path folder = fs::path(path_of(folder_uri).value_or("")) / path;
    std::error_code failure;
    // Opening a folder that is not there would make a database.
    if (!fs::is_directory(folder, failure) || fs::is_empty(folder, failure))
      return Error(ErrorCode::E1208, "there is no database in " + folder.string());
    return database::Database::open(folder.string(),
                                    database::DatabaseOptions{.memory_budget = kDatabaseBytesMax});
  }

  // The first rows as a table.
  static Result<std::string> shown(database::ResultSet& result, const Names& names) {
    char* data = nullptr;
    size_t size = 0;
    std::FILE* file = open_memstream(&data, &size);
    if (file == nullptr) return Error(ErrorCode::E1206, "there is no memory for the result");
    const Status status = print(result, names, file);
    std::fclose(file);
    std::string text(data, size);
    std::free(data);  // NOLINT(cppcoreguidelines-no-malloc): it came from open_memstream
    if (!status) return status.error();
    return text;
  }

  static Status print(database::ResultSet& result, const Names& names, std::FILE* file) {
    const auto printer = make_result_printer(OutputFormat::Table, file);
    if (!result.has_rows()) {
      printer->affected(result.statistics().affected);
      return ok_status();
    }
    printer->begin(result.columns(), names);
    std::vector<Value> row;
    size_t count = 0;
    bool has_more = TRY(result.next(row));
    for (; has_more && count < kRowsShownMax; ++count) {
      printer->row(row);
      has_more = TRY(result.next(row));
    }
    printer->end();
    if (has_more) std::fprintf(file, "and more\n");
    return ok_status();
  }
};

// Messages with a header that says their length.
class Framing {
 public:
  // Reads what is there, waiting for the first byte if `waits`. False at the end of the input.
  bool read(bool waits) {
    pollfd poll_input = {STDIN_FILENO, POLLIN, 0};
    if (!waits && poll(&poll_input, 1, 0) <= 0) return true;
    char piece[65536];
    ssize_t count = 0;
    do {
      count = ::read(STDIN_FILENO, piece, sizeof piece);
    } while (count < 0 && errno == EINTR);
    if (count <= 0) return false;
    buffer_.append(piece, static_cast<size_t>(count));
    return true;
  }

  // The next whole message, if it is there.
  std::optional<std::string> next() {
    const size_t header_end = buffer_.find("\r\n\r\n");
    if (header_end == std::string::npos) return std::nullopt;
    const size_t length = length_of(std::string_view(buffer_).substr(0, header_end));
    if (length > kMessageBytesMax) {
      is_broken_ = true;
      return std::nullopt;
    }
    const size_t begin = header_end + 4;
    if (buffer_.size() - begin < length) return std::nullopt;
    std::string message = buffer_.substr(begin, length);
    buffer_.erase(0, begin + length);
    return message;
  }
  // The header makes no sense, so that nothing behind it does.
  bool is_broken() const { return is_broken_; }

  static void write(const std::string& message) {
    std::printf("Content-Length: %zu\r\n\r\n", message.size());
    std::fwrite(message.data(), 1, message.size(), stdout);
    std::fflush(stdout);
  }

 private:
  // Names of headers are written in any case.
  static size_t length_of(std::string_view header) {
    constexpr std::string_view kName = "content-length:";
    for (size_t at = 0; at < header.size();) {
      const size_t end = std::min(header.find("\r\n", at), header.size());
      std::string line(header.substr(at, end - at));
      for (char& c : line) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
      at = end + 2;
      if (!line.starts_with(kName)) continue;
      const size_t digits = std::min(line.find_first_not_of(' ', kName.size()), line.size());
      size_t length = SIZE_MAX;
      std::from_chars(line.data() + digits, line.data() + line.size(), length);
      return length;
    }
    return SIZE_MAX;
  }

  std::string buffer_;
  bool is_broken_ = false;
};

}  // namespace

// All that the client has sent is read before the server works on the next message, so that it
// knows what was cancelled.
int run_lsp() {
  Disk disk;
  Framing framing;
  lsp::Server server(disk, &Framing::write, ZERODB_VERSION);
  bool is_open = true;
  while (!server.exit_code() && (is_open || server.has_work())) {
    if (is_open) is_open = framing.read(!server.has_work());
    while (auto message = framing.next()) server.receive(*message);
    if (framing.is_broken()) {
      std::fprintf(stderr, "zerodb: a message without a length\n");
      return kExitUsage;
    }
    if (server.has_work()) server.step();
  }
  return server.exit_code().value_or(1) == 0 ? kExitOk : kExitUsage;
}

}  // namespace zerodb::cli
