#include "cli/demo_loader.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "value/zval_builder.h"

namespace zerodb::cli {
namespace {

constexpr size_t kRowsPerStatement = 1000;

using Ids = std::unordered_map<std::string, Value>;  // name of a record to its record id

// Where a maintainer's record lies: the address, or the name of one without.
const std::string& maintainer_key(const DebianPackage& package) {
  return package.maintainer_email.empty() ? package.maintainer_name : package.maintainer_email;
}

Value text_or_none(const std::string& text) {
  return text.empty() ? Value::none() : Value::string(text);
}

Result<Value> array_of(const std::vector<Value>& values) {
  ArrayBuilder builder;
  for (const Value& value : values) builder.add(value);
  return builder.build();
}

// [[{package, versions}, ..], ..]: all must hold, of each inner array any one.
Result<Value> relations_value(const std::vector<Relation>& relations) {
  ArrayBuilder all;
  for (const Relation& relation : relations) {
    ArrayBuilder any;
    for (const Relation::Alternative& alternative : relation.alternatives) {
      ObjectBuilder object;
      object.set("package", Value::string(alternative.package));
      if (!alternative.versions.empty())
        object.set("versions", Value::string(alternative.versions));
      any.add(TRY(object.build()));
    }
    all.add(TRY(any.build()));
  }
  return all.build();
}

// {role: ['program'], interface: ['x11', ..]} from "role::program", ..
Result<Value> facets_value(const std::vector<std::string>& tags) {
  std::map<std::string, std::vector<Value>> facets;
  for (const std::string& tag : tags) {
    const size_t colons = tag.find("::");
    if (colons == std::string::npos) continue;
    facets[tag.substr(0, colons)].push_back(Value::string(tag.substr(colons + 2)));
  }
  ObjectBuilder object;
  for (const auto& [facet, values] : facets) object.set(facet, TRY(array_of(values)));
  return object.build();
}

Result<Value> control_value(const DebianPackage& package) {
  ObjectBuilder control;
  control.set("source", Value::string(package.source.empty() ? package.name : package.source));
  control.set("depends", TRY(relations_value(package.depends)));
  control.set("recommends", TRY(relations_value(package.recommends)));
  control.set("suggests", TRY(relations_value(package.suggests)));
  control.set("facets", TRY(facets_value(package.tags)));
  return control.build();
}

Result<Value> package_value(const DebianPackage& package, const Ids& maintainers) {
  std::vector<Value> tags;
  for (const std::string& tag : package.tags) tags.push_back(Value::string(tag));
  ObjectBuilder object;
  object.set("id", Value::string(package.name));
  object.set("name", Value::string(package.name));
  object.set("version", Value::string(package.version));
  object.set("architecture", Value::string(package.architecture));
  object.set("section", Value::string(package.section));
  object.set("priority", Value::string(package.priority));
  object.set("maintainer", maintainers.at(maintainer_key(package)));
  object.set("installed_kib",
             package.installed_kib ? Value::int64(*package.installed_kib) : Value::none());
  object.set("size_bytes", Value::int64(package.size_bytes));
  object.set("summary", Value::string(package.summary));
  object.set("homepage", text_or_none(package.homepage));
  object.set("tags", TRY(array_of(tags)));
  object.set("control", TRY(control_value(package)));
  return object.build();
}

// Runs `text` over slices of the rows, bound to $rows. Rows of the result, (name, record id), go
// into `ids`.
Status run_in_slices(database::Session& session, std::string_view text,
                     const std::vector<Value>& rows, Ids* ids, ProgressBar& progress) {
  const std::unique_ptr<database::Statement> statement = TRY(session.prepare(text));
  for (size_t begin = 0; begin < rows.size(); begin += kRowsPerStatement) {
    const size_t end = std::min(rows.size(), begin + kRowsPerStatement);
    database::Parameters parameters;
    parameters["rows"] = TRY(array_of({rows.begin() + static_cast<ptrdiff_t>(begin),
                                       rows.begin() + static_cast<ptrdiff_t>(end)}));
    const auto result = TRY(session.execute(*statement, parameters));
    const auto given = TRY(result->collect());
    if (ids != nullptr) {
      for (const auto& row : given) ids->emplace(row[0].as_string(), row[1]);
    }
    progress.advance(end - begin);
  }
  return ok_status();
}

Result<std::vector<Value>> maintainer_values(const std::vector<DebianPackage>& packages) {
  std::vector<Value> values;
  std::set<std::string> seen;
  for (const DebianPackage& package : packages) {
    if (!seen.insert(maintainer_key(package)).second) continue;
    ObjectBuilder object;
    object.set("id", Value::string(maintainer_key(package)));
    object.set("key", Value::string(maintainer_key(package)));
    object.set("name", Value::string(package.maintainer_name));
    object.set("email", text_or_none(package.maintainer_email));
    values.push_back(TRY(object.build()));
  }
  return values;
}

}  // namespace

std::string_view demo_definitions() {
  return R"(DEFINE TABLE maintainer SCHEMAFULL ( key string, name string, email string? );
DEFINE TABLE package SCHEMAFULL (
  name string, version string, architecture string, section string, priority string,
  maintainer record<maintainer>, installed_kib int?, size_bytes int, summary string, homepage string?,
  tags array<string>, control object
);
DEFINE INDEX by_section ON package (section, size_bytes);
DEFINE EDGE depends FROM package TO package ( kind string, versions string? );
)";
}

