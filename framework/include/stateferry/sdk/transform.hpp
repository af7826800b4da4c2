// C++ over the plugin interface that lasts (sdk/transform.h): header only, C++17, any compiler and
// standard library, no library of stateferry.
//
// A file for each transform, which declares it at namespace scope:
//
//   class Tenant final : public stateferry::sdk::UriTransform {
//    public:
//     void configure(stateferry::sdk::Params& params) override {
//       params.required("tenant", "name of the tenant", tenant_);
//       params.finish();
//     }
//     Outcome rewrite(std::string_view uri, stateferry::sdk::Result& result) const override { … }
//   };
//   STATEFERRY_TRANSFORM(Tenant, "acme.tenant", "puts a tenant's directory behind the bucket")
//
// and, once in the module, what they are called together:
//
//   STATEFERRY_TRANSFORM_PLUGIN("acme", "1.0.0")
//
// Whatever a function throws stops at the boundary and is told by the host; throw Error to say why.
// After configure() all calls are const and may come from several threads.
#pragma once

#ifdef STATEFERRY_TRANSFORM
#error "stateferry/sdk/transform.hpp and stateferry/plugin/plugin.hpp are two interfaces: use one"
#endif

#include "stateferry/sdk/boundary.hpp"
#include "stateferry/sdk/params.hpp"
#include "stateferry/sdk/steps.hpp"
