// A leakbisect in small, for the tests to kill: driver STATE_DIRECTORY COMMAND... launches the
// command and waits for its end.

#include "subject/process.hpp"

#include <boost/asio/io_context.hpp>

#include <cstdio>

#include <unistd.h>

int main(int argc, char** argv) {
  using namespace leakbisect;
  ::alarm(120);
  boost::asio::io_context io;
  subject::LaunchSpec spec;
  spec.name = "driven";
  spec.state_directory = argc > 2 ? argv[1] : "";
  spec.command.argv.assign(argv + 2, argv + argc);
  const auto process = subject::launch(io.get_executor(), spec);
  if (!process) {
    std::fprintf(stderr, "%s\n", process.error().message.c_str());
    return 1;
  }
  io.run();
}
