#include "stateferry/model/dump.hpp"

#include <gtest/gtest.h>

#include <string>

#include "stateferry_test/equal.hpp"
#include "stateferry_test/support.hpp"

namespace stateferry {
namespace {

using test::ByteVector;
using test::hex;

CheckpointMetadata small_model(Arena& arena) {
  static const ByteVector kData = hex("010203");
  static const ByteVector kOffsets = hex("FFFFFFFFFFFFFFFF 0000000000000009");
  CheckpointMetadata m;
  m.checkpoint_id = 7;
  OperatorState& op = m.operators.emplace_back(arena);
  op.name = "sou\"rce \xED\xA0\xBD\xED\xB8\x80";
  op.parallelism = 1;
  op.max_parallelism = 128;
  op.coordinator = ByteStreamStateHandle{{"name"}, kData};
  SubtaskEntry& subtask = op.subtasks.emplace_back(arena);
  KeyGroupsStateHandle keyed;
  keyed.key_group_range = {0, 2};
  keyed.offsets = I64Array(kOffsets);
  keyed.delegate = FileStateHandle{{"s3://b/x"}, 5};
  subtask.state.managed_keyed = keyed;
  return m;
}

template <class F>
std::string collect(F&& dump) {
  std::string text;
  dump([&](std::string_view piece) { text += piece; });
  return text;
}

TEST(DumpText, IsOneLinePerField) {
  Arena arena;
  const CheckpointMetadata m = small_model(arena);
  const std::string text = collect([&](const TextSink& out) {
    dump_text(m, {5, {2, 0}}, {}, out);
  });
  EXPECT_EQ(text,
            "dialect: V5\n"
            "checkpoint_id: 7\n"
            "operators[0].name: \"sou\\\"rce \xF0\x9F\x98\x80\"\n"
            "operators[0].uid: \"\"\n"
            "operators[0].id: 00000000000000000000000000000000\n"
            "operators[0].parallelism: 1\n"
            "operators[0].max_parallelism: 128\n"
            "operators[0].coordinator: ByteStreamStateHandle\n"
            "operators[0].coordinator.handle_name: \"name\"\n"
            "operators[0].coordinator.data: 3 bytes, sha256 "
            "039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81\n"
            "operators[0].fully_finished: false\n"
            "operators[0].subtasks[0].index: 0\n"
            "operators[0].subtasks[0].finished: false\n"
            "operators[0].subtasks[0].managed_keyed: KeyGroupsStateHandle\n"
            "operators[0].subtasks[0].managed_keyed.key_group_range.start_key_group: 0\n"
            "operators[0].subtasks[0].managed_keyed.key_group_range.number_of_key_groups: 2\n"
            "operators[0].subtasks[0].managed_keyed.offsets: [-1, 9]\n"
            "operators[0].subtasks[0].managed_keyed.delegate: FileStateHandle\n"
            "operators[0].subtasks[0].managed_keyed.delegate.size: 5\n"
            "operators[0].subtasks[0].managed_keyed.delegate.path: \"s3://b/x\"\n"
            "operators[0].subtasks[0].raw_keyed: none\n"
            "properties: 0 bytes, sha256 "
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n");
}

TEST(DumpText, ShowsBytesWhenAsked) {
  Arena arena;
  const CheckpointMetadata m = small_model(arena);
  const std::string text = collect([&](const TextSink& out) {
    dump_text(m, {5, {2, 0}}, {true}, out);
  });
  EXPECT_NE(text.find("cfb81, base64 AQID\n"), std::string::npos);
}

TEST(DumpJson, ShowsBytesWhenAsked) {
  Arena arena;
  const CheckpointMetadata m = small_model(arena);
  const auto json = [&](bool bytes) {
    return collect([&](const TextSink& out) { dump_json(m, {5, {2, 0}}, {bytes}, out); });
  };
  EXPECT_NE(json(true).find("\"base64\": \"AQID\""), std::string::npos);
  EXPECT_EQ(json(false).find("base64"), std::string::npos);
  EXPECT_TRUE(json(false).starts_with("{\n  \"schema\": \"stateferry/dump/1\",\n"));
  EXPECT_TRUE(json(false).ends_with("}\n"));
}

TEST(DumpJson, Base64OfEveryRemainder) {
  Arena arena;
  for (const auto& [bytes, text] : {std::pair{"", "\"\""},
                                    {"00", "\"AA==\""},
                                    {"FFEE", "\"/+4=\""},
                                    {"FBEFBE", "\"++++\""},
                                    {"01020304", "\"AQIDBA==\""}}) {
    CheckpointMetadata m;
    const ByteVector content = hex(bytes);
    m.properties = content;
    const std::string json = collect([&](const TextSink& out) {
      dump_json(m, {4, {1, 16}}, {true}, out);
    });
    EXPECT_NE(json.find("\"base64\": " + std::string(text)), std::string::npos) << json;
  }
}

TEST(JsonString, EscapesWhatMustBe) {
  EXPECT_EQ(json_string(""), "\"\"");
  EXPECT_EQ(json_string("a\"b\\c/"), R"("a\"b\\c/")");
  EXPECT_EQ(json_string(std::string_view("\n\t\r\0\x1F\x7F", 6)),
            R"("\n\t\u000d\u0000\u001f\u007f")");
  EXPECT_EQ(json_string("\xC3\xA9\xF0\x9F\x98\x80"), "\"\xC3\xA9\xF0\x9F\x98\x80\"");
  // A lone surrogate; U+D7FF and U+E000 beside that range are none.
  EXPECT_EQ(json_string("\xED\xA0\xBDx"), R"("\ud83dx")");
  EXPECT_EQ(json_string("\xED\xBF\xBF"), R"("\udfff")");
  EXPECT_EQ(json_string("\xED\x9F\xBF\xEE\x80\x80"), "\"\xED\x9F\xBF\xEE\x80\x80\"");
}

TEST(JsonString, HoldsNothingThatATerminalObeys) {
  EXPECT_EQ(json_string("\x1B[2J\xC2\x9B"), R"("\u001b[2J\u009b")");
  EXPECT_EQ(json_string("\xE2\x80\xAE\xEF\xBB\xBF"), R"("\u202e\ufeff")");
  EXPECT_EQ(json_string("a\xFF\x9B"), R"("a\udcff\udc9b")");  // no UTF-8
}

TEST(FirstDifference, NamesTheField) {
  Arena arena;
  const CheckpointMetadata a = small_model(arena);
  CheckpointMetadata b = small_model(arena);
  EXPECT_EQ(test::first_difference(a, b), std::nullopt);
  b.operators[0].subtasks[0].index = 1;
  EXPECT_EQ(test::first_difference(a, b), "operators[0].subtasks[0].index");
  b = small_model(arena);
  b.operators[0].subtasks.emplace_back(arena);
  EXPECT_EQ(test::first_difference(a, b), "operators[0].subtasks");
  b = small_model(arena);
  b.operators[0].subtasks[0].state.managed_keyed = NoHandle{};
  EXPECT_EQ(test::first_difference(a, b), "operators[0].subtasks[0].managed_keyed");
}

// The path of an element that is of another kind must not end with a field of the one before it.
TEST(FirstDifference, OfElementsOfAnotherKind) {
  Arena arena;
  CheckpointMetadata a = small_model(arena);
  CheckpointMetadata b = small_model(arena);
  for (CheckpointMetadata* m : {&a, &b}) {
    auto& list = m->operators[0].subtasks[0].state.managed_operator;
    list.push_back(arena, OperatorStreamStateHandle{});
    list.push_back(arena, m == &a ? OperatorStateHandle{} : OperatorStreamStateHandle{});
  }
  EXPECT_EQ(test::first_difference(a, b), "operators[0].subtasks[0].managed_operator[1]");
}

}  // namespace
}  // namespace stateferry
