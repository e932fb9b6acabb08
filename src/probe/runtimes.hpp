#pragma once

// Tells which processes are Node or a JVM, and whether a signal that wakes their tools would be
// taken or would end them. Reads /proc only. A process that is gone or may not be read is no
// runtime.

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace leakbisect::probe {

enum class Runtime { none, node, jvm };
std::string_view runtime_name(Runtime runtime);

/// The executable of a process; empty when it is gone or not ours to ask.
std::string executable_of(pid_t pid);
/// By the executable, else by a mapped libjvm.so: launchers of many names start a JVM.
Runtime runtime_of(pid_t pid);
/// By the name of the executable alone.
Runtime runtime_by_name(std::string_view executable);

/// The words of a process's command line.
std::vector<std::string> arguments_of(pid_t pid);

/// What the text of /proc/PID/status says of a signal: handled by the process itself.
bool status_catches(std::string_view status, int signal);
/// Sends `signal` if the process handles it; false when it would be ended by it, or is gone.
bool signal_if_caught(pid_t pid, int signal);

/// Pid of the process as it sees itself in the innermost PID namespace.
std::optional<pid_t> own_pid(std::string_view status);

/// TCP ports that the process listens on, loopback and others, IPv4 and IPv6.
std::set<std::uint16_t> listening_ports(pid_t pid);
/// The same of all processes in its network namespace.
std::set<std::uint16_t> all_listening_ports(pid_t pid);

}  // namespace leakbisect::probe
