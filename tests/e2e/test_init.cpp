// `init` on projects of one's own: what it writes passes `check`, and `run` finds a leak that a
// commit brought.

#include "repository.hpp"
#include "workshop.hpp"

#include <doctest/doctest.h>

namespace leakbisect::e2e::test_init {

namespace {

bool has_program(const Workshop& shop, const std::string& program) {
  return shop.run({program, "--version"}).code == 0;
}

const std::string node_server = R"(const http = require('http');
const { answer } = require('./answer');
http.createServer((req, res) => {
  if (req.url === '/cart') return res.end(answer('cart'));
  res.end(answer('home'));
}).listen(process.env.PORT || 3000);
)";
const std::string node_flat = "exports.answer = (name) => 'this is ' + name;\n";
const std::string node_leak =
    "const kept = [];\nexports.answer = (name) => {\n"
    "  kept.push(Array.from({ length: 500 }, () => Math.random()));\n  return 'this is ' + "
    "name;\n};\n";

const std::string python_server = R"(import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from answer import answer


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = answer("cart" if self.path == "/cart" else "home").encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8000"))), Handler).serve_forever()
)";
const std::string python_flat = "def answer(name):\n    return 'this is ' + name\n";
const std::string python_leak =
    "kept = []\n\n\ndef answer(name):\n    kept.append(bytearray(4000))\n    return 'this is ' + "
    "name\n";

const std::string cmake_list =
    "cmake_minimum_required(VERSION 3.13)\nproject(shop CXX)\nfind_package(Threads REQUIRED)\n"
    "add_executable(shopd main.cpp answer.cpp)\ntarget_link_libraries(shopd Threads::Threads)\n";
const std::string cmake_server = R"(#include <cstdlib>
#include <string>
#include <thread>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

std::string answer();

static void serve(int fd) {
  char buffer[4096];
  while (::read(fd, buffer, sizeof buffer) > 0) {
    const std::string body = answer();
    const std::string text = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    if (::write(fd, text.data(), text.size()) < 0) break;
  }
  ::close(fd);
}

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in place{};
  place.sin_family = AF_INET;
  place.sin_port = htons(static_cast<unsigned short>(std::atoi(argv[1])));
  place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(fd, reinterpret_cast<sockaddr*>(&place), sizeof place) != 0) return 1;
  ::listen(fd, 64);
  for (;;) std::thread(serve, ::accept(fd, nullptr, nullptr)).detach();
}
)";
const std::string cmake_flat = "#include <string>\nstd::string answer() { return \"hello\"; }\n";
const std::string cmake_leak =
    "#include <string>\nstd::string answer() {\n  auto* kept = new char[4000];\n"
    "  for (int i = 0; i < 4000; i += 8) kept[i] = 1;\n  return kept[0] == 1 ? \"hello\" : "
    "\"\";\n}\n";

// Six commits, the fourth of which brings the leak; its id.
std::string make_history(const Repository& repository, const std::string& file,
                         const std::string& flat, const std::string& leak) {
  repository.write(file, flat);
  repository.write(".gitignore", "hunt.json\n__pycache__\nbuild\n");
  repository.commit("Begin");
  repository.write("NOTES", "one\n");
  repository.commit("Take notes");
  repository.git("tag v1.0");
  repository.write("NOTES", "two\n");
  repository.commit("Take more notes");
  repository.write(file, leak);
  const std::string truth = repository.commit("Remember visitors");
  for (const char* note : {"three\n", "four\n"}) {
    repository.write("NOTES", note);
    repository.commit(std::string("Note ") + note);
  }
  return truth;
}

// init without a question; what it wrote begins at the release.
void init(const Workshop& shop) {
  const Ran made = shop.leakbisect({"init", "app", "--yes"});
  CAPTURE(made.out);
  CAPTURE(made.err);
  REQUIRE(made.code == 0);
  const std::string hunt = read_text(shop.path() / "app" / "hunt.json");
  CAPTURE(hunt);
  CHECK(hunt.find("\"good\": \"v1.0\"") != std::string::npos);
}

void check(const Workshop& shop, const std::vector<std::string>& how = {}) {
  std::vector<std::string> words{"check", "app/hunt.json"};
  words.insert(words.end(), how.begin(), how.end());
  const Ran checked = shop.leakbisect(words, 300);
  CAPTURE(checked.out);
  CHECK(checked.code == 0);
}

void find_leak(const Workshop& shop, const std::string& truth) {
  const Ran ran =
      shop.leakbisect({"run", "app/hunt.json", "--out", "out", "--no-drill", "--no-witness"}, 600);
  CAPTURE(ran.out);
  CAPTURE(ran.err);
  CHECK(ran.code == 0);
  const auto report = report_in(shop.path() / "out");
  REQUIRE(report["culprits"].size() == 1);
  CHECK(report["culprits"][0]["unit"] == truth);
  CHECK(processes_left_naming(shop.path().string()).empty());
}

}  // namespace

