#include "storage/rocks_bulk.h"

#include <rocksdb/db.h>

#include <atomic>

#include "storage/rocks_status.h"
#include "storage/rocks_store.h"

namespace zerodb::storage {
namespace {

constexpr std::string_view kFilePrefix = "bulk-";
constexpr uint64_t kFileBytesMax = uint64_t{256} << 20;

rocksdb::Slice key_slice(std::string_view bytes) {
  return {bytes.data(), bytes.size()};
}

// Unlike the name of any file of another load in this process.
std::string new_file(const std::string& folder) {
  static std::atomic<uint64_t> next = 1;
  return folder + "/" + std::string(kFilePrefix) + std::to_string(next.fetch_add(1)) + ".sst";
}

}  // namespace

RocksBulkWriter::~RocksBulkWriter() {
  for (Part& part : parts_) {
    part.open.reset();
    for (const std::string& file : part.files)
      store_.db().GetEnv()->DeleteFile(file).PermitUncheckedError();
  }
}

Status RocksBulkWriter::begin_file(Family family, Part& part) {
  rocksdb::ColumnFamilyHandle* const handle = store_.handle(family);
  const rocksdb::Options options = store_.db().GetOptions(handle);
  part.files.push_back(new_file(store_.db().GetName()));
  part.open =
      std::make_unique<rocksdb::SstFileWriter>(rocksdb::EnvOptions(options), options, handle);
  return to_status(part.open->Open(part.files.back()));
}

Status RocksBulkWriter::add(Family family, std::string_view key, std::string_view value) {
  Part& part = parts_[family_index(family)];
  if (part.open != nullptr && part.open->FileSize() >= kFileBytesMax) {
    TRY(to_status(part.open->Finish()));
    part.open.reset();
  }
  if (part.open == nullptr) TRY(begin_file(family, part));
  return to_status(part.open->Put(key_slice(key), key_slice(value)));
}

Status RocksBulkWriter::finish() {
  std::vector<rocksdb::IngestExternalFileArg> loads;
  for (const Family family : kFamilies) {
    Part& part = parts_[family_index(family)];
    if (part.files.empty()) continue;
    if (part.open != nullptr) TRY(to_status(part.open->Finish()));
    part.open.reset();
    rocksdb::IngestExternalFileArg load;
    load.column_family = store_.handle(family);
    load.external_files = part.files;
    load.options.move_files = true;
    // Nobody reads there yet, so old snapshots need no protection, and the log's sequence numbers
    // stay without a gap.
    load.options.snapshot_consistency = false;
    load.options.allow_blocking_flush = false;
    load.options.write_global_seqno = false;
    loads.push_back(std::move(load));
  }
  return loads.empty() ? ok_status() : store_.ingest(loads);
}

void remove_bulk_files(rocksdb::Env& env, const std::string& folder) {
  std::vector<std::string> names;
  if (!env.GetChildren(folder, &names).ok()) return;
  for (const std::string& name : names) {
    if (name.starts_with(kFilePrefix)) env.DeleteFile(folder + "/" + name).PermitUncheckedError();
  }
}

}  // namespace zerodb::storage
