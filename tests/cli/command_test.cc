// The command as people and scripts use it: what it prints, and its exit codes.

#include "support/command.h"

#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/json.h"
#include "support/test_data.h"

namespace mpglab {
namespace {

using nlohmann::json;
using test::CommandResult;
using test::contents;
using test::data_path;
using test::last_object;
using test::Scratch;
using test::shell;

const std::string kHuntTheFault =
    "mpglab hunt gcwait --bug gcwait-stop-not-steal --no-shrink --json";

// ---- dump and pack ----

TEST(Dump, EventsAreThoseOfGosReader) {
  const CommandResult result = shell("mpglab dump --events " + data_path("go122-chans.trace"));
  EXPECT_EQ(result.code, 0);
  EXPECT_TRUE(result.out == test::read_text(data_path("go122-chans.events.txt")));
}

TEST(Dump, ABrokenTraceIsShownUpToTheFailure) {
  const CommandResult result = shell("mpglab dump " + data_path("go122-broken-thread-id.trace"));
  EXPECT_EQ(result.code, 1);
  EXPECT_TRUE(result.out == test::read_text(data_path("go122-broken-thread-id.events.txt")));
  EXPECT_TRUE(result.complains_of("inconsistent-thread")) << result.err;
}

TEST(Dump, TheWireFormatComesBackThroughPack) {
  const Scratch scratch;
  const std::string packed = scratch / "packed.trace";
  const CommandResult result =
      shell("mpglab dump --wire " + data_path("go122-broken-dead-p.trace") +
            " | mpglab pack - -o " + packed + " && mpglab check " + packed);
  EXPECT_EQ(result.code, 1);
  EXPECT_NE(result.out.find("broken, 202 events before failed-to-advance"), std::string::npos);
}

TEST(Dump, JsonHasALineForEachEvent) {
  const CommandResult result = shell("mpglab dump --json " + data_path("go123-coro.trace"));
  EXPECT_EQ(std::count(result.out.begin(), result.out.end(), '\n'), 804);
}

TEST(Pack, AMistakeIsAnsweredWithItsPlace) {
  const Scratch scratch;
  const std::string text = scratch.write("text", "Trace Go1.22\nEventBatch gen=x\n");
  const CommandResult result = shell("mpglab pack " + text + " -o " + scratch / "out.trace");
  EXPECT_EQ(result.code, 2);
  EXPECT_TRUE(result.complains_of(text + ":2:16: ")) << result.err;
  EXPECT_TRUE(scratch.empty_but_for("text"));
}

TEST(Pack, ATraceIsNoText) {
  const CommandResult result = shell("mpglab pack " + data_path("go122-chans.trace") + " -o x");
  EXPECT_EQ(result.code, 2);
  EXPECT_TRUE(result.complains_of("this is a trace already")) << result.err;
}

// ---- run, hunt, replay, shrink, explain ----

TEST(Run, WritesATraceThatChecksOut) {
  const Scratch scratch;
  const CommandResult result = shell("mpglab run ping-pong --seed 5 -o " + scratch / "a.trace" +
                                     " && mpglab check " + scratch / "a.trace");
  EXPECT_EQ(result.code, 0) << result.err;
}

TEST(Run, OneSeedIsOneTrace) {
  const Scratch scratch;
  shell("mpglab run syscalls --seed 5 -o " + scratch / "a.trace");
  shell("mpglab run syscalls --seed 5 -o " + scratch / "b.trace");
  EXPECT_FALSE(test::contents(scratch / "a.trace").empty());
  EXPECT_TRUE(test::contents(scratch / "a.trace") == test::contents(scratch / "b.trace"));
}

TEST(Run, WithoutAJudgeWritesTheSameTrace) {
  const Scratch scratch;
  shell("mpglab run load-channels -o " + scratch / "judged" +
        " && mpglab run load-channels --no-judge -o " + scratch / "not-judged");
  EXPECT_EQ(contents(scratch / "judged"), contents(scratch / "not-judged"));
}

TEST(Run, WithoutAJudgeMayTakeLongerThanASearchAllows) {
  // The judged run has 200,000 steps.
  EXPECT_EQ(shell("mpglab run load-channels --set sends=5000").code, 3);
  EXPECT_EQ(shell("mpglab run load-channels --set sends=5000 --no-judge").code, 0);
}

TEST(Run, WithoutAJudgeWritesNothingThatIsNotComplete) {
  const Scratch scratch;
  const CommandResult result =
      shell("mpglab run load-channels --no-judge --max-steps 1000 -o " + scratch / "trace");
  EXPECT_EQ(result.code, 3);
  EXPECT_TRUE(scratch.empty_but_for("none"));
}

TEST(Run, ATokenHasItsSettings) {
  const json run =
      last_object(shell("mpglab run load-channels --set sends=5 --set rounds=2 --json"));
  const std::string token = run["token"];
  const CommandResult replayed = shell("mpglab replay " + token);
  EXPECT_TRUE(replayed.out.starts_with("load-channels with rounds=2, sends=5: sound\n"))
      << replayed.out << replayed.err;
}

TEST(Run, OfATokenWithOtherSettingsIsAMistake) {
  const json run = last_object(shell("mpglab run load-channels --set sends=5 --json"));
  const std::string token = run["token"];
  EXPECT_TRUE(shell("mpglab replay " + token + " --set sends=6").complains_of("--set"));
}

TEST(Run, SaysItsSettings) {
  const json run = last_object(shell("mpglab run load-channels --set sends=5 --json"));
  EXPECT_EQ(run["settings"], (json{{"sends", 5}}));
}

TEST(Run, SeveralTracesGetNumbers) {
  const Scratch scratch;
  shell("mpglab run start-stop -o " + scratch / "t.trace");
  EXPECT_FALSE(test::contents(scratch / "t.1.trace").empty());
  EXPECT_FALSE(test::contents(scratch / "t.2.trace").empty());
}

TEST(Hunt, TheSeededFaultIsFound) {
  const CommandResult result = shell(kHuntTheFault);
  EXPECT_EQ(result.code, 1);
  const json object = last_object(result);
  EXPECT_EQ(object["schema"], 1);
  EXPECT_EQ(object["verdict"], "broken");
  EXPECT_EQ(object["runs"], object["first_finding_run"]);
  EXPECT_EQ(object["findings"], 1);
  EXPECT_EQ(object["strategy"], "fair-pct");
  EXPECT_EQ(object["seed"], 1);
}

TEST(Hunt, NothingIsFoundWithoutIt) {
  const CommandResult result = shell("mpglab hunt gcwait --runs 3000 --json");
  EXPECT_EQ(result.code, 0);
  const json object = last_object(result);
  EXPECT_EQ(object["verdict"], "sound");
  EXPECT_EQ(object["runs"], 3000);
  EXPECT_TRUE(object["token"].is_null());
}

TEST(Hunt, SaysVerifiedWhenEverythingWithinABoundWasTried) {
  const CommandResult result = shell("mpglab hunt ping-pong --strategy dfs --deviations 1");
  EXPECT_EQ(result.code, 0);
  EXPECT_TRUE(result.out.starts_with(
      "ping-pong: verified within 1 deviation from the default schedule: nothing goes wrong"))
      << result.out;
}

TEST(Hunt, SaysWhatTheBoundWasInJson) {
  const CommandResult result =
      shell("mpglab hunt ping-pong --strategy dfs --deviations 1 --preemptions 0 --json");
  const json object = json::parse(result.out);
  EXPECT_EQ(object["verdict"], "verified");
  EXPECT_EQ(object["complete"], (json{{"whole", false}, {"deviations", 1}, {"preemptions", 0}}));
}

TEST(Hunt, SaysWhatAProofIsOf) {
  const CommandResult result = shell("mpglab hunt gcwait-small --strategy states --preemptions 1");
  EXPECT_EQ(result.code, 0);
  EXPECT_TRUE(result.out.starts_with("gcwait-small: verified within 1 preemption: nothing goes"))
      << result.out;
  EXPECT_NE(result.out.find("of what the goroutines' bodies do"), std::string::npos);
}

TEST(Hunt, SaysWhatAProofIsOfInJson) {
  const json object =
      json::parse(shell("mpglab hunt gcwait-small --strategy states --preemptions 1 --json").out);
  EXPECT_EQ(object["verdict"], "verified");
  EXPECT_EQ(object["proof"]["scope"], "bodies");
  EXPECT_EQ(object["proof"]["preemptions"], 1);
  EXPECT_EQ(object["proof"]["whole"], false);
}

TEST(Hunt, IsInconclusiveWhenAProofIsCutOff) {
  EXPECT_EQ(shell("mpglab hunt gcwait-small --strategy dpor --runs 10").code, 3);
}

TEST(Hunt, SaysHowMuchOfAProofByClassesIsDone) {
  const json tree =
      last_object(shell("mpglab hunt gcwait-small --strategy dpor --runs 100 --json"))["tree"];
  EXPECT_DOUBLE_EQ(tree["explored"].get<double>(), 100 / tree["schedules"].get<double>());
}

TEST(Hunt, OfOnlyOneClassIsDoneWithIt) {
  const Scratch scratch;
  const std::string scenario = scratch.write(
      "a.toml",
      "title = \"t\"\nstory = \"s\"\ngomaxprocs = 1\n[goroutine.main]\nbody = \"syscall\"\n");
  const json tree =
      last_object(shell("mpglab hunt " + scenario + " --strategy dpor --json"))["tree"];
  EXPECT_EQ(tree, (json{{"explored", 1.0}, {"schedules", 1.0}, {"error", 0.0}}));
}

TEST(Hunt, SaysWhyThereCanBeNoProof) {
  const CommandResult result = shell("mpglab hunt start-stop --strategy states");
  EXPECT_EQ(result.code, 3);
  EXPECT_NE(result.out.find("--strategy states cannot go on: the scenario starts"),
            std::string::npos)
      << result.out;
}

TEST(Hunt, ShowsAFindingOfAProofThatCanBeReplayed) {
  const CommandResult hunt = shell(
      "mpglab hunt gcwait-small --bug self-steal-update-order --strategy states --preemptions 1 "
      "--no-card");
  EXPECT_EQ(hunt.code, 1);
  const std::string token = hunt.out.substr(hunt.out.rfind("token ") + 6);
  EXPECT_EQ(shell("mpglab replay " + token.substr(0, token.find('\n'))).code, 1);
}

TEST(Hunt, WithABoundOfPreemptionsAloneComesToAnEnd) {
  // In the default schedule of ping-pong every choice could only preempt somebody.
  const CommandResult result = shell("mpglab hunt ping-pong --strategy dfs --preemptions 0");
  EXPECT_TRUE(result.out.starts_with(
      "ping-pong: verified within 0 preemptions: nothing goes wrong in any of 1 schedule"))
      << result.out;
}

TEST(Hunt, IsInconclusiveWhenTheBudgetEndsBeforeAnExhaustiveSearch) {
  const CommandResult result = shell("mpglab hunt ping-pong --strategy dfs --runs 10");
  EXPECT_EQ(result.code, 3);
  EXPECT_TRUE(
      result.out.starts_with("ping-pong: nothing found in 10 schedules; all within 0 "
                             "deviations from the default schedule were tried"))
      << result.out;
}

// A folder in which the fault of gcwait has been found.
class FindingsFolder : public testing::Test {
 protected:
  FindingsFolder() { first_ = hunt(); }

