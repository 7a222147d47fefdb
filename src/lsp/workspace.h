// Workspace: the scripts that a client has open, and those of its folders.
//
// A script sees what the schema scripts define, in the order of their names; a schema script sees
// those before it. Which scripts these are, the client says (`schema`: paths below the folder); by
// default they are `schema.zql`, `*.schema.zql` and what lies in a folder `schema` or `migrations`.
// Before them comes what a stored database defines, if the client names one.
// Analyses are made when they are asked for and kept until something before them changes.
// Threading: one thread.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lsp/analysis.h"

namespace zerodb::lsp {

// Reads the files of the workspace; the library itself reads none.
class FileSource {
 public:
  virtual ~FileSource() = default;
  // The URIs of all *.zql files below a folder.
  virtual std::vector<std::string> scripts(const std::string& folder_uri) = 0;
  virtual std::optional<std::string> read(const std::string& uri) = 0;
  // What the database stored in a folder defines; the path may be relative to the workspace's.
  struct Definitions {
    catalog::Rows rows;
    DatabaseId database;
  };
  virtual Result<Definitions> definitions(const std::string& folder_uri, const std::string& path);
  // Runs statements in that database; gives what they gave, as a person reads it.
  virtual Result<std::string> run(const std::string& folder_uri, const std::string& path,
                                  const std::string& statements);
};

class Workspace {
 public:
  // Borrows the source.
  explicit Workspace(FileSource& files) : files_(files) {}

  PositionEncoding encoding = PositionEncoding::Utf16;

  void set_folders(std::vector<std::string> uris);
  void set_schema_paths(std::vector<std::string> paths);
  // The path of a stored database, whose definitions are read now; empty for none. After an error
  // there is none.
  Status set_database(const std::string& path);
  // Runs statements there.
  Result<std::string> run(const std::string& path, const std::string& statements);
  // What is defined before all scripts.
  const catalog::Schema& database_schema() const { return database_.schema(); }
  // By code or name of the rule; "off", "info", "warning" or "error". They come before those of
  // `zerodb.toml` in the folders. What is no rule or no severity is left out.
  void set_severities(const Json& severities);

  void open(const std::string& uri, std::string text, int64_t version);
  void change(const std::string& uri, const Json& changes, int64_t version);
  void close(const std::string& uri);
  // A file that is not open was made, changed or removed on disk.
  void file_changed(const std::string& uri);

  bool is_open(const std::string& uri) const { return open_.contains(uri); }
  // Nothing before the script changed since it was analysed.
  bool is_analysed(const std::string& uri) const { return analyses_.contains(uri); }
  int64_t version(const std::string& uri) const;
  std::vector<std::string> open_uris() const;
  // Every script of the workspace, open or not.
  std::vector<std::string> uris() const;
  // Checked to its end; null for a script that is neither open nor readable.
  const Analysis* analysis(const std::string& uri);
  // The same, as far as it is checked.
  const Analysis* analysis_so_far(const std::string& uri) { return look(uri); }
  // Checks some statements more; true when all are checked, also if the script is not there.
  bool check_some(const std::string& uri);
  const function::Library& library() const { return *library_; }
  // As the configuration wants it.
  const lint::Linter& linter() const { return linter_; }
  // Whether the linter is to look at the script.
  bool is_linted(const std::string& uri) const;

  struct Found {
    std::string uri;
    const Occurrence* occurrence = nullptr;
  };
  // All places of a name: of a local one in its script, of others in the whole workspace.
  std::vector<Found> find(const std::string& uri, const std::string& key);

 private:
  struct OpenFile {
    TextDocument document;
    int64_t version = 0;
  };
  void configure();
  void forget_all();
  bool is_schema(const std::string& uri) const;
  void forget(const std::string& uri);
  void outdate(const std::string& uri, Analysis::Before sees);
  Analysis* look(const std::string& uri);
  std::optional<TextDocument> document(const std::string& uri);
  sema::ScriptChecker checker_before(const std::string& uri);

  FileSource& files_;
  std::shared_ptr<const function::Library> library_ = function::Library::create();  // with checkers
  lint::Linter linter_{{}, library_};
  sema::ScriptChecker database_{library_};
  std::map<std::string_view, lint::Severity> severities_;  // by code
  std::vector<std::string> folders_;
  std::vector<std::string> schema_paths_;
  std::set<std::string> on_disk_;
  std::map<std::string, OpenFile> open_;
  std::map<std::string, std::unique_ptr<Analysis>> analyses_;
  // Of the version before, from which the next analysis is made.
  struct Outdated {
    std::unique_ptr<Analysis> analysis;
    Analysis::Before sees = Analysis::Before::Same;
  };
  std::map<std::string, Outdated> outdated_;
};

}  // namespace zerodb::lsp
