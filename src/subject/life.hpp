#pragma once

// One started program from its first instant to the last of its tree: its end is learnt through a
// pidfd, its output carried, its groups, record and zombies removed. Shared by the Process that
// people hold and by the coroutines that wait on it. Invariant: the main process stays a zombie
// until finish(), so that its pid, session and group can not come to mean somebody else.

#include "subject/output.hpp"
#include "subject/process.hpp"
#include "subject/tree.hpp"

#include <boost/asio/steady_timer.hpp>

#include <list>
#include <vector>

namespace leakbisect::subject {

class Life : public std::enable_shared_from_this<Life> {
 public:
  struct Parts {
    pid_t pid = 0;
    int pidfd = -1;
    std::string marker;
    Cgroup group;
    std::vector<std::shared_ptr<Output>> outputs;
    std::filesystem::path record;
  };
  Life(const boost::asio::any_io_executor& executor, Parts parts);
  Life(const Life&) = delete;
  Life& operator=(const Life&) = delete;
  ~Life() { finish(); }

  /// Watches for the end, carries the output and, where the kernel limits memory, ends the whole
  /// tree as soon as it has killed any of it: a worker that is started anew would hide the leak.
  void start();

  [[nodiscard]] const std::optional<Exit>& exited() const { return exit_; }
  /// True as soon as the main process has ended; false after `seconds`.
  boost::asio::awaitable<bool> ended_within(std::optional<double> seconds);
  /// Looks whether the main process has ended, without waiting.
  void look();
  void kill_for_memory();
  /// Ends the whole tree and waits until it is gone (at most some seconds, blocking).
  void finish();
  /// The same without blocking.
  boost::asio::awaitable<void> end_tree();

  Tree& tree() { return tree_; }
  [[nodiscard]] const std::string& containment() const { return containment_; }

 private:
  static boost::asio::awaitable<void> watch_end(std::shared_ptr<Life> self);
  static boost::asio::awaitable<void> watch_memory(std::shared_ptr<Life> self);
  bool is_gone();
  void let_go();
  bool remove_traces();

  boost::asio::any_io_executor executor_;
  boost::asio::posix::stream_descriptor pidfd_;
  std::string containment_;
  Tree tree_;
  std::vector<std::shared_ptr<Output>> outputs_;
  std::filesystem::path record_;
  std::list<boost::asio::steady_timer*> waiting_;
  std::optional<Exit> exit_;
  bool over_cap_ = false;
  bool finished_ = false;
};

/// What people hold of a life; letting go of it ends the tree.
std::unique_ptr<Process> make_process(std::shared_ptr<Life> life);

}  // namespace leakbisect::subject
