#include "exec/worker_pool.h"

#include <algorithm>
#include <utility>

namespace zerodb::exec {

WorkerPool::~WorkerPool() {
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
    tasks_.clear();
  }
  wakes_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void WorkerPool::submit(std::function<void()> task) {
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
    if (idle_ < tasks_.size() && threads_.size() < threads_max_)
      threads_.emplace_back([this] { work(); });
  }
  wakes_.notify_one();
}

void WorkerPool::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_;
    wakes_.wait(lock, [&] { return is_ending_ || !tasks_.empty(); });
    --idle_;
    if (is_ending_) return;
    const std::function<void()> task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    task();
    lock.lock();
  }
}

Crew::~Crew() {
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->is_over = true;
  }
  wait();
}

void Crew::start(uint32_t members, std::function<void(uint32_t)> work) {
  work_ = std::move(work);
  shared_->begun.assign(members, false);
  for (uint32_t member = 0; member < members; ++member) {
    // Once a member has begun, the crew waits for its end, so `this` is there.
    pool_.submit([this, shared = shared_, member] {
      if (!begin(*shared, member)) return;
      work_(member);
      end(*shared);
    });
  }
}

bool Crew::begin(Shared& shared, uint32_t member) {
  const std::lock_guard lock(shared.mutex);
  if (shared.is_over || shared.begun[member]) return false;
  shared.begun[member] = true;
  ++shared.running;
  return true;
}

void Crew::end(Shared& shared) {
  const std::lock_guard lock(shared.mutex);
  --shared.running;
  shared.ended.notify_all();
}

bool Crew::dismiss() {
  const std::lock_guard lock(shared_->mutex);
  if (std::ranges::find(shared_->begun, true) != shared_->begun.end()) return false;
  shared_->is_over = true;
  return true;
}

void Crew::finish() {
  for (uint32_t member = 0; member < shared_->begun.size(); ++member) {
    if (!begin(*shared_, member)) continue;
    work_(member);
    end(*shared_);
  }
  wait();
}

void Crew::wait() {
  std::unique_lock lock(shared_->mutex);
  shared_->ended.wait(lock, [&] { return shared_->running == 0; });
}

}  // namespace zerodb::exec
