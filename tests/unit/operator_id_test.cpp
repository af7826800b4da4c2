#include "stateferry/model/operator_id.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <iterator>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>

namespace stateferry {
namespace {

constexpr std::string_view kPangram = "The quick brown fox jumps over the lazy dog";

// MurmurHash3_x64_128 of the first 0, 1, 2 … bytes of kPangram, made with another implementation.
constexpr std::string_view kOfLength[] = {
    "00000000000000000000000000000000", "9a6884917e77038c793e29bab4d6b53a",
    "b9e368eeea0bddd7976b029990b66fa5", "9a6dd6dc52264f3042bfea155d5e38ef",
    "9c7da0abbe0143bd1cdd26804b3caedf", "fe70522075ac7a6f1fc6da90d3ebf576",
    "4667f6f300116e791fab65160b7ea0b2", "c9d5bc5a3a84d3f073606dc8f9b79493",
    "cd715bade4aa4b64df1c88e297f9ee8e", "55f1a8b20464a037c0cc6e3dffc8bcad",
    "b8847445df440e42e95f5177d4adab9c", "82a839075520c3879f7b6ed6a5e891fa",
    "cbf9902f37a1d6612925007cea5363b6", "3bfd9bf9930c603cf4266f051933e1c3",
    "07606e5da916d2dc38c8465cb8eec184", "1692e364b87c13484bd67a3964af7bfd",
    "c4329baff444129da63a2a2c8b3c153d", "aee957e77663f9910ceb83ae8de5449b",
    "55ea517c43fa854e661cf781c8a678ab", "2a4aaa2ca90ea6859e939b164054e5fd",
    "bf3c8c3cdbe6dcb96efac7e0716f9b68", "684f7333ee96f920cef2696c45d00859",
    "51c5712d4ec874ef5ece700ea5b1db0e", "671d85e0723bcc254da907affe3c7c93",
    "e57c0042ee4e26712b6d3620f1e9a832", "d20b74a74c448fe436ec6424381bc86a",
    "8e78ec3b2f94a1574418a3e74bef18aa", "1ae52f1f8677bf04261b3857ffddc44b",
    "0bef5b78d15dcffcd0d2457a4239836a", "61f8d446c4e29237b92a11439b7542f4",
    "5d6a1c6fe074ac8903bf8e0c8971d24d", "09c5c4d9ddb5289b64f9e20fb81c3c0d",
    "cfda9bb21bf96adfa6f3f18dc541a391", "ddb37babcd35d16801bb280747f817e6",
    "aa3a8548460e70cd064cadbf95f7070a", "85b24a7e197fde022b2e351aa136baa2",
    "6d02f6a98c27f2a2fccf3c1ff6b6fbee", "405db740862fca4fdcf77176fb5e6ba8",
    "793385efc24289314a0bc10a8faa8144", "698d27628ec805694d92969346846d19",
    "92d9bdf1e03646e2e54bbb3f437329dc",
};

TEST(OperatorId, OfUidsThatFlinkHashed) {
  EXPECT_EQ(to_hex(operator_id_of_uid("a")), "897859f6655555855a890e51483ab5e6");
  EXPECT_EQ(to_hex(operator_id_of_uid("z")), "936222da3bb558848f700bb01edb34c0");
}

TEST(OperatorId, OfUidsOfEachLengthAroundTheBlocks) {
  for (std::size_t length = 0; length < std::size(kOfLength); ++length) {
    EXPECT_EQ(to_hex(operator_id_of_uid(kPangram.substr(0, length))), kOfLength[length]) << length;
  }
}

TEST(OperatorId, OfUidsBeyondAscii) {
  EXPECT_EQ(to_hex(operator_id_of_uid("источник-α")), "e461a137daca5f66ac45d80345ffb252");
  EXPECT_EQ(to_hex(operator_id_of_uid("\xF0\x9F\x98\x80")), "5c54e08755b16d15ba04e1cf3f082e29");
  std::string every_byte(256, '\0');
  std::iota(every_byte.begin(), every_byte.end(), '\0');
  EXPECT_EQ(to_hex(operator_id_of_uid(every_byte)), "b9126fdc13c3991c1ecc34ab7f07d670");
}

TEST(OperatorId, OfALongUid) {
  EXPECT_EQ(to_hex(operator_id_of_uid(std::string(1000, 'a'))), "018fc53f1639e8989afcadb41c8f065c");
}

TEST(OperatorId, HexIsInFileOrder) {
  OperatorId id;
  for (std::size_t i = 0; i < 16; ++i) id.bytes[i] = static_cast<std::byte>(0x11 * i);
  EXPECT_EQ(to_hex(id), "00112233445566778899aabbccddeeff");
  EXPECT_EQ(operator_id_from_hex("00112233445566778899aabbccddeeff"), id);
  EXPECT_EQ(operator_id_from_hex("00112233445566778899AABBCCddEEff"), id);
}

TEST(OperatorId, EachByteValueRoundTrips) {
  for (unsigned value = 0; value < 256; ++value) {
    OperatorId id;
    id.bytes.front() = static_cast<std::byte>(value);
    id.bytes.back() = static_cast<std::byte>(255 - value);
    EXPECT_EQ(operator_id_from_hex(to_hex(id)), id) << value;
  }
}

TEST(OperatorId, RefusesAnythingButThirtyTwoDigits) {
  const std::string good = "00112233445566778899aabbccddeeff";
  EXPECT_EQ(operator_id_from_hex(""), std::nullopt);
  EXPECT_EQ(operator_id_from_hex(good.substr(1)), std::nullopt);
  EXPECT_EQ(operator_id_from_hex(good + "0"), std::nullopt);
  EXPECT_EQ(operator_id_from_hex(good + good), std::nullopt);
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const char c : {'g', 'G', '/', ':', '@', '`', ' ', '-', '\0', '\xC3'}) {
      std::string bad = good;
      bad[at] = c;
      EXPECT_EQ(operator_id_from_hex(bad), std::nullopt) << bad;
    }
  }
}

TEST(OperatorId, OrderIsThatOfTheHex) {
  const OperatorId low = *operator_id_from_hex("7f000000000000000000000000000000");
  const OperatorId high = *operator_id_from_hex("80000000000000000000000000000000");
  const OperatorId higher = *operator_id_from_hex("80000000000000000000000000000001");
  EXPECT_LT(low, high);
  EXPECT_LT(high, higher);
}

}  // namespace
}  // namespace stateferry
