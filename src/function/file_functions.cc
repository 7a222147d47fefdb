// file(): the bytes of a file of the host.
#include "function/domains.h"
#include "function/kernel.h"

namespace zerodb::function {
namespace {

Result<Value> read_file(Args args, CallContext& context) {
  const std::string path(args[0].as_string());
  if (context.files == nullptr) return Error(ErrorCode::E0610, "this host lets nobody read files");
  const std::vector<std::string> found = TRY(context.files->find(path));
  if (found.size() != 1) return bad_argument("`" + path + "` is more than one file");
  FileReader reader = TRY(FileReader::open(found.front()));
  std::string bytes;
  while (reader.peek() != FileReader::kEnd) {
    bytes += static_cast<char>(reader.next());
    if (bytes.size() > limits::kValueBytesMax) return too_large();
  }
  TRY(reader.status());
  return Value::bytes(bytes);
}

constexpr Declaration kFileFunctions[] = {
    {"file(const path: string) -> bytes", Volatility::Volatile, Absence::Propagates, 5000,
     "The bytes of a file below the folder that the host allows.", "file('nothing') = error E0610",
     read_file},
};

}  // namespace

std::span<const Declaration> file_functions() {
  return kFileFunctions;
}

}  // namespace zerodb::function
