// Projects with a package.json: which framework, how it is built, started, told its port, and what
// of it can be switched.

#include "init/command_line.hpp"
#include "init/ecosystem.hpp"
#include "tree.hpp"

#include <doctest/doctest.h>

using namespace leakbisect::init;

namespace {

std::string start_of(const Draft& draft) {
  return draft.start.value.is_null() ? "" : shown(draft.start.value);
}

std::vector<std::string> paths_of(const Draft& draft) {
  std::vector<std::string> paths;
  for (const auto& request : draft.requests) paths.push_back(request.value.path);
  return paths;
}

using Paths = std::vector<std::string>;

}  // namespace

TEST_CASE("express-generator: PORT from bin/www, routers as they are mounted and switched") {
  Tree tree;
  tree.file("package.json", R"({
  "scripts": {
    "start": "node ./bin/www"
  },
  "dependencies": {
    "express": "~4.16.1"
  }
})")
      .file("package-lock.json", "{}")
      .file("bin/www",
            "#!/usr/bin/env node\nvar port = normalizePort(process.env.PORT || '3000');\n")
      .file("app.js",
            "var usersRouter = require('./routes/users');\n"
            "var indexRouter = require('./routes/index');\n"
            "var app = express();\napp.get('/about', f);\napp.use('/', "
            "indexRouter);\napp.use('/users', usersRouter);\n")
      .file("routes/index.js", "router.get('/', f);\nmodule.exports = router;\n")
      .file("routes/users.js",
            "router.get('/', f);\nrouter.get('/:id', f);\nmodule.exports = router;\n");
  const Draft draft = look_at(tree.root());
  CHECK(draft.ecosystem == "express");
  CHECK(draft.seen.text() == "package.json:6");
  CHECK(start_of(draft) == "node ./bin/www");
  CHECK(draft.start.why.find("package.json:3") != std::string::npos);
  CHECK(draft.env.at("PORT").value == "{port}");
  CHECK(draft.env.at("PORT").why == "read in bin/www:2");
  CHECK(draft.install.command.find("npm ci --include=dev --no-audit --no-fund") == 1);
  CHECK(paths_of(draft) == Paths{"/", "/users", "/users/{n}", "/about"});
  CHECK(draft.ready.value == "/");
  CHECK(count_units(draft) == 2);
}

TEST_CASE("routers that are required where they are mounted, or have handlers before them") {
  Tree tree;
  tree.file("package.json", R"({"main": "server.js", "dependencies": {"express": "4"}})")
      .file("server.js",
            "const auth = require('./auth');\nconst cart = require('./routes/cart');\n"
            "const app = express();\napp.use('/api', require('./routes/api'));\n"
            "app.use('/cart', auth, express.json(), cart);\n"
            "app.use('/gone', require('./routes/gone'));\napp.listen(process.env.PORT);\n")
      .file("auth.js", "module.exports = f;\n")
      .file("routes/cart.js", "router.get('/', f);\nmodule.exports = router;\n")
      .file("routes/api.js", "router.get('/items/:id', f);\nmodule.exports = router;\n");
  CHECK(paths_of(look_at(tree.root())) == Paths{"/api/items/{n}", "/cart"});
}

TEST_CASE("lock files name the package manager") {
  for (const auto& [lock, install] : {std::pair{"yarn.lock", "yarn install"},
                                      {"pnpm-lock.yaml", "pnpm install"},
                                      {"package-lock.json", "npm ci"},
                                      {"bun.lockb", "bun install"},
                                      {"other", "npm install"}}) {
    Tree tree;
    tree.file("package.json", R"({"dependencies": {"koa": "2"}, "main": "app.js"})")
        .file(lock, "")
        .file("app.js", "app.listen(4000)\n");
    const Draft draft = look_at(tree.root());
    CHECK(draft.ecosystem == "koa");
    CHECK(draft.install.command.find(install) != std::string::npos);
    CHECK(draft.port.way == PortWay::fixed);
    CHECK(draft.port.number == 4000);
  }
}

TEST_CASE("scripts are the process that they run, without what watches files") {
  const auto started = [](const std::string& script) {
    Tree tree;
    tree.file("package.json", R"({"scripts": {"start": ")" + script + R"("}})")
        .file("server.js", "server.listen(process.env.HTTP_PORT)\n");
    return look_at(tree.root());
  };
  CHECK(start_of(started("node server")) == "node server");
  CHECK(start_of(started("nodemon server.js")) == "node server.js");
  CHECK(start_of(started("node --watch server.js")) == "node server.js");
  CHECK(start_of(started("tsx server.js")) == "node_modules/.bin/tsx server.js");
  CHECK(start_of(started("npm run x && node server.js")) == "npm run start");
  const Draft draft = started("cross-env NODE_ENV=production node server.js");
  CHECK(start_of(draft) == "node server.js");
  CHECK(draft.env.at("NODE_ENV").value == "production");
  CHECK(draft.env.at("HTTP_PORT").value == "{port}");
}

TEST_CASE("fastify-cli gets its port as an option; autoloaded files are plugins") {
  Tree tree;
  tree.file(
          "package.json",
          R"({"scripts": {"build:ts": "tsc", "start": "npm run build:ts && fastify start -l info dist/app.js"},
    "dependencies": {"fastify": "5", "@fastify/autoload": "6"}})")
      .file("plugins/support.ts", "export default fp(async () => {})\n")
      .file("routes/root.ts", "fastify.get('/', f)\n")
      .file("routes/example/index.ts", "fastify.get('/', f)\n");
  const Draft draft = look_at(tree.root());
  CHECK(draft.ecosystem == "fastify");
  CHECK(start_of(draft) == "node_modules/.bin/fastify start -p {port} dist/app.js");
  CHECK(draft.build.value == "npm run build:ts");
  CHECK(paths_of(draft) == Paths{"/", "/example"});
  CHECK(count_units(draft) == 3);
}

