#include "cli/notify.hpp"

#include "base/http_post.hpp"
#include "report/headline.hpp"
#include "report/terminal.hpp"
#include "subject/process.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>

#include <fcntl.h>
#include <unistd.h>

namespace leakbisect::cli {

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

constexpr double command_s = 60;
constexpr double post_s = 10;
constexpr int posts = 3;
constexpr std::chrono::seconds first_pause(1);  // and twice as long before the next

void tell_user(const std::string& what) {
  fmt::print(stderr, "leakbisect: notify: {}; the report stands as it is\n", what);
}

// Worth another try: the server was not there, or could not just now.
bool is_passing(unsigned status) {
  return status >= 500 || status == 408 || status == 429;
}

asio::awaitable<void> call_webhook(const config::Webhook& hook, std::string body) {
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor);
  std::string why;
  auto pause = first_pause;
  for (int attempt = 0; attempt < posts; ++attempt) {
    if (attempt > 0) {
      timer.expires_after(pause);
      pause *= 2;
      co_await timer.async_wait(asio::use_awaitable);
    }
    PostRequest request;
    request.host = hook.host;
    request.port = hook.port;
    request.target = hook.target;
    request.body = body;
    const Result<unsigned> status = co_await http_post(request, post_s);
    if (status && *status >= 200 && *status < 300) co_return;
    why = status
              ? fmt::format("http://{}:{}{} answers {}", hook.host, hook.port, hook.target, *status)
              : status.error().message;
    if (status && !is_passing(*status)) break;
  }
  tell_user(why);
}

asio::awaitable<void> call_command(const config::HuntFile& hunt, const report::Model& model,
                                   fs::path directory) {
  const std::string log = (directory / "notify.log").string();
  subject::LaunchSpec spec;
  spec.command = *hunt.notify.command;
  spec.directory = hunt.file.parent_path();
  spec.env = {{"LEAKBISECT_RESULT", std::string(report::traits(model.result).name)},
              {"LEAKBISECT_BADGE", report::headline_of(model).badge},
              {"LEAKBISECT_SENTENCE", report::printable(model.sentence)},
              {"LEAKBISECT_DIRECTORY", directory.string()}};
  spec.stdout_file = spec.stderr_file = log;
  spec.name = "notify";
  spec.state_directory = directory / "state";
  spec.stdin_fd = ::open((directory / "report.json").c_str(), O_RDONLY | O_CLOEXEC);
  const auto result = co_await subject::run(spec, command_s);
  if (spec.stdin_fd >= 0) ::close(spec.stdin_fd);
  if (!result) co_return tell_user(result.error().message);
  if (result->timed_out)
    co_return tell_user(
        fmt::format("the command did not end within {:.0f} s, see {}", command_s, log));
  if (!result->success())
    tell_user(fmt::format("the command failed: {}, see {}", to_string(result->exit), log));
}

}  // namespace

void notify_end(const config::HuntFile& hunt, const report::Model& model,
                const fs::path& directory) {
  if (model.result == report::HuntResult::interrupted) return;
  asio::io_context io(1);
  if (hunt.notify.command) asio::co_spawn(io, call_command(hunt, model, directory), asio::detached);
  if (hunt.notify.webhook)
    asio::co_spawn(io, call_webhook(*hunt.notify.webhook, report::to_json_text(model)),
                   asio::detached);
  try {
    io.run();
  } catch (const std::exception& error) {
    tell_user(error.what());
  }
}

}  // namespace leakbisect::cli
