#include "exec/module_cache.h"

namespace zerodb::exec {

void CachedModule::compile(const WasmEngine& engine, const ModuleFiles* files) {
  const std::lock_guard lock(compiling_);
  if (state() == State::Ready || state() == State::Failed) return;
  if (files != nullptr) module_ = files->load(engine, code_);
  if (module_ != nullptr) return state_.store(State::Ready, std::memory_order_release);
  auto module = engine.compile({reinterpret_cast<const uint8_t*>(code_.data()), code_.size()});
  if (module.has_value()) {
    module_ = std::move(module).value();
    state_.store(State::Ready, std::memory_order_release);
    if (files != nullptr) files->store(code_, *module_);
  } else {
    error_ = std::move(module).error();
    state_.store(State::Failed, std::memory_order_release);
  }
}

ModuleCache::~ModuleCache() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  wake_.notify_all();
  if (compiler_.joinable()) compiler_.join();
}

std::shared_ptr<CachedModule> ModuleCache::find(std::vector<uint8_t> code, Readiness readiness) {
  std::shared_ptr<CachedModule> module;
  {
    const std::lock_guard lock(mutex_);
    const std::string_view key(reinterpret_cast<const char*>(code.data()), code.size());
    const auto found = by_code_.find(key);
    if (found != by_code_.end()) {
      ++stats_.hits;
      order_.splice(order_.begin(), order_, found->second);
      module = order_.front();
    } else {
      ++stats_.misses;
      module = std::make_shared<CachedModule>(std::string(key));
      order_.push_front(module);
      by_code_.emplace(module->code_, order_.begin());
      if (order_.size() > kModulesMax) {
        by_code_.erase(order_.back()->code_);
        order_.pop_back();
      }
    }
  }
  request(module, readiness);
  return module;
}

void ModuleCache::request(const std::shared_ptr<CachedModule>& module, Readiness readiness) {
  if (module->state() == CachedModule::State::Ready ||
      module->state() == CachedModule::State::Failed)
    return;
  if (readiness == Readiness::Wait) return module->compile(engine_, files_.get());
  const std::lock_guard lock(mutex_);
  if (module->state() != CachedModule::State::Missing || queue_.size() >= kQueueMax || is_stopping_)
    return;
  CachedModule::State missing = CachedModule::State::Missing;
  if (!module->state_.compare_exchange_strong(missing, CachedModule::State::Queued)) return;
  queue_.push_back(module);
  if (!compiler_.joinable()) compiler_ = std::thread([this] { compile_queued(); });
  wake_.notify_one();
}

void ModuleCache::compile_queued() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return is_stopping_ || !queue_.empty(); });
    if (is_stopping_) return;
    const std::shared_ptr<CachedModule> module = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    module->compile(engine_, files_.get());
    lock.lock();
  }
}

ModuleCacheStats ModuleCache::stats() const {
  const std::lock_guard lock(mutex_);
  ModuleCacheStats out = stats_;
  out.modules = order_.size();
  return out;
}

}  // namespace zerodb::exec
