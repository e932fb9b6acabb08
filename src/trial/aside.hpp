#pragma once

// Work that blocks (copies, syncs, checkouts), done by a thread while other trials are loaded and
// sampled: the loop must not stand still for them. Knows nothing of what is done. The work must not
// start processes, and its thread shares with the loop only what is its own or locked.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <future>
#include <type_traits>
#include <utility>

namespace leakbisect::trial {

/// The result of `work`. When cancelled it throws once the work has ended.
template <class Work>
boost::asio::awaitable<std::invoke_result_t<Work>> aside(Work work) {
  auto result = std::async(std::launch::async, std::move(work));
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
  while (result.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
    timer.expires_after(std::chrono::milliseconds(2));
    co_await timer.async_wait(boost::asio::use_awaitable);
  }
  co_return result.get();
}

}  // namespace leakbisect::trial
