#pragma once

// Sees to it that what answers the load is what is measured: before the load and again and again
// during it, since workers and whole servers are replaced. A process outside of the tree that began
// with the trial is followed, and said to be; of one that is older, or cannot be found, the trial
// tells nothing. Decides only; whoever asks makes the outcome of it.

#include "subject/answerers.hpp"
#include "subject/followed.hpp"
#include "subject/process.hpp"
#include "trial/record.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace leakbisect::trial {

class AnswerWatch {
 public:
  struct Spec {
    std::uint16_t port = 0;
    bool own_load = true;  ///< else any connection to the port counts, and who listens on it
    std::map<std::string, std::string> switched_env;  ///< what the configuration's units set
    std::chrono::steady_clock::time_point started{};  ///< t = 0 of the trial's events
  };
  /// `server` outlives it, and has just been started.
  AnswerWatch(subject::Process& server, Spec spec);

  /// Who is measured now: the tree, main process first, and whoever is followed.
  std::vector<pid_t> measured();
  /// What the control group accounts; nothing where it does not hold all that is measured.
  [[nodiscard]] std::optional<GroupMemory> group_memory() const;

  /// The server is ready: follows whoever listens and is not of the tree, so that all of it is
  /// sampled when the load begins. Whether it answers is another question.
  void begin();
  /// Looks again and again. Ends with the reason why the trial says nothing of its configuration,
  /// and what to do about it; else when it is cancelled.
  boost::asio::awaitable<std::string> run();
  /// One more look; the same reason, or nothing.
  std::optional<std::string> fault();

  /// Writes down who was followed, and what could not be seen.
  void note(Record& record) const;

 private:
  std::optional<std::string> judge(const subject::Answerers::Look& look);
  std::optional<std::string> judge(const subject::Ends& ends);
  std::optional<std::string> follow(const subject::ProcessId& id);
  [[nodiscard]] std::optional<std::string> unreached(pid_t pid) const;
  void tell(const std::string& what);

  subject::Process& server_;
  Spec spec_;
  subject::Answerers answerers_;
  subject::Followed followed_;
  std::vector<FollowedProcess> named_;
  std::vector<std::string> events_;
  int looks_ = 0;
  bool connections_seen_ = false;
  bool somebody_seen_ = false;
};

}  // namespace leakbisect::trial
