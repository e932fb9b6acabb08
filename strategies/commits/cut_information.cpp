#include "strategies/commits/cut_information.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace leakbisect::strategies {
namespace {

constexpr std::size_t most_running = 8;
constexpr double negligible = 1e-15;

double term(double p) {
  return p > 0 ? -p * std::log2(p) : 0;
}

double entropy_of_two(double p) {
  return term(p) + term(1 - p);
}

double verdict_entropy(double share, const Noise& noise) {
  return share * entropy_of_two(noise.false_negative) +
         (1 - share) * entropy_of_two(noise.false_positive);
}

}  // namespace

CutInformation::CutInformation(const CommitPosterior& belief, std::span<const UnitIndex> running)
    : belief_(belief) {
  running = running.first(std::min(running.size(), most_running));
  const History& history = belief.history();
  std::vector<std::size_t> positions;
  std::vector<std::uint64_t> class_masks{0, 0};
  for (std::size_t j = 0; j < running.size(); ++j) {
    class_masks[1] |= std::uint64_t{1} << j;
    if (running[j] != no_unit) positions.push_back(history.position(running[j]));
  }
  class_mass_ = {belief.none(), belief.good_end()};
  const auto masks = history.ancestor_masks(positions);
  classes_.assign(history.size(), 0);
  std::size_t last = 0;
  for (std::size_t p = 0; p < history.size(); ++p) {
    // Positions follow the order of `running` with the good end left out, which holds no commit.
    std::uint64_t mask = 0;
    for (std::size_t j = 0, bit = 0; j < running.size(); ++j) {
      if (running[j] == no_unit) continue;
      if (masks[p] >> bit++ & 1) mask |= std::uint64_t{1} << j;
    }
    if (class_masks[last] != mask) {
      const auto found = std::find(class_masks.begin(), class_masks.end(), mask);
      last = static_cast<std::size_t>(found - class_masks.begin());
      if (found == class_masks.end()) {
        class_masks.push_back(mask);
        class_mass_.push_back(0);
      }
    }
    classes_[p] = static_cast<int>(last);
    class_mass_[last] += belief.masses()[p];
  }
  const std::size_t outcomes = std::size_t{1} << running.size();
  std::vector<Noise> noises;
  for (const UnitIndex commit : running) noises.push_back(belief.noise_of(commit));
  for (const std::uint64_t mask : class_masks) {
    std::vector<double>& row = given_.emplace_back(outcomes, 1.0);
    for (std::size_t y = 0; y < outcomes; ++y) {
      for (std::size_t j = 0; j < running.size(); ++j) {
        const double leaking =
            (mask >> j & 1) ? 1 - noises[j].false_negative : noises[j].false_positive;
        row[y] *= (y >> j & 1) ? leaking : 1 - leaking;
      }
    }
  }
  for (std::size_t y = 0; y < outcomes; ++y) {
    double p = 0;
    for (std::size_t c = 0; c < given_.size(); ++c) p += class_mass_[c] * given_[c][y];
    entropy_ += term(p);
  }
}

double CutInformation::best_share() const {
  const Noise& noise = belief_.noise();
  double best = 0.5;
  double highest = -1;
  for (int i = 1; i < 200; ++i) {
    const double q = i / 200.0;
    const double bits =
        entropy_of_two(q * (1 - noise.false_negative) + (1 - q) * noise.false_positive) -
        verdict_entropy(q, noise);
    if (bits > highest) {
      highest = bits;
      best = q;
    }
  }
  return best;
}

// I = H(verdicts of the running and this one) - H(those of the running) - H(this one | commit)
double CutInformation::gain(std::span<const double> inside, const Noise& noise) const {
  const double alpha = noise.false_positive;
  const double beta = noise.false_negative;
  double share = 0;
  for (const double mass : inside) share += mass;
  double joint = 0;
  for (std::size_t y = 0; y < given_[0].size(); ++y) {
    double in = 0;
    double out = 0;
    for (std::size_t c = 0; c < given_.size(); ++c) {
      in += inside[c] * given_[c][y];
      out += (class_mass_[c] - inside[c]) * given_[c][y];
    }
    out = std::max(out, 0.0);
    joint += term((1 - beta) * in + alpha * out) + term(beta * in + (1 - alpha) * out);
  }
  return std::max(0.0, joint - entropy_ - verdict_entropy(share, noise));
}

void CutInformation::add_masses(std::span<const UnitIndex> commits,
                                std::vector<std::vector<double>>& in) const {
  const History& history = belief_.history();
  std::vector<std::size_t> positions;
  std::vector<std::size_t> places;
  for (const UnitIndex commit : commits) {
    std::vector<double>& row = in.emplace_back(class_mass_.size(), 0.0);
    row[1] += belief_.good_end();
    if (commit == no_unit) continue;
    positions.push_back(history.position(commit));
    places.push_back(in.size() - 1);
  }
  const auto masks = history.ancestor_masks(positions);
  // Neighbours mostly have the same mask and class: their masses are added up first.
  double mass = 0;
  std::size_t of_class = 0;
  std::uint64_t mask = 0;
  const auto add = [&] {
    if (mass < negligible) return;
    for (std::uint64_t left = mask; left != 0; left &= left - 1) {
      in[places[static_cast<std::size_t>(std::countr_zero(left))]][of_class] += mass;
    }
  };
  for (std::size_t p = 0; p < history.size(); ++p) {
    const auto own_class = static_cast<std::size_t>(classes_[p]);
    if (masks[p] != mask || own_class != of_class) {
      add();
      mass = 0;
      mask = masks[p];
      of_class = own_class;
    }
    mass += belief_.masses()[p];
  }
  add();
}

std::vector<double> CutInformation::gains(std::span<const UnitIndex> commits) const {
  std::vector<double> result;
  for (std::size_t begin = 0; begin < commits.size(); begin += 64) {
    const auto block = commits.subspan(begin, std::min<std::size_t>(64, commits.size() - begin));
    std::vector<std::vector<double>> inside;
    add_masses(block, inside);
    for (std::size_t i = 0; i < inside.size(); ++i) {
      result.push_back(gain(inside[i], belief_.noise_of(block[i])));
    }
  }
  return result;
}

}  // namespace leakbisect::strategies
