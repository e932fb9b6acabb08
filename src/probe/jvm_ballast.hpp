#pragma once

// Ballast in the heap of a JVM: an agent of ours, loaded through the attach socket, keeps as many
// bytes as a file in the JVM's /tmp is long. The file takes no space on disk; when it goes away the
// agent's thread ends, what it keeps stays kept.

#include "base/error.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>
#include <string_view>

#include <sys/types.h>

namespace leakbisect::probe {

/// The agent's .jar.
std::string_view jvm_ballast_agent();

class JvmBallast {
 public:
  explicit JvmBallast(pid_t pid) : pid_(pid) {}
  JvmBallast(const JvmBallast&) = delete;
  JvmBallast& operator=(const JvmBallast&) = delete;
  ~JvmBallast();

  /// Lets the JVM behind the attach socket keep so many bytes more. Fails where the agent cannot be
  /// put there or loaded.
  boost::asio::awaitable<Result<>> add(std::string socket, double bytes);

 private:
  Result<> put_files();

  pid_t pid_;
  std::string line_, jar_;  ///< paths as we see them; empty: not there
  std::string seen_;        ///< path of the file as the JVM sees it
  bool is_loaded_ = false;
  double bytes_ = 0;
};

}  // namespace leakbisect::probe
