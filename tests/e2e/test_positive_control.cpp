// A leak of known size that is put into what is measured, with the real binary: seen in servers in
// C and in Node, told by check, plan and hunts; and a load that reaches nobody makes nothing clean.

#include "nasty_hunt.hpp"

#include <doctest/doctest.h>

namespace leakbisect::e2e::test_positive_control {

using nlohmann::json;

namespace {

json quiet_hunt(const Workshop& shop) {
  json hunt = nasty_hunt(shop, "", 32);
  hunt["limits"]["trial"] = "60s";
  hunt["limits"]["memory"] = "1GiB";
  hunt["limits"]["budget"] = "250s";
  return hunt;
}

// What the check says of the known leak.
json checked(const Workshop& shop, const json& hunt) {
  shop.write("hunt.json", hunt.dump(1));
  const Ran ran = shop.leakbisect({"check", "hunt.json", "--json"});
  CAPTURE(ran.out);
  CAPTURE(ran.err);
  CHECK(processes_naming(shop.path().string()).empty());
  const json said = json::parse(ran.out);
  for (const json& point : said["points"])
    if (point["point"] == "known leak") return point;
  FAIL("nothing was said of a known leak");
  return {};
}

bool says(const json& text, const std::string& words) {
  return text.get<std::string>().find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("a known leak is seen beside a server in C, as what it is") {
  const Workshop shop;
  const json point = checked(shop, quiet_hunt(shop));
  CAPTURE(point.dump());
  CHECK(point["state"] == "ok");
  CHECK(says(point["text"], "a leak of 1.00 KiB/request put into a process beside the server"));
}

TEST_CASE("a known leak is seen in the heap of a Node server") {
  const Workshop shop;
  if (shop.run({"node", "--version"}).code != 0) {
    MESSAGE("skipped: node is needed");
    return;
  }
  json hunt = quiet_hunt(shop);
  shop.write("app/server.cjs",
             "require('http').createServer((request, response) => response.end('ok'))\n"
             "  .listen(+process.env.PORT, '127.0.0.1');\n");
  hunt["subject"]["start"] = {"node", "server.cjs"};
  hunt["subject"]["ready"] = {{"http", "/"}};
  hunt.erase("memory");
  const json point = checked(shop, hunt);
  CAPTURE(point.dump());
  CHECK(says(point["text"], "put into the server's own heap was seen as"));
}

TEST_CASE("a hunt tells what became of its known leak, and does not run it again") {
  const Workshop shop;
  json hunt = quiet_hunt(shop);
  hunt["search"]["positive_control"] = true;
  shop.write("hunt.json", hunt.dump(1));
  const Ran ran = shop.leakbisect({"run", "hunt.json", "--out", "out"});
  CAPTURE(ran.out);
  CAPTURE(ran.err);
  CHECK(ran.code == 0);
  CHECK(processes_naming(shop.path().string()).empty());
  const json report = report_in(shop.path() / "out");
  CHECK(report["culprits"][0]["unit"] == "leaky");
  CHECK(says(report["positive_control"], "was seen as"));
  CHECK(ran.out.find("known leak") != std::string::npos);
  int controls = 0;
  for (const json& trial : report["trials"]) controls += trial["purpose"] == "positive_control";
  CHECK(controls >= 2);
  const Ran again = shop.leakbisect({"resume", "out"});
  CHECK(again.code == 0);
  CHECK(report_in(shop.path() / "out")["positive_control"] == report["positive_control"]);
  CHECK(report_in(shop.path() / "out")["trials"].size() == report["trials"].size());
}

TEST_CASE("a load that reaches nobody makes nothing clean") {
  const Workshop shop;
  json hunt = quiet_hunt(shop);
  hunt["load"] = {{"command", "n=0; while sleep 0.1; do n=$((n+50)); echo requests $n; done"}};
  hunt["limits"]["trial"] = "10s";
  shop.write("hunt.json", hunt.dump(1));
  const Ran check = shop.leakbisect({"check", "hunt.json", "--json"});
  CHECK(check.code != 0);
  const json trial = json::parse(check.out)["points"].back();
  CAPTURE(trial.dump());
  CHECK(trial["state"] == "problem");
  CHECK(says(trial["text"], "nobody connected to port"));
  CHECK(says(trial["text"], "127.0.0.1:{port}"));
  const Ran ran = shop.leakbisect({"run", "hunt.json", "--out", "out"});
  CAPTURE(ran.out);
  CHECK(ran.code == 5);
  CHECK(says(report_in(shop.path() / "out")["sentence"], "nobody connected to port"));
  const Ran alone = shop.leakbisect({"measure", "hunt.json", "--alone", "--for", "5s"});
  CAPTURE(alone.out);
  CHECK(alone.code == 125);
}

}  // namespace leakbisect::e2e::test_positive_control
