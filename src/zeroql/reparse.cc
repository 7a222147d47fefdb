#include "zeroql/reparse.h"

#include <algorithm>
#include <optional>
#include <span>

#include "zeroql/grammar.h"
#include "zeroql/lexer.h"

namespace zerodb::zeroql {
namespace {

// What two texts have in common at their ends.
struct Difference {
  uint32_t front = 0;
  uint32_t old_end = 0;  // where the old text goes on as the new one does
  int64_t by = 0;        // how far that is moved
};

Difference difference_of(std::string_view before, std::string_view after) {
  const size_t most = std::min(before.size(), after.size());
  const auto front = static_cast<size_t>(
      std::mismatch(before.begin(), before.begin() + static_cast<std::ptrdiff_t>(most),
                    after.begin())
          .first -
      before.begin());
  size_t back = 0;
  while (back < most - front && before[before.size() - 1 - back] == after[after.size() - 1 - back])
    ++back;
  return {static_cast<uint32_t>(front), static_cast<uint32_t>(before.size() - back),
          static_cast<int64_t>(after.size()) - static_cast<int64_t>(before.size())};
}

uint32_t moved(uint32_t number, int64_t by) {
  return static_cast<uint32_t>(number + by);
}

void move(Span& span, int64_t by) {
  span = {moved(span.begin, by), moved(span.end, by)};
}

Diagnostic moved(Diagnostic diagnostic, int64_t by) {
  move(diagnostic.span, by);
  for (Label& label : diagnostic.labels) move(label.span, by);
  for (Fix& fix : diagnostic.fixes) move(fix.span, by);
  return diagnostic;
}

bool any_is(std::span<const Diagnostic> diagnostics, ErrorCode code) {
  return std::ranges::any_of(diagnostics,
                             [&](const Diagnostic& each) { return each.code == code; });
}

Diagnostics::const_iterator first_at(const Diagnostics& diagnostics, uint32_t place) {
  return std::ranges::lower_bound(diagnostics, place, {},
                                  [](const Diagnostic& each) { return each.span.begin; });
}

// The statements of the old text, as far as they can be told apart by a `;` before them.
class Boundaries {
 public:
  explicit Boundaries(const Tree& tree) : tree_(tree), children_(tree.children(tree.root())) {}

  size_t count() const { return children_.size(); }
  uint32_t token(size_t child) const { return tree_.node(children_[child]).first_token; }
  uint32_t begin(size_t child) const { return tree_.token(TokenId(token(child))).begin; }
  bool is_one(size_t child) const {
    if (child == 0) return true;
    const bool has_tokens = token(child) > token(child - 1);
    return has_tokens && semicolon(child).is(TokenKind::Semicolon);
  }
  // The token before it.
  const Token& semicolon(size_t child) const { return tree_.token(TokenId(token(child) - 1)); }

  // The last boundary whose statement begins before the place, and one more before it.
  size_t before(uint32_t place) const {
    const auto after =
        std::ranges::partition_point(children_, [&](NodeId id) { return begin_of(id) < place; });
    auto at = static_cast<size_t>(after - children_.begin());
    at = at == 0 ? 0 : boundary_before(at - 1);
    return at == 0 ? 0 : boundary_before(at - 1);
  }
  // The first boundary behind child `from` whose `;` stands at or behind the place; count() for
  // none.
  size_t behind(size_t from, uint32_t place) const {
    const auto found =
        std::ranges::partition_point(children_, [&](NodeId id) { return begin_of(id) <= place; });
    auto at = std::max(from + 1, static_cast<size_t>(found - children_.begin()));
    while (at < count() && !(is_one(at) && semicolon(at).begin >= place)) ++at;
    return std::min(at, count());
  }

 private:
  uint32_t begin_of(NodeId id) const {
    return tree_.token(TokenId(tree_.node(id).first_token)).begin;
  }
  size_t boundary_before(size_t child) const {
    while (!is_one(child)) --child;
    return child;
  }

