// Mistakes that people make in a hunt file, one a row: each is told by `check`, at the place in the
// file where it stands, with what would be right.

#include "nasty_hunt.hpp"
#include "repository.hpp"

#include <doctest/doctest.h>

namespace leakbisect::e2e::test_mistakes {

namespace {

constexpr std::string_view right_file = R"({
  "subject": {
    "directory": "app",
    "start": ["SERVER", "{directory}"],
    "env": {"PORT": "{port}", "LEAK": "8"},
    "ready": {"http": "/healthz", "timeout": "3s"},
    "stop": {"grace": "300ms"}
  },
  "load": {"http": {"rate": 200, "requests": [{"path": "/"}]}},
  "memory": {"metric": "anon"},
  "units": {"components": [
    {"name": "leaky", "off": {"env": {"LEAK": "0"}}},
    {"name": "video", "off": {"remove": "video.js"}}
  ]},
  "search": {"smallest_leak": "1KiB/request"},
  "limits": {"trial": "10s", "budget": "90s"}
}
)";

struct Edit {
  std::string from, to;
};

// What is taken for the whole rest of the file's units.
const std::string components = R"("components": [
    {"name": "leaky", "off": {"env": {"LEAK": "0"}}},
    {"name": "video", "off": {"remove": "video.js"}}
  ])";
const std::string leaky_off = R"({"env": {"LEAK": "0"}})";
const std::string video_off = R"({"remove": "video.js"})";
const std::string video = R"({"name": "video", "off": {"remove": "video.js"}})";
const std::string start = R"("start": ["SERVER", "{directory}"])";
const std::string ready = R"("ready": {"http": "/healthz")";
const std::string directory = R"("directory": "app")";

std::vector<Edit> git(const std::string& units) {
  return {{components, "\"git\": " + units}, {directory, R"("directory": "repo")"}};
}

struct Mistake {
  const char* name;
  std::vector<Edit> edits;
  const char* place;               ///< LINE:COLUMN: and the JSON path, where it is known
  std::vector<const char*> words;  ///< what was found, what is right
};

