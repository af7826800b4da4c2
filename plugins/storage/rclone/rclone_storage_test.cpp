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
  const std::string_view n(name);
  if (n == "AZURE_STORAGE_ACCOUNT") return "acc";
  return n == "AZURE_STORAGE_SAS_TOKEN" ? "?sv=1&sig=x" : "";
}
std::string azure_without_account(const char* name) {
  return std::string_view(name) == "AZURE_STORAGE_KEY" ? "a2V5" : "";
}
std::string azure_in_china(const char* name) {
  return std::string_view(name) == "AZURE_CLOUD_NAME" ? "AzureChinaCloud" : azure(name);
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

std::string refusal(Remotes& remotes, const std::string& uri) {
  try {
    return place(remotes, uri);
  } catch (const Error& error) {
    return error.code();
  }
}
std::string refusal(Environment environment, const std::string& uri) {
  Remotes remotes(environment);
  return refusal(remotes, uri);
}

TEST(RcloneRemotes, S3FamilyIsOneRemote) {
  Remotes remotes(aws);
  EXPECT_EQ(place(remotes, "s3://buc/a/k"), "sf_1:buc a/k");
  EXPECT_EQ(place(remotes, "s3a://cup/k"), "sf_1:cup k");
  EXPECT_EQ(place(remotes, "file:/tmp/x"), "/ tmp/x");
  EXPECT_TRUE(tells(remotes, "RCLONE_CONFIG_SF_1_TYPE=s3"));
  EXPECT_TRUE(tells(remotes, "RCLONE_CONFIG_SF_1_ENV_AUTH=true"));
  EXPECT_TRUE(tells(remotes, "RCLONE_CONFIG_SF_1_NO_CHECK_BUCKET=true"));
  EXPECT_TRUE(tells(remotes, "RCLONE_CONFIG_SF_1_REGION=eu-central-1"));
  EXPECT_TRUE(tells(remotes, "RCLONE_CONFIG_SF_1_ENDPOINT=http://127.0.0.1:7070"));
  EXPECT_TRUE(tells(remotes, "RCLONE_CONFIG_SF_1_PROVIDER=Other"));
}

TEST(RcloneRemotes, OthersHaveDefaults) {
  Remotes remotes(azure);
  EXPECT_EQ(place(remotes, "gs://buc/k"), "sf_1:buc k");
  EXPECT_EQ(place(remotes, "abfss://con@acc.dfs.core.windows.net/k"), "sf_2:con k");
  EXPECT_EQ(place(remotes, "wasb://other@acc.blob.core.windows.net/k"), "sf_2:other k");
  EXPECT_EQ(place(remotes, "abfs://con/k"), "sf_2:con k");
  EXPECT_EQ(place(remotes, "hdfs://nn:9000/a/k"), "sf_3:/ a/k");
  EXPECT_EQ(place(remotes, "hdfs://nn/a"), "sf_4:/ a");
  EXPECT_EQ(place(remotes, "hdfs://NN:8020/a"), "sf_4:/ a");
  EXPECT_TRUE(tells(remotes, "RCLONE_CONFIG_SF_3_NAMENODE=nn:9000"));
  EXPECT_TRUE(tells(remotes, "RCLONE_CONFIG_SF_4_NAMENODE=nn:8020"));
  EXPECT_TRUE(tells(remotes, "RCLONE_CONFIG_SF_2_ACCOUNT=acc"));
  EXPECT_TRUE(
      tells(remotes, "RCLONE_CONFIG_SF_2_SAS_URL=https://acc.blob.core.windows.net/?sv=1&sig=x"));
}

TEST(RcloneRemotes, TakeNothingOfAUriThatItsStoreDoesNotHave) {
  const std::string wide_dots = "\uff0e\uff0e";
  for (const std::string& uri :
       {std::string("abfss://c@x,type=webdav,url='http:',bearer_token_command='touch PWNED'/d"),
        std::string("abfss://con@x,y.dfs.core.windows.net/d"),
        std::string("abfss://con@ab.dfs.core.windows.net/d"),
        std::string("abfss://con@a_b_c.dfs.core.windows.net/d"),
        std::string("abfss://con@acc.dfs.core.windows.net@evil.org/d"),
        std::string("abfss://con@/d"),
        std::string("abfss://Con@acc.dfs.core.windows.net/d"),
        std::string("abfss://co--n@acc.dfs.core.windows.net/d"),
        std::string("abfss://con,x=y@acc.dfs.core.windows.net/d"),
        std::string("abfss://@acc.dfs.core.windows.net/d"),
        std::string("abfss://con@acc.dfs.core.windows.net/d./x"),
        std::string("s3://buc,provider=x/d"),
        std::string("s3://buc:x/d"),
        std::string("s3://'buc'/d"),
        std::string("s3:///d"),
        std::string("s3://../d"),
        std::string("s3://-buc/d"),
        std::string("s3://bu/d"),
        std::string("s3n://KEY:SECRET@buc/d"),
        std::string("s3://buc/../other/d"),
        std::string("s3://buc/./d"),
        std::string("s3://buc//d"),
        std::string("s3://buc/a//d"),
        std::string("s3://buc/a\nb"),
        std::string("s3://buc/a\x7f"),
        std::string("s3://buc/a\\b"),
        "s3://buc/" + wide_dots + "/d",
        std::string("s3://buc/a\uff0fb"),
        std::string("s3://buc/a\u2401b"),
        std::string("s3://buc/\u201bb"),
        std::string("gs://Buc/d"),
        std::string("gs://buc]/d"),
        std::string("oss://buc_ket/d"),
        std::string("hdfs://nn,other/d"),
        std::string("hdfs://nn:0/d"),
        std::string("hdfs://nn:80200/d"),
        std::string("hdfs://nn:/d"),
        std::string("hdfs://user@nn/d"),
        std::string("hdfs:/d"),
        std::string("hdfs://nn/a:b"),
        "file:/a/" + wide_dots + "/b",
        std::string("file:/a\u2400")}) {
    EXPECT_EQ(refusal(azure, uri), "E-STORE-NAME") << uri;
  }
  for (const char* uri :
       {"s3://old.Bucket_of-us-east-1./a", "s3://alias-x-s3alias/a", "abfss://$root/a",
        "s3://buc/-a/b c#?%41/\uff08x\uff09", "s3://buc/", "s3://buc", "hdfs://name-service/a/",
        "abfss://a-b@acc.dfs.core.windows.net", "file:/tmp/a b"}) {
    EXPECT_FALSE(refusal(azure, uri).starts_with("E-")) << uri << refusal(azure, uri);
  }
}

TEST(RcloneRemotes, NeverSayThePasswordOfAUri) {
  Remotes remotes(nothing);
  try {
    remotes.place_of("s3n://KEY:SECRET@buc/d");
    FAIL() << "it was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.diagnostic().subject, "s3n://buc/d");
  }
}

TEST(RcloneRemotes, ACredentialGoesOnlyWhereItIsFor) {
  EXPECT_EQ(refusal(azure, "abfss://con@other.dfs.core.windows.net/k"), "E-STORE-ENDPOINT");
  EXPECT_EQ(refusal(azure, "abfss://con@acc.dfs.core.chinacloudapi.cn/k"), "E-STORE-ENDPOINT");
  EXPECT_EQ(refusal(azure, "abfss://con@acc.private.example/k"), "E-STORE-ENDPOINT");
  EXPECT_EQ(refusal(azure, "abfss://con@127.0.0.1:10000/k"), "E-STORE-ENDPOINT");
  EXPECT_EQ(refusal(azure, "abfss://con@acc.dfs.core.windows.net:8443/k"), "E-STORE-ENDPOINT");
  EXPECT_EQ(refusal(azure_without_account, "abfss://con@acc.dfs.core.windows.net/k"),
            "E-STORE-ENDPOINT");
  EXPECT_EQ(refusal(azure_in_china, "abfss://con@acc.dfs.core.windows.net/k"), "E-STORE-ENDPOINT");
  EXPECT_EQ(refusal(nothing, "abfss://con@acc.dfs.core.chinacloudapi.cn/k"), "E-STORE-ENDPOINT");
  EXPECT_EQ(refusal(nothing, "abfss://con/k"), "E-STORE-ENDPOINT");
  EXPECT_EQ(refusal(nothing, "oss://bucket/k"), "E-STORE-ENDPOINT");
  Remotes china(azure_in_china);
  EXPECT_EQ(place(china, "abfss://con@acc.dfs.core.chinacloudapi.cn/k"), "sf_1:con k");
  EXPECT_TRUE(tells(china, "RCLONE_CONFIG_SF_1_ENDPOINT=blob.core.chinacloudapi.cn"));
  EXPECT_TRUE(tells(
      china, "RCLONE_CONFIG_SF_1_SAS_URL=https://acc.blob.core.chinacloudapi.cn/?sv=1&sig=x"));
  Remotes identity(nothing);
  EXPECT_EQ(place(identity, "abfss://con@any.dfs.core.windows.net/k"), "sf_1:con k");
  EXPECT_TRUE(tells(identity, "RCLONE_CONFIG_SF_1_USE_MSI=true"));
}

TEST(RcloneRemotes, TheUserMayChoose) {
  Remotes remotes(nothing);
  remotes.configure(
      map({{"remotes",
            map({{"s3://archive", scalar("cold:")},
                 {"s3", map({{"provider", scalar("Minio")}, {"force-path-style", scalar("true")}})},
                 {"hdfs://nameservice", scalar("ha")}})}}));
  EXPECT_EQ(place(remotes, "s3a://archive/k"), "cold:archive k");
  EXPECT_EQ(place(remotes, "s3p://buc/k"), "sf_1:buc k");
  EXPECT_EQ(place(remotes, "hdfs://nameservice/k"), "ha:/ k");
  EXPECT_EQ(place(remotes, "hdfs://other/k"), "sf_2:/ k");
  EXPECT_TRUE(tells(remotes, "RCLONE_CONFIG_SF_1_PROVIDER=Minio"));
  EXPECT_TRUE(tells(remotes, "RCLONE_CONFIG_SF_1_FORCE_PATH_STYLE=true"));
  EXPECT_TRUE(tells(remotes, "RCLONE_CONFIG_SF_1_NO_CHECK_BUCKET=true"));
}

TEST(RcloneRemotes, AnEntryServesOnePlaceUnderAllItsNames) {
  Remotes remotes(azure_without_account);
  remotes.configure(
      map({{"remotes",
            map({{"abfss://con@acc.dfs.core.windows.net", scalar("mine")},
                 {"wasbs://other.blob.core.windows.net", map({})},
                 {"abfs://con@acc.private.example",
                  map({{"account", scalar("acc")}, {"endpoint", scalar("blob.private.example")}})},
                 {"oss", map({{"endpoint", scalar("oss.example")}})}})}}));
  for (const char* uri :
       {"abfs://con@acc.dfs.core.windows.net/k", "abfss://con@ACC.dfs.core.windows.net:443/k",
        "wasb://con@acc.blob.core.windows.net/k", "wasbs://con@acc.blob.core.windows.net/k"}) {
    EXPECT_EQ(place(remotes, uri), "mine:con k") << uri;
  }
  EXPECT_EQ(refusal(remotes, "abfss://con2@acc.dfs.core.windows.net/k"), "E-STORE-ENDPOINT");
  EXPECT_EQ(place(remotes, "abfss://con@other.dfs.core.windows.net/k"), "sf_1:con k");
  EXPECT_TRUE(tells(remotes, "RCLONE_CONFIG_SF_1_ACCOUNT=other"));
  EXPECT_TRUE(tells(remotes, "RCLONE_CONFIG_SF_1_KEY=a2V5"));
  EXPECT_EQ(place(remotes, "abfss://con@acc.private.example/k"), "sf_2:con k");
  EXPECT_TRUE(tells(remotes, "RCLONE_CONFIG_SF_2_ENDPOINT=blob.private.example"));
  EXPECT_EQ(place(remotes, "oss://bucket/k"), "sf_3:bucket k");
  EXPECT_TRUE(tells(remotes, "RCLONE_CONFIG_SF_3_PROVIDER=Alibaba"));
}

TEST(RcloneRemotes, AnEntryThatLeadsToOnePlaceServesOne) {
  Remotes remotes(nothing);
  remotes.configure(map(
      {{"remotes", map({{"hdfs", scalar("ha")}, {"abfss", map({{"account", scalar("acc")}})}})}}));
  EXPECT_EQ(place(remotes, "hdfs://one/k"), "ha:/ k");
  EXPECT_EQ(refusal(remotes, "hdfs://two/k"), "E-STORE-ENDPOINT");
  EXPECT_EQ(refusal(remotes, "abfss://con@evil.dfs.core.windows.net/k"), "E-STORE-ENDPOINT");
}

std::string fault_of_remote(const std::string& key, const ParamNode& value) {
  Remotes remotes(nothing);
  try {
    remotes.configure(map({{"remotes", map({{"s3a", map({})}, {key, value}})}}));
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "E-CONFIG");
    return error.what();
  }
  return "none";
}

