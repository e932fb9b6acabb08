#include "workshop.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <sstream>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace leakbisect::e2e {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

namespace {

pid_t spawn(const std::vector<std::string>& argv, const fs::path& directory, const fs::path& out,
            const fs::path& err) {
  std::vector<char*> words;
  for (const std::string& word : argv) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  const pid_t pid = ::fork();
  if (pid != 0) return pid;
  ::setsid();
  const int out_fd = ::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  const int err_fd = ::open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  const int in_fd = ::open("/dev/null", O_RDONLY);
  if (::chdir(directory.c_str()) != 0 || out_fd < 0 || err_fd < 0 || in_fd < 0) ::_exit(126);
  ::dup2(in_fd, 0);
  ::dup2(out_fd, 1);
  ::dup2(err_fd, 2);
  ::execvp(words[0], words.data());
  ::_exit(127);
}

}  // namespace

Workshop::Workshop() {
  char name[] = "/tmp/leakbisect-e2e-XXXXXX";
  path_ = ::mkdtemp(name);
  ::setenv("XDG_CACHE_HOME", (path_ / "cache-home").c_str(), 1);
}

Workshop::~Workshop() {
  const auto* context = doctest::getContextOptions();
  const bool failed = context != nullptr && std::uncaught_exceptions() > 0;
  if (failed || std::getenv("LEAKBISECT_KEEP") != nullptr) {
    std::cerr << "kept: " << path_ << "\n";
    return;
  }
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

fs::path Workshop::write(const fs::path& relative, const std::string& text) const {
  const fs::path file = path_ / relative;
  fs::create_directories(file.parent_path());
  std::ofstream(file) << text;
  return file;
}

Ran Workshop::run(const std::vector<std::string>& argv, double limit_s) const {
  const auto began = Clock::now();
  const fs::path out = path_ / ".stdout", err = path_ / ".stderr";
  const pid_t pid = spawn(argv, path_, out, err);
  Ran ran;
  const auto code = wait_for(pid, limit_s);
  if (!code) {
    ::kill(-pid, SIGKILL);
    ::kill(pid, SIGKILL);
    static_cast<void>(wait_for(pid, 10));
  }
  ran.code = code.value_or(-1);
  ran.out = read_text(out);
  ran.err = read_text(err);
  ran.seconds = std::chrono::duration<double>(Clock::now() - began).count();
  return ran;
}

Ran Workshop::leakbisect(std::vector<std::string> arguments, double limit_s) const {
  arguments.insert(arguments.begin(), LB_BINARY);
  return run(arguments, limit_s);
}

pid_t Workshop::start(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), LB_BINARY);
  return spawn(arguments, path_, path_ / "started.out", path_ / "started.err");
}

std::optional<int> wait_for(pid_t pid, double limit_s) {
  const auto deadline = Clock::now() + std::chrono::duration<double>(limit_s);
  while (Clock::now() < deadline) {
    int status = 0;
    const pid_t ended = ::waitpid(pid, &status, WNOHANG);
    if (ended == pid) return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    if (ended < 0) return std::nullopt;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return std::nullopt;
}

nlohmann::json report_in(const fs::path& directory) {
  return nlohmann::json::parse(read_text(directory / "report.json"), nullptr, false);
}

std::string read_text(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<pid_t> processes_naming(const std::string& text) {
  std::vector<pid_t> found;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const std::string name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    const pid_t pid = static_cast<pid_t>(std::stol(name));
    if (pid == ::getpid()) continue;
    const std::string told =
        read_text(entry.path() / "cmdline") + read_text(entry.path() / "environ");
    if (told.find(text) != std::string::npos) found.push_back(pid);
  }
  return found;
}

std::vector<pid_t> processes_left_naming(const std::string& text) {
  for (int i = 0; i < 500 && !processes_naming(text).empty(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  return processes_naming(text);
}

std::string snapshot(const fs::path& folder) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) paths.push_back(entry.path());
  std::ranges::sort(paths);
  std::ostringstream text;
  for (const fs::path& path : paths) {
    struct stat info {};
    ::lstat(path.c_str(), &info);
    text << fs::relative(path, folder).string() << ' ' << info.st_mode << ' ' << info.st_size
         << ' ';
    if (S_ISREG(info.st_mode))
      text << info.st_mtim.tv_sec << '.' << info.st_mtim.tv_nsec << ' '
           << std::hash<std::string>{}(read_text(path));
    text << '\n';
  }
  return text.str();
}

}  // namespace leakbisect::e2e
