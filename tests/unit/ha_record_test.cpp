// The files in data/ha were written by real Flink releases: tests/readers/make-ha-records.sh.
#include "stateferry/model/ha_record.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "stateferry_test/support.hpp"

namespace stateferry {
namespace {

using test::ByteVector;

constexpr const char* kReleases[] = {"1.9", "1.20", "2.3"};
constexpr const char* kCheckpoint = "s3://bucket-old/flink/job/chk-7";

ByteVector data(const std::string& release, const std::string& name) {
  return test::read_file(test::testdata("tests/unit/data/ha/" + release + "/" + name));
}

TEST(HaRecord, TellsWhereTheCheckpointIs) {
  for (const char* release : kReleases) {
    SCOPED_TRACE(release);
    const auto record = ha_record(data(release, "completedCheckpoint"));
    ASSERT_TRUE(record.has_value());
    EXPECT_EQ(record->kind, HaRecord::Kind::completed_checkpoint);
    EXPECT_EQ(record->location, kCheckpoint);
  }
}

TEST(HaRecord, TellsWhereAPointerLeads) {
  for (const char* release : kReleases) {
    for (const char* form : {"pointer", "pointer.base64"}) {
      SCOPED_TRACE(std::string(release) + " " + form);
      const auto record = ha_record(data(release, form));
      ASSERT_TRUE(record.has_value());
      EXPECT_EQ(record->kind, HaRecord::Kind::pointer);
      EXPECT_TRUE(record->location.starts_with("file:/tmp/ha/" + std::string(release) +
                                               "/completedCheckpoint"))
          << record->location;
    }
  }
}

TEST(HaRecord, Base64MayBeBrokenIntoLines) {
  ByteVector bytes = data("2.3", "pointer.base64");
  const std::string whole = ha_record(bytes)->location;
  for (std::size_t at = 64; at < bytes.size(); at += 65) {
    bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(at), std::byte{'\n'});
  }
  EXPECT_EQ(ha_record(bytes)->location, whole);
}

TEST(HaRecord, OfACutFileAsMuchAsIsThere) {
  for (const char* release : kReleases) {
    const ByteVector whole = data(release, "completedCheckpoint");
    std::size_t named = 0;
    for (std::size_t n = 0; n < whole.size(); ++n) {
      const auto record = ha_record(Bytes(whole).first(n));
      if (!record) continue;
      ASSERT_TRUE(record->location.empty() || record->location == kCheckpoint) << n;
      if (!record->location.empty()) ++named;
    }
    // The place stands near the beginning, so that the head of a large record is enough.
    EXPECT_GT(named, whole.size() - 2048);
  }
}

TEST(HaRecord, NoChangedByteDoesHarm) {
  for (const char* form : {"pointer", "pointer.base64"}) {
    const ByteVector whole = data("1.20", form);
    for (std::size_t i = 0; i < whole.size(); ++i) {
      for (const int c : {0x00, 0x70, 0x7F, 0xFF}) {
        ByteVector changed = whole;
        changed[i] = static_cast<std::byte>(c);
        const auto record = ha_record(changed);
        EXPECT_TRUE(!record || record->location.size() < whole.size());
      }
    }
  }
}

TEST(HaRecord, OtherFilesAreNone) {
  const auto of = [](std::string_view text) {
    return ha_record(std::as_bytes(std::span(text.data(), text.size())));
  };
  EXPECT_FALSE(of("").has_value());
  EXPECT_FALSE(of("rO0AB").has_value());
  EXPECT_FALSE(of("rO0ABXQABHRleHQ=").has_value());  // a string
  EXPECT_FALSE(of("rO0ABX////8").has_value());
  EXPECT_FALSE(ha_record(test::read_file(test::testdata("tests/unit/data/savepoint-native.ser")))
                   .has_value());
}

}  // namespace
}  // namespace stateferry
