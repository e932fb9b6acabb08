// The text of the hunt file, what is chosen to be searched, and the questions.

#include "config/parse.hpp"
#include "init/command_line.hpp"
#include "init/ecosystem.hpp"
#include "init/interview.hpp"
#include "init/masks.hpp"
#include "init/write.hpp"
#include "tree.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <sstream>

using namespace leakbisect::init;
namespace config = leakbisect::config;

namespace {

Tree& small_server(Tree& tree) {
  return tree.file("package.json", R"({"scripts": {"start": "node server.js"}})")
      .file("server.js", "if (req.url === '/a') x();\nserver.listen(process.env.PORT);\n");
}

void git(const Tree& tree, const std::string& arguments) {
  const std::string command = "cd '" + tree.root().string() +
                              "' && git -c user.name=a -c user.email=a@example.invalid " +
                              arguments + " >/dev/null 2>&1";
  REQUIRE(std::system(command.c_str()) == 0);
}

void commit(Tree& tree, const std::string& text) {
  tree.file("notes", text);
  git(tree, "add -A");
  git(tree, "commit -m '" + text + "'");
}

config::HuntFile parsed(const Tree& tree, const Draft& draft, const Choices& choices) {
  const auto file = tree.root() / "hunt.json";
  const auto text = hunt_text(tree.root(), file, draft, choices);
  REQUIRE(text.has_value());
  CAPTURE(*text);
  const auto hunt = config::parse_hunt(*text, file);
  REQUIRE(hunt.has_value());
  return *hunt;
}

}  // namespace

TEST_CASE("without a repository or components routes are searched, two of them") {
  Tree tree;
  Draft draft = look_at(small_server(tree).root());
  const Choices choices = choose_units(tree.root(), draft);
  CHECK(choices.chosen == UnitKind::routes);
  const auto hunt = parsed(tree, draft, choices);
  CHECK(std::holds_alternative<config::RouteUnits>(hunt.units));
  CHECK(std::get<config::HttpLoad>(hunt.load.kind).requests.size() == 2);
  CHECK(hunt.subject->start.argv == std::vector<std::string>{"node", "server.js"});
  CHECK(hunt.subject->env.at("PORT") == "{port}");
  CHECK(hunt.subject->ready.kind == config::Ready::Kind::http);
}

TEST_CASE("commits since the last release come first; without releases the hunt finds the end") {
  Tree tree;
  small_server(tree);
  git(tree, "init -b main .");
  for (const char* text : {"one", "two", "three"}) commit(tree, text);
  Draft draft = look_at(tree.root());
  Choices choices = choose_units(tree.root(), draft);
  CHECK(choices.chosen == UnitKind::commits);
  CHECK(choices.commits == 2);
  CHECK(std::get<config::GitUnits>(parsed(tree, draft, choices).units).good.empty());

  git(tree, "tag v1.0");
  for (const char* text : {"four", "five", "six"}) commit(tree, text);
  choices = choose_units(tree.root(), draft);
  CHECK(choices.good == "v1.0");
  CHECK(choices.commits == 3);
  CHECK(std::get<config::GitUnits>(parsed(tree, draft, choices).units).good == "v1.0");
  CHECK(choose(choices, UnitKind::routes));
  CHECK(!choose(choices, UnitKind::components));
}

TEST_CASE("a folder that HEAD does not hold is not searched in commits") {
  Tree tree;
  git(tree, "init -b main .");
  for (const char* text : {"one", "two", "three"}) commit(tree, text);
  tree.file("new/package.json", R"({"main": "s.js"})")
      .file("new/s.js", "s.listen(process.env.PORT)");
  Draft draft = look_at(tree.root() / "new");
  const Choices choices = choose_units(tree.root() / "new", draft);
  CHECK(choices.chosen == UnitKind::routes);
  REQUIRE(!draft.notes.empty());
  CHECK(draft.notes.back().find("commit it") != std::string::npos);
}

