#include "exec/copy_reader.h"

#include <algorithm>

#include "exec/copy_value.h"
#include "exec/csv_reader.h"
#include "exec/json_documents.h"
#include "value/json.h"
#include "value/zval_builder.h"

namespace zerodb::exec {
namespace {

using sema::CopyStatement;

std::string place_of(const std::string& path, uint64_t line) {
  return path + ":" + std::to_string(line);
}

class CsvCopyReader final : public CopyReader {
 public:
  CsvCopyReader(CopyInput input, const CopyStatement& copy)
      : input_(std::move(input)), copy_(copy) {}

  Status next(CopyBatch& batch) override {
    batch.rows.clear();
    batch.paths = input_.paths;
    batch.cells.clear();
    size_t bytes = 0;
    batch.columns.clear();
    while (batch.rows.size() < kCopyRowsMax && bytes < kCopyBytesMax) {
      if (!is_left_over_ && !TRY(read())) break;
      is_left_over_ = false;
      if (batch.rows.empty()) {
        batch.columns = columns_;
      } else if (!has_same_columns(batch)) {
        // The next file has its columns in another order.
        is_left_over_ = true;
        break;
      }
      add_row(batch);
      for (const CsvCell& cell : record_.cells) bytes += cell.text.size();
    }
    return {};
  }

  Result<bool> check() override {
    for (size_t rows = 0; rows < kCopyRowsMax; ++rows) {
      if (!TRY(read())) return false;
      if (auto misfit = read_cells(nullptr)) return std::move(*misfit);
    }
    return true;
  }

 private:
  bool has_same_columns(const CopyBatch& batch) const {
    return std::ranges::equal(batch.columns, columns_, [](const auto& a, const auto& b) {
      return a.name == b.name && a.kind == b.kind;
    });
  }

  // The next record of the files into record_; their headers are taken out.
  Result<bool> read() {
    for (;;) {
      if (!reader_) {
        if (next_path_ == input_.paths.size()) return false;
        reader_.emplace(TRY(CsvReader::open(input_.paths[next_path_++], copy_.delimiter)));
        if (!TRY(read_columns())) {
          reader_.reset();
          continue;
        }
      }
      if (TRY(reader_->next(record_))) return true;
      reader_.reset();
    }
  }

  Error unreadable(ErrorCode code, uint64_t line, const std::string& what) const {
    return Error(code, place_of(reader_->path(), line) + ": " + what);
  }

  // What the cells of the file are; false for an empty file.
  Result<bool> read_columns() {
    columns_.clear();
    if (!copy_.has_header) {
      add_columns_in_order();
      return true;
    }
    CsvRecord header;
    if (!TRY(reader_->next(header))) return false;
    TRY(reader_->check_text(header));
    for (const CsvCell& cell : header.cells) {
      const bool is_twice = std::ranges::any_of(
          columns_, [&](const CopyColumn& column) { return column.name == cell.text; });
      if (is_twice) {
        return unreadable(ErrorCode::E0624, header.line,
                          "two columns are called `" + cell.text + "`");
      }
      TRY(add_column(cell.text, header.line));
    }
    for (const std::string& name : copy_.columns) {
      if (std::ranges::find(columns_, name, &CopyColumn::name) == columns_.end())
        return unreadable(ErrorCode::E0624, header.line, "there is no column `" + name + "`");
    }
    return true;
  }

  void add_columns_in_order() {
    if (!copy_.columns.empty()) {
      for (const std::string& name : copy_.columns) columns_.push_back(column(name));
      return;
    }
    const catalog::Table& table = *input_.table;
    columns_.push_back(column("id"));
    if (!table.key.empty()) columns_.clear();
    for (const catalog::KeyColumn& key : table.key) columns_.push_back(column(key.name));
    for (const catalog::Field& field : table.fields) {
      if (field.computed_text.empty()) columns_.push_back(column(field.name));
    }
  }