TEST_CASE("a plain Node server: init, check, run, no edit") {
  const Workshop shop;
  if (!has_program(shop, "node")) {
    MESSAGE("skipped: node is needed");
    return;
  }
  const Repository repository(shop);
  repository.write("package.json", "{\"scripts\": {\"start\": \"node server.js\"}}\n");
  repository.write("server.js", node_server);
  const std::string truth = make_history(repository, "answer.js", node_flat, node_leak);
  init(shop);
  check(shop);
  find_leak(shop, truth);
}

TEST_CASE("a CMake server: init, run, no edit") {
  const Workshop shop;
  const Repository repository(shop);
  repository.write("CMakeLists.txt", cmake_list);
  repository.write("main.cpp", cmake_server);
  const std::string truth = make_history(repository, "answer.cpp", cmake_flat, cmake_leak);
  init(shop);
  find_leak(shop, truth);
}

TEST_CASE("a plain Python server: init, check, no edit") {
  const Workshop shop;
  if (!has_program(shop, "python3")) {
    MESSAGE("skipped: python3 is needed");
    return;
  }
  const Repository repository(shop);
  repository.write("server.py", python_server);
  make_history(repository, "answer.py", python_flat, python_leak);
  init(shop);
  check(shop, {"--no-trial"});  // with its trial: below
}

TEST_CASE("load from an access log, an archive, a description, a .http file and curl") {
  const Workshop shop;
  if (!has_program(shop, "python3")) {
    MESSAGE("skipped: python3 is needed");
    return;
  }
  shop.write("app/server.py", python_server);
  shop.write("app/answer.py", python_flat);
  std::string log;
  for (int i = 0; i < 10'000; ++i)
    log += "127.0.0.1 - - [x] \"GET " +
           (i % 4 == 0 ? std::string("/") : "/item/" + std::to_string(i)) + " HTTP/1.1\" 200 1\n";
  shop.write("access.log", log);
  shop.write("site.har",
             R"({"log": {"entries": [{"request": {"method": "GET", "url": "http://h/a"}},
                {"request": {"method": "GET", "url": "http://h/b?session=1"}}]}})");
  shop.write("api.yaml", "openapi: 3.0.0\npaths:\n  /cart: {get: {}}\n  /item/{id}: {get: {}}\n");
  shop.write("all.http", "GET http://h/cart\n\n###\nGET http://h/item/{{$randomInt}}\n");
  const std::vector<std::vector<std::string>> sources{{"--access-log", "access.log"},
                                                      {"--har", "site.har"},
                                                      {"--openapi", "api.yaml"},
                                                      {"--http", "all.http"},
                                                      {"--curl", "curl http://h/cart"}};
  std::vector<std::string> together{"init", "app", "--yes", "--force"};
  for (const auto& source : sources) {
    CAPTURE(source[0]);
    const Ran made = shop.leakbisect({"init", "app", "--yes", "--force", source[0], source[1]});
    CAPTURE(made.err);
    CHECK(made.code == 0);
    CHECK(read_text(shop.path() / "app" / "hunt.json").find("session") == std::string::npos);
    CHECK(shop.leakbisect({"check", "app/hunt.json", "--no-trial"}).code == 0);
    together.insert(together.end(), source.begin(), source.end());
  }
  const Ran made = shop.leakbisect(together);
  CAPTURE(made.out);
  CHECK(made.code == 0);
  CHECK(made.out.find("?session=") != std::string::npos);
  const Ran checked = shop.leakbisect({"check", "app/hunt.json"}, 300);
  CAPTURE(checked.out);
  CHECK(checked.code == 0);
  CHECK(read_text(shop.path() / "app" / "hunt.json").find("/item/{n}\", \"weight\": 750") !=
        std::string::npos);
}

TEST_CASE("no file is written over, what is not known is marked, broken recordings are told") {
  const Workshop shop;
  shop.write("app/notes.txt", "");
  const Ran unknown = shop.leakbisect({"init", "app", "--yes"});
  CHECK(unknown.code == 7);
  CHECK(unknown.out.find("FILL_IN") != std::string::npos);
  CHECK(shop.leakbisect({"check", "app/hunt.json", "--no-trial"}).code == 5);
  const std::string before = read_text(shop.path() / "app" / "hunt.json");
  const Ran again = shop.leakbisect({"init", "app", "--yes"});
  CHECK(again.code == 2);
  CHECK(again.err.find("--force") != std::string::npos);
  CHECK(read_text(shop.path() / "app" / "hunt.json") == before);
  CHECK(shop.leakbisect({"init", "app", "--file", "-"}).out == before);
  CHECK(shop.leakbisect({"init", "nowhere"}).code == 2);
  shop.write("broken.har", "{\"log\": [\n");
  const Ran broken = shop.leakbisect({"init", "app", "--force", "--har", "broken.har"});
  CHECK(broken.code == 2);
  CHECK(broken.err.find("broken.har:2:1: is not JSON") != std::string::npos);
  CHECK(shop.leakbisect({"init", "app", "--force", "--units", "components"}).code == 2);
  const Ran json = shop.leakbisect({"init", "app", "--force", "--json"});
  CHECK(nlohmann::json::parse(json.out)["complete"] == false);
  CHECK(shop.leakbisect({"init", "--recipes"}).out.find("## Switch recipes") == 0);
}

}  // namespace leakbisect::e2e::test_init