TEST(RcloneRemotes, ConfigurationIsReadStrictly) {
  EXPECT_EQ(fault_of_remote("s4", map({})), "'s4' is neither a scheme nor scheme://bucket");
  EXPECT_EQ(fault_of_remote("s3:/bucket", map({})),
            "'s3:/bucket' is neither a scheme nor scheme://bucket");
  EXPECT_EQ(fault_of_remote("s3", map({})), "'s3' and 's3a' are one place");
  EXPECT_EQ(fault_of_remote("s3://bucket/path", map({})),
            "an entry is for a whole bucket, not for a path in it");
  EXPECT_EQ(fault_of_remote("s3://b,x", map({})),
            "'s3://b,x': no bucket has this name: it would be 3 to 255 letters, digits, '.', '_' "
            "and '-'");
  for (const char* name : {"a,b=c", "a:b", ":local", "-x", "", "sf_1", "a]"}) {
    EXPECT_EQ(fault_of_remote("s3://bucket", scalar(name)),
              "'" + std::string(name) + "' is no name of a remote in rclone.conf");
  }
  EXPECT_EQ(fault_of_remote("s3://bucket", scalar("My remote+2@x")), "none");
  EXPECT_EQ(fault_of_remote("s3://bucket", map({{"a=b", scalar("x")}})),
            "rclone has no option 'a=b'");
  EXPECT_EQ(fault_of_remote("s3://bucket", map({{"region", map({})}})),
            "an option's value is a text");
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
  for (const char* root : {"s3://buc", "s3://buc/"}) {
    const Place place = remotes.place_of(root);
    EXPECT_EQ(listed_uri(root, place, "x"), "s3://buc/x") << root;
    EXPECT_EQ(listed_uri(root, place, "x/y"), "s3://buc/x/y") << root;
  }
  for (const char* directory : {"s3a://buc/job", "s3a://buc/job/"}) {
    const Place place = remotes.place_of(directory);
    EXPECT_EQ(listed_uri(directory, place, "job/x"), "s3a://buc/job/x") << directory;
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
    storage->stat("s3://buc/k");
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
