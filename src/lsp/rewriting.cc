#include "lsp/rewriting.h"

#include <algorithm>

namespace zerodb::lsp {

bool Rewriting::look_at(const zeroql::ParsedStatement& statement) {
  const bool is_query = statement.statement.kind() == zeroql::NodeKind::QueryStatement;
  if (!is_query || statement.error != nullptr) return false;
  whole_ = statement.statement.span();
  query_ = statement.statement.as<zeroql::ast::QueryStatement>().query();
  shape_.reset();
  return touches(whole_);
}

const std::optional<QueryShape>& Rewriting::shape() {
  if (!shape_) shape_ = shape_of(analysis_, text(whole_));
  return *shape_;
}

std::vector<const Occurrence*> Rewriting::names_in(Span span) const {
  std::vector<const Occurrence*> out;
  const auto& all = analysis_.occurrences();
  auto at = std::ranges::lower_bound(all, span.begin, {},
                                     [](const Occurrence& each) { return each.span.begin; });
  for (; at != all.end() && at->span.end <= span.end; ++at) out.push_back(&*at);
  return out;
}

std::vector<zeroql::NodeId> Rewriting::nodes_around(uint32_t offset) const {
  std::vector<zeroql::NodeId> out;
  zeroql::NodeId at = query_.id;
  while (at != zeroql::kNothing) {
    out.push_back(at);
    zeroql::NodeId inner = zeroql::kNothing;
    for (const zeroql::NodeId each : tree().children(at)) {
      const Span span = tree().span(each);
      if (span.begin < span.end && span.begin <= offset && offset <= span.end) inner = each;
    }
    at = inner;
  }
  return out;
}

void Rewriting::offer(Title title, std::vector<Edit> edits, Names names) {
  std::ranges::stable_sort(edits, {}, [](const Edit& each) { return each.span.begin; });
  std::string changed;
  uint32_t done = whole_.begin;
  Json list = Json::array();
  for (const Edit& each : edits) {
    changed += text({done, each.span.begin});
    changed += each.text;
    done = each.span.end;
    list.push(
        Json::object({{"range", analysis_.document().range(each.span)}, {"newText", each.text}}));
  }
  changed += text({done, whole_.end});
  const std::optional<QueryShape>& before = shape();
  std::optional<QueryShape> after = shape_of(analysis_, changed);
  if (!before || !after) return;
  if (names == Names::May && before->columns.size() == after->columns.size()) {
    for (size_t i = 0; i < after->columns.size(); ++i)
      after->columns[i].name = before->columns[i].name;
  }
  if (*before != *after) return;
  actions_.push(Json::object(
      {{"title", std::move(title.text)},
       {"kind", title.kind},
       {"edit", Json::object({{"changes", Json::object({{uri_, std::move(list)}})}})}}));
}

}  // namespace zerodb::lsp
