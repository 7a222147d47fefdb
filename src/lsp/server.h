// Server: the language server of zeroql, Language Server Protocol 3.18. JSON-RPC messages go in
// and come out; who carries them is up to the host.
//
// Messages wait in a queue. A host that has read what there is before it lets the server work gives
// cancellations their effect: a request that is cancelled while it waits is answered by an error
// and never worked on. Diagnostics go out when nothing waits, so of a burst of edits only the last
// is analysed. What an edit means for statements far behind it, and what the linter finds, follows
// when it is known, in further messages; a client that asks for diagnostics gets what is known and
// is told to ask again. Threading: one thread.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "lsp/features.h"

namespace zerodb::lsp {

class Server {
 public:
  using Send = std::function<void(std::string)>;

  // Borrows the files. `version` is what the server says it is.
  Server(FileSource& files, Send send, std::string version);

  // One message. What is no JSON is answered by an error.
  void receive(std::string_view message);
  bool has_work() const {
    return !waiting_.empty() || !unpublished_.empty() || !unchecked_.empty() || !unlinted_.empty();
  }
  // Works on one message, or publishes diagnostics, or checks or lints a part of a script.
  void step();

  // What is known of a script as it is after the messages worked on; null for one that is neither
  // open nor readable. Good until the next call.
  const Analysis* analysis(const std::string& uri) { return workspace_.analysis(uri); }

  // After `exit`: 0 if `shutdown` came before it, else 1.
  std::optional<int> exit_code() const { return exit_code_; }

 private:
  using Handler = Result<Json> (Server::*)(const Json& parameters);
  static const std::map<std::string_view, Handler>& handlers();

  // ---- messages (server.cc)
  void respond(const Json& id, Json result);
  void fail(const Json& id, int code, std::string_view message);
  void notify(std::string_view method, Json parameters);
  void work_on(const Json& message);
  void publish();
  void check();
  void lint();
  void follow(const std::string& uri);
  void show_again(const std::string& uri);
  void send_diagnostics(const std::string& uri);
  const Analysis& linted(const std::string& uri, const Analysis& analysis);
  void mark_changed(const std::string& uri);

  // ---- life (server.cc)
  enum class MessageKind : uint8_t { Error = 1, Warning, Info };
  Result<Json> initialize(const Json& parameters);
  Result<Json> initialized(const Json& parameters);
  Result<Json> shutdown(const Json& parameters);
  Result<Json> leave(const Json& parameters);
  Json capabilities() const;
  void read_options(const Json& options);
  void ask_for_options();
  void take_options(const Json& settings);
  void read_database();
  void reload();
  void say(MessageKind kind, std::string_view text);
  void watch_files();

  // ---- documents (server.cc)
  Result<Json> did_open(const Json& parameters);
  Result<Json> did_change(const Json& parameters);
  Result<Json> did_close(const Json& parameters);
  Result<Json> did_save(const Json& parameters);
  Result<Json> did_change_watched_files(const Json& parameters);
  Result<Json> did_change_folders(const Json& parameters);
  Result<Json> did_change_configuration(const Json& parameters);

  // ---- requests (server_request.cc)
  struct At {
    std::string uri;
    const Analysis* analysis = nullptr;
    uint32_t offset = 0;
  };
  Result<At> document_of(const Json& parameters);
  Result<At> place_of(const Json& parameters);
  // As far as it is checked.
  Result<At> document_so_far(const Json& parameters);
  Result<Json> diagnostic(const Json& parameters);
  Result<Json> workspace_diagnostic(const Json& parameters);
  Result<Json> completion(const Json& parameters);
  Result<Json> hover(const Json& parameters);
  Result<Json> signature_help(const Json& parameters);
  Result<Json> definition(const Json& parameters);
  Result<Json> type_definition(const Json& parameters);
  Result<Json> references(const Json& parameters);
  Result<Json> highlight(const Json& parameters);
  Result<Json> prepare_rename(const Json& parameters);
  Result<Json> rename(const Json& parameters);
  Result<Json> semantic_full(const Json& parameters);
  Result<Json> semantic_delta(const Json& parameters);
  Result<Json> semantic_range(const Json& parameters);
  Result<Json> formatting(const Json& parameters);
  Result<Json> range_formatting(const Json& parameters);
  Result<Json> ranges_formatting(const Json& parameters);
  Result<Json> on_type_formatting(const Json& parameters);
  Result<Json> code_action(const Json& parameters);
  Result<Json> folding(const Json& parameters);
  Result<Json> selection(const Json& parameters);
  Result<Json> symbols(const Json& parameters);
  Result<Json> all_symbols(const Json& parameters);
  Result<Json> hints(const Json& parameters);
  Result<Json> prepare_calls(const Json& parameters);
  Result<Json> incoming(const Json& parameters);
  Result<Json> outgoing(const Json& parameters);
  Result<Json> text_content(const Json& parameters);
  Result<Json> lenses(const Json& parameters);
  Result<Json> links(const Json& parameters);
  Result<Json> completion_item(const Json& parameters);
  Result<Json> execute(const Json& parameters);
  Result<Json> run(const std::string& statement);
  // Asks whether the database is to call it so as well.
  void offer_rename(const Occurrence& name, const std::string& renamed);
  Json report(const std::string& uri, const Analysis* analysis, std::string_view previous);
  Json definitions_of(const std::string& uri, const std::string& key);
  Json location(const Workspace::Found& found);

  Workspace workspace_;
  Send send_;
  std::string version_;
  std::deque<Json> waiting_;
  std::set<std::string> cancelled_;    // ids, as JSON, of requests that wait
  std::set<std::string> unpublished_;  // URIs
  std::set<std::string> unchecked_;    // URIs of scripts of which not all is checked
  std::set<std::string> unlinted_;     // URIs of scripts whose findings are not complete
  std::map<std::string, Json> shown_;  // what a client was told last, by URI
  std::string database_path_;
  std::string offered_;  // the statement that the user was asked about last
  std::string docs_;     // the address of the reference's folder
  std::vector<std::string> folders_;
  struct Tokens {
    std::string id;
    std::vector<uint32_t> data;
  };
  std::map<std::string, Tokens> tokens_;  // the last that were sent, by URI
  uint64_t next_tokens_id_ = 1;
  bool is_initialized_ = false;
  bool is_shut_down_ = false;
  bool pulls_diagnostics_ = false;
  bool asks_again_ = false;
  bool knows_snippets_ = false;
  bool asks_for_documentation_ = false;
  bool answers_results_ = false;  // of statements; otherwise they are shown as messages
  bool watches_files_ = false;
  bool gives_options_ = false;
  std::optional<int> exit_code_;
};

}  // namespace zerodb::lsp
