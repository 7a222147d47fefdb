#include "catalog/store_codec.h"

#include <gtest/gtest.h>

namespace zerodb::catalog {
namespace store_codec_test {

struct Store {
  Rows rows = bootstrap_rows();

  void apply(const Change& change) {
    if (change.kind == Change::Kind::Put) {
      rows[change.key] = change.row;
    } else {
      rows.erase(change.key);
    }
  }
  Result<std::shared_ptr<const Schema>> schema() const { return build(rows, kMainDatabase); }
};

Field field(uint32_t id, std::string name, Type type) {
  Field made;
  made.id = FieldId(id);
  made.name = std::move(name);
  made.type_text = to_string(type);
  made.type = std::move(type);
  return made;
}

Table table(uint32_t id, std::string name, std::vector<Field> fields) {
  Table made;
  made.id = make_table_id(kMainDatabase, id);
  made.name = std::move(name);
  made.schemafull = true;
  RecordLayout layout;
  for (const Field& f : fields) layout.slots.push_back({f.id, f.name, f.type});
  made.fields = std::move(fields);
  made.layouts = {layout};
  return made;
}

Index index_on(uint32_t id, TableId of, std::string name, std::string column) {
  Index made;
  made.id = make_index_id(kMainDatabase, id);
  made.table = of;
  made.name = std::move(name);
  IndexColumn indexed;
  indexed.text = column;
  indexed.path = {{PathStep::Kind::Member, column, 0}};
  made.columns = {indexed};
  return made;
}

TEST(StoreCodec, ANewStoreHasMainMain) {
  const auto schema = Store().schema();
  ASSERT_TRUE(schema.has_value());
  EXPECT_EQ((*schema)->database().name, "main");
  EXPECT_EQ((*schema)->current_namespace().name, "main");
  EXPECT_TRUE((*schema)->tables().empty());
  EXPECT_NE((*schema)->find_namespace("main"), nullptr);
  EXPECT_EQ((*schema)->find_namespace("other"), nullptr);
}

TEST(StoreCodec, ATableComesBackAsItWas) {
  Store store;
  auto person = table(
      1, "person",
      {field(1, "name", Type::string()), field(2, "tags", Type::array(Type::string()).optional())});
  person.fields[1].default_text = "[]";
  person.fields[1].assert_texts = {"length($value) > 0"};
  person.fields[1].read_only = true;
  person.fields[0].comment = "who";
  person.rules = {{"grown_up", "age >= 18"}};
  person.key = {{"region", Type::string(), "string"}, {"no", Type::int64(), "int"}};
  person.options = {{"ttl", "90d"}};
  store.apply(put_table(kMainDatabase, person));
  store.apply(put_index(kMainDatabase, index_on(2, person.id, "by_name", "name")));
  const auto schema = store.schema();
  ASSERT_TRUE(schema.has_value());
  const Table* found = (*schema)->find_table("person");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->id, person.id);
  EXPECT_EQ(to_string(found->fields[1].type), "array<string>?");
  EXPECT_EQ(found->fields[1].default_text, "[]");
  EXPECT_EQ(found->fields[1].assert_texts.front(), "length($value) > 0");
  EXPECT_TRUE(found->fields[1].read_only);
  EXPECT_FALSE(found->fields[0].read_only);
  EXPECT_EQ(found->fields[0].comment, "who");
  EXPECT_EQ(found->rules.front().condition_text, "age >= 18");
  EXPECT_EQ(found->key_position("no"), 1u);
  EXPECT_EQ(found->options.at("ttl"), "90d");
  EXPECT_EQ(found->layout().slots.size(), 2u);
  ASSERT_NE(found->index("by_name"), nullptr);
  EXPECT_EQ(found->index("by_name")->columns.front().field, 0u);
  EXPECT_EQ((*schema)->table_name(person.id), "person");
}

TEST(StoreCodec, TypesOfEveryKindComeBack) {
  EnumType color;
  color.id = EnumId(5);
  color.name = "color";
  color.variants = {{1, "red"}, {2, "green"}};
  Enum shades;
  shades.type = std::make_shared<const EnumType>(color);
  const std::vector<Type> types = {
      Type::any(),
      Type::none(),
      Type::boolean().optional(),
      Type(TypeKind::U128),
      Type::decimal(),
      Type::decimal(18, 2),
      Type::record({}),
      Type::record({make_table_id(kMainDatabase, 1)}),
      Type::enumeration(shades.type),
      Type::array(Type::int64(), 3),
      Type::vector(Type(TypeKind::F32), 768),
      Type::hash_set(Type::string()),
      Type::hash_map(Type::string(), Type::int64()),
      Type::range(Type::int64()),
      Type::tuple({}),
      Type::tuple({Type::int64(), Type::string()}),
      Type::result(Type::int64(), Type::string()),
      Type::shape({{"a", Type::int64(), false}, {"b", Type::string(), true}}),
      Type::object(),
      Type::literal("S"),
      Type::union_of({Type::int64(), Type::string()}).optional(),
      Type(TypeKind::Datetime)};
  std::vector<Field> fields;
  for (const Type& type : types) {
    const auto id = static_cast<uint32_t>(fields.size() + 1);
    fields.push_back(field(id, "f" + std::to_string(id), type));
  }
  Store store;
  store.apply(put_enum(kMainDatabase, shades));
  store.apply(put_table(kMainDatabase, table(1, "all", fields)));
  const auto schema = store.schema();
  ASSERT_TRUE(schema.has_value());
  const Table& found = *(*schema)->find_table("all");
  for (size_t i = 0; i < types.size(); ++i)
    EXPECT_EQ(found.fields[i].type, types[i]) << to_string(types[i]);
}

TEST(StoreCodec, ErasedObjectsAreGoneAndOtherDatabasesAreNotRead) {
  Store store;
  const Table one = table(1, "one", {});
  store.apply(put_table(kMainDatabase, one));
  store.apply(put_table(DatabaseId(7), table(1, "elsewhere", {})));
  ASSERT_TRUE(store.schema().has_value());
  EXPECT_NE((*store.schema())->find_table("one"), nullptr);
  EXPECT_EQ((*store.schema())->find_table("elsewhere"), nullptr);
  store.apply(erase_table(kMainDatabase, one.id));
  EXPECT_EQ((*store.schema())->find_table("one"), nullptr);
}

TEST(StoreCodec, DamagedRowsAreErrorsWhereverTheyAreCut) {
  Store store;
  const Change change =
      put_table(kMainDatabase, table(1, "one", {field(1, "a", Type::array(Type::string()))}));
  store.apply(change);
  ASSERT_TRUE(store.schema().has_value());
  for (size_t size = 0; size < change.row.size(); ++size) {
    store.rows[change.key] = change.row.substr(0, size);
    const auto schema = store.schema();
    ASSERT_FALSE(schema.has_value()) << size;
    EXPECT_EQ(schema.error().code(), ErrorCode::E1205);
  }
  store.rows[change.key] = "\x7f";
  EXPECT_EQ(store.schema().error().code(), ErrorCode::E1208);
}

Facility a_facility() {
  return {.kind = Facility::Kind::Placement,
          .id = 3,
          .name = "eu",
          .options = {{"replicas", "3"}, {"survive", "'zone'"}},
          .comment = "near",
          .password_hash = {},
          .roles = {}};
}

Function a_function() {
  Function made;
  made.id = 4;
  made.name = "shop::tax";
  made.parameters = {{"amount", Type::decimal(), "decimal", ""},
                     {"rate", Type::decimal(), "decimal", "0.2dec"}};
  made.returns = Type::decimal();
  made.returns_text = "decimal";
  made.body_text = "amount * rate";
  made.volatility = Function::Volatility::Immutable;
  made.comment = "tax";
  return made;
}

TEST(StoreCodec, FacilitiesAndFunctionsComeBackAsTheyWere) {
  Store store;
  store.apply(put_facility(kMainDatabase, a_facility()));
  store.apply(put_function(kMainDatabase, a_function()));
  const auto schema = store.schema();
  ASSERT_TRUE(schema.has_value());
  EXPECT_EQ((*schema)->find_facility(Facility::Kind::Role, "eu"), nullptr);
  const Facility* facility = (*schema)->find_facility(Facility::Kind::Placement, "eu");
  ASSERT_NE(facility, nullptr);
  EXPECT_EQ(facility->options, a_facility().options);
  EXPECT_EQ(facility->comment, "near");
  const Function* function = (*schema)->find_function("shop::tax");
  ASSERT_NE(function, nullptr);
  ASSERT_EQ(function->parameters.size(), 2u);
  EXPECT_EQ(function->parameters[1].default_text, "0.2dec");
  EXPECT_EQ(function->returns, Type::decimal());
  EXPECT_EQ(function->body_text, "amount * rate");
  EXPECT_EQ(function->volatility, Function::Volatility::Immutable);
  store.apply(erase_facility(kMainDatabase, 3));
  store.apply(erase_function(kMainDatabase, 4));
  EXPECT_TRUE((*store.schema())->facilities().empty());
  EXPECT_TRUE((*store.schema())->functions().empty());
}

TEST(StoreCodec, DamagedFacilitiesAndFunctionsAreErrors) {
  for (const Change& change :
       {put_facility(kMainDatabase, a_facility()), put_function(kMainDatabase, a_function())}) {
    Store store;
    for (size_t size = 0; size < change.row.size(); ++size) {
      store.rows[change.key] = change.row.substr(0, size);
      ASSERT_FALSE(store.schema().has_value()) << size;
      EXPECT_EQ(store.schema().error().code(), ErrorCode::E1205);
    }
    store.rows[change.key] = change.row + "x";
    EXPECT_EQ(store.schema().error().code(), ErrorCode::E1205);
  }
  Store store;
  const Change facility = put_facility(kMainDatabase, a_facility());
  store.rows[facility.key] = facility.row;
  store.rows[facility.key][1] = 9;  // a kind that there is not
  EXPECT_EQ(store.schema().error().code(), ErrorCode::E1205);
}

TEST(StoreCodec, AnIndexWithoutItsTableIsDamage) {
  Store store;
  store.apply(put_index(kMainDatabase, index_on(2, make_table_id(kMainDatabase, 1), "lost", "a")));
  EXPECT_EQ(store.schema().error().code(), ErrorCode::E1205);
}

TEST(Schema, KnowsEdgesAtATableAndReferencesToIt) {
  Store store;
  const Table person = table(1, "person", {});
  Table invoice = table(2, "invoice", {field(1, "buyer", Type::record({person.id}))});
  invoice.fields[0].reference = OnDelete::Cascade;
  Table likes = table(
      3, "likes",
      {field(1, "src", Type::record({person.id})), field(2, "dst", Type::record({person.id}))});
  likes.kind = Table::Kind::Edge;
  likes.ends = {{person.id}, {person.id}};
  for (const Table& each : {person, invoice, likes}) store.apply(put_table(kMainDatabase, each));
  EXPECT_FALSE(store.schema().has_value()) << "an edge table must have its two indexes";
  store.apply(put_index(kMainDatabase, index_on(4, likes.id, "src", "src")));
  store.apply(put_index(kMainDatabase, index_on(5, likes.id, "dst", "dst")));
  const auto schema = store.schema();
  ASSERT_TRUE(schema.has_value());
  EXPECT_EQ((*schema)->edges_at(person.id), std::vector<TableId>{likes.id});
  EXPECT_TRUE((*schema)->edges_at(invoice.id).empty());
  ASSERT_EQ((*schema)->references_to(person.id).size(), 1u);
  EXPECT_EQ((*schema)->references_to(person.id).front().table, invoice.id);
  EXPECT_EQ((*schema)->find_table("likes")->index_on_dst().name, "dst");
}

TEST(Schema, VersionsAreReadFromTheirRows) {
  const Change change = put_database_version(kMainDatabase, SchemaVersion(300));
  ASSERT_TRUE(decode_version(change.row).has_value());
  EXPECT_EQ(decode_version(change.row)->value(), 300u);
  EXPECT_EQ(decode_version("")->value(), 0u);
  EXPECT_FALSE(decode_version("\x01").has_value());
}

TEST(StoreCodec, UsersAndGrantsComeBackAsTheyWere) {
  Store store;
  store.apply(put_table(kMainDatabase, table(1, "person", {field(1, "name", Type::string())})));
  Facility role;
  role.kind = Facility::Kind::Role;
  role.id = 2;
  role.name = "reader";
  store.apply(put_facility(kMainDatabase, role));
  Facility user;
  user.kind = Facility::Kind::User;
  user.id = 3;
  user.name = "ann";
  user.comment = "of the house";
  user.password_hash = "$argon2id$..";
  user.roles = {2};
  store.apply(put_facility(kMainDatabase, user));
  Grant grant;
  grant.id = 4;
  grant.role = 2;
  grant.object = make_table_id(kMainDatabase, 1).value();
  grant.privileges = Privileges::kSelect | Privileges::kUpdate;
  grant.fields = {"name"};
  grant.condition_text = "name = $auth.name";
  store.apply(put_grant(kMainDatabase, grant));
  const auto schema = store.schema();
  ASSERT_TRUE(schema.has_value());
  const Facility* found = (*schema)->find_facility(Facility::Kind::User, "ann");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->password_hash, user.password_hash);
  EXPECT_EQ(found->roles, user.roles);
  EXPECT_EQ(found->comment, user.comment);
  ASSERT_EQ((*schema)->grants().size(), 1u);
  const Grant& back = (*schema)->grants().front();
  EXPECT_EQ(back.target, Grant::Target::Table);
  EXPECT_EQ(back.object, grant.object);
  EXPECT_EQ(back.privileges, grant.privileges);
  EXPECT_EQ(back.fields, grant.fields);
  EXPECT_EQ(back.condition_text, grant.condition_text);
  EXPECT_EQ((*schema)->find_facility(back.role)->name, "reader");
  store.apply(erase_grant(kMainDatabase, grant.id));
  EXPECT_TRUE((*store.schema())->grants().empty());
}

}  // namespace store_codec_test
}  // namespace zerodb::catalog
