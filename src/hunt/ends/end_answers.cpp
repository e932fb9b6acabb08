#include "hunt/ends/end_verdicts.hpp"
#include "hunt/ends/oracle_end.hpp"

namespace leakbisect::hunt {

namespace asio = boost::asio;
using strategies::Configuration;

namespace {

// An oracle says of each commit whether it leaks; of what reports slopes, by how much.
class AnswerEnds final : public EndJudge {
 public:
  explicit AnswerEnds(HuntContext& context) : EndJudge(context) {}

  asio::awaitable<EndVerdict> bad_end() override {
    leak_ = context_.hunt.search.smallest_leak;
    const OracleEnd wanted{trial::Purpose::end_search, strategies::bad_end(context_.space), true,
                           false, leak_};
    const auto asked = co_await ask_oracle(context_, wanted, last_);
    if (!asked) co_return EndVerdict::halted;
    if (asked->outcomes.empty()) co_return EndVerdict::untestable;
    const bool leaks =
        !leak_ && asked->precision > 0 ? asked->slope() > 0 : asked->llr(leak_.value_or(1)) >= 0;
    if (!leak_ && asked->slope() > 0) leak_ = asked->slope();
    co_return leaks ? EndVerdict::leaks : EndVerdict::flat;
  }

  asio::awaitable<EndVerdict> older(Configuration commit) override {
    const OracleEnd wanted{trial::Purpose::end_search, std::move(commit), false, false, leak_};
    const auto asked = co_await ask_oracle(context_, wanted, last_);
    if (!asked) co_return EndVerdict::halted;
    if (asked->outcomes.empty()) co_return EndVerdict::untestable;
    const bool is_flat = asked->precision > 0 && leak_ ? asked->slope() < little_end_growth * *leak_
                                                       : asked->llr(leak_.value_or(1)) < 0;
    co_return is_flat ? EndVerdict::flat : EndVerdict::leaks;
  }

 private:
  std::optional<double> leak_;
};

}  // namespace

std::unique_ptr<EndJudge> ends_by_answers(HuntContext& context) {
  return std::make_unique<AnswerEnds>(context);
}

}  // namespace leakbisect::hunt
