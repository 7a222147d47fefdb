#include "cli/demo_packages.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <functional>
#include <map>
#include <unordered_set>

#include "cli/input_file.h"
#include "value/utf8.h"

namespace zerodb::cli {
namespace {

constexpr uint64_t kGeneratorSeed = 20260101;
constexpr size_t kGeneratedPackages = 20'000;

std::string_view stripped(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\n\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\n\r") - first + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const size_t at = text.find(separator);
    const std::string_view part = stripped(text.substr(0, at));
    if (!part.empty()) parts.push_back(part);
    if (at == std::string_view::npos) break;
    text.remove_prefix(at + 1);
  }
  return parts;
}

std::optional<int64_t> parse_integer(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

void set_maintainer(DebianPackage& package, std::string_view text) {
  const size_t open = text.rfind('<');
  const size_t close = text.rfind('>');
  if (open != std::string_view::npos && close != std::string_view::npos && open < close) {
    package.maintainer_email = stripped(text.substr(open + 1, close - open - 1));
    text = text.substr(0, open);
  }
  package.maintainer_name = stripped(text);
}

void set_field(DebianPackage& package, std::string_view field, std::string_view value) {
  using Setter = std::function<void(DebianPackage&, std::string_view)>;
  static const std::map<std::string_view, Setter> kSetters = {
      {"Package", [](auto& p, auto v) { p.name = v; }},
      {"Version", [](auto& p, auto v) { p.version = v; }},
      {"Architecture", [](auto& p, auto v) { p.architecture = v; }},
      {"Section", [](auto& p, auto v) { p.section = v; }},
      {"Priority", [](auto& p, auto v) { p.priority = v; }},
      {"Maintainer", [](auto& p, auto v) { set_maintainer(p, v); }},
      {"Installed-Size", [](auto& p, auto v) { p.installed_kib = parse_integer(v); }},
      {"Size", [](auto& p, auto v) { p.size_bytes = parse_integer(v).value_or(0); }},
      {"Description", [](auto& p, auto v) { p.summary = v.substr(0, v.find('\n')); }},
      {"Homepage", [](auto& p, auto v) { p.homepage = v; }},
      {"Source", [](auto& p, auto v) { p.source = v.substr(0, v.find(' ')); }},
      {"Tag",
       [](auto& p, auto v) {
         for (const auto tag : split(v, ',')) p.tags.emplace_back(tag);
       }},
      {"Depends", [](auto& p, auto v) { p.depends = parse_relations(v); }},
      {"Pre-Depends", [](auto& p, auto v) { p.pre_depends = parse_relations(v); }},
      {"Recommends", [](auto& p, auto v) { p.recommends = parse_relations(v); }},
      {"Suggests", [](auto& p, auto v) { p.suggests = parse_relations(v); }},
  };
  const auto setter = kSetters.find(field);
  if (setter != kSetters.end()) setter->second(package, value);
}

DebianPackage parse_stanza(std::string_view stanza) {
  DebianPackage package;
  while (!stanza.empty()) {
    // A field goes on over lines that begin with a blank.
    size_t end = stanza.find('\n');
    while (end != std::string_view::npos && end + 1 < stanza.size() &&
           (stanza[end + 1] == ' ' || stanza[end + 1] == '\t')) {
      end = stanza.find('\n', end + 1);
    }
    const std::string_view line = stanza.substr(0, end);
    const size_t colon = line.find(':');
    if (colon != std::string_view::npos)
      set_field(package, line.substr(0, colon), stripped(line.substr(colon + 1)));
    if (end == std::string_view::npos) break;
    stanza.remove_prefix(end + 1);
  }
  return package;
}

std::optional<std::string> read_apt_cache() {
  std::FILE* pipe = popen("apt-cache dumpavail 2>/dev/null", "r");
  if (pipe == nullptr) return std::nullopt;
  std::string text;
  char buffer[1 << 16];
  for (size_t got = 0; (got = std::fread(buffer, 1, sizeof(buffer), pipe)) > 0;)
    text.append(buffer, got);
  const int status = pclose(pipe);
  if (status != 0 || text.empty()) return std::nullopt;
  return text;
}

}  // namespace

std::vector<Relation> parse_relations(std::string_view text) {
  std::vector<Relation> relations;
  for (const std::string_view part : split(text, ',')) {
    Relation relation;
    for (const std::string_view choice : split(part, '|')) {
      const size_t open = choice.find('(');
      const size_t close = choice.find(')');
      Relation::Alternative alternative;
      // "python3:any" names the package python3, "gcc [amd64]" the package gcc.
      alternative.package = stripped(choice.substr(0, choice.find_first_of("(:[<")));
      if (open != std::string_view::npos && close != std::string_view::npos && open < close) {
        alternative.versions = stripped(choice.substr(open + 1, close - open - 1));
      }
      if (!alternative.package.empty()) relation.alternatives.push_back(std::move(alternative));
    }
    if (!relation.alternatives.empty()) relations.push_back(std::move(relation));
  }
  return relations;
}

std::vector<DebianPackage> parse_packages(std::string_view text) {
  std::vector<DebianPackage> packages;
  std::unordered_set<std::string> seen;
  while (!text.empty()) {
    const size_t end = text.find("\n\n");
    DebianPackage package = parse_stanza(text.substr(0, end));
    if (!package.name.empty() && seen.insert(package.name).second)
      packages.push_back(std::move(package));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 2);
  }
  return packages;
}

