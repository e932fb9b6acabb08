// The commands that READMEs name: their options and files exist, and those of the examples' pages
// are run, or said to be run elsewhere.

#include "workshop.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <sstream>

namespace leakbisect::e2e::test_readmes {

namespace {

namespace fs = std::filesystem;

const fs::path source = LB_SOURCE_DIR;

struct Command {
  fs::path page;
  std::string text;
};

bool begins_as_command(std::string_view text) {
  for (const char* word : {"bash ", "examples/", "git bisect ", ".ci/", "cmake "})
    if (text.starts_with(word)) return true;
  const std::string_view name = "leakbisect ";  // rows of tables begin so, too
  return text.starts_with(name) && std::islower(text[name.size()]) != 0;
}

std::string trimmed(std::string text) {
  text.erase(std::min(text.find_last_not_of(" \\") + 1, text.size()));
  text.erase(0, std::min(text.find_first_not_of(' '), text.size()));
  return text;
}

// A line of commands without its comment, taken apart at `&&`.
void add_line(const fs::path& page, std::string line, std::vector<Command>& commands) {
  if (const auto comment = line.find("  #"); comment != std::string::npos) line.erase(comment);
  if (const auto comment = line.find(" # "); comment != std::string::npos) line.erase(comment);
  for (std::size_t from = 0; from < line.size();) {
    const std::size_t end = std::min(line.find("&&", from), line.size());
    std::string part = trimmed(line.substr(from, end - from));
    if (begins_as_command(part)) commands.push_back({page, std::move(part)});
    from = end + 2;
  }
}

// Those in blocks (four blanks, or a fence) and those in a line of text.
std::vector<Command> commands_of(const fs::path& page) {
  std::vector<Command> commands;
  std::istringstream text(read_text(page));
  bool is_fenced = false;
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with("```")) is_fenced = !is_fenced;
    if (is_fenced || line.starts_with("    ")) {
      add_line(page, trimmed(line), commands);
      continue;
    }
    for (auto from = line.find('`'); from != std::string::npos; from = line.find('`', from + 1)) {
      const auto end = line.find('`', from + 1);
      if (end == std::string::npos) break;
      add_line(page, line.substr(from + 1, end - from - 1), commands);
      from = end;
    }
  }
  return commands;
}

std::vector<fs::path> pages_of(const std::vector<const char*>& folders) {
  std::vector<fs::path> pages;
  for (const char* folder : folders)
    for (auto at = fs::recursive_directory_iterator(source / folder); at != fs::end(at); ++at) {
      if (at.depth() > 0) at.disable_recursion_pending();  // what examples make of themselves
      if (at->path().extension() == ".md") pages.push_back(at->path());
    }
  return pages;
}

// As a shell takes it apart.
std::vector<std::string> words_of(const Workshop& shop, const std::string& command) {
  const Ran ran = shop.run({"bash", "-c", "printf '%s\\n' " + command});
  REQUIRE(ran.code == 0);
  std::vector<std::string> words;
  std::istringstream lines(ran.out);
  for (std::string line; std::getline(lines, line);) words.push_back(line);
  return words;
}

// What the program itself offers after these words.
bool offers(const Workshop& shop, std::vector<std::string> words, const std::string& option) {
  words.insert(words.begin(), "complete-words");
  words.push_back(option);
  return ("\n" + shop.leakbisect(words).out).find("\n" + option + "\t") != std::string::npos;
}

void check_options(const Workshop& shop, const std::vector<std::string>& words) {
  const std::vector<std::string> command{words.at(1)};
  if (command[0] == "complete-words") return;  // for shells only
  CHECK_MESSAGE(offers(shop, {}, command[0]), "no command " << command[0]);
  for (std::size_t i = 2; i < words.size() && words[i] != "--"; ++i) {
    const std::string option = words[i].substr(0, words[i].find('='));
    if (option.starts_with("--") && option != "--help")
      CHECK_MESSAGE(offers(shop, command, option), "no option " << option);
  }
}

