// What is done for each location: the check of its form, and the transform.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "stateferry/diag/diagnostic.hpp"
#include "stateferry/host/plugin_registry.hpp"
#include "stateferry/plugin/transform.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace {

using namespace stateferry;

constexpr std::string_view kUri =
    "s3://bucket-old/flink/checkpoints/00000000000000000000000000001234/shared/"
    "00000001-0019-4222-8333-000000000042";

void is_normal(benchmark::State& state) {
  for (auto _ : state) {
    std::string_view uri = kUri;
    benchmark::DoNotOptimize(uri);
    benchmark::DoNotOptimize(is_normal_flink_path(uri));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(is_normal)->Name("is_normal_flink_path");

ParamNode scalar(std::string text) {
  ParamNode node;
  node.kind = ParamNode::Kind::scalar;
  node.quoted = true;
  node.scalar = std::move(text);
  return node;
}

void replace_prefix(benchmark::State& state) {
  PluginRegistry registry = default_registry({});
  const auto transform = registry.make_transform("uri.replace-prefix");
  ParamNode with;
  with.kind = ParamNode::Kind::map;
  with.entries.push_back({scalar("from"), scalar("s3://bucket-old/flink")});
  with.entries.push_back({scalar("to"), scalar("s3://bucket-of-the-new-region/flink")});
  DiagnosticList problems;
  const std::vector<std::string> accepted;
  ParamBinder params(&with, {}, accepted, problems);
  transform->configure(params);
  const auto& uri_transform = dynamic_cast<const UriTransform&>(*transform);
  std::string result;
  for (auto _ : state) {
    result.clear();
    benchmark::DoNotOptimize(uri_transform.rewrite(kUri, result));
    benchmark::DoNotOptimize(result.data());
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(replace_prefix)->Name("uri.replace-prefix");

}  // namespace