std::vector<DebianPackage> generate_packages(Random& random, size_t count) {
  static constexpr const char* kSections[] = {"libs",    "devel", "python", "games",
                                              "science", "admin", "net",    "doc"};
  static constexpr const char* kRoles[] = {"role::program", "role::shared-lib",
                                           "role::documentation", "role::app-data"};
  std::vector<DebianPackage> packages;
  for (size_t i = 0; i < count; ++i) {
    DebianPackage package;
    package.name =
        i == 0 ? "libc6" : (i % 3 == 0 ? "lib" : "tool") + std::string("-") + std::to_string(i);
    package.version =
        std::to_string(random.below(9)) + "." + std::to_string(random.below(40)) + "-1";
    package.architecture = random.below(3) == 0 ? "all" : "amd64";
    package.section = kSections[std::min(random.below(8), random.below(8))];
    package.priority = i == 0 ? "required" : "optional";
    const uint64_t maintainer = random.below(1 + count / 40);
    package.maintainer_name = "Maintainer " + std::to_string(maintainer);
    package.maintainer_email = "m" + std::to_string(maintainer) + "@example.org";
    package.installed_kib = static_cast<int64_t>(20 + random.below(1 + random.below(200'000)));
    package.size_bytes = *package.installed_kib * 300;
    package.summary = "generated package number " + std::to_string(i);
    package.source = package.name;
    package.tags.emplace_back(kRoles[random.below(4)]);
    // Low numbers are depended on most, as libraries at the bottom are.
    const uint64_t links = i == 0 ? 0 : random.below(8);
    for (uint64_t n = 0; n < links; ++n) {
      const uint64_t target = random.below(1 + random.below(1 + random.below(i)));
      package.depends.push_back({{{packages[target].name, ""}}});
    }
    packages.push_back(std::move(package));
  }
  return packages;
}

Result<PackageUniverse> load_universe(const std::string& file) {
  PackageUniverse universe;
  if (!file.empty()) {
    const auto text = read_file(file);
    if (!text) return Error(ErrorCode::E1206, "cannot read " + file);
    if (!utf8::is_valid(*text)) return Error(ErrorCode::E0007, file + " is not UTF-8");
    universe.packages = parse_packages(*text);
    universe.origin = file;
    if (universe.packages.empty())
      return Error(ErrorCode::E1206, file + " holds no package stanzas");
    return universe;
  }
  if (const auto text = read_apt_cache(); text && utf8::is_valid(*text)) {
    universe.packages = parse_packages(*text);
    universe.origin = "apt-cache dumpavail, the packages this machine can install";
  }
  if (universe.packages.empty()) {
    SeededRandom random(kGeneratorSeed);
    universe.packages = generate_packages(random, kGeneratedPackages);
    universe.origin = "made up from seed " + std::to_string(kGeneratorSeed) +
                      ": this machine has no package lists";
  }
  return universe;
}

}  // namespace zerodb::cli