  CommandResult hunt() const { return shell(kHuntTheFault + " --out " + (scratch_ / "found")); }
  std::string only_folder() const {
    const CommandResult listed = shell("cd " + (scratch_ / "found") + " && ls -d */");
    return listed.out.substr(0, listed.out.find('/'));
  }
  std::string file(const std::string& name) const {
    return scratch_ / ("found/" + only_folder() + "/" + name);
  }

  Scratch scratch_;
  CommandResult first_;
};

TEST_F(FindingsFolder, HasOneFolderForTheCause) {
  hunt();
  EXPECT_EQ(shell("cd " + (scratch_ / "found") + " && ls -d */ | wc -l").out, "1\n");
}

TEST_F(FindingsFolder, KeepsATokenThatReplays) {
  const CommandResult replayed = shell("mpglab replay $(cat '" + file("token.txt") + "')");
  EXPECT_EQ(replayed.code, 1);
}

TEST_F(FindingsFolder, KeepsTheTraceOfTheToken) {
  shell("mpglab replay $(cat '" + file("token.txt") + "') -o " + (scratch_ / "again.trace"));
  EXPECT_EQ(contents(file("schedule.trace")), contents(scratch_ / "again.trace"));
}

TEST_F(FindingsFolder, KeepsTheCard) {
  EXPECT_TRUE(contents(file("card.txt")).starts_with("BROKEN  gcwait + gcwait-stop-not-steal"));
}

TEST_F(FindingsFolder, KeepsTheObject) {
  EXPECT_EQ(contents(file("finding.json")), first_.out.substr(0, first_.out.find('\n') + 1));
}

TEST_F(FindingsFolder, SaysWhichHuntItWas) {
  const json finding = json::parse(contents(file("finding.json")));
  EXPECT_EQ(finding["strategy"], "fair-pct");
  EXPECT_EQ(finding["seed"], 1);
}

TEST_F(FindingsFolder, IsTriedFirst) {
  const CommandResult again = hunt();
  const json known = json::parse(again.out.substr(0, again.out.find('\n')));
  EXPECT_EQ(known["type"], "known");
  EXPECT_EQ(known["verdict"], "broken");
}

TEST_F(FindingsFolder, IsNotAskedAboutOtherFaults) {
  const CommandResult other = shell("mpglab hunt gcwait --runs 10 --out " + (scratch_ / "found"));
  EXPECT_TRUE(other.out.starts_with("gcwait: nothing found")) << other.out;
}

TEST_F(FindingsFolder, WithADamagedTokenIsAMistake) {
  scratch_.write("found/" + only_folder() + "/token.txt", "m1.gcwait.0000");
  const CommandResult again = hunt();
  EXPECT_EQ(again.code, 2);
  EXPECT_TRUE(again.complains_of("token.txt: ")) << again.err;
}

TEST(Hunt, PrintsTheGuaranteeOfPct) {
  const CommandResult result = shell("mpglab hunt ping-pong --strategy pct --depth 2 --runs 10");
  EXPECT_NE(result.out.find("PCT: one schedule meets a fault of depth 2 with a probability"),
            std::string::npos)
      << result.out;
}

TEST(Hunt, SchedulesThatRunOutOfStepsAreInconclusive) {
  EXPECT_EQ(shell("mpglab hunt ping-pong --runs 3 --max-steps 20").code, 3);
}

TEST(Hunt, PrintsTheCardOfAShrunkFinding) {
  const CommandResult result =
      shell("mpglab hunt open-handoff-generation --strategy pct --runs 100000");
  EXPECT_EQ(result.code, 1);
  for (const char* const part : {"shrunk from", "BROKEN  open-handoff-generation", "expected",
                                 "held up", "passes    if ", "again     mpglab replay m2."})
    EXPECT_NE(result.out.find(part), std::string::npos) << part;
}

TEST(Hunt, HasNoProgressAndNoColourWithoutATerminal) {
  const CommandResult result = shell("mpglab hunt ping-pong --runs 30000");
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(result.out.find('\x1b'), std::string::npos);
}

TEST(Colour, CanBeAskedFor) {
  EXPECT_NE(
      shell("mpglab --color always check " + data_path("go122-chans.trace")).out.find("\x1b[32mok"),
      std::string::npos);
}

// One token for all cases below.
class Tokens : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    token_ = new std::string(last_object(shell(kHuntTheFault))["token"]);
  }
  static void TearDownTestSuite() { delete token_; }
  static std::string* token_;
};

