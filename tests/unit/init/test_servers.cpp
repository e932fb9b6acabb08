// Projects of the other languages.

#include "init/command_line.hpp"
#include "init/ecosystem.hpp"
#include "tree.hpp"

#include <doctest/doctest.h>

using namespace leakbisect::init;

namespace {

struct Expected {
  std::string ecosystem, start;
};

void check_project(const Tree& tree, const Expected& expected) {
  const Draft draft = look_at(tree.root());
  CAPTURE(expected.ecosystem);
  CHECK(draft.ecosystem == expected.ecosystem);
  REQUIRE(!draft.start.value.is_null());
  CHECK(shown(draft.start.value) == expected.start);
}

// The interpreter is the host's own or the virtual environment's, as the host has the module.
std::string start_without_interpreter(const Draft& draft) {
  const std::string line = shown(draft.start.value);
  return line.substr(line.find(' ') + 1);
}

}  // namespace

TEST_CASE("cmake: the program that listens, in its folder, with its port as an argument") {
  Tree tree;
  tree.file("CMakeLists.txt",
            "project(shop)\nadd_executable(tool tool.cpp)\nadd_subdirectory(server)\n")
      .file("tool.cpp", "int main() {}\n")
      .file("server/CMakeLists.txt", "add_executable(shopd\n  main.cpp\n  extra.cpp)\n")
      .file("server/main.cpp",
            "int main(int argc, char** argv) {\n  const int port = std::atoi(argv[1]);\n"
            "  if (path == \"/cart\") answer();\n  listen(fd, 16);\n}\n")
      .file("server/extra.cpp", "");
  check_project(tree, {"cmake", "build/server/shopd {port}"});
  const Draft draft = look_at(tree.root());
  CHECK(draft.build.value.find("cmake -S . -B build") == 0);
  CHECK(draft.start.why == "add_executable in server/CMakeLists.txt:1");
  REQUIRE(draft.requests.size() == 1);
  CHECK(draft.requests[0].value.path == "/cart");
}

TEST_CASE("make: the plain line of the target run, or the program's name") {
  Tree run;
  run.file("Makefile", "all: srv\n\nrun: all\n\t@./srv --quiet\n")
      .file("srv.c", "int main() { a.sin_port = htons(8080); listen(fd, 1); }\n");
  check_project(run, {"make", "./srv --quiet"});
  CHECK(look_at(run.root()).port.number == 8080);
  Tree target;
  target.file("Makefile", "TARGET = httpd\n$(TARGET): main.c\n")
      .file("main.c", "port = getenv(\"PORT\");\n");
  check_project(target, {"make", "./httpd"});
}

TEST_CASE("autotools: what makes configure, and the program that is installed and listens") {
  Tree proxy;
  proxy.file("configure.ac", "AC_INIT([proxy], [1.0])\n")
      .file("autogen.sh", "autoreconf -i && $srcdir/configure \"$@\"\n")
      .file("Makefile.am", "SUBDIRS = src tools\n")
      .file("tools/Makefile.am", "bin_PROGRAMS = a_tool\n")
      .file("tools/tool.c", "int main() {}\n")
      .file("src/Makefile.am", "noinst_PROGRAMS = selftest\nsbin_PROGRAMS = proxyd\n")
      .file("src/main.c", "int main(int argc, char** argv) { listen(fd, atoi(argv[1])); }\n");
  check_project(proxy, {"autotools", "./src/proxyd {port}"});
  CHECK(look_at(proxy.root()).build.value == "./autogen.sh && make -j2");

  Tree plain;
  plain.file("configure.ac", "").file("autogen.sh", "autoreconf -i\necho now run ./configure\n");
  CHECK(look_at(plain.root()).build.value == "./autogen.sh && ./configure && make -j2");
  CHECK(look_at(plain.root()).start.value.is_null());
  plain.file("configure", "");
  CHECK(look_at(plain.root()).build.value == "./configure && make -j2");
  Tree bare;
  bare.file("configure.in", "");
  CHECK(look_at(bare.root()).build.value == "autoreconf -fi && ./configure && make -j2");
}

