// The live page: what is answered and what is refused, and how soon a change is told.

#include "base/files.hpp"
#include "report/live.hpp"
#include "report/model.hpp"
#include "report/watch_page.hpp"
#include "report/watch_server.hpp"
#include "sample.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <atomic>
#include <chrono>
#include <future>
#include <thread>
#include <utility>

using namespace leakbisect;
using namespace leakbisect::report;
namespace fs = std::filesystem;

namespace {

constexpr const char* watch_token = "0123456789abcdef0123456789abcdef";

struct Site {
  Site() {
    site = {folder.path, watch_token, "127.0.0.1:4711", [this] { return is_running; }};
    fs::create_directories(folder.path / "trials/t1");
    write_atomic(folder.path / "trials/t1/stdout.log", "hello <b>\n").value();
    write_atomic(folder.path / "journal.jsonl", "secret").value();
    write_atomic(folder.path / "report.json", R"({"running": true, "result": "interrupted"})")
        .value();
  }
  [[nodiscard]] WatchReply get(const std::string& path, const std::string& host = "127.0.0.1:4711",
                               const std::string& method = "GET",
                               const std::string& origin = "") const {
    return answer(site, {method, path, host, origin});
  }
  [[nodiscard]] WatchReply below(const std::string& path) const {
    return get("/" + std::string(watch_token) + "/" + path);
  }
  TempFolder folder;
  bool is_running = true;
  WatchSite site;
};

nlohmann::json event_of(const Site& site) {
  EndedTrials ended;
  return nlohmann::json::parse(watch_event(site.site, ended, 0));
}

std::string state_in(const Site& site) {
  return event_of(site)["state"];
}

// A connection that asks for `path` and hears what comes.
class Listener {
 public:
  Listener(const std::string& address, const std::string& path) : socket_(io_) {
    const auto colon = address.rfind(':');
    const auto slash = address.find('/', colon);
    const std::string port = address.substr(colon + 1, slash - colon - 1);
    socket_.connect(
        {boost::asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(std::stoi(port))});
    const std::string request =
        "GET " + address.substr(slash) + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n\r\n";
    boost::asio::write(socket_, boost::asio::buffer(request));
  }
  /// All that came until `text` was among it; ends after some seconds.
  std::string until(const std::string& text) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (heard_.find(text) == std::string::npos && std::chrono::steady_clock::now() < end) {
      char part[4096];
      boost::system::error_code failed;
      socket_.non_blocking(true);
      const auto n = socket_.read_some(boost::asio::buffer(part), failed);
      heard_.append(part, n);
      if (failed == boost::asio::error::would_block)
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
      else if (failed)
        break;
    }
    return std::exchange(heard_, {});
  }

 private:
  boost::asio::io_context io_;
  boost::asio::ip::tcp::socket socket_;
  std::string heard_;
};

}  // namespace

