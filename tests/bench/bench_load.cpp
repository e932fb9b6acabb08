// How many requests a second our own load gets out of a server: the closed loop, whose connections
// send as soon as they have their answer.
//
//   bench_load PORT [SECONDS [CONNECTIONS]]
//
// Prints answers a second on one line, and nothing else, so that a script can set it beside others.

#include "load/load.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>

namespace asio = boost::asio;
using namespace leakbisect;

int main(int count, char** words) {
  if (count < 2) {
    fmt::print(stderr, "usage: bench_load PORT [SECONDS [CONNECTIONS]]\n");
    return 2;
  }
  load::Target target;
  target.port = static_cast<std::uint16_t>(std::atoi(words[1]));
  const double wanted_s = count > 2 ? std::atof(words[2]) : 5;
  config::HttpLoad http;
  http.closed = true;
  http.connections = count > 3 ? std::atoi(words[3]) : 16;
  auto load = load::make_load({http}, target);
  if (!load) {
    fmt::print(stderr, "{}\n", load.error().message);
    return 1;
  }
  asio::io_context io(1);
  asio::cancellation_signal stop;
  std::string failed;
  asio::co_spawn(io, (*load)->run(),
                 asio::bind_cancellation_slot(
                     stop.slot(), [&](const std::exception_ptr& thrown, const Result<>& result) {
                       if (!thrown && !result) failed = result.error().message;
                     }));
  const auto began = std::chrono::steady_clock::now();
  asio::steady_timer end(io, std::chrono::milliseconds(static_cast<long>(1e3 * wanted_s)));
  double seconds = 0;
  load::Counts counts;
  end.async_wait([&](boost::system::error_code) {
    seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    counts = (*load)->counts();
    stop.emit(asio::cancellation_type::terminal);
  });
  io.run();
  if (!failed.empty() || counts.answered == 0) {
    fmt::print(stderr, "{}\n", failed.empty() ? "nothing was answered" : failed);
    return 1;
  }
  fmt::print("{:.0f}\n", static_cast<double>(counts.answered) / seconds);
  return 0;
}
