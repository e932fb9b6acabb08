// Node's inspector: opened by SIGUSR1 where it is not open, and the few methods that are needed of
// it. https://chromedevtools.github.io/devtools-protocol/v8/

#include "base/websocket.hpp"
#include "probe/collector.hpp"
#include "probe/inspector_place.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>

#include <signal.h>

namespace leakbisect::probe {

namespace asio = boost::asio;
using nlohmann::json;

namespace {

constexpr double open_timeout_s = 2;  // the port comes within some ten milliseconds
constexpr double call_timeout_s = 10;
constexpr auto port_look_every = std::chrono::milliseconds(10);
constexpr int messages_at_once = 64;  // that are no answer to the question asked
// `external` holds what Buffers hold; `process` is a global of CommonJS and ES modules alike.
constexpr std::string_view memory_expression =
    "(()=>{const m=process.memoryUsage();return [m.heapUsed,m.external]})()";
// Collects and reads in one turn, so that no request's garbage comes between. The function gc is
// got from a context that is made while the flag for it is up; nothing is left in the global scope.
constexpr std::string_view atomic_expression = R"((()=>{
  const load = process.getBuiltinModule ?? require;
  load('v8').setFlagsFromString('--expose-gc');
  const gc = load('vm').runInNewContext('gc');
  load('v8').setFlagsFromString('--no-expose-gc');
  if (typeof gc !== 'function') throw new Error('no gc');
  return () => { gc(); const m = process.memoryUsage(); return [m.heapUsed, m.external]; };
})())";

// Ballast: an array of doubles, which V8 keeps as 8 bytes each and nothing else. It outlives this
// connection.
constexpr std::string_view ballast_expression = R"((() => {
  const key = Symbol.for('leakbisect.ballast');
  const kept = globalThis[key] || (globalThis[key] = []);
  return n => {
    const added = new Array(n);
    for (let i = 0; i < n; ++i) added[i] = i + 0.5;
    kept.push(added);
  };
})())";
constexpr double ballast_overhead = 56;  // bytes of an array beside its numbers
constexpr double number_size = 8;

class NodeCollector final : public Collector {
 public:
  NodeCollector(pid_t pid, std::uint16_t server_port) : pid_(pid), server_port_(server_port) {}

  bool refused() const override { return refused_; }

  asio::awaitable<Result<HeapReading>> collect() override {
    if (!socket_ || !socket_->is_open()) {
      const Result<> connected = co_await connect();
      if (connected.has_error()) co_return connected.error();
    }
    if (!atomic_.empty()) {
      const json function{{"objectId", atomic_},
                          {"functionDeclaration", "function(){return this()}"},
                          {"returnByValue", true},
                          {"silent", true}};
      const auto answer = co_await call("Runtime.callFunctionOn", function);
      if (answer.has_error()) co_return answer.error();
      co_return reading_in(*answer);
    }
    const auto collected = co_await call("HeapProfiler.collectGarbage", json::object());
    if (collected.has_error()) co_return collected.error();
    const json evaluate{
        {"expression", memory_expression}, {"returnByValue", true}, {"silent", true}};
    const auto answer = co_await call("Runtime.evaluate", evaluate);
    if (answer.has_error()) co_return answer.error();
    co_return reading_in(*answer);
  }

  asio::awaitable<Result<>> add_ballast(double bytes) override {
    if (!socket_ || !socket_->is_open()) co_return fail("the inspector is not attached");
    if (ballast_.empty()) ballast_ = co_await handle_of(ballast_expression);
    if (ballast_.empty()) co_return fail("the inspector gave no handle");
    const auto count = static_cast<long>((bytes - ballast_overhead) / number_size);
    const json number{{"value", std::max(1L, count)}};
    const json function{{"objectId", ballast_},
                        {"functionDeclaration", "function(n){this(n)}"},
                        {"arguments", json::array({number})},
                        {"silent", true}};
    const auto answer = co_await call("Runtime.callFunctionOn", function);
    if (answer.has_error()) co_return answer.error();
    if (answer->contains("exceptionDetails")) co_return fail("the process refused it");
    co_return Result<>{};
  }

  /// A process that ends waits for whoever is attached: let go as soon as it says so.
  asio::awaitable<void> attend() override {
    if (!socket_ || !socket_->has_input()) co_return;
    const auto text = co_await socket_->receive(call_timeout_s);
    if (text.has_error()) co_return;
    note(json::parse(*text, nullptr, false));
  }

 private:
  static Result<HeapReading> reading_in(const json& answer) {
    static const json::json_pointer heap("/result/value/0"), external("/result/value/1");
    const json missing;
    const json& used = answer.contains(heap) ? answer.at(heap) : missing;
    const json& outside = answer.contains(external) ? answer.at(external) : missing;
    if (!used.is_number() || !outside.is_number())
      return fail("process.memoryUsage() gave no numbers");
    HeapReading reading;
    reading.heap = used.get<double>();
    reading.external = outside.get<double>();
    return reading;
  }

