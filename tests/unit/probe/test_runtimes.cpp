#include "probe/runtimes.hpp"

#include <doctest/doctest.h>

#include <set>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace leakbisect::probe;

TEST_SUITE("runtimes") {
  TEST_CASE("an executable's name tells the runtime") {
    CHECK(runtime_by_name("/usr/bin/node") == Runtime::node);
    CHECK(runtime_by_name("/usr/bin/nodejs") == Runtime::node);
    CHECK(runtime_by_name("/opt/node/bin/node (deleted)") == Runtime::node);
    CHECK(runtime_by_name("/usr/lib/jvm/java-17/bin/java") == Runtime::jvm);
    CHECK(runtime_by_name("/usr/bin/nodemon") == Runtime::none);
    CHECK(runtime_by_name("") == Runtime::none);
    CHECK(runtime_of(getpid()) == Runtime::none);
  }

  TEST_CASE("a signal that a process does not handle is not sent to it") {
    CHECK(status_catches("Name:\tx\nSigCgt:\t0000000100004602\n", SIGUSR1));
    CHECK(!status_catches("Name:\tx\nSigCgt:\t0000000100004402\n", SIGUSR1));
    CHECK(!status_catches("Name:\tx\n", SIGUSR1));
    CHECK(!status_catches("Name:\tx\nSigCgt:\tnonsense\n", SIGUSR1));
    const pid_t child = fork();
    if (child == 0) {
      signal(SIGUSR1, SIG_DFL);
      for (;;) pause();
    }
    CHECK(!signal_if_caught(child, SIGUSR1));
    CHECK(waitpid(child, nullptr, WNOHANG) == 0);
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    CHECK(!signal_if_caught(child, SIGUSR1));
    CHECK(!signal_if_caught(0, SIGUSR1));
  }

  TEST_CASE("the pid inside a namespace is the last one") {
    CHECK(own_pid("Name:\tx\nNSpid:\t4711\t12\n") == 12);
    CHECK(own_pid("Name:\tx\nNSpid:\t4711\n") == 4711);
    CHECK(!own_pid("Name:\tx\n"));
  }

  TEST_CASE("a process's own listening port is found") {
    const int socket_fd = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in place{};
    place.sin_family = AF_INET;
    place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(bind(socket_fd, reinterpret_cast<sockaddr*>(&place), sizeof place) == 0);
    REQUIRE(listen(socket_fd, 1) == 0);
    socklen_t size = sizeof place;
    getsockname(socket_fd, reinterpret_cast<sockaddr*>(&place), &size);
    CHECK(listening_ports(getpid()).contains(ntohs(place.sin_port)));
    close(socket_fd);
    CHECK(!listening_ports(getpid()).contains(ntohs(place.sin_port)));
  }
}
