#include "stateferry/model/model_path.hpp"

#include <gtest/gtest.h>

#include "stateferry/model/location.hpp"

namespace stateferry {
namespace {

TEST(ModelPath, SpellsFieldsIndexesAndKeys) {
  ModelPath path;
  EXPECT_EQ(path.text(), "");
  path.set_leaf(&field::checkpoint_id);
  EXPECT_EQ(path.text(), "checkpoint_id");
  ASSERT_TRUE(path.push(field::operators));
  path.set_leaf(nullptr);
  EXPECT_EQ(path.text(), "operators");
  path.set_index(3);
  path.push(field::subtasks);
  path.set_index(0);
  path.push(field::managed_keyed);
  path.push(field::shared_state);
  path.set_index(7);
  EXPECT_EQ(path.text(), "operators[3].subtasks[0].managed_keyed.shared[7]");
  path.set_key("000123.sst");
  path.push(field::handle);
  path.set_leaf(&field::path);
  EXPECT_EQ(path.text(), "operators[3].subtasks[0].managed_keyed.shared[\"000123.sst\"].path");
  EXPECT_EQ(path.text(false), "operators[3].subtasks[0].managed_keyed.shared[\"000123.sst\"]");
  path.pop();
  path.set_index(8);
  path.set_leaf(nullptr);
  EXPECT_EQ(path.text(), "operators[3].subtasks[0].managed_keyed.shared[8]") << "the key is gone";
}

TEST(ModelPath, CollectsRoles) {
  ModelPath path;
  EXPECT_EQ(path.roles(), Role::none);
  path.push(field::managed_keyed);
  EXPECT_EQ(path.roles(), Role::managed_keyed);
  path.push(field::shared_state);
  EXPECT_EQ(path.roles(), Role::managed_keyed | Role::incremental_shared);
  path.push(field::handle);
  EXPECT_EQ(path.roles(), Role::managed_keyed | Role::incremental_shared);
  path.pop();
  path.pop();
  EXPECT_EQ(path.roles(), Role::managed_keyed);
}

TEST(ModelPath, KeysAreCutAndQuoted) {
  ModelPath path;
  path.push(field::shared_state);
  path.set_index(0);
  path.set_key(std::string(100, 'k'));
  EXPECT_EQ(path.text(), "shared[\"" + std::string(40, 'k') + "\"]");
  path.set_key(std::string_view("a\"b\\c\n\x7F\xC3\xA9\0d", 11));
  EXPECT_EQ(path.text(), R"(shared["a\"b\\c\x0a\x7f\xc3\xa9\x00d"])");
}

TEST(ModelPath, DepthIsBounded) {
  ModelPath path;
  for (std::size_t i = 0; i < ModelPath::kMaxDepth; ++i) ASSERT_TRUE(path.push(field::delegate));
  const std::string before = path.text();
  EXPECT_FALSE(path.push(field::delegate));
  EXPECT_EQ(path.text(), before);
}

TEST(Roles, HaveNames) {
  for (const Role role : kAllRoles) {
    EXPECT_NE(role_name(role), "none");
    EXPECT_EQ(primary_role(role), role);
  }
  EXPECT_EQ(role_name(Role::incremental_shared), "incremental-shared");
  EXPECT_EQ(role_name(Role::none), "none");
  EXPECT_EQ(primary_role(Role::none), Role::none);
  EXPECT_EQ(primary_role(Role::managed_keyed | Role::incremental_meta), Role::incremental_meta);
}

TEST(LocationKinds, HaveNames) {
  for (const LocationKind kind : kAllLocationKinds) {
    EXPECT_FALSE(location_kind_name(kind).empty());
  }
  EXPECT_EQ(location_kind_name(LocationKind::segment_file), "segment-file");
  EXPECT_TRUE(is_absolute(LocationKind::file));
  EXPECT_TRUE(is_absolute(LocationKind::segment_file));
  EXPECT_TRUE(is_absolute(LocationKind::directory));
  EXPECT_FALSE(is_absolute(LocationKind::relative_file));
  EXPECT_FALSE(is_absolute(LocationKind::bytes));
}

}  // namespace
}  // namespace stateferry
