#pragma once

// How far a culprit's growth was followed. What takes longer to fill up than that looks the same as
// a leak, so the answer says how far it was, and where a common cache or buffer is as large, it is
// no proof of a leak.

#include "hunt/ends/controls.hpp"
#include "report/model.hpp"
#include "stats/lasting.hpp"

namespace leakbisect::hunt {

/// By the longest trial that shows this culprit's growth going on: of its proof, of the watch for
/// what fills up, or, where nothing else grows (`is_only`), any that leaks. Zero where trials are
/// not curves, or are not driven by requests.
stats::Followed followed(const HuntContext& context, const Controls& controls,
                         const report::CulpritRow& row, bool is_only);

/// Writes it into all culprits.
void note_followed(report::Model& model, const HuntContext& context, const Controls& controls);

/// True while growth was not followed beyond what a common cache (1,000 entries, one a request) or
/// buffer (1 MiB) takes to fill: where something else grows beside it (`is_part`) beyond both, else
/// beyond one of them. Never for what no cache takes (stats::is_beyond_caches).
bool may_be_buffer(const stats::Followed& followed, Measure measure, bool is_part);

/// Requests after which may_be_buffer() is false for what grows by `slope` alone.
double requests_beyond_buffers(double slope, Measure measure);

}  // namespace leakbisect::hunt
