#pragma once

// What the tests of the sampler share: a folder of their own, sources that sample the test program
// itself, a loop that runs a sampler until enough has been seen, and a tiny HTTP server.

#include "probe/sampler.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace leakbisect::probe {

/// A temporary folder, removed at the end.
struct Folder {
  Folder();
  ~Folder();
  std::filesystem::path path;
};

SamplerSpec spec_in(const Folder& folder);
Sources own_process();

/// Samples that hold `metric`.
std::size_t count_of(const Sampler& sampler, stats::Metric metric);

/// Runs the sampler until `enough` says so (asked 100 times a second, for 20 s at most), then
/// cancels it. Returns what run() returned.
Result<> run_until(boost::asio::io_context& io, Sampler& sampler, std::function<bool()> enough);

/// Answers requests on a port of its own by path; one connection at a time. Ends with `io`.
class TinyServer {
 public:
  explicit TinyServer(boost::asio::io_context& io);
  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

  std::map<std::string, std::string> bodies;  ///< by path; others are 404
  std::map<std::string, int> hits;
  bool mute = false;  ///< accepts and reads, but never answers

 private:
  boost::asio::awaitable<void> serve();
  boost::asio::ip::tcp::acceptor acceptor_;
  std::vector<boost::asio::ip::tcp::socket> held_;
};

}  // namespace leakbisect::probe
