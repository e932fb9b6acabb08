#pragma once

// The attach protocol of HotSpot JVMs, spoken directly, so that no JDK is needed beside the server:
// a file that asks for it, SIGQUIT, a Unix socket, one command a connection. Knows nothing of
// collections (see jvm_collector.cpp).
//
// Invariant: SIGQUIT is sent only to a JVM that handles it and has no socket yet, for it prints a
// thread dump otherwise, and ends a process that is no JVM.

#include "base/error.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>

#include <sys/types.h>

namespace leakbisect::probe {

/// Makes the JVM open its socket, unless it is open; returns the socket's path. Fails when the JVM
/// was told not to, or does not within 3 s.
boost::asio::awaitable<Result<std::string>> attach_to_jvm(pid_t pid);

/// Loads a Java agent from a .jar that the JVM finds at `jar`, and calls its agentmain(`argument`).
/// Fails when the JVM reports an error, or after some seconds.
boost::asio::awaitable<Result<>> load_agent(std::string socket, std::string jar,
                                            std::string argument);

/// Runs one diagnostic command ("GC.run") over the socket and returns what it printed. Fails when
/// the JVM reports an error, or after `timeout_s`.
boost::asio::awaitable<Result<std::string>> diagnose(std::string socket, std::string command,
                                                     double timeout_s);

}  // namespace leakbisect::probe