std::string* Tokens::token_ = nullptr;

TEST_F(Tokens, ReplayToTheByte) {
  const Scratch scratch;
  const CommandResult first = shell("mpglab replay " + *token_ + " -o " + scratch / "a.trace");
  EXPECT_EQ(first.code, 1);
  shell("mpglab replay " + *token_ + " -o " + scratch / "b.trace");
  EXPECT_TRUE(test::contents(scratch / "a.trace") == test::contents(scratch / "b.trace"));
  EXPECT_EQ(shell("mpglab check " + scratch / "a.trace").code, 1);
}

TEST_F(Tokens, ShrinkToASmallerOneOfTheSameFinding) {
  const CommandResult result = shell("mpglab shrink --json " + *token_);
  EXPECT_EQ(result.code, 1);
  const json object = last_object(result);
  EXPECT_EQ(object["code"], "unknown-resource");
  EXPECT_LT(object["preemptions"], object["preemptions_before"]);
}

TEST_F(Tokens, ShrinkToOneWithAPassingScheduleBesideIt) {
  const json object = last_object(shell("mpglab shrink --json " + *token_));
  const json& passing = object["nearest_passing"];
  EXPECT_EQ(shell("mpglab replay " + std::string(passing["token"])).code, 0);
  EXPECT_TRUE(std::string(passing["words"]).starts_with("if M")) << passing;
}

