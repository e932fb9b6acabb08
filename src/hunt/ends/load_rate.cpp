#include "hunt/ends/load_rate.hpp"

#include "base/quantity.hpp"

#include <algorithm>
#include <cmath>

#include <unistd.h>

namespace leakbisect::hunt {

namespace {

constexpr double lower_headroom = 0.6;
constexpr double lowest_rate = 0.2;
// Of the memory cap, filled in so long: trials must last.
constexpr double cap_share = 0.25;
constexpr double fills_in_s = 30;

double half_of_the_host() {
  return 0.5 * static_cast<double>(::sysconf(_SC_PHYS_PAGES)) *
         static_cast<double>(::sysconf(_SC_PAGE_SIZE));
}

}  // namespace

double rounded_rate(double rate) {
  if (!(rate > 0)) return 0;
  const double unit = std::pow(10, std::floor(std::log10(rate)) - 1);
  return std::round(rate / unit) * unit;
}

FoundRate rate_for(double answered_per_s, double bytes_per_request, const config::HuntFile& hunt) {
  const int together = std::max(1, hunt.limits.parallel);
  FoundRate found;
  found.rate = std::min(highest_rate, headroom * answered_per_s / together);
  std::string why = fmt::format("{:.0f} a second were answered", answered_per_s);
  if (together > 1) why += fmt::format(", for {} trials side by side", together);
  if (bytes_per_request > 0) {
    const double cap = hunt.limits.memory_bytes.value_or(half_of_the_host());
    const double fills = cap_share * cap / fills_in_s / bytes_per_request;
    if (fills < found.rate) {
      found.rate = fills;
      why += fmt::format(", and each adds {} at first", format_bytes(bytes_per_request));
    }
  }
  found.rate = rounded_rate(std::max(lowest_rate, found.rate));
  found.sentence = fmt::format("{:g} requests/s, found by itself: {}", found.rate, why);
  return found;
}

bool lower_rate(HuntContext& context, const trial::Record& record) {
  config::HttpLoad* const load = context.load();
  if (load == nullptr || load->closed) return false;
  const std::string late = trial::late_sentence(record.counts, record.host);
  const std::string why = late.empty() ? record.reason : late;
  if (load->rate_fixed) {
    context.warn_once("rate_fixed",
                      fmt::format("the load of {:g} requests/s does not hold ({}: {}), and "
                                  "load.http.rate_fixed keeps it: "
                                  "what is answered counts, the rest makes trials less sure",
                                  load->rate, record.id, why));
    return false;
  }
  // A trial that was begun before the rate was lowered says nothing of the new one.
  if (record.load_rate > 1.01 * load->rate) return true;
  const load::Counts& counts = record.counts;
  const double held =
      counts.loaded_s > 0 ? static_cast<double>(counts.answered) / counts.loaded_s : 0;
  const double lower = rounded_rate(std::min(load->rate / 2, lower_headroom * held));
  const double rate = held > 0 ? lower : rounded_rate(load->rate / 4);
  if (rate < lowest_rate) return false;
  context.warn(fmt::format(
      "the load of {:g} requests/s did not hold ({}: {}): trials go on at {:g} requests/s "
      "(load.http.rate)",
      load->rate, record.id, why, rate));
  load->rate = rate;
  return true;
}

}  // namespace leakbisect::hunt
