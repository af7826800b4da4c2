// What the storage `rclone` decides without a store: names, environment, errors, configuration.
#include <gtest/gtest.h>

#include <algorithm>

#include "errors.hpp"
#include "remotes.hpp"
#include "stateferry/plugin/plugin.hpp"

extern "C" const stateferry::PluginDescriptor* stateferry_plugin_entry();

namespace stateferry::rclone {
namespace {

std::string nothing(const char*) {
  return {};
}
std::string aws(const char* name) {
  const std::string_view n(name);
  if (n == "AWS_DEFAULT_REGION") return "eu-central-1";
  if (n == "AWS_ENDPOINT_URL") return "http://127.0.0.1:7070";
  return {};
}
std::string azure(const char* name) {
  return std::string_view(name) == "AZURE_STORAGE_SAS_TOKEN" ? "?sv=1&sig=x" : "";
}

ParamNode scalar(std::string text) {
  ParamNode node;
  node.kind = ParamNode::Kind::scalar;
  node.scalar = std::move(text);
  return node;
}
ParamNode map(std::vector<std::pair<std::string, ParamNode>> entries) {
  ParamNode node;
  node.kind = ParamNode::Kind::map;
  for (auto& [key, value] : entries) node.entries.push_back({scalar(key), value});
  return node;
}

std::string place(Remotes& remotes, const std::string& uri) {
  const Place p = remotes.place_of(uri);
  return p.fs + " " + p.remote;
}
bool tells(const Remotes& remotes, const std::string& line) {
  const auto lines = remotes.environment();
  return std::find(lines.begin(), lines.end(), line) != lines.end();
}

TEST(RcloneRemotes, S3FamilyIsOneRemote) {
  Remotes remotes(aws);
  EXPECT_EQ(place(remotes, "s3://b/a/k"), "sf_s3:b a/k");
  EXPECT_EQ(place(remotes, "s3a://c/k"), "sf_s3:c k");
  EXPECT_EQ(place(remotes, "file:/tmp/x"), "/ tmp/x");
  EXPECT_TRUE(tells(remotes, "RCLONE_CONFIG_SF_S3_TYPE=s3"));
  EXPECT_TRUE(tells(remotes, "RCLONE_CONFIG_SF_S3_ENV_AUTH=true"));
  EXPECT_TRUE(tells(remotes, "RCLONE_CONFIG_SF_S3_NO_CHECK_BUCKET=true"));
  EXPECT_TRUE(tells(remotes, "RCLONE_CONFIG_SF_S3_REGION=eu-central-1"));
  EXPECT_TRUE(tells(remotes, "RCLONE_CONFIG_SF_S3_ENDPOINT=http://127.0.0.1:7070"));
  EXPECT_TRUE(tells(remotes, "RCLONE_CONFIG_SF_S3_PROVIDER=Other"));
}

TEST(RcloneRemotes, OthersHaveDefaults) {
  Remotes remotes(azure);
  EXPECT_EQ(place(remotes, "gs://b/k"), "sf_gs:b k");
  EXPECT_EQ(place(remotes, "abfss://c@acc.dfs.core.windows.net/k"), "sf_azure_acc:c k");
  EXPECT_EQ(place(remotes, "hdfs://nn:9000/a/k"), "sf_hdfs_NN_9000:/ a/k");
  EXPECT_EQ(place(remotes, "hdfs://nn/a"), "sf_hdfs_NN:/ a");
  EXPECT_TRUE(tells(remotes, "RCLONE_CONFIG_SF_HDFS_NN_NAMENODE=nn:8020"));
  EXPECT_TRUE(tells(remotes, "RCLONE_CONFIG_SF_HDFS_NN_9000_NAMENODE=nn:9000"));
  EXPECT_TRUE(tells(remotes,
                    "RCLONE_CONFIG_SF_AZURE_ACC_SAS_URL=https://acc.blob.core.windows.net/?sv=1&"
                    "sig=x"));
  EXPECT_THROW(remotes.place_of("s3:///k"), IoError);
}

TEST(RcloneRemotes, TheUserMayChoose) {
  Remotes remotes(nothing);
  remotes.configure(
      map({{"remotes",
            map({{"s3://archive", scalar("cold:")},
                 {"s3", map({{"provider", scalar("Minio")}, {"force-path-style", scalar("true")}})},
                 {"hdfs", scalar("ha")}})}}));
  EXPECT_EQ(place(remotes, "s3a://archive/k"), "cold:archive k");
  EXPECT_EQ(place(remotes, "s3p://b/k"), "sf_1:b k");
  EXPECT_EQ(place(remotes, "hdfs://nameservice/k"), "ha:/ k");
  EXPECT_TRUE(tells(remotes, "RCLONE_CONFIG_SF_1_PROVIDER=Minio"));
  EXPECT_TRUE(tells(remotes, "RCLONE_CONFIG_SF_1_FORCE_PATH_STYLE=true"));
  EXPECT_TRUE(tells(remotes, "RCLONE_CONFIG_SF_1_NO_CHECK_BUCKET=true"));
}

TEST(RcloneRemotes, NoCredentialStandsInTheConfiguration) {
  for (const char* name : {"secret-access-key", "session_token", "key", "sas_url", "pass"}) {
    Remotes remotes(nothing);
    try {
      remotes.configure(map({{"remotes", map({{"s3", map({{name, scalar("hush-hush")}})}})}}));
      FAIL() << name << " was taken";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "E-CONFIG");
      EXPECT_EQ(std::string(error.what()).find("hush-hush"), std::string::npos);
    }
  }
}

std::string code_of(const char* message) {
  return error_of(message, "s3://b/k", "E-IO-READ").code();
}

TEST(RcloneRemotes, WhatIsListedHasAUri) {
  Remotes remotes(nothing);
  for (const char* root : {"s3://b", "s3://b/"}) {
    const Place place = remotes.place_of(root);
    EXPECT_EQ(listed_uri(root, place, "x"), "s3://b/x") << root;
    EXPECT_EQ(listed_uri(root, place, "x/y"), "s3://b/x/y") << root;
  }
  for (const char* directory : {"s3a://b/job", "s3a://b/job/"}) {
    const Place place = remotes.place_of(directory);
    EXPECT_EQ(listed_uri(directory, place, "job/x"), "s3a://b/job/x") << directory;
    EXPECT_EQ(listed_uri(directory, place, "job"), std::nullopt) << directory;
  }
}

TEST(RcloneErrors, BecomeOurs) {
  EXPECT_EQ(code_of("AccessDenied: Access Denied\n\tstatus code: 403, request id: 1"),
            "E-IO-DENIED");
  EXPECT_EQ(code_of("NoCredentialProviders: no valid providers in chain"), "E-IO-DENIED");
  EXPECT_EQ(code_of("object not found"), "E-IO-NOT-FOUND");
  EXPECT_EQ(code_of("NoSuchBucket: The specified bucket does not exist"), "E-IO-NOT-FOUND");
  EXPECT_EQ(code_of("Put \"http://127.0.0.1:1/b\": dial tcp: connect: connection refused"),
            "E-STORE-UNREACHABLE");
  EXPECT_EQ(code_of("SlowDown: Please reduce your request rate\n\tstatus code: 503"),
            "E-STORE-TEMPORARY");
  EXPECT_EQ(code_of("InternalError: oops\n\tstatus code: 500"), "E-STORE-TEMPORARY");
  EXPECT_EQ(code_of("unexpected EOF"), "E-STORE-TEMPORARY");
  EXPECT_EQ(code_of("something new"), "E-IO-READ");
  EXPECT_STREQ(error_of("first line \n\tsecond", "s3://b/k", "E-IO-READ").what(), "first line");
}

TEST(RcloneStorage, NeedsItsProgram) {
  std::unique_ptr<Storage> storage(stateferry_plugin_entry()->entries[0].create_storage());
  DiagnosticList sink;
  storage->configure(map({{"rclone", map({{"program", scalar("/nowhere/rclone")}})}}), sink);
  try {
    storage->stat("s3://b/k");
    FAIL() << "it was found";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "E-STORE-ENGINE");
    EXPECT_EQ(error.diagnostic().subject, "/nowhere/rclone");
    EXPECT_STREQ(error.what(), "it can't be run");
  }
}

TEST(RcloneStorage, SaysWhatItDoesNotKnow) {
  std::unique_ptr<Storage> storage(stateferry_plugin_entry()->entries[0].create_storage());
  DiagnosticList sink;
  try {
    storage->configure(map({{"rclone", map({{"atempts", scalar("3")}})}}), sink);
    FAIL() << "it was taken";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "unknown key 'atempts' under 'rclone', did you mean 'attempts'?");
  }
}

}  // namespace
}  // namespace stateferry::rclone