  const Tree& tree_;
  std::span<const NodeId> children_;
};

// What is read again: from the `first` statement of the old text to the one that is taken over, and
// that one to look ahead at.
struct Window {
  size_t first = 0;
  size_t kept = 0;  // the first statement behind it that is taken over; the count for none
  size_t end = 0;   // the one behind that
  uint32_t begin = 0;
  uint32_t text_end = 0;  // in the new text
};

Window window_of(const Boundaries& old, const Difference& differs, uint32_t new_size) {
  Window out;
  out.first = old.count() == 0 ? 0 : old.before(differs.front);
  out.begin = out.first == 0 ? 0 : old.begin(out.first);
  out.kept = old.count() == 0 ? 0 : old.behind(out.first, differs.old_end);
  out.end = out.kept == old.count() ? out.kept : old.behind(out.kept, differs.old_end);
  out.text_end = out.end == old.count() ? new_size : moved(old.begin(out.end), differs.by);
  return out;
}

LexResult lex_window(const SourceText& source, const Window& window) {
  LexResult out = lex(source.text().substr(window.begin, window.text_end - window.begin));
  for (Token& token : out.tokens) {
    token.begin += window.begin;
    token.end += window.begin;
  }
  for (Diagnostic& each : out.diagnostics) each = moved(std::move(each), window.begin);
  return out;
}

// The token of the window that begins the kept statement, if both texts are read alike there.
std::optional<uint32_t> token_at_kept(const std::vector<Token>& tokens, const Boundaries& old,
                                      size_t kept, int64_t by) {
  const Token semicolon = old.semicolon(kept);
  const auto found =
      std::ranges::lower_bound(tokens, moved(semicolon.begin, by), {}, &Token::begin);
  if (found == tokens.end() || !found->is(TokenKind::Semicolon) ||
      found->begin != moved(semicolon.begin, by))
    return std::nullopt;
  return static_cast<uint32_t>(found - tokens.begin()) + 1;
}

// Behind bytes that are no text nothing is known. Whether a quote is closed is known at the end of
// the text. And the mark of UTF-8 is one at the beginning only.
bool depends_on_far_text(const Diagnostics& old, const Diagnostics& read, const SourceText& source,
                         const Window& window) {
  if (any_is(old, ErrorCode::E0007) || any_is(read, ErrorCode::E0007)) return true;
  const std::span front(old.begin(), first_at(old, window.begin));
  if (any_is(front, ErrorCode::E0002)) return true;
  if (window.text_end < source.size() && any_is(read, ErrorCode::E0002)) return true;
  return window.begin > 0 && source.text().substr(window.begin).starts_with("\xef\xbb\xbf");
}

}  // namespace

// Puts a tree together from the front of one, the middle of another and the back of the first.
class TreeSplice {
 public:
  // Of the old tree all before child `front` of the root and all from `back` on; of the window's
  // tree all before its token `window_end`. `by` moves what is behind.
  struct Cut {
    size_t front = 0;
    size_t back = 0;
    uint32_t window_end = 0;
    int64_t by = 0;
  };

  TreeSplice(const Tree& old, Tree window, Cut cut)
      : old_(old), window_(std::move(window)), cut_(cut), out_(std::move(window_.source_)) {}

  Tree run() && {
    const auto children = old_.children(old_.root());
    const uint32_t front_tokens = cut_.front == 0 ? 0 : old_.node(children[cut_.front]).first_token;
    const bool has_back = cut_.back < children.size();
    const uint32_t back_token = has_back ? old_.node(children[cut_.back]).first_token
                                         : static_cast<uint32_t>(old_.tokens_.size());
    add_tokens(front_tokens, back_token);
    take_front(cut_.front == 0 ? kNothing : children[cut_.front - 1]);
    for (const NodeId child : children.first(cut_.front)) roots_.push_back(child);
    take_window(front_tokens);
    if (has_back) take_back(cut_.back, back_token, front_tokens + cut_.window_end);
    add_root();
    return std::move(out_);
  }

 private:
  void add_tokens(uint32_t front, uint32_t back) {
    std::vector<Token>& tokens = out_.tokens_;
    tokens.reserve(front + cut_.window_end + old_.tokens_.size() - back);
    tokens.assign(old_.tokens_.begin(), old_.tokens_.begin() + front);
    tokens.insert(tokens.end(), window_.tokens_.begin(), window_.tokens_.begin() + cut_.window_end);
    // The first of the window has something before it, which may touch it.
    if (front > 0 && tokens.size() > front)
      tokens[front].glued = tokens[front - 1].end == tokens[front].begin;
    for (size_t i = back; i < old_.tokens_.size(); ++i) {
      Token token = old_.tokens_[i];
      token.begin = moved(token.begin, cut_.by);
      token.end = moved(token.end, cut_.by);
      tokens.push_back(token);
    }
  }

  // Up to the last node of the front, which is taken over as it is.
  void take_front(NodeId last) {
    out_.nodes_.reserve(old_.nodes_.size() + window_.nodes_.size());
    out_.children_.reserve(old_.children_.size() + window_.children_.size());
    out_.nodes_.assign(old_.nodes_.begin(), old_.nodes_.begin() + last.value() + 1);
    const Node& node = old_.node(last);
    out_.children_.assign(old_.children_.begin(),
                          old_.children_.begin() + node.first_child + node.child_count);
  }

  void take_window(uint32_t front_tokens) {
    NodeId last = kNothing;
    const size_t before = roots_.size();
    for (const NodeId child : window_.children(window_.root())) {
      if (window_.node(child).first_token >= cut_.window_end) break;
      roots_.push_back(child);
      last = child;
    }
    const auto base = static_cast<uint32_t>(out_.nodes_.size()) - 1;
    copy(window_, 1, last.value() + 1, base, front_tokens);
    for (size_t i = before; i < roots_.size(); ++i) roots_[i] = NodeId(roots_[i].value() + base);
  }

