// Any bytes as a CSV or JSON file: readers give rows or an error, in time and memory of the size of
// the file; what a CSV file holds is the same after it was written and read again. The first two
// bytes choose format and options.
#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "base/assert.h"
#include "exec/copy_reader.h"
#include "exec/csv_reader.h"
#include "exec/file_elements.h"
#include "value/utf8.h"

namespace {

using namespace zerodb;
using exec::CsvCell;
using exec::CsvRecord;

// A file in memory, by a path.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view text) : descriptor_(::memfd_create("fuzz", 0)) {
    ASSERT(descriptor_ >= 0);
    while (!text.empty()) {
      const ssize_t written = ::write(descriptor_, text.data(), text.size());
      ASSERT(written > 0);
      text.remove_prefix(static_cast<size_t>(written));
    }
  }
  ~MemoryFile() { ::close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

catalog::Table make_table(uint32_t id, bool schemafull) {
  catalog::Table table;
  table.id = TableId(id);
  table.name = schemafull ? "closed" : "open";
  table.schemafull = schemafull;
  const Type types[] = {Type::int64(),
                        Type::float64().optional(),
                        Type::string(),
                        Type(TypeKind::Datetime),
                        Type(TypeKind::Bytes),
                        Type(TypeKind::Uuid),
                        Type::array(Type(TypeKind::Duration)),
                        Type::object(),
                        Type::decimal().optional(),
                        Type::range(Type::int64()),
                        Type::hash_map(Type::string(), Type::int64()),
                        Type::record({TableId(7)}).optional()};
  for (const Type& type : types) {
    catalog::Field field;
    field.id = FieldId(static_cast<uint32_t>(table.fields.size()));
    field.name = std::string(1, static_cast<char>('a' + table.fields.size()));
    field.type = type;
    table.fields.push_back(field);
  }
  return table;
}

catalog::Schema make_schema() {
  catalog::SchemaParts parts;
  parts.namespaces.push_back({.id = NamespaceId(1), .name = "main"});
  parts.databases.push_back({.id = DatabaseId(1), .namespace_id = NamespaceId(1), .name = "main"});
  parts.database = DatabaseId(1);
  parts.tables = {make_table(7, false), make_table(8, true)};
  return catalog::Schema(std::move(parts));
}

void read_all(exec::Elements& elements) {
  for (;;) {
    const auto element = elements.next();
    if (!element || !*element) return;
  }
}

void copy_all(exec::CopyReader& reader) {
  for (;;) {
    exec::CopyBatch batch;
    const Status read = reader.next(batch);
    for (size_t row = 0; row < batch.rows.size(); ++row) ASSERT(!batch.place(row).empty());
    if (!read || batch.is_empty()) return;
    ASSERT(batch.cells.size() == batch.columns.size() * batch.rows.size());
  }
}

std::vector<CsvRecord> records_of(std::string_view text, char delimiter) {
  const MemoryFile file(text);
  std::vector<CsvRecord> records;
  auto reader = exec::CsvReader::open(file.path(), delimiter);
  ASSERT(reader.has_value());
  for (CsvRecord record;;) {
    const auto more = reader->next(record);
    if (!more || !*more) return records;
    for (const CsvCell& cell : record.cells)
      ASSERT(utf8::is_valid(cell.text) == cell.is_utf8 && cell.line > 0);
    records.push_back(record);
  }
}

void check_round_trip(std::string_view text, char delimiter) {
  const std::vector<CsvRecord> before = records_of(text, delimiter);
  std::string written;
  for (const CsvRecord& record : before) {
    for (const CsvCell& cell : record.cells) {
      if (&cell != record.cells.data()) written += delimiter;
      exec::append_csv_cell(written, cell.text, delimiter, {});
    }
    written += '\n';
  }
  const std::vector<CsvRecord> after = records_of(written, delimiter);
  ASSERT(before.size() == after.size());
  for (size_t i = 0; i < before.size(); ++i) {
    ASSERT(before[i].cells.size() == after[i].cells.size());
    for (size_t j = 0; j < before[i].cells.size(); ++j)
      ASSERT(before[i].cells[j].text == after[i].cells[j].text);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  static const catalog::Schema schema = make_schema();
  const std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);
  const MemoryFile file(text);
  const std::vector<std::string> paths = {file.path()};
  const char delimiter = ",;\t|"[data[0] & 3];
  exec::CsvOptions options;
  options.delimiter = delimiter;
  options.has_header = (data[0] & 4) != 0;
  options.infers = (data[0] & 8) != 0;
  read_all(*exec::read_csv(paths, options));
  read_all(*exec::read_json(paths));
  check_round_trip(text, delimiter);

  sema::CopyStatement copy;
  copy.is_from = true;
  copy.delimiter = delimiter;
  copy.has_header = options.has_header;
  if ((data[1] & 8) != 0) copy.columns = {"c", "a"};
  exec::CopyInput input;
  input.paths = paths;
  input.schema = &schema;
  input.table = &schema.table(TableId((data[1] & 4) != 0 ? 8 : 7));
  input.keeps_text = (data[1] & 16) != 0;
  input.format =
      (data[1] & 1) != 0 ? sema::CopyStatement::Format::Csv : sema::CopyStatement::Format::Ndjson;
  if (input.format == sema::CopyStatement::Format::Csv || (data[1] & 2) != 0)
    copy_all(*exec::make_copy_reader(std::move(input), copy));
  return 0;
}
