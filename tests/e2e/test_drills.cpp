// Inside real commits, with real builds and servers: hunks that need each other, of which one
// leaks, are found at no more than the cost of the search.

#include "repository.hpp"
#include "workshop.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace leakbisect::e2e::test_drills {

using nlohmann::json;

namespace {

constexpr int modules = 10;
constexpr int guilty = 6;  // the module whose hunks matter
constexpr int commits = 60;
constexpr int culprit = 37;

std::string filled(std::string text, int number) {
  const std::string digit = std::to_string(number);
  for (auto at = text.find('@'); at != std::string::npos; at = text.find('@', at + digit.size()))
    text.replace(at, 1, digit);
  return text;
}

// Enough lines between two changes for them to be hunks of their own.
std::string gap(const std::string& name) {
  std::string text;
  for (int i = 0; i < 8; ++i) text += "/* " + name + " " + std::to_string(i) + " */\n";
  return text;
}

// A module before and after the commit: six hunks, of which only the first builds alone.
std::string header_of(int number, bool after) {
  std::string text = filled("#ifndef MOD_@\n#define MOD_@\n", number);
  if (after)
    text += filled("struct visit_@ { char page[4096]; struct visit_@ *before; };\n", number);
  text += gap("types");
  if (after) text += filled("void visit_@_begin(struct visit_@ **last);\n", number);
  text += gap("functions") + filled("int handle_@(void);\n#endif\n", number);
  return text;
}

std::string source_of(int number, bool after) {
  std::string text =
      filled("#include <stdlib.h>\n#include <string.h>\n#include \"mod_@.h\"\n", number);
  text += gap("state");
  if (after)
    text += filled("static struct visit_@ first_@;\nstatic struct visit_@ *last_@;\n", number);
  text += gap("begin");
  if (after) {
    text += filled("void visit_@_begin(struct visit_@ **last) {\n", number);
    // All but the guilty one take a page only once.
    if (number != guilty) text += "  if (*last) return;\n";
    text += filled("  struct visit_@ *now = malloc(sizeof *now);\n", number);
    text += "  memset(now, 1, sizeof *now);\n  now->before = *last;\n  *last = now;\n}\n";
  }
  text += gap("handle") + filled("int handle_@(void) {\n  int total = @;\n", number) + gap("call");
  if (after) text += filled("  visit_@_begin(&last_@);\n", number);
  text += gap("end");
  if (after) text += filled("  total += last_@->page[0];\n", number);
  return text + "  return total;\n}\n";
}

constexpr const char* main_source = R"(
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "all.h"
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static void *serve(void *given) {
  int fd = (int)(long)given, have = 0, n;
  char in[4096];
  while ((n = (int)read(fd, in + have, sizeof in - 1 - (size_t)have)) > 0) {
    have += n;
    in[have] = 0;
    char *end;
    while ((end = strstr(in, "\r\n\r\n"))) {
      pthread_mutex_lock(&turn);
      int total = handle_all();
      pthread_mutex_unlock(&turn);
      char out[200];
      int size = snprintf(out, sizeof out, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n%04d", total % 10000);
      if (write(fd, out, (size_t)size) != size) break;
      have -= (int)(end + 4 - in);
      memmove(in, end + 4, (size_t)have + 1);
    }
  }
  close(fd);
  return 0;
}
int main(void) {
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(getenv("PORT")))};
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int yes = 1, listening = socket(AF_INET, SOCK_STREAM, 0);
  setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(listening, (struct sockaddr *)&at, sizeof at) || listen(listening, 64)) return 1;
  for (;;) {
    int fd = accept(listening, 0, 0);
    pthread_t thread;
    if (fd < 0 || pthread_create(&thread, 0, serve, (void *)(long)fd)) return 1;
    pthread_detach(thread);
  }
}
)";

constexpr const char* makefile = R"(CFLAGS = -O0 -Werror
OBJECTS = $(patsubst %.c,%.o,$(wildcard *.c))
server: $(OBJECTS)
	gcc -o $@ $(OBJECTS) -pthread
%.o: %.c $(wildcard *.h)
	gcc $(CFLAGS) -c -o $@ $<
)";

