// Login: the user that a session is for, and what the user may do at the moment that a transaction
// sees.
//
// Threading: plain values and free functions.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "database/schema_cache.h"
#include "sema/access.h"
#include "value/value.h"

namespace zerodb::database {

struct Login {
  std::string user;
  DatabaseId home;  // where the user is defined
  Value claims;     // an object, or none
};

struct LoginAccess {
  SchemaPtr home;  // lends grants to `access`
  SchemaPtr here;  // likewise
  sema::Access access;
  std::string key;  // tells one access from another (PlanningInput)
};

// In the database of `here`. The user and the roles are as they are now, not as they were when the
// session was made; E0704 for a user that is gone.
Result<LoginAccess> access_of(const Login& login, SchemaCache& schemas,
                              txn::Transaction& transaction, SchemaPtr here);

// `$auth`: the claims, with `name` and `roles` as the database knows them.
Result<Value> auth_of(const Login& login, const std::vector<std::string>& roles);

}  // namespace zerodb::database
