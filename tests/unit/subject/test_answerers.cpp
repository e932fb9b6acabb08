#include "fixture.hpp"
#include "subject/answerers.hpp"
#include "subject/followed.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <chrono>
#include <thread>

#include <sys/wait.h>

using namespace leakbisect;
using namespace leakbisect::subject;
using boost::asio::ip::tcp;

namespace {

// A child of ours that runs a function, ended with the test.
class Child {
 public:
  template <class Work>
  explicit Child(Work work) : pid_(::fork()) {
    if (pid_ != 0) return;
    ::setsid();
    ::alarm(60);
    work();
    ::_exit(0);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    ::kill(-pid_, SIGKILL);
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  pid_t pid_;
};

struct Listener {
  boost::asio::io_context io;
  tcp::acceptor acceptor{io, {boost::asio::ip::address_v4::loopback(), 0}};
  [[nodiscard]] std::uint16_t port() const { return acceptor.local_endpoint().port(); }
};

void accept_and_wait(Listener& listener) {
  tcp::socket socket(listener.io);
  listener.acceptor.accept(socket);
  while (true) ::pause();
}

// Connects, and looks until `found` says so.
template <class Found>
Answerers::Look look_until(Answerers& answerers, const std::vector<pid_t>& tree, Found found) {
  Answerers::Look look;
  for (int n = 0; n < 200; ++n) {
    look = answerers.look(tree);
    if (found(look)) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return look;
}

bool sees_connection(const Answerers::Look& look) {
  return !look.connections.empty();
}

}  // namespace

TEST_CASE("the other end of our connection is found, in the tree and outside of it") {
  Listener listener;
  const Child server([&] { accept_and_wait(listener); });
  const std::uint16_t port = listener.port();
  listener.acceptor.close();
  tcp::socket client(listener.io);
  client.connect({boost::asio::ip::address_v4::loopback(), port});

  Answerers mine(port, Answerers::Clients::ours);
  const auto within = look_until(mine, {server.pid()}, sees_connection);
  CHECK(within.connections.of_tree == 1);
  CHECK(within.connections.strangers.empty());
  CHECK(within.listeners.of_tree == 1);
  CHECK(mine.look({}).connections.of_tree == 1);  // a socket of the tree is looked up once

  Answerers others(port, Answerers::Clients::any);
  const auto without = look_until(others, {}, sees_connection);
  CHECK(without.connections.of_tree == 0);
  REQUIRE(without.connections.strangers.size() == 1);
  CHECK(without.connections.strangers.begin()->pid == server.pid());
  CHECK(without.connections.hidden.empty());
  CHECK(without.listeners.strangers == without.connections.strangers);
  CHECK(listeners_on(port).find("process " + std::to_string(server.pid()) + " (") == 0);
}

TEST_CASE("who accepted answers, not who listens") {
  Listener listener;
  const Child server([&] {
    tcp::socket socket(listener.io);
    listener.acceptor.accept(socket);
    const pid_t worker = ::fork();
    if (worker == 0) listener.acceptor.close();
    if (worker != 0) socket.close();
    while (true) ::pause();
  });
  const std::uint16_t port = listener.port();
  listener.acceptor.close();
  tcp::socket client(listener.io);
  client.connect({boost::asio::ip::address_v4::loopback(), port});

  // Afresh each time: a socket of the tree is looked up once, and the server may still hold it.
  Answerers::Look look;
  for (int i = 0; i < 200 && look.connections.strangers.empty(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    look = Answerers(port, Answerers::Clients::ours).look({server.pid()});
  }
  REQUIRE(look.connections.strangers.size() == 1);
  const auto worker = read_stat(look.connections.strangers.begin()->pid);
  REQUIRE(worker);
  CHECK(worker->parent == server.pid());
  CHECK(look.listeners.of_tree == 1);
  CHECK(look.listeners.strangers.empty());
}

TEST_CASE("what is not accepted yet belongs to nobody, and what is closed is not missed") {
  Listener listener;
  Answerers answerers(listener.port(), Answerers::Clients::ours);
  CHECK(answerers.look({}).connections.empty());
  tcp::socket client(listener.io);
  client.connect(listener.acceptor.local_endpoint());
  for (int n = 0; n < 3; ++n) CHECK(answerers.look({}).connections.empty());
}

TEST_CASE("connections of others count only where they are asked for") {
  Listener listener;
  const Child server([&] { accept_and_wait(listener); });
  const auto place = listener.acceptor.local_endpoint();
  listener.acceptor.close();
  const Child client([&] {
    boost::asio::io_context io;
    tcp::socket socket(io);
    socket.connect(place);
    while (true) ::pause();
  });
  Answerers any(place.port(), Answerers::Clients::any);
  CHECK(look_until(any, {server.pid()}, sees_connection).connections.of_tree == 1);
  Answerers ours(place.port(), Answerers::Clients::ours);
  CHECK(ours.look({server.pid()}).connections.empty());
}

TEST_CASE("programs that hand connections on are known by their names") {
  CHECK(is_forwarder("/usr/bin/docker-proxy", "docker-proxy"));
  CHECK(is_forwarder("/usr/lib/podman/rootlessport", "rootlessport-child"));
  CHECK(is_forwarder("/proc/self/exe", "/usr/bin/slirp4netns"));
  CHECK(is_forwarder("/usr/bin/pasta.avx2", ""));
  CHECK(!is_forwarder("/usr/bin/node", "node"));
  CHECK(!is_forwarder("", ""));
  CHECK(!is_forwarder("/opt/docker-proxy/node", "node"));
}

TEST_CASE("behind a forwarder the server in its own network is found") {
  Fixture f;
  const auto program = f.folder / "docker-proxy";
  std::filesystem::copy_file(MISBEHAVE, program);
  const std::uint16_t port = free_port().value();
  auto what = f.spec({"forward", std::to_string(port)});
  what.command.argv.front() = program;
  auto process = f.start(what);
  const auto ready = f.await_tcp(*process, port);
  if (!ready.ready) {
    MESSAGE("skipped: no network namespace can be made on this host");
    return;
  }
  tcp::socket client(f.io);
  client.connect({boost::asio::ip::address_v4::loopback(), port});
  boost::asio::write(client, boost::asio::buffer(std::string("x")));
  Answerers answerers(port, Answerers::Clients::ours);
  const std::vector<pid_t> forwarder{process->pid()};
  const auto look = look_until(
      answerers, forwarder, [](const auto& seen) { return !seen.connections.strangers.empty(); });
  REQUIRE(look.connections.strangers.size() == 1);
  const pid_t server = look.connections.strangers.begin()->pid;
  CHECK(server != process->pid());
  CHECK(network_namespace_of(server) != network_namespace_of(::getpid()));
  // Named as one of the tree, it is so.
  Answerers again(port, Answerers::Clients::ours);
  CHECK(again.look({process->pid(), server}).connections.strangers.empty());
  client.close();
  f.await(process->stop({}));
}

TEST_CASE("a process that is younger than the trial is followed with all that it starts") {
  Fixture f;
  const Child older([] {
    while (true) ::pause();
  });
  ::usleep(30'000);  // some ticks of the kernel's clock
  const Child main([] {
    while (true) ::pause();
  });
  const auto main_id = read_stat(main.pid())->id;
  Followed followed(main_id);
  CHECK(followed.empty());
  CHECK(followed.members().empty());
  CHECK(followed.is_older(read_stat(older.pid())->id));
  followed.add(read_stat(older.pid())->id);
  CHECK(followed.empty());

  const Child server([] {
    if (::fork() == 0) ::fork();
    while (true) ::pause();
  });
  followed.add(read_stat(server.pid())->id);
  CHECK(!followed.empty());
  std::vector<pid_t> members;
  for (int n = 0; n < 200 && members.size() < 3; ++n) {
    ::usleep(10'000);
    members = followed.members();
  }
  CHECK(members.size() == 3);
  CHECK(std::find(members.begin(), members.end(), server.pid()) != members.end());
  CHECK(std::find(members.begin(), members.end(), older.pid()) == members.end());
  CHECK(std::find(members.begin(), members.end(), main.pid()) == members.end());
}

TEST_CASE("following a worker follows the master that began with the trial too") {
  const Child main([] {
    while (true) ::pause();
  });
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const Child master([&] {
    const pid_t worker = ::fork();
    if (worker != 0 && ::write(ends[1], &worker, sizeof worker) < 0) ::_exit(1);
    while (true) ::pause();
  });
  pid_t worker = 0;
  REQUIRE(::read(ends[0], &worker, sizeof worker) == sizeof worker);
  Followed followed(read_stat(main.pid())->id);
  followed.add(read_stat(worker)->id);
  const auto members = followed.members();
  CHECK(members.size() == 2);
  CHECK(std::find(members.begin(), members.end(), master.pid()) != members.end());
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_CASE("a command line is shown in one line, and cut") {
  const Child child([] {
    while (true) ::pause();
  });
  CHECK(!command_line_of(child.pid()).empty());
  CHECK(command_line_of(child.pid()).find('\0') == std::string::npos);
  CHECK(command_line_of(child.pid()).size() <= 83);
  CHECK(command_line_of(0).empty());
}
