#include "hunt/trials/trials.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace leakbisect::hunt {

namespace asio = boost::asio;
using strategies::OutcomeKind;

namespace {

// The same loss as often as that is a fact.
constexpr int lost_allowed = 3;

std::chrono::steady_clock::duration from_seconds(double seconds) {
  return std::chrono::duration_cast<std::chrono::steady_clock::duration>(
      std::chrono::duration<double>(seconds));
}

}  // namespace

Trials::Trials(const asio::any_io_executor& io, executor::Executor& executor, Journal& journal,
               double budget_s, std::size_t before)
    : io_(io), executor_(executor), journal_(journal), wake_(io), deadline_(io) {
  finished_.assign(journal.finished().begin(),
                   journal.finished().begin() + static_cast<std::ptrdiff_t>(before));
  count_ = static_cast<int>(before);
  for (std::size_t i = 0; i < journal.finished().size(); ++i)
    journaled_[journal.finished()[i].id] = i;
  wake_.expires_at(std::chrono::steady_clock::time_point::max());
  deadline_.expires_after(from_seconds(std::max(0.0, budget_s)));
  deadline_.async_wait([this](const boost::system::error_code& cancelled) {
    if (!cancelled) stop(Halt::budget);
  });
}

std::string Trials::begin(trial::Plan plan) {
  plan.id = "t" + std::to_string(++count_);
  const auto known = journaled_.find(plan.id);
  if (known == journaled_.end()) {
    start(plan);
    return plan.id;
  }
  const trial::Record& record = journal_.finished()[known->second];
  if (record.purpose != plan.purpose || record.configuration != plan.configuration) {
    failure_ = fmt::format(
        "the journal's {} was another trial ({}): the hunt file, the repository or leakbisect "
        "itself "
        "changed since; start a new hunt in another folder",
        plan.id, record.label);
    stop(Halt::failed);
  } else {
    replayed_.emplace(known->second, record);
  }
  return plan.id;
}

const trial::Record* Trials::recorded_next() const {
  const auto known = journaled_.find("t" + std::to_string(count_ + 1));
  return known == journaled_.end() ? nullptr : &journal_.finished()[known->second];
}

void Trials::start(const trial::Plan& plan) {
  if (journal_.read_only()) stop(Halt::interrupted);
  if (halt_ != Halt::none) return;
  auto signal = std::make_shared<asio::cancellation_signal>();
  const auto slot = signal->slot();
  running_[plan.id] = std::move(signal);
  asio::co_spawn(
      io_, executor_.run(plan),
      asio::bind_cancellation_slot(
          slot, [this, id = plan.id](const std::exception_ptr& failed, trial::Record record) {
            ended(id, failed, std::move(record));
          }));
}

void Trials::ended(const std::string& id, const std::exception_ptr& failed, trial::Record record) {
  running_.erase(id);
  if (failed) {
    try {
      std::rethrow_exception(failed);
    } catch (const std::exception& error) {
      failure_ = fmt::format("internal error: trial {}: {}", id, error.what());
    }
    stop(Halt::failed);
  } else {
    ended_.push_back(std::move(record));
  }
  wake_.cancel();
}

asio::awaitable<std::optional<trial::Record>> Trials::next() {
  while (true) {
    std::optional<trial::Record> record;
    const bool replay = !replayed_.empty();
    if (replay) {
      record = std::move(replayed_.begin()->second);
      replayed_.erase(replayed_.begin());
    } else if (!ended_.empty()) {
      record = std::move(ended_.front());
      ended_.pop_front();
    }
    if (!record && halt_ != Halt::none && running_.empty()) co_return std::nullopt;
    if (!record) {
      boost::system::error_code woken;
      co_await wake_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
      continue;
    }
    if (record->kind == OutcomeKind::cancelled) continue;  // never happened
    if (!replay) {
      if (auto written = journal_.append(*record); !written) {
        failure_ = written.error().message + "; free some space, then `leakbisect resume`";
        stop(Halt::failed);
        continue;
      }
    }
    finished_.push_back(*record);
    if (on_finished) on_finished(*record);
    co_return record;
  }
}

asio::awaitable<std::optional<trial::Record>> Trials::one(trial::Plan plan) {
  std::optional<trial::Record> record;
  for (int attempt = 0; attempt < lost_allowed; ++attempt) {
    begin(plan);
    record = co_await next();
    if (!record || !record->lost) break;
  }
  co_return record;
}

asio::awaitable<std::optional<trial::Record>> Trials::aside(trial::Plan plan) {
  if (halt_ != Halt::none || journal_.read_only()) co_return std::nullopt;
  const auto signal = std::make_shared<asio::cancellation_signal>();
  running_[plan.id] = signal;
  const auto record = std::make_shared<std::optional<trial::Record>>();
  const std::string id = plan.id;
  asio::co_spawn(
      io_, executor_.run(std::move(plan)),
      asio::bind_cancellation_slot(
          signal->slot(), [this, id, record](const std::exception_ptr& failed, trial::Record ran) {
            running_.erase(id);
            if (!failed) *record = std::move(ran);
            wake_.cancel();
          }));
  while (running_.contains(id)) {
    boost::system::error_code woken;
    co_await wake_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
  }
  if (*record && (*record)->kind == OutcomeKind::cancelled) co_return std::nullopt;
  co_return *record;
}

void Trials::stop(Halt why) {
  if (halt_ == Halt::none) halt_ = why;
  const auto signals = running_;  // a trial may end, and take itself off the list, while it hears
  for (const auto& [id, signal] : signals) signal->emit(asio::cancellation_type::terminal);
  if (!journal_.read_only()) replayed_.clear();
  wake_.cancel();
}

}  // namespace leakbisect::hunt
