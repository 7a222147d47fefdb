#include "cli/demo_questions.h"

#include <algorithm>
#include <map>

#include "value/text.h"

namespace zerodb::cli {
namespace {

using Packages = std::vector<DebianPackage>;
using Rows = std::vector<std::vector<Value>>;

constexpr std::string_view kHub = "libc6";

Rows one_count(int64_t count) {
  return {{Value::int64(count)}};
}

template <typename Predicate>
int64_t count_if(const Packages& packages, Predicate predicate) {
  return std::ranges::count_if(packages, predicate);
}

// The section with the most packages; the first by name among equals.
std::string largest_section(const Packages& packages) {
  std::map<std::string, int64_t> counts;
  for (const DebianPackage& package : packages) ++counts[package.section];
  return std::ranges::max_element(counts, {}, [](const auto& entry) { return entry.second; })
      ->first;
}

const DebianPackage* find_package(const Packages& packages, std::string_view name) {
  const auto found = std::ranges::find(packages, name, &DebianPackage::name);
  return found == packages.end() ? nullptr : &*found;
}

// The package that most others depend on; libc6 wherever that is a package.
const DebianPackage& hub_of(const Packages& packages) {
  const DebianPackage* hub = find_package(packages, kHub);
  return hub == nullptr ? packages.front() : *hub;
}

// Maintainers are told apart by their addresses; the name that came first with an address is kept.
const std::string& kept_maintainer_name(const Packages& packages, const DebianPackage& package) {
  if (package.maintainer_email.empty()) return package.maintainer_name;
  return std::ranges::find(packages, package.maintainer_email, &DebianPackage::maintainer_email)
      ->maintainer_name;
}

Question point_read(const Packages& packages, const DebianPackage& hub, const std::string& id) {
  return {"One record by its id, and through a link to its maintainer",
          {"SELECT name, section, priority, maintainer.name AS maintainer FROM " + id},
          {{Value::string(hub.name), Value::string(hub.section), Value::string(hub.priority),
            Value::string(kept_maintainer_name(packages, hub))}}};
}

Question id_range(const Packages& packages) {
  return {"A range of ids: names from 'lib' up to 'lic'",
          {"SELECT count(*) AS libraries FROM package:'lib'..'lic'"},
          one_count(
              count_if(packages, [](const auto& p) { return p.name >= "lib" && p.name < "lic"; }))};
}

Question filter(const Packages& packages) {
  return {"A filter over every record: more than 100 MiB when installed",
          {"SELECT count(*) AS huge FROM package WHERE installed_kib > 102_400"},
          one_count(count_if(packages,
                             [](const auto& p) { return p.installed_kib.value_or(0) > 102'400; }))};
}

Question grouped(const Packages& packages) {
  std::map<std::string, std::pair<int64_t, int64_t>> sections;
  for (const DebianPackage& package : packages) {
    ++sections[package.section].first;
    sections[package.section].second += package.size_bytes;
  }
  std::vector<std::pair<std::string, std::pair<int64_t, int64_t>>> order(sections.begin(),
                                                                         sections.end());
  std::ranges::stable_sort(
      order, [](const auto& a, const auto& b) { return a.second.first > b.second.first; });
  order.resize(std::min<size_t>(order.size(), 5));
  Rows rows;
  for (const auto& [name, sums] : order) {
    rows.push_back(
        {Value::string(name), Value::int64(sums.first), Value::int64(sums.second / 1'000'000)});
  }
  return {"Grouped: the five largest sections",
          {"SELECT section, count(*) AS packages, sum(size_bytes) DIV 1_000_000 AS megabytes FROM "
           "package\n"
           "  GROUP BY section ORDER BY packages DESC, section LIMIT 5"},
          rows};
}

Question top_n(const Packages& packages) {
  std::vector<const DebianPackage*> order;
  for (const DebianPackage& package : packages) order.push_back(&package);
  std::ranges::sort(order, [](const auto* a, const auto* b) {
    const int64_t left = a->installed_kib.value_or(-1);
    const int64_t right = b->installed_kib.value_or(-1);
    return left != right ? left > right : a->name < b->name;
  });
  Rows rows;
  for (size_t i = 0; i < std::min<size_t>(order.size(), 5); ++i) {
    const auto size = order[i]->installed_kib;
    rows.push_back({Value::string(order[i]->name), size ? Value::int64(*size) : Value::none()});
  }
  return {"Top five by installed size",
          {"SELECT name, installed_kib FROM package ORDER BY installed_kib DESC, name LIMIT 5"},
          rows};
}

Question by_index(const Packages& packages) {
  const std::string section = largest_section(packages);
  std::vector<const DebianPackage*> order;
  for (const DebianPackage& package : packages) {
    if (package.section == section) order.push_back(&package);
  }
  std::ranges::sort(order, [](const auto* a, const auto* b) {
    return a->size_bytes != b->size_bytes ? a->size_bytes > b->size_bytes : a->name < b->name;
  });
  Rows rows;
  for (size_t i = 0; i < std::min<size_t>(order.size(), 3); ++i) {
    rows.push_back({Value::string(order[i]->name), Value::int64(order[i]->size_bytes)});
  }
  return {"Through an index: the largest of one section",
          {"SELECT name, size_bytes FROM package WHERE section = " + quoted_text(section) +
           " ORDER BY size_bytes DESC, name LIMIT 3"},
          rows};
}

Question nested_path(const Packages& packages) {
  return {"A path into a nested document",
          {"SELECT count(*) AS programs FROM package WHERE control.facets.role CONTAINS 'program'"},
          one_count(count_if(packages, [](const auto& p) {
            return std::ranges::find(p.tags, "role::program") != p.tags.end();
          }))};
}

Question dependants(const std::vector<Dependency>& dependencies, const std::string& id,
                    uint32_t hub) {
  return {"A graph pattern: who depends on it",
          {"SELECT count(*) AS dependants FROM MATCH " + id + " <- depends <- package AS p"},
          one_count(std::ranges::count(dependencies, hub, &Dependency::to))};
}

Question two_hops(const Packages& packages, const std::vector<Dependency>& dependencies,
                  const std::string& id, uint32_t hub) {
  std::vector<int64_t> dependants(packages.size());
  for (const Dependency& dependency : dependencies) ++dependants[dependency.to];
  int64_t paths = 0;
  for (const Dependency& dependency : dependencies) {
    if (dependency.to != hub) continue;
    // A path never uses an edge twice, so a package that depends on itself cannot be passed twice
    // over that edge.
    paths += dependants[dependency.from] - (dependency.from == hub ? 1 : 0);
  }
  return {"Two hops: paths of length two that end there",
          {"SELECT count(*) AS paths FROM MATCH " + id +
           " <- depends <- package <- depends <- package AS p"},
          one_count(paths)};
}

std::vector<Question> transactions(const Packages& packages) {
  const std::string section = largest_section(packages);
  // Only what is optional, so that it can be put back as it was.
  const int64_t members = count_if(
      packages, [&](const auto& p) { return p.section == section && p.priority == "optional"; });
  const std::string update =
      "UPDATE package SET priority = 'demo' WHERE section = " + quoted_text(section) +
      " AND priority = 'optional'";
  const std::string count = "SELECT count(*) AS marked FROM package WHERE priority = 'demo'";
  return {{"A transaction, rolled back: nothing stays",
           {"BEGIN", update, "ROLLBACK", count},
           one_count(0)},
          {"Its twin, committed: all of it stays",
           {"BEGIN", update, "COMMIT", count},
           one_count(members)},
          {"And put back",
           {"UPDATE package SET priority = 'optional' WHERE priority = 'demo'", count},
           one_count(0)}};
}

}  // namespace

std::vector<Question> make_questions(const PackageUniverse& universe,
                                     const std::vector<Dependency>& dependencies) {
  const Packages& packages = universe.packages;
  const DebianPackage& hub = hub_of(packages);
  const auto position = static_cast<uint32_t>(&hub - packages.data());
  const std::string id = hub.name == kHub ? "package:libc6" : "package:" + quoted_text(hub.name);
  std::vector<Question> questions = {point_read(packages, hub, id),
                                     id_range(packages),
                                     filter(packages),
                                     grouped(packages),
                                     top_n(packages),
                                     by_index(packages),
                                     nested_path(packages),
                                     dependants(dependencies, id, position),
                                     two_hops(packages, dependencies, id, position)};
  for (Question& question : transactions(packages)) questions.push_back(std::move(question));
  return questions;
}

}  // namespace zerodb::cli