TEST_F(Tokens, AreExplained) {
  const CommandResult result = shell("mpglab explain " + *token_);
  EXPECT_EQ(result.code, 1);
  EXPECT_NE(result.out.find("\nX"), std::string::npos) << result.out;
}

TEST_F(Tokens, ThatAreCutAreSaidToBe) {
  const CommandResult result = shell("mpglab replay " + token_->substr(0, token_->size() - 5));
  EXPECT_EQ(result.code, 2);
  EXPECT_TRUE(result.complains_of("cut")) << result.err;
}

TEST_F(Tokens, ThatAreAlteredAreSaidToBe) {
  std::string altered = *token_;
  altered[altered.size() / 2] = altered[altered.size() / 2] == '0' ? '1' : '0';
  const CommandResult result = shell("mpglab explain " + altered);
  EXPECT_EQ(result.code, 2);
  EXPECT_TRUE(result.complains_of("altered")) << result.err;
}

TEST_F(Tokens, OfAnotherVersionAreSaidToBe) {
  const CommandResult result = shell("mpglab shrink m9" + token_->substr(2));
  EXPECT_EQ(result.code, 2);
  EXPECT_TRUE(result.complains_of("version 9")) << result.err;
}

TEST_F(Tokens, OfAnotherScenarioDoNotFit) {
  const Scratch scratch;
  const std::string file = scratch.write(
      "gcwait.toml",
      "title = \"t\"\nstory = \"s\"\ngomaxprocs = 1\n[goroutine.main]\nbody = \"gosched\"\n");
  const CommandResult result = shell("mpglab replay " + *token_ + " --scenario " + file);
  EXPECT_EQ(result.code, 2);
  EXPECT_TRUE(result.complains_of("another text of scenario 'gcwait'")) << result.err;
}

