#include "lsp/workspace.h"

#include <algorithm>

namespace zerodb::lsp {
namespace {

constexpr std::string_view kConfigurationName = "zerodb.toml";

std::string in_folder(const std::string& folder, std::string_view path) {
  return folder + (folder.ends_with('/') ? "" : "/") + std::string(path);
}

}  // namespace

Result<FileSource::Definitions> FileSource::definitions(const std::string& /*folder_uri*/,
                                                        const std::string& path) {
  return Error(ErrorCode::E1206, "this host reads no databases, so not " + path);
}

Result<std::string> FileSource::run(const std::string& /*folder_uri*/, const std::string& path,
                                    const std::string& /*statements*/) {
  return Error(ErrorCode::E1206, "this host runs no statements, so not in " + path);
}

void Workspace::set_folders(std::vector<std::string> uris) {
  folders_ = std::move(uris);
  on_disk_.clear();
  for (const std::string& folder : folders_) {
    for (std::string& uri : files_.scripts(folder)) on_disk_.insert(std::move(uri));
  }
  configure();
}

void Workspace::set_severities(const Json& severities) {
  severities_.clear();
  for (const auto& [name, value] : severities.as_object()) {
    const lint::Rule* rule = lint::find_rule(name);
    const auto severity = lint::severity_from_name(value.as_string());
    if (rule != nullptr && severity) severities_[rule->code] = *severity;
  }
  configure();
}

// Of several folders the first that has a configuration gives it. One that cannot be read counts as
// none: `zerodb lint` says what is wrong with it.
void Workspace::configure() {
  lint::Configuration configuration;
  for (const std::string& folder : folders_) {
    const auto text = files_.read(in_folder(folder, kConfigurationName));
    if (!text) continue;
    configuration =
        lint::read_configuration(*text, kConfigurationName).value_or(lint::Configuration());
    break;
  }
  for (const auto& [code, severity] : severities_) configuration.severities[code] = severity;
  linter_ = lint::Linter(std::move(configuration), library_);
  forget_all();
}

void Workspace::forget_all() {
  analyses_.clear();
  outdated_.clear();
}

Status Workspace::set_database(const std::string& path) {
  database_ = sema::ScriptChecker(library_);
  forget_all();
  if (path.empty()) return ok_status();
  auto found = TRY(files_.definitions(folders_.empty() ? "" : folders_.front(), path));
  database_ = TRY(sema::ScriptChecker::create(library_, std::move(found.rows), found.database));
  return ok_status();
}

Result<std::string> Workspace::run(const std::string& path, const std::string& statements) {
  return files_.run(folders_.empty() ? "" : folders_.front(), path, statements);
}

bool Workspace::is_linted(const std::string& uri) const {
  return std::ranges::none_of(folders_, [&](const std::string& folder) {
    const std::string prefix = in_folder(folder, "");
    return uri.starts_with(prefix) &&
           linter_.configuration().excludes(std::string_view(uri).substr(prefix.size()));
  });
}

void Workspace::set_schema_paths(std::vector<std::string> paths) {
  schema_paths_ = std::move(paths);
  forget_all();
}

void Workspace::open(const std::string& uri, std::string text, int64_t version) {
  open_.insert_or_assign(uri, OpenFile{TextDocument(std::move(text), encoding), version});
  forget(uri);
}

void Workspace::change(const std::string& uri, const Json& changes, int64_t version) {
  const auto found = open_.find(uri);
  if (found == open_.end()) return;
  TextDocument& document = found->second.document;
  for (const Json& change : changes.as_array()) {
    const std::string_view text = change["text"].as_string();
    const Span span =
        change.has("range") ? document.span(change["range"]) : Span{0, document.size()};
    document.replace(span, text);
  }
  found->second.version = version;
  forget(uri);
}

void Workspace::close(const std::string& uri) {
  open_.erase(uri);
  forget(uri);
}

void Workspace::file_changed(const std::string& uri) {
  if (uri.ends_with("/" + std::string(kConfigurationName))) return configure();
  if (files_.read(uri)) {
    on_disk_.insert(uri);
  } else {
    on_disk_.erase(uri);
  }
  if (!is_open(uri)) forget(uri);
}

int64_t Workspace::version(const std::string& uri) const {
  const auto found = open_.find(uri);
  return found == open_.end() ? 0 : found->second.version;
}

std::vector<std::string> Workspace::open_uris() const {
  std::vector<std::string> out;
  for (const auto& [uri, file] : open_) out.push_back(uri);
  return out;
}

std::vector<std::string> Workspace::uris() const {
  std::set<std::string> all = on_disk_;
  for (const auto& [uri, file] : open_) all.insert(uri);
  return {all.begin(), all.end()};
}

bool Workspace::is_schema(const std::string& uri) const {
  if (schema_paths_.empty()) {
    return uri.ends_with("/schema.zql") || uri.ends_with(".schema.zql") ||
           uri.find("/schema/") != std::string::npos ||
           uri.find("/migrations/") != std::string::npos;
  }
  return std::ranges::any_of(folders_, [&](const std::string& folder) {
    return std::ranges::any_of(schema_paths_, [&](const std::string& path) {
      const std::string whole = in_folder(folder, path);
      return uri == whole || uri.starts_with(whole.ends_with('/') ? whole : whole + "/");
    });
  });
}

void Workspace::outdate(const std::string& uri, Analysis::Before sees) {
  if (const auto found = analyses_.find(uri); found != analyses_.end()) {
    outdated_[uri].analysis = std::move(found->second);
    analyses_.erase(found);
  }
  if (const auto found = outdated_.find(uri);
      found != outdated_.end() && sees == Analysis::Before::Changed)
    found->second.sees = sees;
}

// A schema script stands before all others that come after it.
void Workspace::forget(const std::string& uri) {
  outdate(uri, Analysis::Before::Same);
  if (!is_schema(uri)) return;
  std::set<std::string> known;
  for (const auto& [each, analysis] : analyses_) known.insert(each);
  for (const auto& [each, outdated] : outdated_) known.insert(each);
  for (const std::string& each : known) {
    if (each != uri && (!is_schema(each) || each > uri)) outdate(each, Analysis::Before::Changed);
  }
}

std::optional<TextDocument> Workspace::document(const std::string& uri) {
  if (const auto found = open_.find(uri); found != open_.end()) return found->second.document;
  auto text = files_.read(uri);
  if (!text) return std::nullopt;
  return TextDocument(std::move(*text), encoding);
}

sema::ScriptChecker Workspace::checker_before(const std::string& uri) {
  std::string last;
  for (const std::string& each : uris()) {
    if (is_schema(each) && each != uri && (!is_schema(uri) || each < uri)) last = each;
  }
  if (last.empty()) return database_;
  const Analysis* before = analysis(last);
  return before != nullptr ? before->checker() : database_;
}

Analysis* Workspace::look(const std::string& uri) {
  if (const auto found = analyses_.find(uri); found != analyses_.end()) return found->second.get();
  auto text = document(uri);
  if (!text) return nullptr;
  const auto found = outdated_.find(uri);
  const Outdated old = found == outdated_.end() ? Outdated() : std::move(found->second);
  auto made = std::make_unique<Analysis>(std::move(*text), uri, checker_before(uri),
                                         old.analysis.get(), old.sees);
  outdated_.erase(uri);
  return analyses_.insert_or_assign(uri, std::move(made)).first->second.get();
}

bool Workspace::check_some(const std::string& uri) {
  Analysis* found = look(uri);
  return found == nullptr || found->check_some();
}

const Analysis* Workspace::analysis(const std::string& uri) {
  while (!check_some(uri)) continue;
  return look(uri);
}

std::vector<Workspace::Found> Workspace::find(const std::string& uri, const std::string& key) {
  const std::vector<std::string> where =
      key.starts_with("local ") ? std::vector<std::string>{uri} : uris();
  std::vector<Found> out;
  for (const std::string& each : where) {
    const Analysis* found = analysis(each);
    if (found == nullptr) continue;
    for (const Occurrence& occurrence : found->occurrences()) {
      if (occurrence.key == key) out.push_back({each, &occurrence});
    }
  }
  return out;
}

}  // namespace zerodb::lsp
