#include "trial/own_commands.hpp"

#include "base/files.hpp"

namespace leakbisect::trial {

namespace asio = boost::asio;

namespace {

subject::LaunchSpec helper_spec(const Measurement& m, const config::Command& command,
                                const std::string& name, const std::filesystem::path& log) {
  subject::LaunchSpec spec;
  Placeholders values = m.placeholders;
  values["pid"] = std::to_string(m.server.pid());
  for (const std::string& word : command.argv) spec.command.argv.push_back(fill(word, values));
  spec.directory = m.placeholders.at("directory");
  spec.stdout_file = log;
  spec.stderr_file = log;
  spec.name = m.record.id + "-" + name;
  spec.state_directory = m.setup.directory / "state";
  return spec;
}

}  // namespace

asio::awaitable<Result<std::string>> run_reader(const Measurement& m, config::Command command) {
  const auto log = m.folder / "reader.out";
  const subject::LaunchSpec spec = helper_spec(m, command, "reader", log);
  const auto ran = co_await subject::run(spec, 10);
  if (!ran) co_return ran.error();
  if (!ran->success()) co_return fail("{} {}", command.argv.front(), to_string(ran->exit));
  co_return read_file(log);
}

asio::awaitable<Result<int>> run_load_command(const Measurement& m, config::Command command,
                                              std::filesystem::path log) {
  subject::LaunchSpec spec = helper_spec(m, command, "load", log);
  spec.directory = m.placeholders.at("hunt_directory");  // where its scripts lie
  const auto ran = co_await subject::run(spec, m.setup.hunt->limits.trial_s + 60);
  if (!ran) co_return ran.error();
  const bool exited = ran->exit.how == subject::Exit::How::exited;
  co_return exited ? ran->exit.code : 128 + ran->exit.code;
}

}  // namespace leakbisect::trial
