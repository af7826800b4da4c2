#include "stateferry/uri/uri_scanner.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stateferry_test/memory.hpp"
#include "stateferry_test/utf16.hpp"

namespace stateferry {
namespace {

using test::utf16;

using namespace std::string_literals;

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

std::vector<std::string> uris(const std::string& bytes) {
  std::vector<std::string> all;
  find_uris(bytes_of(bytes), [&](const FoundUri& uri) { all.push_back(uri.text); });
  return all;
}

using Texts = std::vector<std::string>;

TEST(UriScanner, KnowsEverySchemeThatFlinkUsersHave) {
  for (const char* scheme :
       {"file",    "hdfs", "s3",    "s3a",     "s3n",    "s3p", "gs",   "abfs",    "abfss",  "wasb",
        "wasbs",   "oss",  "cos",   "cosn",    "obs",    "ofs", "o3fs", "qbfs",    "viewfs", "dbfs",
        "alluxio", "tos",  "swift", "webhdfs", "maprfs", "har", "adl",  "swebhdfs"}) {
    const std::string uri = std::string(scheme) + "://host/dir/x";
    EXPECT_EQ(uris("\x01\x02" + uri + "\x03"), Texts{uri}) << scheme;
  }
  EXPECT_EQ(uris("http://host/x kafka://b/x jdbc:mysql://h/db urn:x:y"), Texts{});
}

TEST(UriScanner, OneSlashIsEnoughWhereNoHostIsNeeded) {
  EXPECT_EQ(uris("\0\x08hdfs:/x/y\0"s), Texts{"hdfs:/x/y"});
  EXPECT_EQ(uris("file:/tmp/x and file:///tmp/y"), (Texts{"file:/tmp/x", "file:///tmp/y"}));
  EXPECT_EQ(uris("flags:/x s3:/bucket s3:bucket file: file:/ s3://"), Texts{});
}

TEST(UriScanner, WhatStandsInFrontMayBeTheLengthOfAText) {
  EXPECT_EQ(uris("\0ss3://b/x"s), Texts{"s3://b/x"});
  EXPECT_EQ(uris("zAhdfs://nn/x"), Texts{"hdfs://nn/x"});
  EXPECT_EQ(uris("webhdfs://nn/x"), Texts{"webhdfs://nn/x"});
}

TEST(UriScanner, TheNextOneEndsTheOneBefore) {
  EXPECT_EQ(uris("s3://a/x,s3a://b/y;hdfs:/z"), (Texts{"s3://a/x", "s3a://b/y", "hdfs:/z"}));
  EXPECT_EQ(uris("hdfs://nn:8020/a:b/c"), Texts{"hdfs://nn:8020/a:b/c"});
  EXPECT_EQ(uris("[\"s3://a/x\", 's3://b/y'] (s3://c/z)"),
            (Texts{"s3://a/x", "s3://b/y", "s3://c/z"}));
}

TEST(UriScanner, EscapesOfJson) {
  EXPECT_EQ(uris(R"({"path":"s3:\/\/b\/dt\u003d2024\/x"})"), Texts{"s3://b/dt=2024/x"});
  EXPECT_EQ(uris(R"("s3:\/\/b\\x" "hdfs:\/x")"), (Texts{"s3://b", "hdfs:/x"}));
}

TEST(UriScanner, Utf16OfBothOrders) {
  const std::u16string_view text = u"s3://b/é/x中";
  for (const bool big_endian : {true, false}) {
    std::vector<FoundUri> all;
    const std::string bytes = "\x02" + utf16(text, big_endian) + "\x02";
    find_uris(bytes_of(bytes), [&](const FoundUri& uri) { all.push_back(uri); });
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].text, "s3://b/é/x") << "what follows may be anything";
    EXPECT_EQ(all[0].encoding, big_endian ? TextEncoding::utf16_be : TextEncoding::utf16_le);
    EXPECT_EQ(all[0].offset, 1U);
  }
  EXPECT_EQ(uris(utf16(u"\"hdfs:\\/x\\/y\"", true)), Texts{"hdfs:/x/y"});
}

TEST(UriScanner, OtherCharactersThanAscii) {
  EXPECT_EQ(uris("s3://b/é☃😀/x\xFF"), Texts{"s3://b/é☃😀/x"});
  EXPECT_EQ(uris("s3://b/x\u202Ey"), Texts{"s3://b/x"});
}

TEST(UriScanner, OffsetsAndNumbers) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> places;
  find_uris(bytes_of("12s3://a s3://b"),
            [&](const FoundUri& uri) { places.emplace_back(uri.offset, uri.number); });
  EXPECT_EQ(places, (std::vector<std::pair<std::uint64_t, std::uint64_t>>{{2, 0}, {9, 1}}));
}

