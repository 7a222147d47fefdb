#include <algorithm>
#include <array>

#include "lint/rule.h"

namespace zerodb::lint {
namespace {

constexpr std::string_view kSchema =
    R"(DEFINE ENUM status AS (open, paid, sent);
DEFINE ENUM mood AS (good, bad);
DEFINE TABLE company SCHEMAFULL ( name string UNIQUE, city string );
DEFINE TABLE person SCHEMAFULL (
  name string, email string UNIQUE, age int?, score float, city string,
  employer record<company>?, active bool DEFAULT true
);
DEFINE INDEX person_city ON person (city);
DEFINE INDEX person_name_city ON person (name, city);
DEFINE EDGE knows FROM person TO person ( since datetime? );
DEFINE TABLE orders SCHEMAFULL ( buyer record<person>, status status, total decimal );
DEFINE TABLE event SCHEMALESS;
DEFINE TABLE pair SCHEMAFULL ( no int, word string );
DEFINE TABLE doc SCHEMAFULL ( title string, body string, embedding vector<f32, 3> );
DEFINE ANALYZER english WITH (tokenizer = 'unicode', language = 'english');
DEFINE INDEX doc_body ON doc (body) USING fulltext (analyzer = 'english');
DEFINE INDEX doc_vector ON doc (embedding) USING hnsw (metric = 'cosine');
DEFINE TABLE reading SCHEMAFULL ( value float )
  KEY (sensor string, at datetime) PARTITION BY hash(sensor) PARTITIONS 4;
DEFINE NAMESPACE staging;
DEFINE ROLE analyst;
DEFINE FUNCTION score_of(x: any) RETURNS any AS x.score;
DEFINE MODULE geo FROM $geo_bytes WITH (world = 'acme:geo/math@1.2.0');
DEFINE FUNCTION geo_dist(a: float, b: float) RETURNS float FROM MODULE geo EXPORT 'dist' IMMUTABLE;
)";

constexpr std::array kSuppressionRules = {
    Rule{.code = kUnusedAllowance,
         .name = "unused-allow",
         .severity = Severity::Warning,
         .summary = "a `zerodb:allow` comment silences nothing",
         .detail = "What it was for has been mended or moved; left there it would silence the next "
                   "mistake.",
         .triggers = "-- zerodb:allow ZL202 the order does not matter\nSELECT name FROM person "
                     "ORDER BY name LIMIT 10",
         .nearly = "-- zerodb:allow ZL202 any ten will do\nSELECT name FROM person LIMIT 10"},
    Rule{.code = kMalformedAllowance,
         .name = "malformed-allow",
         .severity = Severity::Warning,
         .summary = "a `zerodb:allow` comment names no rule, or gives no reason",
         .detail = "It is `-- zerodb:allow ZL301 reason`, on the line of the statement or before "
                   "it; several "
                   "codes are separated by commas.",
         .triggers = "-- zerodb:allow ZL202\nSELECT name FROM person ORDER BY name LIMIT 10",
         .nearly = "-- zerodb:allows nothing\nSELECT name FROM person ORDER BY name LIMIT 10"},
};

// What cannot be decided yet, in one place.
constexpr std::array kLimits = {
    Limit{"ZL301",
          "Indexes by an expression or with USING count as answers, for what they answer only the "
          "planner knows."},
    Limit{"ZL310", "Only the first level of PARTITION BY is looked at."},
    Limit{"ZL403", "What a module does with a record cannot be seen."},
    Limit{"ZL405",
          "How many records a table holds is not known to a script: every table that it did not "
          "define counts."},
    Limit{"ZL408",
          "The exports of a module are not read: any module that is replaced while functions use "
          "it is named."},
    Limit{"ZL201",
          "Bodies of functions, DEFAULT, COMPUTED and ASSERT are not looked into by rules about "
          "types."},
};

std::vector<const Rule*> collect() {
  std::vector<const Rule*> all;
  const auto add = [&](std::span<const Rule> domain) {
    for (const Rule& rule : domain) all.push_back(&rule);
  };
  add(suppression_rules());
  add(safety_rules());
  add(correctness_rules());
  add(query_rules());
  add(performance_rules());
  add(migration_rules());
  add(style_rules());
  std::sort(all.begin(), all.end(), [](const Rule* a, const Rule* b) { return a->code < b->code; });
  return all;
}

bool is_same_word(std::string_view a, std::string_view b) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

std::span<const Rule> suppression_rules() {
  return kSuppressionRules;
}

std::span<const Rule* const> rules() {
  static const std::vector<const Rule*> kAll = collect();
  return kAll;
}

const Rule* find_rule(std::string_view code_or_name) {
  for (const Rule* rule : rules()) {
    if (is_same_word(rule->code, code_or_name) || is_same_word(rule->name, code_or_name))
      return rule;
  }
  return nullptr;
}

std::string_view example_schema() {
  return kSchema;
}

std::span<const Limit> limits() {
  return kLimits;
}

}  // namespace zerodb::lint
