#include "probe/node_allocations.hpp"

#include "probe/inspector.hpp"
#include "probe/runtimes.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace leakbisect::probe {

namespace asio = boost::asio;
using nlohmann::json;

namespace {

constexpr std::size_t largest_profile = std::size_t{64} << 20;

// What V8 puts into its caller is allocated there, as the profiler has it: not from now on.
constexpr std::string_view no_inlining_expression = R"((() => {
  const load = process.getBuiltinModule ?? require;
  const newer = +process.versions.v8.split('.')[0] >= 12;
  for (const flag of newer ? ['--no-turbo-inlining', '--no-maglev-inlining'] : ['--no-turbo-inlining'])
    load('v8').setFlagsFromString(flag);
})())";

// heapUsed and external, and how many of each kind of resource keep the process alive.
constexpr std::string_view state_expression = R"((() => {
  const m = process.memoryUsage();
  const open = {};
  const all = process.getActiveResourcesInfo ? process.getActiveResourcesInfo() : [];
  for (const kind of all) open[kind] = (open[kind] || 0) + 1;
  return [m.heapUsed, m.external, open];
})())";

Result<> add_state(const json& answer, witness::Reading& reading) {
  static const json::json_pointer place("/result/value");
  const json value = answer.contains(place) ? answer.at(place) : json();
  if (!value.is_array() || value.size() != 3 || !value[0].is_number() || !value[1].is_number())
    return fail("process.memoryUsage() gave no numbers");
  reading.heap += value[0].get<double>();
  reading.external += value[1].get<double>();
  if (!value[2].is_object()) return {};
  for (const auto& [kind, count] : value[2].items())
    if (count.is_number()) reading.resources[kind] += count.get<double>();
  return {};
}

}  // namespace

class NodeAllocations::Process {
 public:
  Process(pid_t pid, std::uint16_t server_port)
      : pid_(pid), inspector_(pid, server_port, largest_profile) {}

  asio::awaitable<Result<>> begin(double interval) {
    const Result<> connected = co_await inspector_.connect();
    if (connected.has_error()) co_return connected;
    const json once{
        {"expression", no_inlining_expression}, {"includeCommandLineAPI", true}, {"silent", true}};
    co_await inspector_.call("Runtime.evaluate", once);
    // Versions before 19 do not know the flags, and drop what was collected anyway.
    const json options{{"samplingInterval", interval},
                       {"includeObjectsCollectedByMajorGC", false},
                       {"includeObjectsCollectedByMinorGC", false}};
    const auto begun = co_await inspector_.call("HeapProfiler.startSampling", options);
    if (begun.has_error()) co_return begun.error();
    co_return Result<>{};
  }

  asio::awaitable<Result<json>> collect_and_read(witness::Reading& reading, double& requests,
                                                 const std::function<double()>& answered) {
    const auto collected = co_await inspector_.call("HeapProfiler.collectGarbage", json::object());
    if (collected.has_error()) co_return collected.error();
    requests = answered();
    const json evaluate{
        {"expression", state_expression}, {"returnByValue", true}, {"silent", true}};
    const auto state = co_await inspector_.call("Runtime.evaluate", evaluate);
    if (state.has_error()) co_return state.error();
    const auto added = add_state(*state, reading);
    if (added.has_error()) co_return added.error();
    auto answer = co_await inspector_.call("HeapProfiler.getSamplingProfile", json::object());
    if (answer.has_error()) co_return answer.error();
    co_return answer->value("profile", json());
  }

  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  pid_t pid_;
  Inspector inspector_;
};

NodeAllocations::NodeAllocations(std::uint16_t server_port, double interval,
                                 witness::Recording& recording)
    : server_port_(server_port), interval_(interval), recording_(recording), stacks_(recording) {}

NodeAllocations::~NodeAllocations() = default;

asio::awaitable<Result<>> NodeAllocations::begin(std::vector<pid_t> pids) {
  Error why = fail("no process of the server is Node");
  // Children before their parents: a wrapper such as npm must not take their inspector port.
  std::ranges::reverse(pids);
  for (const pid_t pid : pids) {
    if (runtime_of(pid) != Runtime::node) continue;
    auto process = std::make_unique<Process>(pid, server_port_);
    const Result<> begun = co_await process->begin(interval_);
    if (begun.has_error())
      why = begun.error().within(fmt::format("process {} (node)", pid));
    else
      processes_.push_back(std::move(process));
  }
  if (processes_.empty()) co_return why;
  recording_.recorder = "V8's sampling heap profiler";
  co_return Result<>{};
}

asio::awaitable<Result<>> NodeAllocations::read(double t_s, std::function<double()> requests) {
  witness::Reading reading;
  reading.t_s = t_s;
  for (const auto& process : processes_) {
    double answered = 0;
    const auto profile = co_await process->collect_and_read(reading, answered, requests);
    if (profile.has_error())
      co_return profile.error().within(fmt::format("process {} (node)", process->pid()));
    // Each process is read at its own moment, so their sum belongs to the mean of those moments.
    reading.requests += answered / static_cast<double>(processes_.size());
    const auto added =
        witness::add_heap_profile(*profile, static_cast<std::uint32_t>(process->pid()), interval_,
                                  recording_, stacks_, reading);
    if (added.has_error()) co_return added;
  }
  recording_.readings.push_back(std::move(reading));
  co_return Result<>{};
}

bool has_node(const std::vector<pid_t>& pids) {
  return std::ranges::any_of(pids, [](pid_t pid) { return runtime_of(pid) == Runtime::node; });
}

}  // namespace leakbisect::probe
