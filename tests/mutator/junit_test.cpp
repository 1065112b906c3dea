// junit: what each of the usual tools writes, as it writes it, and what is no report.
#include <map>

#include "mutator/workshop/report.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::workshop;
using How = ReportedCase::How;

namespace {

std::map<std::string, ReportedCase> read(const std::string& xml, const std::string& root = "") {
  const auto cases = read_junit(xml, root);
  INFO((cases ? "" : cases.error().message));
  REQUIRE(cases);
  std::map<std::string, ReportedCase> all;
  for (const ReportedCase& one : *cases) all[one.name] = one;
  CHECK(all.size() == cases->size());
  return all;
}

}  // namespace

TEST_CASE("reports of CTest, gtest, Catch2, doctest and pytest are read", "[workshop][junit]") {
  SECTION("CTest: a test's class is its name again") {
    const auto all = read(R"(<?xml version="1.0" encoding="UTF-8"?>
<testsuite name="Linux-c++" tests="4" failures="1" disabled="1" skipped="1" hostname="" time="0">
	<testcase name="metres.inch" classname="metres.inch" time="0.0018" status="run"><system-out/></testcase>
	<testcase name="metres.mile" classname="metres.mile" time="0.0020" status="fail">
		<failure message="Failed"/><system-out>far
</system-out></testcase>
	<testcase name="later" classname="later" time="0" status="disabled"><skipped message="Disabled"/></testcase>
	<testcase name="gone" classname="gone" time="0" status="notrun"><skipped message="Unable to find executable"/>
	</testcase>
</testsuite>)");
    CHECK(all.size() == 4);
    CHECK(all.at("metres.inch").how == How::passed);
    CHECK(all.at("metres.inch").suite.empty());
    CHECK(all.at("metres.mile").how == How::failed);
    CHECK(all.at("metres.mile").message == "Failed");
    CHECK(all.at("later").how == How::skipped);
    CHECK(all.at("gone").message == "Unable to find executable");
  }
  SECTION("gtest: suites within suites, names that come again in another") {
    const auto all = read(R"(<testsuites tests="3" name="AllTests"><testsuite name="Words" tests="2">
<testcase name="Splits" file="/x/w.cc" line="3" status="run" result="completed" time="0." classname="Words">
<failure message="/x/w.cc:5&#x0A;Expected equality" type=""><![CDATA[/x/w.cc:5
Expected equality]]></failure></testcase>
<testcase name="DISABLED_Joins" status="notrun" result="suppressed" time="0." classname="Words" /></testsuite>
<testsuite name="Lines"><testcase name="Splits" status="run" result="completed" classname="Lines" /></testsuite>
</testsuites>)");
    CHECK(all.at("Words.Splits").how == How::failed);
    CHECK(all.at("Words.Splits").message == "/x/w.cc:5");
    CHECK(all.at("Words.Splits").suite == "Words");
    CHECK(all.at("Words.DISABLED_Joins").how == How::skipped);
    CHECK(all.at("Lines.Splits").how == How::passed);
  }
  SECTION("Catch2 and doctest: classes that say nothing") {
    const auto all = read(R"(<testsuites><testsuite name="tests" errors="1" failures="1" tests="3">
<testcase classname="tests.global" name="words are counted" time="0.1" status="run"/>
<testcase classname="tests.global" name="words are counted/in a row" time="0.1">
<error message="unexpected exception">late</error></testcase>
<testcase classname="/tmp/place/t0/test_words.cpp" name="the longest" status="run">
<failure message="3 == 4" type="CHECK"></failure></testcase></testsuite></testsuites>)");
    CHECK(all.at("words are counted").how == How::passed);
    CHECK(all.at("words are counted/in a row").how == How::failed);
    CHECK(all.at("the longest").message == "3 == 4");
  }
  SECTION("pytest: modules and parameters") {
    const auto all = read(
        R"(<testsuites><testsuite name="pytest"><testcase classname="tests.test_words" name="test_split[1]"
time="0.001"/><testcase classname="tests.test_words" name="test_join"><skipped type="pytest.skip" message="no network">
/tmp/place/tests/test_words.py:9: no network</skipped></testcase></testsuite></testsuites>)");
    CHECK(all.at("tests.test_words.test_split[1]").how == How::passed);
    CHECK(all.at("tests.test_words.test_join").how == How::skipped);
    CHECK(all.at("tests.test_words.test_join").message == "no network");
  }
}

TEST_CASE("of several cases of one name the worst counts", "[workshop][junit]") {
  const auto order = GENERATE(as<std::string>(), "fps", "pfs", "spf");
  std::map<char, std::string> cases = {{'f', "<testcase name='a'><failure message='m'/></testcase>"},
                                       {'p', "<testcase name='a'/>"},
                                       {'s', "<testcase name='a'><skipped/></testcase>"}};
  std::string xml = "<testsuite>";
  for (const char one : order) xml += cases[one];
  CHECK(read(xml + "</testsuite>").at("a").how == How::failed);
}

TEST_CASE("the place where it was built is in no name", "[workshop][junit]") {
  const auto all = read("<testsuite><testcase name='/cache/t0/data/one.txt'/></testsuite>", "/cache/t0");
  CHECK(all.begin()->first == "data/one.txt");
}

TEST_CASE("what is no report says so and where", "[workshop][junit]") {
  const auto refusal = [](const std::string& xml) {
    const auto cases = read_junit(xml, "");
    REQUIRE_FALSE(cases);
    return cases.error().message;
  };
  CHECK(refusal("").starts_with("is no XML at byte 0: "));
  CHECK(refusal("{\"tests\": 3}").starts_with("is no XML at byte "));
  CHECK(refusal("<testsuite><testcase name='a'>").starts_with("is no XML at byte "));  // cut short
  CHECK(refusal("<html><body/></html>") == "is XML without a <testsuite>, and so not JUnit's");
  CHECK(read_junit("<testsuites/>", "")->empty());
}
