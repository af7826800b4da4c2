/* acme.tenant and acme.none, in C99 with nothing but the header. */
#include <stdlib.h>

#include "stateferry/sdk/transform.h"

typedef struct tenant {
  stateferry_sdk_text from, to, style;
  const stateferry_sdk_text *words;
  size_t word_count;
  int64_t limit;
  int32_t strict, loud;
  size_t groups, entries;
} tenant;

static void *create(const stateferry_sdk_transform *transform) {
  (void)transform;
  return calloc(1, sizeof(tenant));
}
static void destroy(void *self) { free(self); }

static void declare_group(void *user, stateferry_sdk_params *params) {
  static const stateferry_sdk_text name = STATEFERRY_SDK_TEXT("limit"), help = {0, 0};
  params->host->integer(params, name, help, 0, &((tenant *)user)->limit);
  if (params->host->finish(params)) ++((tenant *)user)->groups;
}
static void add_entry(void *user, const stateferry_sdk_entry_of_map *entry) {
  if (entry->key.size > 0) ++((tenant *)user)->entries;
}

static void configure(void *instance, stateferry_sdk_params *params) {
  tenant *self = instance;
  const stateferry_sdk_host *host = params->host;
  static const stateferry_sdk_text from = STATEFERRY_SDK_TEXT("from"), to = STATEFERRY_SDK_TEXT("to"),
                                   style = STATEFERRY_SDK_TEXT("style"), words = STATEFERRY_SDK_TEXT("words"),
                                   strict = STATEFERRY_SDK_TEXT("strict"), more = STATEFERRY_SDK_TEXT("more"),
                                   names = STATEFERRY_SDK_TEXT("names"), loud = STATEFERRY_SDK_TEXT("loud"),
                                   help = STATEFERRY_SDK_TEXT("what it is"), plain = STATEFERRY_SDK_TEXT("plain"),
                                   code = STATEFERRY_SDK_TEXT("E-NOBODY-HAS-THIS"),
                                   same = STATEFERRY_SDK_TEXT("'from' and 'to' are the same"), none = {0, 0};
  static const stateferry_sdk_text styles[] = {STATEFERRY_SDK_TEXT("plain"), STATEFERRY_SDK_TEXT("hive")};
  self->style = plain;
  host->uri_prefix(params, from, help, 1, &self->from);
  host->uri_prefix(params, to, help, 1, &self->to);
  host->one_of(params, style, help, 0, styles, 2, &self->style);
  host->list(params, words, help, 0, &self->words, &self->word_count);
  host->boolean(params, strict, help, 0, &self->strict);
  host->group(params, more, help, 0, declare_group, self);
  host->map(params, names, help, 0, add_entry, self);
  self->loud = host->hazard(params, loud, help);
  if (!host->finish(params)) return;
  if (self->from.size == self->to.size && memcmp(self->from.data, self->to.data, self->to.size) == 0)
    host->error(params, to, code, same, none);
}

static int below(stateferry_sdk_text text, stateferry_sdk_text prefix) {
  return text.size > prefix.size && memcmp(text.data, prefix.data, prefix.size) == 0 && text.data[prefix.size] == '/';
}
static int32_t apply(const void *instance, stateferry_sdk_text uri, stateferry_sdk_call *call) {
  const tenant *self = instance;
  if (below(uri, self->to)) return STATEFERRY_SDK_ALREADY;
  if (!below(uri, self->from)) return STATEFERRY_SDK_UNMATCHED;
  stateferry_sdk_put(call, self->to.data, self->to.size);
  stateferry_sdk_put(call, uri.data + self->from.size, uri.size - self->from.size);
  return STATEFERRY_SDK_CHANGED;
}
static int32_t moves(const void *instance, stateferry_sdk_call *call) {
  call->host->move(call, ((const tenant *)instance)->from, ((const tenant *)instance)->to);
  return 1;
}
static int32_t injective(const void *instance) { return instance != NULL; }
static void inverse(const void *instance, const stateferry_sdk_inverse_context *context, stateferry_sdk_call *call) {
  static const stateferry_sdk_text uses = STATEFERRY_SDK_TEXT("acme.tenant"), from = STATEFERRY_SDK_TEXT("from"),
                                   to = STATEFERRY_SDK_TEXT("to"), words = STATEFERRY_SDK_TEXT("words"),
                                   none = {0, 0}, loud = STATEFERRY_SDK_TEXT("loud");
  size_t i;
  call->host->step_uses(call, uses);
  call->host->step_text(call, from, ((const tenant *)instance)->to);
  call->host->step_text(call, to, ((const tenant *)instance)->from);
  call->host->step_begin_list(call, words);
  for (i = 0; i < context->changed_count; ++i) call->host->step_text(call, none, context->changed[i]);
  call->host->step_end(call);
  call->host->step_accept(call, loud);
}

static void configure_none(void *instance, stateferry_sdk_params *params) {
  static const stateferry_sdk_text from = STATEFERRY_SDK_TEXT("prefix"), help = {0, 0};
  params->host->uri_prefix(params, from, help, 1, &((tenant *)instance)->from);
  params->host->finish(params);
}
static int32_t matches(const void *instance, stateferry_sdk_text uri, stateferry_sdk_call *call) {
  (void)call;
  return below(uri, ((const tenant *)instance)->from) ? STATEFERRY_SDK_YES : STATEFERRY_SDK_NO;
}
static int32_t is_fault(const void *instance) { return instance != NULL; }
static int32_t verdict(const void *instance, uint64_t selected, uint64_t matching, stateferry_sdk_call *call) {
  (void)instance, (void)selected;
  if (matching > 0) stateferry_sdk_put(call, "some are there", 14);
  return 0;
}

static const stateferry_sdk_transform kTenant = {
    .struct_size = sizeof(stateferry_sdk_transform), .kind = STATEFERRY_SDK_URI,
    .name = STATEFERRY_SDK_TEXT("acme.tenant"), .summary = STATEFERRY_SDK_TEXT("moves a tenant"),
    .create = create, .destroy = destroy, .configure = configure, .apply = apply, .apply_directory = apply,
    .moves = moves, .injective = injective, .inverse = inverse};
static const stateferry_sdk_transform kNone = {
    .struct_size = sizeof(stateferry_sdk_transform), .kind = STATEFERRY_SDK_ASSERTION,
    .name = STATEFERRY_SDK_TEXT("acme.none"), .summary = STATEFERRY_SDK_TEXT("nothing lies there"),
    .create = create, .destroy = destroy, .configure = configure_none, .matches = matches,
    .matches_directory = matches, .matching_is_fault = is_fault, .verdict = verdict};
static const stateferry_sdk_transform *const kTransforms[] = {&kTenant, &kNone};
static const stateferry_sdk_module kModule = {
    .struct_size = sizeof(stateferry_sdk_module), .sdk = STATEFERRY_SDK_VERSION, .name = STATEFERRY_SDK_TEXT("acme"),
    .version = STATEFERRY_SDK_TEXT("1.2.0"), .transform_count = 2, .transforms = kTransforms};

const stateferry_sdk_module *stateferry_sdk_entry(void) { return &kModule; }
