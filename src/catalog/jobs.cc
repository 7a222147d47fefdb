#include "catalog/jobs.h"

#include "base/bytes.h"
#include "catalog/row_io.h"
#include "catalog/store_keys.h"

namespace zerodb::catalog {
namespace {

std::string job_key(JobRow kind) {
  return {kJobTag, static_cast<char>(kind)};
}

Error damaged() {
  return Error(ErrorCode::E1205, "a job of the catalog is damaged");
}

Result<DroppedSpace> read_dropped(std::string_view rest) {
  if (rest.size() < 1 + sizeof(uint32_t) ||
      static_cast<uint8_t>(rest[0]) > static_cast<uint8_t>(DroppedSpace::Kind::Entries))
    return damaged();
  return DroppedSpace{static_cast<DroppedSpace::Kind>(rest[0]), std::string(rest.substr(1))};
}

Status check_format(RowReader& in) {
  const uint64_t format = in.number();
  if (!in.broken() && format > kRowFormat)
    return Error(ErrorCode::E1208, "a catalog row has a format of a later release");
  return ok_status();
}

std::string dropped_key(const DroppedSpace& space) {
  std::string key = job_key(JobRow::Dropped);
  key.push_back(static_cast<char>(space.kind));
  return key + space.prefix;
}

}  // namespace

std::string jobs_prefix() {
  return {kJobTag};
}

std::string index_job_key(IndexId index) {
  std::string key = job_key(JobRow::Index);
  put_be(key, index.value());
  return key;
}

Change put_dropped(const DroppedSpace& space) {
  return Change::put(dropped_key(space), RowWriter().number(kRowFormat).take());
}

Change erase_dropped(const DroppedSpace& space) {
  return Change::erase(dropped_key(space));
}

Change put_index_job(const IndexJob& job) {
  RowWriter row;
  row.number(kRowFormat).number(job.database.value()).number(job.table.value()).text(job.next);
  return Change::put(index_job_key(job.index), row.take());
}

Change erase_index_job(IndexId index) {
  return Change::erase(index_job_key(index));
}

Result<IndexJob> decode_index_job(std::string_view key, std::string_view row) {
  const size_t head = job_key(JobRow::Index).size();
  if (key.size() != head + sizeof(uint64_t)) return damaged();
  RowReader in(row);
  TRY(check_format(in));
  IndexJob job;
  job.index = IndexId(get_be<uint64_t>(key.data() + head));
  job.database = DatabaseId(in.number32());
  job.table = TableId(in.number());
  job.next = in.text();
  if (in.broken() || !in.at_end()) return damaged();
  return job;
}

Result<Jobs> read_jobs(const Rows& rows) {
  Jobs jobs;
  for (const auto& [key, row] : rows) {
    if (key.size() < 2) return damaged();
    switch (static_cast<JobRow>(key[1])) {
      case JobRow::Dropped: {
        RowReader in(row);
        TRY(check_format(in));
        jobs.dropped.push_back(TRY(read_dropped(std::string_view(key).substr(2))));
        continue;
      }
      case JobRow::Index:
        jobs.indexes.push_back(TRY(decode_index_job(key, row)));
        continue;
    }
    return damaged();
  }
  return jobs;
}

}  // namespace zerodb::catalog
