#include "cli/json.h"

#include "explore/verdict.h"
#include "view/passing.h"

namespace mpglab::cli {

Json json_object() {
  return Json{{"schema", kJsonSchema}};
}

std::string json_line(const Json& object) {
  return object.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

Json json_of(explore::FaultSet faults) {
  Json ids = Json::array();
  for (const explore::Race& race : explore::catalogue())
    if (faults.has(race)) ids.push_back(race.id);
  return ids;
}

Json json_of(const std::vector<sim::ProgramSetting>& settings) {
  Json changed = Json::object();
  for (const sim::ProgramSetting& setting : settings)
    if (setting.changed) changed[setting.name] = setting.value;
  return changed;
}

void add_finding(Json& object, const explore::Finding& finding) {
  object["code"] = finding.code;
  object["message"] = finding.message;
  object["signature"] = finding.signature;
  if (!finding.error || !finding.error->place) return;
  object["generation"] = finding.error->place->generation;
  object["thread"] = finding.error->place->thread;
  object["offset"] = finding.error->place->offset;
  object["event"] = finding.error->event;
}

void add_token(Json& object, const explore::Token& token) {
  object["token"] = explore::to_text(token);
  Json& origin = object["origin"] = nullptr;
  if (!token.origin) return;
  origin = Json::object();
  const explore::StrategyKind kind = token.origin->strategy;
  origin["strategy"] = explore::strategy_name(kind);
  origin["seed"] = explore::has_seed(kind) ? Json(token.origin->seed) : Json(nullptr);
  if (token.origin->bound)
    origin[explore::has_depth(kind) ? "depth" : "preemptions"] = *token.origin->bound;
  origin["schedule"] = token.origin->run > 0 ? Json(token.origin->run) : Json(nullptr);
  origin["shrunk"] = token.origin->shrunk;
}

void add_nearest_passing(Json& object, const std::optional<explore::NearestPassing>& passing) {
  if (!passing) {
    object["nearest_passing"] = nullptr;
    return;
  }
  using How = explore::NearestPassing::How;
  Json& near = object["nearest_passing"] = Json::object();
  near["token"] = explore::to_text(passing->token);
  near["words"] = view::passing_words(*passing);
  near["thread"] = passing->thread;
  near["function"] = passing->function;
  near["next"] = passing->next;
  near["step"] = passing->at_step;
  const bool moved = passing->how != How::kWithout;
  near["change"] = passing->how == How::kLater    ? "later"
                   : passing->how == How::kSooner ? "sooner"
                                                  : "without";
  near["steps"] = moved ? Json(passing->steps) : Json(nullptr);
  near["access"] = moved ? Json(passing->access) : Json(nullptr);
  near["object"] = moved ? Json(passing->object) : Json(nullptr);
}

}  // namespace mpglab::cli
