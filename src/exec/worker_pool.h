// WorkerPool: the threads that help statements, and Crew: those that help one operator.
//
// A task may wait for the operator that it helps, but never for another task to be begun. Threads
// are started when there is work for them and end with the pool. Threading: the pool may be shared
// by all threads; a crew belongs to one.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace zerodb::exec {

class WorkerPool {
 public:
  explicit WorkerPool(uint32_t threads_max) : threads_max_(threads_max) {}
  // Waits for the tasks that have begun; the others are dropped.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  uint32_t threads_max() const { return threads_max_; }
  void submit(std::function<void()> task);

 private:
  void work();

  const uint32_t threads_max_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable wakes_;
  std::deque<std::function<void()>> tasks_;
  uint32_t idle_ = 0;
  bool is_ending_ = false;
  std::vector<std::thread> threads_;
};

// Members 0 to n - 1, each at work once on a thread of the pool.
class Crew {
 public:
  explicit Crew(WorkerPool& pool) : pool_(pool), shared_(std::make_shared<Shared>()) {}
  // Waits for those that have begun; the others never will. Whoever has them stop says so before.
  ~Crew();
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  // `work` is called with the number of the member, and outlives the crew.
  void start(uint32_t members, std::function<void(uint32_t)> work);
  // Does the work of members that have not begun on this thread, then waits for the others.
  void finish();
  // If no member has begun, none ever will. The pool may be busy for long: with statements whose
  // rows nobody takes.
  bool dismiss();

 private:
  struct Shared {
    std::mutex mutex;  // guards what follows
    std::condition_variable ended;
    std::vector<bool> begun;
    uint32_t running = 0;
    bool is_over = false;
  };
  // False: somebody else does it, or nobody any more.
  static bool begin(Shared& shared, uint32_t member);
  static void end(Shared& shared);
  void wait();

  WorkerPool& pool_;
  std::shared_ptr<Shared> shared_;  // with tasks that have not begun
  std::function<void(uint32_t)> work_;
};

}  // namespace zerodb::exec