// Files of this project; others are the reader's own.
void check_files(const std::vector<std::string>& words) {
  for (const std::string& word : words)
    for (const char* folder : {"examples/", "tests/", "src/", ".ci/"})
      if (word.starts_with(folder)) CHECK_MESSAGE(fs::exists(source / word), "no file " << word);
}

// Commands of the examples' pages, and how each is run here; "": a test of its own does, named
// beside.
struct How {
  const char* command;
  const char* instead;
  const char* reason = "";
};
const std::vector<How> ways{
    {"examples/commits/make-repository.sh", "examples/commits/make-repository.sh"},
    {"bash examples/commits/make-repository.sh /tmp/repository", "", "as in examples/commits"},
    {"leakbisect run examples/custom-strategy/hunt.json",
     "leakbisect run examples/custom-strategy/hunt.json"},
    {"leakbisect run examples/commits/hunt.json",
     "leakbisect check examples/commits/hunt.json --no-trial"},
    {"leakbisect measure examples/commits/hunt.json --commit v1.0",
     "leakbisect check examples/commits/hunt.json --no-trial", "both: e2e_commits"},
    {"leakbisect run examples/routes/hunt.json",
     "leakbisect check examples/routes/hunt.json --no-trial"},
    {"leakbisect run examples/quickstart/hunt.json",
     "leakbisect check examples/quickstart/hunt.json --no-trial"},
    {"leakbisect plan examples/quickstart/hunt.json --quiet",
     "leakbisect check examples/quickstart/hunt.json --no-trial"},
    {"leakbisect run examples/npm-versions/hunt.json",
     "leakbisect check examples/npm-versions/hunt.json --no-trial"},
    {"leakbisect run examples/nuxt-live-video/hunt.json",
     "leakbisect check examples/nuxt-live-video/hunt.json --no-trial"},
    {"leakbisect run examples/nuxt-live-video/hunt.json --strategy linear",
     "leakbisect check examples/nuxt-live-video/hunt.json --no-trial"},
    {"leakbisect run examples/nuxt-live-video/hunt-data.json",
     "leakbisect check examples/nuxt-live-video/hunt-data.json --no-trial"},
    {"leakbisect analyze memory.csv --good flat.csv --bad leaking.csv",
     "leakbisect analyze memory.csv --good flat.csv --bad leaking.csv"},
    {"leakbisect init", "leakbisect init examples/npm-versions/app --file - --yes"},
    {"leakbisect check hunt.json", "leakbisect check examples/quickstart/hunt.json --no-trial"},
    {"examples/commits/bisect-run.sh build/src/cli/leakbisect", "", "e2e_commits"},
    {"bash examples/quickstart/run.sh", "", "installs packages; its hunt is e2e_quickstart's"},
    {"examples/nuxt-live-video/prepare.sh", "", "e2e_node_examples"},
    {"bash examples/nuxt-live-video/prepare.sh", "", "e2e_node_examples"},
    {"leakbisect witness examples/nuxt-live-video/hunt.json --off components/media/LiveVideo.vue "
     "--for 10s",
     "", "e2e_node_examples has the same of a smaller server"},
    {"leakbisect run hunt.json", "", "in examples/routes: e2e_routes"},
    {"leakbisect plan hunt.json", "", "e2e_quickstart"},
    {"leakbisect measure hunt.json --off video --off ads", "", "e2e_quickstart"},
    {"leakbisect measure hunt.json --commit v0.9", "", "e2e_commits"},
    {"leakbisect measure hunt.json --alone --for 90s", "", "e2e_rates, and live_subjects"},
    {"leakbisect measure --rate 100 -- node server.mjs", "", "e2e_rates, and live_subjects"},
    {"git bisect start main v1.4", "", "e2e_commits"},
    {"git bisect run leakbisect measure hunt.json", "", "e2e_commits"},
    {"leakbisect resume DIR", "", "e2e_oracle"},
    {"leakbisect resume DIR --budget 4h", "", "e2e_oracle"},
};

