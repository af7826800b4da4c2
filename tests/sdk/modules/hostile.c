/* A module that is wrong in one way, by what it is compiled with. */
#include "stateferry/sdk/transform.h"

#ifndef BAD_SDK
#define BAD_SDK STATEFERRY_SDK_VERSION
#endif
#ifndef BAD_MODULE_SIZE
#define BAD_MODULE_SIZE sizeof(stateferry_sdk_module)
#endif
#ifndef BAD_TRANSFORM_SIZE
#define BAD_TRANSFORM_SIZE sizeof(stateferry_sdk_transform)
#endif
#ifndef BAD_NAME
#define BAD_NAME "acme"
#endif
#ifndef BAD_TRANSFORM
#define BAD_TRANSFORM "acme.bad"
#endif
#ifndef BAD_SUMMARY
#define BAD_SUMMARY "is bad"
#endif
#ifndef BAD_COUNT
#define BAD_COUNT 1
#endif
#ifndef BAD_KIND
#define BAD_KIND STATEFERRY_SDK_URI
#endif

static int64_t fault;

static void *create(const stateferry_sdk_transform *transform) {
  (void)transform;
  return &fault;
}
static void destroy(void *self) { (void)self; }
static void configure(void *self, stateferry_sdk_params *params) {
  static const stateferry_sdk_text name = STATEFERRY_SDK_TEXT("fault"), help = {0, 0}, nowhere = {0, 3};
  params->host->integer(params, name, help, 1, self);
  if (fault == 10) params->host->text(params, nowhere, help, 0, 0);
  if (fault == 11) params->host->text(params, name, help, 0, 0);
  params->host->finish(params);
}
static int32_t apply(const void *self, stateferry_sdk_text uri, stateferry_sdk_call *call) {
  static const stateferry_sdk_text none = {0, 0}, broken = {"\377", 1};
  (void)self, (void)uri;
  switch (fault) {
    case 1: return 77;
    case 2: return STATEFERRY_SDK_DIFFERS;
    case 3: return STATEFERRY_SDK_FAILED;
    case 4: call->out_size = (size_t)-1; return STATEFERRY_SDK_CHANGED;
    case 5: stateferry_sdk_put(call, "s3://b/\377", 8); return STATEFERRY_SDK_CHANGED;
    case 6: call->host->fail(call, none, broken, none); return STATEFERRY_SDK_FAILED;
    case 7: call->host->step_end(call); return STATEFERRY_SDK_UNMATCHED;
    case 8: *(volatile int *)16 = 1; return 0;
    default: return STATEFERRY_SDK_UNMATCHED;
  }
}

static const stateferry_sdk_transform kTransform = {
    .struct_size = BAD_TRANSFORM_SIZE, .kind = BAD_KIND, .name = STATEFERRY_SDK_TEXT(BAD_TRANSFORM),
    .summary = STATEFERRY_SDK_TEXT(BAD_SUMMARY), .create = create, .destroy = destroy, .configure = configure,
#ifndef BAD_NO_APPLY
    .apply = apply,
#endif
};
#ifdef BAD_NULL_TRANSFORM
static const stateferry_sdk_transform *const kTransforms[] = {0};
#else
static const stateferry_sdk_transform *const kTransforms[] = {&kTransform};
#endif
static const stateferry_sdk_module kModule = {
    .struct_size = BAD_MODULE_SIZE, .sdk = BAD_SDK,
#ifdef BAD_NULL_NAME
    .name = {0, 4},
#else
    .name = STATEFERRY_SDK_TEXT(BAD_NAME),
#endif
    .version = STATEFERRY_SDK_TEXT("1.0.0"), .transform_count = BAD_COUNT,
#ifndef BAD_NULL_LIST
    .transforms = kTransforms,
#endif
};

const stateferry_sdk_module *stateferry_sdk_entry(void) {
  (void)kTransforms, (void)kTransform, (void)apply;
#ifdef BAD_NO_MODULE
  return kModule.sdk == 99 ? &kModule : 0;
#else
  return &kModule;
#endif
}
