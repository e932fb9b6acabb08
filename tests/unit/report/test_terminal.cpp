#include "report/lines.hpp"
#include "report/terminal.hpp"
#include "sample.hpp"
#include "tests/says.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <string>

#include <fcntl.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <unistd.h>

using namespace leakbisect;
using namespace leakbisect::report;
using leakbisect::test::says;

namespace {

// An output and what arrives at its other end; a pipe, or a terminal of `columns`.
class Wire {
 public:
  explicit Wire(unsigned short columns = 0) {
    int ends[2];
    if (columns == 0) {
      REQUIRE(::pipe(ends) == 0);
    } else {
      winsize size{24, columns, 0, 0};
      REQUIRE(::openpty(&ends[0], &ends[1], nullptr, nullptr, &size) == 0);
    }
    out_ = ends[0];
    in_ = ends[1];
    ::fcntl(out_, F_SETFL, O_NONBLOCK);
  }
  ~Wire() {
    ::close(in_);
    ::close(out_);
  }
  [[nodiscard]] int in() const { return in_; }
  [[nodiscard]] std::string text() const {
    std::string all;
    char part[4096];
    for (ssize_t n; (n = ::read(out_, part, sizeof part)) > 0;)
      all.append(part, static_cast<std::size_t>(n));
    return all;
  }

 private:
  int in_ = -1, out_ = -1;
};

struct Environment {
  Environment() {
    ::setenv("TERM", "xterm", 1);
    ::unsetenv("NO_COLOR");
  }
  ~Environment() { ::unsetenv("NO_COLOR"); }
};

Progress at(double seconds, std::string id = "t7") {
  Progress progress;
  progress.id = std::move(id);
  progress.label = "off: video";
  progress.step = "measuring";
  progress.seconds = seconds;
  progress.requests = 2350;
  progress.decision.slope = 92979;
  progress.decision.slope_se = 940;
  return progress;
}

trial::Record finished() {
  auto record = measured("t7", {"video"}, stats::Verdict::clean, 12);
  record.decision.slope_se = 20;
  record.seconds = 9.4;
  return record;
}

constexpr const char* finished_text =
    "t7   off: video                   clean      12 ± 39 B/req            9.4 s    2,350 req  "
    "eta 3m 10s";

}  // namespace