  void take_back(size_t first_child, uint32_t old_token, uint32_t new_token) {
    const auto children = old_.children(old_.root());
    const uint32_t first = children[first_child - 1].value() + 1;
    const int64_t by = static_cast<int64_t>(out_.nodes_.size()) - first;
    copy(old_, first, old_.root().value(), by, int64_t{new_token} - old_token);
    for (const NodeId child : children.subspan(first_child))
      roots_.push_back(NodeId(moved(child.value(), by)));
  }

  // Nodes [first, end) of a tree and their children; ids and tokens are moved.
  void copy(const Tree& from, uint32_t first, uint32_t end, int64_t ids, int64_t tokens) {
    for (uint32_t i = first; i < end; ++i) {
      Node node = from.nodes_[i];
      const auto children = from.children(NodeId(i));
      node.first_token = moved(node.first_token, tokens);
      node.token_end = moved(node.token_end, tokens);
      node.first_child = static_cast<uint32_t>(out_.children_.size());
      for (const NodeId child : children)
        out_.children_.push_back(child == kNothing ? kNothing : NodeId(moved(child.value(), ids)));
      out_.nodes_.push_back(node);
    }
  }

  void add_root() {
    Node root{NodeKind::Script,
              0,
              0,
              0,
              static_cast<uint32_t>(out_.tokens_.size()),
              static_cast<uint32_t>(out_.children_.size()),
              static_cast<uint32_t>(roots_.size())};
    for (const NodeId child : roots_) root.height = std::max(root.height, out_.node(child).height);
    out_.children_.insert(out_.children_.end(), roots_.begin(), roots_.end());
    out_.root_ = NodeId(static_cast<uint32_t>(out_.nodes_.size()));
    out_.nodes_.push_back(root);
  }

  const Tree& old_;
  Tree window_;
  Cut cut_;
  Tree out_;
  std::vector<NodeId> roots_;
};

namespace {

// In the order of their places: before the window, in it, behind it.
Diagnostics joined(const Diagnostics& old, Diagnostics window, const Window& read, uint32_t kept,
                   int64_t by) {
  const uint32_t kept_now = kept == UINT32_MAX ? kept : moved(kept, by);
  Diagnostics out(old.begin(), first_at(old, read.begin));
  for (Diagnostic& each : window) {
    if (each.span.begin < kept_now) out.push_back(std::move(each));
  }
  for (auto each = first_at(old, kept); each != old.end(); ++each) out.push_back(moved(*each, by));
  return out;
}

std::vector<uint32_t> joined(const std::vector<uint32_t>& old, const std::vector<uint32_t>& window,
                             const Window& read, uint32_t kept, int64_t by) {
  const uint32_t kept_now = kept == UINT32_MAX ? kept : moved(kept, by);
  std::vector<uint32_t> out(old.begin(), std::ranges::lower_bound(old, read.begin));
  out.insert(out.end(), window.begin(), std::ranges::lower_bound(window, kept_now));
  for (auto each = std::ranges::lower_bound(old, kept); each != old.end(); ++each)
    out.push_back(moved(*each, by));
  return out;
}

}  // namespace

ParseResult reparse(const ParseResult& previous, SourceText source) {
  ReparseStatistics statistics;
  return reparse(previous, std::move(source), statistics);
}

ParseResult reparse(const ParseResult& previous, SourceText source, ReparseStatistics& statistics) {
  const Tree& tree = previous.tree;
  const Boundaries old(tree);
  const Difference differs = difference_of(tree.source().text(), source.text());
  const Window window = window_of(old, differs, source.size());
  LexResult lexed = lex_window(source, window);
  const auto read_whole = [&] {
    ParseResult whole = parse(std::move(source));
    statistics.tokens_read = whole.tree.token_count();
    return whole;
  };
  if (depends_on_far_text(previous.diagnostics, lexed.diagnostics, source, window))
    return read_whole();
  const bool keeps_back = window.kept < old.count();
  auto window_end = static_cast<uint32_t>(lexed.tokens.size());
  if (keeps_back) {
    const auto found = token_at_kept(lexed.tokens, old, window.kept, differs.by);
    const bool ends_alike =
        window.end == old.count() ||
        token_at_kept(lexed.tokens, old, window.end, differs.by) == lexed.tokens.size() - 1;
    if (!found || !ends_alike) return read_whole();
    window_end = *found;
  }
  statistics.tokens_read = lexed.tokens.size();
  const uint32_t kept = keeps_back ? old.begin(window.kept) : UINT32_MAX;
  Grammar grammar(std::move(source), std::move(lexed.tokens), std::move(lexed.diagnostics),
                  Memoization::On);
  ParseStatistics work;
  ParseResult read = std::move(grammar).parse(work);
  Diagnostics diagnostics =
      joined(previous.diagnostics, std::move(read.diagnostics), window, kept, differs.by);
  std::vector<uint32_t> broken = joined(previous.broken, read.broken, window, kept, differs.by);
  TreeSplice splice(tree, std::move(read.tree),
                    {window.first, window.kept, window_end, differs.by});
  return {std::move(splice).run(), std::move(diagnostics), std::move(broken)};
}

}  // namespace zerodb::zeroql
