#pragma once

// Forces garbage collections in the runtimes of a process tree, and reads their heaps right after:
// the figure that a leak shows in soonest. Two runtimes can be told to from outside, without a
// change to the server: Node by its inspector, a JVM by its attach socket.
//
// Invariant: nothing is sent to a process that could be ended by it. A process that cannot be made
// to collect is told of once and left out; it never fails the trial.

#include "base/error.hpp"
#include "probe/heap_source.hpp"
#include "probe/runtimes.hpp"
#include "probe/sampler.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace leakbisect::probe {

/// One process whose runtime can be made to collect.
class Collector {
 public:
  virtual ~Collector() = default;
  /// Collects, then reads. Opens the way to the process first where that has not been done.
  virtual boost::asio::awaitable<Result<HeapReading>> collect() = 0;
  /// True once collect() has failed for a reason that does not go away.
  [[nodiscard]] virtual bool refused() const = 0;
  /// Makes the runtime keep so many bytes more in its heap, for good (ballast.hpp). Called after a
  /// collect() that worked. Fails where there is no way to.
  virtual boost::asio::awaitable<Result<>> add_ballast(double bytes) = 0;
  /// Called often between collections; lets go of a process that wants to end.
  virtual boost::asio::awaitable<void> attend() = 0;
};

/// Of a Node process. `server_port` is the server's own, which is not searched for an inspector.
std::unique_ptr<Collector> make_node_collector(pid_t pid, std::uint16_t server_port);

/// Of a JVM. `run_command` runs the JDK's jcmd where the JVM cannot be attached to; may be empty.
using RunCommand = std::function<boost::asio::awaitable<Result<std::string>>(config::Command)>;
std::unique_ptr<Collector> make_jvm_collector(pid_t pid, RunCommand run_command);

/// How the event ends that tells of a first collection: no trouble, what a reader should know.
inline constexpr std::string_view collects_words = "collects garbage when told to";

/// All collectors of a tree, as processes come and go.
class TreeCollector {
 public:
  using Tell = std::function<void(const std::string& event)>;
  TreeCollector(config::Settle::Kind kind, const Sources& sources, Tell tell);

  /// A collection and a reading of each known runtime among `pids`, summed up. Nothing when there
  /// is none, or none that can be made to. Fails when one that could be read before cannot now.
  boost::asio::awaitable<Result<std::optional<HeapReading>>> collect(std::vector<pid_t> pids);
  boost::asio::awaitable<void> attend();
  /// Requests completed, as the mean over the readings of the last collect().
  [[nodiscard]] double requests() const { return requests_; }
  /// True while a runtime keeps the ballast that Sources::ballast asks for.
  [[nodiscard]] bool keeps_ballast() const { return keeper_ != 0; }

 private:
  struct Member {
    std::string executable;  ///< by which the runtime was told
    Runtime runtime = Runtime::none;
    std::unique_ptr<Collector> collector;  ///< nothing: not one to be asked
    bool worked = false;
    int failures = 0;         ///< in a row
    bool was_fed = false;     ///< with ballast
    bool keeps_none = false;  ///< ballast could not be put into it
  };
  void recognise(const std::vector<pid_t>& pids);
  void note_failure(pid_t pid, Member& member, const Error& why);
  void choose_keeper(const std::vector<pid_t>& pids);
  boost::asio::awaitable<void> feed_keeper();

  config::Settle::Kind kind_;
  const Sources& sources_;
  Tell tell_;
  std::map<pid_t, Member> members_;
  double requests_ = 0;
  pid_t keeper_ = 0;  ///< of the ballast; 0: nobody
  double fed_ = 0;    ///< of the ballast that was asked for, what is not to be fed any more
};

}  // namespace leakbisect::probe