TEST_SUITE("terminal") {
  TEST_CASE("a pipe gets plain lines") {
    const Environment environment;
    const Wire wire;
    const auto terminal = make_terminal(Style::automatic, wire.in());
    terminal->note("controls first");
    terminal->warn("the host swaps");
    terminal->finished(finished(), 190);
    terminal->close();
    CHECK(wire.text() ==
          std::string("controls first\nwarning: the host swaps\n") + finished_text + "\n");
  }
  TEST_CASE("on a pipe a running trial speaks every ten seconds of its time") {
    const Environment environment;
    const Wire wire;
    const auto terminal = make_terminal(Style::plain, wire.in());
    for (int i = 0; i < 250; ++i) terminal->progress(at(i * 0.1));
    const std::string text = wire.text();
    CHECK(std::count(text.begin(), text.end(), '\n') == 2);
    CHECK(says(text, "90.8 ± 1.8 KiB/req"));
  }
  TEST_CASE("who was measured without being of the tree is said, and made harmless") {
    const Environment environment;
    const Wire wire;
    const auto terminal = make_terminal(Style::plain, wire.in());
    auto record = finished();
    record.followed = {{4711, 1, "node \x1b[31mserver.js"}};
    terminal->finished(record, -1);
    CHECK(says(wire.text(), "answered by process 4711 (node server.js), measured too"));
  }
  TEST_CASE("a trial without an answer shows its reason") {
    const Environment environment;
    const Wire wire;
    const auto terminal = make_terminal(Style::plain, wire.in());
    auto record = finished();
    record.kind = strategies::OutcomeKind::untestable;
    record.reason = "build failed:\n\x1b[31mexit code 2";
    terminal->finished(record, -1);
    const std::string text = wire.text();
    CHECK(says(text, "untestable"));
    CHECK(says(text, "build failed: exit code 2"));
    CHECK(!says(text, "eta"));
    CHECK(!says(text, "B/req"));
  }
  TEST_CASE("a terminal has one live line a trial, drawn over, and cleared at the end") {
    const Environment environment;
    const Wire wire(120);
    const auto terminal = make_terminal(Style::automatic, wire.in());
    terminal->progress(at(1));
    CHECK(!says(wire.text(), "\x1b[1A"));
    terminal->progress(at(2));
    CHECK(says(wire.text(), "\x1b[1A\r\x1b[J"));
    terminal->progress(at(1, "t8"));
    terminal->note("story");
    const std::string text = wire.text();
    const auto cleared = text.find("\x1b[2A\r\x1b[J");
    REQUIRE(cleared != std::string::npos);
    CHECK(text.find("story", cleared) < text.find("t7", cleared));
    CHECK(text.find("t7", cleared) < text.find("t8", cleared));
    terminal->finished(finished(), -1);
    CHECK(says(wire.text(), "\x1b[34mclean"));
    terminal->close();
    CHECK(wire.text() == "\x1b[1A\r\x1b[J");
    terminal->close();
    CHECK(wire.text().empty());
  }
  TEST_CASE("one line says how the whole hunt stands, above those of its trials") {
    HuntState state;
    state.trials = 7;
    state.suspects = 12;
    state.best = "components/shop/price-of-the-day.vue";
    state.best_probability = 0.84;
    state.spent_s = 130;
    state.budget_s = 8 * 3600;
    state.eta_s = 200;
    CHECK(state_line(state, "search", 5, 200) ==
          "search: 12 suspects, components/shop/price-of-the-day.vue 84.0%; 7 trials; 2m 15s of "
          "8h 00m; about 3m 15s left");
    const std::string narrow = state_line(state, "search", 5, 100);
    CHECK(columns_of(narrow) <= 100);
    CHECK(says(narrow, "…"));
    CHECK(says(narrow, "left"));
    state.budget_s = 140;
    CHECK(says(state_line(state, "search", 5, 200), "ends with the budget in 5.0 s"));
    state.eta_s = -1;
    CHECK(!says(state_line(state, "search", 5, 200), "left"));
    CHECK(state_line(HuntState{}, "controls", 1.5, 80) == "controls: 0 trials; 1.5 s");

    const Environment environment;
    const Wire wire(120);
    const auto terminal = make_terminal(Style::automatic, wire.in());
    Progress progress = at(1);
    progress.phase = "search";
    terminal->progress(progress);
    terminal->state(state);
    const std::string text = wire.text();
    CHECK(text.rfind("search: 12 suspects") < text.rfind("t7"));
    terminal->close();
    CHECK(wire.text() == "\x1b[2A\r\x1b[J");
  }
  TEST_CASE("a long reason stands on a line of its own where the terminal is narrow") {
    auto record = finished();
    record.reason = std::string(60, 'r');
    CHECK(says(finished_line(record, -1, false, 100), "\r\n     rrr"));
    CHECK(!says(finished_line(record, -1, false, 300), "\n"));
    record.label = "off: components/shop/price.vue, components/shop/cart.vue";
    CHECK(says(finished_line(record, -1, false, 100), "cart.vue clean"));
  }
  TEST_CASE("live lines are cut to the terminal, and followed when it shrinks") {
    const Environment environment;
    const Wire wire(40);
    const auto terminal = make_terminal(Style::automatic, wire.in());
    terminal->progress(at(1));
    std::string text = wire.text();
    text.erase(text.find('\r'));
    CHECK(columns_of(text) == 39);
    winsize narrower{24, 20, 0, 0};
    ::ioctl(wire.in(), TIOCSWINSZ, &narrower);
    terminal->progress(at(2));
    CHECK(says(wire.text(), "\x1b[2A"));  // the old line takes two rows now
  }
  TEST_CASE("NO_COLOR keeps the live lines and drops the colours") {
    const Environment environment;
    ::setenv("NO_COLOR", "1", 1);
    const Wire wire(120);
    const auto terminal = make_terminal(Style::automatic, wire.in());
    terminal->progress(at(1));
    terminal->warn("careful");
    terminal->finished(finished(), -1);
    const std::string text = wire.text();
    CHECK(says(text, "\x1b[1A"));
    CHECK(!says(text, "\x1b[3"));
    CHECK(!says(text, "\x1b[0m"));
  }
  TEST_CASE("a dumb terminal gets plain lines") {
    const Environment environment;
    ::setenv("TERM", "dumb", 1);
    const Wire wire(120);
    make_terminal(Style::automatic, wire.in())->finished(finished(), -1);
    CHECK(!says(wire.text(), "\x1b"));
  }
  TEST_CASE("quiet leaves the warnings") {
    const Environment environment;
    const Wire wire;
    const auto terminal = make_terminal(Style::quiet, wire.in());
    terminal->note("story");
    terminal->progress(at(30));
    terminal->finished(finished(), -1);
    terminal->warn("the host swaps");
    CHECK(wire.text() == "warning: the host swaps\n");
  }
  TEST_CASE("names cannot move the cursor") {
    const Environment environment;
    const Wire wire(120);
    const auto terminal = make_terminal(Style::automatic, wire.in());
    Progress progress = at(1);
    progress.label = progress.id = progress.step = "a\x1b[2J\r\u202eb";
    terminal->progress(progress);
    terminal->note("x\x1b[2J");
    const std::string text = wire.text();
    CHECK(!says(text, "\x1b[2J"));
    CHECK(!says(text, "\u202e"));
  }
}