  Status add_column(const std::string& name, uint64_t line) {
    columns_.push_back(column(name));
    if (!copy_.columns.empty()) {
      if (std::ranges::find(copy_.columns, name) == copy_.columns.end())
        columns_.back().kind = CopyColumn::Kind::Skipped;
      return {};
    }
    const catalog::Table& table = *input_.table;
    if (columns_.back().kind == CopyColumn::Kind::Extra && table.schemafull) {
      return unreadable(ErrorCode::E0202, line, "`" + table.name + "` has no field `" + name + "`");
    }
    // What the record computes is written by COPY TO, and computed anew.
    if (columns_.back().kind == CopyColumn::Kind::Field &&
        !table.fields[columns_.back().position].computed_text.empty())
      columns_.back().kind = CopyColumn::Kind::Skipped;
    return {};
  }

  CopyColumn column(const std::string& name) const {
    const catalog::Table& table = *input_.table;
    CopyColumn out;
    out.name = name;
    if (name == "id") {
      out.kind = CopyColumn::Kind::Id;
    } else if (const auto key = table.key_position(name)) {
      out.kind = CopyColumn::Kind::Key;
      out.position = static_cast<uint32_t>(*key);
    } else if (const auto field = table.field_position(name)) {
      out.kind = CopyColumn::Kind::Field;
      out.position = static_cast<uint32_t>(*field);
    }
    return out;
  }

  Result<Value> value(const CsvCell& cell, const CopyColumn& column) const {
    const catalog::Table& table = *input_.table;
    switch (column.kind) {
      case CopyColumn::Kind::Id:
        return key_of_cell(cell.text, table, *input_.schema);
      case CopyColumn::Kind::Key:
        return value_of_cell(cell.text, table.key[column.position].type, *input_.schema);
      case CopyColumn::Kind::Field:
        return value_of_cell(cell.text, table.fields[column.position].type, *input_.schema);
      case CopyColumn::Kind::Extra:
      case CopyColumn::Kind::Skipped:
        break;
    }
    return Value::string(cell.text);
  }

  void add_row(CopyBatch& batch) const {
    CopyRow& row = batch.rows.emplace_back();
    row.line = record_.line;
    row.file = static_cast<uint32_t>(next_path_ - 1);
    if (input_.keeps_text) row.text = text_of_record();
    const size_t begin = batch.cells.size();
    batch.cells.resize(begin + columns_.size());
    row.misfit = read_cells(batch.cells.data() + begin);
  }

  // The values of the record, one a column, unless they are only looked at; why it does not fit.
  std::optional<Error> read_cells(std::optional<Value>* values) const {
    if (record_.cells.size() != columns_.size()) {
      return unreadable(ErrorCode::E0624, record_.line,
                        std::to_string(record_.cells.size()) + " cells instead of " +
                            std::to_string(columns_.size()));
    }
    if (const Status text = reader_->check_text(record_); !text) return text.error();
    for (size_t i = 0; i < columns_.size(); ++i) {
      const CsvCell& cell = record_.cells[i];
      const bool is_none = !cell.is_quoted && cell.text == copy_.none_text;
      if (is_none || columns_[i].kind == CopyColumn::Kind::Skipped) continue;
      if (values == nullptr && takes_any_text(columns_[i])) continue;
      Result<Value> read = value(cell, columns_[i]);
      if (!read) {
        return Error(read.error().code(),
                     place_of(reader_->path(), cell.line) + ":" + std::to_string(cell.column) +
                         ": `" + columns_[i].name + "`: " + std::string(read.error().message()));
      }
      if (values != nullptr) values[i] = std::move(*read);
    }
    return std::nullopt;
  }

  bool takes_any_text(const CopyColumn& column) const {
    return column.kind == CopyColumn::Kind::Extra ||
           (column.kind == CopyColumn::Kind::Field &&
            input_.table->fields[column.position].type.kind() == TypeKind::String);
  }

  std::string text_of_record() const {
    std::string out;
    for (size_t i = 0; i < record_.cells.size(); ++i) {
      const CsvCell& cell = record_.cells[i];
      if (i > 0) out += copy_.delimiter;
      if (cell.is_quoted) {
        append_csv_cell(out, cell.text, copy_.delimiter, cell.text);
      } else {
        out += cell.text;
      }
    }
    return out;
  }

