#include "report/terminal.hpp"

#include "report/lines.hpp"
#include "report/screen.hpp"

#include <cstdlib>
#include <map>
#include <set>
#include <string_view>

#include <unistd.h>

namespace leakbisect::report {
namespace {

constexpr double plain_every_s = 10;

class QuietTerminal final : public Terminal {
 public:
  explicit QuietTerminal(int fd) : fd_(fd) {}
  void note(const std::string&) override {}
  void warn(const std::string& line) override { write_all(fd_, warning_line(line, false) + "\n"); }
  void progress(const Progress&) override {}
  void finished(const trial::Record&, double) override {}
  void close() override {}

 private:
  int fd_;
};

class PlainTerminal final : public Terminal {
 public:
  explicit PlainTerminal(int fd) : fd_(fd) {}
  void note(const std::string& line) override { write_all(fd_, printable(line) + "\n"); }
  void warn(const std::string& line) override { write_all(fd_, warning_line(line, false) + "\n"); }
  void progress(const Progress& progress) override {
    const bool begins = is_building(progress) && building_.insert(progress.id).second;
    if (begins) return write_all(fd_, running_line(progress, 0) + "\n");
    double& said_at = said_at_s_[progress.id];
    if (progress.seconds - said_at < plain_every_s) return;
    said_at = progress.seconds;
    write_all(fd_, running_line(progress, 0) + "\n");
  }
  void finished(const trial::Record& record, double eta_s) override {
    said_at_s_.erase(record.id);
    building_.erase(record.id);
    write_all(fd_, finished_line(record, eta_s, false) + "\n");
  }
  void close() override {}

 private:
  int fd_;
  static bool is_building(const Progress& progress) { return !progress.build.empty(); }

  std::map<std::string, double> said_at_s_;  ///< trial -> its own time at its last line
  std::set<std::string> building_;           ///< whose build was announced
};

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : value;
}

bool can_move_cursor(int fd) {
  const std::string_view type = environment("TERM");
  return ::isatty(fd) == 1 && !type.empty() && type != "dumb";
}

}  // namespace

std::unique_ptr<Terminal> make_terminal(Style style, int fd) {
  if (style == Style::quiet) return std::make_unique<QuietTerminal>(fd);
  if (style == Style::plain || !can_move_cursor(fd)) return std::make_unique<PlainTerminal>(fd);
  return make_live_terminal(fd, environment("NO_COLOR").empty());
}

}  // namespace leakbisect::report
