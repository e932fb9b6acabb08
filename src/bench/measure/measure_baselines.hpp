#pragma once

// The rules people use today, each a yes/no at a fixed age, on anonymous memory (or what there is).

#include "bench/measure/measure_rules.hpp"

namespace leakbisect::bench {

/// Growth from the first to the last reading (3 s means) against half the leak.
Judge last_minus_first(const Calibration& controls, double age_s);
/// Ordinary least squares: slope above zero with p < 0.05, independence assumed.
Judge ols_p_value(const Calibration& controls, double age_s);
/// Ordinary least squares after a cut of 10 s: slope above half the leak.
Judge ols_slope(const Calibration& controls, double age_s);
/// Mann-Kendall trend with p < 0.05 and the Theil-Sen slope above half the leak.
Judge mann_kendall(const Calibration& controls, double age_s);
/// MSER-5 truncation, then the least squares slope above half the leak.
Judge mser5_ols(const Calibration& controls, double age_s);

}  // namespace leakbisect::bench