TEST_F(Tokens, OfASoundScheduleHaveNothingToShrink) {
  const std::string sound = last_object(shell("mpglab run ping-pong --json"))["token"];
  const CommandResult result = shell("mpglab shrink " + sound);
  EXPECT_EQ(result.code, 2);
  EXPECT_TRUE(result.complains_of("sound")) << result.err;
}

// A race of two goroutines of which one makes a syscall more than it needs.
const std::string kHandoff =
    "m1.open-handoff-generation.380hc0530r1gmszhz9b81pfbg422dk02e1y6pex2gwkg";

TEST(ShrinkScenario, WritesOneInWhichTheNewTokenHasTheFinding) {
  const Scratch scratch;
  const std::string file = scratch / "small.toml";
  const CommandResult result = shell("mpglab shrink --json " + kHandoff + " -o " + file);
  EXPECT_EQ(result.code, 1);
  const json object = last_object(result);
  const CommandResult again =
      shell("mpglab replay --json " + std::string(object["token"]) + " --scenario " + file);
  EXPECT_EQ(last_object(again)["signature"], object["signature"]);
}

TEST(ShrinkScenario, SaysFromWhatToWhat) {
  const Scratch scratch;
  const CommandResult result = shell("mpglab shrink " + kHandoff + " -o " + scratch / "small.toml");
  EXPECT_NE(result.out.find(
                "\nscenario shrunk from 2 goroutines, 4 operations and 2 Ps to 2, 3 and 2 in "),
            std::string::npos)
      << result.out;
}

