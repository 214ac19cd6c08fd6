// Campaigns: hunts that are stopped, by whatever, and gone on with.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/command.h"
#include "support/json.h"

namespace mpglab {
namespace {

using nlohmann::json;
using test::CommandResult;
using test::contents;
using test::last_object;
using test::Scratch;
using test::shell;

// A fault that shows in many schedules and in several ways.
const std::string kHunt =
    "mpglab hunt gcwait --bug self-steal-update-order --keep-going --no-shrink --json ";
const std::string kResume = "mpglab hunt --no-shrink --json --resume ";

// The objects that a hunt has printed, without what depends on the clock and on its being in parts.
std::vector<json> told(const CommandResult& result) {
  std::vector<json> objects;
  std::string_view rest = result.out;
  while (!rest.empty()) {
    json object = json::parse(rest.substr(0, rest.find('\n')));
    rest.remove_prefix(std::min(rest.size(), rest.find('\n') + 1));
    for (const char* const key : {"seconds", "schedules_per_second", "resumed_at"})
      object.erase(key);
    objects.push_back(std::move(object));
  }
  return objects;
}

class Campaign : public testing::Test {
 protected:
  std::string folder() const { return scratch_ / "d"; }
  std::string file() const { return scratch_ / "d/campaign.json"; }
  // How many schedules the file knows of.
  std::uint64_t runs() const {
    const std::string text = contents(file());
    const std::size_t state = text.find('\n') + 1;
    return json::parse(text.substr(state, text.find('\n', state) - state))["runs"];
  }
  void expect_to_end_as_if_never_stopped(const std::string& hunt = kHunt) const {
    const std::string runs_of_all = std::to_string(runs() + 500);
    EXPECT_EQ(told(shell(kResume + folder() + " --runs " + runs_of_all)),
              told(shell(hunt + "--runs " + runs_of_all)));
  }