std::vector<Dependency> find_dependencies(const std::vector<DebianPackage>& packages) {
  std::unordered_map<std::string_view, uint32_t> positions;
  for (uint32_t i = 0; i < packages.size(); ++i) positions.emplace(packages[i].name, i);
  std::vector<Dependency> found;
  for (uint32_t from = 0; from < packages.size(); ++from) {
    std::set<uint32_t> targets;
    const auto add = [&](const std::vector<Relation>& relations, bool is_pre) {
      for (const Relation& relation : relations) {
        for (const Relation::Alternative& alternative : relation.alternatives) {
          const auto target = positions.find(alternative.package);
          if (target == positions.end() || !targets.insert(target->second).second) continue;
          found.push_back({from, target->second, is_pre, alternative.versions});
        }
      }
    };
    add(packages[from].pre_depends, true);
    add(packages[from].depends, false);
  }
  return found;
}

Status load_demo(database::Session& session, const PackageUniverse& universe,
                 const std::vector<Dependency>& dependencies, ProgressBar& progress) {
  const database::Script definitions{std::string(demo_definitions()), "definitions"};
  for (size_t i = 0; i < definitions.size(); ++i) TRY(session.execute(definitions, i));

  const std::vector<Value> maintainers = TRY(maintainer_values(universe.packages));
  progress.start("loading", maintainers.size() + universe.packages.size() + dependencies.size());
  Ids maintainer_ids;
  TRY(run_in_slices(session, "INSERT INTO maintainer CONTENT $rows RETURNING key, id", maintainers,
                    &maintainer_ids, progress));

  std::vector<Value> rows;
  for (const DebianPackage& package : universe.packages)
    rows.push_back(TRY(package_value(package, maintainer_ids)));
  Ids package_ids;
  TRY(run_in_slices(session, "INSERT INTO package CONTENT $rows RETURNING name, id", rows,
                    &package_ids, progress));

  rows.clear();
  for (const Dependency& dependency : dependencies) {
    ObjectBuilder object;
    object.set("dependant", package_ids.at(universe.packages[dependency.from].name));
    object.set("target", package_ids.at(universe.packages[dependency.to].name));
    object.set("kind", Value::string(dependency.is_pre ? "pre-depends" : "depends"));
    object.set("versions", text_or_none(dependency.versions));
    rows.push_back(TRY(object.build()));
  }
  TRY(run_in_slices(session,
                    "RELATE r.dependant -> depends -> r.target SET kind = r.kind, versions = "
                    "r.versions FROM $rows AS r",
                    rows, nullptr, progress));
  progress.finish();
  return ok_status();
}

std::string fingerprint(const PackageUniverse& universe,
                        const std::vector<Dependency>& dependencies) {
  uint64_t mix = 0xcbf29ce484222325;
  const auto add = [&mix](std::string_view text) {
    for (const char c : text) mix = (mix ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  };
  for (const DebianPackage& package : universe.packages) {
    add(package.name);
    add(package.version);
  }
  return std::to_string(universe.packages.size()) + "-" + std::to_string(dependencies.size()) +
         "-" + std::to_string(mix);
}

}  // namespace zerodb::cli
