#include "probe/heap_source.hpp"

#include "base/http.hpp"
#include "probe/heap_text.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cerrno>
#include <chrono>
#include <cstring>

#include <signal.h>

namespace leakbisect::probe {

namespace {

namespace asio = boost::asio;

constexpr double http_timeout_s = 10;
constexpr auto signal_effect = std::chrono::milliseconds(100);

config::Command filled(config::Command command, const SamplerSpec& spec, const Sources& sources) {
  Placeholders values = spec.placeholders;
  values["pid"] = std::to_string(sources.pid);
  values["port"] = std::to_string(sources.port);
  for (auto& word : command.argv) word = fill(word, values);
  return command;
}

Result<HeapReading> reading_in(const std::string& body, const config::HeapSource& source) {
  const auto number = [&](const std::string& name) {
    return source.kind == config::HeapSource::Kind::http_json ? json_number(body, name)
                                                              : prometheus_number(body, name);
  };
  const auto heap = number(source.pointer);
  if (heap.has_error()) return heap.error();
  HeapReading reading;
  reading.heap = *heap;
  if (source.external) {
    const auto external = number(*source.external);
    if (external.has_error()) return external.error();
    reading.external = *external;
  }
  return reading;
}

asio::awaitable<Result<std::string>> run(config::Command command, const SamplerSpec& spec,
                                         const Sources& sources) {
  if (!sources.run_command) co_return fail("internal error: no way to run commands was given");
  config::Command ready = filled(std::move(command), spec, sources);
  auto running = sources.run_command(std::move(ready));
  co_return co_await std::move(running);
}

}  // namespace

asio::awaitable<Result<HeapReading>> read_heap(const SamplerSpec& spec, const Sources& sources,
                                               bool& answered) {
  const config::HeapSource& source = *spec.memory.heap;
  if (source.kind == config::HeapSource::Kind::command) {
    const auto printed = co_await run(source.command, spec, sources);
    if (printed.has_error()) co_return printed.error().within("heap command");
    answered = true;
    const auto bytes = printed_number(*printed);
    if (bytes.has_error()) co_return bytes.error().within("heap command");
    HeapReading reading;
    reading.heap = *bytes;
    co_return reading;
  }
  std::string path = fill(source.path, spec.placeholders);
  const auto reply = co_await http_request(sources.port, "GET", path, http_timeout_s);
  if (reply.has_error()) co_return reply.error().within("heap endpoint");
  answered = true;
  if (reply->status >= 300)
    co_return fail("heap endpoint {}: answered status {}", path, reply->status);
  auto reading = reading_in(reply->body, source);
  if (reading.has_error()) co_return reading.error().within("heap endpoint " + path);
  co_return reading;
}

asio::awaitable<Result<>> settle(const SamplerSpec& spec, const Sources& sources) {
  const config::Settle& how = *spec.memory.settle;
  switch (how.kind) {
    case config::Settle::Kind::http: {
      std::string path = fill(how.http_path, spec.placeholders);
      const auto reply = co_await http_request(sources.port, how.http_method, path, http_timeout_s);
      if (reply.has_error()) co_return reply.error().within("settle hook");
      if (reply->status >= 300)
        co_return fail("settle hook {}: answered status {}", path, reply->status);
      break;
    }
    case config::Settle::Kind::signal: {
      if (sources.pid <= 0 || kill(sources.pid, how.signal) != 0)
        co_return fail("settle signal {} to process {}: {}", how.signal, sources.pid,
                       std::strerror(errno));
      const auto executor = co_await asio::this_coro::executor;
      asio::steady_timer pause(executor, signal_effect);
      boost::system::error_code ignored;
      co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
      break;
    }
    case config::Settle::Kind::command: {
      const auto printed = co_await run(how.command, spec, sources);
      if (printed.has_error()) co_return printed.error().within("settle command");
      break;
    }
    default:
      co_return fail("internal error: this way to settle has no hook");
  }
  co_return Result<>{};
}

}  // namespace leakbisect::probe
