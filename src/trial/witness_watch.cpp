#include "trial/witness_watch.hpp"

#include "base/error.hpp"
#include "probe/node_allocations.hpp"
#include "witness/source_files.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>

namespace leakbisect::trial {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

namespace {

constexpr double warm_share = 0.3;  // of the time: what is filled once is not growth
constexpr int steps = 4;            // from reading to reading, after that

Clock::duration seconds_of(double s) {
  return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(s));
}

asio::awaitable<Result<>> record_all(Witnessing& order, const WitnessSources& sources) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  const auto began = Clock::now();
  probe::NodeAllocations recorder(sources.port, order.interval, order.recording);
  const auto begun = co_await recorder.begin(sources.tree());
  if (begun.has_error()) co_return begun;
  for (int i = 0; i <= steps; ++i) {
    const double share = warm_share + (1 - warm_share) * i / steps;
    timer.expires_at(began + seconds_of(share * order.load_s));
    co_await timer.async_wait(asio::use_awaitable);
    const std::chrono::duration<double> age = Clock::now() - began;
    const auto read = co_await recorder.read(age.count(), sources.requests);
    if (read.has_error()) co_return read;
  }
  co_return Result<>{};
}

}  // namespace

asio::awaitable<void> record_witness(Witnessing* order, const WitnessSources& sources) {
  if (order != nullptr) {
    const Result<> recorded = co_await record_all(*order, sources);
    if (recorded.has_error()) order->recording.trouble = recorded.error().message;
    // While the files are there that the server ran from.
    witness::SourceFiles(sources.directory).resolve(order->recording);
    order->done = true;
  }
  asio::steady_timer never(co_await asio::this_coro::executor, Clock::time_point::max());
  co_await never.async_wait(asio::use_awaitable);
}

}  // namespace leakbisect::trial
