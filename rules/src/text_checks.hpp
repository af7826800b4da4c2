// What names must look like, without any message.
#pragma once

#include <string_view>

namespace stateferry::rules {

/// A letter, then letters, digits, `-` and `_`: names of variables.
bool is_identifier(std::string_view text);
/// A letter or digit, then letters, digits, `-`, `_` and `.`: ids of steps.
bool is_step_id(std::string_view text);
/// `[a-z0-9][a-z0-9.-]*`: names of rule files.
bool is_rule_name(std::string_view text);
/// `[a-z][a-z0-9-]*`: names of plugins.
bool is_plugin_name(std::string_view text);
/// Two names as of plugins with a dot between them.
bool is_transform_name(std::string_view text);

}  // namespace stateferry::rules
