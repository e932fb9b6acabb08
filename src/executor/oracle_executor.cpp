#include "base/files.hpp"
#include "base/placeholders.hpp"
#include "executor/executor.hpp"
#include "executor/oracle_answer.hpp"
#include "executor/slots.hpp"
#include "subject/process.hpp"

namespace leakbisect::executor {
namespace {

namespace asio = boost::asio;
using strategies::OutcomeKind;

// A long list of names does not fit an argument or the environment; the file always does.
Result<> write_off_file(const std::filesystem::path& file, const std::vector<std::string>& off) {
  return write_atomic(file, fmt::format("{}{}", fmt::join(off, "\n"), off.empty() ? "" : "\n"));
}

class OracleExecutor final : public Executor {
 public:
  OracleExecutor(trial::Setup setup, int slots, OnProgress progress)
      : setup_(std::move(setup)), slots_(slots), progress_(std::move(progress)) {}

  int slots() const override { return slots_.count(); }
  bool needs_ends() const override { return false; }

  asio::awaitable<trial::Record> run(trial::Plan plan) override {
    const SlotLease slot(slots_);
    trial::Record record = trial::begin_record(setup_, plan, slot.number());
    progress_(plan, trial::Step{"measuring", 0, 0, {}});
    auto spec = launch_spec(record);
    if (!spec) {
      record.reason = spec.error().message;
      co_return record;
    }
    const subject::LaunchSpec launch = spec.value();
    try {
      const auto result = co_await subject::run(launch, setup_.hunt->oracle->timeout_s);
      conclude(record, plan, launch, result);
    } catch (const boost::system::system_error&) {
      record.kind = OutcomeKind::cancelled;
      record.reason = "cancelled";
    }
    co_return record;
  }

 private:
  Result<subject::LaunchSpec> launch_spec(const trial::Record& record) const {
    const auto folder = trial::folder_of(setup_.directory, record.id);
    std::error_code failed;
    std::filesystem::create_directories(folder, failed);
    const auto off_file = folder / "off.txt";
    if (auto written = write_off_file(off_file, record.off); !written) return written.error();
    const bool is_history = record.configuration.shape == strategies::Shape::history;
    const Placeholders values{
        {"commit", units::joined(record.on_or_commit)},
        {"version", units::joined(record.on_or_commit)},
        {"on", units::joined(is_history ? record.on_or_commit
                                        : trial::names_on(*setup_.source, record.configuration))},
        {"off", units::joined(record.off)},
        {"trial", record.id},
        {"directory", setup_.hunt->file.parent_path().string()},
        {"hunt_directory", setup_.hunt->file.parent_path().string()}};
    subject::LaunchSpec spec;
    for (const std::string& word : setup_.hunt->oracle->command.argv)
      spec.command.argv.push_back(fill(word, values));
    spec.directory = setup_.hunt->file.parent_path();
    spec.env["LEAKBISECT_OFF_FILE"] = off_file.string();
    spec.env["LEAKBISECT_COMMIT"] = units::joined(record.on_or_commit);
    spec.stdout_file = folder / "oracle.out";
    spec.stderr_file = folder / "oracle.err";
    spec.name = record.id + "-oracle";
    spec.state_directory = setup_.directory / "state";
    return spec;
  }

  void conclude(trial::Record& record, const trial::Plan& plan, const subject::LaunchSpec& launch,
                const Result<subject::RunResult>& result) const {
    const config::Oracle& oracle = *setup_.hunt->oracle;
    if (!result) {
      record.reason = result.error().message;
      return;
    }
    record.seconds = result->seconds;
    if (result->timed_out || result->exit.how != subject::Exit::How::exited) {
      record.reason = result->timed_out ? "the oracle did not end within its timeout"
                                        : "the oracle was " + to_string(result->exit);
      return;
    }
    const std::string output = read_if_there(launch.stdout_file);
    const OracleAnswer answer =
        read_oracle_answer(result->exit.code, output, oracle.false_positive, oracle.false_negative,
                           plan.leak_slope, plan.base_slope);
    record.kind = answer.outcome.kind;
    record.reason = answer.reason;
    record.decision.final = true;
    record.decision.llr = answer.outcome.llr;
    record.decision.slope = answer.outcome.slope;
    record.decision.slope_se = answer.outcome.slope_se;
    record.decision.verdict = static_cast<stats::Verdict>(answer.outcome.verdict);
  }

  trial::Setup setup_;
  Slots slots_;
  OnProgress progress_;
};

}  // namespace

std::unique_ptr<Executor> make_oracle_executor(trial::Setup setup, int slots, OnProgress progress) {
  return std::make_unique<OracleExecutor>(std::move(setup), slots, std::move(progress));
}

}  // namespace leakbisect::executor
