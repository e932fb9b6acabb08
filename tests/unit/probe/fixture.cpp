#include "fixture.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>

#include <unistd.h>

namespace leakbisect::probe {

namespace asio = boost::asio;

Folder::Folder()
    : path(std::filesystem::temp_directory_path() / fmt::format("leakbisect-probe-{}", getpid())) {
  std::filesystem::create_directories(path);
}
Folder::~Folder() {
  std::filesystem::remove_all(path);
}

SamplerSpec spec_in(const Folder& folder) {
  SamplerSpec spec;
  spec.csv_file = folder.path / "memory.csv";
  spec.memory.rate_hz = 50;
  return spec;
}

Sources own_process() {
  Sources sources;
  sources.tree = [] { return std::vector<pid_t>{getpid()}; };
  sources.requests = [] { return std::pair<double, double>(7, 2); };
  sources.pid = getpid();
  return sources;
}

std::size_t count_of(const Sampler& sampler, stats::Metric metric) {
  const auto& series = sampler.series();
  return static_cast<std::size_t>(std::count_if(
      series.begin(), series.end(), [&](const auto& sample) { return sample.has(metric); }));
}

namespace {

asio::awaitable<void> wait_for(std::function<bool()> done) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (int k = 0; k < 2000 && !done(); ++k) {
    timer.expires_after(std::chrono::milliseconds(10));
    co_await timer.async_wait(asio::use_awaitable);
  }
}

asio::awaitable<Result<>> run_beside(Sampler& sampler, std::function<bool()> done) {
  using namespace asio::experimental::awaitable_operators;
  // The watcher is cancelled when run() ends by itself, run() when the watcher has seen enough.
  Result<> outcome;
  auto sampling = [](Sampler& one, Result<>& result) -> asio::awaitable<void> {
    result = co_await one.run();
  };
  co_await (sampling(sampler, outcome) || wait_for(std::move(done)));
  co_return outcome;
}

}  // namespace

Result<> run_until(asio::io_context& io, Sampler& sampler, std::function<bool()> enough) {
  Result<> outcome = fail("the sampler did not end");
  io.restart();
  asio::co_spawn(io, run_beside(sampler, std::move(enough)),
                 [&](std::exception_ptr thrown, Result<> result) {
                   outcome = thrown ? Result<>(fail("an exception left run()")) : result;
                   io.stop();
                 });
  io.run();
  return outcome;
}

TinyServer::TinyServer(asio::io_context& io)
    : acceptor_(io, {asio::ip::address_v4::loopback(), 0}) {
  asio::co_spawn(io, serve(), asio::detached);
}

asio::awaitable<void> TinyServer::serve() {
  for (;;) {
    auto socket = co_await acceptor_.async_accept(asio::use_awaitable);
    std::string text;
    boost::system::error_code failed;
    co_await asio::async_read_until(socket, asio::dynamic_buffer(text), "\r\n\r\n",
                                    asio::redirect_error(asio::use_awaitable, failed));
    const auto from = text.find(' ') + 1;
    const std::string path = text.substr(from, text.find(' ', from) - from);
    ++hits[path];
    if (mute) {
      held_.push_back(std::move(socket));
      continue;
    }
    const auto body = bodies.find(path);
    const std::string reply = body == bodies.end()
                                  ? "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
                                  : fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}",
                                                body->second.size(), body->second);
    co_await asio::async_write(socket, asio::buffer(reply),
                               asio::redirect_error(asio::use_awaitable, failed));
  }
}

}  // namespace leakbisect::probe