std::string steady(double bytes_a_request) {
  std::ostringstream csv;
  csv << "t_seconds,requests_completed,anon_bytes\n";
  for (int i = 0; i < 600; ++i)
    csv << 0.1 * i << ',' << 20 * i << ','
        << static_cast<long>(1e7 + bytes_a_request * 20 * i + 4096 * ((i * 7919) % 13)) << '\n';
  return csv.str();
}

}  // namespace

TEST_CASE("every command that a README names has the options and files that it names") {
  const Workshop shop;
  std::vector<fs::path> pages = pages_of({"src", "strategies", "examples", ".github"});
  pages.push_back(source / "README.md");
  std::set<std::string> seen;
  for (const fs::path& page : pages)
    for (const Command& command : commands_of(page)) {
      if (!seen.insert(command.text).second) continue;
      CAPTURE(page.string());
      CAPTURE(command.text);
      auto words = words_of(shop, command.text);
      if (words.size() > 4 && words[0] == "git" && words[3] == "leakbisect")
        words.erase(words.begin(), words.begin() + 3);
      if (words.size() > 1 && words[0] == "leakbisect" && words[1] != ">")
        check_options(shop, words);
      check_files(words);
    }
  CHECK(seen.size() > 50);
}

TEST_CASE("every command of the examples' pages is run here, or by a test that is named") {
  std::map<std::string, const How*> known;
  for (const How& how : ways) known[how.command] = &how;
  std::set<std::string> named, wanted;
  for (const fs::path& page : pages_of({"examples"}))
    for (const Command& command : commands_of(page)) {
      if (command.text == "leakbisect run" || command.text == "leakbisect resume" ||
          command.text == "leakbisect measure" || command.text == "git bisect run")
        continue;  // named, not told
      CAPTURE(page.string());
      named.insert(command.text);
      const auto how = known.find(command.text);
      CHECK_MESSAGE(how != known.end(),
                    "say in test_readmes.cpp how this is tested: " << command.text);
      if (how != known.end() && how->second->instead[0] != '\0')
        wanted.insert(how->second->instead);
    }
  for (const How& how : ways)
    CHECK_MESSAGE(named.contains(how.command), "no page names this any more: " << how.command);

  const Workshop shop;
  const fs::path nothing_made = source / "examples";
  for (const auto& entry : fs::recursive_directory_iterator(nothing_made)) {
    const fs::path file = fs::relative(entry.path(), source);
    const std::string text = file.string();
    if (!entry.is_regular_file() || text.find("node_modules") != std::string::npos ||
        text.find("examples/commits/repository") == 0 || text.find("/.git/") != std::string::npos)
      continue;
    fs::create_directories((shop.path() / file).parent_path());
    fs::copy_file(entry.path(), shop.path() / file);
  }
  shop.write("flat.csv", steady(0));
  shop.write("leaking.csv", steady(4000));
  shop.write("memory.csv", steady(3900));
  shop.write("examples/nuxt-live-video/site/node_modules/nuxt/bin/nuxt.js", "");  // by prepare.sh
  fs::create_directory(shop.path() / "bin");
  fs::create_symlink(LB_BINARY, shop.path() / "bin" / "leakbisect");
  // What makes something comes before what looks at it.
  std::vector<std::string> order(wanted.begin(), wanted.end());
  std::stable_partition(order.begin(), order.end(),
                        [](const std::string& text) { return !text.starts_with("leak"); });
  for (const std::string& command : order) {
    const Ran ran = shop.run({"bash", "-c", "PATH=$PWD/bin:$PATH; " + command});
    MESSAGE(command << ": " << ran.seconds << " s");
    CAPTURE(command);
    CAPTURE(ran.out);
    CAPTURE(ran.err);
    CHECK(ran.code == 0);
  }
}

}  // namespace leakbisect::e2e::test_readmes
