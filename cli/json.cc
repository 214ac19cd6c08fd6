#include "cli/json.h"

#include "explore/verdict.h"

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

}  // namespace mpglab::cli
