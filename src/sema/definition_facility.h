// DEFINE and ALTER of objects that are a name and options: sequences, analyzers, placements, roles,
// users, modules.
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

// E0207 unless there is a placement of that name.
void require_placement(Checking& c, const std::string& name, Span span);
// The same for the option `placement`, if it is there.
void require_placement(Checking& c, std::optional<ast::Options> options);

// E0207 unless the option names an analyzer.
void require_analyzer(Checking& c, ast::OptionEntry option);

// DEFINE SEQUENCE, ANALYZER, PLACEMENT, ROLE, USER and MODULE.
void define_facility(Definition& d, ast::Statement node);
void alter_facility(Definition& d, ast::Alter node);

}  // namespace zerodb::sema