TEST_CASE("cargo and go") {
  Tree cargo;
  cargo.file("Cargo.toml", "[package]\nname = \"shop\"\n")
      .file("src/main.rs",
            "let port = std::env::var(\"PORT\");\n.route(\"/items/{id}\", get(f))\n");
  check_project(cargo, {"cargo", "target/release/shop"});
  CHECK(look_at(cargo.root()).requests.at(0).value.path == "/items/{n}");
  Tree go;
  go.file("go.mod", "module shop\n")
      .file("cmd/tool/main.go", "func main() {\n}\n")
      .file("cmd/web/main.go",
            "func main() {\n  addr := flag.String(\"addr\", \":8080\", \"\")\n"
            "  http.HandleFunc(\"/cart\", cart)\n  http.ListenAndServe(*addr, nil)\n}\n");
  check_project(go, {"go", "./leakbisect-server -addr=127.0.0.1:{port}"});
  CHECK(look_at(go.root()).build.value == "go build -o leakbisect-server ./cmd/web");
}

TEST_CASE("flask, django, fastapi and a plain server in Python") {
  Tree flask;
  flask.file("requirements.txt", "Flask==3.0\n")
      .file("shop/app.py",
            "app = Flask(__name__)\n@app.route(\"/item/<int:id>\")\ndef f(): pass\n");
  Draft draft = look_at(flask.root());
  CHECK(draft.ecosystem == "flask");
  CHECK(start_without_interpreter(draft) ==
        "-m flask --app shop.app:app run --host 127.0.0.1 --port {port}");
  CHECK(draft.requests.at(0).value.path == "/item/{n}");

  Tree django;
  django.file("manage.py", "")
      .file("requirements.txt", "django>=4\n")
      .file("shop/urls.py", "path('admin/', admin)\npath('cart/<int:id>/', f)\n");
  draft = look_at(django.root());
  CHECK(draft.ecosystem == "django");
  CHECK(start_without_interpreter(draft) == "manage.py runserver --noreload 127.0.0.1:{port}");
  REQUIRE(draft.requests.size() == 1);
  CHECK(draft.requests[0].value.path == "/cart/{n}/");

  Tree fastapi;
  fastapi.file("pyproject.toml", "dependencies = [\n  \"fastapi[standard]>=0.1\",\n]\n")
      .file("src/shop/main.py", "api = FastAPI()\n@api.get(\"/\")\n");
  draft = look_at(fastapi.root());
  CHECK(draft.ecosystem == "fastapi");
  CHECK(start_without_interpreter(draft) ==
        "-m uvicorn shop.main:api --host 127.0.0.1 --port {port} --app-dir src");

  Tree plain;
  plain.file("server.py",
             "port = int(sys.argv[1])\nif self.path == \"/x\": pass\n"
             "if __name__ == \"__main__\":\n    serve(port)\n");
  draft = look_at(plain.root());
  CHECK(draft.ecosystem == "python");
  CHECK(shown(draft.start.value) == "python3 server.py {port}");
  CHECK(draft.requests.at(0).value.path == "/x");
}

TEST_CASE("routes of blueprints and routers have the prefixes that they stand below") {
  const auto paths_of = [](const Tree& tree) {
    std::string all;
    for (const auto& request : look_at(tree.root()).requests) all += request.value.path + " ";
    return all;
  };
  Tree flask;
  flask.file("requirements.txt", "flask\n")
      .file("app.py",
            "from flask import Flask\nfrom cart import bp as cart\nimport admin\n"
            "app = Flask(__name__)\napp.register_blueprint(cart)\n"
            "app.register_blueprint(\n    admin.bp,\n    url_prefix='/boss')\n"
            "@app.route('/')\ndef home(): pass\n"
            "@app.route('/pay', methods=['POST'])\ndef pay(): pass\n")
      .file("cart.py",
            "bp = Blueprint('cart', __name__,\n               url_prefix='/cart')\n"
            "@bp.route('/list')\ndef f(): pass\n")
      .file("admin.py",
            "bp = Blueprint('admin', __name__, url_prefix='/admin')\n"
            "@bp.get('/users/<int:id>')\ndef f(): pass\n");
  CHECK(paths_of(flask) == "/boss/users/{n} / /cart/list ");
  Tree fastapi;
  fastapi.file("requirements.txt", "fastapi\n")
      .file("main.py",
            "app = FastAPI()\napp.include_router(api_router, prefix=\"/v1\")\n"
            "app.include_router(hidden.router, prefix=settings.PLACE)\n"
            "from routes import api_router\n")
      .file("routes.py",
            "from items import router\napi_router = APIRouter()\n"
            "api_router.include_router(router, tags=[\"x\"], prefix=\"/shop\")\n")
      .file("items.py", "router = APIRouter(prefix=\"/items\")\n@router.get(\"/{id}\")\n")
      .file("hidden.py", "router = APIRouter()\n@router.get(\"/nobody-knows\")\n");
  CHECK(paths_of(fastapi) == "/v1/shop/items/{n} ");
}