TEST(ShrinkScenario, EndsWithWhatItHasWhenItsSchedulesAreSpent) {
  const Scratch scratch;
  const CommandResult result =
      shell("mpglab shrink --json --runs 1 " + kHandoff + " -o " + scratch / "small.toml");
  EXPECT_EQ(result.code, 1);
  const json smaller = last_object(result)["smaller_scenario"];
  EXPECT_EQ(smaller["minimal"], false);
  EXPECT_EQ(smaller["operations"], smaller["operations_before"]);
}

TEST(ShrinkScenario, OfASoundScheduleIsAMistakeAndWritesNothing) {
  const Scratch scratch;
  const std::string sound = last_object(shell("mpglab run ping-pong --json"))["token"];
  const CommandResult result = shell("mpglab shrink " + sound + " -o " + scratch / "small.toml");
  EXPECT_EQ(result.code, 2);
  EXPECT_TRUE(result.complains_of("the token's schedule is sound")) << result.err;
  EXPECT_TRUE(scratch.empty_but_for("none"));
}

// ---- lists ----

TEST(Lists, BugsHaveStoryIssueAndCommit) {
  const CommandResult result = shell("mpglab bugs self-steal-update-order --json");
  const json object = last_object(result);
  EXPECT_EQ(object["id"], "self-steal-update-order");
  EXPECT_EQ(object["commits"], "b6b72c775a");
}

TEST(Lists, ScenariosHaveAnIdAndATitle) {
  const json object = last_object(shell("mpglab scenarios --json"));
  EXPECT_TRUE(object["id"].is_string());
  EXPECT_TRUE(object["title"].is_string());
}

TEST(Lists, HelpIsThereForEveryCommand) {
  for (const char* const command : {"", "run", "hunt", "replay", "shrink", "explain", "check",
                                    "dump", "pack", "bugs", "scenarios"})
    EXPECT_EQ(shell(std::string("mpglab ") + command + " --help").code, 0) << command;
}

// ---- mistakes: one clear line, exit code 2 ----

struct Mistake {
  const char* command;
  const char* said;
};

void PrintTo(const Mistake& mistake, std::ostream* out) {
  *out << mistake.command;
}

class Mistakes : public testing::TestWithParam<Mistake> {};

TEST_P(Mistakes, AreSaidInOneLine) {
  const CommandResult result = shell(std::string("mpglab ") + GetParam().command);
  EXPECT_EQ(result.code, 2);
  EXPECT_TRUE(result.complains_of(GetParam().said)) << result.err;
  EXPECT_EQ(result.out, "");
}