  CopyInput input_;
  const CopyStatement& copy_;
  size_t next_path_ = 0;
  std::optional<CsvReader> reader_;
  std::vector<CopyColumn> columns_;
  CsvRecord record_;
  bool is_left_over_ = false;  // record_ belongs to the next batch
};

class JsonCopyReader final : public CopyReader {
 public:
  JsonCopyReader(CopyInput input, const CopyStatement& copy)
      : input_(std::move(input)), copy_(copy), row_type_(type_of_rows(*input_.table)) {}

  Status next(CopyBatch& batch) override {
    batch.rows.clear();
    batch.paths = input_.paths;
    size_t bytes = 0;
    while (batch.rows.size() < kCopyRowsMax && bytes < kCopyBytesMax) {
      if (!file_) {
        if (next_path_ == input_.paths.size()) break;
        file_.emplace(TRY(JsonDocuments::open(input_.paths[next_path_++])));
      }
      if (!TRY(file_->next(document_))) {
        file_.reset();
        continue;
      }
      add_row(batch);
      bytes += document_.text.size();
    }
    return {};
  }

 private:
  void add_row(CopyBatch& batch) {
    CopyRow& row = batch.rows.emplace_back();
    row.line = document_.line;
    row.file = static_cast<uint32_t>(next_path_ - 1);
    if (input_.keeps_text) row.text = document_.text;
    Result<Value> object = read();
    if (object) {
      row.object = std::move(*object);
      return;
    }
    row.misfit = Error(object.error().code(), place_of(file_->path(), row.line) + ":" +
                                                  std::to_string(document_.column) + ": " +
                                                  std::string(object.error().message()));
  }

  Result<Value> read() {
    const Value document = TRY(reader_.parse(document_.text, row_type_));
    if (document.tag() != Tag::Object)
      return Error(ErrorCode::E0624, "a record is made from an object");
    const ObjectView view(document);
    ObjectBuilder out;
    for (uint32_t i = 0; i < view.size(); ++i) {
      const std::string_view name = view.key(i);
      if (is_skipped(name)) continue;
      Result<Value> value = member(name, view.value(i));
      if (!value) {
        return Error(value.error().code(),
                     "`" + std::string(name) + "`: " + std::string(value.error().message()));
      }
      out.set(name, *value);
    }
    return out.build();
  }

  bool is_skipped(std::string_view name) const {
    if (!copy_.columns.empty())
      return std::ranges::find(copy_.columns, name) == copy_.columns.end();
    const auto field = input_.table->field_position(std::string(name));
    return field && !input_.table->fields[*field].computed_text.empty();
  }

  Result<Value> member(std::string_view name, const Value& value) const {
    const catalog::Table& table = *input_.table;
    if (name == "id") return key_of_json(value, table, *input_.schema);
    const std::string text(name);
    if (const auto key = table.key_position(text))
      return value_of_json(value, table.key[*key].type, *input_.schema);
    if (const auto field = table.field_position(text))
      return value_of_json(value, table.fields[*field].type, *input_.schema);
    if (table.schemafull)
      return Error(ErrorCode::E0202, "table `" + table.name + "` has no field of this name");
    return value;
  }

  CopyInput input_;
  const CopyStatement& copy_;
  Type row_type_;
  size_t next_path_ = 0;
  std::optional<JsonDocuments> file_;
  JsonDocuments::Document document_;
  JsonReader reader_;
};

}  // namespace

Result<bool> CopyReader::check() {
  CopyBatch batch;
  const Status read = next(batch);
  for (CopyRow& row : batch.rows) {
    if (row.misfit) return std::move(*row.misfit);
  }
  if (!read) return read.error();
  return !batch.is_empty();
}

std::unique_ptr<CopyReader> make_copy_reader(CopyInput input, const CopyStatement& copy) {
  if (input.format == CopyStatement::Format::Csv)
    return std::make_unique<CsvCopyReader>(std::move(input), copy);
  return std::make_unique<JsonCopyReader>(std::move(input), copy);
}

}  // namespace zerodb::exec
