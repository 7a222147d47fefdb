#include "zeroql/grammar.h"

namespace zerodb::zeroql {

namespace {

struct KindWord {
  Keyword one;
  Keyword many;
  ast::ObjectKind kind;
};

constexpr KindWord kKindWords[] = {
    {Keyword::Namespace, Keyword::Namespaces, ast::ObjectKind::Namespace},
    {Keyword::Database, Keyword::Databases, ast::ObjectKind::Database},
    {Keyword::Table, Keyword::Tables, ast::ObjectKind::Table},
    {Keyword::Edge, Keyword::Edges, ast::ObjectKind::Edge},
    {Keyword::View, Keyword::Views, ast::ObjectKind::View},
    {Keyword::Field, Keyword::Fields, ast::ObjectKind::Field},
    {Keyword::Index, Keyword::Indexes, ast::ObjectKind::Index},
    {Keyword::Analyzer, Keyword::Analyzers, ast::ObjectKind::Analyzer},
    {Keyword::Sequence, Keyword::Sequences, ast::ObjectKind::Sequence},
    {Keyword::Placement, Keyword::Placements, ast::ObjectKind::Placement},
    {Keyword::Type, Keyword::Types, ast::ObjectKind::Type},
    {Keyword::Enum, Keyword::Enums, ast::ObjectKind::Enum},
    {Keyword::Module, Keyword::Modules, ast::ObjectKind::Module},
    {Keyword::Function, Keyword::Functions, ast::ObjectKind::Function},
    {Keyword::Param, Keyword::Params, ast::ObjectKind::Param},
    {Keyword::Role, Keyword::Roles, ast::ObjectKind::Role},
    {Keyword::User, Keyword::Users, ast::ObjectKind::User},
};

constexpr uint8_t detail_of(ast::ActionKind kind) {
  return static_cast<uint8_t>(kind);
}

}  // namespace

// The kind that the current word names, consumed.
std::optional<ast::ObjectKind> Grammar::object_kind(bool is_list) {
  for (const KindWord& word : kKindWords) {
    if (accept(is_list ? word.many : word.one)) return word.kind;
  }
  return std::nullopt;
}

void Grammar::object_name(ast::ObjectKind kind) {
  const Start s = start();
  if (at(TokenKind::Parameter)) {
    parameter();
  } else if (at_ident() && peek().is(TokenKind::DoubleColon)) {
    path();
  } else {
    name();
  }
  finish(NodeKind::ObjectName, s, static_cast<uint8_t>(kind));
}

void Grammar::on_table() {
  if (!at(Keyword::On)) return;
  const Start s = start();
  cursor_.advance();
  name();
  finish(NodeKind::OnTable, s);
}

void Grammar::let() {
  const Start s = start();
  cursor_.advance();
  parameter();
  if (accept(TokenKind::Colon)) type();
  expect(TokenKind::Equal);
  expr();
  finish(NodeKind::Let, s);
}

void Grammar::use() {
  const Start s = start();
  cursor_.advance();
  name();
  finish(NodeKind::Use, s);
}

void Grammar::set() {
  const Start s = start();
  cursor_.advance();
  name();
  expect(TokenKind::Equal);
  expr();
  finish(NodeKind::Set, s);
}

void Grammar::reset_or_show(NodeKind kind) {
  const Start s = start();
  cursor_.advance();
  if (!accept(Keyword::All)) name();
  finish(kind, s);
}

void Grammar::remove() {
  const Start s = start();
  cursor_.advance();
  const auto kind = object_kind(false);
  if (!kind) expected("what to remove, such as TABLE or INDEX");
  uint8_t detail = static_cast<uint8_t>(kind.value_or(ast::ObjectKind::Table));
  if (at(Keyword::If) && peek().is(Keyword::Exists)) {
    cursor_.advance();
    cursor_.advance();
    detail |= ast::Remove::kIfExists;
  }
  object_name(kind.value_or(ast::ObjectKind::Table));
  on_table();
  finish(NodeKind::Remove, s, detail);
}

void Grammar::describe() {
  const Start s = start();
  cursor_.advance();
  uint8_t detail = 0;
  if (const auto kind = object_kind(true)) {
    detail = static_cast<uint8_t>(*kind) | ast::Describe::kList;
  } else {
    auto one = object_kind(false);
    if (!one && accept(Keyword::Keyspace)) one = ast::ObjectKind::Keyspace;
    if (!one) expected("what to describe, such as TABLES or TABLE and a name");
    detail = static_cast<uint8_t>(one.value_or(ast::ObjectKind::Table));
    object_name(one.value_or(ast::ObjectKind::Table));
  }
  on_table();
  finish(NodeKind::Describe, s, detail);
}

void Grammar::alter() {
  const Start s = start();
  cursor_.advance();
  const auto kind = object_kind(false);
  if (!kind) expected("what to alter, such as TABLE or INDEX");
  name();
  on_table();
  comma_list(&Grammar::alter_action);
  finish(NodeKind::Alter, s, static_cast<uint8_t>(kind.value_or(ast::ObjectKind::Table)));
}

void Grammar::alter_action() {
  const Start s = start();
  uint8_t detail = 0;
  if (accept(Keyword::Add)) {
    detail = alter_add();
  } else if (accept(Keyword::Drop)) {
    detail = alter_drop();
  } else if (accept(Keyword::Rename)) {
    const bool is_field = accept(Keyword::Field);
    if (is_field) field_path();
    expect(Keyword::To);
    ident();
    detail = detail_of(is_field ? ast::ActionKind::RenameField : ast::ActionKind::Rename);
  } else if (accept(Keyword::Alter)) {
    detail = alter_field();
  } else if (at(Keyword::Move) || at(Keyword::Split) || at(Keyword::Merge)) {
    detail = alter_partition();
  } else if (accept(Keyword::Set)) {
    options();
    detail = detail_of(ast::ActionKind::SetOptions);
  } else if (accept(Keyword::Schemafull)) {
    detail = detail_of(ast::ActionKind::Schemafull);
  } else if (accept(Keyword::Schemaless)) {
    detail = detail_of(ast::ActionKind::Schemaless);
  } else if (accept(Keyword::Rebuild)) {
    detail = detail_of(ast::ActionKind::Rebuild);
  } else if (at(Keyword::Comment)) {
    comment();
    detail = detail_of(ast::ActionKind::SetComment);
  } else {
    expected("an action, such as ADD FIELD, DROP, RENAME or SET");
  }
  finish(NodeKind::AlterAction, s, detail);
}

uint8_t Grammar::alter_add() {
  // `field ASSERT (..)` is a rule of that name, `FIELD assert int` is not.
  const bool is_rule = (peek().is(Keyword::Assert) || peek().is(Keyword::Unique)) &&
                       peek(2).is(TokenKind::LeftParen);
  if (at(Keyword::Field) && !is_rule) {
    cursor_.advance();
    field();
    return detail_of(ast::ActionKind::AddField);
  }
  if (at(Keyword::Variant) && !is_rule) {
    cursor_.advance();
    ident();
    if (accept(Keyword::After)) ident();
    return detail_of(ast::ActionKind::AddVariant);
  }
  if (at(Keyword::Partition) && !is_rule) {
    cursor_.advance();
    partition_definition();
    return detail_of(ast::ActionKind::AddPartition);
  }
  if (!foreign_action()) {
    const bool is_unnamed =
        (at(Keyword::Assert) || at(Keyword::Unique)) && peek().is(TokenKind::LeftParen);
    table_rule(!is_unnamed);
  }
  return detail_of(ast::ActionKind::AddRule);
}

uint8_t Grammar::alter_drop() {
  if (accept(Keyword::Field)) {
    field_path();
    return detail_of(ast::ActionKind::DropField);
  }
  if (accept(Keyword::Constraint)) {
    ident();
    return detail_of(ast::ActionKind::DropConstraint);
  }
  if (accept(Keyword::Partition)) {
    name();
    return detail_of(ast::ActionKind::DropPartition);
  }
  if (!foreign_action()) expected("FIELD, CONSTRAINT or PARTITION");
  return detail_of(ast::ActionKind::DropField);
}

uint8_t Grammar::alter_field() {
  expect(Keyword::Field);
  field_path();
  if (accept(Keyword::Type)) {
    type();
    return detail_of(ast::ActionKind::AlterFieldType);
  }
  if (accept(Keyword::Set)) {
    if (!field_modifier()) expected("a modifier, such as DEFAULT or ASSERT");
    return detail_of(ast::ActionKind::AlterFieldSet);
  }
  if (accept(Keyword::Drop)) {
    switch (current().keyword) {
      case Keyword::Default:
      case Keyword::Computed:
      case Keyword::Assert:
      case Keyword::Unique:
      case Keyword::Readonly:
      case Keyword::Reference:
      case Keyword::Comment:
        cursor_.advance();
        break;
      default:
        expected("DEFAULT, COMPUTED, ASSERT, UNIQUE, READONLY, REFERENCE or COMMENT");
    }
    return detail_of(ast::ActionKind::AlterFieldDrop);
  }
  expected("TYPE, SET or DROP");
  return detail_of(ast::ActionKind::AlterFieldType);
}

uint8_t Grammar::alter_partition() {
  if (accept(Keyword::Move)) {
    expect(Keyword::Partition);
    name();
    expect(Keyword::To);
    if (accept(Keyword::Replica)) {
      expect(Keyword::Set);
      integer_literal();
      return detail_of(ast::ActionKind::MoveToReplicaSet);
    }
    expect(Keyword::Placement);
    ident();
    return detail_of(ast::ActionKind::MoveToPlacement);
  }
  if (accept(Keyword::Split)) {
    expect(Keyword::Partition);
    name();
    expect(Keyword::Into);
    bracketed(&Grammar::partition_definition);
    return detail_of(ast::ActionKind::SplitPartition);
  }
  cursor_.advance();
  expect(Keyword::Partitions);
  bracketed(&Grammar::name);
  expect(Keyword::Into);
  ident();
  return detail_of(ast::ActionKind::MergePartitions);
}

void Grammar::grant_or_revoke(NodeKind kind) {
  const Start s = start();
  cursor_.advance();
  uint8_t privileges = 0;
  if (accept(Keyword::All)) {
    privileges = ast::Privileges::kAll;
  } else {
    do {
      if (accept(Keyword::Select)) {
        privileges |= ast::Privileges::kSelect;
      } else if (accept(Keyword::Create)) {
        privileges |= ast::Privileges::kCreate;
      } else if (accept(Keyword::Update)) {
        privileges |= ast::Privileges::kUpdate;
      } else if (accept(Keyword::Delete)) {
        privileges |= ast::Privileges::kDelete;
      } else if (accept(Keyword::Execute)) {
        privileges |= ast::Privileges::kExecute;
      } else {
        expected("ALL, SELECT, CREATE, UPDATE, DELETE or EXECUTE");
      }
    } while (accept(TokenKind::Comma));
  }
  expect(Keyword::On);
  const auto object = object_kind(false);
  if (!object) expected("a kind of object, such as TABLE or DATABASE");
  object_name(object.value_or(ast::ObjectKind::Table));
  const bool is_grant = kind == NodeKind::Grant;
  if (is_grant && at(TokenKind::LeftParen)) ident_list();
  expect(is_grant ? Keyword::To : Keyword::From);
  const Start roles = start();
  comma_list(&Grammar::ident);
  finish(NodeKind::Roles, roles);
  if (is_grant) optional_where();
  finish(kind, s, privileges);
}

void Grammar::begin() {
  const Start s = start();
  uint8_t detail = 0;
  cursor_.advance();
  if (accept(Keyword::Read)) {
    if (accept(Keyword::Only)) {
      detail |= ast::Begin::kReadOnly;
    } else {
      expect(Keyword::Write);
      detail |= ast::Begin::kReadWrite;
    }
  }
  if (accept(Keyword::Isolation)) {
    if (accept(Keyword::Snapshot)) {
      detail |= ast::Begin::kSnapshot;
    } else if (accept(Keyword::Serializable)) {
      detail |= ast::Begin::kSerializable;
    } else {
      expected("SERIALIZABLE or SNAPSHOT");
    }
  }
  finish(NodeKind::Begin, s, detail);
}

// ROLLBACK [TO [SAVEPOINT] name], RELEASE [SAVEPOINT] name. A savepoint may be called `savepoint`.
void Grammar::rollback_or_release(NodeKind kind) {
  const Start s = start();
  cursor_.advance();
  if (kind == NodeKind::Release || accept(Keyword::To)) {
    if (at(Keyword::Savepoint) && is_ident(peek())) cursor_.advance();
    ident();
  }
  finish(kind, s);
}

void Grammar::explain() {
  const Start s = start();
  cursor_.advance();
  const bool is_analyze = accept(Keyword::Analyze);
  if (accept(Keyword::Format)) ident();
  explained_statement();
  finish(NodeKind::Explain, s, is_analyze ? 1 : 0);
}

void Grammar::analyze() {
  const Start s = start();
  cursor_.advance();
  if (at_ident()) name();
  finish(NodeKind::Analyze, s);
}

void Grammar::copy() {
  const Start s = start();
  cursor_.advance();
  bool is_from = false;
  if (at(TokenKind::LeftParen)) {
    paren_query();
    expect(Keyword::To);
  } else {
    name();
    if (at(TokenKind::LeftParen)) ident_list();
    is_from = accept(Keyword::From);
    if (!is_from && !accept(Keyword::To)) expected("FROM or TO");
  }
  const Start file = start();
  auto kind = ast::CopyFileKind::File;
  if (at(TokenKind::Parameter)) {
    parameter();
    kind = ast::CopyFileKind::Parameter;
  } else if (accept(Keyword::Stdin)) {
    kind = ast::CopyFileKind::Stdin;
  } else if (accept(Keyword::Stdout)) {
    kind = ast::CopyFileKind::Stdout;
  } else if (at(TokenKind::String) || at(TokenKind::DoubleString)) {
    literal(ast::LiteralKind::String);
  } else {
    expected("a file name, a parameter, STDIN or STDOUT");
  }
  finish(NodeKind::CopyFile, file, static_cast<uint8_t>(kind));
  if (accept(Keyword::With)) options();
  finish(NodeKind::Copy, s, is_from ? 1 : 0);
}

void Grammar::live() {
  const Start s = start();
  cursor_.advance();
  const bool is_diff = accept(Keyword::Diff);
  live_query();
  finish(NodeKind::Live, s, is_diff ? 1 : 0);
}

}  // namespace zerodb::zeroql
