#include "probe/attach.hpp"
#include "probe/collector.hpp"
#include "probe/heap_text.hpp"
#include "probe/jvm_ballast.hpp"

#include <utility>

namespace leakbisect::probe {

namespace asio = boost::asio;

namespace {

constexpr double collection_timeout_s = 20;
constexpr double reading_timeout_s = 5;

class JvmCollector final : public Collector {
 public:
  JvmCollector(pid_t pid, RunCommand run_command)
      : pid_(pid), run_command_(std::move(run_command)), ballast_(pid) {}

  asio::awaitable<Result<HeapReading>> collect() override {
    if (socket_.empty() && !by_program_) {
      auto attached = co_await attach_to_jvm(pid_);
      if (attached.has_value()) {
        socket_ = std::move(*attached);
      } else {
        by_program_ = true;
        why_program_ = attached.error().message;
      }
    }
    const auto collected = co_await ask("GC.run", collection_timeout_s);
    if (collected.has_error()) co_return collected.error();
    refused_ = collected->find("disabled") != std::string::npos;
    if (refused_) co_return fail("explicit collections are disabled (-XX:+DisableExplicitGC)");
    const auto printed = co_await ask("GC.heap_info", reading_timeout_s);
    if (printed.has_error()) co_return printed.error();
    const auto used = heap_info_used(*printed);
    if (used.has_error()) co_return used.error();
    HeapReading reading;
    reading.heap = *used;
    co_return reading;
  }

  asio::awaitable<Result<>> add_ballast(double bytes) override {
    if (socket_.empty()) co_return fail("only its attach socket is a way in");
    co_return co_await ballast_.add(socket_, bytes);
  }
  bool refused() const override { return refused_; }
  asio::awaitable<void> attend() override { co_return; }

 private:
  asio::awaitable<Result<std::string>> ask(std::string command, double timeout_s) {
    if (!by_program_) {
      auto talking = diagnose(socket_, std::move(command), timeout_s);
      co_return co_await std::move(talking);
    }
    refused_ = !run_command_;
    if (refused_) co_return fail("{}", why_program_);
    config::Command program;
    program.argv = {"jcmd", std::to_string(pid_), std::move(command)};
    auto running = run_command_(std::move(program));
    const auto printed = co_await std::move(running);
    refused_ = printed.has_error();
    if (refused_)
      co_return fail("{}; nor does the program jcmd help: {}", why_program_,
                     printed.error().message);
    co_return printed;
  }

  pid_t pid_;
  RunCommand run_command_;
  JvmBallast ballast_;
  std::string socket_;
  bool by_program_ = false;
  bool refused_ = false;
  std::string why_program_;
};

}  // namespace

std::unique_ptr<Collector> make_jvm_collector(pid_t pid, RunCommand run_command) {
  return std::make_unique<JvmCollector>(pid, std::move(run_command));
}

}  // namespace leakbisect::probe