TEST_CASE("regions that are marked are components, and the other kinds stand as comments") {
  Tree tree;
  small_server(tree).file("part.js",
                          "// leakbisect:begin ads\nads();\n// leakbisect:end ads\n"
                          "/* leakbisect:begin video */\nvideo();\n/* leakbisect:end video */\n");
  tree.file("code.js",
            "const mark = `leakbisect:begin ${name}`;\nfind('leakbisect:begin never-closed');\n");
  Draft draft = look_at(tree.root());
  add_marked_regions(Project(tree.root()), draft);
  const Choices choices = choose_units(tree.root(), draft);
  CHECK(choices.chosen == UnitKind::components);
  const auto hunt = parsed(tree, draft, choices);
  CHECK(std::get<config::ComponentUnits>(hunt.units).entries.size() == 2);
  const auto text = *hunt_text(tree.root(), tree.root() / "hunt.json", draft, choices);
  CHECK(text.find("// \"units\": {\"routes\": {}}") != std::string::npos);
}

TEST_CASE("what is installed comes along in copies, and is installed in clones") {
  Tree tree;
  small_server(tree).file("node_modules/x/index.js", "");
  Draft draft = look_at(tree.root());
  draft.install = {"npm ci", "node_modules", "package-lock.json"};
  draft.build = {"npm run build", "a script"};
  CHECK(build_command(tree.root(), draft, UnitKind::commits) == "npm ci && npm run build");
  CHECK(build_command(tree.root(), draft, UnitKind::components) == "npm run build");
  const Choices choices = choose_units(tree.root(), draft);
  for (const Said& said : summary_of(tree.root(), draft, choices))
    if (said.what == "build") CHECK(said.why == "a script");
}

TEST_CASE("a project that nothing knows: the line to be filled in is marked") {
  Tree tree;
  Draft draft = look_at(tree.root());
  const Choices choices = choose_units(tree.root(), draft);
  CHECK(!is_complete(draft));
  const auto text = *hunt_text(tree.root(), tree.root() / "hunt.json", draft, choices);
  CHECK(text.find("\"start\": [\"FILL_IN\"]") != std::string::npos);
}

TEST_CASE("nothing that a project holds gets out of a comment or a text") {
  Tree tree;
  Draft draft;
  draft.ecosystem = "x\n\"subject\": 1,";
  draft.start = {CommandText{"a\"b", "c\\d\n"}, "why\r\nnot\x1b[2J"};
  draft.env["A"] = {"\"", "\n}"};
  const Choices choices = choose_units(tree.root(), draft);
  const auto hunt = parsed(tree, draft, choices);
  CHECK(hunt.subject->start.argv == std::vector<std::string>{"a\"b", "c\\d\n"});
}

TEST_CASE("answers stand instead of guesses, empty lines keep them, the end of input too") {
  Tree tree;
  Draft draft = look_at(small_server(tree).root());
  Choices choices = choose_units(tree.root(), draft);
  std::istringstream in("node other.js --port {port}\n\nmake\n/ready\n");
  std::ostringstream out;
  interview(in, out, draft, choices);
  CHECK(shown(draft.start.value) == "node other.js --port {port}");
  CHECK(draft.build.value == "make");
  CHECK(draft.ready.value == "/ready");
  CHECK(out.str().find("the script \"start\" in package.json:1") != std::string::npos);
}

TEST_CASE("a port may be answered as a number") {
  Tree tree;
  Draft draft = look_at(small_server(tree).root());
  Choices choices = choose_units(tree.root(), draft);
  std::istringstream in("\n\n\n8080\n-\n");
  std::ostringstream out;
  interview(in, out, draft, choices);
  CHECK(draft.port.way == PortWay::fixed);
  CHECK(draft.port.number == 8080);
  CHECK(!draft.env.contains("PORT"));
  CHECK(draft.ready.value.empty());
  CHECK(parsed(tree, draft, choices).subject->port == 8080);
}
