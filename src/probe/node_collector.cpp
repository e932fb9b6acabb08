// A Node process that is made to collect: V8's gc() and process.memoryUsage() through the
// inspector.

#include "probe/collector.hpp"
#include "probe/inspector.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace leakbisect::probe {

namespace asio = boost::asio;
using nlohmann::json;

namespace {

// `external` holds what Buffers hold; `process` is a global of CommonJS and ES modules alike.
constexpr std::string_view memory_expression =
    "(()=>{const m=process.memoryUsage();return [m.heapUsed,m.external]})()";
// Collects and reads in one turn, so that no request's garbage comes between. The function gc is
// got from a context that is made while the flag for it is up; nothing is left in the global scope.
constexpr std::string_view atomic_expression = R"((()=>{
  const load = process.getBuiltinModule ?? require;
  load('v8').setFlagsFromString('--expose-gc');
  const gc = load('vm').runInNewContext('gc');
  load('v8').setFlagsFromString('--no-expose-gc');
  if (typeof gc !== 'function') throw new Error('no gc');
  return () => { gc(); const m = process.memoryUsage(); return [m.heapUsed, m.external]; };
})())";

// Ballast: an array of doubles, which V8 keeps as 8 bytes each and nothing else. It outlives this
// connection.
constexpr std::string_view ballast_expression = R"((() => {
  const key = Symbol.for('leakbisect.ballast');
  const kept = globalThis[key] || (globalThis[key] = []);
  return n => {
    const added = new Array(n);
    for (let i = 0; i < n; ++i) added[i] = i + 0.5;
    kept.push(added);
  };
})())";
constexpr double ballast_overhead = 56;  // bytes of an array beside its numbers
constexpr double number_size = 8;

class NodeCollector final : public Collector {
 public:
  NodeCollector(pid_t pid, std::uint16_t server_port) : inspector_(pid, server_port) {}

  bool refused() const override { return inspector_.refused(); }

  asio::awaitable<Result<HeapReading>> collect() override {
    if (!inspector_.is_open()) {
      const Result<> connected = co_await connect();
      if (connected.has_error()) co_return connected.error();
    }
    if (!atomic_.empty()) {
      const json function{{"objectId", atomic_},
                          {"functionDeclaration", "function(){return this()}"},
                          {"returnByValue", true},
                          {"silent", true}};
      const auto answer = co_await inspector_.call("Runtime.callFunctionOn", function);
      if (answer.has_error()) co_return answer.error();
      co_return reading_in(*answer);
    }
    const auto collected = co_await inspector_.call("HeapProfiler.collectGarbage", json::object());
    if (collected.has_error()) co_return collected.error();
    const json evaluate{
        {"expression", memory_expression}, {"returnByValue", true}, {"silent", true}};
    const auto answer = co_await inspector_.call("Runtime.evaluate", evaluate);
    if (answer.has_error()) co_return answer.error();
    co_return reading_in(*answer);
  }

  asio::awaitable<Result<>> add_ballast(double bytes) override {
    if (!inspector_.is_open()) co_return fail("the inspector is not attached");
    if (ballast_.empty()) ballast_ = co_await inspector_.handle_of(ballast_expression);
    if (ballast_.empty()) co_return fail("the inspector gave no handle");
    const auto count = static_cast<long>((bytes - ballast_overhead) / number_size);
    const json number{{"value", std::max(1L, count)}};
    const json function{{"objectId", ballast_},
                        {"functionDeclaration", "function(n){this(n)}"},
                        {"arguments", json::array({number})},
                        {"silent", true}};
    const auto answer = co_await inspector_.call("Runtime.callFunctionOn", function);
    if (answer.has_error()) co_return answer.error();
    if (answer->contains("exceptionDetails")) co_return fail("the process refused it");
    co_return Result<>{};
  }

  asio::awaitable<void> attend() override { co_await inspector_.attend(); }

 private:
  static Result<HeapReading> reading_in(const json& answer) {
    static const json::json_pointer heap("/result/value/0"), external("/result/value/1");
    const json missing;
    const json& used = answer.contains(heap) ? answer.at(heap) : missing;
    const json& outside = answer.contains(external) ? answer.at(external) : missing;
    if (!used.is_number() || !outside.is_number())
      return fail("process.memoryUsage() gave no numbers");
    HeapReading reading;
    reading.heap = used.get<double>();
    reading.external = outside.get<double>();
    return reading;
  }

  asio::awaitable<Result<>> connect() {
    const Result<> connected = co_await inspector_.connect();
    if (connected.has_error()) co_return connected;
    ballast_.clear();
    // Without the function that collects and reads, that takes two turns.
    atomic_ = co_await inspector_.handle_of(atomic_expression);
    co_return Result<>{};
  }

  Inspector inspector_;
  std::string atomic_;   ///< the inspector's handle of a function; empty: there is none
  std::string ballast_;  ///< the same of the one that takes ballast
};

}  // namespace

std::unique_ptr<Collector> make_node_collector(pid_t pid, std::uint16_t server_port) {
  return std::make_unique<NodeCollector>(pid, server_port);
}

}  // namespace leakbisect::probe