  Scratch scratch_;
};

// ---- in parts ----

class CampaignInParts : public Campaign, public testing::WithParamInterface<const char*> {};

TEST_P(CampaignInParts, EndsAsIfItHadNeverStopped) {
  const std::string runs = GetParam();
  shell(kHunt + "--classes --runs " + runs + " --out " + folder());
  const CommandResult resumed = shell(kResume + folder() + " --runs 1000");
  const CommandResult whole = shell(kHunt + "--classes --runs 1000");
  EXPECT_EQ(told(resumed), told(whole));
  EXPECT_EQ(resumed.code, whole.code);
}

// A block is 64 schedules.
INSTANTIATE_TEST_SUITE_P(Stopped, CampaignInParts,
                         testing::Values("1", "64", "100", "999", "1000"));

TEST_F(Campaign, OnMoreCoresEndsTheSame) {
  shell(kHunt + "--runs 100 --out " + folder());
  EXPECT_EQ(told(shell(kResume + folder() + " --runs 1000 --jobs 3")),
            told(shell(kHunt + "--runs 1000")));
}

TEST_F(Campaign, OfDfsEndsInItsProof) {
  shell("mpglab hunt gcwait-small --strategy dfs --deviations 1 --runs 500 --out " + folder());
  const json object = last_object(shell("mpglab hunt --json --runs 5000 --resume " + folder()));
  // As many as docs/strategies.md has.
  EXPECT_EQ(object["runs"], 1'097);
  EXPECT_EQ(object["verdict"], "verified");
}

const std::string kDpor =
    "mpglab hunt gcwait-small --strategy dpor --bug self-steal-update-order --keep-going "
    "--no-shrink --json ";

// A ticket is 64 schedules, and the first finding is at 1,153.
class CampaignOfDporInParts : public CampaignInParts {};

TEST_P(CampaignOfDporInParts, EndsAsIfItHadNeverStopped) {
  const std::string runs = GetParam();
  shell(kDpor + "--runs " + runs + " --out " + folder());
  EXPECT_EQ(told(shell(kResume + folder() + " --runs 2000 --jobs 2")),
            told(shell(kDpor + "--runs 2000")));
}

INSTANTIATE_TEST_SUITE_P(Stopped, CampaignOfDporInParts,
                         testing::Values("1", "64", "100", "1153", "2000"));

// Within two preemptions: 11,723 schedules, most of which come to a state that is known. The first
// 500 are to get to know the program, and the first finding is at 513.
const std::string kStates =
    "mpglab hunt gcwait-small --strategy states --preemptions 2 --bug self-steal-update-order "
    "--keep-going --no-shrink --json ";

class CampaignOfStatesInParts : public CampaignInParts {};

TEST_P(CampaignOfStatesInParts, EndsAsIfItHadNeverStopped) {
  const std::string runs = GetParam();
  shell(kStates + "--runs " + runs + " --out " + folder());
  EXPECT_EQ(told(shell(kResume + folder() + " --runs 20000 --jobs 2")), told(shell(kStates)));
}

INSTANTIATE_TEST_SUITE_P(Stopped, CampaignOfStatesInParts,
                         testing::Values("1", "500", "513", "1000", "9999", "20000"));

TEST_F(Campaign, OfDporEndsInItsProof) {
  // One goroutine that collects: a few hundred classes.
  const std::string scenario = scratch_.write(
      "a.toml", "title = \"t\"\nstory = \"s\"\ngomaxprocs = 2\n[goroutine.main]\nbody = \"gc\"\n");
  const std::string hunt = "mpglab hunt " + scenario + " --strategy dpor --json ";
  shell(hunt + "--runs 100 --out " + folder());
  const CommandResult resumed = shell("mpglab hunt --json --runs 5000 --resume " + folder());
  EXPECT_EQ(last_object(resumed)["verdict"], "verified");
  EXPECT_EQ(told(resumed), told(shell(hunt)));
}

TEST_F(Campaign, ThatIsAtItsProofSaysItAgain) {
  const std::string scenario = scratch_.write(
      "a.toml", "title = \"t\"\nstory = \"s\"\ngomaxprocs = 2\n[goroutine.main]\nbody = \"gc\"\n");
  const CommandResult proved =
      shell("mpglab hunt " + scenario + " --strategy dpor --json --out " + folder());
  EXPECT_EQ(told(shell("mpglab hunt --json --resume " + folder())), told(proved));
}

TEST_F(Campaign, ThatIsAtItsEndSaysItAgain) {
  const CommandResult ended = shell(kHunt + "--runs 100 --out " + folder());
  EXPECT_EQ(told(shell(kResume + folder())), told(ended));
}

TEST_F(Campaign, SaysWhereItWasResumed) {
  shell("mpglab hunt ping-pong --runs 100 --out " + folder());
  EXPECT_EQ(last_object(shell("mpglab hunt --json --runs 200 --resume " + folder()))["resumed_at"],
            100);
}

TEST_F(Campaign, RemembersThatAKnownFindingStillOccurs) {
  // The folder has the finding; the second campaign there is too short to meet it.
  shell("mpglab hunt gcwait --bug gcwait-stop-not-steal --no-shrink --out " + folder());
  shell("mpglab hunt gcwait --bug gcwait-stop-not-steal --runs 10 --out " + folder());
  EXPECT_EQ(shell("mpglab hunt --runs 20 --resume " + folder()).code, 1);
}

TEST_F(Campaign, OfAShardIsTakenUpByItsShard) {
  shell("mpglab hunt ping-pong --runs 100 --shard 1/2 --out " + folder());
  shell("mpglab hunt ping-pong --runs 100 --shard 2/2 --out " + folder());
  EXPECT_TRUE(
      shell("mpglab hunt --resume " + folder()).complains_of("has 2 campaigns: say --shard"));
  // Of 300 schedules in blocks of 64 the second shard has 64 to 127 and 192 to 255.
  EXPECT_EQ(
      last_object(shell("mpglab hunt --json --runs 300 --shard 2/2 --resume " + folder()))["runs"],
      128);
}

// ---- killed ----

// A hunt without an end, on two cores, that was killed as soon as its file knew of a schedule.
class KilledCampaign : public Campaign {
 protected:
  CommandResult hunt_and_kill(const std::string& signal, const std::string& hunt = kHunt) {
    return shell(hunt + "--time 1h --jobs 2 --out " + folder() + " & hunt=$!\n" +
                 "until grep -q '^{\"type\":\"state\".*\"runs\":[1-9]' " + file() +
                 " 2>/dev/null; do :; done\n" + "kill -" + signal + " $hunt; wait $hunt");
  }
};

TEST_F(KilledCampaign, EndsAsIfItHadNeverStopped) {
  hunt_and_kill("KILL");
  expect_to_end_as_if_never_stopped();
}

TEST_F(KilledCampaign, OfDporEndsAsIfItHadNeverStopped) {
  hunt_and_kill("KILL", kDpor);
  expect_to_end_as_if_never_stopped(kDpor);
}

TEST_F(KilledCampaign, OfStatesEndsAsIfItHadNeverStopped) {
  hunt_and_kill("KILL", kStates);
  EXPECT_EQ(told(shell(kResume + folder())), told(shell(kStates)));
}

TEST_F(KilledCampaign, OfStatesDoesNotMindWhatWasBeingWritten) {
  hunt_and_kill("KILL", kStates);
  shell("cd " + folder() + " && for i in campaign.states-*; do printf half >> $i; done" +
        " && touch campaign.states-99");
  EXPECT_EQ(told(shell(kResume + folder())), told(shell(kStates)));
  EXPECT_EQ(shell("ls " + folder() + " | grep -c states").out, "1\n");
}

TEST_F(KilledCampaign, IsNotWrittenOverByANewOne) {
  hunt_and_kill("KILL");
  const CommandResult again = shell(kHunt + "--out " + folder());
  EXPECT_EQ(again.code, 2);
  EXPECT_TRUE(again.complains_of("is not at its end: `mpglab hunt --resume ")) << again.err;
}

TEST_F(KilledCampaign, ByAFaultOfOursSaysHowToGoOn) {
  const CommandResult died = hunt_and_kill("ABRT");
  EXPECT_EQ(died.code, 4);
  EXPECT_TRUE(
      died.complains_of("gcwait + self-steal-update-order (strategy fair-pct, seed 1); what "
                        "was found is in " +
                        folder() + ": `mpglab hunt --resume " + folder() + "` goes on"))
      << died.err;
  expect_to_end_as_if_never_stopped();
}

TEST_F(KilledCampaign, LeavesNothingBehindThatAResumedOneDoesNotClearAway) {
  hunt_and_kill("KILL");
  scratch_.write("d/campaign.json.a1B2c3", "half of a");
  shell(kResume + folder() + " --runs 1");
  EXPECT_EQ(shell("ls " + folder() + "/campaign.json*").out, file() + "\n");
}

// ---- at work ----

// A hunt without an end, which a second one meets as soon as the file knows of a schedule. It is
// killed when the second one has ended.
class CampaignAtWork : public Campaign {
 protected:
  // The second command may say $hunt for the first one's process.
  CommandResult meet(const std::string& second, const std::string& first = "") {
    return shell(kHunt + first + "--time 1h --out " + folder() + " >/dev/null & hunt=$!\n" +
                 "until grep -q '\"runs\":[1-9]' " + folder() + "/campaign*.json 2>/dev/null; do " +
                 ":; done\n" + second + "\ncode=$?; kill -KILL $hunt; wait $hunt 2>/dev/null\n" +
                 "exit $code");
  }
};

TEST_F(CampaignAtWork, CannotBeResumedByAnother) {
  EXPECT_EQ(meet(kResume + folder()).code, 2);
}

TEST_F(CampaignAtWork, SaysWhichAndWhoIsAtWork) {
  const CommandResult result = meet("echo $hunt; " + kResume + folder());
  const std::string process = result.out.substr(0, result.out.find('\n'));
  EXPECT_TRUE(result.complains_of(file() + ": another process (" + process +
                                  ") is at work on this campaign"))
      << result.err;
}

TEST_F(CampaignAtWork, IsNotBegunAnewByAnother) {
  const CommandResult result = meet("mpglab hunt ping-pong --runs 10 --out " + folder());
  EXPECT_TRUE(result.complains_of("is at work on this campaign")) << result.err;
}

// Without a word of it in the folder a new one would be begun there.
TEST_F(CampaignAtWork, IsNotBegunAnewWhenItsFileIsGone) {
  const CommandResult result =
      meet("rm " + file() + "; mpglab hunt ping-pong --runs 10 --out " + folder());
  EXPECT_TRUE(result.complains_of("is at work on this campaign")) << result.err;
}

TEST_F(CampaignAtWork, LosesNothingByAnother) {
  meet(kResume + folder());
  expect_to_end_as_if_never_stopped();
}

TEST_F(CampaignAtWork, OfOneShardLeavesTheOthersFree) {
  EXPECT_EQ(
      meet("mpglab hunt ping-pong --runs 100 --shard 2/2 --out " + folder(), "--shard 1/2 ").code,
      0);
}

TEST_F(CampaignAtWork, IsFreeAsSoonAsItIsKilled) {
  meet("kill -KILL $hunt; wait $hunt");
  EXPECT_NE(shell(kResume + folder() + " --runs 1").code, 2);
}

// ---- that cannot be written ----

TEST_F(Campaign, OnAFullDiskIsSaidBeforeItBegins) {
  const CommandResult result = shell("mkdir " + folder() + " && ln -s /dev/full " + file() + "; " +
                                     kHunt + "--runs 100 --out " + folder());
  EXPECT_EQ(result.code, 2);
  EXPECT_TRUE(result.complains_of("campaign.json: cannot be written: No space left on device"))
      << result.err;
}

// Its file begins with less than 1 kB and has more when it knows the classes of 64 schedules.
class CampaignWithoutRoom : public Campaign {
 protected:
  // The limit is for files, so what is printed goes through a pipe.
  CampaignWithoutRoom()
      : result_(shell("( ulimit -f 2; " + kHunt + "--classes --runs 1000 --out " + folder() +
                      "; echo $? > " + scratch_ / "code" + " ) | cat")) {}

  CommandResult result_;
};

TEST_F(CampaignWithoutRoom, SaysSo) {
  EXPECT_TRUE(result_.complains_of("campaign.json: cannot be written: File too large"))
      << result_.err;
}
TEST_F(CampaignWithoutRoom, EndsAsAMistake) {
  EXPECT_EQ(contents(scratch_ / "code"), "2\n");
}
TEST_F(CampaignWithoutRoom, TellsWhatItFound) {
  EXPECT_EQ(told(result_).front()["type"], "finding");
}
TEST_F(CampaignWithoutRoom, GoesOnWhenThereIsRoom) {
  EXPECT_EQ(told(shell(kResume + folder() + " --runs 1000")),
            told(shell(kHunt + "--classes --runs 1000")));
}

// ---- mistakes ----

struct Mistake {
  const char* arguments;
  const char* said;
};

void PrintTo(const Mistake& mistake, std::ostream* out) {
  *out << mistake.arguments;
}

class CampaignMistakes : public testing::TestWithParam<Mistake> {
 protected:
  // One campaign for all of them: none may touch it.
  static void SetUpTestSuite() {
    scratch_ = new Scratch;
    shell("cd " + *scratch_ / "" + " && mpglab hunt ping-pong --runs 100 --out d && mkdir empty");
  }
  static void TearDownTestSuite() { delete scratch_; }

  static Scratch* scratch_;
};
Scratch* CampaignMistakes::scratch_ = nullptr;

TEST_P(CampaignMistakes, AreSaidInOneLine) {
  const std::string before = contents(*scratch_ / "d/campaign.json");
  const CommandResult result =
      shell("cd " + *scratch_ / "" + " && mpglab hunt " + GetParam().arguments);
  EXPECT_EQ(result.code, 2);
  EXPECT_TRUE(result.complains_of(GetParam().said)) << result.err;
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(contents(*scratch_ / "d/campaign.json"), before);
}

INSTANTIATE_TEST_SUITE_P(
    Cli, CampaignMistakes,
    testing::Values(
        Mistake{"--resume nosuch", "nosuch: there is no such folder"},
        Mistake{"--resume d/campaign.json", "d/campaign.json: there is no such folder"},
        Mistake{"--resume empty", "empty: this folder has no campaign to go on with"},
        Mistake{"--resume d --out e", "there is no --out"},
        Mistake{"gcwait --resume d", "has scenario ping-pong, not scenario gcwait"},
        Mistake{"--resume d --bug gcwait-stop-not-steal",
                "has no --bug, not --bug gcwait-stop-not-steal"},
        Mistake{"--resume d --seed 2", "d/campaign.json: this campaign has --seed 1, not --seed 2"},
        Mistake{"--resume d --strategy pct", "has --strategy fair-pct, not --strategy pct"},
        Mistake{"--resume d --depth 3", "has no --depth, not --depth 3"},
        Mistake{"--resume d --max-steps 9", "has --max-steps 200000, not --max-steps 9"},
        Mistake{"--resume d --classes", "has no --classes, not --classes"},
        Mistake{"--resume d --set a=1", "has no --set, not --set a=1"},
        Mistake{"--resume d --shard 1/2", "d: this folder has no campaign of --shard 1/2"}));

TEST_F(Campaign, OfAScenarioThatHasChangedIsAMistake) {
  const std::string scenario = scratch_.write(
      "a.toml",
      "title = \"t\"\nstory = \"s\"\ngomaxprocs = 1\n[goroutine.main]\nbody = \"syscall\"\n");
  EXPECT_EQ(shell("mpglab hunt " + scenario + " --runs 10 --out " + folder()).code, 0);
  EXPECT_EQ(shell("mpglab hunt --runs 20 --resume " + folder()).code, 0);
  scratch_.write(
      "a.toml",
      "title = \"t\"\nstory = \"s\"\ngomaxprocs = 2\n[goroutine.main]\nbody = \"syscall\"\n");
  const CommandResult result = shell("mpglab hunt --runs 30 --resume " + folder());
  EXPECT_EQ(result.code, 2);
  EXPECT_TRUE(result.complains_of("a.toml is not, or not any more, the one")) << result.err;
}

class DamagedCampaign : public Campaign {
 protected:
  DamagedCampaign() {
    shell(kHunt + "--classes --runs 100 --out " + folder());
    text_ = contents(file());
  }
  CommandResult resume(const std::string& text) const {
    scratch_.write("d/campaign.json", text);
    return shell(kResume + folder());
  }

  std::string text_;
};

TEST_F(DamagedCampaign, CutOffAnywhereIsAMistake) {
  for (std::size_t size = 0; size < text_.size(); size += text_.size() / 20) {
    const CommandResult result = resume(text_.substr(0, size));
    ASSERT_EQ(result.code, 2) << size;
    ASSERT_TRUE(result.complains_of("campaign is damaged: its end is missing")) << result.err;
  }
}

TEST_F(DamagedCampaign, AlteredAnywhereIsAMistake) {
  for (std::size_t at = 0; at < text_.size(); at += text_.size() / 20) {
    std::string altered = text_;
    altered[at] = altered[at] == '1' ? '2' : '1';
    const CommandResult result = resume(altered);
    ASSERT_EQ(result.code, 2) << at;
    ASSERT_TRUE(result.complains_of("campaign")) << result.err;
  }
}

TEST_F(DamagedCampaign, IsNotWrittenOver) {
  scratch_.write("d/campaign.json", "half of a");
  EXPECT_TRUE(
      shell(kHunt + "--out " + folder()).complains_of("without this file a new one is begun"));
  EXPECT_EQ(contents(file()), "half of a");
}

TEST_F(DamagedCampaign, OfAnotherMpglabIsNotCalledDamaged) {
  std::string other = text_;
  const std::string version = "\"mpglab\":\"0.1.0\"";
  other.replace(other.find(version), version.size(), "\"mpglab\":\"9.8.7\"");
  EXPECT_TRUE(resume(other).complains_of("this campaign is of mpglab 9.8.7 with model 1; this is"));
}

// What a search for states has met is in a file of its own; in which one, depends on how often the
// search has begun anew.
class DamagedStates : public Campaign {
 protected:
  DamagedStates() {
    shell(kStates + "--runs 2000 --out " + folder());
    const std::string names = shell("cd " + folder() + " && ls campaign.states-*").out;
    name_ = names.substr(0, names.find('\n'));
    text_ = contents(folder() + "/" + name_);
  }
  // With that in its place.
  void expect_mistake(const std::string& said, const std::string& text) const {
    scratch_.write("d/" + name_, text);
    expect_mistake(said);
  }
  void expect_mistake(const std::string& said) const {
    const CommandResult result = shell(kResume + folder());
    EXPECT_EQ(result.code, 2);
    EXPECT_TRUE(result.complains_of(folder() + "/" + name_ + ": " + said)) << result.err;
    EXPECT_EQ(result.out, "");
  }

  std::string name_;
  std::string text_;
};

TEST_F(DamagedStates, AreNineBytesEach) {
  EXPECT_GT(text_.size(), 9U * 1'000);
  EXPECT_EQ(text_.size() % 9, 0U);
}
TEST_F(DamagedStates, CutOffAreAMistake) {
  for (const std::size_t part : {0U, 1U, 4U, 9U})
    expect_mistake("this campaign is damaged: its end is missing",
                   text_.substr(0, text_.size() * part / 10));
}
TEST_F(DamagedStates, AlteredAreAMistake) {
  for (const std::size_t part : {0U, 1U, 4U, 9U}) {
    std::string altered = text_;
    char& byte = altered.at(text_.size() * part / 10);
    byte = byte == '1' ? '2' : '1';
    expect_mistake("this campaign is damaged: it is not what was written", altered);
  }
}
TEST_F(DamagedStates, OfAnotherCampaignAreAMistake) {
  shell("mpglab hunt gcwait --strategy states --preemptions 1 --runs 3000 --out " + scratch_ / "e" +
        " && cat " + scratch_ / "e/campaign.states-*" + " > " + folder() + "/" + name_);
  ASSERT_GT(contents(folder() + "/" + name_).size(), text_.size());
  expect_mistake("this campaign is damaged: it is not what was written");
}
TEST_F(DamagedStates, ThatAreGoneAreAMistake) {
  shell("rm " + folder() + "/" + name_);
  expect_mistake("the states of this campaign cannot be read: No such file or directory");
}

}  // namespace
}  // namespace mpglab