TEST_CASE("a Python package: what serves is started, not a script beside it") {
  const std::string main = "if __name__ == \"__main__\":\n    main()\n";
  Tree library;
  library.file("setup.py", "").file("tools/usage.py", main).file("gate/core.py", "pass\n");
  CHECK(look_at(library.root()).start.value.is_null());
  library.file("gate/__main__.py", main);
  CHECK(start_without_interpreter(look_at(library.root())) == "-m gate");
  library.file("scripts/demo.py", "httpd.serve_forever()\n" + main);
  CHECK(start_without_interpreter(look_at(library.root())) == "scripts/demo.py");
}

TEST_CASE("ruby and php") {
  Tree rails;
  rails.file("Gemfile", "gem \"rails\"\ngem \"puma\"\n").file("config.ru", "");
  CHECK(shown(look_at(rails.root()).start.value).find("bundle exec rails server") == 0);
  Tree rack;
  rack.file("Gemfile", "gem 'puma'\n").file("config.ru", "").file("app.rb", "get '/x' do\n");
  check_project(rack, {"ruby", "bundle exec puma -b tcp://127.0.0.1:{port}"});
  Tree laravel;
  laravel.file("composer.json", R"({"require": {"php": "8"}})")
      .file("artisan", "")
      .file("routes/web.php", "Route::get('/shop', f);\n");
  CHECK(shown(look_at(laravel.root()).start.value).find("php artisan serve") == 0);
  CHECK(look_at(laravel.root()).requests.at(0).value.path == "/shop");
  Tree plain;
  plain.file("public/index.php", "");
  check_project(plain, {"php", "php -S 127.0.0.1:{port} -t public public/index.php"});
}

TEST_CASE("maven and gradle") {
  Tree boot;
  boot.file("pom.xml",
            "<project>\n<parent><groupId>org.springframework.boot</groupId>"
            "<artifactId>spring-boot-starter-parent</artifactId><version>3</version></parent>\n"
            "<artifactId>shop</artifactId>\n<version>1.2</version>\n</project>\n")
      .file("src/main/java/C.java", "@GetMapping(\"/cart/{id}\")\n");
  check_project(boot, {"maven",
                       "java -jar target/shop-1.2.jar --server.port={port} "
                       "--server.address=127.0.0.1"});
  Tree gradle;
  gradle
      .file("build.gradle",
            "plugins { id 'org.springframework.boot' version '3' }\nversion = '0.1'\n")
      .file("settings.gradle", "rootProject.name = 'shop'\n");
  CHECK(shown(look_at(gradle.root()).start.value).find("java -jar build/libs/shop-0.1.jar") == 0);
}

TEST_CASE("a project in a folder of the top is found, others are named") {
  Tree tree;
  tree.file("backend/package.json", R"({"main": "server.js"})")
      .file("backend/server.js", "s.listen(process.env.PORT)\n")
      .file("web/package.json", R"({"main": "index.js"})")
      .file("web/index.js", "s.listen(80)\n");
  const Draft draft = look_at(tree.root());
  CHECK(draft.folder == "backend");
  REQUIRE(!draft.notes.empty());
  CHECK(draft.notes.back().find("leakbisect init web") != std::string::npos);
}

TEST_CASE("what nothing recognises stays empty") {
  Tree tree;
  tree.file("notes.txt", "");
  const Draft draft = look_at(tree.root());
  CHECK(draft.ecosystem.empty());
  CHECK(draft.start.value.is_null());
}
