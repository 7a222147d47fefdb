// session:: and sequence:: functions.
#include "function/domains.h"
#include "function/kernel.h"
#include "value/zval_builder.h"

namespace zerodb::function {
namespace {

Result<Value> text_of(const CallContext& context, std::string SessionInfo::* field) {
  return context.session == nullptr ? Value::none() : Value::string(context.session->*field);
}

Result<Value> user(Args, CallContext& context) {
  return text_of(context, &SessionInfo::user);
}
Result<Value> id(Args, CallContext& context) {
  return text_of(context, &SessionInfo::id);
}
Result<Value> name_space(Args, CallContext& context) {
  return text_of(context, &SessionInfo::name_space);
}
Result<Value> database(Args, CallContext& context) {
  return text_of(context, &SessionInfo::database);
}
Result<Value> version(Args, CallContext& context) {
  return text_of(context, &SessionInfo::version);
}
Result<Value> address(Args, CallContext& context) {
  if (context.session == nullptr || !context.session->address) return Value::none();
  return Value::string(*context.session->address);
}
Result<Value> roles(Args, CallContext& context) {
  ArrayBuilder roles;
  if (context.session != nullptr) {
    for (const std::string& role : context.session->roles) roles.add(Value::string(role));
  }
  return roles.build();
}

Result<Value> setting(Args args, CallContext& context) {
  if (context.system == nullptr) return Error(ErrorCode::E0610, "there are no settings here");
  return context.system->setting(args[0].as_string());
}

Error no_sequences() {
  return Error(ErrorCode::E0610, "there are no sequences here");
}
Result<Value> next_number(Args args, CallContext& context) {
  if (context.sequences == nullptr) return no_sequences();
  return Value::int64(TRY(context.sequences->next(args[0].as_string())));
}
Result<Value> current_number(Args args, CallContext& context) {
  if (context.sequences == nullptr) return no_sequences();
  const auto current = TRY(context.sequences->current(args[0].as_string()));
  return current ? Value::int64(*current) : Value::none();
}

constexpr Declaration kSessionFunctions[] = {
    {"sequence::next(name: string) -> int", Volatility::Volatile, Absence::Propagates, 1000,
     "The next number of a sequence. Numbers never come twice, whatever becomes of the "
     "transaction; "
     "some never come.",
     "sequence::next('nothing') = error E0207", next_number},
    {"sequence::current(name: string) -> int?", Volatility::Volatile, Absence::Propagates, 20,
     "The number that `sequence::next` gave this session last; none before.",
     "sequence::current('nothing') = error E0207", current_number},
    {"session::user() -> string?", kStable, kNone, 2, "The name of the user.",
     "session::user() = session::user()", user},
    {"session::roles() -> array<string>", kStable, kNone, 10, "The roles of the user.",
     "session::roles() = session::roles()", roles},
    {"session::id() -> string?", kStable, kNone, 2, "The id of the session.",
     "session::id() = session::id()", id},
    {"session::namespace() -> string?", kStable, kNone, 2, "The namespace in use.",
     "session::namespace() = session::namespace()", name_space},
    {"session::database() -> string?", kStable, kNone, 2, "The database in use.",
     "session::database() = session::database()", database},
    {"session::address() -> string?", kStable, kNone, 2,
     "Where the client is; none when it is embedded.", "session::address() = session::address()",
     address},
    {"session::setting(name: string) -> any", kStable, kNone, 20,
     "The value of an option of the session, as SHOW gives it.", "session::setting(none) = none",
     setting},
    {"session::version() -> string?", kStable, kNone, 2, "The version of the database software.",
     "session::version() = session::version()", version},
};

}  // namespace

std::span<const Declaration> session_functions() {
  return kSessionFunctions;
}

}  // namespace zerodb::function
