#include "fixture.hpp"
#include "subject/record.hpp"

#include <csignal>

#include <sys/wait.h>
#include <unistd.h>

using namespace leakbisect;
using namespace leakbisect::subject;

namespace {

// The one record that is there, or an empty one.
Record recorded(const Fixture& f) {
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(f.folder / "state", none)) {
    if (!is_record_file(entry.path())) continue;
    const auto text = read_file(entry.path());
    const auto record = text ? parse_record(*text) : std::optional<Record>();
    if (record) return *record;
  }
  return {};
}

// Runs a driver that launches `words`, and kills it as soon as the port is held.
void kill_a_driver(const Fixture& f, const std::vector<std::string>& words, std::uint16_t port) {
  const std::string state = (f.folder / "state").string();
  const pid_t driver = ::fork();
  if (driver == 0) {
    std::vector<char*> argv;
    for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
    argv.insert(argv.begin(), {const_cast<char*>(DRIVER), const_cast<char*>(state.c_str()),
                               const_cast<char*>(MISBEHAVE)});
    argv.push_back(nullptr);
    ::execv(DRIVER, argv.data());
    ::_exit(127);
  }
  bool started = false;
  for (int look = 0; look < 1000 && !started; ++look, ::usleep(10'000))
    started = !port_is_free(port) && recorded(f).main.pid != 0;
  REQUIRE(started);
  // Still at work: its tree is not ours to end.
  CHECK(sweep_stale(f.folder / "state") == 0);
  CHECK(!port_is_free(port));
  ::kill(driver, SIGKILL);
  ::waitpid(driver, nullptr, 0);
}

}  // namespace

TEST_CASE("what a killed leakbisect left running is ended by the next one") {
  under_both_layers([](Fixture& f, const std::string&) {
    const std::uint16_t port = free_port().value();
    kill_a_driver(f, {"double-fork", std::to_string(port)}, port);
    CHECK(!port_is_free(port));  // the one that escaped does not die with its driver
    CHECK(sweep_stale(f.folder / "state") >= 1);
    CHECK(port_is_free(port));
    CHECK(left_behind("driven-").empty());
    CHECK(sweep_stale(f.folder / "state") == 0);
  });
}

TEST_CASE("a group is removed though nobody was left in it") {
  under_both_layers([](Fixture& f, const std::string&) {
    const std::uint16_t port = free_port().value();
    kill_a_driver(f, {"serve", std::to_string(port)}, port);
    for (int look = 0; look < 500 && !port_is_free(port); ++look) ::usleep(10'000);
    CHECK(port_is_free(port));  // it was told to die with its driver
    const auto groups = recorded(f).groups;
    CHECK(sweep_stale(f.folder / "state") == 0);
    for (const auto& group : groups) CHECK(!std::filesystem::exists(group));
  });
}

TEST_CASE_FIXTURE(Fixture, "records of others, of other boots and torn ones end nobody") {
  const auto process = start(spec({"never-ready"}));
  const auto own = read_stat(process->pid()).value();
  const auto write = [&](const char* name, Record record) {
    CHECK(write_record(record_file(folder / "other", name), record).has_value());
  };
  const std::string marker = "nobody-0123456789abcdef";
  write("another-boot", {marker, "some other boot", {1 << 21, 1}, own.id, {}});
  write("pid-given-again", {marker, boot_id(), {1 << 21, 1}, {own.id.pid, own.id.start + 1}, {}});
  write("marker-too-short", {"l", boot_id(), {1 << 21, 1}, {}, {}});
  write("foreign-group", {marker, boot_id(), {1 << 21, 1}, {}, {"/sys/fs/cgroup/unified"}});
  REQUIRE(write_atomic(folder / "other" / "torn.process.json", "{\"version\": 1, ").has_value());
  REQUIRE(write_atomic(folder / "other" / "journal.json", "{}").has_value());
  CHECK(sweep_stale(folder / "other") == 0);
  CHECK(!process->exited().has_value());
  CHECK(read_stat(process->pid())->alive());
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "other")) {
    CHECK(entry.path().filename() == "journal.json");
    ++files;
  }
  CHECK(files == 1);
}

TEST_CASE_FIXTURE(Fixture, "a record that somebody else planted ends nobody") {
  const auto process = start(spec({"never-ready"}));
  const auto own = read_stat(process->pid()).value();
  const Record record{"nobody-0123456789abcdef", boot_id(), {1 << 21, 1}, own.id, {}};
  const auto planted = folder / "planted";
  const auto aside = record_file(folder / "aside", "real");
  REQUIRE(write_record(aside, record).has_value());
  SUBCASE("as a link") {
    std::filesystem::create_directory(planted);
    std::filesystem::create_symlink(aside, record_file(planted, "link"));
  }
  SUBCASE("in a folder that is a link") {
    std::filesystem::create_directory_symlink(folder / "aside", planted);
  }
  SUBCASE("as another user's file") {
    if (::geteuid() != 0) return;
    const auto file = record_file(planted, "theirs");
    REQUIRE(write_record(file, record).has_value());
    REQUIRE(::chown(file.c_str(), 65534, 65534) == 0);
  }
  SUBCASE("in another user's folder") {
    if (::geteuid() != 0) return;
    REQUIRE(write_record(record_file(planted, "ours"), record).has_value());
    REQUIRE(::chown(planted.c_str(), 65534, 65534) == 0);
  }
  CHECK(sweep_stale(planted) == 0);
  CHECK(read_stat(process->pid())->alive());
  CHECK(std::filesystem::exists(aside));
}

TEST_CASE("a folder that is not there is swept at once") {
  CHECK(sweep_stale("/tmp/no/such/folder") == 0);
}