TEST_SUITE("the live page") {
  TEST_CASE("nothing is answered without the token, under another name, or to another page") {
    const Site site;
    const std::string page = std::string("/") + watch_token + "/";
    CHECK(site.get(page).status == 200);
    CHECK(site.get("/").status == 403);
    CHECK(site.get("/0123456789abcdef0123456789abcdee/").status == 403);
    CHECK(site.get("/0123456789abcdef0123456789abcde/").status == 403);
    CHECK(site.get("//" + std::string(watch_token) + "/").status == 403);
    for (const char* host : {"", "localhost:4711", "127.0.0.1", "127.0.0.1:4712", "evil.example",
                             "127.0.0.1:4711.evil.example"})
      CHECK_MESSAGE(site.get(page, host).status == 403, host);
    CHECK(site.get(page, "127.0.0.1:4711", "POST").status == 405);
    CHECK(site.get(page, "127.0.0.1:4711", "GET", "http://evil.example").status == 403);
    CHECK(site.get(page, "127.0.0.1:4711", "GET", "http://127.0.0.1:4711").status == 200);
  }

  TEST_CASE("no path leads out of the folder, and only the report and logs are shown") {
    const Site site;
    CHECK(site.below("trials/t1/stdout.log").body == "hello <b>\n");
    CHECK(site.below("trials/t1/stdout.log").type == "text/plain; charset=utf-8");
    CHECK(site.below("trials/t1/stdout.log?x=1").status == 200);
    CHECK(site.below("trials/t1/%73tdout.log").status == 200);
    CHECK(site.below("report.json").type == "application/json");
    for (const char* path :
         {"../", "..", "trials/../journal.jsonl", "trials/../../etc/passwd", "%2e%2e/etc/passwd",
          "trials/%2e%2e/journal.jsonl", "trials/..%2fjournal.jsonl", "trials%2f..%2fjournal.jsonl",
          "trials//t1/stdout.log", "/etc/passwd", "%2fetc/passwd", "trials/t1/..", "trials/.",
          "trials\\t1", "trials/t1/stdout.log%00.html", "trials/%252e%252e/journal.jsonl"}) {
      CAPTURE(path);
      const WatchReply reply = site.below(path);
      CHECK(reply.status >= 400);
      CHECK(reply.body.find("secret") == std::string::npos);
    }
    CHECK(site.below("trials/%zz").status == 400);
    CHECK(site.below("trials/%2").status == 400);
    for (const char* path : {"journal.jsonl", "nothing.html", "trials", "trials/t1", "trials/t9/a"})
      CHECK_MESSAGE(site.below(path).status == 404, path);
    fs::create_symlink("/etc/passwd", site.folder.path / "trials/t1/link.log");
    fs::create_directory_symlink("/etc", site.folder.path / "trials/etc");
    CHECK(site.below("trials/t1/link.log").status == 404);
    CHECK(site.below("trials/etc/passwd").status == 404);
  }

  TEST_CASE("HEAD is answered as GET is, without a body") {
    const Site site;
    const std::string page = std::string("/") + watch_token + "/";
    const WatchReply head = site.get(page, "127.0.0.1:4711", "HEAD");
    CHECK(head.status == 200);
    CHECK(head.is_head);
    CHECK(head.body == site.get(page).body);
    CHECK(!site.get(page + "events", "127.0.0.1:4711", "HEAD").is_events);
    CHECK(site.get(page + "events").is_events);
  }

  TEST_CASE("the page is the report with one more script, and its policy names just that") {
    const Site site;
    CHECK(site.below("").body.find("No trial has ended yet") != std::string::npos);
    const Model model = component_hunt(site.folder.path);
    const std::string report = to_html(model);
    write_atomic(site.folder.path / "report.html", report).value();
    const WatchReply page = site.below("");
    CHECK(page.page_tag == report_tag(site.folder.path));
    CHECK(page.body.find("data-report=\"" + page.page_tag + "\"") != std::string::npos);
    CHECK(page.body.find("new EventSource(\"events\")") != std::string::npos);
    CHECK(page.body.find("connect-src 'self'") != std::string::npos);
    CHECK(page.policy.find("default-src 'none'") == 0);
    CHECK(page.policy.find("frame-ancestors 'none'") != std::string::npos);
    CHECK(page.policy.find("script-src 'unsafe-inline'") == std::string::npos);
    CHECK(report.find("connect-src") == std::string::npos);
    const LivePage foreign = live_page("<body><script>alert(1)</script></body>", "1");
    CHECK(foreign.text == "<body><script>alert(1)</script></body>");
    CHECK(foreign.policy.find("sandbox") != std::string::npos);
  }

  TEST_CASE("a hunt that died is told from one that has ended") {
    Site site;
    CHECK(state_in(site) == "running");
    site.is_running = false;
    CHECK(state_in(site) == "stopped");
    write_atomic(site.folder.path / "report.json", R"({"running": false, "result": "culprit"})")
        .value();
    CHECK(state_in(site) == "ended");
    write_atomic(site.folder.path / "report.json", "{torn").value();
    CHECK(state_in(site) == "stopped");
  }

  TEST_CASE("trials that the report has are not told as running") {
    const Site site;
    LiveBoard board(site.folder.path);
    Progress progress;
    progress.step = "measuring";
    for (const char* id : {"t1", "t2"}) {
      progress.id = id;
      board.note(progress, "");
    }
    CHECK(event_of(site)["trials"].size() == 2);
    write_atomic(site.folder.path / "report.json", R"({"running": true, "trials": [{"id": "t1"}]})")
        .value();
    REQUIRE(event_of(site)["trials"].size() == 1);
    CHECK(event_of(site)["trials"][0]["id"] == "t2");
  }

  TEST_CASE("a change is told within a second, and the end is waited for") {
    const TempFolder folder;
    std::atomic<bool> is_running = true;
    auto server = WatchServer::start(folder.path, 0, [&] { return is_running.load(); });
    REQUIRE(server.has_value());
    const std::string address = (*server)->address();
    CHECK(Listener(address, "").until("</html>").find("HTTP/1.1 200") == 0);
    CHECK(Listener(address, "../").until("\r\n\r\n").find("HTTP/1.1 403") == 0);
    Listener listener(address, "events");
    CHECK(listener.until("\"state\":\"running\"").find("text/event-stream") != std::string::npos);
    const auto begun = std::chrono::steady_clock::now();
    write_atomic(folder.path / "live.json",
                 R"({"version": 1, "trials": [{"id": "t7", "label": "video", "step": "measuring",
                     "build": "", "why": "", "since": 1}]})")
        .value();
    CHECK(listener.until("t7").find("\"label\":\"video\"") != std::string::npos);
    CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(1));

    auto shown = std::async(std::launch::async, [&] { (*server)->show_end(); });
    is_running = false;
    CHECK(listener.until("stopped").find("\"report\":\"\"") != std::string::npos);
    CHECK(shown.wait_for(std::chrono::milliseconds(800)) == std::future_status::ready);
    CHECK(WatchServer::start(folder.path, static_cast<std::uint16_t>(std::stoi(address.substr(17))),
                             [] { return true; })
              .error()
              .message.find("--port") != std::string::npos);
  }
}
