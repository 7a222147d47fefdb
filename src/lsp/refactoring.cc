// Queries written another way. What is offered gives the same columns and rows: both are checked.
#include "lsp/features.h"
#include "lsp/query_shape.h"
#include "lsp/tree_walk.h"
#include "zeroql/ast_query.h"
#include "zeroql/lexer.h"
#include "zeroql/literal.h"

namespace zerodb::lsp {
namespace {

namespace ast = zeroql::ast;

std::string written(std::string_view name) {
  const bool is_bare = zeroql::is_bare_word(name) && !zeroql::is_reserved(zeroql::keyword_of(name));
  return is_bare ? std::string(name) : zeroql::quote_name(name);
}

class Refactorings {
 public:
  Refactorings(const Analysis& analysis, const std::string& uri, Span span, Json& out)
      : analysis_(analysis), uri_(uri), span_(span), out_(out) {}

  void run() {
    for (const zeroql::ParsedStatement& each : analysis_.statements()) {
      if (each.extent.begin > span_.end) return;
      const bool is_query = each.statement.kind() == zeroql::NodeKind::QueryStatement;
      if (each.extent.end < span_.begin || each.error != nullptr || !is_query) continue;
      whole_ = each.statement.span();
      if (whole_.end < span_.begin) continue;
      const auto select = each.statement.as<ast::QueryStatement>().query().body().select();
      if (!select || !select->items() || !select->from()) continue;
      expand_star(*select);
      swap_from(*select);
    }
  }

 private:
  std::string_view text(Span span) const { return analysis_.tree().source().slice(span); }

  // Offers it if the query gives what it gave.
  void offer(const char* title, Span replaced, const std::string& by) {
    std::string query(text({whole_.begin, replaced.begin}));
    query += by;
    query += text({replaced.end, whole_.end});
    const auto before = shape_of(analysis_, text(whole_));
    if (!before || before != shape_of(analysis_, query)) return;
    Json edits = Json::array();
    edits.push(Json::object({{"range", analysis_.document().range(replaced)}, {"newText", by}}));
    out_.push(Json::object(
        {{"title", title},
         {"kind", "refactor.rewrite"},
         {"edit", Json::object({{"changes", Json::object({{uri_, std::move(edits)}})}})}}));
  }

  // The only `*` of the list, as the columns that it stands for.
  void expand_star(const ast::Select& select) {
    std::optional<ast::StarItem> star;
    size_t before = 0;
    size_t behind = 0;
    for (const ast::AnyItem item : select.items()->list()) {
      if (item.star() && star) return;
      if (item.star()) {
        star = item.star();
      } else {
        ++(star ? behind : before);
      }
    }
    if (!star || star->span().end < span_.begin || star->span().begin > span_.end) return;
    const auto shape = shape_of(analysis_, text(whole_));
    if (!shape || shape->columns.size() <= before + behind) return;
    std::string prefix;
    if (star->qualifier()) prefix = std::string(text(star->qualifier()->span())) + ".";
    std::string list;
    for (size_t i = before; i + behind < shape->columns.size(); ++i) {
      if (!list.empty()) list += ", ";
      list += prefix + written(shape->columns[i].name);
    }
    offer("Write the columns that * stands for", star->span(), list);
  }

  // SELECT .. FROM .. to FROM .. SELECT .. and back. Comments between them would be lost.
  void swap_from(const ast::Select& select) {
    const Span from = select.from()->span();
    const Span items = select.items()->span();
    const uint32_t begin = select.span().begin;
    const bool is_from_first = from.begin < items.begin;
    const uint32_t middle = is_from_first ? from.end : items.end;
    uint32_t second = middle;
    const std::string_view all = analysis_.tree().source().text();
    while (second < all.size() && (all[second] == ' ' || all[second] == '\n' ||
                                   all[second] == '\r' || all[second] == '\t'))
      ++second;
    const Span replaced{begin, is_from_first ? items.end : from.end};
    const bool touches = replaced.begin <= span_.end && replaced.end >= span_.begin;
    if (!touches || (!is_from_first && second != from.begin) || all[second] == '-' ||
        all[second] == '/')
      return;
    const std::string swapped = std::string(text({second, replaced.end})) +
                                std::string(text({middle, second})) +
                                std::string(text({begin, middle}));
    offer(is_from_first ? "Write SELECT first" : "Write FROM first", replaced, swapped);
  }

  const Analysis& analysis_;
  const std::string& uri_;
  Span span_;
  Json& out_;
  Span whole_;
};

}  // namespace

void add_refactorings(const Analysis& analysis, const std::string& uri, Span span, Json& actions) {
  Refactorings(analysis, uri, span, actions).run();
}

}  // namespace zerodb::lsp
