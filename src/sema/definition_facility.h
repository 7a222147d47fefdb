// DEFINE and ALTER of objects that are a name and options: sequences, analyzers, placements, roles.
//
// Threading: free functions over their arguments.
#pragma once

#include "sema/definition.h"

namespace zerodb::sema {

// "sequence"
std::string_view facility_text(catalog::Facility::Kind kind);
// The kind of catalog object, for the kinds that are facilities.
std::optional<catalog::Facility::Kind> facility_kind(ast::ObjectKind kind);
// What a name that is not there may have meant.
std::vector<std::string> facility_names(const Checking& c, catalog::Facility::Kind kind);

// A table or function whose expressions name the sequence, if there is one; nothing for the others.
std::optional<std::string> user_of_sequence(const Checking& c, const catalog::Facility& facility);

// The value of an option, which is a literal: E0317.
std::optional<Value> option_value(Checking& c, ast::OptionEntry option);

// DEFINE SEQUENCE, ANALYZER, PLACEMENT and ROLE.
void define_facility(Definition& d, ast::Statement node);
void alter_facility(Definition& d, ast::Alter node);

}  // namespace zerodb::sema