void write_modules(const Repository& project, bool after) {
  for (int number = 0; number < modules; ++number) {
    project.write(filled("mod_@.h", number), header_of(number, after));
    project.write(filled("mod_@.c", number), source_of(number, after));
  }
}

void make_c_history(const Repository& project) {
  std::string all = "int handle_all(void);\n";
  std::string calls = "#include \"all.h\"\n";
  std::string sum = "int handle_all(void) {\n  int total = 0;\n";
  for (int number = 0; number < modules; ++number) {
    calls += filled("#include \"mod_@.h\"\n", number);
    sum += filled("  total += handle_@();\n", number);
  }
  project.write("Makefile", makefile);
  project.write("main.c", main_source);
  project.write("all.h", all);
  project.write("all.c", calls + sum + "  return total;\n}\n");
  project.write(".gitignore", "*.o\nserver\n");
  write_modules(project, false);
  for (int number = 0; number <= commits; ++number) {
    project.write("version.h", filled("#define VERSION @\n", number));
    if (number == culprit) write_modules(project, true);
    project.commit("Change " + std::to_string(number));
    if (number == 0) project.git("tag good");
  }
}

json hunt_of(const json& subject) {
  json hunt;
  hunt["subject"] = subject;
  hunt["subject"]["directory"] = "app";
  hunt["subject"]["env"] = {{"PORT", "{port}"}};
  hunt["subject"]["ready"] = {{"http", "/"}, {"timeout", "30s"}};
  hunt["subject"]["stop"] = {{"grace", "300ms"}};
  hunt["load"]["http"] = {{"rate", 100}};
  hunt["memory"] = {{"metric", "anon"}, {"warmup", "300ms"}};
  hunt["units"]["git"] = {{"good", "good"}};
  hunt["search"]["smallest_leak"] = "1KiB/request";
  hunt["limits"] = {{"trial", "20s"}, {"memory", "1GiB"}, {"budget", "10m"}};
  return hunt;
}

struct Hunted {
  std::string out;
  json report;
};

// Runs a hunt that finds a culprit.
Hunted hunt_in(const Workshop& shop, const json& hunt, double limit_s) {
  shop.write("hunt.json", hunt.dump(1));
  Ran ran = shop.leakbisect({"run", "hunt.json", "--out", "out", "--no-witness"}, limit_s);
  CAPTURE(ran.out);
  CAPTURE(ran.err);
  REQUIRE(ran.code == 0);
  return {std::move(ran.out), report_in(shop.path() / "out")};
}

double cost_of(const json& report, bool of_drill) {
  double sum = 0;
  for (const json& trial : report["trials"])
    if ((trial["purpose"] == "drill") == of_drill)
      sum += trial["seconds"].get<double>() + trial["build_seconds"].get<double>();
  return sum;
}

// The drill costs what the search did at most; its last trial may take longer than those before it.
constexpr double last_trial = 1.15;

std::vector<std::string> named_by(const json& row) {
  std::vector<std::string> names{row["unit"]};
  for (const char* key : {"together", "class"})
    for (const json& name : row[key]) names.push_back(name);
  return names;
}

}  // namespace

TEST_CASE("of sixty hunks in C that need each other, the one that leaks is found") {
  const Workshop shop;
  const Repository project(shop);
  make_c_history(project);
  const Hunted hunted =
      hunt_in(shop, hunt_of({{"build", "make -s"}, {"start", {"./server"}}}), 550);
  const json& report = hunted.report;
  const json& drill = report["drill"];
  CAPTURE(drill.dump(1));
  CHECK(drill["units"] == 6 * modules + 1);
  CHECK(drill["result"] == "hunk");
  CHECK(drill["proof"]["holds"] == true);
  REQUIRE(drill["culprits"].size() == 1);
  const std::vector<std::string> named = named_by(drill["culprits"][0]);
  CHECK(named.size() <= 8);
  for (const std::string& name : named) {
    CAPTURE(name);
    CHECK(name.starts_with(filled("mod_@.", guilty)));
  }
  const double slope = drill["culprits"][0]["slope_bytes_per_request"];
  CHECK(slope == doctest::Approx(4112).epsilon(0.3));
  CHECK(drill["culprits"][0]["slope_se"].get<double>() > 0);
  CHECK(cost_of(report, true) <= last_trial * cost_of(report, false));
  CHECK(processes_naming(shop.path().string()).empty());
}

