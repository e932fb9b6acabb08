#include "strategies/cut_information.hpp"

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

double binary_entropy(double p) {
  return term(p) + term(1 - p);
}

}  // namespace

CutInformation::CutInformation(const CommitPosterior& belief, const Noise& noise,
                               std::span<const UnitIndex> running)
    : belief_(belief),
      alpha_(std::clamp(noise.false_positive, 0.0, 0.499)),
      beta_(std::clamp(noise.false_negative, 0.0, 0.499)) {
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
  for (const std::uint64_t mask : class_masks) {
    std::vector<double>& row = given_.emplace_back(outcomes, 1.0);
    for (std::size_t y = 0; y < outcomes; ++y) {
      for (std::size_t j = 0; j < running.size(); ++j) {
        const double leaking = (mask >> j & 1) ? 1 - beta_ : alpha_;
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

double CutInformation::verdict_entropy(double share) const {
  return share * binary_entropy(beta_) + (1 - share) * binary_entropy(alpha_);
}

double CutInformation::best_share() const {
  double best = 0.5;
  double highest = -1;
  for (int i = 1; i < 200; ++i) {
    const double q = i / 200.0;
    const double bits = binary_entropy(q * (1 - beta_) + (1 - q) * alpha_) - verdict_entropy(q);
    if (bits > highest) {
      highest = bits;
      best = q;
    }
  }
  return best;
}

// I = H(verdicts of the running and this one) - H(those of the running) - H(this one | commit)
double CutInformation::gain(std::span<const double> inside) const {
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
    joint += term((1 - beta_) * in + alpha_ * out) + term(beta_ * in + (1 - alpha_) * out);
  }
  return std::max(0.0, joint - entropy_ - verdict_entropy(share));
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
  for (std::size_t p = 0; p < history.size(); ++p) {
    const double mass = belief_.masses()[p];
    if (mass < negligible) continue;
    const auto of_class = static_cast<std::size_t>(classes_[p]);
    for (std::uint64_t left = masks[p]; left != 0; left &= left - 1) {
      in[places[static_cast<std::size_t>(std::countr_zero(left))]][of_class] += mass;
    }
  }
}

std::vector<double> CutInformation::gains(std::span<const UnitIndex> commits) const {
  std::vector<double> result;
  for (std::size_t begin = 0; begin < commits.size(); begin += 64) {
    const auto block = commits.subspan(begin, std::min<std::size_t>(64, commits.size() - begin));
    std::vector<std::vector<double>> inside;
    add_masses(block, inside);
    for (const std::vector<double>& row : inside) result.push_back(gain(row));
  }
  return result;
}

}  // namespace leakbisect::strategies