TEST_CASE("nest: controllers' paths, the compiled main") {
  Tree tree;
  tree.file("package.json", R"({"scripts": {"build": "nest build", "start": "nest start"},
    "dependencies": {"@nestjs/core": "11"}})")
      .file("src/main.ts", "await app.listen(process.env.PORT ?? 3000);\n")
      .file("src/cats.controller.ts",
            "@Controller('cats')\nclass C {\n  @Get()\n  @Get(':id')\n}\n");
  const Draft draft = look_at(tree.root());
  CHECK(draft.ecosystem == "nest");
  CHECK(start_of(draft) == "node dist/main.js");
  CHECK(draft.env.contains("PORT"));
  CHECK(paths_of(draft) == Paths{"/cats", "/cats/{n}"});
}

TEST_CASE("next: pages by their files; components only where nothing else is exported") {
  Tree tree;
  tree.file("package.json",
            R"({"scripts": {"build": "next build"}, "dependencies": {"next": "15"}})")
      .file("app/page.tsx", "")
      .file("app/(shop)/item/[id]/page.tsx", "")
      .file("app/api/cart/route.ts", "export async function GET() {}\n")
      .file("app/blog/[...all]/page.tsx", "")
      .file("components/a.tsx", "export default function A() {}\n")
      .file("components/b.tsx", "export default function B() {}\n")
      .file("components/[c].tsx", "export function c() {}\nexport default c;\n");
  const Draft draft = look_at(tree.root());
  CHECK(draft.ecosystem == "next");
  CHECK(start_of(draft) == "node_modules/.bin/next start -H 127.0.0.1 -p {port}");
  CHECK(paths_of(draft) == Paths{"/", "/api/cart", "/item/{n}"});
  CHECK(count_units(draft) == 2);
  REQUIRE(draft.components.size() == 1);
  CHECK(draft.components[0].entry["except"][0] == "components/\\[c\\].tsx");
}

TEST_CASE("nuxt 3 and 2 start differently; components and server routes can be switched") {
  Tree three;
  three
      .file("package.json",
            R"({"scripts": {"build": "nuxt build"}, "dependencies": {"nuxt": "^3.17.0"}})")
      .file("pages/index.vue", "")
      .file("pages/news/[id].vue", "")
      .file("components/Video.vue", "")
      .file("server/api/hello.get.ts", "")
      .file("server/api/cart.post.ts", "");
  const Draft draft = look_at(three.root());
  CHECK(draft.ecosystem == "nuxt");
  CHECK(start_of(draft) == "node .output/server/index.mjs");
  CHECK(paths_of(draft) == Paths{"/", "/news/{n}", "/api/hello"});
  CHECK(count_units(draft) == 3);

  Tree two;
  two.file("package.json", R"({"devDependencies": {"nuxt": "2.17.1"}})")
      .file("pages/news/_id.vue", "");
  const Draft old = look_at(two.root());
  CHECK(start_of(old) == "node_modules/.bin/nuxt start");
  CHECK(old.build.value == "node_modules/.bin/nuxt build");
  CHECK(paths_of(old) == Paths{"/news/{n}"});
}

TEST_CASE("vite with a rendering server is started for production") {
  Tree tree;
  tree.file("package.json", R"({"scripts": {"dev": "node server", "build": "npm run build:server",
    "build:server": "vite build --ssr src/entry-server.js", "preview": "cross-env NODE_ENV=production node server"},
    "dependencies": {"express": "5"}, "devDependencies": {"vite": "7"}})")
      .file("server.js", "const port = process.env.PORT || 5173\n");
  const Draft draft = look_at(tree.root());
  CHECK(draft.ecosystem == "vite SSR");
  CHECK(start_of(draft) == "node server");
  CHECK(draft.env.at("NODE_ENV").value == "production");
  CHECK(draft.env.contains("PORT"));
}

TEST_CASE("a broken package.json is still a Node project, started by its usual file") {
  Tree tree;
  tree.file("package.json", "{ not json").file("index.js", "http.createServer(f).listen(8080)\n");
  const Draft draft = look_at(tree.root());
  CHECK(draft.ecosystem == "node");
  CHECK(start_of(draft) == "node index.js");
}

TEST_CASE("the main file of a library is no server") {
  Tree library;
  library.file("package.json", R"({"main": "index.js", "dependencies": {"qs": "6"}})")
      .file("index.js", "module.exports = f\nif (!uri.port) uri.port = 80\n")
      .file("examples/server.js", "require('http').createServer(f).listen(8080)\n");
  const Draft draft = look_at(library.root());
  CHECK(draft.ecosystem == "node");
  CHECK(draft.start.value.is_null());
  CHECK(draft.install.command.find("npm install") == 0);
  REQUIRE(!draft.notes.empty());
  CHECK(draft.notes.back().find("index.js (\"main\" in package.json:1)") == 0);
  library.file("lib/serve.js", "require('http').createServer(f).listen(8080)\n");
  CHECK(start_of(look_at(library.root())) == "node index.js");
}
