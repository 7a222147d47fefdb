#include "cli/interrupt.h"

#include <unistd.h>

#include <atomic>
#include <csignal>

#include "base/assert.h"
#include "cli/options.h"

namespace zerodb::cli {
namespace {

// A signal handler has no argument of its own, so what it acts on must be reachable from here.
std::atomic<database::Session*> running = nullptr;
std::atomic<int> interrupts = 0;

void on_interrupt(int) {
  if (interrupts.fetch_add(1) > 0) _exit(kExitInterrupted);
  if (database::Session* session = running.load()) session->cancel();
}

}  // namespace

InterruptScope::InterruptScope(database::Session& session) : session_(session) {
  ASSERT(running.load() == nullptr);
  interrupts = 0;
  running = &session;
  struct sigaction action{};
  action.sa_handler = on_interrupt;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
}

InterruptScope::~InterruptScope() {
  struct sigaction action{};
  action.sa_handler = SIG_DFL;
  sigaction(SIGINT, &action, nullptr);
  running = nullptr;
  session_.clear_cancel();
}

bool InterruptScope::is_interrupted() const {
  return interrupts.load() > 0;
}

}  // namespace zerodb::cli
