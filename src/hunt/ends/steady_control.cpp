#include "hunt/ends/load_rate.hpp"
#include "hunt/ends/trouble.hpp"
#include "load/landing.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

namespace leakbisect::hunt {

namespace asio = boost::asio;
using strategies::OutcomeKind;
using trial::Record;
using trial::Stage;

namespace {

constexpr int same_reason_allowed = 3;
constexpr int starts_allowed = 2;   // a server that does not come up, mostly never does
constexpr int most_attempts = 12;   // whatever the reasons
constexpr double first_wait_s = 2;  // doubled each time
constexpr double longest_wait_s = 30;

// Why a control is not the one that counts.
enum class Fault { none, start, load, crash, overrun, stall, for_good };

Fault fault_of(const Record& record) {
  if (record.kind == OutcomeKind::measured) {
    if (!load::is_overrun(record.counts)) return Fault::none;
    const trial::LateBy who = trial::late_by(record.counts, record.host);
    const bool may_pass = who == trial::LateBy::driver || who == trial::LateBy::host;
    return may_pass ? Fault::stall : Fault::overrun;
  }
  if (record.lost) return Fault::load;
  if (record.stage == Stage::start) return Fault::start;
  if (record.stage == Stage::load && record.kind == OutcomeKind::error) return Fault::crash;
  return Fault::for_good;
}

asio::awaitable<void> wait(HuntContext& context, double seconds) {
  asio::steady_timer timer(context.trials.io());
  // In steps, so that a halt is seen.
  for (double left_s = seconds; left_s > 0 && context.trials.halt() == Halt::none; left_s -= 0.25) {
    timer.expires_after(std::chrono::milliseconds(250));
    boost::system::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
}

}  // namespace

asio::awaitable<std::optional<Record>> steady_control(HuntContext& context, trial::Plan plan) {
  std::optional<Record> record;
  Fault before = Fault::none;
  int same = 0;
  bool has_changed = false;
  for (int attempt = 0; attempt < most_attempts; ++attempt) {
    context.trials.begin(plan);
    record = co_await context.trials.next();
    if (!record) co_return record;
    const Fault fault = fault_of(*record);
    if (fault == Fault::none || fault == Fault::for_good) co_return record;
    same = fault == before ? same + 1 : 1;
    before = fault;
    if (fault == Fault::start && same >= starts_allowed) co_return record;
    const bool is_of_rate = fault == Fault::overrun || fault == Fault::stall;
    const bool lowers = fault == Fault::overrun || (fault == Fault::stall && same > 1) ||
                        same >= same_reason_allowed;
    if (lowers) {
      // A rate that was lowered for another reason than itself, in vain, is not lowered again.
      if (!is_of_rate && std::exchange(has_changed, true)) co_return record;
      if (ended_at_once(*record) || !lower_rate(context, *record)) co_return record;
      same = 0;
      continue;
    }
    const bool is_told = context.trials.replaying() || context.trials.read_only();
    if (is_told || context.load() == nullptr) continue;
    co_await wait(context, std::min(longest_wait_s, first_wait_s * (1 << (same - 1))));
  }
  co_return record;
}

}  // namespace leakbisect::hunt
