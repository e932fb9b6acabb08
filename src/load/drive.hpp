#pragma once

// What drives an HTTP load: the lanes (one connection and one coroutine each), the numbers they
// take, the timeouts, the counts. Open loop: request k is due after k / rate seconds of load,
// whatever the server does. Every coroutine keeps the drive alive, so that none can outlive it.

#include "load/lateness.hpp"
#include "load/load.hpp"
#include "load/rhythm.hpp"
#include "load/sequence.hpp"
#include "load/wire.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace leakbisect::load {

/// One connection and the request it is busy with.
struct Lane {
  Lane(const boost::asio::any_io_executor& executor, std::unique_ptr<Wire> connection)
      : wire(std::move(connection)), timer(executor) {}
  std::unique_ptr<Wire> wire;
  boost::asio::steady_timer timer;
  std::string text;
  bool busy = false;
  std::chrono::steady_clock::time_point sent_at;
};

class Drive : public std::enable_shared_from_this<Drive> {
 public:
  using Clock = std::chrono::steady_clock;

  /// `mix` may be empty: then all requests are sent.
  Drive(const config::HttpLoad& load, std::uint16_t port, Sequence sequence,
        std::shared_ptr<Mix> mix)
      : load_(load),
        rhythm_{load.on_s, load.off_s, load.steady_s},
        port_(port),
        sequence_(std::move(sequence)),
        mix_(std::move(mix)) {
    for (const config::HttpRequest& request : load.requests)
      counts_.by_request.push_back({config::route_name(request), {}, 0});
  }

  /// Opens all lanes, on one thread's executor.
  void start(const boost::asio::any_io_executor& executor);
  /// Closes all connections at once; the counts stand still from here on.
  void stop();
  /// Waits until it is cancelled (or, after a fault of our own, until all lanes have ended).
  boost::asio::awaitable<void> until_cancelled();
  /// Waits until every coroutine has ended; call after stop().
  boost::asio::awaitable<void> until_drained();
  [[nodiscard]] Counts counts() const;
  /// Empty, unless an exception ended a lane.
  [[nodiscard]] const std::string& error() const { return error_; }

 private:
  boost::asio::awaitable<void> run_lane(Lane& lane);
  boost::asio::awaitable<void> watch_timeouts();
  boost::asio::awaitable<void> pause(boost::asio::steady_timer& timer, Clock::time_point until);
  void spawn(const boost::asio::any_io_executor& executor, boost::asio::awaitable<void> coroutine);
  std::uint64_t next_number();
  [[nodiscard]] Clock::time_point due(std::uint64_t number) const;
  [[nodiscard]] double elapsed_s() const;
  /// True, and counted, when the mix has this request off.
  bool omits(std::uint64_t number);
  void note(std::uint64_t number, const Answer& answer);
  void note_busy(int change);

  config::HttpLoad load_;
  Rhythm rhythm_;
  std::uint16_t port_;
  Sequence sequence_;
  std::shared_ptr<Mix> mix_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::unique_ptr<boost::asio::steady_timer> clock_;  ///< of watch_timeouts
  std::unique_ptr<boost::asio::steady_timer> over_;   ///< cancelled when there is news for run()
  Clock::time_point started_{};
  Clock::time_point stopped_{};
  std::uint64_t next_ = 0;
  Counts counts_;
  Lateness lateness_;
  std::size_t live_ = 0;
  int busy_ = 0;  ///< lanes that wait for an answer
  Clock::time_point all_busy_since_{};
  bool stopping_ = false;
  std::string error_;
};

}  // namespace leakbisect::load
