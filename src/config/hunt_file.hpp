#pragma once

// The hunt file as plain structs, apart from its syntax. Read by src/config/parse.hpp; durations in
// seconds, sizes in bytes. Every default stands here and nowhere else.

#include "config/command.hpp"
#include "config/units.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace leakbisect::config {

struct Ready {
  enum class Kind { tcp, http, log };
  Kind kind = Kind::tcp;
  std::string http_path = "/";  ///< http: any answer below 500 is ready
  std::string log_pattern;      ///< log: regular expression, searched in each line of output
  double timeout_s = 60;
};

struct Stop {
  int signal = 15;     ///< SIGTERM
  double grace_s = 5;  ///< then the whole tree is killed
};

/// Which trees builds begin from. Both ends, both sides of a proof, and whatever an incremental
/// build failed in are built from clean trees in every mode.
enum class BuildMode {
  automatic,    ///< incremental while that costs less, mistakes included
  incremental,  ///< go on from what an earlier build left
  clean         ///< always from a clean tree
};

/// The server under test.
struct Subject {
  std::filesystem::path
      directory;  ///< absolute; relative ones are taken from the hunt file's folder
  std::optional<Command> build;
  double build_timeout_s = 1800;
  BuildMode build_mode = BuildMode::automatic;
  std::vector<std::string>
      artifacts;  ///< paths a build leaves; empty: all files that were not there
  Command start;
  std::map<std::string, std::string> env;  ///< values may hold placeholders
  std::optional<std::uint16_t> port;       ///< fixed port; nothing: a free one each trial
  Ready ready;
  Stop stop;
  double log_cap_bytes =
      16.0 * 1024 * 1024;  ///< of stdout and stderr each; more is dropped, and said
};

/// Statuses of answers, from one to another.
struct StatusRange {
  unsigned first = 200;
  unsigned last = 299;
  [[nodiscard]] bool holds(unsigned status) const { return first <= status && status <= last; }
};

struct HttpRequest {
  std::string method = "GET";
  std::string path = "/";  ///< may hold {n} (unique number) and {seed} (seeded random number)
  double weight = 1;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::string name;  ///< the route it belongs to; empty: "METHOD /path"
  /// Answers that are normal; empty: those that either end gives.
  std::vector<StatusRange> expect;
};

/// The name of the route that a request belongs to.
inline std::string route_name(const HttpRequest& request) {
  return request.name.empty() ? request.method + " " + request.path : request.name;
}

/// An exchange by raw TCP, for servers that do not speak HTTP. Both texts may hold {n} and {seed}.
struct TcpExchange {
  std::string send;
  std::string expect;  ///< an answer is complete when this text has come
};

/// Load of our own, by HTTP or (where `tcp` is set) by raw TCP: open loop at `rate`, or closed loop
/// when `closed` is set.
struct HttpLoad {
  double rate = 50;         ///< requests per second, arrivals at fixed distances
  bool find_rate = true;    ///< "auto": the rate is found at the leaking end before the first trial
  bool rate_fixed = false;  ///< the rate is never lowered
  bool closed = false;      ///< closed loop: each connection sends when it has its answer
  double think_s = 0;       ///< closed loop: pause before the next request
  int connections = 16;
  bool tls = false;       ///< https to 127.0.0.1, any certificate
  double timeout_s = 30;  ///< of one request
  /// Load for `steady_s`, then in bursts: for `on_s`, none for `off_s`, and so on; off_s 0: without
  /// a pause. The rate is that of the loaded time.
  double on_s = 0;
  double off_s = 0;
  double steady_s = 0;
  bool keep_alive = true;  ///< else each request has a connection of its own
  std::optional<double>
      read_rate;  ///< bytes a second that a connection reads; nothing: as they come
  std::optional<TcpExchange> tcp;  ///< then `requests` are not sent
  std::vector<HttpRequest> requests{HttpRequest{}};
};

/// Load by any command, run in the hunt file's folder. It gets {url}, {port}, {directory},
/// {hunt_directory}, {seed}, {trial}; it is ended when the verdict is there.
struct CommandLoad {
  Command command;
  /// Regular expression with one group: the number of requests so far. Default: lines "requests N".
  std::optional<std::string> progress;
};

