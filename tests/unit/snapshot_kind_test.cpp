// The .ser files in data/ were written by Flink: CheckpointProperties of every kind, the same bytes
// in every release from 1.16 to 2.3.
#include "stateferry/model/snapshot_kind.hpp"

#include <gtest/gtest.h>

#include <string>

#include "stateferry/diag/error.hpp"
#include "stateferry_test/support.hpp"

namespace stateferry {
namespace {

using test::ByteVector;
using test::hex;

ByteVector data(const std::string& name) {
  return test::read_file(test::testdata("tests/unit/data/" + name + ".ser"));
}

struct Row {
  const char* file;
  const char* type;
  const char* name;
  const char* format;
};
constexpr Row kRows[] = {
    {"null", "unknown", "", ""},
    {"savepoint-canonical", "savepoint", "Savepoint", "CANONICAL"},
    {"savepoint-native", "savepoint", "Savepoint", "NATIVE"},
    {"RETAIN_ON_CANCELLATION", "checkpoint", "Checkpoint", ""},
    {"RETAIN_ON_FAILURE", "checkpoint", "Checkpoint", ""},
    {"NEVER_RETAIN_AFTER_TERMINATION", "checkpoint", "Checkpoint", ""},
};

TEST(SnapshotKind, OfWhatFlinkWrites) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.file);
    const ByteVector bytes = data(row.file);
    EXPECT_EQ(java_stream_length(bytes, 0), bytes.size());
    const SnapshotKind kind = snapshot_kind(bytes);
    EXPECT_EQ(snapshot_type_name(kind.type), row.type);
    EXPECT_EQ(kind.name, row.name);
    EXPECT_EQ(kind.format, row.format);
  }
}

TEST(SnapshotKind, OfNothingIsUnknown) {
  EXPECT_EQ(snapshot_kind({}).type, SnapshotType::unknown);
  EXPECT_EQ(snapshot_kind(hex("ACED0005 74 0001 61")).type, SnapshotType::unknown);
  EXPECT_EQ(snapshot_kind(hex("FF")).type, SnapshotType::unknown);
}

TEST(SnapshotKind, HasNames) {
  EXPECT_EQ(snapshot_type_name(SnapshotType::unknown), "unknown");
  EXPECT_EQ(snapshot_type_name(SnapshotType::checkpoint), "checkpoint");
  EXPECT_EQ(snapshot_type_name(SnapshotType::savepoint), "savepoint");
}

TEST(JavaStream, WhatFollowsIsNotPartOfIt) {
  for (const Row& row : kRows) {
    ByteVector bytes = data(row.file);
    const std::size_t length = bytes.size();
    for (const int next : {0x00, 0x70, 0x71, 0x78}) {
      bytes.push_back(static_cast<std::byte>(next));
      EXPECT_EQ(java_stream_length(bytes, 0), length) << row.file;
    }
  }
}

TEST(JavaStream, CutAtAnyLengthSaysWhere) {
  for (const Row& row : kRows) {
    const ByteVector whole = data(row.file);
    for (std::size_t length = 0; length < whole.size(); ++length) {
      const ByteVector cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
      try {
        java_stream_length(cut, 1000);
        FAIL() << row.file << " cut at " << length << " was accepted";
      } catch (const FormatError& error) {
        EXPECT_EQ(error.code(), "E-FORMAT-TRUNCATED") << row.file << " " << length;
        ASSERT_TRUE(error.diagnostic().place && error.diagnostic().place->offset);
        EXPECT_GE(*error.diagnostic().place->offset, 1000U);
        EXPECT_LE(*error.diagnostic().place->offset, 1000 + length);
      }
      EXPECT_EQ(snapshot_kind(cut).type, SnapshotType::unknown);
    }
  }
}

