#include "probe/inspector.hpp"

#include "probe/runtimes.hpp"

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

bool answers(const json& message, int id) {
  if (!message.is_object()) return false;
  const auto found = message.find("id");
  return found != message.end() && found->is_number_integer() && *found == id;
}

}  // namespace

Inspector::Inspector(pid_t pid, std::uint16_t server_port, std::size_t largest_answer)
    : pid_(pid), server_port_(server_port), largest_answer_(largest_answer) {}

asio::awaitable<Result<>> Inspector::connect() {
  if (!place_) {
    const Result<> found = co_await find_place();
    if (found.has_error()) co_return found;
  }
  auto opened =
      co_await open_websocket(place_->port, place_->target, open_timeout_s, largest_answer_);
  if (opened.has_error()) {
    place_.reset();
    co_return opened.error().within("inspector");
  }
  socket_ = std::move(*opened);
  // Old versions do not know it; then an ending process waits until the trial ends.
  const json enabled{{"enabled", true}};
  co_await call("NodeRuntime.notifyWhenWaitingForDisconnect", enabled);
  co_return Result<>{};
}

asio::awaitable<void> Inspector::attend() {
  if (!is_open() || !socket_->has_input()) co_return;
  const auto text = co_await socket_->receive(call_timeout_s);
  if (text.has_error()) co_return;
  note(json::parse(*text, nullptr, false));
}

asio::awaitable<std::string> Inspector::handle_of(std::string_view expression) {
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

asio::awaitable<Result<>> Inspector::find_place() {
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

Result<> Inspector::open_port(std::uint16_t port) {
  refused_ = port != 0 && all_listening_ports(pid_).contains(port);
  if (refused_) return fail("another process holds its inspector port {}", port);
  // Once: a handler of the server's own may do anything.
  if (!signalled_ && !signal_if_caught(pid_, SIGUSR1))
    return fail("it does not handle SIGUSR1, which opens the inspector");
  signalled_ = true;
  return {};
}

asio::awaitable<Result<>> Inspector::wait_for_port(std::set<std::uint16_t> before) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  const auto began = std::chrono::steady_clock::now();
  const std::chrono::duration<double> patience(open_timeout_s);
  while (!place_ && std::chrono::steady_clock::now() - began < patience) {
    timer.expires_after(port_look_every);
    co_await timer.async_wait(asio::use_awaitable);
    std::set<std::uint16_t> fresh = listening_ports(pid_);
    std::erase_if(fresh, [&](auto port) { return before.contains(port) || port == server_port_; });
    place_ = co_await find_inspector(std::move(fresh));
  }
  // It may have been open all the time, by a call of the server's own.
  if (!place_) place_ = co_await find_inspector(std::move(before));
  refused_ = !place_;
  if (refused_) co_return fail("no inspector port opened after SIGUSR1");
  co_return Result<>{};
}

asio::awaitable<Result<json>> Inspector::call(std::string method, json parameters) {
  if (!is_open()) co_return fail("{}: the inspector is not attached", method);
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

// Closes when the message says that the process waits for that; true when it did.
bool Inspector::note(const json& message) {
  if (!message.is_object() || !message.contains("method")) return false;
  if (message["method"] != "NodeRuntime.waitingForDisconnect") return false;
  socket_->close();
  return true;
}

}  // namespace leakbisect::probe