TEST_CASE("an import, a function and its call are found together, changelog and tests set aside") {
  const Workshop shop;
  const Repository project(shop);
  const auto server = [](bool after) {
    std::string text = "import http from 'node:http';\n";
    if (after) text += "import { recent } from './recent.mjs';\n";
    text += gap("state");
    if (after) text += "function remember(body) {\n  recent.push(body);\n}\n";
    text += gap("answer") + "function answer() {\n  const body = Buffer.alloc(4096, 1);\n";
    text += gap("call");
    if (after) text += "  remember(body);\n";
    text += gap("end") + "  return String(body.length);\n}\n" + gap("log");
    if (after) text += "const started = Date.now();\n";
    return text +
           "http.createServer((request, response) => {\n"
           "  try { response.end(answer()); } catch { response.statusCode = 500; response.end(); "
           "}\n"
           "}).listen(Number(process.env.PORT), '127.0.0.1');\n";
  };
  project.write("recent.mjs", "export const recent = [];\n");
  for (int number = 0; number <= 9; ++number) {
    const bool after = number >= 5;
    project.write("version.txt", filled("@\n", number));
    project.write("server.mjs", server(after));
    project.write("CHANGELOG.md", after ? "# Changes\n\n- remember bodies\n" : "# Changes\n");
    project.write("test/server.test.mjs", after ? "// remembers\n" : "// answers\n");
    project.commit("Change " + std::to_string(number));
    if (number == 0) project.git("tag good");
  }
  const Hunted hunted = hunt_in(shop, hunt_of({{"start", {"node", "server.mjs"}}}), 400);
  const json& report = hunted.report;
  const json& drill = report["drill"];
  CAPTURE(drill.dump(1));
  CHECK(drill["result"] == "hunk");
  REQUIRE(drill["culprits"].size() == 1);
  for (const std::string& name : named_by(drill["culprits"][0]))
    CHECK(name.starts_with("server.mjs"));
  std::vector<std::string> aside;
  for (const json& hunk : drill["set_aside"]) aside.push_back(hunk["unit"]);
  CHECK(aside.size() == 2);
  CHECK(std::ranges::any_of(aside, [](const auto& unit) { return unit.starts_with("CHANGELOG"); }));
  CHECK(hunted.out.find("set aside") != std::string::npos);
  CHECK(cost_of(report, true) <= last_trial * cost_of(report, false));
}

TEST_CASE("where the range holds the change twice, both are named, the older one first") {
  const Workshop shop;
  const Repository project(shop);
  const auto server = [](int kept) {
    return "import http from 'node:http';\nconst kept = [];\nhttp.createServer((request, response) "
           "=> {\n"
           "  kept.push(Buffer.alloc(" +
           std::to_string(kept) + ", 1));\n  if (kept.length > 9 && " + std::to_string(kept) +
           " < 9) kept.shift();\n  response.end('ok');\n"
           "}).listen(Number(process.env.PORT), '127.0.0.1');\n";
  };
  project.write("server.mjs", server(8));
  project.commit("Begin");
  project.git("tag good");
  for (int number = 1; number <= 7; ++number) {
    const bool is_twin = number == 2 || number == 6;
    if (!is_twin) project.write("version.txt", filled("@\n", number));
    if (is_twin) project.write("server.mjs", server(8192));
    if (number == 4) project.write("server.mjs", server(8));
    project.commit(is_twin ? "Keep bodies" : filled("Change @", number));
  }
  const Hunted hunted = hunt_in(shop, hunt_of({{"start", {"node", "server.mjs"}}}), 400);
  const json& report = hunted.report;
  CAPTURE(report["twins"].dump(1));
  REQUIRE(report["twins"].size() == 1);
  const json& twin = report["twins"][0];
  CHECK(twin["why"] == "makes the same change");
  CHECK(twin["of"] == report["culprits"][0]["unit"]);
  const bool is_older =
      report["culprits"][0]["description"].get<std::string>().find("Keep") != std::string::npos;
  CHECK(is_older);
  CHECK(hunted.out.find("makes the same change") != std::string::npos);
}

}  // namespace leakbisect::e2e::test_drills
