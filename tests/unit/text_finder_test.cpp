#include "stateferry/uri/text_finder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "stateferry/bytes/modified_utf8.hpp"
#include "stateferry_test/utf16.hpp"

namespace stateferry {
namespace {

using test::utf16;

using namespace std::string_literals;

struct Hit {
  std::uint64_t offset;
  std::string encoding;
  bool escaped;
  friend bool operator==(const Hit&, const Hit&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Hit& hit) {
    return out << hit.offset << " " << hit.encoding << (hit.escaped ? " escaped" : "");
  }
};

std::vector<Hit> hits_in(const std::string& bytes, const std::string& text,
                         std::size_t piece = 1 << 20) {
  std::vector<Hit> all;
  TextFinder finder({text});
  const auto found = [&](const FoundText& one) {
    all.push_back({one.offset, std::string(text_encoding_name(one.encoding)), one.escaped});
  };
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    const std::string part = bytes.substr(at, piece);
    finder.feed(std::as_bytes(std::span(part.data(), part.size())), found);
  }
  finder.finish(found);
  std::sort(all.begin(), all.end(), [](const Hit& a, const Hit& b) { return a.offset < b.offset; });
  return all;
}

using Hits = std::vector<Hit>;

TEST(TextFinder, FindsEveryOccurrence) {
  EXPECT_EQ(hits_in("a old b old", "old"), (Hits{{2, "utf-8", false}, {8, "utf-8", false}}));
  EXPECT_EQ(hits_in("nothing", "old"), Hits{});
  EXPECT_EQ(hits_in("", "old"), Hits{});
}

TEST(TextFinder, ReadsBothOrdersOfUtf16Once) {
  for (const std::string& front : {""s, "x"s, "\0"s, "\0\x07"s, "\x01\x02\x03"s}) {
    for (const std::string& back : {""s, "\0"s, "\0\0"s, "zz"s}) {
      const std::string big = front + utf16(u"s3://old/x", true) + back;
      EXPECT_EQ(hits_in(big, "old").size(), 1U) << testing::PrintToString(big);
      const std::string little = front + utf16(u"s3://old/x", false) + back;
      EXPECT_EQ(hits_in(little, "old").size(), 1U) << testing::PrintToString(little);
    }
  }
  EXPECT_EQ(hits_in("\x01\x02" + utf16(u"s3://old", true), "old"), (Hits{{12, "utf-16be", false}}));
  EXPECT_EQ(hits_in("\x01\x02" + utf16(u"s3://old", false), "old"),
            (Hits{{12, "utf-16le", false}}));
}

TEST(TextFinder, ReadsJsonEscapesInEachEncoding) {
  EXPECT_EQ(hits_in(R"({"p":"s3:\/\/old\/x"})", "s3://old/x"), (Hits{{6, "utf-8", true}}));
  EXPECT_EQ(hits_in(R"(s3:\u002f\u002Fold)", "s3://old"), (Hits{{0, "utf-8", true}}));
  EXPECT_EQ(hits_in(R"(s3:/\/old)", "s3://old"), (Hits{{0, "utf-8", true}}));
  EXPECT_EQ(hits_in(R"(\u0073\u0033\u003a//old)", "s3://old"), (Hits{{0, "utf-8", true}}));
  EXPECT_EQ(hits_in(R"(\ud83d\ude00)", "\xF0\x9F\x98\x80"), (Hits{{0, "utf-8", true}}));
  const std::u16string wide = uR"(s3:\/\/ol\u0064)";
  EXPECT_EQ(hits_in("\x01\x02" + utf16(wide, true), "s3://old"), (Hits{{2, "utf-16be", true}}));
  EXPECT_EQ(hits_in("\x01\x02" + utf16(wide, false), "s3://old"), (Hits{{2, "utf-16le", true}}));
  EXPECT_EQ(hits_in(R"(s3:\u002f\u002gold)", "s3://old"), Hits{});
  EXPECT_EQ(hits_in(R"(s3:\/\)", "s3://old"), Hits{});
  EXPECT_EQ(hits_in(R"(\u00)", "s"), Hits{});
}

TEST(TextFinder, ReadsModifiedUtf8) {
  const std::string text = "b-\xF0\x9F\x98\x80-x";
  EXPECT_EQ(hits_in("\x01\x02" + from_utf8(text), text), (Hits{{2, "utf-8", false}}));
  EXPECT_EQ(hits_in("\x01\x02" + text, text), (Hits{{2, "utf-8", false}}));
}

TEST(TextFinder, FindsTheSameInPiecesOfAnySize) {
  std::string bytes;
  Hits wanted;
  for (int i = 0; i < 200; ++i) {
    bytes.append(static_cast<std::size_t>(997 + i * 13), '\x01');
    const int kind = i % 4;
    const std::uint64_t at = bytes.size();
    if (kind == 0) bytes += "s3://old", wanted.push_back({at, "utf-8", false});
    if (kind == 1) bytes += R"(s3:\/\u002fold)", wanted.push_back({at, "utf-8", true});
    if (kind == 2) bytes += utf16(u"s3://old", true), wanted.push_back({at, "utf-16be", false});
    if (kind == 3) bytes += utf16(u"s3://old", false), wanted.push_back({at, "utf-16le", false});
  }
  for (const std::size_t piece : {std::size_t{100}, std::size_t{4096}, std::size_t{65'537},
                                  std::size_t{300'000}, std::size_t{1} << 22}) {
    EXPECT_EQ(hits_in(bytes, "s3://old", piece), wanted) << piece;
  }
}

TEST(TextFinder, TellsWhichTextItIs) {
  std::vector<std::pair<std::uint64_t, std::size_t>> all;
  TextFinder finder({"one", "two"});
  const std::string bytes = "two one";
  const auto found = [&](const FoundText& one) { all.emplace_back(one.offset, one.text); };
  finder.feed(std::as_bytes(std::span(bytes.data(), bytes.size())), found);
  finder.finish(found);
  std::sort(all.begin(), all.end());
  EXPECT_EQ(all, (std::vector<std::pair<std::uint64_t, std::size_t>>{{0, 1}, {4, 0}}));
}

}  // namespace
}  // namespace stateferry