const std::vector<Mistake>& mistakes() {
  static const std::vector<Mistake> all{
      {"trailing comma", {{R"("90s"})", R"("90s",})"}}, "16:46: ", {"unexpected }", "no comma"}},
      {"missing quote", {{R"("app")", R"(app")"}}, "3:18: ", {"app", "double quotes"}},
      {"single quotes", {{directory, "'directory': 'app'"}}, "3:5: ", {"'", "double quotes"}},
      {"yaml",
       {{std::string(right_file), "subject:\n  directory: app\n"}},
       "1:1: ",
       {"subject", "begins with {", "leakbisect init"}},
      {"empty file",
       {{std::string(right_file), ""}},
       "1:1: ",
       {"the file ends", "leakbisect init"}},
      {"mistyped key",
       {{R"("path")", R"("pathh")"}},
       "9:48: /load/http/requests/0/pathh: ",
       {"did you mean \"path\"?", "method"}},
      {"duration without unit",
       {{R"("10s")", R"("10")"}},
       "16:23: /limits/trial: ",
       {"\"10\"", "\"90s\""}},
      {"duration in words",
       {{R"("90s")", R"("8 hours")"}},
       "16:40: /limits/budget: ",
       {"\"8 hours\"", "did you mean \"8h\"?"}},
      {"size",
       {{R"("budget")", R"("memory": "4GB4", "budget")"}},
       "16:40: /limits/memory: ",
       {"\"4GB4\"", "\"4GiB\""}},
      {"no such directory",
       {{directory, R"("directory": "ap")"}},
       "3:18: /subject/directory: ",
       {"\"ap\"", "does not exist", "beside the hunt file"}},
      {"no subject",
       {{std::string(right_file), R"({"load": {"http": {}}, "units": {"components": []}})"}},
       "1:1: top level: ",
       {"exactly one of \"subject\" or \"oracle\""}},
      {"no units",
       {{"\"units\": {" + components + "},\n", ""}},
       "1:1: /units: ",
       {"missing", "\"git\""}},
      {"program is not there",
       {{start, R"("start": ["nodde", "server.mjs"])"}},
       "4:14: /subject/start: ",
       {"nodde", "not found", "install it"}},
      {"program in a line for the shell",
       {{start, R"("start": "LEAK=9 nodde server.mjs")"}},
       "4:14: /subject/start: ",
       {"nodde", "not found", "install it"}},
      {"script is not there",
       {{start, R"("start": ["sh", "-e", "servr.sh"])"}},
       "4:14: /subject/start: ",
       {"no file servr.sh", "did you mean \"server.sh\"?"}},
      {"environment as a list",
       {{R"({"PORT": "{port}", "LEAK": "8"})", R"(["PORT={port}"])"}},
       "5:12: /subject/env: ",
       {R"(did you mean {"PORT":"{port}"}?)"}},
      {"rate as a text",
       {{"200", R"("200")"}},
       "9:29: /load/http/rate: ",
       {"did you mean 200 without quotes?"}},
      {"rate of 0",
       {{"200", "0"}},
       "9:29: /load/http/rate: ",
       {"0 is out of range", "above 0", "\"auto\""}},
      {"rate with unit",
       {{"200", R"("50/s")"}},
       "9:29: /load/http/rate: ",
       {"did you mean 50 without quotes?"}},
      {"path without slash",
       {{R"({"path": "/"})", R"({"path": "items"})"}},
       "9:56: /load/http/requests/0/path: ",
       {"did you mean \"/items\"?"}},
      {"whole address as path",
       {{R"({"path": "/"})", R"({"path": "http://localhost:3000/items"})"}},
       "9:56: /load/http/requests/0/path: ",
       {"host and port are the trial's", "did you mean \"/items\"?"}},
      {"method in small letters",
       {{R"({"path": "/"})", R"({"method": "post"})"}},
       "9:58: /load/http/requests/0/method: ",
       {"did you mean \"POST\"?"}},
      {"body as an object",
       {{R"({"path": "/"})", R"({"path": "/", "body": {"a": 1}})"}},
       "9:69: /load/http/requests/0/body: ",
       {R"(did you mean "{\"a\":1}"?)"}},
      {"glob that fits nothing",
       {{video, R"({"glob": "components/**/*.vue", "off": {"remove": true}})"}},
       "13:14: /units/components/1/glob: ",
       {"components/**/*.vue", "fits no file", "such as"}},
      {"glob with a switch of named ones",
       {{video,
         R"({"glob": "*.js", "off": {"json": {"file": "data.json", "set": {"/live": 0}}}})"}},
       "13:30: /units/components/1/off/json: ",
       {"components with a \"name\"", R"({"remove": true})"}},
      {"no switch",
       {{", \"off\": " + video_off, ""}},
       "13:5: /units/components/1/off: ",
       {"missing", R"({"env": {"VIDEO": "0"}})"}},
      {"needs an unknown one",
       {{video_off, video_off + R"(, "needs": ["leaki"])"}},
       "13:64: /units/components/1/needs/0: ",
       {"did you mean \"leaky\"?"}},
      {"needs in a circle",
       {{video_off, video_off + R"(, "needs": ["leaky"])"},
        {leaky_off, leaky_off + R"(, "needs": ["video"])"}},
       "12:63: /units/components/0/needs: ",
       {"circle", "do not come back"}},
      {"a name twice",
       {{R"("video")", R"("leaky")"}},
       "13:6: /units/components/1/name: ",
       {"\"leaky\"", "/units/components/0", "each name once"}},
      {"components as an object",
       {{components, R"("components": {"leaky": {"off": {"env": {"LEAK": "0"}}}})"}},
       "11:27: /units/components: ",
       {"is an object", "an array such as [{\"name\""}},
      {"switch that is false",
       {{video_off, "false"}},
       "13:30: /units/components/1/off: ",
       {"\"always_on\": true", "an object such as"}},
      {"variable without env",
       {{leaky_off, R"({"LEAK": "0"})"}},
       "12:30: /units/components/0/off: ",
       {R"(did you mean {"env": {"LEAK":"0"}}?)"}},
      {"JSON file that is not there",
       {{video_off, R"({"json": {"file": "dat.json", "set": {"/live": false}}})"}},
       "13:30: /units/components/1/off: ",
       {"dat.json", "did you mean \"data.json\"?"}},
      {"JSON pointer without slash",
       {{video_off, R"({"json": {"file": "data.json", "set": {"live": false}}})"}},
       "13:69: /units/components/1/off/json/set/live: ",
       {"\"live\"", "such as \"/live\""}},
      {"JSON pointer that leads nowhere",
       {{video_off, R"({"json": {"file": "data.json", "set": {"/page/live": false}}})"}},
       "13:30: /units/components/1/off: ",
       {"/page/live leads nowhere", "there is no /page", "the file has \"live\""}},
      {"file outside",
       {{video_off, R"({"remove": "../hunt.json"})"}},
       "13:41: /units/components/1/off/remove: ",
       {"goes up and out", "stays in /subject/directory"}},
      {"file that is not there",
       {{video_off, R"({"remove": "vide.js"})"}},
       "13:30: /units/components/1/off: ",
       {"vide.js", "did you mean \"video.js\"?"}},
      {"region that is not there",
       {{video_off, R"({"mask": {"file": "video.js", "region": "ads"}})"}},
       "13:30: /units/components/1/off: ",
       {"no region \"ads\"", "leakbisect:begin ads"}},
      {"components and commits",
       {{R"("components")", R"("git": {"good": "v1"}, "components")"}},
       "11:12: /units: ",
       {"\"components\" and \"git\" at once", "exactly one of"}},
      {"good end that is no commit",
       git(R"({"good": "v0.9"})"),
       "11:29: /units/git/good: ",
       {"\"v0.9\" is no commit", "tag or branch"}},
      {"good end that is mistyped",
       git(R"({"good": "release1"})"),
       "11:29: /units/git/good: ",
       {"did you mean \"release-1\"?"}},
      {"ends the other way round",
       git(R"({"good": "v2", "bad": "v1"})"),
       "11:29: /units/git/good: ",
       {"comes after the bad end", "exchange them"}},
      {"the same end twice",
       git(R"({"good": "v1", "bad": "v1"})"),
       "11:21: /units/git/good: ",
       {"\"v1\" is the newer end too", "a commit before it"}},
      {"the same end by two names",
       git(R"({"good": "v2", "bad": "HEAD"})"),
       "11:29: /units/git/good: ",
       {"\"v2\" and the bad end \"HEAD\" are both", "a commit before it"}},
      {"paths that nothing touches",
       git(R"({"good": "v1", "paths": ["pag.txt"]})"),
       "11:44: /units/git/paths: ",
       {"touches pag.txt", "top folder", "did you mean \"page.txt\"?"}},
      {"no {port}",
       {{R"("{port}")", R"("3000")"}},
       "2:14: /subject: ",
       {"{port} stands neither", R"("env": {"PORT": "{port}"})", "\"port\": 3000"}},
      {"two ways to be ready",
       {{ready, ready + R"(, "tcp": true)"}},
       "6:14: /subject/ready: ",
       {"\"tcp\" and \"http\" at once", "exactly one of"}},
      {"no regular expression",
       {{ready, R"("ready": {"log": "listening on (")"}},
       "6:22: /subject/ready/log: ",
       {"missing )", "RE2"}},
      {"mistyped metric",
       {{R"("anon")", R"("annon")"}},
       "10:24: /memory/metric: ",
       {"did you mean \"anon\"?", "\"settled\""}},
      {"heap metric without heap",
       {{R"("anon")", R"("heap_used")"}},
       "10:3: /memory: ",
       {"needs \"heap\"", "\"pointer\": \"/heapUsed\"", "such as \"anon\""}},
      {"mistyped strategy",
       {{R"("smallest)", R"("strategy": "spilt", "smallest)"}},
       "15:26: /search/strategy: ",
       {"did you mean \"split\"?", "leakbisect strategies"}},
      {"confidence in percent",
       {{R"("smallest)", R"("confidence": 99, "smallest)"}},
       "15:28: /search/confidence: ",
       {"99 is out of range", "such as 0.99"}},
      {"confidence with a sign",
       {{R"("smallest)", R"("confidence": "99%", "smallest)"}},
       "15:28: /search/confidence: ",
       {"did you mean 0.99 without quotes?"}},
      {"smallest leak in words",
       {{R"("1KiB/request")", R"("small")"}},
       "15:31: /search/smallest_leak: ",
       {"\"small\"", "\"1KiB/request\""}},
      {"routes of one request",
       {{components, R"("routes": {})"}},
       "11:23: /units/routes: ",
       {"two or more routes", "/load/http/requests has one"}},
      {"unknown route",
       {{components, R"("routes": {"always_on": ["GET /login"]})"},
        {R"({"path": "/"})", R"({"path": "/"}, {"path": "/a"})"}},
       "11:24: /units/routes/always_on: ",
       {"\"GET /login\" is no route", "\"GET /\" or \"GET /a\""}},
      {"port of 0",
       {{"\"ready\"", "\"port\": 0, \"ready\""}},
       "6:13: /subject/port: ",
       {"from 1 to 65535"}},
      {"key of a section at the top",
       {{R"("search")", R"("smallestLeak": 5, "search")"}},
       "15:3: /smallestLeak: ",
       {"did you mean /search/smallest_leak?"}},
  };
  return all;
}

void replace(std::string& text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE_MESSAGE(at != std::string::npos, from);
  text.replace(at, from.size(), to);
}

// A folder with what the file names: a subject, and a repository of four commits.
class Mistaken {
 public:
  Mistaken() : repository_(shop_, "repo") {
    shop_.write("app/video.js", "// video\n");
    shop_.write("app/server.sh", "exit 0\n");
    shop_.write("app/data.json", "{\"live\": true}\n");
    for (const char* tag : {"v1", "release-1", "v1.5", "v2"}) {
      repository_.write("page.txt", tag);
      static_cast<void>(repository_.commit(tag));
      static_cast<void>(repository_.git(std::string("tag ") + tag));
    }
  }

  // What `check` prints of the file with these edits.
  Ran check(const std::vector<Edit>& edits, bool with_trial = false) const {
    std::string text(right_file);
    for (const Edit& edit : edits) replace(text, edit.from, edit.to);
    if (text.find("SERVER") != std::string::npos) replace(text, "SERVER", LB_NASTY_SERVER);
    shop_.write("hunt.json", text);
    std::vector<std::string> arguments{"check", "hunt.json"};
    if (!with_trial) arguments.emplace_back("--no-trial");
    Ran ran = shop_.leakbisect(arguments);
    ran.out += ran.err;
    return ran;
  }

  [[nodiscard]] const Workshop& shop() const { return shop_; }

 private:
  Workshop shop_;
  Repository repository_;
};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("every mistake is refused at its place, with what would be right") {
  const Mistaken file;
  for (const Mistake& mistake : mistakes()) {
    CAPTURE(std::string(mistake.name));
    const Ran ran = file.check(mistake.edits);
    CHECK((ran.code == 2 || ran.code == 5));
    CHECK_MESSAGE(contains(ran.out, std::string("hunt.json:") + mistake.place), ran.out);
    for (const char* words : mistake.words)
      CHECK_MESSAGE(contains(ran.out, words), std::string(words) << " is missing in " << ran.out);
  }
}

TEST_CASE("what is right is accepted, with what it can answer") {
  const Mistaken file;
  const Ran plain = file.check({});
  CHECK_MESSAGE(plain.code == 0, plain.out);
  CHECK(!contains(plain.out, "warning"));
  const auto absolute = file.shop().path() / "app";
  CHECK(file.check({{R"("app")", "\"" + absolute.string() + "\""}}).code == 0);
  const Ran one = file.check({{",\n    " + video, ""}});
  CHECK(one.code == 0);
  CHECK(contains(one.out, "of one unit the hunt says whether it leaks"));
  const Ran no_good_end = file.check(git(R"({"bad": "v2"})"));
  CHECK(no_good_end.code == 0);
  CHECK(contains(no_good_end.out, "no good end is named"));
  const Ran shell = file.check({{start, R"("start": "cd /tmp && nodde")"}});
  CHECK_MESSAGE(shell.code == 0, shell.out);
}

TEST_CASE("a switch that does nothing is a warning") {
  const Mistaken file;
  const Ran unread = file.check({{R"("LEAK": "0")", R"("LEEK": "0")"}});
  CHECK(unread.code == 0);
  CHECK_MESSAGE(contains(unread.out, "warning  switch"), unread.out);
  CHECK(contains(unread.out, "hunt.json:12:47: /units/components/0/off/env/LEEK: "));
  CHECK(contains(unread.out, "\"leaky\" is never off"));
  const Ran same =
      file.check({{video_off, R"({"replace": {"file": "video.js", "text": "// video\n"}})"}});
  CHECK(same.code == 0);
  CHECK_MESSAGE(contains(same.out, "hunt.json:13:30: /units/components/1/off: "), same.out);
  CHECK(contains(same.out, "leaves video.js as it is"));
  // A container's files are not the subject's, and runtimes have variables of their own.
  CHECK(!contains(file.check({{R"("LEAK": "0")", R"("NODE_ENV": "0")"}}).out, "warning"));
  CHECK(!contains(file.check({{R"("LEAK": "0")", R"("LEEK": "0")"},
                              {start, R"("start": "cd . && docker run -p {port}:80 image")"}})
                      .out,
                  "warning"));
}

TEST_CASE("a server that listens elsewhere is told where, and at once where it cannot know") {
  const Mistaken file;
  const std::string port = std::to_string(some_free_port());
  const Ran elsewhere =
      file.check({{R"("PORT": "{port}")", R"("HTTP": "{port}", "PORT": ")" + port + "\""}}, true);
  CHECK(elsewhere.code == 5);
  CHECK_MESSAGE(contains(elsewhere.out, "it listens on port " + port + " instead of "),
                elsewhere.out);
  CHECK(contains(elsewhere.out, "hunt.json:4:14: /subject/start: "));
  const Ran untold = file.check(
      {{R"("PORT": "{port}")", R"("PORT": ")" + port + "\""}, {R"("3s")", R"("60s")"}}, true);
  CHECK(untold.code == 5);
  CHECK_MESSAGE(contains(untold.out, "it listens on port " + port + ", and {port} stands neither"),
                untold.out);
  CHECK(untold.seconds < 20);
}

TEST_CASE("both ends are tried: what they answer otherwise, and how long the night may be") {
  const Mistaken file;
  const Ran ran =
      file.check({{leaky_off, R"({"env": {"LEAK": "0", "LACKS": "/"}})"},
                  {R"("trial": "10s", "budget": "90s")", R"("trial": "4s", "budget": "5s")"}},
                 true);
  CHECK(ran.code == 0);
  CHECK_MESSAGE(contains(ran.out, "all on: built in"), ran.out);
  CHECK(contains(ran.out, "all off: built in"));
  CHECK(contains(ran.out, "warning  routes     GET / is answered with 200 by all on and with 404"));
  CHECK(contains(ran.out, "warning  time       a trial takes "));
  CHECK(contains(ran.out, "of a budget of 5.0 s: raise limits.budget"));
}

}  // namespace leakbisect::e2e::test_mistakes