TEST(UriScanner, PiecesOfAnySizeGiveTheSame) {
  const std::string bytes = "xx\0s3://a/b,hdfs:/c\x01 file:///d:e/f "s + R"(s3:\/\/b\u003d)" +
                            utf16(u"\x01wasbs://c@a/é\x01", true) + std::string(100, ':') +
                            "webhdfs://nn/x";
  std::vector<std::pair<std::string, std::uint64_t>> whole;
  find_uris(bytes_of(bytes),
            [&](const FoundUri& uri) { whole.emplace_back(uri.text, uri.offset); });
  ASSERT_EQ(whole.size(), 6U);
  for (std::size_t size = 1; size < 60; ++size) {
    std::vector<std::pair<std::string, std::uint64_t>> found;
    const auto note = [&](const FoundUri& uri) { found.emplace_back(uri.text, uri.offset); };
    UriScanner scanner;
    for (std::size_t at = 0; at < bytes.size(); at += size) {
      scanner.feed(bytes_of(bytes).subspan(at, std::min(size, bytes.size() - at)), note);
    }
    scanner.finish(note);
    EXPECT_EQ(found, whole) << size;
  }
}

TEST(UriScanner, LongTextsAreCut) {
  const auto all = uris("s3://b/" + std::string(10'000, 'x'));
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].size(), kLongestFoundUri);
}

// Whatever the bytes are, time grows with their number only.
TEST(UriScanner, HostileBytesTakeNoLonger) {
  constexpr std::size_t kSize = std::size_t{512} << 10;
  for (const std::string& piece :
       {":"s, "s3:"s, "s3://"s, "s3://a:"s, "\0:"s, "hdfs:/\\u"s, "a:/"s, "s3://x\\"s, ":\0/\0"s}) {
    std::string bytes;
    while (bytes.size() < kSize) bytes += piece;
    const auto start = std::chrono::steady_clock::now();
    std::uint64_t found = 0;
    find_uris(bytes_of(bytes), [&](const FoundUri&) { ++found; });
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10)) << piece;
    EXPECT_LE(found, bytes.size());
  }
}

// What a scanner keeps of earlier pieces is read again with each. Of slashes that never become a
// URI it keeps no more than of a URI.
TEST(UriScanner, IsLinearInSlashesWithoutEnd) {
  constexpr std::size_t kPiece = std::size_t{16} << 10;
  constexpr std::size_t kPieces = 128;
  const auto wide = [](std::u16string_view text) { return utf16(text, true); };
  const std::vector<std::pair<std::string, std::string>> forms = {{"s3:", "/"},
                                                                  {"hdfs:", "/"},
                                                                  {"s3:", "\\/"},
                                                                  {"s3:", "\\u002f"},
                                                                  {wide(u"s3:"), wide(u"/")},
                                                                  {wide(u"s3:"), wide(u"\\u002f")}};
  for (const auto& [scheme, slash] : forms) {
    std::string piece;
    while (piece.size() < kPiece) piece += slash;
    std::uint64_t found = 0;
    const auto count = [&](const FoundUri&) { ++found; };
    UriScanner scanner;
    scanner.feed(bytes_of(scheme), count);
    const std::size_t before = test::allocated_bytes();
    for (std::size_t i = 0; i < kPieces; ++i) scanner.feed(bytes_of(piece), count);
    const std::size_t now = test::allocated_bytes();
    EXPECT_LT(now - std::min(now, before), kPiece * kPieces / 4) << scheme << slash;
    scanner.finish(count);
    EXPECT_EQ(found, 0U) << scheme << slash;
  }
}

TEST(FindText, InEveryFormThatAUriMayHave) {
  const std::string text = "s3://old";
  EXPECT_EQ(find_text(bytes_of("xs3://oldx"), text), 1U);
  EXPECT_EQ(find_text(bytes_of(R"(s3:\/\/old)"), text), 0U);
  EXPECT_EQ(find_text(bytes_of("x" + utf16(u"s3://old", true)), text), 1U);
  EXPECT_EQ(find_text(bytes_of("x" + utf16(u"s3://old", false)), text), 1U);
  EXPECT_EQ(find_text(bytes_of(utf16(u"s3:\\/\\/old", true)), text), 0U);
  EXPECT_EQ(find_text(bytes_of("s3://ol"), text), std::nullopt);
  EXPECT_EQ(find_text(bytes_of("nn-old.example:9092"), "nn-old"), 0U);
}

}  // namespace
}  // namespace stateferry
