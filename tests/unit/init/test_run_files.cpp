// Files that say how a program is started, whatever it is written in.

#include "init/command_line.hpp"
#include "init/ecosystem.hpp"
#include "tree.hpp"

#include <doctest/doctest.h>

using namespace leakbisect::init;

TEST_CASE("Procfile: web, with the port that it asks for") {
  Tree tree;
  tree.file("Procfile", "worker: ./w\nweb: RAILS_ENV=production ./bin/serve -p ${PORT:-3000}\n");
  const Draft draft = look_at(tree.root());
  CHECK(draft.ecosystem == "procfile");
  CHECK(shown(draft.start.value) == "./bin/serve -p {port}");
  CHECK(draft.env.at("RAILS_ENV").value == "production");
  CHECK(draft.port.way == PortWay::argument);
}

TEST_CASE("a Procfile knows better than a guess at a Python server") {
  Tree tree;
  tree.file("requirements.txt", "flask\ngunicorn\n")
      .file("app.py", "app = Flask(__name__)\n")
      .file("Procfile", "web: gunicorn app:app -b 127.0.0.1:$PORT\n");
  const Draft draft = look_at(tree.root());
  CHECK(draft.ecosystem == "flask");
  CHECK(shown(draft.start.value).find("gunicorn app:app -b 127.0.0.1:{port}") != std::string::npos);
}

TEST_CASE("systemd: the command and its environment, paths of the installation taken off") {
  Tree tree;
  tree.file("deploy/shop.service",
            "[Service]\nWorkingDirectory=/opt/shop\nEnvironment=PORT=8080\n"
            "Environment=\"MODE=live\"\nExecStart=/usr/bin/perl /opt/shop/serve.pl\n");
  const Draft draft = look_at(tree.root());
  CHECK(draft.ecosystem == "systemd");
  CHECK(shown(draft.start.value) == "perl serve.pl");
  CHECK(draft.env.at("PORT").value == "{port}");
  CHECK(draft.env.at("MODE").value == "live");
}

TEST_CASE("systemd: an installed program is the one that is made here, or none") {
  Tree tree;
  const std::string service = "[Service]\nExecStart=/usr/local/bin/kvd /etc/kvd/%i.conf --quiet\n";
  tree.file("utils/kvd.service", service).file("Makefile", "all:\n\tcd src && make\n");
  Draft draft = look_at(tree.root());
  CHECK(draft.start.value.is_null());
  CHECK(draft.build.value == "make -j2");
  CHECK(!draft.notes.empty());
  tree.file("src/Makefile", "SERVER_NAME=kvd$(SUFFIX)\n")
      .file("src/kvd-benchmark.c", "if (!strcmp(argv[i], \"-p\")) port = atoi(argv[++i]);\n")
      .file("src/kvd.c", "add(\"notify\", 11);\n#define KVD_PORT 7000\nlisten(fd, 16);\n");
  draft = look_at(tree.root());
  CHECK(draft.ecosystem == "systemd");
  CHECK(shown(draft.start.value) == "./src/kvd --quiet");
  CHECK(draft.build.value == "make -j2");
  CHECK(draft.port.number == 7000);
}

TEST_CASE("Dockerfile: the image is built and run with its port published") {
  Tree tree;
  tree.file("Dockerfile", "FROM alpine\nEXPOSE 80\nCMD [\"./server\"]\n");
  const Draft draft = look_at(tree.root());
  CHECK(draft.ecosystem == "dockerfile");
  CHECK(draft.build.value.find("docker build") == 0);
  CHECK(shown(draft.start.value).find("-p 127.0.0.1:{port}:80") != std::string::npos);
}

TEST_CASE("Compose: the service that is built here, by a variable or a fixed port") {
  Tree variable;
  variable.file("compose.yaml",
                "services:\n  db:\n    image: postgres\n    ports: ['5432:5432']\n"
                "  web:\n    build: .\n    ports:\n      - \"${WEB_PORT:-3000}:3000\"\n");
  Draft draft = look_at(variable.root());
  CHECK(draft.ecosystem == "compose");
  CHECK(shown(draft.start.value).find("up --build web") != std::string::npos);
  CHECK(draft.env.at("WEB_PORT").value == "{port}");
  Tree fixed;
  fixed.file("docker-compose.yml",
             "services:\n  web:\n    build: .\n    ports: [\"127.0.0.1:8080:80\"]\n");
  draft = look_at(fixed.root());
  CHECK(draft.port.way == PortWay::fixed);
  CHECK(draft.port.number == 8080);
}

TEST_CASE("a broken Compose file is told with its line, not taken") {
  Tree tree;
  tree.file("compose.yaml", "services:\n  web: [\n");
  const Draft draft = look_at(tree.root());
  CHECK(draft.start.value.is_null());
}

TEST_CASE("lines of a shell become words where no shell is needed") {
  CHECK(split_line("A=1 node 'a b.js' \"c\"").words ==
        std::vector<std::string>{"node", "a b.js", "c"});
  CHECK(split_line("node a.js | tee log").words.empty());
  CHECK(split_line("node 'a").words.empty());
  CHECK(command_from_text("[\"a\", \"b c\"]") == CommandText{"a", "b c"});
  CHECK(command_from_text("A=1 node x") == CommandText("A=1 node x"));
  CHECK(shell_word("it's") == "'it'\\''s'");
}
