#include "cli/interrupt.h"

#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <cmath>
#include <csignal>

#include "base/assert.h"
#include "cli/options.h"

namespace zerodb::cli {
namespace {

// A signal handler has no argument of its own, so what it acts on must be reachable from here.
std::atomic<database::Session*> running = nullptr;
std::atomic<int> interrupts = 0;
std::atomic<bool> second_ends_process = true;

void on_interrupt(int) {
  if (interrupts.fetch_add(1) > 0 && second_ends_process.load()) _exit(kExitInterrupted);
  if (database::Session* session = running.load()) session->cancel();
}

}  // namespace

InterruptScope::InterruptScope(database::Session& session, Second second) : session_(session) {
  ASSERT(running.load() == nullptr);
  interrupts = 0;
  second_ends_process = second == Second::EndsProcess;
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

bool InterruptScope::wait(double seconds) const {
  sigset_t interrupt;
  sigset_t before;
  sigemptyset(&interrupt);
  sigaddset(&interrupt, SIGINT);
  // Blocked until it is waited for: one that comes before must not be slept over.
  sigprocmask(SIG_BLOCK, &interrupt, &before);
  if (!is_interrupted()) {
    const double whole = std::floor(seconds);
    const timespec time = {static_cast<time_t>(whole), static_cast<long>((seconds - whole) * 1e9)};
    ppoll(nullptr, 0, &time, &before);
  }
  sigprocmask(SIG_SETMASK, &before, nullptr);
  return !is_interrupted();
}

}  // namespace zerodb::cli
