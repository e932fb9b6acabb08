// Loads other than ours by HTTP: a command of the user's, and raw TCP; with which folders and
// connections.

#include "nasty_hunt.hpp"

#include <doctest/doctest.h>

#include <filesystem>

namespace leakbisect::e2e::test_loads {

using nlohmann::json;

namespace {

// What a trial of the hunt says. It is too short to be always sure.
json measured(const Workshop& shop, const json& hunt) {
  shop.write("place/hunt.json", hunt.dump(1));
  const Ran ran = shop.leakbisect(
      {"measure", "place/hunt.json", "--alone", "--for", "12s", "--json", "--out", "out"}, 120);
  CAPTURE(ran.out);
  CAPTURE(ran.err);
  json record = json::parse(ran.out, nullptr, false);
  REQUIRE(record.is_object());
  return record;
}

// nasty_hunt, its hunt file one folder down.
json hunt_below(const Workshop& shop, int leak_kib) {
  json hunt = nasty_hunt(shop, "", leak_kib);
  hunt["subject"]["directory"] = "../app";
  return hunt;
}

}  // namespace

TEST_CASE("a load command runs in the hunt file's folder, and is told it and the server's") {
  const Workshop shop;
  json hunt = hunt_below(shop, 0);
  shop.write("place/drive.sh",
             "pwd > seen.txt\n"
             "echo \"$1\" >> seen.txt\n"
             "echo \"$2\" >> seen.txt\n"
             "n=0\n"
             "while :; do n=$((n + 10)); echo requests $n; sleep 0.1; done\n");
  hunt["load"] = {{"command", {"sh", "drive.sh", "{hunt_directory}", "{directory}"}}};
  hunt["subject"]["env"]["HERE"] = "{hunt_directory}";
  hunt["subject"]["build"] = "echo {hunt_directory} {directory} > told.txt";
  const json record =
      measured(shop, hunt);  // nobody sends a request: it does not matter what it says
  CAPTURE(record.dump());
  const std::string place = (shop.path() / "place").string();
  std::string seen = read_text(shop.path() / "place" / "seen.txt");
  REQUIRE(!seen.empty());
  CHECK(seen.rfind(place + "\n" + place + "\n", 0) == 0);
  const std::string directory = seen.substr(2 * place.size() + 2);
  CHECK(directory.find((shop.path() / "out" / "slots").string()) == 0);
  bool found = false;
  for (const auto& file : std::filesystem::recursive_directory_iterator(shop.path() / "out"))
    if (file.path().filename() == "told.txt") {
      found = true;
      CHECK(read_text(file.path()) == place + " " + directory);
    }
  CHECK(found);
}

TEST_CASE("a server that is loaded by raw TCP is measured") {
  const Workshop shop;
  json hunt = hunt_below(shop, 16);
  hunt["load"] = {
      {"tcp", {{"send", "GET / HTTP/1.1\r\n\r\n"}, {"expect", "\r\n\r\nok\n"}, {"rate", 300}}}};
  const json record = measured(shop, hunt);
  CAPTURE(record.dump());
  CHECK(record["verdict"] != "clean");
  CHECK(record["slope_bytes_per_request"] > 12 * 1024);
  CHECK(record["load"]["failed"] == 0);
  CHECK(record["load"]["status"].empty());
  CHECK(record["followed"].empty());
}

TEST_CASE("a connection a request reaches the same server, and is seen to") {
  const Workshop shop;
  json hunt = hunt_below(shop, 16);
  hunt["load"]["http"]["keep_alive"] = false;
  hunt["load"]["http"]["rate"] = 300;
  const json record = measured(shop, hunt);
  CAPTURE(record.dump());
  CHECK(record["verdict"] != "clean");
  CHECK(record["slope_bytes_per_request"] > 12 * 1024);
  CHECK(record["followed"].empty());
  CHECK(record["events"].dump().find("nobody was seen to answer") == std::string::npos);
}

}  // namespace leakbisect::e2e::test_loads