TEST(JavaStream, WithAnyByteChangedEndsInALengthOrAnError) {
  for (const Row& row : kRows) {
    ByteVector bytes = data(row.file);
    for (std::byte& byte : bytes) {
      const std::byte kept = byte;
      for (const int bits : {0x01, 0x02, 0x04, 0x80, 0xFF}) {
        byte = kept ^ static_cast<std::byte>(bits);
        try {
          EXPECT_LE(java_stream_length(bytes, 0), bytes.size());
        } catch (const FormatError& error) {
          EXPECT_TRUE(error.code() == "E-FORMAT-TRUNCATED" ||
                      error.code() == "E-FORMAT-PROPERTIES");
          EXPECT_LE(*error.diagnostic().place->offset, bytes.size());
        }
        EXPECT_NO_THROW(snapshot_kind(bytes));
      }
      byte = kept;
    }
  }
}

// ---------------------------------------------------------------------------- other streams

/// A class without fields, annotations or super class; its name is "A".
const std::string kClassA = "72 0001 41 0000000000000000 02 0000 78 70";

std::string code_of(const std::string& digits) {
  try {
    const ByteVector bytes = hex("ACED0005" + digits);
    const std::uint64_t length = java_stream_length(bytes, 0);
    return length == bytes.size() ? "whole" : "until " + std::to_string(length);
  } catch (const FormatError& error) {
    return error.code();
  }
}

TEST(JavaStream, EveryTypeCodeIsWalked) {
  EXPECT_EQ(code_of("70"), "whole");
  EXPECT_EQ(code_of("74 0003 616263"), "whole");
  EXPECT_EQ(code_of("77 02 0102"), "whole");
  EXPECT_EQ(code_of("7A 00000002 0102"), "whole");
  EXPECT_EQ(code_of("7C 0000000000000002 6162"), "whole");
  EXPECT_EQ(code_of(kClassA), "whole");
  EXPECT_EQ(code_of("73" + kClassA), "whole");
  EXPECT_EQ(code_of("76" + kClassA), "whole");
  EXPECT_EQ(code_of("7E" + kClassA + "74 0001 58"), "whole");
}

TEST(JavaStream, FieldsOfEveryTypeAreWalked) {
  const auto object = [](const std::string& field, const std::string& value) {
    return code_of("73 72 0001 41 0000000000000000 02 0001 " + field + "78 70" + value);
  };
  EXPECT_EQ(object("42 0001 66", "01"), "whole");                // B
  EXPECT_EQ(object("5A 0001 66", "01"), "whole");                // Z
  EXPECT_EQ(object("43 0001 66", "0102"), "whole");              // C
  EXPECT_EQ(object("53 0001 66", "0102"), "whole");              // S
  EXPECT_EQ(object("49 0001 66", "01020304"), "whole");          // I
  EXPECT_EQ(object("46 0001 66", "01020304"), "whole");          // F
  EXPECT_EQ(object("4A 0001 66", "0102030405060708"), "whole");  // J
  EXPECT_EQ(object("44 0001 66", "0102030405060708"), "whole");  // D
  EXPECT_EQ(object("4C 0001 66 74 0001 58", "70"), "whole");     // L
  EXPECT_EQ(object("5B 0001 66 74 0002 5B49", "70"), "whole");   // [
  EXPECT_EQ(object("58 0001 66", "01"), "E-FORMAT-PROPERTIES");
  EXPECT_EQ(object("00 0001 66", "01"), "E-FORMAT-PROPERTIES");
  EXPECT_EQ(object("4A 0001 66", "01"), "E-FORMAT-TRUNCATED");
}

TEST(JavaStream, ArraysAreWalked) {
  const auto array = [](const std::string& name, const std::string& rest) {
    return code_of("75 72 0002 " + name + " 0000000000000000 02 0000 78 70" + rest);
  };
  EXPECT_EQ(array("5B42", "00000003 010203"), "whole");
  EXPECT_EQ(array("5B49", "00000002 00000001 00000002"), "whole");
  EXPECT_EQ(array("5B4C", "00000002 70 74 0001 58"), "whole");
  EXPECT_EQ(array("5B42", "FFFFFFFF"), "E-FORMAT-PROPERTIES");
  EXPECT_EQ(array("5B42", "7FFFFFFF 01"), "E-FORMAT-PROPERTIES");
}

