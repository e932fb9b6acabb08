#include "hunt/answer/advice.hpp"

#include "hunt/answer/answer.hpp"
#include "hunt/answer/left.hpp"
#include "hunt/answer/twins.hpp"
#include "hunt/ends/trouble.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace leakbisect::hunt {

using trial::Record;

namespace {

constexpr std::size_t troubles = static_cast<std::size_t>(Trouble::unclear) + 1;

}  // namespace

void advise_always(report::Model& model) {
  if (!model.advice.empty() || model.result == report::HuntResult::culprit ||
      model.result == report::HuntResult::clean)
    return;
  std::array<int, troubles> counts{};
  std::array<const Record*, troubles> last{};
  for (const Record& record : model.trials)
    if (const auto trouble = trouble_of(record)) {
      ++counts[static_cast<std::size_t>(*trouble)];
      last[static_cast<std::size_t>(*trouble)] = &record;
    }
  const auto most =
      static_cast<std::size_t>(std::ranges::max_element(counts) - counts.begin());  // the first
  if (model.result == report::HuntResult::reversed) {
    model.advice.emplace_back(
        "exchange the two ends of `units`, or look for what ended the leak with --fix");
    return;
  }
  if (counts[most] > 0)
    model.advice.push_back(trouble_advice(static_cast<Trouble>(most), *last[most]));
  model.advice.push_back(fmt::format("try `leakbisect check {}`, which names what is amiss",
                                     model.hunt_file.string()));
}

void conclude_end(report::Model& model, const units::UnitSource& source,
                  const strategies::SearchSpace& space, Halt halt) {
  if (halt != Halt::none) {
    model.left = left_of(model, source, space);
    conclude_halt(model, halt);
  }
  model.running = false;
  advise_always(model);
  note_twins(model, source);
}

}  // namespace leakbisect::hunt
