#include "database/login.h"

#include "value/zval_builder.h"

namespace zerodb::database {

Result<LoginAccess> access_of(const Login& login, SchemaCache& schemas,
                              txn::Transaction& transaction, SchemaPtr here) {
  LoginAccess out;
  out.here = std::move(here);
  out.home =
      out.here->database().id == login.home ? out.here : TRY(schemas.get(transaction, login.home));
  const catalog::Facility* user =
      out.home->find_facility(catalog::Facility::Kind::User, login.user);
  if (user == nullptr)
    return Error(ErrorCode::E0704, "the user `" + login.user + "` is no longer there");
  out.access = sema::access_of(*user, *out.home, *out.here);
  out.key = "@" + std::to_string(user->id) + "/" + std::to_string(out.home->version().value());
  return out;
}

Result<Value> auth_of(const Login& login, const std::vector<std::string>& roles) {
  ObjectBuilder object;
  if (login.claims.tag() == Tag::Object) {
    const ObjectView claims(login.claims);
    for (uint32_t i = 0; i < claims.size(); ++i)
      object.set(std::string(claims.key(i)), claims.value(i));
  }
  ArrayBuilder names;
  for (const std::string& role : roles) names.add(Value::string(role));
  object.set("name", Value::string(login.user));
  object.set("roles", TRY(names.build()));
  return object.build();
}

}  // namespace zerodb::database
