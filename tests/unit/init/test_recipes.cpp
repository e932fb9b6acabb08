// The recipes are those of examples/README.md, and every hunt file's piece in them is one.

#include "config/parse.hpp"
#include "init/ecosystem.hpp"
#include "init/recipes.hpp"
#include "tree.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

using namespace leakbisect::init;

namespace {

std::string page() {
  std::ifstream file(LB_SOURCE_DIR "/examples/README.md");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("what init --recipes prints stands in examples/README.md") {
  const std::string text(recipes());
  CHECK(text.starts_with("## Switch recipes"));
  CHECK(page().ends_with(text));
  for (const char* framework : {"Express", "Koa", "Fastify", "Nest", "Next", "Nuxt", "Flask",
                                "Django", "FastAPI", "Rails", "Spring Boot", "Laravel"})
    CHECK(text.find(framework) != std::string::npos);
}

TEST_CASE("each piece of a hunt file in the recipes is accepted") {
  const Tree tree;
  const std::string text(recipes());
  int pieces = 0;
  for (auto at = text.find("```json\n"); at != std::string::npos;
       at = text.find("```json\n", at + 1)) {
    const auto begin = at + 8;
    const std::string piece = text.substr(begin, text.find("```", begin) - begin);
    CAPTURE(piece);
    const auto hunt = leakbisect::config::parse_hunt(
        R"({"subject": {"directory": ".", "start": ["x"]}, "units": {"components": [)" + piece +
            "]}}",
        tree.root() / "hunt.json");
    if (!hunt) FAIL(hunt.error().message);
    ++pieces;
  }
  CHECK(pieces >= 10);
}

TEST_CASE("every ecosystem of the table is described in the room's README") {
  std::ifstream file(LB_SOURCE_DIR "/src/init/README.md");
  std::ostringstream text;
  text << file.rdbuf();
  for (const Ecosystem& ecosystem : ecosystems()) {
    CAPTURE(std::string(ecosystem.name));
    CHECK(text.str().find("| " + std::string(ecosystem.name) + " | " +
                          std::string(ecosystem.recognised_by) + " |") != std::string::npos);
  }
}
