#pragma once

// A whole search, told in one place: controls, then ask - run - tell until there is an answer, then
// the proof. Searching is pure (strategies/) and measuring is messy (src/trial); they meet here.

#include "config/hunt_file.hpp"
#include "executor/executor.hpp"
#include "hunt/trials/journal.hpp"
#include "report/model.hpp"
#include "report/terminal.hpp"
#include "units/unit_source.hpp"

#include <boost/asio/awaitable.hpp>

#include <filesystem>
#include <functional>

namespace leakbisect::hunt {

/// What a hunt works with; all references outlive it.
struct Parts {
  const config::HuntFile& hunt;
  const units::UnitSource& source;
  executor::Executor& executor;
  Journal& journal;
  report::Terminal& terminal;
  std::filesystem::path directory;   ///< DIR
  config::HttpLoad* load = nullptr;  ///< that of `hunt`, whose rate may be lowered; or nothing
  bool witness = true;               ///< which line, after the proof
};

/// Lets somebody outside (ctrl-C) end a running hunt cleanly.
class Interrupt {
 public:
  void raise() {
    raised_ = true;
    if (on_raise_) on_raise_();
  }
  [[nodiscard]] bool raised() const { return raised_; }
  void on_raise(std::function<void()> action) { on_raise_ = std::move(action); }

 private:
  bool raised_ = false;
  std::function<void()> on_raise_;
};

/// Hunts to the end, or until the budget is spent or `interrupt` is raised. DIR/report.json and
/// DIR/report.html are whole after every trial. Fails only when the environment does (disk full).
boost::asio::awaitable<Result<report::Model>> hunt(Parts parts, Interrupt& interrupt);

}  // namespace leakbisect::hunt
