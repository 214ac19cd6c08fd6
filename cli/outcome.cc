#include "cli/outcome.h"

#include <vector>

#include <fmt/format.h>

#include "cli/files.h"
#include "cli/inputs.h"
#include "cli/text.h"

namespace mpglab::cli {

using explore::Verdict;

ExitCode exit_code_of(Verdict verdict) {
  if (explore::is_finding(verdict)) return kFound;
  if (verdict == Verdict::kBudget) return kInconclusive;
  if (verdict == Verdict::kInternal) return kInternal;
  return kNothingFound;
}

std::string finding_line(const view::Style& style, const explore::Finding& finding) {
  const bool found = explore::is_finding(finding.verdict);
  return fmt::format(
      "{}: {}: {}",
      style(found ? view::Ink::kRed : view::Ink::kYellow, explore::verdict_name(finding.verdict)),
      finding.code, finding.message);
}

void report_run(Context& context, explore::Lab& lab, const explore::Lab::Run& run, bool json,
                Json object) {
  const explore::Token token = lab.token();
  const auto sessions = lab.world().sessions();
  std::size_t bytes = 0;
  for (const sim::TraceSession& session : sessions) bytes += session.bytes.size();
  const std::uint64_t steps = run.outcome->execution->steps;
  context.exit_code = exit_code_of(run.verdict);
  if (json) {
    object["scenario"] = lab.program().name;
    object["bugs"] = json_of(lab.faults());
    object["verdict"] = explore::verdict_name(run.verdict);
    object["traces"] = sessions.size();
    object["bytes"] = bytes;
    object["steps"] = steps;
    object["choices"] = lab.tape().size();
    if (run.finding != nullptr) add_finding(object, *run.finding);
    object["token"] = explore::to_text(token);
    context.console.print(json_line(object));
    return;
  }
  const view::Style& style = context.console.style();
  const std::string faults = names_of(lab.faults());
  const std::string verdict = run.finding == nullptr ? style(view::Ink::kGreen, "sound")
                                                     : finding_line(style, *run.finding);
  context.console.line(
      fmt::format("{}{}: {}", lab.program().name, faults.empty() ? "" : " + " + faults, verdict));
  context.console.line(fmt::format("  {}, {} of them choices; {} of {}", counted(steps, "step"),
                                   grouped(lab.tape().size()), counted(sessions.size(), "trace"),
                                   counted(bytes, "byte")));
  context.console.line(fmt::format("  token {}", explore::to_text(token)));
}

bool write_traces(Context& context, explore::Lab& lab, const std::string& path, bool quiet) {
  if (path.empty()) return true;
  std::size_t number = 0;
  const auto sessions = lab.world().sessions();
  if (sessions.empty()) {
    context.fail(fmt::format("{}: nothing is written: the schedule started no trace", path));
    return false;
  }
  for (const sim::TraceSession& session : sessions) {
    const std::string name = sessions.size() == 1 ? path : numbered(path, ++number);
    if (const auto written = write_file(name, session.bytes); !written) {
      context.fail(written.error());
      return false;
    }
    if (!quiet) {
      context.console.line(fmt::format("  wrote {}{}", name,
                                       session.complete ? "" : " (not complete: never stopped)"));
    }
  }
  return true;
}

}  // namespace mpglab::cli
