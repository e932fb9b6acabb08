#include "base/files.hpp"
#include "cli/assemble.hpp"
#include "cli/commands.hpp"
#include "cli/watching.hpp"
#include "hunt/trials/journal.hpp"
#include "subject/open_page.hpp"

#include <boost/asio/signal_set.hpp>

#include <cstdio>

namespace leakbisect::cli {

namespace {

// No markup but ours: the address is made of digits.
std::string leading_to(const std::string& address) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"referrer\" content=\"no-referrer\">"
      "<meta http-equiv=\"refresh\" content=\"0; url={0}\"><title>leakbisect</title></head>"
      "<body><p><a href=\"{0}\">the hunt, live</a></p></body></html>\n",
      address);
}

}  // namespace

OpenedPage::OpenedPage(const report::WatchServer& server, const std::filesystem::path& directory)
    : file_(directory / "watch.html") {
  auto opened = replace_file(file_, leading_to(server.address()));
  if (opened) opened = subject::open_page(file_);
  if (!opened) fmt::print(stderr, "leakbisect: {}\n", opened.error().message);
}

OpenedPage::~OpenedPage() {
  std::error_code ignored;
  std::filesystem::remove(file_, ignored);
}

Watching::Watching(const std::filesystem::path& directory) {
  auto server = report::WatchServer::start(directory, 0, [this] { return is_hunting_.load(); });
  if (!server) {
    fmt::print(stderr, "leakbisect: no live page: {}\n", server.error().message);
    return;
  }
  server_ = *std::move(server);
  fmt::print(stderr, "the hunt, live: {}\n", server_->address());
  opened_ = std::make_unique<OpenedPage>(*server_, directory);
}

Watching::~Watching() {
  is_hunting_ = false;
  if (server_) server_->show_end();
  opened_.reset();
}

int watch(const WatchOptions& options) {
  const auto journal = hunt::Journal::open_read_only(options.directory);
  if (!journal) return complain(journal.error(), exit_usage);
  std::error_code failed;
  const auto directory = std::filesystem::canonical(options.directory, failed);
  if (failed)
    return complain(fail("{}: {}", options.directory.string(), failed.message()), exit_usage);
  boost::asio::io_context io(1);
  boost::asio::signal_set signals(io, SIGINT, SIGTERM, SIGHUP);
  const auto server = report::WatchServer::start(
      directory, options.port, [&] { return hunt::Journal::is_in_use(directory); });
  if (!server) return complain(server.error(), 1);
  fmt::print("{}\n", (*server)->address());
  std::fflush(stdout);
  fmt::print(stderr,
             "whoever has this address can read the report, on this machine; ctrl-C ends it\n");
  std::unique_ptr<OpenedPage> opened;
  if (options.open) opened = std::make_unique<OpenedPage>(**server, directory);
  signals.async_wait([](const boost::system::error_code&, int) {});
  io.run();
  return 0;
}

}  // namespace leakbisect::cli
