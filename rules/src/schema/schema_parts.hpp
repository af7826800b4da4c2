// The bricks of the JSON Schema of rule files: each function makes one small schema.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "stateferry/plugin/params.hpp"

namespace stateferry::rules {

/// Keeps the order of keys, which editors show.
using Json = nlohmann::ordered_json;

/// Whether a value may hold `${name}` there, which then stands for anything.
enum class Variable : bool { no, yes };

/// A word of an enumeration and what it means (may be empty).
struct Word {
  std::string text;
  std::string meaning = {};
};

/// What the schema has under `definitions`.
Json reference(const std::string& definition);

/// Any scalar: texts are taken as they stand, so that `5` is one.
Json text_schema();
/// The same; what JSON has as a string must match `pattern` (ECMAScript, not anchored). `hint` is
/// shown where it doesn't.
Json text_schema(std::string_view pattern, std::string_view hint);
/// An absolute URI, or a text with a variable.
Json uri_schema();
/// The same, or a path without a scheme, as some locations have it.
Json uri_prefix_schema();
/// An integer, `true` or `false`, or a variable.
Json integer_schema();
Json boolean_schema();
/// One of some words.
Json choice_schema(const std::vector<Word>& words, Variable variable);
/// `element`, or a list of it that is not empty.
Json one_or_many(const Json& element);
/// A map of these keys, of the user's `x-…` keys and, with variables, of keys that are made of
/// them.
Json map_schema(Json properties, std::vector<std::string> required, Variable variable);
/// A map of any keys, the user's `x-…` keys aside, to values of one kind.
Json open_map_schema(const Json& value);
/// A variable within a text.
Json variable_schema();
/// `schema` or a variable.
Json or_variable(Json schema);
/// Refuses everything, with words that editors show.
Json refuse(std::string_view why);

/// `schema` with a description in front.
Json described(std::string_view description, Json schema);

/// The value of `with` for a transform that declares `params`.
Json parameters_schema(const std::vector<ParamSchema>& params);

}  // namespace stateferry::rules
