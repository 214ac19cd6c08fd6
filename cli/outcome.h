// How one schedule went, for people and for scripts; and its traces, into files.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/command.h"
#include "cli/json.h"
#include "explore/lab.h"

namespace mpglab::cli {

// What `run` and `replay` say: verdict, size, token, and where the traces were written. Sets the
// exit code. `origin` goes into the token; `origin_line` is said of it, if it is not empty.
void report_run(Context& context, explore::Lab& lab, const explore::Lab::Run& run,
                const std::optional<explore::Origin>& origin, const std::string& origin_line,
                const std::vector<std::string>& files, bool json, Json object);

// "broken: unknown-resource: ..."; the verdict inked.
std::string finding_line(const view::Style& style, const explore::Finding& finding);

// Writes the traces of the last run: one to `path`, several to numbered names; none if `path` is
// empty. The names of the files.
Result<std::vector<std::string>, std::string> write_traces(explore::Lab& lab,
                                                           const std::string& path);

// The exit code that a verdict asks for.
ExitCode exit_code_of(explore::Verdict verdict);

}  // namespace mpglab::cli
