// How one schedule went, for people and for scripts; and its traces, into files.
#pragma once

#include <string>
#include <string_view>

#include "cli/command.h"
#include "cli/json.h"
#include "explore/lab.h"

namespace mpglab::cli {

// What `run` and `replay` say: verdict, size, token. Sets the exit code.
void report_run(Context& context, explore::Lab& lab, const explore::Lab::Run& run, bool json,
                Json object);

// "broken: unknown-resource: ..."; the verdict inked.
std::string finding_line(const view::Style& style, const explore::Finding& finding);

// Writes the traces of the last run: one to `path`, several to numbered names. False: said why.
bool write_traces(Context& context, explore::Lab& lab, const std::string& path, bool quiet);

// The exit code that a verdict asks for.
ExitCode exit_code_of(explore::Verdict verdict);

}  // namespace mpglab::cli