  asio::awaitable<Result<>> connect() {
    if (!place_) {
      const Result<> found = co_await find_place();
      if (found.has_error()) co_return found;
    }
    auto opened = co_await open_websocket(place_->port, place_->target, open_timeout_s);
    if (opened.has_error()) {
      place_.reset();
      co_return opened.error().within("inspector");
    }
    socket_ = std::move(*opened);
    // Old versions do not know it; then an ending process waits until the trial ends.
    const json enabled{{"enabled", true}};
    co_await call("NodeRuntime.notifyWhenWaitingForDisconnect", enabled);
    ballast_.clear();
    // Without the function that collects and reads, that takes two turns.
    atomic_ = co_await handle_of(atomic_expression);
    co_return Result<>{};
  }

  /// The inspector's handle of a function; empty where it gives none.
  asio::awaitable<std::string> handle_of(std::string_view expression) {
    static const json::json_pointer handle("/result/objectId");
    const json evaluate{
        {"expression", expression}, {"includeCommandLineAPI", true}, {"silent", true}};
    const auto answer = co_await call("Runtime.evaluate", evaluate);
    std::string found;
    if (answer.has_error() || answer->contains("exceptionDetails")) co_return found;
    if (answer->contains(handle) && answer->at(handle).is_string())
      found = answer->at(handle).get<std::string>();
    co_return found;
  }

  asio::awaitable<Result<>> find_place() {
    std::set<std::uint16_t> before = listening_ports(pid_);
    before.erase(server_port_);
    const std::vector<std::string> options = node_options_of(pid_);
    // The master of a cluster hands SIGUSR1 on to its workers.
    const bool open = before.contains(inspector_port(options));
    if (signalled_ || open || opens_inspector(options)) {
      place_ = co_await find_inspector(before);
      if (place_) co_return Result<>{};
    }
    const Result<> opened = open_port(inspector_port(options));
    if (opened.has_error()) co_return opened;
    co_return co_await wait_for_port(std::move(before));
  }

  Result<> open_port(std::uint16_t port) {
    refused_ = port != 0 && all_listening_ports(pid_).contains(port);
    if (refused_) return fail("another process holds its inspector port {}", port);
    // Once: a handler of the server's own may do anything.
    if (!signalled_ && !signal_if_caught(pid_, SIGUSR1))
      return fail("it does not handle SIGUSR1, which opens the inspector");
    signalled_ = true;
    return {};
  }

  asio::awaitable<Result<>> wait_for_port(std::set<std::uint16_t> before) {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    const auto began = std::chrono::steady_clock::now();
    const std::chrono::duration<double> patience(open_timeout_s);
    while (!place_ && std::chrono::steady_clock::now() - began < patience) {
      timer.expires_after(port_look_every);
      co_await timer.async_wait(asio::use_awaitable);
      std::set<std::uint16_t> fresh = listening_ports(pid_);
      std::erase_if(fresh,
                    [&](auto port) { return before.contains(port) || port == server_port_; });
      place_ = co_await find_inspector(std::move(fresh));
    }
    // It may have been open all the time, by a call of the server's own.
    if (!place_) place_ = co_await find_inspector(std::move(before));
    refused_ = !place_;
    if (refused_) co_return fail("no inspector port opened after SIGUSR1");
    co_return Result<>{};
  }

  /// Asks, and waits for the answer to this question; others are events.
  asio::awaitable<Result<json>> call(std::string method, json parameters) {
    const int id = ++last_id_;
    const json question{{"id", id}, {"method", method}, {"params", std::move(parameters)}};
    const Result<> sent = co_await socket_->send(question.dump(), call_timeout_s);
    if (sent.has_error()) co_return sent.error();
    for (int k = 0; k < messages_at_once; ++k) {
      const auto text = co_await socket_->receive(call_timeout_s);
      if (text.has_error()) co_return text.error().within(method);
      const json message = json::parse(*text, nullptr, false);
      if (note(message)) co_return fail("{}: the process is ending", method);
      if (!answers(message, id)) continue;
      if (message.contains("error"))
        co_return fail("{}: {}", method, message["error"].dump(-1, ' ', true));
      co_return message.value("result", json::object());
    }
    socket_->close();
    co_return fail("{}: no answer among {} messages", method, messages_at_once);
  }

  static bool answers(const json& message, int id) {
    if (!message.is_object()) return false;
    const auto found = message.find("id");
    return found != message.end() && found->is_number_integer() && *found == id;
  }

  /// Closes when the message says that the process waits for that; true when it did.
  bool note(const json& message) {
    if (!message.is_object() || !message.contains("method")) return false;
    if (message["method"] != "NodeRuntime.waitingForDisconnect") return false;
    socket_->close();
    return true;
  }

  pid_t pid_;
  std::uint16_t server_port_;
  std::optional<InspectorPlace> place_;
  std::unique_ptr<WebSocket> socket_;
  std::string atomic_;   ///< the inspector's handle of a function; empty: there is none
  std::string ballast_;  ///< the same of the one that takes ballast
  int last_id_ = 0;
  bool signalled_ = false;
  bool refused_ = false;
};

}  // namespace

std::unique_ptr<Collector> make_node_collector(pid_t pid, std::uint16_t server_port) {
  return std::make_unique<NodeCollector>(pid, server_port);
}

}  // namespace leakbisect::probe
