// What the storage `rclone` decides without a store: names, environment, errors, configuration.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>

#include "daemon.hpp"
#include "errors.hpp"
#include "local_files.hpp"
#include "remotes.hpp"
#include "stateferry/io/find_program.hpp"
#include "stateferry/io/sha256.hpp"
#include "stateferry/plugin/plugin.hpp"
#include "stateferry/transfer/stores.hpp"
#include "stateferry_test/code_of.hpp"
#include "stateferry_test/forgetful_disk.hpp"
#include "stateferry_test/support.hpp"

extern "C" const stateferry::PluginDescriptor* stateferry_plugin_entry();

namespace stateferry::rclone {
namespace {

using test::code_of;

namespace fs = std::filesystem;

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

// Throws the first problem.
void take(Remotes& remotes, const ParamNode& config) {
  DiagnosticList problems;
  ParamBinder binder(config, problems);
  remotes.configure(binder);
  if (problems.errors() > 0) throw RuleError(problems.all().front());
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
  take(remotes, map({{"remotes", map({{"s3://archive", scalar("cold:")},
                                      {"s3", map({{"provider", scalar("Minio")},
                                                  {"force-path-style", scalar("true")}})},
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
  take(remotes,
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

TEST(RcloneRemotes, HdfsWithoutAHostIsTheEntrysNameNode) {
  EXPECT_EQ(refusal(nothing, "hdfs:///d"), "E-STORE-ENDPOINT");
  Remotes remotes(nothing);
  take(remotes, map({{"remotes", map({{"hdfs", map({{"namenode", scalar("NN:9000")}})}})}}));
  EXPECT_EQ(place(remotes, "hdfs:///a/k"), "sf_1:/ a/k");
  EXPECT_EQ(place(remotes, "hdfs:/a/k"), "sf_1:/ a/k");
  EXPECT_EQ(place(remotes, "hdfs://nn:9000/a/k"), "sf_1:/ a/k");
  EXPECT_EQ(refusal(remotes, "hdfs://other/k"), "E-STORE-ENDPOINT");
  Remotes named(nothing);
  take(named, map({{"remotes", map({{"hdfs", scalar("ha")}})}}));
  EXPECT_EQ(place(named, "hdfs:///k"), "ha:/ k");
}

TEST(RcloneRemotes, EachNameNodeOfAnEntryIsARemote) {
  Remotes remotes(nothing);
  take(remotes,
       map({{"remotes",
             map({{"hdfs://service", map({{"namenode", scalar("one:9000, two:9000")}})}})}}));
  const std::vector<Place> places = remotes.places_of("hdfs://service/k");
  ASSERT_EQ(places.size(), 2U);
  EXPECT_EQ(places[0].fs, "sf_1:/");
  EXPECT_EQ(places[1].fs, "sf_2:/");
  EXPECT_TRUE(tells(remotes, "RCLONE_CONFIG_SF_1_NAMENODE=one:9000"));
  EXPECT_TRUE(tells(remotes, "RCLONE_CONFIG_SF_2_NAMENODE=two:9000"));
}

// HADOOP_CONF_DIR of the tests that follow.
std::string* conf_dir = nullptr;
std::string hadoop(const char* name) {
  return std::string(name) == "HADOOP_CONF_DIR" && conf_dir != nullptr ? *conf_dir : std::string();
}

class HadoopConfiguration : public testing::Test {
 protected:
  HadoopConfiguration() { conf_dir = &folder; }
  ~HadoopConfiguration() override { conf_dir = nullptr; }
  void write(const std::string& name,
             const std::vector<std::pair<std::string, std::string>>& properties) {
    std::ofstream out(disk.file(name));
    out << "<?xml version=\"1.0\"?>\n<configuration>\n";
    for (const auto& [key, value] : properties) {
      out << "<property><name> " << key << " </name>\n<value>\n" << value << "</value></property>";
    }
    out << "</configuration>";
  }

  test::TemporaryDirectory disk;
  std::string folder = disk.path().string();
};

TEST_F(HadoopConfiguration, SaysWhatHdfsWithoutAHostIs) {
  write("core-site.xml", {{"fs.defaultFS", "hdfs://NN/"}});
  Remotes remotes(hadoop);
  EXPECT_EQ(place(remotes, "hdfs:///k"), "sf_1:/ k");
  EXPECT_TRUE(tells(remotes, "RCLONE_CONFIG_SF_1_NAMENODE=nn:8020"));
  EXPECT_EQ(place(remotes, "hdfs://nn/k"), "sf_1:/ k");
}

TEST_F(HadoopConfiguration, OfAnotherStoreSaysNothingOfHdfs) {
  write("core-site.xml", {{"fs.defaultFS", "s3a://bucket"}});
  EXPECT_EQ(refusal(hadoop, "hdfs:///k"), "E-STORE-ENDPOINT");
  write("core-site.xml", {{"fs.defaultFS", "hdfs://${host}"}});
  EXPECT_EQ(refusal(hadoop, "hdfs:///k"), "E-STORE-ENDPOINT");
  write("core-site.xml", {{"fs.defaultFS", "hdfs://a,b"}});
  EXPECT_EQ(refusal(hadoop, "hdfs:///k"), "E-STORE-NAME");
  std::ofstream(disk.file("core-site.xml")) << "<configuration>";
  EXPECT_EQ(refusal(hadoop, "hdfs:///k"), "E-STORE-ENDPOINT");
}

TEST_F(HadoopConfiguration, IsNotReadWhereItIsTooLarge) {
  write("core-site.xml", {{"fs.defaultFS", "hdfs://nn"}});
  std::ofstream(disk.file("core-site.xml"), std::ios::app) << std::string((16U << 20U) + 1, ' ');
  EXPECT_EQ(refusal(hadoop, "hdfs:///k"), "E-STORE-ENDPOINT");
}

TEST_F(HadoopConfiguration, SaysWhoServesANameService) {
  write("core-site.xml", {{"fs.defaultFS", "hdfs://ferry"}});
  write("hdfs-site.xml", {{"dfs.nameservices", "other, ferry"},
                          {"dfs.ha.namenodes.ferry", "nn1,nn2,nn3"},
                          {"dfs.namenode.rpc-address.ferry.nn1", "one:9000"},
                          {"dfs.namenode.rpc-address.ferry.nn2", "Two"},
                          {"dfs.namenode.rpc-address.other", "three:9000"}});
  Remotes remotes(hadoop);
  EXPECT_EQ(remotes.places_of("hdfs:///k").size(), 2U);
  EXPECT_EQ(remotes.places_of("hdfs://ferry/k").size(), 2U);
  EXPECT_EQ(remotes.places_of("hdfs://other/k").size(), 1U);
  EXPECT_TRUE(tells(remotes, "RCLONE_CONFIG_SF_1_NAMENODE=one:9000"));
  EXPECT_TRUE(tells(remotes, "RCLONE_CONFIG_SF_2_NAMENODE=two:8020"));
  EXPECT_TRUE(tells(remotes, "RCLONE_CONFIG_SF_3_NAMENODE=three:9000"));
  const std::string identity = remotes.hdfs_identity("hdfs:///k");
  for (const char* uri : {"hdfs://ferry/k", "hdfs://FERRY:8020/k", "hdfs://two/k"}) {
    EXPECT_EQ(remotes.hdfs_identity(uri), identity) << uri;
  }
  EXPECT_NE(remotes.hdfs_identity("hdfs://other/k"), identity);
}

TEST(RcloneRemotes, AnEntryThatLeadsToOnePlaceServesOne) {
  Remotes remotes(nothing);
  take(remotes, map({{"remotes", map({{"hdfs", scalar("ha")},
                                      {"abfss", map({{"account", scalar("acc")}})}})}}));
  EXPECT_EQ(place(remotes, "hdfs://one/k"), "ha:/ k");
  EXPECT_EQ(refusal(remotes, "hdfs://two/k"), "E-STORE-ENDPOINT");
  EXPECT_EQ(refusal(remotes, "abfss://con@evil.dfs.core.windows.net/k"), "E-STORE-ENDPOINT");
}

std::string fault_of_remote(const std::string& key, const ParamNode& value) {
  Remotes remotes(nothing);
  try {
    take(remotes, map({{"remotes", map({{"s3a", map({})}, {key, value}})}}));
  } catch (const Error& error) {
    return error.what();
  }
  return "none";
}

TEST(RcloneRemotes, ConfigurationIsReadStrictly) {
  EXPECT_EQ(fault_of_remote("S4", map({})), "'S4' is neither a scheme nor scheme://bucket");
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
            "a value of key 's3://bucket' must be a text, not a map");
}

TEST(RcloneRemotes, NoCredentialStandsInTheConfiguration) {
  for (const char* name : {"secret-access-key", "session_token", "key", "sas_url", "pass"}) {
    Remotes remotes(nothing);
    try {
      take(remotes, map({{"remotes", map({{"s3", map({{name, scalar("hush-hush")}})}})}}));
      FAIL() << name << " was taken";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "E-CONFIG");
      EXPECT_EQ(std::string(error.what()).find("hush-hush"), std::string::npos);
    }
  }
}

std::string code_of_message(const char* message) {
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
  EXPECT_EQ(code_of_message("AccessDenied: Access Denied\n\tstatus code: 403, request id: 1"),
            "E-IO-DENIED");
  EXPECT_EQ(code_of_message("failed to find object: Forbidden: Forbidden\n\tstatus code: 403"),
            "E-IO-DENIED");
  EXPECT_EQ(code_of_message("ExpiredToken: The provided token has expired.\n\tstatus code: 400"),
            "E-IO-DENIED");
  EXPECT_EQ(code_of_message("NoCredentialProviders: no valid providers in chain"), "E-IO-DENIED");
  EXPECT_EQ(code_of_message("object not found"), "E-IO-NOT-FOUND");
  EXPECT_EQ(code_of_message("NoSuchBucket: The specified bucket does not exist"), "E-IO-NOT-FOUND");
  EXPECT_EQ(code_of_message("Put \"http://127.0.0.1:1/b\": dial tcp: connect: connection refused"),
            "E-STORE-UNREACHABLE");
  EXPECT_STREQ(error_of("RequestError: send request failed\ncaused by: dial tcp: no such host",
                        "s3://buc/k", "E-IO-READ")
                   .what(),
               "dial tcp: no such host");
  EXPECT_EQ(code_of_message("SlowDown: Please reduce your request rate\n\tstatus code: 503"),
            "E-STORE-TEMPORARY");
  EXPECT_EQ(code_of_message("InternalError: oops\n\tstatus code: 500"), "E-STORE-TEMPORARY");
  EXPECT_EQ(code_of_message("unexpected EOF"), "E-STORE-TEMPORARY");
  EXPECT_EQ(code_of_message("something new"), "E-IO-READ");
  EXPECT_STREQ(error_of("first line \n\tsecond", "s3://b/k", "E-IO-READ").what(), "first line");
  EXPECT_EQ(
      code_of_message("operation error S3: ListObjectsV2, https response error StatusCode: 403, "
                      "RequestID: 1, api error AccessDenied: timeout=3"),
      "E-IO-DENIED");
}

// What the library of rclone 1.60 says; each of its messages holds `timeout=`.
std::string azure_answer(const std::string& code, const std::string& status) {
  return "-> github.com/Azure/azure-storage-blob-go/azblob.newStorageError, "
         "zc_storage_error.go:42\n"
         "===== RESPONSE ERROR (ServiceCode=" +
         code +
         ") =====\n"
         "Description=What is wrong.\nRequestId:1\nTime:2, Details: \n   Code: " +
         code +
         "\n"
         "   GET https://a.blob.core.windows.net/c?comp=list&sig=s3cr3t&timeout=61\n   ----\n"
         "   RESPONSE Status: " +
         status + " Said so\n";
}

TEST(RcloneErrors, OfAzureGoByTheirStatus) {
  const auto error = [](const std::string& code, const std::string& status) {
    return error_of(azure_answer(code, status), "abfss://c@a.x/k", "E-IO-READ");
  };
  const IoError denied = error("AuthorizationPermissionMismatch", "403");
  EXPECT_EQ(denied.code(), "E-IO-DENIED");
  EXPECT_STREQ(denied.what(), "AuthorizationPermissionMismatch: What is wrong.");
  EXPECT_EQ(error("ContainerNotFound", "404").code(), "E-IO-NOT-FOUND");
  EXPECT_EQ(error("ServerBusy", "503").code(), "E-STORE-TEMPORARY");
  EXPECT_EQ(error("InvalidHeaderValue", "400").code(), "E-IO-READ");
  EXPECT_EQ(code_of_message(
                "GET https://a.blob.core.windows.net/c?timeout=61\n----\nRESPONSE 403: 403 No\n"
                "ERROR CODE: AuthenticationFailed\n----"),
            "E-IO-DENIED");
}

TEST(RcloneErrors, OfGoogleAndHdfs) {
  EXPECT_EQ(code_of_message(
                "googleapi: Error 403: x does not have storage.objects.list access, forbidden"),
            "E-IO-DENIED");
  EXPECT_EQ(code_of_message("googleapi: Error 404: The specified bucket does not exist., notFound"),
            "E-IO-NOT-FOUND");
  EXPECT_EQ(code_of_message("googleapi: Error 503: Backend Error, backendError"),
            "E-STORE-TEMPORARY");
  EXPECT_EQ(code_of_message("open /a: file does not exist"), "E-IO-NOT-FOUND");
  EXPECT_EQ(
      code_of_message("no available namenodes: dial tcp 127.0.0.1:1: connect: connection refused"),
      "E-STORE-UNREACHABLE");
}

// What rclone 1.60 says of each store, and what becomes of it.
struct Told {
  const char* said;
  const char* code;
  const char* text;
};
class RcloneErrorsOfStores : public testing::TestWithParam<Told> {};
TEST_P(RcloneErrorsOfStores, AreTheStoresOwnWords) {
  const IoError error = error_of(GetParam().said, "s3://b/k", "E-IO-READ");
  EXPECT_EQ(error.code(), GetParam().code);
  EXPECT_STREQ(error.what(), GetParam().text);
  EXPECT_FALSE(error.diagnostic().hint.empty());
}
constexpr const char* kAzureUnreachable =
    "-> github.com/Azure/azure-pipeline-go/pipeline.NewError, "
    "github.com/Azure/azure-pipeline-go/pipeline/error.go:157\nHTTP request failed\n\n"
    "Get \"https://a.blob.core.windows.net/c?comp=list&timeout=31536001\": dial tcp: lookup "
    "a.blob.core.windows.net on 10.0.0.2:53: no such host\n";
constexpr const char* kAzureExpired =
    "error in ListJSON: -> github.com/Azure/azure-storage-blob-go/azblob.newStorageError, "
    "github.com/Azure/azure-storage-blob-go/azblob/zc_storage_error.go:42\n"
    "===== RESPONSE ERROR (ServiceCode=AuthorizationFailure) =====\nDescription=\n, Details: \n"
    "   : \n   GET http://a/c?comp=list&sig=REDACTED&timeout=31536001\n   ----\n"
    "   RESPONSE Status: 403 Server failed to authenticate the request.\n"
    "   Keep-Alive: [timeout=5]\n";
INSTANTIATE_TEST_SUITE_P(
    Recorded, RcloneErrorsOfStores,
    testing::Values(
        Told{"object not found", "E-IO-NOT-FOUND", "object not found"},
        Told{"error in ListJSON: directory not found", "E-IO-NOT-FOUND",
             "error in ListJSON: directory not found"},
        // S3
        Told{
            "NoSuchBucket: The specified bucket does not exist\n\tstatus code: 404, request id: 1, "
            "host id: ",
            "E-IO-NOT-FOUND", "NoSuchBucket: The specified bucket does not exist"},
        Told{"AccessDenied: Access Denied\n\tstatus code: 403, request id: 1, host id: ",
             "E-IO-DENIED", "AccessDenied: Access Denied"},
        Told{"ExpiredToken: The provided token has expired.\n\tstatus code: 400, request id: 1",
             "E-IO-DENIED", "ExpiredToken: The provided token has expired."},
        Told{"RequestError: send request failed\ncaused by: Get \"http://127.0.0.1:1/b\": dial tcp "
             "127.0.0.1:1: connect: connection refused",
             "E-STORE-UNREACHABLE",
             "Get \"http://127.0.0.1:1/b\": dial tcp 127.0.0.1:1: connect: connection refused"},
        // Google Cloud Storage
        Told{"googleapi: Error 404: Not Found, notFound", "E-IO-NOT-FOUND",
             "googleapi: Error 404: Not Found, notFound"},
        Told{
            "failed to configure Google Cloud Storage: google: could not find default credentials. "
            "See https://developers.google.com/accounts/docs/application-default-credentials for "
            "more information.",
            "E-IO-DENIED",
            "failed to configure Google Cloud Storage: google: could not find default credentials. "
            "See https://developers.google.com/accounts/docs/application-default-credentials for "
            "more information."},
        Told{"oauth2: cannot fetch token: 400 Bad Request\nResponse: {\"error\":\"invalid_grant\"}",
             "E-IO-DENIED", "oauth2: cannot fetch token: 400 Bad Request"},
        Told{"error in ListJSON: Get \"http://127.0.0.1:1/storage/v1/b/buc/o?alt=json\": dial tcp "
             "127.0.0.1:1: connect: connection refused",
             "E-STORE-UNREACHABLE",
             "error in ListJSON: Get \"http://127.0.0.1:1/storage/v1/b/buc/o?alt=json\": dial tcp "
             "127.0.0.1:1: connect: connection refused"},
        // Azure
        Told{kAzureUnreachable, "E-STORE-UNREACHABLE",
             "Get \"https://a.blob.core.windows.net/c?comp=list&timeout=31536001\": dial tcp: "
             "lookup "
             "a.blob.core.windows.net on 10.0.0.2:53: no such host"},
        Told{kAzureExpired, "E-IO-DENIED",
             "AuthorizationFailure: Server failed to authenticate the request."},
        // HDFS
        Told{"open /a: file does not exist", "E-IO-NOT-FOUND", "open /a: file does not exist"},
        Told{"open /a: permission denied", "E-IO-DENIED", "open /a: permission denied"},
        Told{"no available namenodes: dial tcp 127.0.0.1:1: connect: connection refused",
             "E-STORE-UNREACHABLE",
             "no available namenodes: dial tcp 127.0.0.1:1: connect: connection refused"}));

TEST(RcloneErrors, OfFilesAreNotOfCredentials) {
  const IoError error = error_of("open /data/x: permission denied", "file:/data/x", "E-IO-READ");
  EXPECT_EQ(error.code(), "E-IO-DENIED");
  EXPECT_EQ(error.diagnostic().hint.find("credentials"), std::string::npos);
}

TEST(RcloneErrors, AreReadFromItsAnswer) {
  const std::string body =
      "{\n\t\"error\": \"failed to find object: object not found\",\n\t\"status\": 404\n}\n";
  const IoError error = error_in(body, 404, "s3://buc/k", "E-IO-READ");
  EXPECT_EQ(error.code(), "E-IO-NOT-FOUND");
  EXPECT_STREQ(error.what(), "failed to find object: object not found");
  EXPECT_STREQ(error_in("404 page not found\n", 404, "s3://buc/k", "E-IO-READ").what(),
               "rclone answered 404: 404 page not found");
}

TEST(RcloneErrors, HoldNoCredential) {
  EXPECT_STREQ(error_of("Get \"https://a.x/?sv=1&sig=s3cr3t%3D&se=2\": EOF, Signature=ab, "
                        "x-amz-security-token=zz Authorization: Bearer",
                        "s3://b/k", "E-IO-READ")
                   .what(),
               "Get \"https://a.x/?sv=1&sig=***&se=2\": EOF, Signature=***, "
               "x-amz-security-token=*** Authorization: ***");
  EXPECT_EQ(std::string(error_of("Get \"https://a.x/?sig=s3cr3t\": no such host", "abfss://c@a.x/k",
                                 "E-IO-READ")
                            .what())
                .find("s3cr3t"),
            std::string::npos);
}

std::shared_ptr<Storage> new_storage() {
  return std::shared_ptr<Storage>(stateferry_plugin_entry()->entries[0].create_storage());
}
void configure(Storage& storage, const ParamNode& config) {
  const auto problems = configure_storage("rclone", storage, config);
  if (!problems.empty()) throw RuleError(problems.front());
}

TEST(RcloneStorage, NeedsItsProgram) {
  const auto storage = new_storage();
  configure(*storage, map({{"rclone", map({{"program", scalar("/nowhere/rclone")}})}}));
  try {
    storage->stat("s3://buc/k");
    FAIL() << "it was found";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "E-STORE-ENGINE");
    EXPECT_EQ(error.diagnostic().subject, "/nowhere/rclone");
    EXPECT_STREQ(error.what(), "it can't be run");
  }
}

// A folder that goes with the test.
class Folder {
 public:
  Folder() {
    std::string name = fs::temp_directory_path() / "stateferry-test-XXXXXX";
    path_ = ::mkdtemp(name.data());
  }
  ~Folder() { fs::remove_all(path_); }
  std::string operator/(const std::string& name) const { return path_ / name; }
  // Makes a program.
  std::string program(const std::string& name, const std::string& script) const {
    const std::string path = path_ / name;
    fs::create_directories(fs::path(path).parent_path());
    std::ofstream(path) << "#!/bin/sh\n" << script;
    fs::permissions(path, fs::perms::owner_all);
    return path;
  }

 private:
  fs::path path_;
};

TEST(RcloneDaemon, NothingRunsFromTheWorkingDirectory) {
  const Folder folder;
  const std::string program = folder.program("bin/rclone", "");
  const Folder here;
  here.program("rclone", "");
  here.program("sub/rclone", "");
  const fs::path before = fs::current_path();
  fs::current_path(fs::path(here / "").parent_path());
  for (const char* path : {"", ":", ".", "sub", ":.:sub:../x:", "./sub"}) {
    EXPECT_EQ(find_program("rclone", path), "") << path;
    EXPECT_EQ(find_program("rclone", std::string(path) + ":" + (folder / "bin")), program) << path;
  }
  EXPECT_EQ(find_program("./rclone", folder / "bin"), "");
  EXPECT_EQ(find_program("sub/rclone", folder / "bin"), "");
  fs::current_path(before);
  EXPECT_EQ(find_program(program, ""), program);
  fs::permissions(program, fs::perms::owner_read);
  EXPECT_EQ(find_program(program, ""), "");
  EXPECT_EQ(find_program(folder / "bin", ""), "");
}

TEST(RcloneDaemon, SeesOnlyWhatItNeeds) {
  for (const char* name : {"HOME", "AWS_PROFILE", "RCLONE_CONFIG", "RCLONE_CONFIG_MINE_TYPE",
                           "RCLONE_CA_CERT", "RCLONE_PASSWORD_COMMAND"}) {
    EXPECT_TRUE(is_passed_on(name)) << name;
  }
  for (const char* name : {"RCLONE_CONFIG_SF_1_ENDPOINT", "RCLONE_AZUREBLOB_SAS_URL",
                           "RCLONE_S3_ENDPOINT", "RCLONE_EXCLUDE", "RCLONE_DRY_RUN",
                           "RCLONE_RC_NO_AUTH", "RCLONE_LOG_FILE", "RCLONE_DUMP"}) {
    EXPECT_FALSE(is_passed_on(name)) << name;
  }
}

TEST(RcloneDaemon, InheritsNoFileAndMakesItsOwnForOneUser) {
  const Folder folder;
  const int inherited = ::dup2(STDIN_FILENO, 77);  // without close-on-exec
  ::setenv("RCLONE_EXCLUDE", "*", 1);
  ::setenv("RCLONE_CONFIG_SF_1_PASS", "x", 1);
  DaemonOptions options;
  options.program =
      folder.program("rclone",
                     "ls /proc/$$/fd; umask; env\n"
                     "echo 'Serving remote control on http://127.0.0.1:1/'; exec sleep 60");
  options.environment = {"RCLONE_CONFIG_SF_1_TYPE=s3"};
  const Daemon daemon(options);
  const std::string said = daemon.last_words();
  EXPECT_EQ(said.find("77\n"), said.find("0077\n") + 2) << said;
  EXPECT_NE(said.find("RCLONE_CONFIG_SF_1_TYPE=s3\n"), std::string::npos);
  EXPECT_EQ(said.find("RCLONE_EXCLUDE"), std::string::npos);
  EXPECT_EQ(said.find("RCLONE_CONFIG_SF_1_PASS"), std::string::npos);
  ::unsetenv("RCLONE_EXCLUDE");
  ::unsetenv("RCLONE_CONFIG_SF_1_PASS");
  ::close(inherited);
}

std::string read_all(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

// A variable of this process, while it lives.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    const char* const before = std::getenv(name);
    if (before != nullptr) before_ = before;
    set(value);
  }
  ~Variable() { set(before_ ? before_->c_str() : nullptr); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  void set(const char* value) const {
    if (value == nullptr) {
      ::unsetenv(name_);
    } else {
      ::setenv(name_, value, 1);
    }
  }
  const char* name_;
  std::optional<std::string> before_;
};

// Begins to serve, as far as anybody sees.
constexpr const char* kServes =
    "\necho 'Serving remote control on http://127.0.0.1:1/'; exec sleep 60";

// What a program says before it serves.
class DaemonSays : public testing::Test {
 protected:
  std::string said(const std::string& script, const std::vector<std::string>& environment = {}) {
    DaemonOptions options;
    options.program = folder.program("rclone", script + kServes);
    options.environment = environment;
    return Daemon(options).last_words();
  }
  // The values of a variable, one after the other: it should be there once.
  std::string value(const std::string& name, const std::vector<std::string>& environment = {}) {
    std::string values;
    std::istringstream lines(said("env", environment));
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with(name + "=")) values += line.substr(name.size());
    }
    return values;
  }

  const Folder folder;
};

TEST_F(DaemonSays, WhatTheUserSaysComesBeforeOurDefaults) {
  const Variable none("RCLONE_TIMEOUT", nullptr);
  EXPECT_EQ(value("RCLONE_TIMEOUT"), "=30s");
  EXPECT_EQ(value("RCLONE_TIMEOUT", {"RCLONE_TIMEOUT=1s"}), "=1s");
  const Variable timeout("RCLONE_TIMEOUT", "2s");
  EXPECT_EQ(value("RCLONE_TIMEOUT"), "=2s");
  EXPECT_EQ(value("RCLONE_TIMEOUT", {"RCLONE_TIMEOUT=1s"}), "=1s");
}

TEST_F(DaemonSays, ACertificateForAwsIsOneForAll) {
  const Variable none("RCLONE_CA_CERT", nullptr);
  const Variable bundle("AWS_CA_BUNDLE", "/a");
  EXPECT_EQ(value("AWS_CA_BUNDLE"), "");
  EXPECT_EQ(value("RCLONE_CA_CERT"), "=/a");
  EXPECT_EQ(value("RCLONE_CA_CERT", {"RCLONE_CA_CERT=/b"}), "=/b");
  const Variable own("RCLONE_CA_CERT", "/c");
  EXPECT_EQ(value("RCLONE_CA_CERT"), "=/c");
}

TEST_F(DaemonSays, ItFindsNothingInTheWorkingDirectory) {
  const Variable path("PATH", ":/usr/bin:.:/bin:");
  EXPECT_EQ(value("PATH"), "=/usr/bin:/bin");
  const Variable home("HOME", nullptr);
  EXPECT_TRUE(value("HOME").starts_with("=/") || value("RCLONE_CONFIG") == "=/dev/null");
}

TEST_F(DaemonSays, ItWritesWhereItIsToldWithAPassword) {
  EXPECT_EQ(value("RCLONE_INPLACE"), "=true");
  EXPECT_EQ(value("RCLONE_RC_USER"), "=stateferry");
  // Passwords are taken out of what rclone says, so their sums are compared.
  EXPECT_EQ(value("RCLONE_RC_PASS"), "=***");
  const std::string sum = "printf %s \"$RCLONE_RC_PASS\" | cksum";
  EXPECT_NE(said(sum), said(sum)) << "one for each";
}

TEST_F(DaemonSays, NothingSecret) {
  EXPECT_EQ(said("echo 'GET http://a/?sig=s3cr3t'").find("s3cr3t"), std::string::npos);
}

TEST_F(DaemonSays, ItIsAProcessOfItsOwn) {
  const auto before = ::signal(SIGPIPE, SIG_IGN);
  const std::string all =
      said("echo $$; cut -d' ' -f5 /proc/$$/stat; grep SigIgn /proc/self/status");
  ::signal(SIGPIPE, before);
  std::istringstream words(all);
  std::string pid;
  std::string group;
  std::string name;
  std::string ignored;
  words >> pid >> group >> name >> ignored;
  EXPECT_EQ(group, pid) << "Ctrl-C is for us";
  EXPECT_EQ(std::stoull(ignored, nullptr, 16) & (1ULL << (SIGPIPE - 1)), 0U) << all;
}

// Whether a process runs: what has ended and nobody has asked for counts as such.
bool runs(pid_t pid) {
  const std::string stat = read_all("/proc/" + std::to_string(pid) + "/stat");
  const auto at = stat.rfind(')');
  return at != std::string::npos && stat.at(at + 2) != 'Z';
}

TEST(RcloneDaemon, EndsWithItsObject) {
  const Folder folder;
  DaemonOptions options;
  options.program = folder.program("rclone", "echo $$" + std::string(kServes));
  pid_t pid = 0;
  {
    const Daemon daemon(options);
    pid = std::stoi(daemon.last_words());
    EXPECT_TRUE(runs(pid));
  }
  EXPECT_FALSE(fs::exists("/proc/" + std::to_string(pid))) << "nor is it left to be asked for";
}

TEST(RcloneDaemon, EndsWithAProcessThatIsKilled) {
  const Folder folder;
  DaemonOptions options;
  options.program = folder.program("rclone", "echo $$ >" + (folder / "pid") + std::string(kServes));
  const pid_t child = ::fork();
  if (child == 0) {
    const Daemon daemon(options);
    ::raise(SIGKILL);
  }
  ::waitpid(child, nullptr, 0);
  const pid_t pid = std::stoi(read_all(folder / "pid"));
  for (int i = 0; i < 500 && runs(pid); ++i) ::usleep(10'000);
  EXPECT_FALSE(runs(pid));
}

std::string why_not(const std::string& program) {
  DaemonOptions options;
  options.program = program;
  try {
    const Daemon daemon(options);
  } catch (const IoError& error) {
    EXPECT_EQ(error.code(), "E-STORE-ENGINE");
    return error.what();
  }
  return "it runs";
}

TEST(RcloneDaemon, SaysWhyItDoesNotServe) {
  const Folder folder;
  EXPECT_EQ(why_not(folder.program("rclone", "echo no; exit 1")), "it ended at once: no\n");
  std::ofstream(folder / "rclone") << "#!/nowhere/sh\n";
  EXPECT_EQ(why_not(folder / "rclone"), "it can't be run");
}

TEST(RcloneFiles, AFailedSyncIsAnError) {
  try {
    sync_path("/nowhere/at/all");
    FAIL() << "it was ignored";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "E-IO-SYNC");
  }
}

TEST(RcloneFiles, ALinkThatIsInTheWayIsNotWrittenThrough) {
  const Folder folder;
  std::ofstream(folder / "precious") << "precious";
  fs::create_directory(folder / "to");
  fs::create_symlink(folder / "precious", folder / "to/.x.stateferry-part");
  PartFile part(folder / "to/x", true);
  std::ofstream(folder / "to/.x.stateferry-part") << "new";
  part.give_name();
  EXPECT_TRUE(fs::is_regular_file(fs::symlink_status(folder / "to/x")));
  EXPECT_EQ(fs::file_size(folder / "precious"), 8U);
  EXPECT_EQ(fs::file_size(folder / "to/x"), 3U);
}

TEST(RcloneFiles, NothingIsReplacedAndNothingIsLeft) {
  const Folder folder;
  std::ofstream(folder / "x") << "old";
  try {
    PartFile part(folder / "x", false);
    part.give_name();
    FAIL() << "it was replaced";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "E-IO-EXISTS");
  }
  EXPECT_EQ(std::distance(fs::directory_iterator(folder / ""), fs::directory_iterator()), 1);
}

// A storage whose buckets are folders: rclone itself, with a backend for local files. `s3` and `gs`
// are two remotes in one place.
std::shared_ptr<Storage> over_folders(const Folder& folder) {
  const auto storage = new_storage();
  const ParamNode buckets =
      map({{"type", scalar("alias")}, {"remote", scalar(folder / "buckets")}});
  configure(*storage, map({{"remotes", map({{"s3", buckets}, {"gs", buckets}})}}));
  fs::create_directories(folder / "buckets/buc");
  return storage;
}

class Counting final : public CopyObserver {
 public:
  void progress(std::uint64_t) override {}
  void done(std::size_t, std::uint64_t, bool) override { ++files; }
  void failed(std::size_t, Diagnostic why) override { ADD_FAILURE() << why.message; }
  bool stopped() const override { return false; }
  std::atomic<int> files{0};
};

unsigned mode_of(const std::string& path) {
  return static_cast<unsigned>(fs::status(path).permissions());
}

TEST(RcloneStorage, FilesFromAStoreGetModesUnderTheUmask) {
  const Folder folder;
  const auto storage = over_folders(folder);
  std::ofstream(folder / "buckets/buc/x") << "content";
  for (const auto& [mask, file, directory] :
       {std::tuple{0022U, 0640U, 0750U}, std::tuple{0077U, 0600U, 0700U}}) {
    const std::string target = folder / ("to" + std::to_string(mask) + "/deep/x");
    const mode_t before = ::umask(mask);
    Counting counting;
    const std::vector<CopyItem> items = {{"s3://buc/x", "file:" + target, std::nullopt, 7}};
    Stores stores(
        [&](std::string_view) {
          return StorageOffer{storage, "rclone", "s3 file", ""};
        },
        {});
    stores.copy(items, {}, counting);
    ::umask(before);
    EXPECT_EQ(counting.files, 1);
    EXPECT_EQ(mode_of(target), file);
    EXPECT_EQ(mode_of(fs::path(target).parent_path()), directory);
    EXPECT_EQ(mode_of(fs::path(target).parent_path().parent_path()), directory);
  }
}

TEST(RcloneStorage, WritesReadsListsAndSaysWhen) {
  const Folder folder;
  const auto storage = over_folders(folder);
  const std::string text = "metadata";
  const auto source = memory_source(std::as_bytes(std::span(text)), "it");
  storage->write_new("s3://buc/a/_metadata", *source, {});
  EXPECT_EQ(fs::file_size(folder / "buckets/buc/a/_metadata"), text.size());
  EXPECT_THROW(storage->write_new("s3://buc/a/_metadata", *source, {}), IoError);
  std::vector<std::byte> bytes;
  const auto sink = memory_sink(bytes);
  storage->read("s3://buc/a/_metadata", {ByteRange{4, 4}}, *sink);
  EXPECT_EQ(bytes.size(), 4U);
  // 2001-09-09T01:46:40Z
  const std::vector<timespec> then = {{1'000'000'000, 0}, {1'000'000'000, 500}};
  ASSERT_EQ(::utimensat(AT_FDCWD, (folder / "buckets/buc/a/_metadata").c_str(), then.data(), 0), 0);
  std::vector<StoredFile> files;
  storage->list("s3://buc", {}, [&](const StoredFile& file) { files.push_back(file); });
  ASSERT_EQ(files.size(), 1U);
  EXPECT_EQ(files[0].uri, "s3://buc/a/_metadata");
  EXPECT_EQ(files[0].modified, 1'000'000'000);
  EXPECT_EQ(storage->stat("s3://buc/a/_metadata")->modified, 1'000'000'000);
  EXPECT_FALSE(storage->stat("s3://buc/a"));
  EXPECT_FALSE(storage->stat("s3://buc/b"));
  storage->remove("s3://buc/a/_metadata", "s3://buc");
  EXPECT_FALSE(fs::exists(folder / "buckets/buc/a/_metadata"));
}

std::string copy(Storage& storage, const CopyItem& item, const CopierOptions& options = {}) {
  storage.prepare_copy(std::span(&item, 1));
  const auto copier = storage.make_copier(options);
  return code_of([&] { copier->copy(item, [](std::uint64_t) {}); });
}

// What a listing has not come to is asked for: it doesn't count for missing.
TEST(RcloneStorage, AListingThatCostsMoreThanItIsWorthIsGivenUp) {
  const Folder folder;
  const auto storage = over_folders(folder);
  fs::create_directories(folder / "buckets/buc/d");
  for (int i = 0; i < 17'000; ++i) {
    const std::ofstream foreign(folder / ("buckets/buc/d/a" + std::to_string(i)));
  }
  std::vector<std::string> uris;
  for (int i = 0; i < 32; ++i) {
    const std::string name = "z" + std::to_string(i);
    if (i > 0) std::ofstream(folder / ("buckets/buc/d/" + name)) << "state";
    uris.push_back("s3://buc/d/" + name);
  }
  std::vector<std::uint64_t> sizes(uris.size(), 99);
  storage->stat_many(uris, [&](std::size_t i, const std::optional<StoredFile>& file) {
    sizes.at(i) = file ? file->size : 0;
  });
  EXPECT_EQ(sizes.at(0), 0U);
  for (std::size_t i = 1; i < sizes.size(); ++i) EXPECT_EQ(sizes[i], 5U) << uris[i];
}

TEST(RcloneStorage, TimesAreThoseOfTheWholeWorld) {
  const Folder folder;
  std::ofstream(folder / "x") << "content";
  const std::vector<timespec> then = {{1'000'000'000, 0}, {1'000'000'000, 500}};
  ASSERT_EQ(::utimensat(AT_FDCWD, (folder / "x").c_str(), then.data(), 0), 0);
  for (const char* zone : {"Asia/Kolkata", "America/New_York", "UTC"}) {
    const Variable tz("TZ", zone);
    const auto storage = over_folders(folder);
    fs::copy_file(folder / "x", folder / "buckets/buc/x", fs::copy_options::overwrite_existing);
    ASSERT_EQ(::utimensat(AT_FDCWD, (folder / "buckets/buc/x").c_str(), then.data(), 0), 0);
    EXPECT_EQ(storage->stat("s3://buc/x")->modified, 1'000'000'000) << zone;
  }
}

TEST(RcloneStorage, CopiesWhereItReachesBothEnds) {
  const auto storage = new_storage();
  EXPECT_TRUE(storage->copies("s3", "gs"));
  EXPECT_TRUE(storage->copies("file", "hdfs"));
  EXPECT_TRUE(storage->copies("abfss", "file"));
  EXPECT_FALSE(storage->copies("s3", "share"));
  EXPECT_FALSE(storage->copies("share", "s3"));
}

TEST(RcloneStorage, LeavesNoTemporaryFiles) {
  const Folder folder;
  fs::create_directory(folder / "tmp");
  const Variable tmp("TMPDIR", (folder / "tmp").c_str());
  const auto storage = over_folders(folder);
  storage->write_new("s3://buc/x", *memory_source(std::as_bytes(std::span("content", 7)), "it"),
                     {});
  EXPECT_EQ(copy(*storage, {"s3://buc/x", "s3://buc/part", ByteRange{1, 3}, {}}), "ok");
  EXPECT_EQ(read_all(folder / "buckets/buc/part"), "ont");
  EXPECT_TRUE(fs::is_empty(folder / "tmp"));
}

TEST(RcloneStorage, FollowsNoLinkBelowTheRoots) {
  const Folder folder;
  const auto storage = over_folders(folder);
  fs::create_directories(folder / "root");
  fs::create_directories(folder / "elsewhere");
  std::ofstream(folder / "elsewhere/secret") << "secret";
  fs::create_directory_symlink(folder / "elsewhere", folder / "root/link");
  std::ofstream(folder / "buckets/buc/x") << "content";
  const std::string link = "file:" + (folder / "root/link");
  std::vector<std::byte> bytes;
  const auto sink = memory_sink(bytes);
  const std::string root = "file:" + (folder / "root");
  EXPECT_EQ(code_of([&] {
              storage->read(link + "/secret", {{}, root}, *sink);
            }),
            "E-STORE-SYMLINK");
  EXPECT_EQ(code_of([&] { storage->read(link + "/secret", {}, *sink); }), "ok");
  CopierOptions options;
  options.source_root = options.target_root = root;
  EXPECT_EQ(copy(*storage, {link + "/secret", "s3://buc/y", {}, {}}, options), "E-STORE-SYMLINK");
  EXPECT_EQ(copy(*storage, {"s3://buc/x", link + "/x", {}, {}}, options), "E-STORE-SYMLINK");
  EXPECT_FALSE(fs::exists(folder / "elsewhere/x"));
  EXPECT_FALSE(fs::exists(folder / "buckets/buc/y"));
}

TEST(RcloneStorage, KnowsAllRemotesOfACopy) {
  const Folder folder;
  const auto storage = over_folders(folder);
  std::ofstream(folder / "buckets/buc/x") << "content";
  EXPECT_EQ(copy(*storage, {"s3://buc/x", "gs://buc/y", {}, {}}), "ok");
  EXPECT_EQ(read_all(folder / "buckets/buc/y"), "content");
}

TEST(RcloneStorage, WhatItPutsOnADiskOutlivesAPowerFailure) {
  const Folder folder;
  const auto storage = over_folders(folder);
  std::ofstream(folder / "buckets/buc/x") << "content";
  const auto source = memory_source(std::as_bytes(std::span("content", 7)), "it");
  const test::ForgetfulDisk disk;
  CopierOptions options;
  EXPECT_EQ(copy(*storage, {"s3://buc/x", "file:" + (folder / "to/deep/x"), {}, {}}, options),
            "ok");
  storage->write_new("file:" + (folder / "to/new/x"), *source, {});
  EXPECT_EQ(disk.lost(), std::vector<std::string>());
  options.sync = false;
  EXPECT_EQ(copy(*storage, {"s3://buc/x", "file:" + (folder / "to/y"), {}, {}}, options), "ok");
  EXPECT_FALSE(disk.synced(folder / "to/y"));
}

// Gives its bytes, and before it ends changes the temporary file that they were written to.
class Spoiling final : public ByteSource {
 public:
  explicit Spoiling(std::string folder) : folder_(std::move(folder)) {}
  const std::string& name() const noexcept override { return folder_; }
  std::optional<std::uint64_t> size() const noexcept override { return 7; }
  bool rewindable() const noexcept override { return true; }
  std::span<const std::byte> peek(std::size_t) override { return {}; }
  std::unique_ptr<ByteFeed> open() override { return std::make_unique<Feed>(folder_); }
  std::span<const std::byte> bytes() override { return {}; }
  void check_unchanged() const override {}

 private:
  class Feed final : public ByteFeed {
   public:
    explicit Feed(const std::string& folder) : folder_(folder) {}
    std::size_t read(std::span<std::byte> into) override {
      if (!given_) {
        given_ = true;
        std::memcpy(into.data(), "content", 7);
        return 7;
      }
      for (const auto& file : fs::directory_iterator(folder_))
        std::ofstream(file.path()) << "CONTENT";
      return 0;
    }

   private:
    const std::string& folder_;
    bool given_ = false;
  };
  std::string folder_;
};

TEST(RcloneStorage, WhatItPutsIsReadBack) {
  const Folder folder;
  fs::create_directory(folder / "tmp");
  const Variable tmp("TMPDIR", (folder / "tmp").c_str());
  const auto storage = over_folders(folder);
  Spoiling source(folder / "tmp");
  EXPECT_EQ(code_of([&] { storage->write_new("s3://buc/x", source, {}); }), "E-VERIFY");
  EXPECT_FALSE(fs::exists(folder / "buckets/buc/x")) << "it was removed again";
  std::ofstream(folder / "buckets/buc/x") << "old";
  Sha256 old;
  old.update(std::as_bytes(std::span("old", 3)));
  EXPECT_EQ(code_of([&] {
              storage->replace("s3://buc/x", source, {old.hex(), true});
            }),
            "E-VERIFY");
  EXPECT_TRUE(fs::exists(folder / "buckets/buc/x")) << "some file is better than none";
}

// A remote that is met while another is read: rclone must be started anew to know it.
TEST(RcloneStorage, WhatIsReadIsReadToTheEnd) {
  const Folder folder;
  const auto storage = over_folders(folder);
  std::ofstream(folder / "buckets/buc/x") << "content";
  constexpr std::uint64_t kBytes = 32 << 20;
  std::ofstream(folder / "buckets/buc/large").close();
  fs::resize_file(folder / "buckets/buc/large", kBytes);
  class Looking final : public ByteSink {
   public:
    explicit Looking(Storage& storage) : storage_(storage) {}
    void write(std::span<const std::byte> piece) override {
      if (bytes == 0) {
        EXPECT_TRUE(storage_.stat("gs://buc/x"));
      }
      bytes += piece.size();
    }
    void commit() override {}
    std::unique_ptr<ByteSource> written() override { return nullptr; }
    std::uint64_t digest() const override { return 0; }
    std::string name() const override { return "looking"; }
    std::uint64_t bytes = 0;

   private:
    Storage& storage_;
  } sink(*storage);
  EXPECT_EQ(code_of([&] { storage->read("s3://buc/large", {}, sink); }), "ok");
  EXPECT_EQ(sink.bytes, kBytes);
}

TEST(RcloneStorage, WhatDoesNotExistHasAMessage) {
  const Folder folder;
  const auto storage = over_folders(folder);
  std::vector<std::byte> bytes;
  const auto sink = memory_sink(bytes);
  try {
    storage->read("s3://buc/nothing", {}, *sink);
    FAIL() << "it was read";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "E-IO-NOT-FOUND");
    EXPECT_STREQ(error.what(), "failed to find object: object not found");
  }
}

TEST(RcloneStorage, OptionsDoNotChangeWhatIsSeen) {
  for (const char* name : {"exclude", "exclude-from", "dry-run", "rc-no-auth", "config-sf-1-type",
                           "s3-secret-access-key", "azureblob-key", "log-file", "a=b"}) {
    const auto storage = new_storage();
    EXPECT_THROW(
        configure(*storage, map({{"rclone", map({{"options", map({{name, scalar("x")}})}})}})),
        RuleError)
        << name;
  }
  const auto storage = new_storage();
  configure(*storage, map({{"rclone", map({{"options", map({{"bwlimit", scalar("1M")},
                                                            {"config", scalar("/x")},
                                                            {"client-key", scalar("/x")}})}})}}));
  EXPECT_THROW(configure(*storage, map({{"rclone", map({{"program", scalar("./rclone")}})}})),
               RuleError);
}

TEST(RcloneStorage, TakesItsAttemptsFromTheConfiguration) {
  const auto attempts = [](const char* number) {
    const auto storage = new_storage();
    const auto problems = configure_storage("rclone", *storage,
                                            map({{"rclone", map({{"attempts", scalar(number)}})}}));
    return problems.empty() ? std::to_string(storage->attempts()) : problems.front().message;
  };
  EXPECT_EQ(attempts("1"), "1");
  EXPECT_EQ(attempts("100"), "100");
  EXPECT_EQ(attempts("0"), "'attempts' must be an integer from 1 to 100");
  EXPECT_EQ(attempts("101"), "'attempts' must be an integer from 1 to 100");
}

TEST(RcloneStorage, HandsOptionsToItsProgram) {
  const Folder folder;
  const auto storage = new_storage();
  configure(
      *storage,
      map({{"rclone", map({{"program", scalar(folder.program(
                                           "rclone", "env >" + (folder / "env") + "; exit 1"))},
                           {"options", map({{"low-level-retries", scalar("7")}})}})}}));
  EXPECT_EQ(code_of([&] { storage->stat("s3://buc/k"); }), "E-STORE-ENGINE");
  const std::string said = read_all(folder / "env");
  EXPECT_NE(said.find("\nRCLONE_LOW_LEVEL_RETRIES=7\n"), std::string::npos) << said;
  EXPECT_NE(said.find("\nRCLONE_CONFIG_SF_1_TYPE=s3\n"), std::string::npos) << said;
}

TEST(RcloneStorage, SaysWhatItDoesNotKnow) {
  const auto storage = new_storage();
  try {
    configure(*storage, map({{"rclone", map({{"atempts", scalar("3")}})}}));
    FAIL() << "it was taken";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "unknown key 'atempts' in 'rclone', did you mean 'attempts'?");
  }
}

}  // namespace
}  // namespace stateferry::rclone
