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

void report_run(Context& context, explore::Lab& lab, const explore::Lab::Run& run,
                const std::optional<explore::Origin>& origin, const std::string& origin_line,
                const std::vector<std::string>& files, bool json, Json object) {
  explore::Token token = lab.token();
  token.origin = origin;
  const auto sessions = lab.world().sessions();
  std::size_t bytes = 0;
  for (const sim::TraceSession& session : sessions) bytes += session.bytes.size();
  const std::uint64_t steps = run.outcome->execution->steps;
  context.exit_code = exit_code_of(run.verdict);
  if (json) {
    object["scenario"] = lab.program().name;
    object["bugs"] = json_of(lab.faults());
    object["settings"] = json_of(lab.program().settings);
    object["verdict"] = explore::verdict_name(run.verdict);
    object["traces"] = sessions.size();
    object["bytes"] = bytes;
    object["steps"] = steps;
    object["choices"] = lab.tape().size();
    if (run.finding != nullptr) add_finding(object, *run.finding);
    add_token(object, token);
    object["files"] = files;
    context.console.print(json_line(object));
    return;
  }
  const view::Style& style = context.console.style();
  const std::string verdict = run.finding == nullptr ? style(view::Ink::kGreen, "sound")
                                                     : finding_line(style, *run.finding);
  context.console.line(fmt::format("{}: {}", title_of(lab.program(), lab.faults()), verdict));
  context.console.line(fmt::format("  {}, {} of them choices; {} of {}", counted(steps, "step"),
                                   grouped(lab.tape().size()), counted(sessions.size(), "trace"),
                                   counted(bytes, "byte")));
  context.console.line(fmt::format("  token {}", explore::to_text(token)));
  if (!origin_line.empty()) context.console.line("  " + origin_line);
  for (const std::string& file : files) context.console.line(fmt::format("  wrote {}", file));
}

Result<std::vector<std::string>, std::string> write_traces(explore::Lab& lab,
                                                           const std::string& path) {
  std::vector<std::string> files;
  if (path.empty()) return files;
  const auto sessions = lab.world().sessions();
  if (sessions.empty())
    return failure(fmt::format("{}: nothing is written: the schedule started no trace", path));
  for (const sim::TraceSession& session : sessions) {
    files.push_back(sessions.size() == 1 ? path : numbered(path, files.size() + 1));
    if (auto written = write_file(files.back(), session.bytes); !written)
      return failure(std::move(written.error()));
  }
  return files;
}

}  // namespace mpglab::cli