struct Load {
  std::variant<HttpLoad, CommandLoad> kind;
};

/// Where a runtime reports its own heap. Exactly one of the three.
struct HeapSource {
  enum class Kind { http_json, http_prometheus, command };
  Kind kind = Kind::http_json;
  std::string path;     ///< http: path on the server's own port
  std::string pointer;  ///< JSON pointer of heap bytes, or the Prometheus metric's name
  std::optional<std::string> external;  ///< the same for bytes outside the heap (Buffers)
  Command command;                      ///< prints the number of bytes; gets {pid} and {port}
  double every_s = 0.5;
};

/// How to make the runtime collect garbage before a reading, which follows at once: the heap of a
/// Node process or a JVM (by their own tools), else "heap", else the anonymous memory.
struct Settle {
  /// automatic: every Node process and JVM of the tree; node, jvm: those only.
  enum class Kind { automatic, node, jvm, http, signal, command };
  Kind kind = Kind::automatic;
  std::string http_path;
  std::string http_method = "GET";
  int signal = 0;
  Command command;
  /// Nothing: as often as collections may take a tenth of the server's time.
  std::optional<double> every_s;

  /// Done through the runtime's own tools, not through a hook of the user's.
  [[nodiscard]] bool from_outside() const {
    return kind == Kind::automatic || kind == Kind::node || kind == Kind::jvm;
  }
};

struct Memory {
  std::string metric = "auto";  ///< or a stats::Metric name
  double rate_hz = 10;
  double warmup_s = 5;
  std::optional<HeapSource> heap;
  std::optional<Settle> settle = Settle{};  ///< nothing: never
};

/// What is looked for: where the leak began, or where it ended.
enum class Find { leak, fix };

/// "leak", "fix".
constexpr std::string_view find_name(Find find) {
  return find == Find::fix ? "fix" : "leak";
}

struct Search {
  Find find = Find::leak;
  std::string strategy = "auto";
  double confidence = 0.99;
  std::optional<double> smallest_leak;  ///< per request, as the metric counts
  std::uint64_t seed = 1;
  double strategy_timeout_s = 60;  ///< for one answer of a strategy that is a program (exec:)
  bool drill = true;               ///< look for the hunk inside the commit that was found
  double drill_factor = 1;         ///< and spend at most so many times the cost of the hunt before
  bool positive_control = false;   ///< see whether a leak of known size is seen, before any trial
  bool others = true;              ///< where it makes a part of the leak, search the other commits
};

struct Limits {
  double budget_s = 8 * 3600.0;
  double trial_s = 600;                ///< one trial's load, at most
  std::optional<double> memory_bytes;  ///< of the subject; default: half of the host's memory
  double cache_bytes = 4.0 * 1024 * 1024 * 1024;  ///< build cache
  bool share_builds = true;  ///< between hunts, in the user's cache folder; else in DIR/cache
  int ahead = 2;             ///< builds made ahead side by side while trials measure; 0: none
  int parallel = 1;
  bool parallel_is_given = false;  ///< else trials may run side by side where time is short
  /// How long an end that does not grow is watched before nothing is said to leak; default: trial.
  std::optional<double> watch_s;
};

/// Any flaky test instead of a server.
struct Oracle {
  Command command;
  double false_positive = 0.01;
  double false_negative = 0.01;
  double timeout_s = 600;
};

/// "http://HOST:PORT/PATH".
struct Webhook {
  std::string host;
  std::uint16_t port = 80;
  std::string target = "/";
  bool operator==(const Webhook&) const = default;
};

/// Who is told that a hunt has ended, with the report's JSON.
struct Notify {
  std::optional<Command> command;  ///< has it as its standard input
  std::optional<Webhook> webhook;  ///< is sent it
};

struct HuntFile {
  std::filesystem::path file;  ///< where it was read from, absolute
  std::optional<Subject> subject;
  std::optional<Oracle> oracle;
  Load load;
  Memory memory;
  Units units;
  Search search;
  Limits limits;
  Notify notify;
};

}  // namespace leakbisect::config
