#include <gtest/gtest.h>

#include "stateferry/diag/diagnostic.hpp"
#include "stateferry/diag/shown.hpp"

namespace stateferry {
namespace {

TEST(Secrets, OrdinaryTextStays) {
  for (const char* text :
       {"", "s3://bucket/a/b", "abfss://container@account.dfs.core.windows.net/x",
        "hdfs://name-node:8020/user/a@b", "hdfs://user@name-node:8020/x",
        "E-ARG-USAGE: password expected", "signature of a function", "design=big", "sig",
        "the secret is out", "http://host:9000/", "s3://bucket/state:1@2/x",
        "authorization failed (403)", "the bearer of this", "uid_sig=a, my-password=b"}) {
    EXPECT_EQ(without_secrets(text), text);
  }
}

TEST(Secrets, UsersAndPasswordsOfUris) {
  EXPECT_EQ(without_secrets("s3n://AKIA:s3cr3t@bucket/x"), "s3n://***@bucket/x");
  EXPECT_EQ(without_secrets("at 's3n://AKIA:s3cr3t@b' and http://u:p@h:1/"),
            "at 's3n://***@b' and http://***@h:1/");
  EXPECT_EQ(without_secrets("s3n://AKIA:s3/cr/3t@bucket/x"), "s3n://***@bucket/x");
  EXPECT_EQ(without_secrets("s3n://AKIA:s@3cr3t@bucket/x"), "s3n://***@bucket/x");
}

TEST(Secrets, Parameters) {
  EXPECT_EQ(without_secrets("https://a.blob.core.windows.net/c/b?sv=2020&sig=aB%2Fc%3D&se=1"),
            "https://a.blob.core.windows.net/c/b?sv=2020&sig=***&se=1");
  EXPECT_EQ(without_secrets("SharedAccessSignature sr=x&SIG=abc=="),
            "SharedAccessSignature sr=x&SIG=***");
  EXPECT_EQ(without_secrets("?X-Amz-Signature=00ff&X-Amz-Security-Token=Fwo/G+=&x=1"),
            "?X-Amz-Signature=***&X-Amz-Security-Token=***&x=1");
  EXPECT_EQ(without_secrets("?X-Amz-Credential=AKIA/us&x=1"), "?X-Amz-Credential=***&x=1");
  EXPECT_EQ(without_secrets("AccountName=a;AccountKey=QUJD+/==;EndpointSuffix=e"),
            "AccountName=a;AccountKey=***;EndpointSuffix=e");
  EXPECT_EQ(without_secrets("sas%3Fsv%3D1%26sig%3DaB%2Fc%26se%3D2"),
            "sas%3Fsv%3D1%26sig%3D***%26se%3D2");
}

TEST(Secrets, WhatProgramsPrint) {
  EXPECT_EQ(without_secrets(R"({"secret_access_key":"abc","access_key_id":"AKIA"})"),
            R"({"secret_access_key":"***","access_key_id":"AKIA"})");
  EXPECT_EQ(without_secrets(R"({"password": "abc", "user": "u"})"),
            R"({"password": "***", "user": "u"})");
  EXPECT_EQ(without_secrets("session_token = abc\nregion = x"), "session_token = ***\nregion = x");
  EXPECT_EQ(
      without_secrets("Authorization: AWS4-HMAC-SHA256 Credential=A/b, Signature=00\nHost: h"),
      "Authorization: ***\nHost: h");
  EXPECT_EQ(without_secrets("sent Bearer eyJhbGciOiJIUzI1NiJ9.e30.x"), "sent Bearer ***");
}

TEST(Secrets, ASecondTimeNothingChanges) {
  const std::string once = without_secrets(
      "s3n://A:b@c?sig=d Authorization: e\n\"secret_key\":\"f\" Bearer 0123456789abcdef");
  EXPECT_EQ(without_secrets(once), once);
}

TEST(Render, HidesSecrets) {
  Diagnostic d;
  d.message = "no answer from http://u:p@h";
  d.subject = "s3n://K:S@b/x";
  d.notes = {"sig=abc"};
  d.hint = "AccountKey=abc";
  EXPECT_EQ(render(d),
            "s3n://***@b/x: error: no answer from http://***@h\n  sig=***\n  help: AccountKey=***");
}

}  // namespace
}  // namespace stateferry
