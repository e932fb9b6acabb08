#pragma once

// Task<T>: a coroutine that another coroutine awaits, for strategies written as straight-line code.
// It starts when awaited, hands its value to the awaiting coroutine and knows nothing of trials or
// threads. Invariant: a Task owns its frame; destroying the outermost Task destroys all that it
// awaits, so a search may be dropped at any suspension. Nothing in this folder throws.

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

namespace leakbisect::strategies {

template <class T>
class [[nodiscard]] Task {
 public:
  struct promise_type {
    std::optional<T> value;
    std::coroutine_handle<> awaiting = std::noop_coroutine();

    Task get_return_object() {
      return Task(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    auto final_suspend() noexcept { return Return{}; }
    void return_value(T result) { value = std::move(result); }
    [[noreturn]] void unhandled_exception() noexcept { std::terminate(); }
  };

  Task() = default;
  Task(Task&& other) noexcept : frame_(std::exchange(other.frame_, {})) {}
  Task& operator=(Task&& other) noexcept {
    std::swap(frame_, other.frame_);
    return *this;
  }
  ~Task() {
    if (frame_) frame_.destroy();
  }

  /// The outermost task only: runs until the first suspension.
  void start() { frame_.resume(); }
  [[nodiscard]] bool is_done() const { return frame_ && frame_.done(); }
  /// Requires is_done().
  [[nodiscard]] const T& value() const { return *frame_.promise().value; }

  [[nodiscard]] bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting) noexcept {
    frame_.promise().awaiting = awaiting;
    return frame_;
  }
  T await_resume() { return std::move(*frame_.promise().value); }

 private:
  /// At the end of a task: goes on with whoever awaited it.
  struct Return {
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> ended) noexcept {
      return ended.promise().awaiting;
    }
    void await_resume() const noexcept {}
  };

  explicit Task(std::coroutine_handle<promise_type> frame) : frame_(frame) {}
  std::coroutine_handle<promise_type> frame_;
};

}  // namespace leakbisect::strategies
