#include "hunt/advice.hpp"

#include "hunt/trouble.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace leakbisect::hunt {

using trial::Record;

namespace {

constexpr std::size_t troubles = static_cast<std::size_t>(Trouble::unclear) + 1;

}  // namespace

void advise_always(report::Model& model) {
  if (!model.advice.empty() || model.result == "culprit" || model.result == "clean") return;
  std::array<int, troubles> counts{};
  std::array<const Record*, troubles> last{};
  for (const Record& record : model.trials)
    if (const auto trouble = trouble_of(record)) {
      ++counts[static_cast<std::size_t>(*trouble)];
      last[static_cast<std::size_t>(*trouble)] = &record;
    }
  const auto most =
      static_cast<std::size_t>(std::ranges::max_element(counts) - counts.begin());  // the first
  if (model.result == "reversed") {
    model.advice.emplace_back(
        "exchange the two ends of `units`, or look for what ended the leak with --fix");
    return;
  }
  if (counts[most] > 0)
    model.advice.push_back(trouble_advice(static_cast<Trouble>(most), *last[most]));
  model.advice.push_back(fmt::format("try `leakbisect check {}`, which names what is amiss",
                                     model.hunt_file.string()));
}

}  // namespace leakbisect::hunt