INSTANTIATE_TEST_SUITE_P(
    Cli, Mistakes,
    testing::Values(
        Mistake{"", "a command is missing"},
        Mistake{"hnut gcwait", "no command 'hnut'; did you mean hunt?"},
        Mistake{"frobnicate", "no command 'frobnicate'; there are run, hunt"},
        Mistake{"hunt", "scenario is required"},
        Mistake{"hunt gcwiat", "no scenario 'gcwiat'; did you mean gcwait?"},
        Mistake{"run zzz", "no scenario 'zzz'; `mpglab scenarios` lists them"},
        Mistake{"run no/such.toml", "no/such.toml: cannot be read"},
        Mistake{"hunt gcwait --bug gcwait-stop-not-stea", "did you mean gcwait-stop-not-steal?"},
        Mistake{"hunt gcwait --strategy ptc", "no strategy 'ptc'; did you mean pct?"},
        Mistake{"hunt gcwait --out /dev/null/x", "/dev/null/x: cannot be made"},
        Mistake{"hunt gcwait --strategy breadth-first", "there are random, pct"},
        Mistake{"hunt gcwait --stratgey pct", "no option --stratgey; did you mean --strategy?"},
        Mistake{"hunt gcwait --go 1.21", "no model of Go 1.21; there is 1.22"},
        Mistake{"run ping-pong -o /no/such/dir/a.trace", "/no/such/dir/a.trace: cannot be written"},
        Mistake{"shrink m1.open-handoff-generation."
                "380hc0530r1gmszhz9b81pfbg422dk02e1y6pex2gwkg -o /no/such/dir/small.toml",
                "/no/such/dir/small.toml: cannot be written"},
        Mistake{"shrink m1.open-handoff-generation."
                "380hc0530r1gmszhz9b81pfbg422dk02e1y6pex2gwkg -o small.txt",
                "small.txt: a scenario's file ends in .toml"},
        Mistake{"replay hello", "this is no token"}, Mistake{"bugs nosuch", "no bug 'nosuch'"},
        Mistake{"bugs gcwait-stop-not-steal -o x", "shown by a scenario"},
        Mistake{"run load-channels --set sends", "expected NAME=NUMBER, not 'sends'"},
        Mistake{"run load-channels --set send=3", "did you mean 'sends'"},
        Mistake{"run load-channels --set sends=0", "sends must be a number from 1"},
        Mistake{"run gcwait --set sends=1", "no setting 'sends'; it has none at all"},
        Mistake{"run start-stop --no-judge", "--no-judge writes one trace"},
        Mistake{"bugs -o x", "-o needs the bug"},
        Mistake{"scenarios nosuch", "no scenario 'nosuch'"},
        Mistake{"dump --wire --events x", "excludes"},
        Mistake{"dump /no/such", "/no/such: cannot be read"},
        Mistake{"pack /no/such", "/no/such: cannot be read"},
        Mistake{"check", "trace is required"}));

TEST(Mistake, InAScenarioIsSaidWithItsPlace) {
  const Scratch scratch;
  const std::string file = scratch.write("a.toml",
                                         "title = \"t\"\nstory = \"s\"\ngomaxprocs = "
                                         "1\n[goroutine.main]\nbody = \"\"\"\nsyscal\n\"\"\"\n");
  const CommandResult result = shell("mpglab run " + file);
  EXPECT_EQ(result.code, 2);
  EXPECT_TRUE(result.complains_of(file + ":6:1: ")) << result.err;
}

TEST(Mistake, OfWritingToAFullDiskIsSaid) {
  const CommandResult result =
      shell("mpglab dump --wire " + data_path("go122-chans.trace") + " > /dev/full");
  EXPECT_EQ(result.code, 2);
}

TEST(Mistake, ATraceThatCannotBeWrittenLeavesNothingBehind) {
  const Scratch scratch;
  shell("mkdir " + scratch / "a.trace");
  const CommandResult result = shell("mpglab run ping-pong -o " + scratch / "a.trace");
  EXPECT_EQ(result.code, 2);
  EXPECT_TRUE(scratch.empty_but_for("a.trace"));
}

}  // namespace
}  // namespace mpglab
