// How a program takes its port, read from its source.

#include "init/command_line.hpp"
#include "init/port.hpp"
#include "init/routes.hpp"
#include "tree.hpp"

#include <doctest/doctest.h>

using namespace leakbisect::init;

namespace {

Draft guessed(const std::string& file, const std::string& text) {
  Tree tree;
  tree.file(file, text);
  const Project project(tree.root());
  Draft draft;
  draft.start = {CommandText{"./server"}, ""};
  guess_port(project, {file}, draft);
  return draft;
}

}  // namespace

TEST_CASE("a variable of the environment, in every language") {
  for (const auto& [file, text] : {std::pair{"a.js", "listen(process.env.PORT || 3000)"},
                                   {"b.js", "listen(process.env['PORT'])"},
                                   {"c.py", "port = int(os.environ.get('PORT', 8000))"},
                                   {"d.py", "os.environ[\"PORT\"]"},
                                   {"e.c", "atoi(getenv(\"PORT\"))"},
                                   {"f.go", "os.Getenv(\"PORT\")"},
                                   {"g.rs", "env::var(\"PORT\")"},
                                   {"h.rb", "ENV.fetch('PORT') { 3000 }"},
                                   {"i.java", "System.getenv(\"PORT\")"}}) {
    const std::string source = text;  // clang 14 captures no binding
    CAPTURE(source);
    const Draft draft = guessed(file, source);
    CHECK(draft.port.way == PortWay::environment);
    CHECK(draft.env.contains("PORT"));
  }
}

TEST_CASE("PORT comes before other variables, and those of databases are none") {
  const Draft draft =
      guessed("a.js", "x(process.env.DB_PORT)\ny(process.env.APP_PORT)\nz(process.env.PORT)");
  CHECK(draft.env.contains("PORT"));
  CHECK(
      guessed("a.js", "x(process.env.DB_PORT)\ny(process.env.APP_PORT)").env.contains("APP_PORT"));
  CHECK(guessed("a.js", "x(process.env.REDIS_PORT)").port.way == PortWay::unknown);
}

TEST_CASE("arguments by place and by name") {
  CHECK(shown(guessed("a.c", "int port = atoi(argv[1]);").start.value) == "./server {port}");
  CHECK(shown(guessed("a.js", "const port = Number(process.argv[2])").start.value) ==
        "./server {port}");
  CHECK(shown(guessed("a.py", "port = int(sys.argv[1])").start.value) == "./server {port}");
  CHECK(shown(guessed("a.py", "parser.add_argument('--port')").start.value) ==
        "./server --port {port}");
  CHECK(shown(guessed("a.go", "flag.Int(\"port\", 1, \"\")").start.value) ==
        "./server -port={port}");
}

TEST_CASE("numbers that are fixed in the source") {
  for (const auto& text :
       {"app.listen(8080)", "a.sin_port = htons(8080);", "http.ListenAndServe(\":8080\", nil)",
        "HTTPServer((\"0.0.0.0\", 8080), H)", "const PORT = 8080;",
        "svr.listen(\"0.0.0.0\", 8080);", "#define SERVER_PORT 8080",
        "constexpr int port = 8080;"}) {
    CAPTURE(text);
    const Draft draft = guessed("a.x", text);
    CHECK(draft.port.way == PortWay::fixed);
    CHECK(draft.port.number == 8080);
    CHECK(draft.port.why.find("a.x:1") != std::string::npos);
  }
}

TEST_CASE("what is commented out says nothing; then PORT is tried and said to be a guess") {
  const Draft draft = guessed("a.js", "// listen(process.env.WEB_PORT)\nserve()\n");
  CHECK(draft.port.way == PortWay::unknown);
  CHECK(draft.env.at("PORT").value == "{port}");
  REQUIRE(draft.notes.size() == 1);
  CHECK(draft.notes[0].find("subject.port") != std::string::npos);
}

TEST_CASE("long lines of made files are passed over") {
  CHECK(guessed("a.js", std::string(100'000, 'x') + "listen(8080)").port.way == PortWay::unknown);
}

TEST_CASE("parameters of every framework become {n}, patterns are none") {
  CHECK(with_numbers("/a/:id/b") == "/a/{n}/b");
  CHECK(with_numbers("/a/<int:id>") == "/a/{n}");
  CHECK(with_numbers("/a/{id}") == "/a/{n}");
  CHECK(with_numbers("/a/[id]") == "/a/{n}");
  CHECK(with_numbers("/a/[...rest]").empty());
  CHECK(with_numbers("/a/*").empty());
  CHECK(with_numbers("/a/(.*)").empty());
}
