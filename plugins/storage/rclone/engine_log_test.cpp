// What rclone itself writes, for people; and schemes that only the configuration knows.
#include "engine_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mapped_schemes.hpp"
#include "stateferry/diag/error.hpp"

namespace stateferry::rclone {
namespace {

using testing::ElementsAre;

TEST(RcloneLog, RetriesAloneWithV) {
  const auto told = [](const char* line) { return line_for_people(line, EngineLog::retries, {}); };
  EXPECT_EQ(told("2026/01/31 12:00:00 DEBUG : pacer: low level retry 1/3 (error 503)"),
            "pacer: low level retry 1/3 (error 503)");
  EXPECT_EQ(told("2026/01/31 12:00:00 DEBUG : rc: \"core/version\": with parameters map[]"), "");
}

TEST(RcloneLog, NothingOfHowItWasConfigured) {
  const auto told = [](const char* line) { return line_for_people(line, EngineLog::all, {}); };
  EXPECT_EQ(told("DEBUG : Setting --rc-pass \"abc\" from environment variable RCLONE_RC_PASS"), "");
  EXPECT_EQ(told("DEBUG : rc: \"config/get\": reply map[pass:abc]: <nil>"), "");
  EXPECT_EQ(told("INFO  : a file"), "INFO  : a file");
}

TEST(RcloneLog, ValuesOfSecretsAndSignaturesAreTakenOut) {
  const std::vector<std::string> secrets =
      secrets_in({"RCLONE_CONFIG_SF_1_KEY=the-long-key", "AWS_SECRET_ACCESS_KEY=hidden-one",
                  "RCLONE_RC_PASS=hidden-one-more", "PATH=/usr/bin:/bin", "SHORT_KEY=ab"});
  EXPECT_THAT(secrets, ElementsAre("hidden-one-more", "the-long-key", "hidden-one"));
  EXPECT_EQ(
      line_for_people("x the-long-key y hidden-one z hidden-one-more", EngineLog::all, secrets),
      "x *** y *** z ***");
  EXPECT_EQ(line_for_people("GET https://a/b?sig=abcdefgh", EngineLog::all, {}).find("abcdefgh"),
            std::string::npos);
}

RemoteEntry entry_of(std::string key, std::string authority, RemoteOptions options) {
  RemoteEntry entry;
  entry.key = std::move(key);
  entry.scheme = "sftp";
  entry.whole = authority.empty();
  entry.authority = std::move(authority);
  entry.options = std::move(options);
  complete_mapped(entry);
  return entry;
}

std::string fault_of(RemoteEntry& entry, const std::string& uri) {
  try {
    check_mapped(mapped_address_of(uri), &entry, uri);
  } catch (const Error& error) {
    return error.code();
  }
  return "none";
}

TEST(RcloneMappedSchemes, WordsThatNobodyHas) {
  EXPECT_TRUE(is_mappable("sftp"));
  EXPECT_TRUE(is_mappable("b2"));
  for (const char* word : {"", "c", "file", "s3", "hdfs", "SFTP", "2b", "a-b", "a b"}) {
    EXPECT_FALSE(is_mappable(word)) << word;
  }
}

TEST(RcloneMappedSchemes, AnEntryLeadsToItsOwnServerAlone) {
  RemoteEntry entry = entry_of("sftp", "", {{"host", "NAS.example"}, {"port", "2222"}});
  EXPECT_EQ(entry.options["type"], "sftp");
  EXPECT_EQ(fault_of(entry, "sftp://nas.example/a"), "none");
  EXPECT_EQ(fault_of(entry, "sftp://nas.example:2222/a"), "none");
  EXPECT_EQ(fault_of(entry, "sftp:/a"), "none");
  EXPECT_EQ(fault_of(entry, "sftp://nas.example:22/a"), "E-STORE-ENDPOINT");
  EXPECT_EQ(fault_of(entry, "sftp://other.example/a"), "E-STORE-ENDPOINT");
  EXPECT_EQ(fault_of(entry, "sftp://me@nas.example/a"), "E-STORE-NAME");
}

TEST(RcloneMappedSchemes, TheServerIsThatOfTheKey) {
  RemoteEntry entry = entry_of("sftp://nas.example:2222", "nas.example:2222", {});
  EXPECT_EQ(entry.options["host"], "nas.example");
  EXPECT_EQ(entry.options["port"], "2222");
}

TEST(RcloneMappedSchemes, OneThatSaysNoServerLeadsToTheFirst) {
  RemoteEntry entry = entry_of("sftp", "", {{"type", "alias"}, {"remote", "/data"}});
  EXPECT_EQ(fault_of(entry, "sftp://a.example/x"), "none");
  EXPECT_EQ(fault_of(entry, "sftp://b.example/x"), "E-STORE-ENDPOINT");
}

TEST(RcloneMappedSchemes, BucketsWhereTheBackendHasThem) {
  RemoteEntry entry = entry_of("sftp", "", {{"type", "b2"}});
  EXPECT_TRUE(entry.names_buckets());
  EXPECT_EQ(fault_of(entry, "sftp://one/x"), "none");
  EXPECT_EQ(fault_of(entry, "sftp://two/x"), "none");
  EXPECT_EQ(fault_of(entry, "sftp:/x"), "E-STORE-NAME");
}

}  // namespace
}  // namespace stateferry::rclone
