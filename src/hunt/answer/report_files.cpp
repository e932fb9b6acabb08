#include "hunt/answer/report_files.hpp"

#include "base/files.hpp"

namespace leakbisect::hunt {

ReportFiles::ReportFiles(std::filesystem::path directory, double before_s)
    : directory_(std::move(directory)),
      before_s_(before_s),
      began_(std::chrono::steady_clock::now()) {}

Result<> ReportFiles::write(report::Model& model) {
  const std::chrono::duration<double> here = std::chrono::steady_clock::now() - began_;
  model.wall_seconds = before_s_ + here.count();
  if (auto written = write_atomic(directory_ / "report.json", report::to_json_text(model));
      !written)
    return written;
  if (auto written = write_atomic(directory_ / "report.txt", report::to_text(model)); !written)
    return written;
  if (auto written = write_atomic(directory_ / "report.md", report::to_markdown(model)); !written)
    return written;
  return write_atomic(directory_ / "report.html", report::to_html(model, curves_));
}

}  // namespace leakbisect::hunt
