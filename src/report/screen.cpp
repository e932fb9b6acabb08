#include "report/screen.hpp"

#include "report/lines.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace leakbisect::report {
namespace {

constexpr std::size_t usual_width = 80;

class LiveTerminal final : public Terminal {
 public:
  LiveTerminal(int fd, bool colour) : fd_(fd), colour_(colour) {}
  ~LiveTerminal() override { LiveTerminal::close(); }

  void note(const std::string& line) override { tell(printable(line)); }
  void warn(const std::string& line) override { tell(warning_line(line, colour_)); }

  void progress(const Progress& progress) override {
    const auto known = find(progress.id);
    if (known == running_.end())
      running_.push_back(progress);
    else
      *known = progress;
    redraw("");
  }

  void finished(const trial::Record& record, double eta_s) override {
    const auto known = find(record.id);
    if (known != running_.end()) running_.erase(known);
    tell(finished_line(record, eta_s, colour_, width_of(fd_)));
  }

  void state(const HuntState& state) override {
    state_ = state;
    told_ = std::chrono::steady_clock::now();
    redraw("");
  }

  void close() override {
    running_.clear();
    state_.reset();
    if (!rows_.empty()) write_all(fd_, cleared());
  }

 private:
  std::vector<Progress>::iterator find(const std::string& id) {
    return std::find_if(running_.begin(), running_.end(),
                        [&](const Progress& each) { return each.id == id; });
  }

  void tell(const std::string& line) { redraw(line + "\r\n"); }

  // One write a frame, so that nothing flickers: what was drawn goes before anything is drawn anew.
  void redraw(const std::string& above) {
    std::string frame = cleared();
    frame += above;
    frame += drawn();
    write_all(fd_, frame);
  }

  // Back to the first live line, and everything below it gone. A window made narrower since has
  // wrapped the lines that no longer fit.
  std::string cleared() {
    const std::size_t width = width_of(fd_);
    std::size_t up = 0;
    for (const std::size_t columns : rows_)
      up += std::max<std::size_t>(1, (columns + width - 1) / width);
    rows_.clear();
    return up == 0 ? std::string() : fmt::format("\x1b[{}A\r\x1b[J", up);
  }

  std::string drawn() {
    // The last column stays free: a line that fills it wraps on some terminals.
    const std::size_t width = width_of(fd_) - 1;
    std::string text;
    const auto add = [&](const std::string& line) {
      rows_.push_back(columns_of(line));
      text += line + "\r\n";
    };
    if (!running_.empty()) phase_ = running_.back().phase;
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - told_;
    if (state_) add(state_line(*state_, phase_, elapsed.count(), width));
    for (const Progress& each : running_) add(running_line(each, width));
    return text;
  }

  int fd_;
  bool colour_;
  std::vector<Progress> running_;  ///< in the order they began
  std::optional<HuntState> state_;
  std::chrono::steady_clock::time_point told_;  ///< when the state was told
  std::string phase_;                           ///< of the newest trial that ran
  std::vector<std::size_t> rows_;               ///< columns of each live line on the screen
};

}  // namespace

void write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written > 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (written < 0 && errno == EAGAIN) {
      pollfd ready{fd, POLLOUT, 0};
      if (::poll(&ready, 1, 1000) <= 0) return;
    } else if (written == 0 || errno != EINTR) {
      return;
    }
  }
}

std::size_t width_of(int fd) {
  winsize size{};
  if (::ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col < 20) return usual_width;
  return size.ws_col;
}

std::unique_ptr<Terminal> make_live_terminal(int fd, bool colour) {
  return std::make_unique<LiveTerminal>(fd, colour);
}

}  // namespace leakbisect::report
