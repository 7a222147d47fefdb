#include "exec/file_elements.h"

#include <algorithm>
#include <deque>
#include <set>
#include <vector>

#include "exec/csv_reader.h"
#include "exec/json_documents.h"
#include "value/cast.h"
#include "value/json.h"
#include "value/zval_builder.h"

namespace zerodb::exec {
namespace {

Error misfit(const std::string& path, uint64_t line, const std::string& what) {
  return Error(ErrorCode::E0624, path + ":" + std::to_string(line) + ": " + what);
}

// A record with the position of the path of its file.
struct Record : CsvRecord {
  size_t file = 0;
};

// What the cells of a column may be, the narrowest first.
enum class CellType : uint8_t { Bool, Int, Float, Datetime, String };

std::optional<Value> value_of(const std::string& text, CellType type) {
  const auto read = [&](const Type& target) -> std::optional<Value> {
    auto value = cast(Value::string(text), target);
    if (!value.has_value()) return std::nullopt;
    return std::move(*value);
  };
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  switch (type) {
    case CellType::Bool:
      if (text != "true" && text != "false") return std::nullopt;
      return Value::boolean(text == "true");
    case CellType::Int:
    case CellType::Float: {
      const size_t sign = text.starts_with('-') ? 1 : 0;
      if (text.size() == sign || !is_digit(text[sign])) return std::nullopt;
      // `007` is a name.
      if (text[sign] == '0' && text.size() > sign + 1 && is_digit(text[sign + 1]))
        return std::nullopt;
      return read(type == CellType::Int ? Type::int64() : Type::float64());
    }
    case CellType::Datetime:
      if (text.size() < 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
      return read(Type(TypeKind::Datetime));
    case CellType::String:
      break;
  }
  return Value::string(text);
}

std::string_view name_of(CellType type) {
  constexpr std::string_view kNames[] = {"bool", "int", "float", "datetime", "string"};
  return kNames[static_cast<size_t>(type)];
}

class CsvElements final : public Elements {
 public:
  CsvElements(std::vector<std::string> paths, CsvOptions options)
      : paths_(std::move(paths)), options_(std::move(options)) {}

  Result<std::optional<Value>> next() override {
    if (!is_typed_) TRY(infer());
    std::optional<Record> record;
    if (!kept_.empty()) {
      record = std::move(kept_.front());
      kept_.pop_front();
    } else {
      record = TRY(read());
    }
    if (!record) return std::optional<Value>();
    return std::optional(TRY(object(*record)));
  }

 private:
  // The next record of the files; their headers are taken out.
  Result<std::optional<Record>> read() {
    for (;;) {
      if (!reader_) {
        if (next_path_ == paths_.size()) return std::optional<Record>();
        reader_.emplace(TRY(CsvReader::open(paths_[next_path_++], options_.delimiter)));
        if (options_.has_header) TRY(read_header());
      }
      std::optional<Record> record(std::in_place);
      if (!TRY(reader_->next(*record))) {
        reader_.reset();
        continue;
      }
      TRY(reader_->check_text(*record));
      record->file = next_path_ - 1;
      if (columns_.empty()) name_columns(record->cells.size());
      if (record->cells.size() != columns_.size()) {
        return misfit(reader_->path(), record->line,
                      std::to_string(record->cells.size()) + " cells instead of " +
                          std::to_string(columns_.size()));
      }
      return record;
    }
  }

  Status read_header() {
    CsvRecord header;
    if (!TRY(reader_->next(header))) return {};
    TRY(reader_->check_text(header));
    std::vector<std::string> names;
    for (const CsvCell& cell : header.cells) names.push_back(cell.text);
    const std::set<std::string> different(names.begin(), names.end());
    if (different.size() != names.size())
      return misfit(reader_->path(), header.line, "two columns have one name");
    if (!columns_.empty() && columns_ != names)
      return misfit(reader_->path(), header.line, "the columns are not those of the first file");
    columns_ = std::move(names);
    return {};
  }

  void name_columns(size_t count) {
    for (size_t i = 0; i < count; ++i) columns_.push_back("column" + std::to_string(i));
  }

  bool is_none(const CsvCell& cell) const {
    return !cell.is_quoted && cell.text == options_.none_text;
  }

  Status infer() {
    is_typed_ = true;
    while (kept_.size() < (options_.infers ? kInferredRows : 1)) {
      auto record = TRY(read());
      if (!record) break;
      kept_.push_back(std::move(*record));
    }
    types_.assign(columns_.size(), CellType::String);
    for (size_t column = 0; options_.infers && column < columns_.size(); ++column)
      types_[column] = type_of_column(column);
    return {};
  }

  CellType type_of_column(size_t column) const {
    const auto fits = [&](CellType type) {
      return std::ranges::all_of(kept_, [&](const Record& record) {
        const CsvCell& cell = record.cells[column];
        return is_none(cell) || (!cell.is_quoted && value_of(cell.text, type).has_value());
      });
    };
    const bool is_empty = std::ranges::all_of(
        kept_, [&](const Record& record) { return is_none(record.cells[column]); });
    if (is_empty) return CellType::String;
    for (const CellType type :
         {CellType::Bool, CellType::Int, CellType::Float, CellType::Datetime}) {
      if (fits(type)) return type;
    }
    return CellType::String;
  }

  Result<Value> object(const Record& record) {
    ObjectBuilder builder;
    for (size_t i = 0; i < columns_.size(); ++i) {
      const CsvCell& cell = record.cells[i];
      if (is_none(cell)) {
        builder.set(columns_[i], Value::none());
        continue;
      }
      auto value = value_of(cell.text, types_[i]);
      if (!value) {
        return Error(ErrorCode::E0624, place_of(record) + ": `" + columns_[i] + "` is " +
                                           std::string(name_of(types_[i])) +
                                           " in the rows before; `infer => false` reads strings");
      }
      builder.set(columns_[i], std::move(*value));
    }
    return builder.build();
  }

  std::string place_of(const Record& record) const {
    return paths_[record.file] + ":" + std::to_string(record.line);
  }

  std::vector<std::string> paths_;
  CsvOptions options_;
  size_t next_path_ = 0;
  std::optional<CsvReader> reader_;
  std::vector<std::string> columns_;
  std::vector<CellType> types_;
  std::deque<Record> kept_;
  bool is_typed_ = false;
};

class JsonElements final : public Elements {
 public:
  explicit JsonElements(std::vector<std::string> paths) : paths_(std::move(paths)) {}

  Result<std::optional<Value>> next() override {
    for (;;) {
      if (!file_) {
        if (next_path_ == paths_.size()) return std::optional<Value>();
        file_.emplace(TRY(JsonDocuments::open(paths_[next_path_++])));
      }
      if (!TRY(file_->next(document_))) {
        file_.reset();
        continue;
      }
      auto value = reader_.parse(document_.text);
      if (!value.has_value()) {
        return misfit(file_->path(), document_.line, std::string(value.error().message()));
      }
      return std::optional(std::move(*value));
    }
  }

 private:
  std::vector<std::string> paths_;
  size_t next_path_ = 0;
  std::optional<JsonDocuments> file_;
  JsonDocuments::Document document_;
  JsonReader reader_;
};

}  // namespace

std::unique_ptr<Elements> read_csv(std::vector<std::string> paths, CsvOptions options) {
  return std::make_unique<CsvElements>(std::move(paths), std::move(options));
}

std::unique_ptr<Elements> read_json(std::vector<std::string> paths) {
  return std::make_unique<JsonElements>(std::move(paths));
}

}  // namespace zerodb::exec