TEST(JavaStream, AnnotationsAndSuperClassesAreWalked) {
  // A class that writes data of its own behind its fields, and its super class, which comes first.
  EXPECT_EQ(code_of("73 72 0001 41 0000000000000000 03 0000 78 70 77 01 09 78"), "whole");
  EXPECT_EQ(code_of("73 72 0001 41 0000000000000000 02 0001 42 0001 66 78"
                    "   72 0001 42 0000000000000000 02 0001 49 0001 67 78 70"
                    "   01020304 05"),
            "whole");
  // Externalizable: with block data it has an end, without it has none.
  EXPECT_EQ(code_of("73 72 0001 41 0000000000000000 0C 0000 78 70 77 01 09 78"), "whole");
  EXPECT_EQ(code_of("73 72 0001 41 0000000000000000 04 0000 78 70 09"), "E-FORMAT-PROPERTIES");
}

TEST(JavaStream, BackReferencesAreFollowed) {
  // An array of two objects of one class.
  EXPECT_EQ(code_of("75 72 0002 5B4C 0000000000000000 02 0000 78 70 00000002"
                    "   73" +
                    kClassA + "73 71 007E0002"),
            "whole");
  EXPECT_EQ(code_of("71 007E0000"), "E-FORMAT-PROPERTIES");
  EXPECT_EQ(code_of("71 00000000"), "E-FORMAT-PROPERTIES");
  EXPECT_EQ(code_of("71 FFFFFFFF"), "E-FORMAT-PROPERTIES");
  // A text where a class must stand.
  EXPECT_EQ(code_of("75 72 0002 5B4C 0000000000000000 02 0000 78 70 00000002"
                    "   74 0001 58 73 71 007E0002"),
            "E-FORMAT-PROPERTIES");
}

TEST(JavaStream, LoopsAndDepthsAreRefused) {
  // A class that is its own super class.
  EXPECT_EQ(code_of("73 72 0001 41 0000000000000000 02 0000 78 71 007E0000"),
            "E-FORMAT-PROPERTIES");
  // Objects in objects: each class has one field, which holds the next object.
  std::string nested;
  for (int i = 0; i < 1000; ++i) {
    nested += "73 72 0001 41 0000000000000000 02 0001 4C 0001 66 74 0001 58 78 70";
  }
  EXPECT_EQ(code_of(nested + "70"), "E-FORMAT-PROPERTIES");
  std::string classes = "73";
  for (int i = 0; i < 1000; ++i) classes += "72 0001 41 0000000000000000 02 0000 78";
  EXPECT_EQ(code_of(classes + "70"), "E-FORMAT-PROPERTIES");
  std::string enums;
  for (int i = 0; i < 1000; ++i) enums += "7E" + kClassA;
  EXPECT_EQ(code_of(enums + "70"), "E-FORMAT-PROPERTIES");
}

TEST(JavaStream, OtherThingsAreRefused) {
  EXPECT_THROW(java_stream_length(hex("ACED0004 70"), 0), FormatError);
  EXPECT_THROW(java_stream_length(hex("00000000 70"), 0), FormatError);
  for (const int code : {0x00, 0x6F, 0x78, 0x79, 0x7B, 0x7D, 0x7F, 0xFF}) {
    const ByteVector bytes = {std::byte{0xAC}, std::byte{0xED}, std::byte{0x00}, std::byte{0x05},
                              static_cast<std::byte>(code)};
    EXPECT_THROW(java_stream_length(bytes, 0), FormatError) << code;
  }
  EXPECT_EQ(code_of("73 70"), "E-FORMAT-PROPERTIES");
  EXPECT_EQ(code_of("7C FFFFFFFFFFFFFFFF"), "E-FORMAT-PROPERTIES");
}

}  // namespace
}  // namespace stateferry
