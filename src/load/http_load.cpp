#include "load/http_load.hpp"

#include "load/drive.hpp"

#include <boost/asio/this_coro.hpp>

namespace leakbisect::load {

namespace {

namespace asio = boost::asio;

class HttpLoad final : public Load {
 public:
  HttpLoad(const config::HttpLoad& load, const Target& target, Sequence sequence)
      : drive_(std::make_shared<Drive>(load, target.port, std::move(sequence), target.mix)) {}

  asio::awaitable<Result<>> run() override {
    const auto drive = drive_;
    const auto executor = co_await asio::this_coro::executor;
    drive->start(executor);
    co_await drive->until_cancelled();
    drive->stop();
    // Cancelled already: waiting for the lanes to end must not throw for it.
    const bool throws = co_await asio::this_coro::throw_if_cancelled();
    co_await asio::this_coro::throw_if_cancelled(false);
    co_await drive->until_drained();
    co_await asio::this_coro::throw_if_cancelled(throws);
    if (!drive->error().empty()) co_return fail("the load stopped: {}", drive->error());
    co_return Result<>{};
  }

  Counts counts() const override { return drive_->counts(); }

 private:
  std::shared_ptr<Drive> drive_;
};

}  // namespace

std::unique_ptr<Load> make_http_load(const config::HttpLoad& load, const Target& target,
                                     Sequence sequence) {
  return std::make_unique<HttpLoad>(load, target, std::move(sequence));
}

}  // namespace leakbisect::load
