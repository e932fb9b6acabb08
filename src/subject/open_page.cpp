#include "subject/open_page.hpp"

#include "base/search_path.hpp"

#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/error.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/extend.hpp>
#include <boost/process/io.hpp>

#include <csignal>
#include <cstdlib>
#include <sstream>
#include <string_view>

#include <unistd.h>

namespace leakbisect::subject {
namespace {

namespace bp = boost::process;
namespace fs = std::filesystem;

std::string_view environment_called(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : value;
}

// The program's path; empty: it is not installed.
std::string installed(const std::string& name) {
  if (name.find('/') != std::string::npos) return ::access(name.c_str(), X_OK) == 0 ? name : "";
  for (const fs::path& folder : search_path()) {
    const fs::path program = folder / name;
    std::error_code failed;
    if (fs::is_regular_file(program, failed) && ::access(program.c_str(), X_OK) == 0)
      return program.string();
  }
  return "";
}

// One command of $BROWSER, its words split at blanks; empty: it is not installed.
std::vector<std::string> browser_command(const std::string& text, const std::string& page) {
  std::istringstream words(text);
  std::vector<std::string> argv;
  bool is_named = false;
  for (std::string word; words >> word;) {
    if (const auto at = word.find("%s"); at != std::string::npos) {
      word.replace(at, 2, page);
      is_named = true;
    }
    argv.push_back(word);
  }
  if (argv.empty()) return {};
  argv.front() = installed(argv.front());
  if (argv.front().empty()) return {};
  if (!is_named) argv.push_back(page);
  return argv;
}

}  // namespace

std::vector<std::string> opener(const fs::path& page) {
  const std::string path = fs::absolute(page).lexically_normal().string();
  std::istringstream commands{std::string(environment_called("BROWSER"))};
  for (std::string command; std::getline(commands, command, ':');)
    if (auto argv = browser_command(command, path); !argv.empty()) return argv;
  const bool has_display =
      !environment_called("DISPLAY").empty() || !environment_called("WAYLAND_DISPLAY").empty();
  const std::string usual = installed("xdg-open");
  if (!has_display || usual.empty()) return {};
  return {usual, path};
}

Result<> open_page(const fs::path& page) {
  const std::vector<std::string> argv = opener(page);
  if (argv.empty())
    return fail("there is no browser to be had: set BROWSER, or open {} by hand", page.string());
  std::error_code failed;
  try {
    // A session of its own: a ctrl-C at our terminal is not meant for it.
    bp::child child(bp::exe = argv.front(),
                    bp::args = std::vector<std::string>(argv.begin() + 1, argv.end()),
                    bp::std_in<bp::null, bp::std_out> bp::null, bp::std_err > bp::null, failed,
                    bp::extend::on_exec_setup([](auto&) {
                      ::setsid();
                      ::signal(SIGPIPE, SIG_DFL);
                    }));
    child.detach();
  } catch (const std::exception& error) {
    return fail("cannot start {}: {}; open {} by hand", argv.front(), error.what(), page.string());
  }
  if (failed)
    return fail("cannot start {}: {}; open {} by hand", argv.front(), failed.message(),
                page.string());
  return {};
}

}  // namespace leakbisect::subject
